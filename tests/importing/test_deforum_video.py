"""Deforum's films over a video become films that follow it, or the report says loudly what of them does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.importing import Imported
from tests.importing.deforum_keys import BLEND, EVERY, FLOW, OVER_A_CLIP


@pytest.fixture(scope="module")
def clip(tmp_path_factory, write_film) -> Path:
    """A silent clip of ten pictures."""
    pictures = [np.full((16, 24, 3), 20 * n, np.uint8) for n in range(10)]
    return write_film(tmp_path_factory.mktemp("clip") / "my video.mp4", pictures, "10", "-pix_fmt", "yuv420p")


@pytest.fixture
def over(bring, clip: Path) -> Callable[..., Imported]:
    """Return a function that imports Deforum's settings over the clip."""
    return lambda changes=(), **more: bring(EVERY | {"video_init_path": str(clip)} | dict(changes), **more)


def footage(found: Imported) -> list[Any]:
    return [plan.footage for plan in found.film.shots[0].plans]


@pytest.mark.parametrize("key", OVER_A_CLIP)
def test_every_key_over_a_video_has_the_right_verdict(over, verdicts, key: str) -> None:
    changes, wanted = OVER_A_CLIP[key]
    said = verdicts(over(changes))
    assert said[key] == wanted
    assert EVERY.keys() - said.keys() == set()


def test_flow_moves_a_film_that_starts_from_the_video(over) -> None:
    film = over(FLOW | {"extract_nth_frame": 2, "extract_from_frame": 1, "extract_to_frame": 8}).film
    first, second, third, last = (plan.footage for plan in film.shots[0].plans)
    assert (film.n_frames, film.fps, film.music) == (4, 15, None)
    assert [one.index for one in (first, second, third, last)] == [1, 3, 5, 7]
    assert film.shots[0].plans[0].init.skip == 0.8
    assert (second.mode, second.motion, second.blend, second.consistency) == ("stylise", "flow", 1, 0)
    assert (second.fit, [round(one.factor, 3) for one in (second, third, last)]) == ("stretch", [1.333, 1.667, 2])
    assert film.shots[0].plans[1].conditioning.steady == 1


def test_flow_that_is_checked_moves_a_film_of_its_own(over, verdicts) -> None:
    found = over(FLOW | {"hybrid_flow_consistency": True, "hybrid_consistency_blur": 3, "animation_mode": "3D"})
    first, second, *_ = footage(found)
    assert first is None
    assert (second.mode, second.missed, second.overshot, second.mask_blur) == ("motion", 1, 1, 3)
    assert verdicts(found)["hybrid_use_first_frame_as_init_image"] == "unsupported"
    bare = {"hybrid_motion": "Affine", "hybrid_use_first_frame_as_init_image": False}
    first, second, *_ = footage(over(bare))
    assert first is None
    assert (second.mode, second.motion, second.missed, second.undershot) == ("motion", "affine", 0, 0)
    assert footage(over({"hybrid_motion": "Perspective"}))[1].motion == "perspective"


def test_a_composite_is_what_is_left_of_blend(over) -> None:
    second = footage(over(BLEND))[1]
    assert (second.blend, second.factor, second.consistency) == (0.75, 0, 0)
    second = footage(over(BLEND | FLOW))[3]
    assert (second.blend, second.factor) == (0.75, 2)


def test_video_input_paints_each_picture_alone(over) -> None:
    """What acts on the frame before does not: strength is that of every frame, the first one too."""
    noisy = {"noise_schedule": "0: (0.1)", "use_looper": True, "diffusion_cadence": 4, "strength_schedule": "0: (0.4)"}
    film = over({"animation_mode": "Video Input"} | noisy).film
    first, second, *_ = film.shots[0].plans
    assert (film.n_frames, second.footage.motion, second.footage.before) == (10, "off", 0)
    assert (first.init.skip, second.look.skip) == (0.4, 0.4)
    assert second.conditioning is None or second.conditioning.noise == 0


def test_its_sound_is_heard_where_it_was(bring, verdicts, tmp_path: Path, write_film) -> None:
    sound = ("-f", "lavfi", "-i", "sine=duration=1", "-pix_fmt", "yuv420p")
    loud = write_film(tmp_path / "loud.mp4", [np.zeros((16, 16, 3), np.uint8)] * 15, "15", *sound)
    old = EVERY | FLOW | {"video_init_path": str(loud)}
    found = bring(old | {"add_soundtrack": "Init Video"})
    assert found.film.music is not None
    assert verdicts(found)["add_soundtrack"] == "exact"
    assert bring(old).film.format.audio == "none"


def test_a_video_that_is_none_is_told(bring, verdicts, tmp_path: Path, over) -> None:
    (tmp_path / "text.mp4").write_text("no film")
    for changes in (
        {"video_init_path": str(tmp_path / "text.mp4")},
        {"video_init_path": "gone.mp4"},
    ):
        said = verdicts(bring(EVERY | FLOW | changes))
        assert said["video_init_path"] == said["hybrid_motion"] == said["hybrid_flow_method"] == "unsupported"
        assert EVERY.keys() - said.keys() == set()
    for changes in ({"extract_from_frame": 10}, {"extract_from_frame": 5, "extract_to_frame": 4}):
        found = over(FLOW | changes)
        assert verdicts(found)["video_init_path"] == "unsupported"
        assert footage(found)[1] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"hybrid_composite": "Before Motion"},
        {"hybrid_composite": "After Generation"},
        BLEND | {"hybrid_comp_mask_type": "Depth"},
        {"hybrid_use_init_image": True},
        {"hybrid_motion": "Sideways"},
    ],
    ids=str,
)
def test_what_has_no_counterpart_is_told_and_the_film_is_made_without(over, verdicts, changes) -> None:
    found = over(FLOW | changes)
    said = verdicts(found)
    assert said["hybrid_motion"] == "unsupported"
    assert EVERY.keys() - said.keys() == set()
    assert footage(found)[1] is None
