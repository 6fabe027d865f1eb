"""Pixels in, a film out, through the ffmpeg that comes with imageio-ffmpeg.

Frames go through a pipe as raw RGB, so no file name or pattern reaches ffmpeg's parsers, and its output goes to a
temporary file, or a temporary folder of pictures, that the store adopts only once every frame is in it.
"""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from subprocess import PIPE
from threading import Thread
from typing import TYPE_CHECKING

from ..errors import AssembleError
from ..schedule.rate import exact_rate
from ..store.commit import staged, staged_folder
from ..types import FilmFormat, Size
from ..types.codec import CODECS
from .codecs import container, encoding, filters
from .ffmpeg import LAST_LINES, QUIET, failed, ffmpeg, frames_of_webp, metadata, not_started, streams
from .holding import signals_held

if TYPE_CHECKING:
    import numpy as np

PATTERN = "%06d.png"


def assemble_stream(
    frames: Iterable[np.ndarray],
    final: Path,
    *,
    size: Size,
    fps: float | Fraction,
    format: FilmFormat,
    title: str = "",
    comment: str = "",
    preset: str | None = None,
    times: int | None = None,
) -> Path:
    """Encode frames, each exactly once and in order, to the film `final`; return its path.

    Shapes: each frame uint8 (H, W, 3), RGB, all of `size`.
    Convention: the film is `times` as large, by default what `format` enlarges and upscales; a side that is then odd
        gets its last row or column repeated once where the codec holds YUV, which needs even sides. `fps` is that of
        `frames`: in-betweens are made before. `preset` is x264's, by default that of the format's quality.
        On any fault nothing is left under `final` that was not there before.
    Raises: AssembleError quoting ffmpeg; StoreError where the film cannot be written; whatever `frames` raises.
    """
    is_folder = CODECS[format.codec].is_folder
    times = format.enlarge * format.upscale if times is None else times
    with (staged_folder if is_folder else staged)(final) as temp:
        # inside its own folder a pattern is all there is of a path, so no name can be taken for one
        target, place = (PATTERN, temp) if is_folder else (f"file:{temp.absolute()}", None)
        told = {"title": title, "comment": comment}
        command = _command(
            size=size, fps=rational_fps(fps), format=format, told=told, preset=preset, times=times, target=target
        )
        n_frames = _feed(command, frames, size=size, final=final, place=place)
        if n_frames == 0:
            raise AssembleError(f"{final}: a film needs at least one frame (found none); render some first")
        found = _count(temp, format, final=final)
        if found != n_frames:
            raise AssembleError(f"{final}: ffmpeg wrote {found} of {n_frames} frames; assemble again")
    return final


def _count(path: Path, format: FilmFormat, *, final: Path) -> int:
    """Return how many frames lie in a film."""
    if format.codec == "png":
        return sum(1 for _ in path.iterdir())
    if format.codec == "webp":
        return frames_of_webp(path)
    return sum(stream.n_packets for stream in streams(path, final=final))


def rational_fps(fps: float | Fraction) -> Fraction:
    """Return the frame rate as ffmpeg needs it: 23.976 and 29.97 mean 24000/1001 and 30000/1001, fractions themselves.

    Raises: AssembleError for a rate that is no positive number up to 1000.
    """
    if not 0 < fps <= 1000:  # also false for nan
        raise AssembleError(f"frame rate {fps!r} is not between 0 and 1000; correct the film's fps")
    return fps if isinstance(fps, Fraction) else exact_rate(fps)


def _command(
    *, size: Size, fps: Fraction, format: FilmFormat, told: dict[str, str], preset: str | None, times: int, target: str
) -> list[str]:
    pipe = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size.width}x{size.height}"]
    return [
        *(ffmpeg(), *QUIET, "-y", "-filter_threads", "1", "-filter_complex_threads", "1"),
        *(*pipe, "-framerate", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:0"),
        *("-map", "0:v:0", "-fps_mode", "passthrough", "-vf", filters(size, format, times=times)),
        *(*encoding(format, preset=preset), *metadata(told), *container(format), target),
    ]


def _feed(command: list[str], frames: Iterable[np.ndarray], *, size: Size, final: Path, place: Path | None) -> int:
    """Write all frames into an ffmpeg that runs in the folder `place`, and wait for it; return how many there were.

    Convention: however this ends, ffmpeg is gone.
    """
    with signals_held() as release:
        try:
            # a session of its own: Ctrl-C reaches this program alone, which then ends ffmpeg itself
            process = subprocess.Popen(
                command,
                stdin=PIPE,
                stdout=subprocess.DEVNULL,
                stderr=PIPE,
                bufsize=-1,
                start_new_session=True,
                cwd=place,
            )
        except OSError as fault:
            raise not_started(final, fault) from fault
        lines: deque[bytes] = deque(maxlen=LAST_LINES)
        # ffmpeg would stop and wait if nobody read what it says
        reader = Thread(target=lines.extend, args=(process.stderr,), daemon=True)
        reader.start()
        try:
            release()
            n_frames, taken = _write(process, frames, size=size, final=final)
            status = process.wait()
        finally:
            process.kill()
            process.wait()
            reader.join()
            for pipe in (process.stdin, process.stderr):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
    if status != 0 or not taken:
        raise failed(final, status, [line.decode("utf-8", "replace").rstrip() for line in lines])
    return n_frames


def _write(
    process: subprocess.Popen[bytes], frames: Iterable[np.ndarray], *, size: Size, final: Path
) -> tuple[int, bool]:
    """Return how many frames there were, and whether ffmpeg took them all."""
    assert process.stdin is not None
    n_frames = 0
    for pixels in frames:
        if pixels.shape != (size.height, size.width, 3) or pixels.dtype != "uint8":
            found = f"{pixels.dtype} {'x'.join(map(str, pixels.shape))}"
            wanted = f"uint8 {size.height}x{size.width}x3"
            raise AssembleError(f"{final}: frame {n_frames} is {found}, the film is {wanted}; render it again")
        n_frames += 1
        try:
            process.stdin.write(pixels.tobytes())
        except BrokenPipeError:
            return n_frames, False
    try:
        process.stdin.close()
    except BrokenPipeError:
        return n_frames, False
    return n_frames, True
