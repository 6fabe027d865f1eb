"""Write a film as the settings file of another program, and tell of everything that became of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..importing.report import Report
from ..schedule import Reading
from ..schedule.fields import nearest
from . import deforum, disco, parseq
from .outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, where, and what became of every value."""

    path: Path
    n_frames: int
    report: Report


@dataclass(frozen=True, slots=True)
class Program:
    """A program that settings can be written for; `suffix` ends the name of its files."""

    name: str
    suffix: str
    write: Callable[[Outgoing], None]


PROGRAMS = {
    "disco": Program(disco.NAME, "-disco_settings.txt", disco.settings),
    "deforum": Program(deforum.NAME, "-deforum_settings.txt", deforum.settings),
    "parseq": Program(parseq.NAME, "-parseq.json", parseq.manifest),
}


def export_settings(reading: Reading, to: str, *, out: Path | None = None) -> Exported:
    """Write a film as settings of another program.

    Convention: `to` is one of PROGRAMS; without `out` the file lies in this folder and is named after film and program.
    Raises: UsageError for a program that is not known, and for a place that is taken or cannot be written.
    """
    if to not in PROGRAMS:
        raise UsageError(f"--to {to}: there is no such program; {nearest(to, tuple(PROGRAMS))}")
    program = PROGRAMS[to]
    target = out or Path(reading.film.name + program.suffix)
    if target.exists():
        raise UsageError(f"{target}: is there already; remove it, or say another file with --out")
    leaving = Outgoing(reading, program.name, target.parent)
    program.write(leaving)
    leaving.leftovers()
    _put(target, json.dumps(leaving.values, indent=4, ensure_ascii=False, allow_nan=False) + "\n")
    return Exported(target, leaving.n_frames, leaving.report)


def _put(target: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all."""
    scratch = target.with_name(f".{target.name}-{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with scratch.open("x", encoding="utf-8") as file:
                file.write(text)
            os.replace(scratch, target)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({(error.strerror or str(error)).lower()})") from None
