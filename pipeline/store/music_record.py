"""A film's music as `film.json` keeps it: by its digest, and by its path from the film's folder.

A relative path still leads to the song after both were moved together, whichever folder a command is run in.
"""

from __future__ import annotations

import math
import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..types import Music, SideFile

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODEC = re.compile(r"[a-z0-9_]{1,40}")
_NUMBERS = ("start_s", "length_s", "offset_s", "fade_in_s", "fade_out_s", "volume")


def music_from(music: Music, directory: Path) -> Music:
    """Return the music with its paths written from the folder `directory`."""
    beside = tuple(replace(file, path=path_from(file.path, directory)) for file in music.beside)
    return replace(music, path=path_from(music.path, directory), beside=beside)


def path_from(path: str, directory: Path) -> str:
    """Return a path as it is written from the folder `directory`."""
    whole = os.path.realpath(path)
    with suppress(ValueError):  # on another drive
        return os.path.relpath(whole, os.path.realpath(directory))
    return whole


def path_here(found: Any, directory: Path) -> str:
    """Return a path that is written from the folder `directory` so that it holds from the current one.

    Raises: ValueError for what is none.
    """
    if not isinstance(found, str) or not found or "\0" in found:
        raise ValueError(f"a path is {found!r}")
    return os.path.normpath(os.path.join(os.path.realpath(directory), found))


def read_music(found: Any, directory: Path) -> Music:
    """Build the music from untrusted JSON, its paths so that they hold from the current folder.

    Raises: KeyError, TypeError or ValueError for what is missing or cannot be.
    """
    for name, pattern in (("digest", _DIGEST), ("codec", _CODEC)):
        if not isinstance(found[name], str) or not pattern.fullmatch(found[name]):
            raise ValueError(f"the music's {name} is {found[name]!r}")
    numbers = {name: found[name] for name in _NUMBERS}
    for name, value in numbers.items():
        if type(value) not in (int, float) or not math.isfinite(value) or not 0 <= value <= 1e6:
            raise ValueError(f"the music's {name} is {value!r}")
    path = path_here(found["path"], directory)
    values = {name: float(value) for name, value in numbers.items()}
    beside = tuple(_side_file(file, directory) for file in found.get("beside", ()))
    return Music(found["digest"], path, found["codec"], **values, beside=beside)


def _side_file(found: Any, directory: Path) -> SideFile:
    if not isinstance(found["digest"], str) or not _DIGEST.fullmatch(found["digest"]):
        raise ValueError(f"the digest of a file beside the music is {found['digest']!r}")
    return SideFile(found["digest"], path_here(found["path"], directory))
