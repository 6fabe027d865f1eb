"""Frame rates as exact fractions, so that no clock of the program drifts against another over a long film."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

NTSC = (24, 30, 48, 60, 120)


@cache
def exact_rate(fps: float) -> Fraction:
    """Return frames per second as films have them: 23.976 and 29.97 mean 24000/1001 and 30000/1001.

    Convention: other rates are taken as they are written, to the nearest fraction with at most 1001 below its line.
    """
    for nominal in NTSC:
        if abs(fps - nominal * 1000 / 1001) < 0.005:  # half a step of the last digit in 23.98 and 29.97
            return Fraction(nominal * 1000, 1001)
    return Fraction(fps).limit_denominator(1001) or Fraction(1, 1001)
