"""Read Disco Diffusion's key strings as it did, and write the same curve as keys of ours.

It looked for `frame: (number)` anywhere in the text, joined the numbers by straight lines, let the last of two at one
frame count, and moved a key that lies beyond the film onto its last frame.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

KEY = re.compile(r"([0-9]+):\s*\((.*?)\)", re.ASCII | re.DOTALL)
MAX_FRAME = 10**9
ROUNDING = 1e-14


class NoKeys(ValueError):
    """A text that holds no keys; the message says what stands there."""


def read_keys(text: str) -> dict[int, float]:
    """Return frames and numbers in the order they are written.

    Convention: a text without a key is one number, as `0: (text)`.
    Raises: NoKeys.
    """
    found = KEY.findall(text) or KEY.findall(f"0: ({text})")
    keys: dict[int, float] = {}
    for frame, value in found:
        try:
            number = float(value.replace("_", "x"))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise NoKeys(f"'{value.strip()[:30]}' at frame {frame[:12]} is no number")
        if len(frame) > 9:
            raise NoKeys(f"there is no frame {frame[:12]}...")
        keys[int(frame)] = number
    return keys


def within(keys: dict[int, float], n_frames: int) -> list[tuple[int, float]]:
    """Return keys inside a film whose curve is the same in every frame of it; the last holds, and the first before.

    Source: pandas' series as Disco Diffusion v5.7 filled it: what was set beyond the film was appended to it, and the
        last thing in the series copied to the last frame.
    """
    inside = {frame: value for frame, value in keys.items() if frame < n_frames}
    beyond = [value for frame, value in keys.items() if frame >= n_frames]
    if beyond:
        if not inside:
            return [(0, beyond[-1])] if n_frames == 1 else [(0, beyond[0]), (n_frames - 1, beyond[-1])]
        first = inside[min(inside)]
        inside = {0: first, **inside} if n_frames > 1 else {}
        inside[n_frames - 1] = beyond[-1]
    return sorted(inside.items())


def needed_keys(values: Sequence[float]) -> list[int]:
    """Return the frames whose values, joined by straight lines, are all of these, but for rounding.

    Convention: a line may miss a value by the last digits of a float, `ROUNDING` of its size.
    """
    kept = [0]
    low, high = -math.inf, math.inf  # slopes of lines from the last key that meet all values since
    for frame in range(1, len(values)):
        start = kept[-1]
        slope = (values[frame] - values[start]) / (frame - start)
        if not low <= slope <= high:
            kept.append(frame - 1)
            start, low, high = frame - 1, -math.inf, math.inf
            slope = values[frame] - values[start]
        slack = ROUNDING * (abs(values[frame]) + abs(values[start])) / (frame - start)
        low, high = max(low, slope - slack), min(high, slope + slack)
    return [*kept, len(values) - 1] if len(values) > 1 else kept


def step_runs(text: str) -> list[tuple[float, int]]:
    """Return the runs of equal values of a list over the denoising, `[12]*400+[4]*600`; brackets around are allowed.

    Raises: NoKeys.
    """
    bare = re.sub(r"[()\s]", "", text)
    runs: list[tuple[float, int]] = []
    for piece in bare.split("+["):
        match = re.fullmatch(r"\[?([-+.,\deE]+)\](?:\*(\d{1,6}))?", piece, re.ASCII)
        if not match:
            raise NoKeys(f"'{piece[:30]}' is no part of a list such as [12]*400+[4]*600")
        try:
            values = [float(value) for value in match[1].rstrip(",").split(",")]
        except ValueError:
            raise NoKeys(f"'{match[1][:30]}' are no numbers") from None
        times = int(match[2] or 1)
        if len(values) == 1:
            runs.append((values[0], times))
        else:
            runs += [(value, 1) for value in values] * min(times, 1001)
    if not all(math.isfinite(value) for value, _ in runs):
        raise NoKeys("a value of the list is too large")
    return runs


def cut_to(runs: list[tuple[float, int]], length: int) -> list[tuple[float, int]]:
    """Return runs of `length` values in all, the last value going on where there are too few."""
    found: list[tuple[float, int]] = []
    room = length
    for value, times in runs:
        if times and room:
            found.append((value, min(times, room)))
            room -= found[-1][1]
    if room and found:
        found[-1] = (found[-1][0], found[-1][1] + room)
    return found
