"""Every example film of the repository loads, quickly, and says what it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.schedule import load
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
    assert yellow == WeightedPrompt("yellow color scheme", 0.4)
    assert [round(prompt.weight, 3) for prompt in shot.plans[29].prompts] == [0.5, 0.2, 0.5]
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
