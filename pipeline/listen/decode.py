"""Any file that ffmpeg reads becomes one channel of samples at one rate, cut where listening begins and ends.

The file is decoded from its beginning and the start thrown away, because seeking in an mp3 lands only near a moment.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from subprocess import DEVNULL, PIPE

import numpy as np

from ..errors import SoundError

RATE_HZ = 22_050  # half of what a CD has: nothing above 11 kHz tells a beat from another
LONGEST_S = 3600.0
_BLOCK = 1 << 20
_FIRST_LINES = 3


def decode(path: Path, *, start_s: float = 0.0, length_s: float | None = None) -> np.ndarray:
    """Return the samples of a file's first sound track, all channels mixed into one.

    Shapes: -> float32 (n,), at RATE_HZ, full scale at 1 (a mix may go beyond).
    Raises: SoundError where there is no such file, no sound in it, none between start and end, or too much.
    """
    if not path.is_file():
        raise SoundError(f"{path}: there is no such file; check the path")
    with tempfile.TemporaryFile() as said:  # a file and not a pipe: ffmpeg can say a lot while nobody reads it
        try:
            process = subprocess.Popen(
                _command(path, start_s, length_s), stdin=DEVNULL, stdout=PIPE, stderr=said, start_new_session=True
            )
        except OSError as fault:
            reason = (fault.strerror or str(fault)).lower()
            raise SoundError(f"{path}: ffmpeg cannot be started ({reason}); check IMAGEIO_FFMPEG_EXE") from fault
        assert process.stdout is not None
        try:
            data = _read(process.stdout, path)
            status = process.wait()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        said.seek(0)
        lines = said.read().decode("utf-8", "replace").strip().splitlines()
    samples = np.frombuffer(data, dtype="<f4", count=len(data) // 4)
    if status != 0 and len(samples) == 0:
        raise SoundError(f"{path}: {_reason(lines)}; give a file with sound, such as an mp3")
    if len(samples) == 0:
        raise SoundError(f"{path}: no sound from {start_s:g} s on; choose an earlier start, or a longer stretch")
    return np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)


def _command(path: Path, start_s: float, length_s: float | None) -> list[str]:
    # what a video's sound waits at its start is filled with silence: times are those of the film it comes from
    samples = f"aresample={RATE_HZ}:async=1:first_pts=0"
    trimmed = f"atrim=start={start_s:.9f}" + (f":duration={length_s:.9f}" if length_s is not None else "")
    return [
        *(_ffmpeg(), "-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "file,pipe"),
        *("-i", f"file:{path.absolute()}", "-map", "0:a:0", "-vn", "-sn", "-dn"),
        *("-af", f"{samples},{trimmed}", "-ac", "1", "-f", "f32le", "-c:a", "pcm_f32le", "pipe:1"),
    ]


def _ffmpeg() -> str:
    import imageio_ffmpeg

    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as fault:
        raise SoundError("ffmpeg: not found; install imageio-ffmpeg again, it brings one") from fault


def _read(stream: object, path: Path) -> bytes:
    data, limit = bytearray(), int(LONGEST_S * RATE_HZ) * 4
    while block := stream.read(_BLOCK):  # type: ignore[attr-defined]
        data += block
        if len(data) > limit:
            raise SoundError(f"{path}: the sound is longer than {LONGEST_S / 60:g} minutes; choose a length")
    return bytes(data)


def _reason(lines: list[str]) -> str:
    """Return what ffmpeg meant, without the addresses of its parts."""
    said = [re.sub(r"\[[^]]* @ 0x[0-9a-f]+\]\s*", "", line).strip() for line in lines]
    text = " / ".join(said[:_FIRST_LINES]) or "ffmpeg said nothing"
    if "matches no streams" in text or "'0:a:0' for option 'map'" in text:
        return "there is no sound in it"
    if "Invalid data found" in text:
        return "this is no sound or video that ffmpeg knows"
    return f"cannot be decoded ({text})"
