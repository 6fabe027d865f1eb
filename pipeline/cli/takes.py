"""Render variants of a film, each into a folder of its own, and lay them out in one sheet."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..show import ProgressLine

if TYPE_CHECKING:
    from ..render import OtherEngine, Progress, See, Watch
    from ..types import Film

    Made = tuple[Path | None, dict[str, int]]

SHEET = "takes.png"


def render_takes(
    films: list[Film],
    out: Path,
    *,
    frames: range | None,
    keeper: Callable[[Path], See],
    other_engine: OtherEngine,
    parallel: int,
    as_json: bool,
) -> None:
    """Render each film into `out/take-001`, `out/take-002`, ..., models loaded once; print what came of it.

    Convention: `keeper` gives for the folder of a take what sees its steps; `parallel` shots of them are drawn at once,
        where that is more than one.
    """
    from ..preview import save_picture, takes_sheet

    folders = [out / f"take-{number:03d}" for number in range(1, len(films) + 1)]
    if parallel > 1:
        made = _abreast(
            films, folders, out, parallel=parallel, silent=as_json, frames=frames, other_engine=other_engine
        )
    else:
        made = _in_turn(films, folders, keeper, silent=as_json, frames=frames, other_engine=other_engine)
    reports = []
    for film, folder, (path, counts) in zip(films, folders, made, strict=True):
        seeds = {shot.name: shot.plans[0].seed for shot in film.shots}
        reports.append({"film": None if path is None else str(path), "folder": str(folder), "seeds": seeds, **counts})
    sheet = out / SHEET
    save_picture(takes_sheet(films, folders, frames=frames), sheet)
    print(json.dumps({"takes": reports, "sheet": str(sheet)}) if as_json else f"{sheet}")


def _in_turn(
    films: list[Film],
    folders: list[Path],
    keeper: Callable[[Path], See],
    *,
    silent: bool,
    frames: range | None,
    other_engine: OtherEngine,
) -> list[Made]:
    from ..render import render, set_up_for

    tools = cache(lambda: set_up_for(films[0]))  # takes differ in seeds alone
    made: list[Made] = []
    for film, folder in zip(films, folders, strict=True):
        with ProgressLine(film.n_frames, f"{folder}", silent=silent) as line:
            path = render(
                film,
                folder,
                frames=frames,
                watch=line.watch,
                see=keeper(folder),
                tools=tools,
                other_engine=other_engine,
            )
        made.append((path, line.counts))
        if not silent:
            print(f"{path or folder}: {line.summary}")
    return made


def _abreast(
    films: list[Film],
    folders: list[Path],
    out: Path,
    *,
    parallel: int,
    silent: bool,
    frames: range | None,
    other_engine: OtherEngine,
) -> list[Made]:
    """Render the takes with one line of progress for all of them, and one that counts for each."""
    from ..render.abreast import render_abreast

    each = [ProgressLine(film.n_frames, "", silent=True) for film in films]
    with ProgressLine(sum(film.n_frames for film in films), f"{out}", silent=silent) as line:
        watches = [_both(one, line) for one in each]
        paths = render_abreast(
            films, folders, parallel=parallel, watches=watches, frames=frames, other_engine=other_engine
        )
    if not silent:
        print(f"{out}: {line.summary}")
    return [(path, one.counts) for path, one in zip(paths, each, strict=True)]


def _both(one: ProgressLine, other: ProgressLine) -> Watch:
    def watch(now: Progress) -> None:
        one.watch(now)
        other.watch(now)

    return watch
