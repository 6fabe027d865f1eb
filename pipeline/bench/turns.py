"""`python -m pipeline.bench turns`: how much of what prompts ask for is seen once they have turned into others.

One film of many prompts, each standing still for a while and then fading into the next, drawn with the preset's look:
as it is, and without `look.renew`. The CLIP that guides nothing judges the last frame before each fade, and pictures
of the same prompts that begin on no other. It takes minutes, so `make bench` leaves it out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..models import settle
from ..render import render
from ..sample.easel import set_up
from ..schedule import load
from ..store import FrameStore
from ..types import Film
from .findings import Bar, Bars, Claim, Panel, plain
from .machine import machine

FPS: Final = 12
STANDS_S: Final = 1.25  # how long each prompt stands still
AS_IT_IS, NOT_RENEWED, STILLS = "the preset's film", "without renew", "single pictures"
AIM: Final = 0.9


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--prompts", type=int, default=12)
    parser.add_argument("--fade", type=float, default=0.5, help="seconds from one prompt to the next [0.5]")
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--threads", type=int, help="processor threads (default: the preset's)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Render the film both ways, draw the pictures, and have all of them judged."""
    from ..train.score import Order, drawn_to_order, named_right, orders

    asked = orders(options.prompts)
    texts = [order.prompts[0].text for order in asked]
    given = [] if options.threads is None else [f"threads={options.threads}"]
    films = {AS_IT_IS: film_of(texts, options, given), NOT_RENEWED: film_of(texts, options, [*given, "look.renew=0"])}
    engine = settle(films[AS_IT_IS].engine)
    shown: dict[str, Callable[[Order], npt.NDArray[np.uint8]]] = {}
    for name, film in films.items():
        last = dict(zip(texts, ends(film, options.fade, len(texts)), strict=True))
        shown[name] = lambda order, last=last: last[order.prompts[0].text]  # type: ignore[misc]
    easel, plan = set_up(engine), films[AS_IT_IS].shots[0].plans[0]
    shown[STILLS] = lambda order: drawn_to_order(easel, plan, order)
    kinds = {name: named_right(one, asked) for name, one in shown.items()}
    chosen = f"--prompts {options.prompts} --fade {options.fade:g} --seed {options.seed}"
    return {
        "command": f"turns {chosen}",
        "machine": machine(engine.threads, engine.device),
        "kinds": kinds,
        "seen": {name: fmean(found.values()) for name, found in kinds.items()},
    }


def film_of(texts: list[str], options: argparse.Namespace, given: list[str]) -> Film:
    """Return the film in which each text stands still and then turns into the next."""
    lines, period = [], STANDS_S + options.fade
    for number, text in enumerate(texts):
        begins = number * period
        lines += [f"  {seconds:.3f}s: {json.dumps(text)}" for seconds in (begins, begins + STANDS_S)]
    head = f"fps: {FPS}\nduration: {len(texts) * period:.3f}s\nseed: {options.seed}\nfilm: {{upscale: off}}\nprompts:\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "turns.yaml"
        path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
        return load(path, overrides=given)


def ends(film: Film, fade: float, count: int) -> list[npt.NDArray[np.uint8]]:
    """Render a film and return the last frame in which each of its texts stands still, uint8 (H, W, 3)."""
    with tempfile.TemporaryDirectory() as folder:
        render(film, Path(folder), frames=range(film.n_frames))
        store, (shot,) = FrameStore(Path(folder)), film.shots
        at = [int(FPS * (number * (STANDS_S + fade) + STANDS_S)) for number in range(count)]
        return [store.read(shot.name, min(frame, len(shot.plans) - 1)).pixels for frame in at]


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text: the share that is seen, over all and by kind."""
    lines = []
    for name, kinds in found["kinds"].items():
        by_kind = "".join(f"{kind:>12} {share:4.0%}" for kind, share in kinds.items())
        lines.append(f"{name:<20}{found['seen'][name]:6.0%}{by_kind}")
    return lines


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    return [
        Claim(f"seen of what was asked for, {name}", share, "{:.0%}", AIM if name == AS_IT_IS else None, at_least=True)
        for name, share in found["seen"].items()
    ]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    shares = {name.replace(" ", "\n", 1): 100 * share for name, share in found["seen"].items()}
    film = AS_IT_IS.replace(" ", "\n", 1)
    bars = [Bar(film, {"": shares.pop(film)}, 100 * AIM, True), *plain(shares, beside=[*shares])]
    return [Bars("Where prompts have turned into others", "per cent of what was asked for", bars, "{:.0f} %")]
