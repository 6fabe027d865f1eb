"""Schedules as Deforum ran them, observed: each imported one has the same value at each of twelve frames."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.importing.test_deforum import FLAT

N = 12
RAMP = [1 + n / 10 for n in range(11)] + [2]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("0:(1), 10:(2)", RAMP),
        ("0:1, 10:2", RAMP),
        ("10:(1), 0:(5)", [*np.linspace(5, 1, 11), 1]),
        ("0:(1), 0:(3)", [3] * N),
        ("0:(1), 99:(3)", [1] * N),
        ("0:(1), -3:(3)", [1] * N),
        ("0:(-(5))", [-5] * N),
        ("0:(t), 6:(5)", [0, 1, 2, 3, 4, 5, *[5] * 6]),
        ("0:(5), 6:(t*2)", [*np.linspace(5, 12, 7), 14, 16, 18, 20, 22]),
        ("0:(5), 6:(t*2), 9:(1)", [*np.linspace(5, 12, 7), 14, 16, 1, 1, 1]),
        ("0:(1), max_f/2:(2)", [1, 1.2, 1.4, 1.6, 1.8, *[2] * 7]),
        ("0:(t>3)", [0] * 4 + [1] * 8),
        ("0:(t//2)", [n // 2 for n in range(N)]),
        ("0:(t%3)", [n % 3 for n in range(N)]),
        ("0:(t**2)", [n * n for n in range(N)]),
        ("0:((t>3)&(t<5))", [float(n == 4) for n in range(N)]),
        ("0:(1), 6:(t)", [1 + 5 * n / 6 for n in range(6)] + [float(n) for n in range(6, N)]),
        ("0:(t), 6:(t*2)", [*range(6), 12, 14, 16, 18, 20, 22]),
        ("0:(0.5*sin(t)), 6:(1)", [0.5 * math.sin(n) for n in range(6)] + [1] * 6),
        ('0:(s), 1:(-1), "max_f-2":(-1), "max_f-1":(s)', [7, *[-1] * 9, 7, 7]),
        ("0:('2'), 5:(\"3\")", [*np.linspace(2, 3, 6), *[3] * 6]),
        ("5:(5)", [5] * N),  # what follows crashed there
        ("0:(where(t>3,1,0))", [0] * 4 + [1] * 8),
        ("0:(max(1,t))", [1, *range(1, N)]),
        ("0:(1),", [1] * N),
        ("0:(pi*t)", [math.pi * n for n in range(N)]),
    ],
)
def test_a_schedule_has_its_values_at_each_frame(bring, text: str, there: list[float]) -> None:
    found = bring(FLAT | {"max_frames": N, "seed": 7, "angle": text, "prompts": {"0": "a fox"}})
    rolls = [plan.camera.roll_deg for plan in found.film.shots[0].plans[1:]]
    assert rolls == pytest.approx(there[1:], abs=1e-12)
