"""`python -m pipeline.bench follow`: how steady the paint of a film over a film is, with its flow and without.

A clip of the painted world is drawn over by the embedded models. Each frame is compared with the one before it, moved
as the clip moved, where that can be trusted: the mean difference in levels of 255 is the warping error. The clip itself
has one too, since it is not moved without loss. Frames that are stored already are not drawn again.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from ..models import settle
from ..motion import doubts, looked_up, places, search, trust
from ..render import render, sight_for
from ..schedule import load
from ..store import FrameStore
from ..train.clip import write
from ..types import Film
from ..warp.follow import small_picture
from .findings import Bars, Claim, Panel, plain
from .machine import machine

CLIP, KEYFRAMES = "clip.mp4", "follow.yaml"
TEXT = """\
source: {file: clip.mp4, every: 2}
prompts: a watercolour of a sailboat at sea at sunset
seed: 7
"""
BASE, CLIP_ITSELF = "without flow", "the clip itself"
VARIANTS = {
    BASE: ("follow.motion=off",),
    "flow, no masks": ("follow.consistency=0",),
    "flow and masks": (),
    "and mixed afterwards": ("follow.after=flow", "follow.after_blend=0.6"),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--blend", type=float, default=0.9)
    parser.add_argument("--set", metavar="KEY=VALUE", action="append", default=[], help="of all; repeatable")
    parser.add_argument("--out", type=Path, default=Path("outputs/follow"), help="folder of frames [outputs/follow]")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Draw the film in every variant and measure its warping error, and the clip's own."""
    options.out.mkdir(parents=True, exist_ok=True)
    if not (options.out / CLIP).exists():
        write(options.out / CLIP)
    (options.out / KEYFRAMES).write_text(TEXT, encoding="utf-8")
    found: dict[str, float] = {}
    film = None
    for name, settings in VARIANTS.items():
        said = (f"frames={options.frames}", f"follow.blend={options.blend}", *options.set, *settings)
        film = load(options.out / KEYFRAMES, overrides=said)
        folder = options.out / name.replace(", ", "-").replace(" ", "-")
        render(film, folder, frames=range(film.n_frames))
        store = FrameStore(folder)
        pictures = [store.read(film.shots[0].name, n).pixels for n in range(film.n_frames)]
        found[name] = warping_error(film, pictures)
    assert film is not None
    found[CLIP_ITSELF] = warping_error(film, raw_pictures(film))
    engine = settle(film.engine)
    words = "".join(f" --set {word}" for word in options.set)
    return {
        "command": f"follow --frames {options.frames} --blend {options.blend:g}{words}",
        "machine": machine(engine.threads, engine.device),
        "error": found,
    }


def raw_pictures(film: Film) -> list[np.ndarray]:
    """Return the clip's pictures in the film's size."""
    sight = sight_for(film)
    return [small_picture(plan.footage, plan.size, sight) for plan in film.shots[0].plans if plan.footage is not None]


def warping_error(film: Film, pictures: list[np.ndarray]) -> float:
    """Return the mean difference of each picture from the one before it, moved as the clip moves, where that holds.

    Convention: in levels of 255; flow is looked for in the clip, never in the pictures that are judged.
    """
    raw, errors = raw_pictures(film), []
    for n in range(1, len(pictures)):
        back, there = search(raw[n], raw[n - 1]), search(raw[n - 1], raw[n])
        sure = trust(doubts(back, there)) == 1
        moved = looked_up(pictures[n - 1].astype(np.float32), places(back), "cubic")
        errors.append(float(np.abs(pictures[n] - moved)[sure].mean()))
    return float(np.mean(errors))


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    base = found["error"][BASE]
    lines = [f"{'warping error, of 255':<22}{'mean':>8}{'share':>8}"]
    return lines + [f"{name:<22}{value:>8.2f}{value / base:>8.0%}" for name, value in found["error"].items()]


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    error = found["error"]
    shares = {name: value / error[BASE] for name, value in error.items() if name not in (BASE, CLIP_ITSELF)}
    return [Claim(f"warping error of {name}, of that {BASE}", share, "{:.0%}") for name, share in shares.items()]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    bars = plain(found["error"], beside=(BASE, CLIP_ITSELF))
    return [Bars("Flicker of a film over a film", "mean warping error, in levels of 255", bars)]
