"""Frames that start from a picture or clouds, keep part of it, or are pulled towards it; drawn with tiny networks."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from pipeline.errors import UsageError
from pipeline.sample.denoiser import UnetDenoiser, from_x0
from pipeline.sample.draw import draw
from pipeline.sample.fitting import fit_picture
from pipeline.sample.gallery import Gallery
from pipeline.sample.ground import recalled, renewed
from pipeline.sample.noise import named_noise
from pipeline.sample.samplers import SAMPLERS
from pipeline.sample.steps import Steps
from pipeline.types import CameraMove, Footage, Init, PictureFile, Size

SIZE = Size(16, 24)
PATCHES = np.random.default_rng(3).integers(0, 256, (4, 6, 3), dtype=np.uint8).repeat(5, axis=0).repeat(5, axis=1)


@pytest.fixture
def shown(tmp_path: Path) -> tuple[Gallery, str, str]:
    """A gallery with a picture and a mask whose left third is black, and their digests."""
    mask = np.zeros((8, 12, 3), np.uint8)
    mask[:, 4:] = 255
    files = []
    for name, pixels in (("picture", PATCHES), ("mask", mask)):
        path = tmp_path / f"{name}.png"
        cv2.imwrite(str(path), pixels[..., ::-1])
        files.append(PictureFile(sha256(path.read_bytes()).hexdigest(), str(path)))
    return Gallery(files), files[0].digest, files[1].digest


@pytest.fixture
def engine(make_unet, toy, shown):
    """Return everything but the plan."""
    denoiser = UnetDenoiser(make_unet(unshuffle=2, learn_sigma=True), predicts="x0", unshuffle=2, learn_sigma=True)
    return {"denoiser": denoiser, "perceptors": [toy(8)], "schedule": "cosine", "device": "cpu", "gallery": shown[0]}


def test_a_first_frame_starts_from_its_picture_noised_to_the_first_step_left(plan, engine, shown) -> None:
    seen = []

    def denoise(x, step):
        seen.append((x, step))
        return from_x0(x, torch.zeros_like(x), step)

    engine |= {"denoiser": denoise, "perceptors": []}
    draw(replace(plan, init=Init(image=shown[1], skip=0.5, fit="stretch")), None, **engine)
    (x, step), *later = seen
    picture = torch.tensor(fit_picture(PATCHES, SIZE, "stretch")).permute(2, 0, 1)[None] / 127.5 - 1
    noise = named_noise((1, 3, 16, 24), seed=plan.seed, frame=0, purpose="start", step=0)
    assert (step.timestep, len(later)) == (333, 1)
    assert torch.allclose(x, step.signal * picture + step.sigma * noise, atol=1e-6)


@pytest.mark.parametrize("mode", ["color", "gray", "mixed"])
def test_clouds_are_the_same_for_a_seed_and_others_for_another(plan, engine, mode) -> None:
    cloudy = replace(plan, init=Init(perlin=mode, skip=0.5))
    first = draw(cloudy, None, **engine)
    assert np.array_equal(draw(cloudy, None, **engine), first)
    assert not np.array_equal(draw(replace(cloudy, seed=8), None, **engine), first)
    assert not np.array_equal(draw(plan, None, **engine), first)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("path", ["unet", "detached"])
def test_what_a_mask_keeps_is_the_picture_bit_by_bit(plan, engine, shown, sampler, path) -> None:
    look = replace(plan.look, sampler=sampler, guidance_path=path, steps=5)
    pixels = draw(replace(plan, look=look, init=Init(image=shown[1], mask=shown[2])), None, **engine)
    wanted = fit_picture(PATCHES, SIZE, "cover")
    assert np.array_equal(pixels[:, :7], wanted[:, :7])
    assert np.abs(pixels[:, 9:].astype(int) - wanted[:, 9:]).mean() > 10


def test_a_later_frame_keeps_the_picture_and_not_the_frame_before(plan, engine, shown) -> None:
    before = named_noise((1, 3, 16, 24), seed=0, frame=0, purpose="before", step=0).clamp(-1, 1)
    later = replace(plan, frame=1, camera=CameraMove(), init=Init(image=shown[1], mask=shown[2]))
    pixels = draw(later, before, **engine)
    assert np.array_equal(pixels[:, :7], fit_picture(PATCHES, SIZE, "cover")[:, :7])
    free = replace(later, init=None)
    assert not np.array_equal(draw(free, before, **engine)[:, :7], pixels[:, :7])


def test_what_is_kept_goes_through_the_sampler_under_the_noise_of_each_step(plan, engine, shown) -> None:
    xs = []

    def denoise(x, step):
        xs.append((x, step))
        return from_x0(x, torch.tanh(x), step)

    engine |= {"denoiser": denoise, "perceptors": []}
    look = replace(plan.look, steps=6, eta=(0.0,))
    draw(replace(plan, look=look, init=Init(image=shown[1], mask=shown[2])), None, **engine)
    picture = torch.tensor(fit_picture(PATCHES, SIZE, "cover")).permute(2, 0, 1)[None] / 127.5 - 1
    noise = named_noise((1, 3, 16, 24), seed=plan.seed, frame=0, purpose="start", step=0)
    assert len(xs) == 6
    for x, step in xs:
        there = step.signal * picture + step.sigma * noise
        assert torch.allclose(x[..., :7], there[..., :7], atol=2e-4)


def test_a_scale_pulls_the_first_frame_to_the_picture(plan, engine, shown) -> None:
    look = replace(plan.look, steps=8, guidance_scale=(0.0,), clamp_grad=(0.5,))
    engine |= {"denoiser": lambda x, step: from_x0(x, torch.tanh(x), step)}
    wanted = fit_picture(PATCHES, SIZE, "cover").astype(int)

    def off(scale: float) -> float:
        drawn = draw(replace(plan, look=look, init=Init(image=shown[1], scale=(scale,))), None, **engine)
        return float(np.abs(cv2.blur(drawn, (3, 3)) - cv2.blur(wanted.astype(np.uint8), (3, 3)).astype(int)).mean())

    assert off(3000.0) < 0.6 * off(0.0)


def test_a_scale_pulls_a_later_frame_to_what_it_starts_from(plan, engine) -> None:
    before = torch.full((1, 3, 16, 24), 0.6)
    engine |= {"denoiser": lambda x, step: from_x0(x, torch.tanh(x), step)}
    look = replace(plan.look, steps=10, skip=0.3, guidance_scale=(0.0,), clamp_grad=(0.5,))
    later = replace(plan, frame=1, camera=CameraMove(), look=look)
    pulled = replace(later, init=Init(scale=(3000.0,)))
    off = [np.abs(draw(one, before, **engine).astype(int) - 204).mean() for one in (later, pulled)]
    assert off[1] < 0.7 * off[0]


def test_symmetry_holds_for_the_whole_frame_but_not_for_what_is_kept(plan, engine, shown) -> None:
    look = replace(plan.look, symmetry="horizontal")
    pixels = draw(replace(plan, look=look), None, **engine)
    assert np.array_equal(pixels, pixels[:, ::-1])
    kept = draw(replace(plan, look=look, init=Init(image=shown[1], mask=shown[2])), None, **engine)
    assert np.array_equal(kept[:, :7], fit_picture(PATCHES, SIZE, "cover")[:, :7])


def test_recall_brings_back_what_is_broad_and_leaves_what_is_fine() -> None:
    broad = torch.linspace(-0.5, 0.5, 128).expand(1, 3, 128, 128)
    board = (torch.arange(128)[:, None] + torch.arange(128)) % 2 * 0.4 - 0.2
    first, second = Steps.plan("cosine", 2)
    half, whole = (recalled(broad, share) for share in ((0.5, 0.0), (1.0,)))
    torch.testing.assert_close(whole(board.expand(1, 3, 128, 128), first), broad + board, atol=0.02, rtol=0)
    torch.testing.assert_close(half(torch.full_like(broad, 0.3), first), (broad + 0.3) / 2, atol=0.01, rtol=0)
    assert torch.equal(half(board, second), board)


@pytest.mark.parametrize(("height", "width"), [(96, 160), (40, 24), (20, 16)])
def test_recalling_a_picture_of_any_shape_changes_it_into_itself(height: int, width: int) -> None:
    picture = named_noise((1, 3, height, width), seed=1, frame=0, purpose="x", step=0)
    assert torch.equal(recalled(picture, (1.0,))(picture, Steps.plan("cosine", 1)[0]), picture)


def test_a_renewed_picture_keeps_what_is_fine_and_has_the_broad_of_what_is_suggested() -> None:
    slope = torch.linspace(-0.5, 0.5, 128)
    board = (torch.arange(128)[:, None] + torch.arange(128)) % 2 * 0.4 - 0.2
    before, suggested = slope.expand(1, 3, 128, 128) + board, slope[:, None].expand(1, 3, 128, 128)
    torch.testing.assert_close(renewed(before, suggested, 1.0), suggested + board, atol=0.03, rtol=0)
    torch.testing.assert_close(
        renewed(before, suggested, 0.25), 0.75 * before + 0.25 * (suggested + board), atol=0.03, rtol=0
    )


def test_frames_recall_the_one_before_and_first_ones_none(plan, engine) -> None:
    before = torch.full((1, 3, 16, 24), 0.6)
    engine |= {"denoiser": lambda x, step: from_x0(x, torch.zeros_like(x), step), "perceptors": []}
    recalling = replace(plan, look=replace(plan.look, recall=(1.0,)))
    assert (draw(recalling, before, **engine) == 204).all()
    assert (draw(plan, before, **engine) == 128).all()
    for one in (replace(recalling, init=Init(perlin="color")), replace(recalling, footage=Footage("0" * 64, 0))):
        assert (draw(one, None if one.init else before, **engine) == 128).all()


def test_what_is_recalled_is_made_symmetric_and_gives_way_to_what_is_kept(plan, engine, shown) -> None:
    before = torch.linspace(-1, 1, 24).expand(1, 3, 16, 24)
    look = replace(plan.look, recall=(1.0,), symmetry="horizontal")
    pixels = draw(replace(plan, look=look), before, **engine)
    assert np.array_equal(pixels, pixels[:, ::-1])
    kept = draw(replace(plan, look=look, init=Init(image=shown[1], mask=shown[2])), before, **engine)
    assert np.array_equal(kept[:, :7], fit_picture(PATCHES, SIZE, "cover")[:, :7])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"init": Init(perlin="grey")}, "frame 0000: unknown init.perlin 'grey'; use one of off, color, gray, mixed"),
        ({"init": Init(fit="fill")}, "frame 0000: unknown init.fit 'fill'; use one of cover, contain, stretch"),
        ({"init": Init(image="ab")}, "picture ab: no file is known for this digest"),
        (
            {"init": Init(scale=(1.0, 2.0, 3.0))},
            "frame 0000: init.scale has 3 values for 4 steps; give one, or one for",
        ),
    ],
)
def test_plans_that_cannot_be_followed(plan, engine, change, told) -> None:
    with pytest.raises(UsageError, match=f"^{told}"):
        draw(replace(plan, **change), None, **engine)


def test_a_symmetry_that_is_not_known(plan, engine) -> None:
    with pytest.raises(
        UsageError, match="unknown symmetry 'diagonal'; use one of off, horizontal, vertical, both, kal"
    ):
        draw(replace(plan, look=replace(plan.look, symmetry="diagonal")), None, **engine)
