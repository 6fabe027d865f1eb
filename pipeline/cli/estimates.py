"""Say what a film will take before it is begun."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from ..show import say
from .options import AsJson, Config, KeyframeFile, Seed, Settings, load_film, study_film

if TYPE_CHECKING:
    from ..forecast import Outlook, Proposal
    from ..types import Film

UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400}
WORDS = {
    "load": "loading the models",
    "denoise": "steps",
    "begin": "what a drawn frame takes beside its steps",
    "move": "moving and changing the frame before",
    "store": "storing frames",
    "assemble": "making the film of them",
}
Price = Annotated[
    float | None, typer.Option("--price-per-hour", metavar="AMOUNT", help="What an hour of this machine costs.")
]
BudgetTime = Annotated[
    str | None, typer.Option("--budget", metavar="TIME", help="Say what to set so that the film takes no longer: 2h.")
]
Again = Annotated[bool, typer.Option("--again", help="Measure this machine anew, whatever was measured before.")]


def estimate(
    file: KeyframeFile,
    config: Config = None,
    settings: Settings = None,
    seed: Seed = None,
    price_per_hour: Price = None,
    budget: BudgetTime = None,
    again: Again = False,
    as_json: AsJson = False,
) -> None:
    """Say how long a film takes on this machine, how much memory and what it costs, before it is begun.

    The first time a few steps, moves and frames of the film's own kind are measured, which is remembered; nothing of
    the film is drawn. Frames that are there already are counted too; `pipeline status` leaves them out. --budget tells
    what of steps, cadence and size would have to change, and changes nothing.
    """
    if price_per_hour is not None and not (0 <= price_per_hour < 1e9):
        raise UsageError(f"--price-per-hour {price_per_hour:g}: is no price; give an amount from 0 on, such as 2.50")
    allowed = None if budget is None else _seconds(budget)
    film = study_film(file, config, settings, seed, silent=as_json).film
    from ..forecast import Budget, Calibration

    calibration = Calibration(film, again=again, watch=_telling(silent=as_json))
    found = calibration.outlook(film)
    proposed = None
    if allowed is not None:

        def read(more: Sequence[str]) -> Film:
            return load_film(file, config, [*(settings or ()), *more], seed, silent=True)

        proposed = Budget(allowed, read, calibration).proposals(film)
    cost = None if price_per_hour is None else price_per_hour * found.seconds / 3600
    if as_json:
        told = {} if proposed is None else _budget_report(proposed, fits=found.seconds <= (allowed or 0))
        print(json.dumps({"film": film.name, **_report(found), "cost": cost, **told}))
        return
    print(f"{film.name}: {_summary(found)}")
    print("\n".join(_rows(found)))
    if film.engine.batch > 1:
        print(f"  one after the other; with --parallel up to {film.engine.batch} shots share the calls of the network")
    if cost is not None:
        print(f"  costs about {cost:.2f}, at {price_per_hour:g} an hour")
    print(f"  measured on this machine, {time.strftime('%Y-%m-%d %H:%M', time.localtime(found.measured))}")
    if proposed is not None:
        print("\n".join(_budget_rows(proposed, budget or "")))


def _seconds(text: str) -> float:
    """Return the seconds that a budget says.

    Raises: UsageError.
    """
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(s|min|m|h|d)", text, re.ASCII)
    if not match or float(match[1]) == 0:
        raise UsageError(f"--budget {text}: is no length of time; write it as 2h, 30min or 90s")
    return float(match[1]) * UNITS[match[2]]


def _budget_rows(proposed: tuple[list[Proposal], Proposal | None], budget: str) -> list[str]:
    from ..account import duration

    found, nearest = proposed
    if nearest is not None:
        change = _options(nearest.settings) if nearest.settings else "the film as it is"
        return [f"nothing that was tried fits into {budget}; {change} is nearest: {duration(nearest.outlook.seconds)}"]
    if not found:
        return [f"fits into {budget} as it is"]
    wide = max(len(_options(one.settings)) for one in found)
    rows = [f"  {_options(one.settings):<{wide}}   {duration(one.outlook.seconds)}" for one in found]
    return [f"to fit into {budget}, add one line of these:", *rows]


def _budget_report(proposed: tuple[list[Proposal], Proposal | None], *, fits: bool) -> dict[str, Any]:
    found, nearest = proposed
    rows = [{"settings": [*one.settings], "seconds": round(one.outlook.seconds, 3)} for one in found]
    missed = nearest and {"settings": [*nearest.settings], "seconds": round(nearest.outlook.seconds, 3)}
    return {"fits": fits, "proposals": rows, "nearest": missed}


def _options(settings: Sequence[str]) -> str:
    return " ".join(f"--set {one}" for one in settings)


def _telling(*, silent: bool) -> Any:
    """Return what tells once of each thing that is being measured."""
    told: set[str] = set()

    def tell(what: str) -> None:
        if not silent and what not in told:
            told.add(what)
            say(f"measuring: {what}")

    return tell


def _summary(found: Outlook) -> str:
    from ..account import duration

    size = f"{found.size.width}x{found.size.height}"
    each = f"{found.per_frame:.2f} s a frame" if found.per_frame >= 0.1 else f"{found.per_frame * 1000:.0f} ms a frame"
    between = "" if found.n_drawn == found.n_frames else f", {found.n_drawn} of them denoised"
    frames = f"{found.n_frames} frame{'s' if found.n_frames != 1 else ''} of {size}{between}"
    return f"{frames}: {duration(found.seconds)}, {each}; {_gigabytes(found.peak_bytes)} of memory"


def _rows(found: Outlook) -> list[str]:
    rows = []
    for name, seconds in found.parts.items():
        more = ""
        if name == "denoise" and found.n_evaluations:
            each = seconds / found.n_evaluations
            more = f"   {found.n_evaluations} evaluations of {each * 1000:.0f} ms"
        elif name == "load" and found.parameters:
            more = f"   {_gigabytes(found.parameters)} of weights"
        rows.append(f"  {WORDS[name]:<43}{seconds:10.1f} s {seconds / max(found.seconds, 1e-9):5.0%}{more}")
    return rows


def _gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e8 else f"{n_bytes / 1e6:.0f} MB"


def _report(found: Outlook) -> dict[str, Any]:
    return {
        "frames": found.n_frames,
        "denoised": found.n_drawn,
        "evaluations": found.n_evaluations,
        "size": {"height": found.size.height, "width": found.size.width},
        "seconds": round(found.seconds, 3),
        "seconds_per_frame": round(found.per_frame, 4),
        "parts": {name: round(seconds, 4) for name, seconds in found.parts.items()},
        "memory_bytes": found.peak_bytes,
        "weights_bytes": found.parameters,
        "measured": found.measured,
    }
