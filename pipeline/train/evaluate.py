"""What the embedded models draw, as numbers beside how well they name things: variety, likeness to the world, weights.

All is seen through the judge, the CLIP that never guides. Pictures are drawn with the look of a film's first frame.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..models import load_clip
from ..sample.easel import Easel, as_perceptor
from ..sample.likeness import seen_distance
from ..types import FramePlan, WeightedPrompt
from .pictures import HELD_OUT_SEED
from .score import JUDGE, as_ordered, held_out_pictures, known_names, named_right, orders, painted_to_order
from .world import imagine, render, seen_from_near
from .world.captions import caption, phrase
from .world.composition import Purpose, stream

WEIGHTS = (0.5, 1.0, 2.0, 4.0)  # each twice the one before


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pictures each measure takes: unguided, of land, painted; prompts and pictures of each; pairs of them."""

    unguided: int = 96
    lands: int = 96
    painted: int = 500
    prompts: int = 4
    of_each: int = 5
    pairs: int = 24


def evaluate(easel: Easel, plan: FramePlan, counts: Counts) -> dict[str, float]:
    """Draw pictures as `plan` does and return what they are like; the keys are those of the card."""
    drawn, painted = diversity(easel, plan, counts)
    first = orders(1)[0]
    started = time.monotonic()
    _draw(easel, plan, first.prompts, first.seed)
    seconds = time.monotonic() - started
    return {
        "diversity_drawn": drawn,
        "diversity_painted": painted,
        "frechet": likeness_to_the_world(easel, plan, counts),
        "frechet_painted": _own_distance(plan.size.height, counts),
        **{f"pulled_by_{weight:g}": share for weight, share in weights_that_pull(easel, plan, counts).items()},
        "seconds": seconds,
    }


def diversity(easel: Easel, plan: FramePlan, counts: Counts) -> tuple[float, float]:
    """Return the mean distance between pictures of the same prompt, drawn, and painted with the same attributes.

    The distance is that of `init_scale`, seen by the judge.
    """
    found: dict[str, list[float]] = {"drawn": [], "painted": []}
    size = plan.size
    for order in orders(counts.prompts):
        seeds = range(order.seed, order.seed + counts.of_each)
        found["drawn"].append(_spread([_draw(easel, plan, order.prompts, seed) for seed in seeds]))
        alike = [as_ordered(order, seed) for seed in seeds]
        found["painted"].append(_spread([render(scene, size.height, size.width)[0] for scene in alike]))
    return float(np.mean(found["drawn"])), float(np.mean(found["painted"]))


def likeness_to_the_world(easel: Easel, plan: FramePlan, counts: Counts) -> float:
    """Return the Frechet distance of pictures drawn without guidance from painted ones (Heusel et al. 2017, eq. 6).

    A model that takes texts is told a caption of another scene for each, as strongly as it was taught.
    """
    takes_texts = plan.look.cfg_scale != (0.0,)
    look = replace(plan.look, guidance_scale=(0.0,), cfg_scale=(1.0,) if takes_texts else (0.0,))
    drawn = []
    for seed in range(HELD_OUT_SEED, HELD_OUT_SEED + counts.unguided):
        said = caption(imagine(seed), stream(seed, Purpose.CAPTION))
        drawn.append(_draw(easel, replace(plan, look=look), (WeightedPrompt(said, 1.0),), seed))
    return frechet(_features(drawn), _features(_painted(plan.size.height, counts.painted)))


def _own_distance(side: int, counts: Counts) -> float:
    """Return the distance of as many painted pictures from others: what chance alone leaves."""
    features = _features(_painted(side, counts.painted + counts.unguided))
    return frechet(features[: counts.unguided], features[counts.unguided :])


def lands(easel: Easel, plan: FramePlan, counts: Counts) -> dict[str, dict[str, float]]:
    """Return what the judge names right in pictures of land alone, drawn and painted, and how far they are from others.

    "frechet" is their distance from other paintings of land alone, from near as they are.
    """
    asked = orders(counts.lands, bare=True)
    drawn = [_draw(easel, plan, order.prompts, order.seed) for order in asked]
    painted = [painted_to_order(plan.size, order) for order in asked]
    others = [
        render(seen_from_near(replace(imagine(seed), subject=None)), plan.size.height, plan.size.width)[0]
        for seed in range(HELD_OUT_SEED, HELD_OUT_SEED + counts.painted)
    ]
    target = _features(others)
    found = {}
    for how, pictures in (("drawn", drawn), ("painted", painted)):
        shown = {order.seed: picture for order, picture in zip(asked, pictures, strict=True)}
        right = named_right(lambda order, shown=shown: shown[order.seed], asked)  # type: ignore[misc]
        found[how] = right | {"frechet": frechet(_features(pictures), target)}
    return found


def weights_that_pull(easel: Easel, plan: FramePlan, counts: Counts) -> dict[float, float]:
    """Return for each of `WEIGHTS` but the first how often the judge sees more of a prompt than with half of that.

    A subject is asked for with weight 1 and a mood or style beside it with each of `WEIGHTS`.
    """
    judge = as_perceptor(load_clip(JUDGE))
    rng, names, pulls = np.random.default_rng(HELD_OUT_SEED), known_names(), []
    for number in range(counts.pairs):
        kind = ("mood", "style")[number % 2]
        subject, wanted = (names[each][int(rng.integers(len(names[each])))] for each in ("subject", kind))
        said = F.normalize(judge.embed_text([phrase(kind, name, None) for name in names[kind]]), dim=-1)
        target, seen = names[kind].index(wanted), []
        for weight in WEIGHTS:
            prompts = (
                WeightedPrompt(phrase("subject", subject, None), 1.0),
                WeightedPrompt(phrase(kind, wanted, None), weight),
            )
            shown = _features([_draw(easel, plan, prompts, HELD_OUT_SEED + number)]) @ said.T
            seen.append(float(shown[0, target] - shown[0].mean()))
        pulls.append([after > before for before, after in itertools.pairwise(seen)])
    return dict(zip(WEIGHTS[1:], np.mean(pulls, axis=0).tolist(), strict=True))


def frechet(first: Tensor, second: Tensor) -> float:
    """Return the distance between normal distributions fitted to two sets of features (N, D)."""
    one, two = (np.cov(features.double().numpy(), rowvar=False) for features in (first, second))
    apart = (first.double().mean(0) - second.double().mean(0)).square().sum()
    values, vectors = np.linalg.eigh(one)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ two @ root).clip(0)).sum()
    return float(apart) + float(np.trace(one) + np.trace(two) - 2 * shared)


def _painted(side: int, count: int) -> list[np.ndarray]:
    pixels, _ = held_out_pictures(count, known_names(), size=side)
    return list(pixels)


def _draw(easel: Easel, plan: FramePlan, prompts: tuple[WeightedPrompt, ...], seed: int) -> np.ndarray:
    return easel.draw(replace(plan, prompts=prompts, seed=seed, camera=None), None)


@torch.no_grad()
def _features(pictures: Sequence[np.ndarray]) -> Tensor:
    """Return what the judge sees in pictures, of length 1: float32 (N, D)."""
    judge = as_perceptor(load_clip(JUDGE))
    images = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    small = F.interpolate(images, size=(judge.size, judge.size), mode="bilinear", antialias=True)
    return torch.cat([F.normalize(judge(part), dim=-1) for part in small.split(128)])


@torch.no_grad()
def _spread(pictures: Sequence[np.ndarray]) -> float:
    """Return the mean distance between any two pictures."""
    judge = as_perceptor(load_clip(JUDGE))
    images = [torch.from_numpy(each.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1 for each in pictures]
    apart = []
    for number, image in enumerate(images):
        away = seen_distance(image, [judge])
        apart += [float(away(other)) for other in images[number + 1 :]]
    return float(np.mean(apart))
