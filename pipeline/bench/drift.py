"""`python -m pipeline.bench drift`: whether light, colour and contrast of a long slow zoom stay what they began as.

The embedded models draw one prompt with the preset's look; frames that are stored already are not drawn again. All is
measured in LAB: lightness, chroma, and the deviation of the lightness. 300 frames take minutes, so `make bench` leaves
it out.
"""

from __future__ import annotations

import argparse
import json
import shlex
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ..condition.spaces import to_lab
from ..condition.steady import measures
from ..models import settle
from ..render import render
from ..schedule import load
from ..store import FrameStore
from ..types import Film
from .findings import Claim, Line, Lines, Panel
from .machine import machine

PROMPT: Final = "an oil painting of a castle in the mountains in daylight"
ZOOM: Final = 1.01
BAND: Final = 0.1  # the promise: within a tenth of the first second
MEASURES: Final = ("brightness", "saturation", "contrast")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="override one value; repeatable"
    )
    parser.add_argument("--out", type=Path, default=Path("outputs/drift"), help="folder of the frames [outputs/drift]")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Render what is missing of the film and measure it."""
    film = _film(options)
    render(film, options.out, frames=range(film.n_frames))
    (shot,) = film.shots
    store = FrameStore(options.out)
    frames = np.array([measure(store.read(shot.name, plan.frame).pixels) for plan in shot.plans])
    seconds = by_second(frames, film.fps)
    change = seconds / seconds[0] - 1.0
    words = [word for setting in options.set for word in ("--set", setting)]
    words += [] if options.prompt == PROMPT else ["--prompt", shlex.quote(options.prompt)]
    engine = settle(film.engine)
    return {
        "command": " ".join(["drift", "--frames", str(options.frames), "--seed", str(options.seed), *words]),
        "machine": machine(engine.threads, engine.device),
        "prompt": options.prompt,
        "first": dict(zip(MEASURES, seconds[0].tolist(), strict=True)),
        "change": {name: change[:, n].tolist() for n, name in enumerate(MEASURES)},
        "furthest": dict(zip(MEASURES, np.abs(change).max(axis=0).tolist(), strict=True)),
    }


def measure(pixels: npt.NDArray[np.uint8]) -> tuple[float, float, float]:
    """Return mean lightness, mean chroma and the deviation of the lightness of a picture (H, W, 3), in LAB."""
    light, contrast, chroma = measures(to_lab(pixels / 255.0))
    return light, chroma, contrast


def by_second(frames: npt.NDArray[np.float64], fps: float) -> npt.NDArray[np.float64]:
    """Return the mean of each whole second's measures, (seconds, n); of a film below one second, that of all of it."""
    second = (np.arange(len(frames)) / fps).astype(int)
    n_whole = max(1, int(len(frames) / fps))
    return np.array([frames[second == n].mean(axis=0) for n in range(n_whole)])


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text: the change of each second against the first."""
    lines = [f"{'second':<12}" + "".join(f"{name:>14}" for name in MEASURES)]
    lines += [
        f"{second:<12}" + "".join(f"{value:>+14.1%}" for value in row)
        for second, row in enumerate(zip(*found["change"].values(), strict=True))
    ]
    return [*lines, f"{'furthest':<12}" + "".join(f"{value:>14.1%}" for value in found["furthest"].values())]


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    return [Claim(f"{name} from the first second on", found["furthest"][name], "{:.1%}", BAND) for name in MEASURES]


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    lines = [Line(name, range(len(row)), [100 * one for one in row]) for name, row in found["change"].items()]
    title, unit = "A long slow zoom against its own first second", "per cent of the first second"
    return [Lines(title, "seconds of the film", unit, lines, band=(-100 * BAND, 100 * BAND))]


def _film(options: argparse.Namespace) -> Film:
    text = f"frames: {options.frames}\nseed: {options.seed}\ncamera: {{zoom: {ZOOM}}}\n"
    text += f"prompts: {json.dumps(options.prompt)}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drift.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, overrides=options.set)
