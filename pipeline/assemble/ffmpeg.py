"""The ffmpeg that imageio-ffmpeg brings: where it is, what it says when it fails, and what lies in a film's file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..errors import AssembleError
from ..store.commit import disk_full

LAST_LINES = 8
QUIET = ("-hide_banner", "-loglevel", "error", "-nostdin")


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a file as a player shows it: how many packets there are, and from when to when, in seconds."""

    n_packets: int
    start_s: Fraction
    end_s: Fraction


def ffmpeg() -> str:
    """Return the program's path.

    Raises: AssembleError where there is none.
    """
    import imageio_ffmpeg

    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as fault:
        raise AssembleError("ffmpeg: not found; install imageio-ffmpeg again, it brings one") from fault


def run(arguments: list[str], *, final: Path) -> bytes:
    """Run ffmpeg to its end for the film `final`; return what it wrote to its standard output.

    Raises: AssembleError quoting its last lines; StoreError where the disk is full.
    """
    try:
        # a session of its own: Ctrl-C reaches this program alone, which then ends ffmpeg itself
        done = subprocess.run(
            [ffmpeg(), *QUIET, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            start_new_session=True,
        )
    except OSError as fault:
        raise not_started(final, fault) from fault
    if done.returncode != 0:
        raise failed(final, done.returncode, done.stderr.decode("utf-8", "replace").splitlines()[-LAST_LINES:])
    return done.stdout


def streams(path: Path, *, final: Path) -> tuple[Stream, ...]:
    """Return the streams of a file as they lie in it, without decoding them.

    Convention: what a player leaves out at the beginning, as the file tells it to (the priming of AAC), does not count.
    Raises: AssembleError where it cannot be read.
    """
    said = run(["-i", f"file:{path.absolute()}", "-map", "0", "-c", "copy", "-f", "framecrc", "pipe:1"], final=final)
    lines = said.decode("ascii", "replace").splitlines()
    units: dict[int, Fraction] = {}
    spans: dict[int, list[tuple[int, int]]] = {}
    for line in lines:
        if line.startswith("#tb "):
            number, unit = line.removeprefix("#tb ").split(": ")
            units[int(number)] = Fraction(unit)
        elif line[:1].isdigit():
            index, _, shown, length, *_ = (int(part) for part in line.split(",")[:4])
            spans.setdefault(index, []).append((shown, shown + length))
    return tuple(_stream(spans.get(index, []), unit) for index, unit in sorted(units.items()))


def _stream(spans: list[tuple[int, int]], unit: Fraction) -> Stream:
    first = max(0, min((start for start, _ in spans), default=0))
    last = max((end for _, end in spans), default=0)
    return Stream(len(spans), first * unit, last * unit)


def frames_of_webp(path: Path) -> int:
    """Return how many frames a WebP file has, from its chunks: ffmpeg does not read those that move."""
    count, still = 0, 0
    with path.open("rb") as file:
        file.seek(12)  # RIFF, a length, WEBP
        while len(head := file.read(8)) == 8:
            count += head[:4] == b"ANMF"
            still += head[:4] in (b"VP8 ", b"VP8L")
            length = int.from_bytes(head[4:], "little")
            file.seek(length + length % 2, 1)
    return count or still


def metadata(entries: Mapping[str, str]) -> list[str]:
    """Return the arguments that give a film these words about itself and no others, not even ffmpeg's own."""
    told = [part for key, text in entries.items() for part in ("-metadata", f"{key}={_plain(text)}")]
    return ["-map_metadata", "-1", *told]


def comment_of(path: Path) -> str:
    """Return the comment that a film's file carries, "" where there is none.

    Convention: comments of one line, as those of `assemble` are.
    Raises: AssembleError where the file cannot be read.
    """
    said = run(["-i", f"file:{path.absolute()}", "-f", "ffmetadata", "pipe:1"], final=path).decode("utf-8", "replace")
    line = next((line for line in said.split("\n") if line.lower().startswith("comment=")), "comment=")
    return re.sub(r"\\(.)", r"\1", line[len("comment=") :])


def _plain(text: str) -> str:
    """Return text that any player can show: no zero bytes, no lone surrogates from odd file names."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def failed(final: Path, status: int, lines: list[str]) -> Exception:
    """Return the fault of an ffmpeg that ended badly."""
    if any("No space left on device" in line for line in lines):
        return disk_full(final)
    ended = f"killed by signal {-status}" if status < 0 else f"exit {status}"
    quoted = "".join(f"\n  {line}" for line in lines) or " (it said nothing)"
    return AssembleError(f"{final}: ffmpeg failed ({ended}); its last lines:{quoted}")


def not_started(final: Path, fault: OSError) -> AssembleError:
    """Return the fault of an ffmpeg that cannot be started."""
    reason = (fault.strerror or str(fault)).lower()
    return AssembleError(f"{final}: ffmpeg cannot be started ({reason}: {fault.filename!r}); check IMAGEIO_FFMPEG_EXE")
