"""Every example film of the repository loads, quickly, and says what it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.schedule import load, study
from pipeline.schedule.trace import follow_all
from pipeline.types import WeightedPrompt

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (ROOT / "keyframes").glob("*.yaml") if ".beats" not in path.suffixes)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_loads_and_opens_with_a_comment(path: Path) -> None:
    film = load(path)
    assert 20 <= film.n_frames <= 400
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert "\n# Shows: " in path.read_text(encoding="utf-8")
    for shot in film.shots:
        assert [plan.frame for plan in shot.plans] == list(range(len(shot.plans)))


def test_the_lighthouse_is_pinned() -> None:
    (shot,) = load(ROOT / "keyframes" / "lighthouse.yaml").shots
    assert len(shot.plans) == 54
    lighthouse, yellow = shot.plans[22].prompts
    assert (lighthouse.text[:32], lighthouse.weight) == ("A gorgeous painting of an isolat", 1.0)
    assert yellow == WeightedPrompt("yellow color scheme", 0.2)
    assert [round(prompt.weight, 3) for prompt in shot.plans[29].prompts] == [0.5, 0.1, 0.5]
    assert [prompt.weight for prompt in shot.plans[36].prompts] == [1.0]
    camera = shot.plans[12].camera  # a quarter of the four seconds that a sway takes
    assert camera is not None
    assert camera.zoom == 1.006
    assert camera.roll_deg == pytest.approx(0.6, abs=1e-12)


PROBE = """
import sys
from pipeline.schedule import load
load({path!r})
heavy = {{"torch", "cv2", "scipy", "matplotlib", "pipeline.listen"}}
print(sorted(heavy & set(sys.modules)))
assert "numexpr" in sys.modules
"""


def test_loading_is_light() -> None:
    """Seconds are for `python -m pipeline.bench check`."""
    command = [sys.executable, "-c", PROBE.format(path=str(ROOT / "keyframes" / "lighthouse.yaml"))]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_music_video_follows_its_song() -> None:
    """Its song has a beat every six frames, a snare on every other; the chorus begins at frame 72."""
    reading = study(ROOT / "keyframes" / "music.yaml")
    (shot,) = reading.film.shots
    assert reading.film.music is not None
    assert (len(shot.plans), reading.film.music.start_s, reading.film.music.length_s) == (144, 6, 12)
    texts = [[prompt.text for prompt in plan.prompts] for plan in shot.plans]
    assert texts[:72] == [["an oil painting of a sailboat on the sea, blue color scheme"]] * 72
    pyramid = "a neon picture of a pyramid in the desert, red color scheme"
    assert texts[72:] == [[pyramid, "red color scheme"]] * 72  # at once
    swing, hits = ([label.frame for label in shot.labels if label.name == name] for name in ("swing", "hit"))
    assert [frame for frame in swing if frame < 144] == [24, 72, 120]
    assert all(frame % 6 == 0 for frame in hits)
    assert 5 <= sum(frame < 72 for frame in hits) < sum(frame >= 72 for frame in hits)
    roll, zoom, skip, pull = (
        np.array([values[-1] for values in follow_all(reading, name) or ()])  # of the last step
        for name in ("camera.roll", "camera.zoom", "look.skip", "look.guidance_scale")
    )
    assert not roll[:72].any()
    assert np.abs(roll[72:]).max() == pytest.approx(1.2)
    beats = np.arange(144) % 6 == 0
    assert zoom[beats][1:].min() > 1.15 > 1.01 > zoom[~beats].max()  # each beat pushes in, what follows lets go
    assert skip[72] < 0.1 < 0.4 < skip[:72].min()  # the chorus has room to form
    assert skip[78:][beats[78:]].max() < 0.51 < skip[78:][~beats[78:]].min()
    assert pull[72:].mean() > 1.05 * pull[:72].mean()
