"""What each step does to a picture, in which order, and that all of them are the same on any number of threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from pipeline import load
from pipeline.condition import condition
from pipeline.condition.colour import MATCHES, hold, match
from pipeline.condition.grain import GRAINS
from pipeline.condition.order import steps
from pipeline.condition.spaces import from_lab, to_lab
from pipeline.condition.tone import contrast, sharpen
from pipeline.errors import UsageError
from pipeline.preview import Context
from pipeline.render import render
from pipeline.sample.noise import named_noise
from pipeline.store import FrameStore
from pipeline.types import CameraMove, Conditioning, Film, FramePlan, Size

ALL_ON = Conditioning(
    *("lab", "shot", 0.7, 0.3, 1.1, 0.4, 1.0, 0.01, 0.05, "perlin"), steady=0.6, guide_strength=0.2, guide=(("a", 1.0),)
)
REFERENCE = np.random.default_rng(1).integers(0, 256, (40, 56, 3), dtype=np.uint8)


def noise(shape: tuple[int, ...], number: int, frame: int = 3) -> torch.Tensor:
    return named_noise(shape, seed=7, frame=frame, purpose="condition", step=number)


def grey(level: float = 0.5) -> np.ndarray:
    return np.full((40, 56, 3), level)


def flat(*colour: float) -> np.ndarray:
    return np.ones((4, 6, 3)) * np.array(colour)


def picture() -> np.ndarray:
    return np.random.default_rng(2).random((40, 56, 3))


def planned(film_of, conditioning: Conditioning | None) -> FramePlan:
    look = film_of().shots[0].plans[1].look
    return FramePlan("a", 3, 7, Size(40, 56), (), CameraMove(), look, conditioning)


def test_a_film_that_says_nothing_conditions_nothing(film_of) -> None:
    start = torch.from_numpy(picture()).permute(2, 0, 1)[None].float() * 2 - 1
    plain = film_of().shots[0].plans
    assert plain[0].conditioning is None
    assert plain[1].conditioning == Conditioning()
    for settings in (None, Conditioning(), Conditioning(noise_kind="deforum", color_match="lab", color_match_amount=0)):
        assert condition(start, planned(film_of, settings), last=None, seen={}, noise=noise) is start


def test_the_order_is_pinned() -> None:
    found = steps(ALL_ON, last=None, seen={0: REFERENCE}, noise=noise, shown=lambda digest: REFERENCE)
    assert [name for name, _ in found] == ["guide", "match", "hold", "steady", "contrast", "sharpen", "noise"]


def test_light_is_steadied_to_the_frame_that_the_plan_names() -> None:
    there, dark, light = picture(), np.full((40, 56, 3), 40, np.uint8), np.full((40, 56, 3), 210, np.uint8)
    for number, brighter in ((0, False), (7, True)):
        settings = Conditioning(steady=1.0, steady_to=number)
        assert settings.looks_at == (number,)
        ((_, step),) = steps(settings, last=None, seen={0: dark, 7: light}, noise=noise)
        assert (step(there).mean() > there.mean()) == brighter
    assert Conditioning(steady=1.0, steady_to=7, hold=0.1).looks_at == (0, 7)
    assert Conditioning(hold=0.0, steady=0.0, steady_to=7).looks_at == ()


def test_the_same_bytes_on_one_thread_and_on_two(film_of) -> None:
    start, found = torch.linspace(-1, 1, 3 * 40 * 56).reshape(1, 3, 40, 56), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        one = condition(
            start, planned(film_of, ALL_ON), last=None, seen={0: REFERENCE}, noise=noise, shown=lambda digest: REFERENCE
        )
        found.append(one.numpy().tobytes())
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["gaussian", "perlin"])
@pytest.mark.parametrize("level", [0.0, 0.5])
def test_noise_keeps_the_mean_and_has_the_strength_that_was_asked_for(kind: str, level: float) -> None:
    added = GRAINS[kind](grey(level), Conditioning(noise=0.2, noise_kind=kind), noise) - level
    assert abs(added.mean()) < 3 * 0.2 / added.size**0.5
    assert added.std() == pytest.approx(0.2, rel=0.03)
    assert not np.allclose(added[..., 0], added[..., 1])


def test_perlin_noise_is_smoother_than_grain() -> None:
    rough = {
        kind: np.abs(np.diff(GRAINS[kind](grey(), Conditioning(noise=0.2), noise), axis=1)).mean() for kind in GRAINS
    }
    assert rough["perlin"] < 0.5 * rough["gaussian"]


def test_deforums_noise_pulls_towards_grey() -> None:
    low, high = grey(0.1), grey(0.9)
    for frame in range(30):
        fresh = partial(noise, frame=frame)
        low, high = (GRAINS["deforum"](one, Conditioning(noise=0.065), fresh) for one in (low, high))
    assert (high - low).mean() / 0.8 == pytest.approx(0.133, abs=0.0005)
    assert high.mean() == pytest.approx(0.5 + 0.4 * 0.133, abs=0.01)


def test_contrast_is_about_mid_grey_and_clips() -> None:
    assert contrast(flat(0.25, 0.5, 0.9), 2.0)[0, 0].tolist() == [0.0, 0.5, 1.0]
    assert contrast(flat(0.1, 0.5, 0.9), 0.5)[0, 0] == pytest.approx([0.3, 0.5, 0.7])


def test_an_unsharp_mask_leaves_flat_areas_and_what_is_below_its_threshold() -> None:
    assert np.allclose(sharpen(grey(0.3), 2.0, 1.5, 0.0), 0.3, atol=1e-12)
    edge = grey(0.4)
    edge[:, 30:] = 0.6
    sharp = sharpen(edge, 1.0, 1.0, 0.0)
    assert sharp[5, 29, 0] < 0.36 < 0.64 < sharp[5, 30, 0]
    assert sharp[5, 10] == pytest.approx(0.4)
    assert np.array_equal(sharpen(edge, 1.0, 1.0, 0.2), edge)


@pytest.mark.parametrize("way", MATCHES)
def test_a_picture_matched_with_itself_is_itself(way: str) -> None:
    assert np.allclose(match(picture(), picture(), way, 1.0), picture(), atol=1e-6)


@pytest.mark.parametrize("way", ["rgb", "lab", "mean"])
def test_a_red_picture_matched_to_a_blue_one_becomes_blue(way: str) -> None:
    red, blue = flat(0.9, 0.1, 0.2), flat(0.1, 0.2, 0.9)
    assert match(red, blue, way, 1.0)[0, 0] == pytest.approx([0.1, 0.2, 0.9], abs=1e-6)
    half = match(red, blue, way, 0.5)[0, 0]
    assert half == pytest.approx([0.5, 0.15, 0.55], abs=1e-6)


def test_in_hsv_the_hue_stays_and_grey_stays_grey() -> None:
    found = match(flat(0.8, 0.2, 0.2), flat(0.1, 0.4, 0.1), "hsv", 1.0)
    assert found[0, 0] == pytest.approx([0.4, 0.1, 0.1])
    assert match(flat(0.3, 0.3, 0.3), flat(0.1, 0.4, 0.1), "hsv", 1.0)[0, 0] == pytest.approx([0.4, 0.4, 0.4])


def test_lab_is_cies() -> None:
    assert to_lab(flat(1.0, 0.0, 0.0))[0, 0] == pytest.approx([53.24, 80.09, 67.20], abs=0.01)
    assert np.allclose(from_lab(to_lab(picture())), picture(), atol=1e-9)


def test_hold_brings_the_light_back_and_keeps_the_detail() -> None:
    first, dark = 0.4 + 0.2 * picture(), 0.2 + 0.2 * picture()[:, ::-1]
    held = hold(dark, first, 1.0)
    assert abs(held.mean() - first.mean()) < 0.02 < abs(dark.mean() - first.mean())
    assert np.allclose(hold(dark, first, 0.0), dark, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"color_match": "xyz"}, "frame: unknown color_match 'xyz'; use one of off, rgb, hsv, lab, mean"),
        ({"noise_kind": "pink"}, "frame: unknown noise_kind 'pink'; use one of gaussian, perlin, deforum"),
        ({"hold": 0.5}, "frame: hold needs a picture that is not there; give it, or switch it off"),
        ({"steady": 0.5}, "frame: steady needs a picture that is not there; give it, or switch it off"),
        ({"guide_strength": 0.5}, "frame: guide needs a picture that is not there; give it, or switch it off"),
        ({"color_match": "lab", "color_match_to": "image"}, "frame: color_match_to: image needs a picture that is not"),
        ({"color_match": "lab"}, "frame: color_match_to: shot needs a picture that is not there"),
    ],
)
def test_what_cannot_be_done_is_told(change: dict, told: str) -> None:
    with pytest.raises(UsageError) as fault:
        steps(replace(Conditioning(), **change), last=None, seen={}, noise=noise)
    assert str(fault.value).startswith(told)


# --- in a film --------------------------------------------------------------------------------------------------------

FRAME = "frame: {color_match: lab, hold: 0.3, contrast: 1.05, sharpen: 0.2, noise: {0: 0.01, 5: 0.05}}\n"


def frames(folder) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("frames/*/*.png"))]


def drawn(film, folder, **options) -> list[int]:
    seen: list[int] = []
    render(film, folder, watch=lambda now: seen.append(now.number) if now.doing == "stored" else None, **options)
    return seen


def test_a_render_that_was_stopped_ends_in_the_same_bytes(
    film_of, tiny_engine, tiny_text, make_easel, tmp_path
) -> None:
    film = film_of(tiny_text + FRAME)
    render(film, tmp_path / "whole")
    tiny_engine.easel = make_easel(8)
    assert drawn(film, tmp_path / "parts", frames=range(3)) == [0, 1, 2]
    assert drawn(film, tmp_path / "parts") == [3, 4, 5]
    assert frames(tmp_path / "parts") == frames(tmp_path / "whole")


@pytest.mark.parametrize("gone", [[3, 4, 5], [0, 3, 4, 5]])
def test_a_preview_in_context_is_the_stored_frame(film_of, tiny_engine, tiny_text, tmp_path, gone) -> None:
    film, out = film_of(tiny_text + FRAME), tmp_path / "out"
    render(film, out)
    wanted = FrameStore(out).read("tiny", 3).pixels
    for number in gone:
        FrameStore(out).path("tiny", number).unlink()
    sketch = Context(film, out).sketch(3)
    assert sketch.kind == "exact"
    assert np.array_equal(sketch.pixels, wanted)


def turning_film(film_of: Callable[..., Film], tiny_text: str) -> Film:
    """Return a film that turns at frame 1 and stands still from frame 2 on, whose light those after it are held to."""
    film = film_of(tiny_text.replace("fps: 6", "fps: 1").replace("3: snow", "1: snow") + "frame: {steady: 1}\n")
    assert [plan.looks_at for plan in film.shots[0].plans] == [(), (), (), (2,), (2,), (2,)]
    return film


def test_a_render_that_was_stopped_finds_the_frame_that_light_is_held_to(
    film_of, tiny_engine, tiny_text, make_easel, tmp_path
) -> None:
    film = turning_film(film_of, tiny_text)
    render(film, tmp_path / "whole")
    tiny_engine.easel = make_easel(8)
    assert drawn(film, tmp_path / "parts", frames=range(4)) == [0, 1, 2, 3]
    assert drawn(film, tmp_path / "parts") == [4, 5]
    assert frames(tmp_path / "parts") == frames(tmp_path / "whole")


def test_a_preview_holds_light_to_a_frame_that_is_stored_and_says_where_it_is_not(
    film_of, tiny_engine, tiny_text, tmp_path
) -> None:
    film, out = turning_film(film_of, tiny_text), tmp_path / "out"
    render(film, out)
    wanted = FrameStore(out).read("tiny", 5).pixels
    FrameStore(out).path("tiny", 5).unlink()
    sketch = Context(film, out).sketch(5)
    assert sketch.kind == "exact"
    assert np.array_equal(sketch.pixels, wanted)
    FrameStore(out).path("tiny", 2).unlink()
    sketch = Context(film, out).sketch(5)
    assert sketch.kind == "composed"
    assert sketch.how.endswith("denoised once, its light held at that frame's")


def test_an_edit_of_the_first_frame_makes_those_that_rest_on_it_anew(film_of, tiny_engine, tiny_text, tmp_path) -> None:
    from pipeline.identity import chain_keys

    (shot,) = film_of(tiny_text + FRAME).shots
    plans = [replace(plan, camera=None) if plan.frame == 2 else plan for plan in shot.plans]  # carries nothing over
    edited = [replace(plans[0], prompts=()), *plans[1:]]
    before, after = (chain_keys(replace(shot, plans=tuple(one)), {"engine": "tiny"}) for one in (plans, edited))
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, False, True, False, False, False]


def test_an_edit_of_the_conditioning_keeps_the_first_frame(film_of, tiny_engine, tiny_text, tmp_path) -> None:
    drawn(film_of(tiny_text + FRAME), tmp_path / "out")
    assert drawn(film_of(tiny_text + FRAME.replace("1.05", "1.06")), tmp_path / "out") == [1, 2, 3, 4, 5]


def test_the_embedded_preset_steadies_and_does_nothing_else(tmp_path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("prompts: a\nframes: 2\n")
    assert load(path).shots[0].plans[1].conditioning == Conditioning(steady=1.0)
