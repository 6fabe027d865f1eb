"""Pixels in, an H.264 film out, through the ffmpeg that comes with imageio-ffmpeg.

Frames go through a pipe as raw RGB, so no file name or pattern reaches ffmpeg's parsers, and its output goes to a
temporary file that the store adopts only once every frame is in it. Threads are pinned to one: x264 writes other bytes
for each number of threads.
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
from ..store.commit import staged
from ..types import FilmFormat, Size
from .ffmpeg import LAST_LINES, QUIET, failed, ffmpeg, metadata, not_started, streams
from .holding import signals_held

if TYPE_CHECKING:
    import numpy as np

_SCALE = "flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
# set on the frames: the encoder prefers what they say to its own options (primaries were lost that way)
_BT709 = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"


def assemble_stream(
    frames: Iterable[np.ndarray],
    final: Path,
    *,
    size: Size,
    fps: float,
    format: FilmFormat,
    title: str = "",
    comment: str = "",
    preset: str = "medium",
) -> Path:
    """Encode frames, each exactly once and in order, to the film `final`; return its path.

    Shapes: each frame uint8 (H, W, 3), RGB, all of `size`.
    Convention: the film is `format.enlarge` times as large; a side that is then odd gets its last row or column
        repeated once, because 4:2:0 video needs even sides. `preset` is x264's: faster ones make larger files of the
        same quality. On any fault nothing is left under `final` that was not
        there before.
    Raises: AssembleError quoting ffmpeg; StoreError where the film cannot be written; whatever `frames` raises.
    """
    with staged(final) as temp:
        told = {"title": title, "comment": comment}
        command = _command(size=size, fps=rational_fps(fps), format=format, told=told, preset=preset, target=temp)
        n_frames = _feed(command, frames, size=size, final=final)
        if n_frames == 0:
            raise AssembleError(f"{final}: a film needs at least one frame (found none); render some first")
        found = sum(stream.n_packets for stream in streams(temp, final=final))
        if found != n_frames:
            raise AssembleError(f"{final}: ffmpeg wrote {found} of {n_frames} frames; assemble again")
    return final


def rational_fps(fps: float) -> Fraction:
    """Return the frame rate as ffmpeg needs it: 23.976 and 29.97 mean 24000/1001 and 30000/1001.

    Raises: AssembleError for a rate that is no positive number up to 1000.
    """
    if not 0 < fps <= 1000:  # also false for nan
        raise AssembleError(f"frame rate {fps!r} is not between 0 and 1000; correct the film's fps")
    return exact_rate(fps)


def filters(size: Size, *, enlarge: int) -> str:
    """Return ffmpeg's filter chain: enlarge with Lanczos, repeat the edge to even sides, convert by BT.709."""
    height, width = size.height * enlarge, size.width * enlarge
    chain = ["format=gbrp"]
    if enlarge > 1:
        chain.append(f"scale=w={width}:h={height}:{_SCALE}")
    if height % 2 or width % 2:
        chain.append(f"pad=w={width + width % 2}:h={height + height % 2}:x=0:y=0")
        chain.append(f"fillborders=right={width % 2}:bottom={height % 2}:mode=smear")
    chain.append(f"scale={_SCALE}:in_range=full:out_range=limited:out_color_matrix=bt709")
    chain += ["format=yuv420p", _BT709]
    return ",".join(chain)


def _command(
    *, size: Size, fps: Fraction, format: FilmFormat, told: dict[str, str], preset: str, target: Path
) -> list[str]:
    pipe = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size.width}x{size.height}"]
    codec = ["-c:v", "libx264", "-preset", preset, "-crf", str(format.crf), "-threads", "1"]
    return [
        *(ffmpeg(), *QUIET, "-y", "-filter_threads", "1"),
        *(*pipe, "-framerate", f"{fps.numerator}/{fps.denominator}", "-i", "pipe:0"),
        *("-map", "0:v:0", "-fps_mode", "passthrough", "-vf", filters(size, enlarge=format.enlarge)),
        *(*codec, "-pix_fmt", "yuv420p", "-flags:v", "+bitexact", *metadata(told)),
        *("-f", "mp4", f"file:{target.absolute()}"),
    ]


def _feed(command: list[str], frames: Iterable[np.ndarray], *, size: Size, final: Path) -> int:
    """Write all frames into ffmpeg and wait for it; return how many there were. However this ends, ffmpeg is gone."""
    with signals_held() as release:
        try:
            # a session of its own: Ctrl-C reaches this program alone, which then ends ffmpeg itself
            process = subprocess.Popen(
                command, stdin=PIPE, stdout=subprocess.DEVNULL, stderr=PIPE, bufsize=-1, start_new_session=True
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
