"""Train the embedded diffusion models: guided-diffusion's UNet on the painted world, predicting the clean picture.

The variance half of the learn_sigma layout is never trained and stays zero, since DDIM does not read it. Loss weights
follow min-SNR for a prediction of x0, with a floor of one so that the first, structure-making steps are not starved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..models.entry import DiffusionArchitecture
from ..models.networks import build_denoiser
from ..models.noise import alpha_bars
from ..models.sketch import Sketch, laid_out
from .averaged import train_averaged
from .edition import planned
from .following import asked_for, frame_before, settled
from .onward import take_over_denoiser
from .pictures import REFRESH, Album, album_of, choose
from .progress import Means
from .solved import solve_pictures
from .telling import Teller
from .world.vocabulary import KINDS

CALM = 450  # below this timestep there is so little noise that a picture tells by itself where its parts are
LARGER = 1.25  # the most that a picture is enlarged, with its sketch
READERS = 256  # texts at once from which a sketch learns to read
SHAPES_FIRST, THEN_STROKES = 0.7, 1.2  # below 1 more of the timesteps are noisy ones; 18 % and 37 % are below 300


@dataclass(frozen=True, slots=True)
class DenoiserRun:
    """How long and how fast an embedded diffusion model is trained.

    `albums` are the shapes of pictures it learns, those from near first, and the share of the batches that each gets.
    `smaller` is the share of the batches of squares that have four times as many pictures of half the size: broad
    shapes are learnt from many pictures, and small films are drawn well too. Where texts suggest a sketch, that learns
    to read in the first `sketched` steps, and in the last of them gets its pictures; then it stands still.
    Shapes come first: from step `alone` on more of the pictures have little noise, and a share `following` of the
    batches learns to draw over a frame before.
    """

    name: str
    seed: int
    steps: int
    albums: tuple[tuple[str, float], ...] = (("square", 1.0),)
    batch: int = 16
    peak_rate: float = 6e-4
    warmup: int = 200
    ema_decay: float = 0.999
    snr_cap: float = 8.0
    smaller: float = 0.25
    sketched: int = 1800
    alone: int = 14_300
    following: float = 0.3


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step learns from.

    Shapes: clean, noise (B, 3, H, W), clean in [-1, 1]; timesteps int64 (B,); text (B, D) for models that are told;
        layout (B, 2, 3) for models with a sketch, how each picture was turned and enlarged, and its sketch is to be;
        `follows` where the pictures are to be drawn over a frame before.
    """

    clean: Tensor
    noise: Tensor
    timesteps: Tensor
    text: Tensor | None
    layout: Tensor | None
    follows: bool
    generator: torch.Generator


def train_denoiser(run: DenoiserRun, albums: Mapping[str, Album], *, means: Means) -> nn.Module:
    """Train (or go on training) the catalogue's diffusion model `run.name`; return its averaged weights."""
    torch.manual_seed(run.seed)
    architecture = planned(run.name, DiffusionArchitecture)
    if architecture.sketch and architecture.sketch.names != tuple(len(names) for names in KINDS.values()):
        raise ValueError(f"{run.name}: its sketch knows {architecture.sketch.names} names, the world others; say so")
    alpha_bar = torch.tensor(alpha_bars(architecture.schedule), dtype=torch.float32, device=means.device)
    teller = Teller(architecture, means) if architecture.text else None

    def loss_at(network: Any, step: int) -> Tensor:
        if step % REFRESH == 0:
            for each in albums.values():
                each.refresh()
        if architecture.sketch and step < run.sketched:
            assert teller is not None, "a model with a sketch is told"
            album = albums[run.albums[0][0]]
            if step == run.sketched - 1:
                solve_pictures(network.sketch, album)
            return reading_loss(network.sketch, *told_of(run, step, album, teller))
        batch = batch_of(run, step, albums, architecture=architecture, teller=teller, device=means.device)
        with torch.autocast(means.device, dtype=torch.bfloat16, enabled=means.autocast):
            given, fold = {"text": batch.text, "layout": batch.layout}, architecture.unshuffle
            clean, shown = batch.clean, None
            if batch.follows:

                def guess(noisy: Tensor, timesteps: Tensor) -> Tensor:
                    return F.pixel_shuffle(predict(network, noisy, timesteps, unshuffle=fold, **given), fold)

                before = frame_before(clean, alpha_bar, guess, batch.generator)
                clean = asked_for(clean, batch.timesteps, batch.generator)
                shown = settled(before, clean, batch.timesteps)
            return denoiser_loss(
                network,
                clean,
                batch.noise,
                batch.timesteps,
                alpha_bar,
                unshuffle=fold,
                cap=run.snr_cap,
                shown=shown,
                **given,
            )

    def build() -> nn.Module:
        network = build_trainable(architecture)
        if means.onward:
            take_over_denoiser(network, architecture, ancestor=means.onward)
        return network

    return train_averaged(run, build, loss_at, means=means, told=100)


def batch_of(
    run: DenoiserRun,
    step: int,
    albums: Mapping[str, Album],
    *,
    architecture: DiffusionArchitecture,
    teller: Teller | None,
    device: str,
) -> Batch:
    """Return the pictures of a step, reduced to the size that they are learnt at, and what is told of them."""
    rng = np.random.default_rng([run.seed, step])
    follows = step >= run.alone and rng.random() < run.following
    album = album_of(albums, run.albums, rng)
    generator = torch.Generator(device).manual_seed(int(rng.integers(2**63)))
    is_square = album.plan.height == album.plan.width
    side = min(architecture.recommended_size.height, architecture.recommended_size.width)
    size, count = side if is_square else None, run.batch
    if is_square and rng.random() < run.smaller:
        size, count = side // 2, 4 * run.batch
    chosen = choose(album, rng, count, device)
    clean = album.images(chosen, size=size) * 2 - 1
    layout = None
    if not album.plan.near:
        clean = mirrored(clean, rng)
    elif architecture.sketch:  # sketches are always turned the same way, and turned with the picture afterwards
        clean, layout = turned(clean, rng)
    text = teller(album, chosen, rng, shown=clean) if teller else None
    timesteps = stratified_timesteps(count, generator, SHAPES_FIRST if step < run.alone else THEN_STROKES)
    if not album.plan.near:  # as frames that a camera has moved: the sketch is no help, and must not pull
        timesteps = timesteps * CALM // 1000
    noise = torch.randn(clean.shape, generator=generator, device=device)
    return Batch(clean, noise, timesteps, text, layout, follows, generator)


def told_of(run: DenoiserRun, step: int, album: Album, teller: Teller) -> tuple[Tensor, dict[str, Tensor]]:
    """Return `READERS` texts (B, D) about pictures of an album, and what these show, int64 (B,) for each kind."""
    rng = np.random.default_rng([run.seed, step])
    chosen = choose(album, rng, READERS, album.device)
    return teller(album, chosen, rng), album.labels(chosen)


def reading_loss(sketch: Sketch, text: Tensor, named: Mapping[str, Tensor]) -> Tensor:
    """Return how far what a sketch reads in texts is from what is there.

    Shapes: text (B, D), named int64 (B,) for each kind, -1 for none. Where a text does not say a name, the best reading
        is how likely each is; so nothing has to be known of what was said.
    """
    misread = torch.zeros((), device=text.device)
    for logits, truth in zip(sketch.named(text), named.values(), strict=True):
        none = logits.shape[1] - 1
        misread = misread + F.cross_entropy(logits.float(), torch.where(truth < 0, none, truth))
    return misread


def denoiser_loss(
    network: nn.Module,
    clean: Tensor,
    noise: Tensor,
    timesteps: Tensor,
    alpha_bar: Tensor,
    *,
    unshuffle: int,
    cap: float,
    shown: Tensor | None = None,
    **given: Tensor | None,
) -> Tensor:
    """Return the weighted mean squared error of the predicted clean picture.

    Shapes: clean, noise (B, 3, H, W), clean in [-1, 1]; timesteps int64 (B,); alpha_bar (1000,); shown (B, 3, H, W)
        what the noise lies on, if not the clean picture; given what else the network is, as `predict` takes it.
    Source: Ho et al. 2020, eq. 4; weight min(1 + SNR, cap), after Hang et al. 2023 (min-SNR).
    """
    kept = alpha_bar[timesteps].view(-1, 1, 1, 1)
    noisy = kept.sqrt() * (clean if shown is None else shown) + (1 - kept).sqrt() * noise
    predicted = predict(network, noisy, timesteps, unshuffle=unshuffle, **given)
    weight = (1 + kept / (1 - kept)).clamp(max=cap)
    return (weight * (predicted - F.pixel_unshuffle(clean, unshuffle)) ** 2).mean()


def predict(
    network: nn.Module,
    noisy: Tensor,
    timesteps: Tensor,
    *,
    unshuffle: int,
    **given: Tensor | None,
) -> Tensor:
    """Return the clean pictures that a network sees in noisy ones, still folded.

    Shapes: (B, 3, H, W), (B,) -> (B, 3 u^2, H/u, W/u); given, where there are any: text (B, D) to models that are told,
        layout (B, 2, 3) of their sketches.
    """
    folded = F.pixel_unshuffle(noisy, unshuffle).contiguous(memory_format=torch.channels_last)
    told = {name: value for name, value in given.items() if value is not None}
    found = network(folded, timesteps.float(), **told)
    return found[:, : folded.shape[1]].float()


def turned(images: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return the pictures (B, 3, H, W), half of them mirrored, and in half of all calls enlarged up to `LARGER` times.

    The maps (B, 2, 3) that did it, as `Sketch.placed` takes them, come with them.
    """
    count, larger = len(images), float(rng.random() < 0.5) * (LARGER - 1)
    side = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    part = 1 / (1 + larger * rng.random(count))  # of the picture that is still seen
    moved = (1 - part) * rng.uniform(-1, 1, (2, count))
    layout = np.zeros((count, 2, 3), np.float32)
    layout[:, 0, 0], layout[:, 1, 1], layout[:, :, 2] = side * part, part, moved.T
    maps = torch.from_numpy(layout).to(images.device)
    if larger:
        return laid_out(images, maps).clamp(-1, 1), maps
    flipped = maps[:, 0, 0] < 0
    return torch.where(flipped.view(-1, 1, 1, 1), images.flip(-1), images), maps


def mirrored(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Return the pictures (B, 3, H, W), half of them mirrored."""
    turned = torch.from_numpy(rng.random(len(images)) < 0.5).to(images.device).view(-1, 1, 1, 1)
    return torch.where(turned, images.flip(-1), images)


def stratified_timesteps(count: int, generator: torch.Generator, calm: float) -> Tensor:
    """Draw a timestep from each of `count` parts of 0..999, which are of the same width where `calm` is 1.

    Every batch covers all noise levels: those more densely where there is much noise, and shapes are made, if `calm` is
    less than 1; those where there is little, and strokes are, if it is more.
    """
    drawn = torch.rand(count, generator=generator, device=generator.device)
    share = (torch.arange(count, device=generator.device) + drawn) / count
    return (1000 * share**calm).long().clamp(max=999)


def build_trainable(architecture: DiffusionArchitecture) -> nn.Module:
    """Build a diffusion model with its initial random weights."""
    return build_denoiser(architecture)
