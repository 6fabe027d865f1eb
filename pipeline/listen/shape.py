"""Shape a signal before a picture follows it: each function takes a signal and returns one, at the song's own rate.

Shaping happens before frames read the signal, so it means the same at every frame rate. Looking ahead costs nothing
here: smoothing does not delay, and `shift` by a negative time lets a picture begin before the sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..errors import UsageError
from .signal import Signal

_REACH = 4.0  # deviations of a Gaussian that are computed


def gain(signal: Signal, factor: float) -> Signal:
    """Multiply."""
    return replace(signal, values=signal.values * factor)


def gate(signal: Signal, least: float) -> Signal:
    """Silence what is below `least`; leave the rest as it is."""
    return replace(signal, values=np.where(signal.values >= least, signal.values, 0.0))


def threshold(signal: Signal, least: float) -> Signal:
    """Return 1 where the signal reaches `least`, else 0."""
    return replace(signal, values=(signal.values >= least).astype(float))


def gamma(signal: Signal, power: float) -> Signal:
    """Raise to a power: above 1 what is quiet gets quieter, below 1 louder; 0 and 1 stay.

    Raises: UsageError for a power that is not above 0.
    """
    if not power > 0:
        raise UsageError(f"gamma {power:g}: is not above 0; 1 changes nothing")
    return replace(signal, values=np.maximum(signal.values, 0) ** power)


def follow(signal: Signal, *, attack_s: float = 0.0, hold_s: float = 0.0, release_s: float = 0.0) -> Signal:
    """Follow a signal up within `attack_s`, stay at each peak for `hold_s`, and fall within `release_s`.

    Convention: within those times two thirds (1 - 1/e) of the way are gone; 0 is at once.
    Raises: UsageError for a negative time.
    """
    _refuse_negative(attack_s=attack_s, hold_s=hold_s, release_s=release_s)
    up, down = _share(attack_s * signal.rate_hz), _share(release_s * signal.rate_hz)
    n_held = round(hold_s * signal.rate_hz)
    level, held, found = 0.0, 0, []
    for value in signal.values.tolist():
        if value >= level:
            level += (value - level) * up
            held = n_held
        elif held > 0:
            held -= 1
        else:
            level += (value - level) * down
        found.append(level)
    return replace(signal, values=np.array(found), read_by="mean")


def strike(
    times_s: Sequence[float] | np.ndarray,
    strengths: Sequence[float] | np.ndarray,
    *,
    duration_s: float,
    attack_s: float = 0.0,
    hold_s: float = 0.0,
    decay_s: float,
    sustain: float = 0.0,
    release_s: float = 0.0,
    rate_hz: float = 200.0,
) -> Signal:
    """Return an envelope that begins anew at each moment: attack, hold, decay to `sustain`, and release at the next.

    Convention: attack and release are straight, the decay loses two thirds (1 - 1/e) of its way in `decay_s`; of
        envelopes that overlap the larger counts. `sustain` is a share of the strength; the last moment's lasts.
    Raises: UsageError for a negative time.
    """
    _refuse_negative(attack_s=attack_s, hold_s=hold_s, decay_s=decay_s, release_s=release_s)
    at = np.arange(int(np.ceil(duration_s * rate_hz))) / rate_hz
    values = np.zeros(len(at))
    ends = [*list(times_s)[1:], np.inf]
    for start, end, strength in zip(times_s, ends, strengths, strict=True):
        since = at - start
        falling = np.maximum(since - attack_s - hold_s, 0)
        left = np.exp(-falling / decay_s) if decay_s > 0 else (falling <= 0).astype(float)
        shape = np.where(since < attack_s, since / max(attack_s, 1e-12), sustain + (1 - sustain) * left)
        over = at - end
        fading = 1 - over / release_s if release_s > 0 else np.zeros(len(at))
        shape = np.where(over >= 0, shape * np.clip(fading, 0, 1), shape)
        values = np.maximum(values, np.where(since >= 0, shape, 0.0) * strength)
    return Signal(values, rate_hz, "peak")


def smooth(signal: Signal, width_s: float) -> Signal:
    """Smooth without delay, by a Gaussian of which two thirds lie within `width_s`; the ends are held.

    Raises: UsageError for a negative width.
    """
    _refuse_negative(width_s=width_s)
    deviation = width_s * signal.rate_hz / 2
    if deviation < 0.05 or len(signal.values) == 0:
        return signal
    reach = int(np.ceil(_REACH * deviation))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    padded = np.pad(signal.values.astype(float), reach, "edge")
    size = len(padded) + 2 * reach
    spread = np.fft.irfft(np.fft.rfft(padded, size) * np.fft.rfft(kernel / kernel.sum(), size), size)
    return replace(signal, values=spread[2 * reach : 2 * reach + len(signal.values)], read_by="mean")


def shift(signal: Signal, by_s: float) -> Signal:
    """Let a signal come `by_s` seconds later, or, negative, earlier: its lead over the sound."""
    at = np.arange(len(signal.values)) - by_s * signal.rate_hz
    outside = None if signal.lasts else 0.0
    return replace(signal, values=np.interp(at, np.arange(len(at)), signal.values, outside, outside) if len(at) else at)


def quantise(signal: Signal, grid_s: Sequence[float] | np.ndarray) -> Signal:
    """Hold, from each moment of a grid to the next, what the signal is there on the whole; before the first, nothing.

    Convention: what is read by its peak is held at its peak, else at its mean.
    """
    grid = np.unique(np.asarray(grid_s, dtype=float))
    n = len(signal.values)
    starts = np.unique(np.clip(np.round(grid * signal.rate_hz).astype(int), 0, n))
    starts = starts[starts < n]
    values = np.zeros(n)
    for start, end in zip(starts, [*starts[1:], n], strict=True):
        piece = signal.values[start:end]
        values[start:end] = piece.max() if signal.read_by == "peak" else piece.mean()
    return replace(signal, values=values)


def nearest(times_s: Sequence[float] | np.ndarray, grid_s: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return each moment moved to the nearest of a grid.

    Shapes: times_s (n,), grid_s (m,) -> (n,).
    """
    times, grid = np.asarray(times_s, dtype=float), np.unique(np.asarray(grid_s, dtype=float))
    if len(grid) == 0:
        return times
    after = (
        np.clip(np.searchsorted(grid, times), 1, max(len(grid) - 1, 1)) if len(grid) > 1 else np.zeros(len(times), int)
    )
    before = np.maximum(after - 1, 0)
    return np.where(times - grid[before] <= grid[after] - times, grid[before], grid[after])


def accumulate(signal: Signal) -> Signal:
    """Add up over time: energy becomes distance travelled, whose speed has no jitter; it stays where it ends.

    Convention: a signal of 1 goes 1 in a second.
    """
    return replace(signal, values=np.cumsum(signal.values) / signal.rate_hz, read_by="mean", lasts=True)


def _share(steps: float) -> float:
    """Return which share of the way is gone in one step, for a time constant of so many."""
    return 1.0 if steps <= 0 else float(1 - np.exp(-1 / steps))


def _refuse_negative(**times: float) -> None:
    for name, value in times.items():
        if not 0 <= value < float("inf"):
            raise UsageError(f"{name} {value:g}: is no length of time; give seconds from 0 on")
