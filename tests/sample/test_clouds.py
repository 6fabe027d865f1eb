"""Clouds: their modes, their range, and the lattice they are made on."""

from __future__ import annotations

import pytest
import torch

from pipeline.sample.clouds import MODES, clouds, gradient_noise, layer
from pipeline.sample.noise import named_noise
from pipeline.types import Size


def noise(shape: tuple[int, ...], purpose: str, number: int) -> torch.Tensor:
    return named_noise(shape, seed=4, frame=0, purpose=purpose, step=number)


@pytest.mark.parametrize(("mode", "n_alike"), [("color", 0), ("gray", 3), ("mixed", 0)])
def test_clouds_are_pictures(mode: str, n_alike: int) -> None:
    picture = clouds(mode, Size(24, 40), noise)
    assert (picture.shape, picture.dtype) == ((1, 3, 24, 40), torch.float32)
    assert -1 <= picture.min() < -0.4
    assert 0.4 < picture.max() <= 1
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert sum(torch.equal(picture[0, a], picture[0, b]) for a, b in pairs) == n_alike


def test_mixed_has_less_colour_than_color() -> None:
    spread = {mode: clouds(mode, Size(32, 32), noise).std(dim=1).mean().item() for mode in MODES}
    assert 0 == spread["gray"] < spread["mixed"] < spread["color"]


def test_each_channel_of_a_layer_reaches_black_and_white() -> None:
    found = layer("fine", 4, 8, 3, Size(20, 30), noise)
    assert found.amin(dim=(1, 2)).tolist() == [0, 0, 0]
    assert found.amax(dim=(1, 2)).tolist() == [1, 1, 1]


def test_octaves_finer_than_two_pixels_are_not_made() -> None:
    asked = []

    def asking(shape: tuple[int, ...], purpose: str, number: int) -> torch.Tensor:
        asked.append((purpose, number, shape[-1]))
        return noise(shape, purpose, number)

    clouds("gray", Size(16, 64), asking)
    assert asked == [
        *((("perlin broad", k, 2**k + 1)) for k in range(4)),
        *(("perlin fine", k, 4 * 2**k + 1) for k in range(2)),
    ]


def test_a_slope_along_x_rises_to_the_right() -> None:
    """One cell with slopes (1, 0) and (0, -2) everywhere: u - f(u) and the same of v, whose f is 3t^2 - 2t^3."""
    along_x, along_y = torch.ones(2, 2, dtype=torch.float64), torch.full((2, 2), -2.0, dtype=torch.float64)
    slopes = torch.stack((torch.stack((along_x, along_x * 0)), torch.stack((along_y * 0, along_y))))
    found = gradient_noise(slopes, Size(2, 4))
    u = torch.tensor([0.125, 0.375, 0.625, 0.875], dtype=torch.float64)
    v = torch.tensor([0.25, 0.75], dtype=torch.float64)
    fade = [t * t * (3 - 2 * t) for t in (u, v)]
    assert torch.allclose(found[0], (u - fade[0]).expand(2, 4))
    assert torch.allclose(found[1], -2 * (v - fade[1])[:, None].expand(2, 4))


def test_clouds_keep_their_forms_at_other_sizes() -> None:
    small, large = (clouds("gray", size, noise)[0, 0] for size in (Size(32, 32), Size(64, 64)))
    shrunk = torch.nn.functional.avg_pool2d(large[None, None], 2)[0, 0]
    assert torch.corrcoef(torch.stack((small.flatten(), shrunk.flatten())))[0, 1] > 0.9
