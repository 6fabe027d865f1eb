"""Train the embedded CLIP on the painted world: captions against spoiled pictures, plus one word against its rivals.

Two losses: CLIP's symmetric contrast over the batch, and, for each kind of attribute, the picture against short phrases
of all names of that kind ("a castle" against the other subjects), which teaches subjects several times faster.

Texts come first: what one caption means is learnt from another of the same picture, in minutes and without pictures.
From then on their tower stands still, and pictures learn to point where their captions do (Zhai et al. 2022, LiT):
diffusion models that are told these directions stay right however long pictures are learnt.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attributes import (
    UNKNOWN,
    CompactVocabulary,
    Names,
    Tokenize,
    labels,
    phrase_bank,
)
from .compact import build_compact, caption_vocabulary, encode_pictures, image_size, phrase_banks
from .glimpses import Glimpses
from .onward import take_over_perceptor
from .pictures import CAPTIONS, HELD_OUT_SEED, REFRESH, Album, album_of, choose
from .progress import Checkpoints, Means, learning_rate
from .spoil import blur, cut_randomly, spoil
from .world import Scene
from .world.vocabulary import KINDS

UNKNOWN_SHARE = 0.15  # captions that get a word no caption uses
KIND_WEIGHT = {"subject": 1.0, "ground": 1.0, "mood": 0.75, "style": 0.5}  # grounds are the hardest to tell


@dataclass(frozen=True, slots=True)
class PerceptorRun:
    """How long and how fast one embedded CLIP is trained.

    `texts` are the first of the `steps`, in which texts are learnt alone. `albums` are of square pictures, each with
    its share of the batches. `denoiser` is the diffusion model through whose eyes it is to guide: once its training has
    begun, a share of the pictures is shown as that model guesses them from noise.
    """

    name: str
    seed: int
    steps: int
    texts: int = 600
    albums: tuple[tuple[str, float], ...] = (("square", 1.0),)
    denoiser: str | None = None
    batch: int = 128
    peak_rate: float = 1e-3
    warmup: int = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step learns from.

    Shapes: told, again int64 (B, CONTEXT), two different captions of each picture in compact tokens; images
        (B, 3, H, W) in [0, 1], None where texts are learnt alone; labels int64 (B,) for each kind.
    """

    told: Tensor
    again: Tensor
    images: Tensor | None
    labels: dict[str, Tensor]
    generator: torch.Generator


def train_perceptor(run: PerceptorRun, albums: Mapping[str, Album], *, means: Means, until: int | None = None) -> Any:
    """Train (or go on training) the catalogue's CLIP `run.name`; return it with the compact vocabulary table.

    Convention: with `until` it rests once so many of its steps are done, and another call goes on.
    """
    torch.manual_seed(run.seed)
    vocabulary = caption_vocabulary()
    banks = phrase_banks(vocabulary)
    model = build_compact(run.name, vocabulary).to(means.device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(_parameter_groups(model), lr=run.peak_rate, betas=(0.9, 0.98), eps=1e-6)
    checkpoints = Checkpoints(means.folder, run.name)
    state, step = checkpoints.resume(), 0
    if state is None and means.onward:
        take_over_perceptor(model, vocabulary, ancestor=means.onward)
        step = run.texts  # which stand still: models are told their directions
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step = int(state["step"])
    if means.compiled:
        model.visual.compile(dynamic=False)
    glimpses = Glimpses(run.denoiser, means) if run.denoiser else None
    along = checkpoints.along(step, steps=run.steps, means=means)
    last = math.inf if until is None else until
    while along < 1 and step < last:
        if step % REFRESH == 0:
            for each in albums.values():
                each.refresh()
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, along=along, peak=run.peak_rate, warmup=run.warmup)
        are_texts = step < run.texts
        for name, value in model.named_parameters():
            value.requires_grad_(name == "logit_scale" or name.startswith("visual.") != are_texts)
        rng = np.random.default_rng([run.seed, step])
        batch = batch_of(run, rng, albums, vocabulary=vocabulary, glimpses=glimpses, pictured=not are_texts)
        bank = {kind: each[int(rng.integers(len(each)))].to(means.device) for kind, each in banks.items()}
        with torch.autocast(means.device, dtype=torch.bfloat16, enabled=means.autocast):
            if batch.images is None:
                seen = F.normalize(model.encode_text(batch.again.to(means.device)).float(), dim=-1)
            else:
                spoilt = spoil(batch.images, size=image_size(model), generator=batch.generator)
                seen = encode_pictures(model, spoilt)
            loss, parts = perceptor_loss(model, seen, batch.told.to(means.device), bank, batch.labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(max=float(np.log(50)))
        step += 1
        along = checkpoints.along(step, steps=run.steps, means=means)
        if step % 50 == 0:
            checkpoints.log(step=step, **{k: round(float(v), 4) for k, v in parts.items()})
        if checkpoints.is_due() or along >= 1 or step >= last:
            checkpoints.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step})
    return model


def batch_of(
    run: PerceptorRun,
    rng: np.random.Generator,
    albums: Mapping[str, Album],
    *,
    vocabulary: CompactVocabulary,
    glimpses: Glimpses | None,
    pictured: bool,
) -> Batch:
    """Return what a step learns from, out of one of the albums; some of its pictures as a denoiser glimpses them."""
    album = album_of(albums, run.albums, rng)
    device = album.device
    generator = torch.Generator(device).manual_seed(int(rng.integers(2**63)))
    chosen = choose(album, rng, run.batch, device)
    said = album.tokens[chosen.cpu().numpy()[:, None], two_captions(rng, run.batch)]
    told, again = (torch.from_numpy(with_unknown_words(vocabulary.compact(each), rng)) for each in said.swapaxes(0, 1))
    images = album.images(chosen) if pictured else None
    if images is not None and glimpses is not None:
        images = glimpses(images, generator)
    return Batch(told, again, images, album.labels(chosen), generator)


def perceptor_loss(
    model: Any, seen: Tensor, tokens: Tensor, bank: dict[str, Tensor], targets: dict[str, Tensor]
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the contrastive loss plus the weighted loss of every kind of attribute, and its parts.

    Shapes: seen (B, D), unit directions of what the captions (B, CONTEXT) tell of.
    """
    texts = torch.cat([tokens, *(bank[kind] for kind in KINDS)])
    said = F.normalize(model.encode_text(texts).float(), dim=-1)
    scale = model.logit_scale.exp()
    count = seen.shape[0]
    logits = scale * seen @ said[:count].T
    diagonal = torch.arange(count, device=seen.device)
    contrast = (F.cross_entropy(logits, diagonal) + F.cross_entropy(logits.T, diagonal)) / 2
    loss, parts, start = contrast, {"contrast": contrast.detach()}, count
    for kind, names in KINDS.items():
        against = scale * seen @ said[start : start + len(names)].T
        part = F.cross_entropy(against, targets[kind], ignore_index=-1)
        loss, start = loss + KIND_WEIGHT[kind] * part, start + len(names)
        parts[kind] = part.detach()
    return loss, parts


def two_captions(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return two different ones of the captions of each of `count` pictures, int64 (count, 2)."""
    first, further = rng.integers(CAPTIONS, size=count), rng.integers(1, CAPTIONS, size=count)
    return np.stack([first, (first + further) % CAPTIONS], axis=1)


def with_unknown_words(tokens: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put a token of no meaning at a random place of some captions, so that unknown words are learnt to be neutral."""
    tokens = tokens.copy()
    for row in np.flatnonzero(rng.random(len(tokens)) < UNKNOWN_SHARE):
        place = int(rng.integers(1, max(2, int(np.argmax(tokens[row])))))
        tokens[row, place + 1 :] = tokens[row, place:-1].copy()
        tokens[row, place] = UNKNOWN
        if tokens[row].max() != tokens.max():  # the end-of-text mark fell off a full row: put it back
            tokens[row, -1] = tokens.max()
    return tokens


def _parameter_groups(model: Any) -> list[dict]:
    matrices = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}]


@torch.no_grad()
def score_perceptor(
    model: Any, tokenize: Tokenize, pixels: np.ndarray, scenes: Sequence[Scene], names: Names = KINDS
) -> dict[str, dict[str, float]]:
    """Return held-out accuracy per kind of attribute among its names, on clean, cropped, blurred and noised pictures.

    `tokenize` must give ids of the model's own table (compact while training, full once exported).
    """
    model.eval()
    generator = torch.Generator().manual_seed(HELD_OUT_SEED)
    size = image_size(model)
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    whole = F.interpolate(images, size=(size, size), mode="area")
    count = len(images)

    def draw(low: float, high: float) -> Tensor:
        return torch.rand(count, generator=generator) * (high - low) + low

    views = {
        "clean": whole,
        "crop 30 %": cut_randomly(images, size=size, scale=torch.full((count,), 0.3**0.5), draw=draw),
        "blur": blur(whole, torch.full((count,), 0.67)),
        "noise": whole + 0.25 * torch.randn(whole.shape, generator=generator),
    }
    truth = labels(scenes, names)
    bank = {k: torch.from_numpy(tokenize(texts)) for k, texts in phrase_bank(None, names).items()}
    said = {k: F.normalize(model.encode_text(tokens).float(), dim=-1) for k, tokens in bank.items()}
    scores: dict[str, dict[str, float]] = {}
    for view, shown in views.items():
        seen = torch.cat([encode_pictures(model, part) for part in shown.split(256)])
        scores[view] = {}
        for kind in names:
            known = truth[kind] >= 0
            named = (seen @ said[kind].T).argmax(1).numpy()
            scores[view][kind] = float((named[known] == truth[kind][known]).mean())
    model.train()
    return scores
