"""How well the embedded models do their work, as numbers: what the CLIPs name right, and what pictures drawn show.

The judge of drawn pictures is the CLIP that never guided one; a model that guided a picture would praise itself.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn import functional as F

from ..models import load_clip
from ..models.catalogue import FOLDER, PACKAGED
from ..sample.easel import Easel, as_perceptor
from ..types import FramePlan, WeightedPrompt
from .attributes import Names, phrase_bank
from .perceptor import score_perceptor
from .pictures import HELD_OUT_SEED
from .world import Scene, imagine, paint
from .world.captions import phrase

JUDGE = "painted-clip-b"
N_PROMPTS = 64
NAMES = PACKAGED.parent / FOLDER / "names.json"  # of the world, when each shipped CLIP learnt it


@dataclass(frozen=True, slots=True)
class Order:
    """A picture asked for in words, and what it must show."""

    prompts: tuple[WeightedPrompt, ...]
    wanted: dict[str, str]
    seed: int


def known_names(*models: str) -> Names:
    """Return what all of these shipped CLIPs were taught to name, by kind: the world grows from one to the next.

    Convention: no models are all of them.
    """
    taught = taught_names()
    first, *others = models or tuple(taught)
    return {
        kind: tuple(name for name in names if all(name in taught[model][kind] for model in others))
        for kind, names in taught[first].items()
    }


def taught_names() -> dict[str, Names]:
    """Return what each shipped CLIP was taught to name, by kind."""
    told = json.loads(NAMES.read_text(encoding="utf-8"))
    return {model: {kind: tuple(names) for kind, names in kinds.items()} for model, kinds in told.items()}


def held_out_pictures(count: int, names: Names, *, size: int = 128) -> tuple[np.ndarray, list[Scene]]:
    """Paint pictures that no training has seen, of what has these `names`, one subject in each.

    Shapes: uint8 (N, S, S, 3), and as many scenes.
    """
    seeds: list[int] = []
    for seed in itertools.count(HELD_OUT_SEED):
        scene = imagine(seed)
        if not scene.companions and all(getattr(scene, kind) in known for kind, known in names.items()):
            seeds.append(seed)
        if len(seeds) == count:
            break
    pixels = np.stack([paint(seed, height=size, width=size).pixels for seed in seeds])
    return pixels, [imagine(seed) for seed in seeds]


def score_clip(name: str, pixels: np.ndarray, scenes: Sequence[Scene]) -> dict[str, dict[str, float]]:
    """Return the shipped CLIP's accuracy per view and kind of attribute on held-out pictures of what it knows."""
    loaded, names = load_clip(name), known_names(name)
    return score_perceptor(loaded.model, lambda texts: loaded.tokenizer(texts).numpy(), pixels, scenes, names)


def orders(count: int = N_PROMPTS, names: Names | None = None) -> list[Order]:
    """Write `count` prompts over `names`, which are what every shipped CLIP knows unless given.

    Every name comes up as often as its rivals.
    """
    rng = np.random.default_rng(HELD_OUT_SEED)
    decks = {kind: _deck(known, count, rng) for kind, known in (names or known_names()).items()}
    made = []
    for i in range(count):
        wanted = {kind: deck[i] for kind, deck in decks.items()}
        made.append(Order((WeightedPrompt(wording(wanted), 1.0),), wanted, HELD_OUT_SEED + i))
    return made


def wording(wanted: dict[str, str]) -> str:
    """Say all attributes of a picture in one sentence of the world's own grammar."""
    said = {kind: phrase(kind, name, None) for kind, name in wanted.items()}
    return f"{said['style']} of {said['subject']}, {said['ground']}, {said['mood']}"


def score_adherence(easel: Easel, plan: FramePlan, *, count: int = N_PROMPTS) -> dict[str, float]:
    """Draw `count` prompts with a plan's look; return the share in which the judge names each attribute right."""
    judge = as_perceptor(load_clip(JUDGE))
    known = known_names()
    bank = {kind: F.normalize(judge.embed_text(texts), dim=-1) for kind, texts in phrase_bank(None, known).items()}
    right = dict.fromkeys(known, 0)
    for order in orders(count):
        image = torch.from_numpy(drawn_to_order(easel, plan, order)).permute(2, 0, 1)[None].float() / 255
        seen = F.normalize(judge(F.interpolate(image, size=(judge.size, judge.size), mode="area")), dim=-1)
        for kind, names in known.items():
            right[kind] += names[int((seen @ bank[kind].T).argmax())] == order.wanted[kind]
    return {kind: count_right / count for kind, count_right in right.items()}


def drawn_to_order(easel: Easel, plan: FramePlan, order: Order) -> np.ndarray:
    """Return an order's picture with a plan's look, uint8 (H, W, 3)."""
    return easel.draw(replace(plan, prompts=order.prompts, seed=order.seed, camera=None), None)


def _deck(names: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` names, each as often as any other, shuffled."""
    deck = [names[i % len(names)] for i in range(count)]
    return [deck[i] for i in rng.permutation(count)]
