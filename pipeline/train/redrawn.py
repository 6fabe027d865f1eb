"""Show an upscaler what it will enlarge: pictures that the shipped diffusion model has drawn.

What that leaves in a picture (the seams of its folding, strokes that are doubled or burnt, grain) cannot be made up by
blur and noise. A painted picture is noised a little and drawn again, so the painting says what was meant.
Source: our own; others spoil what the next model enlarges by noise (Ho et al. 2022, cascaded diffusion, section 4).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..models import load_clip, load_diffusion
from ..sample.denoiser import Sketches, Telling
from ..sample.easel import as_denoiser
from ..sample.samplers import ddim
from ..sample.steps import Steps, noise_to
from .pictures import Album
from .wear import worn

DIFFUSION: Final = "painted-world-128"
STEPS: Final = 10  # of a picture, as the embedded preset has them
LAST: Final = (2, 3, 4, 5, 7)  # of these are drawn: with all of them, texts that name no style come out in another
ETA: Final = 0.5
SCALES: Final = (1.0, 2.0, 3.0)  # how strongly texts are followed
WORN: Final = 0.5  # of the pictures begin as a frame does that a film goes on from


class Redrawn:
    """The pictures of an album, reduced `times` and drawn again from a little noise, told a caption of each.

    Each is drawn once, when it is first asked for, from noise of its own number, and kept in `folder`, since that
    takes longer than a hundred steps of what learns from them: a training that goes on need not draw it again.
    """

    def __init__(self, album: Album, *, times: int, folder: Path) -> None:
        loaded = load_diffusion(DIFFUSION, device=album.device)
        assert loaded.architecture.text is not None, "a model that takes texts"
        self._album = album
        self._times = times
        self._schedule = loaded.architecture.schedule
        self._denoiser = as_denoiser(loaded)
        self._clip = load_clip(loaded.architecture.text.perceptor, device=album.device).model
        side = (album.plan.height // times, album.plan.width // times)
        kept = f"redrawn-{album.plan.count}-{side[0]}x{side[1]}-by-{loaded.digest[:12]}"
        self._drawn = _kept(folder / f"{kept}.npy", (album.plan.count, 3, *side))
        self._is_drawn = _kept(folder / f"{kept}-which.npy", (album.plan.count,))

    def __call__(self, chosen: Tensor) -> Tensor:
        """Return the pictures `chosen`, int64 (B,), as the diffusion model draws them: (B, 3, H, W) in [0, 1]."""
        for number in chosen.tolist():
            if not self._is_drawn[number]:
                self._drawn[number] = (self._draw(number) * 255).round().byte().cpu().numpy()  # as a frame is stored
                self._is_drawn[number] = 1  # behind the picture, or one that was cut off would be taken for whole
        return torch.from_numpy(self._drawn[chosen.cpu().numpy()]).to(self._album.device).float() / 255

    @torch.no_grad()
    def _draw(self, number: int) -> Tensor:
        album, device = self._album, self._album.device
        rng = np.random.default_rng([album.plan.first_seed, number])
        generator = torch.Generator(device).manual_seed(int(rng.integers(2**63)))
        steps = Steps.plan(self._schedule, STEPS, skip=1 - int(rng.choice(LAST)) / STEPS)
        start = F.avg_pool2d(album.images(torch.tensor([number], device=device)), self._times) * 2 - 1
        if rng.random() < WORN:
            start = worn(start, generator)
        self._denoiser.telling = self._told(number, scale=float(rng.choice(SCALES)))

        def noise(_: int = 0) -> Tensor:
            return torch.randn(start.shape, generator=generator, device=device)

        drawn = ddim(self._denoiser, noise_to(start, noise(), steps[0]), steps, eta=(ETA,), noise=noise)
        return (drawn[0].clamp(-1, 1) + 1) / 2

    def _told(self, number: int, *, scale: float) -> Telling:
        """Return what the model is told of a picture from near, turned as all of them are: its longest caption."""
        captions = self._album.tokens[number]
        longest = int((captions != 0).sum(1).argmax())
        said = torch.from_numpy(captions[longest : longest + 1].astype(np.int64)).to(self._album.device)
        direction = F.normalize(self._clip.encode_text(said).float(), dim=-1)
        text = direction * direction.shape[1] ** 0.5
        against = torch.zeros_like(text)
        upright = torch.eye(2, 3, device=text.device)[None]
        sketches = Sketches(self._denoiser.sketch(text), self._denoiser.sketch(against), upright)
        return Telling(text, against, (scale,), sketches)


def _kept(path: Path, shape: tuple[int, ...]) -> np.memmap:
    """Return bytes of a shape that lie in a file, which is made of zeros where it is not there."""
    if path.exists():
        return np.lib.format.open_memmap(path, mode="r+")
    path.parent.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
