"""A film's pictures from one place on, upright, in RGB or in grey of 16 bits, as ffmpeg decodes them: one at a time.

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
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ..errors import ClipError
from ..types import ClipFile

Picture = npt.NDArray[Any]
"""Of colours, uint8 (H, W, 3); of grey, uint16 (H, W) over its full range."""
GUARDED = ("-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "file,pipe")
CLOCK = ("-copyts", "-start_at_zero")
"""Times are those of the file, whose first stream begins at 0."""
SCALER = "scale=flags=bicubic+accurate_rnd+full_chroma_int+bitexact"
MARGIN = 2  # pictures further back than the file asks for
LINE = 100  # bytes; a header has far less


class Reader:
    """Pictures `start`, `start + every`, ... of a clip, in colours or in grey.

    Convention: memory and disk hold one picture, however long the clip is. `close` ends ffmpeg.
    """

    def __init__(self, clip: ClipFile, start: int = 0, every: int = 1, grey: bool = False) -> None:
        self.clip, self.next, self.every, self.grey = clip, start, every, grey
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as ffmpeg; no pipe, which nobody reads
        try:
            # a session of its own: Ctrl-C reaches this program alone, which then ends ffmpeg itself
            self._process = subprocess.Popen(
                [program(), *command(clip, start, every, grey)],
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

    def read(self) -> Picture:
        """Return the next picture, uint8 (H, W, 3), or uint16 (H, W) where it is grey.

        Raises: ClipError where there is none.
        """
        stream = self._process.stdout
        assert stream is not None
        width, height = self._header(stream)
        length = width * height * (2 if self.grey else 3)
        data = stream.read(length)
        if len(data) != length:
            raise self._out_of_pictures()
        self.next += self.every
        if self.grey:
            return np.frombuffer(data, ">u2").reshape(height, width).astype(np.uint16)
        return np.frombuffer(data, np.uint8).reshape(height, width, 3)

    def skip(self) -> None:
        """Pass the next picture over."""
        self.read()

    def close(self) -> None:
        """End ffmpeg."""
        self._end()

    def _header(self, stream: IO[bytes]) -> tuple[int, int]:
        """Read what stands before each picture in PPM or PGM: its kind, width and height, what is white."""
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


def command(clip: ClipFile, start: int, every: int, grey: bool = False) -> list[str]:
    """Return ffmpeg's arguments for pictures from `start` on."""
    rate = f"{clip.rate.numerator}/{clip.rate.denominator}"
    back = start / clip.rate - Fraction(clip.gap_s).limit_denominator(1000) - MARGIN / clip.rate
    seek, begin = (["-ss", f"{float(back):.6f}"], "") if back > 0 else ([], ":start_time=0")
    form = "format=gray16be" if grey else f"{SCALER},format=rgb24"
    chosen = f"gte(pts\\,{start})*not(mod(pts-{start}\\,{every}))"
    return [
        *(*GUARDED, *CLOCK, *seek, "-i", f"file:{clip.path}", "-map", "0:v:0", "-an", "-sn", "-dn"),
        *("-vf", f"fps={rate}{begin},select={chosen},{form}", "-fps_mode", "passthrough"),
        *("-f", "image2pipe", "-c:v", "pgm" if grey else "ppm", "pipe:1"),
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
