"""A film's pictures from one place on, upright and in RGB, as ffmpeg decodes them: one at a time, through a pipe.

Pictures are counted at a constant rate from the file's own beginning, which its sound shares: in a file whose rate
changes a place is the picture that is seen then. To start in the middle, ffmpeg goes back as far as two pictures, or
two that can be decoded by themselves, ever lie apart: so what comes is the same as if all before had been read, also
where a kind of file can only be entered near a place.
"""

from __future__ import annotations

import subprocess
import tempfile
import weakref
from fractions import Fraction
from subprocess import DEVNULL, PIPE
from typing import IO

import numpy as np
import numpy.typing as npt

from ..errors import ClipError
from ..types import ClipFile

Pixels = npt.NDArray[np.uint8]
GUARDED = ("-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "file,pipe")
CLOCK = ("-copyts", "-start_at_zero")
"""Times are those of the file, whose first stream begins at 0."""
SCALER = "scale=flags=bicubic+accurate_rnd+full_chroma_int+bitexact"
MARGIN = 2  # pictures further back than the file asks for
LINE = 100  # bytes; a header has far less


class Reader:
    """Pictures `start`, `start + every`, ... of a clip.

    Convention: memory and disk hold one picture, however long the clip is. `close` ends ffmpeg.
    """

    def __init__(self, clip: ClipFile, start: int = 0, every: int = 1) -> None:
        self.clip, self.next, self.every = clip, start, every
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as ffmpeg; no pipe, which nobody reads
        try:
            # a session of its own: Ctrl-C reaches this program alone, which then ends ffmpeg itself
            self._process = subprocess.Popen(
                [program(), *command(clip, start, every)],
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=self._said,
                start_new_session=True,
            )
        except OSError as fault:
            reason = (fault.strerror or str(fault)).lower()
            self._said.close()
            raise ClipError(f"{clip.path}: ffmpeg cannot be started ({reason}); check IMAGEIO_FFMPEG_EXE") from fault
        self._end = weakref.finalize(self, _ended, self._process, self._said)  # also where nobody says so

    def read(self) -> Pixels:
        """Return the next picture, uint8 (H, W, 3).

        Raises: ClipError where there is none.
        """
        stream = self._process.stdout
        assert stream is not None
        width, height = self._header(stream)
        data = stream.read(width * height * 3)
        if len(data) != width * height * 3:
            raise self._out_of_pictures()
        self.next += self.every
        return np.frombuffer(data, np.uint8).reshape(height, width, 3)

    def skip(self) -> None:
        """Pass the next picture over."""
        self.read()

    def close(self) -> None:
        """End ffmpeg."""
        self._end()

    def _header(self, stream: IO[bytes]) -> tuple[int, int]:
        """Read what stands before each picture in PPM: P6, width and height, 255."""
        lines = [stream.readline(LINE) for _ in range(3)]
        if not lines[0]:
            raise self._out_of_pictures()
        width, height = (int(word) for word in lines[1].split())
        return width, height

    def _out_of_pictures(self) -> ClipError:
        self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        told = f" ({lines[-1][:200]})" if lines else ""
        what = f"picture {self.next} of {self.clip.n_frames} cannot be decoded{told}"
        return ClipError(f"{self.clip.path}: {what}; put the clip right, or end the film before it")


def _ended(process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
    said.close()


def command(clip: ClipFile, start: int, every: int) -> list[str]:
    """Return ffmpeg's arguments for pictures from `start` on."""
    rate = f"{clip.rate.numerator}/{clip.rate.denominator}"
    back = start / clip.rate - Fraction(clip.gap_s).limit_denominator(1000) - MARGIN / clip.rate
    seek, begin = (["-ss", f"{float(back):.6f}"], "") if back > 0 else ([], ":start_time=0")
    chosen = f"gte(pts\\,{start})*not(mod(pts-{start}\\,{every}))"
    return [
        *(*GUARDED, *CLOCK, *seek, "-i", f"file:{clip.path}", "-map", "0:v:0", "-an", "-sn", "-dn"),
        *("-vf", f"fps={rate}{begin},select={chosen},{SCALER},format=rgb24", "-fps_mode", "passthrough"),
        *("-f", "image2pipe", "-c:v", "ppm", "pipe:1"),
    ]


def program() -> str:
    """Return ffmpeg's path.

    Raises: ClipError where there is none.
    """
    import imageio_ffmpeg

    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as fault:
        raise ClipError("ffmpeg: not found; install imageio-ffmpeg again, it brings one") from fault
