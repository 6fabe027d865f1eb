"""A grey clip, read frame by frame through the ffmpeg that comes with imageio-ffmpeg, as nearness or distance.

One ffmpeg goes through the clip as a film is rendered; a frame that lies behind makes it begin again. So a long clip
takes no room, and every frame is the very one that was asked for, whatever the clip says of its times.
"""

from __future__ import annotations

import re
import subprocess
import weakref
from subprocess import DEVNULL, PIPE
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from ..errors import UsageError

HEAD: Final = re.compile(rb"P5\n(\d+) (\d+)\n65535\n")
QUIET: Final = ("-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "file,pipe")


class Clip:
    """The frames of a clip in order; `frame(n)` may be asked in any."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._at, self._seen = -1, np.zeros((0, 0))
        self._pipe: BinaryIO | None = None
        self._end: weakref.finalize | None = None

    def frame(self, number: int) -> npt.NDArray[np.float64]:
        """Return frame `number`, from 0, as levels (H, W) from 0, black, to 1, white.

        Raises: UsageError where the clip has no such frame or cannot be read.
        """
        if self._pipe is None or number < self._at:
            self._begin()
        while self._at < number:
            self._seen = self._next(number)
            self._at += 1
        return self._seen

    def close(self) -> None:
        """End the ffmpeg that reads; the next frame begins again."""
        if self._end is not None:
            self._end()
        self._pipe, self._at = None, -1

    def _begin(self) -> None:
        import imageio_ffmpeg

        self.close()
        grey = ["-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt", "gray16be", "-c:v", "pgm"]
        command = [*QUIET, "-i", f"file:{self.path}", *grey, "-f", "image2pipe", "pipe:1"]
        try:
            program = imageio_ffmpeg.get_ffmpeg_exe()
            # a session of its own: Ctrl-C reaches this program alone, which then ends ffmpeg itself
            process = subprocess.Popen(
                [program, *command], stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, start_new_session=True
            )
        except (OSError, RuntimeError) as fault:
            raise UsageError(
                f"{self.path}: ffmpeg cannot be started ({fault}); install imageio-ffmpeg again"
            ) from fault
        self._pipe = process.stdout  # type: ignore[assignment]
        self._end = weakref.finalize(self, _end, process)

    def _next(self, wanted: int) -> npt.NDArray[np.float64]:
        assert self._pipe is not None
        head = b"".join(self._pipe.readline(32) for _ in range(3))
        found = HEAD.fullmatch(head)
        if found is None:
            n_frames = self._at + 1
            self.close()
            raise UsageError(
                f"{self.path}: frame {wanted} of the depth clip cannot be read (found {n_frames}); give a longer one"
            )
        width, height = int(found[1]), int(found[2])
        content = self._pipe.read(2 * width * height)
        if len(content) < 2 * width * height:
            self.close()
            raise UsageError(f"{self.path}: frame {wanted} of the depth clip ends too early; make the clip again")
        return np.frombuffer(content, ">u2").reshape(height, width) / 65535


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
