"""Disco Diffusion's films over a video become films that follow it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.importing.test_disco import V57

VIDEO = V57 | {"animation_mode": "Video Input", "video_init_path": "../init.mp4", "extract_nth_frame": 2}


@pytest.fixture
def clip(tmp_path: Path, write_film) -> Path:
    pictures = [np.full((32, 48, 3), 20 * n, np.uint8) for n in range(10)]
    return write_film(tmp_path / "init.mp4", pictures, "10", "-pix_fmt", "yuv420p")


def test_every_setting_of_it_acts(bring, verdicts, clip: Path) -> None:
    found = bring(VIDEO | {"video_init_seed_continuity": True})
    film = found.film
    first, second, *_ = film.shots[0].plans
    assert (film.n_frames, film.fps) == (5, 5)
    assert [plan.footage.index for plan in film.shots[0].plans] == [0, 2, 4, 6, 8]
    assert (second.footage.blend, second.footage.consistency, second.footage.after) == (0.999, 0, "flow")
    assert (first.init.skip, second.look.skip) == (0.5, 0.7)
    assert first.init.scale == second.init.scale == (15000.0,)
    assert second.look.seed_mode == "fixed"
    told = verdicts(found)
    assert told["video_init_flow_blend"] == told["extract_nth_frame"] == told["video_init_path"] == "exact"
    assert "unsupported" not in {told[key] for key in told if key.startswith("video_init_")}


def test_without_the_video_nothing_is_followed(bring, verdicts) -> None:
    found = bring(VIDEO)
    assert verdicts(found)["video_init_path"] == "unsupported"
    assert "source:" not in found.path.read_text()
