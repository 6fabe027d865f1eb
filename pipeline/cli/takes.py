"""Render variants of a film, each into a folder of its own, and lay them out in one sheet."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..show import ProgressLine

if TYPE_CHECKING:
    from ..render import OtherEngine, See
    from ..types import Film

SHEET = "takes.png"


def render_takes(
    films: list[Film],
    out: Path,
    *,
    frames: range | None,
    keeper: Callable[[Path], See],
    other_engine: OtherEngine,
    as_json: bool,
) -> None:
    """Render each film into `out/take-001`, `out/take-002`, ..., models loaded once; print what came of it.

    Convention: `keeper` gives for the folder of a take what sees its steps.
    """
    from ..preview import save_picture, takes_sheet
    from ..render import render, set_up_for

    tools = cache(lambda: set_up_for(films[0]))  # takes differ in seeds alone
    folders = [out / f"take-{number:03d}" for number in range(1, len(films) + 1)]
    reports = []
    for film, folder in zip(films, folders, strict=True):
        with ProgressLine(film.n_frames, f"{folder}", silent=as_json) as line:
            path = render(
                film,
                folder,
                frames=frames,
                watch=line.watch,
                see=keeper(folder),
                tools=tools,
                other_engine=other_engine,
            )
        seeds = {shot.name: shot.plans[0].seed for shot in film.shots}
        found = {"film": None if path is None else str(path), "folder": str(folder), "seeds": seeds, **line.counts}
        reports.append(found)
        if not as_json:
            print(f"{path or folder}: {line.summary}")
    sheet = out / SHEET
    save_picture(takes_sheet(films, folders, frames=frames), sheet)
    print(json.dumps({"takes": reports, "sheet": str(sheet)}) if as_json else f"{sheet}")
