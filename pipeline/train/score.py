"""How well the embedded models do their work, as numbers: what the CLIPs name right, and what pictures drawn show.

The judge of drawn pictures is the CLIP that never guided one; a model that guided a picture would praise itself.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn import functional as F

from ..models import load_clip
from ..models.catalogue import FOLDER, PACKAGED
from ..sample.easel import Easel, as_perceptor
from ..types import FramePlan, Size, WeightedPrompt
from .attributes import Names, phrase_bank
from .perceptor import score_perceptor
from .pictures import HELD_OUT_SEED
from .world import Scene, imagine, render, seen_from_near
from .world.captions import phrase
from .world.composition import Purpose, pose, stream
from .world.skies import furnish

JUDGE = "painted-clip-b"
N_PROMPTS = 256
FROM_NEAR = "from near"  # the view of pictures that show what diffusion models learn from
NAMES = PACKAGED.parent / FOLDER / "names.json"  # of the world, when each shipped CLIP learnt it


Paintings = tuple[np.ndarray, list[Scene]]
"""Painted pictures, uint8 (N, S, S, 3), and what they show."""


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


def held_out_pictures(count: int, names: Names, *, near: bool = False, size: int = 128) -> Paintings:
    """Paint pictures that no training has seen, of what has these `names`, one subject in each, perhaps from near."""
    scenes: list[Scene] = []
    for seed in itertools.count(HELD_OUT_SEED):
        scene = imagine(seed)
        if not scene.companions and all(getattr(scene, kind) in known for kind, known in names.items()):
            scenes.append(seen_from_near(scene) if near else scene)
        if len(scenes) == count:
            break
    return np.stack([render(scene, size, size)[0] for scene in scenes]), scenes


def score_clip(name: str, far: Paintings, near: Paintings) -> dict[str, dict[str, float]]:
    """Return the shipped CLIP's accuracy per view and kind of attribute on held-out pictures of what it knows."""
    loaded, names = load_clip(name), known_names(name)

    def score(pixels: np.ndarray, scenes: Sequence[Scene]) -> dict[str, dict[str, float]]:
        return score_perceptor(loaded.model, lambda texts: loaded.tokenizer(texts).numpy(), pixels, scenes, names)

    return score(*far) | {FROM_NEAR: score(*near)["clean"]}


def orders(count: int = N_PROMPTS, names: Names | None = None, *, bare: bool = False) -> list[Order]:
    """Write `count` prompts over `names`, which are what every shipped CLIP knows unless given.

    Every name comes up as often as its rivals; where `bare`, prompts are of land alone.
    """
    rng = np.random.default_rng(HELD_OUT_SEED)
    chosen = {kind: known for kind, known in (names or known_names()).items() if kind != "subject" or not bare}
    decks = {kind: _deck(known, count, rng) for kind, known in chosen.items()}
    made = []
    for i in range(count):
        wanted = {kind: deck[i] for kind, deck in decks.items()}
        made.append(Order((WeightedPrompt(wording(wanted), 1.0),), wanted, HELD_OUT_SEED + i))
    return made


def wording(wanted: dict[str, str]) -> str:
    """Say all attributes of a picture in one sentence of the world's own grammar."""
    said = {kind: phrase(kind, name, None) for kind, name in wanted.items()}
    land = said["ground"]
    shown = f"{said['subject']}, {land}" if "subject" in said else land.removeprefix("a picture of ")
    return f"{said['style']} of {shown}, {said['mood']}"


def as_ordered(order: Order, seed: int) -> Scene:
    """Return a scene of a seed that shows what was ordered, the rest left to chance."""
    scene, wanted = imagine(seed), order.wanted
    if subject := wanted.get("subject"):
        figure = pose(stream(seed, Purpose.SUBJECT), subject, scene.horizon, False)
        scene = replace(scene, spot=figure.spot, size=figure.size, tilt=figure.tilt, flip=figure.flip)
    return replace(
        scene,
        subject=subject,
        ground=wanted["ground"],
        mood=wanted["mood"],
        style=wanted["style"],
        accessories=furnish(stream(seed, Purpose.SKY), wanted["mood"], wanted["ground"]),
        companions=(),
        ground_colour=None,
        sky_colour=None,
    )


def score_adherence(easel: Easel, plan: FramePlan, *, count: int = N_PROMPTS) -> dict[str, float]:
    """Draw `count` prompts with a plan's look; return the share in which the judge names each attribute right."""
    return named_right(lambda order: drawn_to_order(easel, plan, order), orders(count))


def score_paintings(size: Size, *, count: int = N_PROMPTS) -> dict[str, float]:
    """Return the same of paintings from near of these prompts: more cannot be seen in what a model draws."""

    return named_right(lambda order: painted_to_order(size, order), orders(count))


def named_right(shown: Callable[[Order], np.ndarray], asked: Sequence[Order]) -> dict[str, float]:
    """Return the share of orders of whose pictures, uint8 (H, W, 3), the judge names each attribute right.

    Convention: they all ask for the same kinds.
    """
    judge = as_perceptor(load_clip(JUDGE))
    known = {kind: names for kind, names in known_names().items() if kind in asked[0].wanted}
    bank = {kind: F.normalize(judge.embed_text(texts), dim=-1) for kind, texts in phrase_bank(None, known).items()}
    right = dict.fromkeys(known, 0)
    for order in asked:
        image = torch.from_numpy(shown(order)).permute(2, 0, 1)[None].float() / 255
        seen = F.normalize(judge(F.interpolate(image, size=(judge.size, judge.size), mode="area")), dim=-1)
        for kind, names in known.items():
            right[kind] += names[int((seen @ bank[kind].T).argmax())] == order.wanted[kind]
    return {kind: count_right / len(asked) for kind, count_right in right.items()}


def drawn_to_order(easel: Easel, plan: FramePlan, order: Order) -> np.ndarray:
    """Return an order's picture with a plan's look, uint8 (H, W, 3)."""
    return easel.draw(replace(plan, prompts=order.prompts, seed=order.seed, camera=None), None)


def painted_to_order(size: Size, order: Order) -> np.ndarray:
    """Return the painting from near of what was ordered, uint8 (H, W, 3)."""
    return render(seen_from_near(as_ordered(order, order.seed)), size.height, size.width)[0]


def _deck(names: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` names, each as often as any other, shuffled."""
    deck = [names[i % len(names)] for i in range(count)]
    return [deck[i] for i in rng.permutation(count)]
