"""What a sound file holds: its digest, and how long its first track is, counted by decoding it once.

What files say of their own length is rounded, or guessed for a file that was cut off. The count is remembered by the
file's place, size and time, so that a long song is decoded for the first check only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from contextlib import suppress
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from ...places import cache_folder

VARIABLE = "PIPELINE_SONGS"
LONGEST_S = 6 * 3600
GAPLESS = "aresample=async=1:first_pts=0"
"""Fills with silence what a video's sound waits at its start, so that a time in the sound is one of the video."""
_CHUNK = 2**20
_TRACK = re.compile(r"Stream #0:\d+.*?: Audio: (\w+)")


class SoundFault(Exception):
    """A file that cannot be heard: `what` is wrong and what to `do`."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what}; {do}")
        self.what, self.do = what, do


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A file's SHA-256, and its first sound track: codec by ffmpeg's name, samples of one channel, and their rate."""

    digest: str
    codec: str
    n_samples: int
    rate: int

    @property
    def length_s(self) -> Fraction:
        """How long the track sounds, exactly."""
        return Fraction(self.n_samples, self.rate)


def listen_to(path: Path) -> SoundFile:
    """Return what a file holds that ffmpeg can decode, from memory where it has not changed.

    Raises: SoundFault for a file that cannot be read or has no sound in it.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError) as fault:
        raise _unreadable(fault) from fault
    facts = (str(path.resolve()), found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    memory = (
        cache_folder("songs", VARIABLE) / f"{hashlib.sha256(repr(facts).encode('utf-8', 'replace')).hexdigest()}.json"
    )
    known = _recall(memory)
    if known is None:
        known = _decode(path)
        _remember(memory, known)
    return known


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, which need not fit into memory.

    Raises: SoundFault for a file that cannot be read.
    """
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
    except (OSError, ValueError) as fault:
        raise _unreadable(fault) from fault
    return found.hexdigest()


def _decode(path: Path) -> SoundFile:
    """Decode the first track and count."""
    digest = digest_of(path)
    said, packets = _run_ffmpeg(path)
    track = _TRACK.search(said)
    rate = re.search(r"(?m)^#sample_rate 0: (\d+)$", packets)
    counts = [int(line.split(",")[3]) for line in packets.splitlines() if line[:1].isdigit()]
    if track is None or rate is None or not sum(counts):
        if "Input #0" in said and track is None:
            raise SoundFault("there is no sound in the file", "give an mp3, m4a, flac, ogg or wav file, or a video")
        raise SoundFault("the file is no sound that can be read", "give an mp3, m4a, flac, ogg or wav file, or a video")
    if sum(counts) > LONGEST_S * int(rate[1]):
        raise SoundFault(f"the sound is longer than {LONGEST_S // 3600} hours", "cut it first")
    return SoundFile(digest, track[1], sum(counts), int(rate[1]))


def _run_ffmpeg(path: Path) -> tuple[str, str]:
    """Return what ffmpeg says of a file, and a line for each piece of its decoded sound."""
    import imageio_ffmpeg

    command = ["-hide_banner", "-nostdin", "-nostats", "-protocol_whitelist", "file,pipe", "-i"]
    command += [
        f"file:{path.absolute()}",
        "-map",
        "0:a:0",
        "-af",
        GAPLESS,
        "-c:a",
        "pcm_s16le",
        "-f",
        "framecrc",
        "pipe:1",
    ]
    try:
        program = imageio_ffmpeg.get_ffmpeg_exe()
        done = subprocess.run([program, *command], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except (OSError, RuntimeError) as fault:
        raise SoundFault(
            "ffmpeg cannot be started", "install imageio-ffmpeg again, or check IMAGEIO_FFMPEG_EXE"
        ) from fault
    return done.stderr.decode("utf-8", "replace"), done.stdout.decode("ascii", "replace")


def _recall(memory: Path) -> SoundFile | None:
    try:
        found = SoundFile(**json.loads(memory.read_bytes()))
        whole = all(type(count) is int and count > 0 for count in (found.n_samples, found.rate))
        return found if whole and re.fullmatch("[0-9a-f]{64}", found.digest) else None
    except (OSError, ValueError, TypeError):
        return None


def _remember(memory: Path, found: SoundFile) -> None:
    """Write the facts whole or not at all; where that cannot be, the next check only takes longer."""
    temporary = memory.with_name(f".{memory.name}.{os.getpid()}.tmp")
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(asdict(found)), encoding="ascii")
        os.replace(temporary, memory)


def _unreadable(fault: Exception) -> SoundFault:
    reason = (getattr(fault, "strerror", None) or str(fault)).lower()
    return SoundFault(f"the sound file cannot be read ({reason})", "check the path")
