"""How a film's frames become a film, as `film.json` keeps it; a network's path is written from the film's folder.

Records of earlier versions know the rate factor, the enlargement and the sound alone, and mean H.264 by them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..types import FilmFormat
from ..types.codec import AUDIO, CODECS, FACTORS, LANCZOS, QUALITIES, STEREO, names_model, unlike_a_name
from .music_record import path_from, path_here


def format_from(format: FilmFormat, directory: Path) -> FilmFormat:
    """Return the format with its network's path written from the folder `directory`."""
    if format.upscaler == LANCZOS or names_model(format.upscaler):
        return format
    return replace(format, upscaler=unlike_a_name(path_from(format.upscaler, directory)))


def read_format(found: Any, directory: Path) -> FilmFormat:
    """Build the format from untrusted JSON, its path so that it holds from the current folder.

    Raises: KeyError, TypeError or ValueError for what is missing or cannot be.
    """
    found = {"codec": "h264", "quality": "good", "interpolate": 1, "upscale": 1, "upscaler": LANCZOS} | found
    found = {"stereo": STEREO[0], "eye_distance": 5.0, "convergence": 2.0} | found
    codec = CODECS.get(found["codec"]) or CODECS["h264"]  # another one is refused below
    crf = None if found["crf"] is None else _whole(found, "crf", 0, codec.max_crf)
    enlarge = _whole(found, "enlarge", 1, 16)
    words = {"codec": CODECS, "quality": QUALITIES, "audio": AUDIO, "stereo": STEREO}
    for key, known in words.items():
        if not isinstance(found[key], str) or found[key] not in known:
            raise ValueError(f"{key} is {found[key]!r}")
    for key in ("interpolate", "upscale"):
        if type(found[key]) is not int or found[key] not in FACTORS.values():
            raise ValueError(f"{key} is {found[key]!r}")
    return FilmFormat(
        crf,
        enlarge,
        found["audio"],
        _whole(found, "audio_bitrate", 32, 512),
        found["codec"],
        found["quality"],
        found["interpolate"],
        found["upscale"],
        _upscaler(found["upscaler"], directory),
        found["stereo"],
        _number(found, "eye_distance", above=0),
        _number(found, "convergence"),
    )


def _upscaler(said: Any, directory: Path) -> str:
    if isinstance(said, str) and (said == LANCZOS or names_model(said)):
        return said
    return path_here(said, directory)


def _number(found: Any, name: str, *, above: float = -1.0) -> float:
    value = found[name]
    if type(value) not in (int, float) or not (math.isfinite(value) and value >= 0 and value > above):
        raise ValueError(f"{name} is {value!r}")
    return float(value)


def _whole(found: Any, name: str, lowest: int, highest: int) -> int:
    value = found[name]
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(f"{name} is {value!r}, not a whole number from {lowest} to {highest}")
    return value
