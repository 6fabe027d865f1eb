"""What a film's file holds: its digest, and how many pictures of what size at which rate can be had from it.

Files are believed nothing: packets are counted without decoding them, and the first and last pictures are decoded. What
is found is remembered by the file's place, size and time, so that a long film is read whole for the first check only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import ClipError
from ..places import cache_folder
from ..types import ClipFile, Size
from .decode import CLOCK, GUARDED, Reader, command, program

VARIABLE = "PIPELINE_CLIPS"
NTSC = (24, 30, 48, 60, 120)
NEAR, MOST = Fraction(1, 100), 2
"""What a file names as its rate may be a hundredth below that of its pictures, or twice as high if they are uneven."""
TAIL_S = 2  # of a film, decoded to see where it ends
FORMS = "give an mp4, mov, mkv, webm or gif file"
_CHUNK = 2**20
_RATE = re.compile(r"Stream #0:\d+.*?: Video: .*?([\d.]+)(k?) tbr")


class ClipFault(Exception):
    """A file that cannot be used: `what` is wrong and what to `do`."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what}; {do}")
        self.what, self.do = what, do


def look_at(path: Path) -> ClipFile:
    """Return what a film's file holds, from memory where it has not changed.

    Raises: ClipFault for a file that cannot be read or is no film.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError) as fault:
        raise _unreadable(fault) from fault
    facts = (str(path.resolve()), found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    name = hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()
    memory = cache_folder("clips", VARIABLE) / f"{name}.json"
    known = _recall(memory, path)
    if known is None:
        known = _probe(path)
        _remember(memory, known)
    return known


def _probe(path: Path) -> ClipFile:
    digest = _digest(path)
    said, packets = _run(path, ["-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"])
    unit = re.search(r"(?m)^#tb 0: (\d+/\d+)$", packets)
    shown = sorted({int(line.split(",")[2]) for line in packets.splitlines() if line[:1].isdigit()})
    times = [count * Fraction(unit[1]) for count in shown if count >= 0] if unit else []
    keys = sorted(int(line.split(",")[2]) for line in packets.splitlines() if line[:1].isdigit() and "F=0x" not in line)
    if not times:
        if "Input #0" in said:
            raise ClipFault("there is no picture in the file", FORMS)
        raise ClipFault("the file is no film that can be read", FORMS)
    if len(times) < 2:
        raise ClipFault("there is one picture in the file and no film", "write init: {image: ...} for a picture")
    rate = _rate(said, times)
    starts = [Fraction(0), *(key * Fraction(unit[1]) for key in keys if key > 0), times[-1]] if unit else []
    gap = max(later - earlier for row in ([Fraction(0), *times], starts) for earlier, later in pairwise(row))
    n_frames = int(times[-1] * rate + Fraction(1, 2)) + 1
    rough = ClipFile(digest, str(path), Size(1, 1), rate, n_frames, float(max(gap, 1 / rate)))
    height, width = _first(rough)
    return replace(rough, size=Size(height, width), n_frames=_end(rough), has_sound=": Audio: " in said)


def _rate(said: str, times: list[Fraction]) -> Fraction:
    """Return the rate that the file names, exactly, where that can be; else the mean of its pictures."""
    mean = (len(times) - 1) / (times[-1] - times[0])
    named = _RATE.search(said)
    if named:
        told = Fraction(named[1]) * (1000 if named[2] else 1)
        if (1 - NEAR) * mean <= told <= MOST * mean:
            return _exact(told)
    return _exact(mean)


def _exact(rate: Fraction) -> Fraction:
    """Return a rate as films have it: 29.97 means 30000/1001."""
    for nominal in NTSC:
        if abs(rate - Fraction(nominal * 1000, 1001)) < Fraction(1, 200):
            return Fraction(nominal * 1000, 1001)
    return rate.limit_denominator(1001) or Fraction(1, 1001)


def _first(clip: ClipFile) -> tuple[int, int]:
    """Decode the first picture; return its height and width."""
    reader: Reader | None = None
    try:
        reader = Reader(clip)
        height, width, _ = reader.read().shape
    except ClipError as fault:
        raise ClipFault("the film's first picture cannot be decoded", FORMS) from fault
    finally:
        if reader is not None:
            reader.close()
    return height, width


def _end(clip: ClipFile) -> int:
    """Decode the last pictures; return how many there are in all."""
    start = max(0, clip.n_frames - 1 - int(TAIL_S * clip.rate))
    arguments = command(clip, start, 1)
    at = arguments.index("-vf")
    small = arguments[at + 1].split(",scale=")[0] + ",scale=16:16"
    done = _ffmpeg([*arguments[:at], "-vf", small, "-fps_mode", "passthrough", "-f", "framecrc", "pipe:1"])
    count = sum(line[:1].isdigit() for line in done.stdout.decode("ascii", "replace").splitlines())
    if not count:
        what = f"the film cannot be decoded from second {float(start / clip.rate):.1f} on"
        raise ClipFault(what, "put the file right, or cut it before that")
    return min(clip.n_frames, start + count)


def _run(path: Path, arguments: list[str]) -> tuple[str, str]:
    """Return what ffmpeg says of a file, and what it writes."""
    guarded = [word for word in GUARDED if word not in ("-loglevel", "error", "-hide_banner")]
    done = _ffmpeg(["-hide_banner", "-nostats", *guarded, *CLOCK, "-i", f"file:{path.absolute()}", *arguments])
    return done.stderr.decode("utf-8", "replace"), done.stdout.decode("ascii", "replace")


def _ffmpeg(arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run([program(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except (OSError, ClipError) as fault:
        do = "install imageio-ffmpeg again, or check IMAGEIO_FFMPEG_EXE"
        raise ClipFault("ffmpeg cannot be started", do) from fault


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    try:
        if not path.is_file():
            raise ClipFault("it is not an ordinary file", FORMS)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
    except (OSError, ValueError) as fault:
        raise _unreadable(fault) from fault
    return found.hexdigest()


# --- memory -----------------------------------------------------------------------------------------------------------


def _recall(memory: Path, path: Path) -> ClipFile | None:
    try:
        said: dict[str, Any] = json.loads(memory.read_bytes())
        rate, size = Fraction(said["rate"]), Size(said["height"], said["width"])
        counts = (said["n_frames"], size.height, size.width)
        whole = all(type(count) is int and count > 0 for count in counts) and rate > 0
        if not whole or not re.fullmatch("[0-9a-f]{64}", said["digest"]):
            return None
        gap, has_sound = float(said["gap_s"]), bool(said["has_sound"])
        return ClipFile(said["digest"], str(path), size, rate, said["n_frames"], gap, has_sound)
    except (OSError, ValueError, TypeError, KeyError, ZeroDivisionError):
        return None


def _remember(memory: Path, clip: ClipFile) -> None:
    """Write the facts whole or not at all; where that cannot be, the next check only takes longer."""
    said = {"digest": clip.digest, "height": clip.size.height, "width": clip.size.width, "rate": str(clip.rate)}
    text = json.dumps({**said, "n_frames": clip.n_frames, "gap_s": clip.gap_s, "has_sound": clip.has_sound})
    temporary = memory.with_name(f".{memory.name}.{os.getpid()}.tmp")
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="ascii")
        os.replace(temporary, memory)


def _unreadable(fault: Exception) -> ClipFault:
    reason = (getattr(fault, "strerror", None) or str(fault)).lower()
    return ClipFault(f"the film cannot be read ({reason})", "check the path")
