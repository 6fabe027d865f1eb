"""Parseq's formulas in our language: what they come to is what its own functions give, written here once more."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from pipeline.schedule import study
from pipeline.schedule.trace import follow

POINTS = [(0, 1.0), (10, 3.0), (25, 2.0), (40, 5.0)]
FPS, BPM = 12, 100
N = POINTS[-1][0] + 1


@dataclass
class At:
    """What a formula of Parseq's may speak of at a frame."""

    f: int

    @property
    def index(self) -> int:
        return max(i for i, (frame, _) in enumerate(POINTS) if frame <= self.f)

    @property
    def here(self) -> int:
        return POINTS[self.index][0]

    @property
    def k(self) -> int:
        return self.f - self.here

    @property
    def value(self) -> float:
        return POINTS[self.index][1]

    @property
    def after(self) -> tuple[int, float]:
        return POINTS[min(self.index + 1, len(POINTS) - 1)]

    @property
    def beat(self) -> float:
        return self.f * BPM / 60 / FPS


def line(f: int) -> float:
    return float(np.interp(f, *zip(*POINTS, strict=True)))


def natural_spline(f: int) -> float:
    x, y = (np.array(each, dtype=float) for each in zip(*POINTS, strict=True))
    count = len(x)
    system, right = np.eye(count), np.zeros(count)
    for i in range(1, count - 1):
        before, after = x[i] - x[i - 1], x[i + 1] - x[i]
        system[i, i - 1 : i + 2] = before, 2 * (before + after), after
        right[i] = 6 * ((y[i + 1] - y[i]) / after - (y[i] - y[i - 1]) / before)
    bent = np.linalg.solve(system, right)
    i = min(int(np.searchsorted(x, f, side="right")) - 1, count - 2)
    h, a, b = x[i + 1] - x[i], (x[i + 1] - f), (f - x[i])
    cubic = (bent[i] * a**3 + bent[i + 1] * b**3) / (6 * h)
    return float(cubic + (y[i] / h - bent[i] * h / 6) * a + (y[i + 1] / h - bent[i + 1] * h / 6) * b)


def polynomial(f: int) -> float:
    found = 0.0
    for i, (x, y) in enumerate(POINTS):
        found += y * math.prod((f - other) / (x - other) for j, (other, _) in enumerate(POINTS) if j != i)
    return found


def bezier(u: float, x1: float, y1: float, x2: float, y2: float) -> float:
    def at(s: float, a: float, b: float) -> float:
        return 3 * a * s * (1 - s) ** 2 + 3 * b * s**2 * (1 - s) + s**3

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle, x1, x2) < u else (low, middle)
    return at(low, y1, y2)


def eased(
    at: At, points: tuple[float, ...], span: int = 0, start: float | None = None, end: float | None = None
) -> float:
    first, last = at.value if start is None else start, at.after[1] if end is None else end
    span = span or at.after[0] - at.here
    if span == 0:
        return first
    return last if at.k > span else first + (last - first) * bezier(at.k / span, *points)


def js_mod(a: float, b: float) -> float:
    return math.fmod(a, b)


PLAIN = (0.5, 0, 0.5, 1)
CASES: list[tuple[str, Callable[[At], float]]] = [
    ("L", lambda at: line(at.f)),
    ("S", lambda at: at.value),
    ("C", lambda at: natural_spline(at.f)),
    ("P", lambda at: polynomial(at.f)),
    ("bez()", lambda at: eased(at, PLAIN)),
    ("bez(0.1, 0.7, 0.9, 0.2)", lambda at: eased(at, (0.1, 0.7, 0.9, 0.2))),
    ('bez(c="easeIn3")', lambda at: eased(at, (0.32, 0, 0.67, 0))),
    ('bez(curve="easeInOutBack")', lambda at: eased(at, (0.68, -0.6, 0.32, 1.6))),
    ('2*bez(c="ease-out")+f/10', lambda at: 2 * eased(at, (0, 0, 0.58, 1)) + at.f / 10),
    ("bez(from=0, to=4, in=6)", lambda at: eased(at, PLAIN, 6, 0, 4)),
    ("bez(d=2, span=8)", lambda at: eased(at, PLAIN, 8, None, at.value + 2)),
    ("slide()", lambda at: line(at.f)),
    (
        "slide(in=5)-1",
        lambda at: at.value + (at.after[1] - at.value) * min(at.k / 5, 1) - 1 if at.f < 40 else at.value - 1,
    ),
    ("5-3-1+f", lambda at: 5 - (3 - (1 + at.f))),
    ("20/2/5*f", lambda at: 20 / (2 / (5 * at.f)) if at.f else 0.0),
    ("7%4*2+f/100", lambda at: 7 % 8 + at.f / 100),
    ("2^3^2/(f+1)", lambda at: 2 ** (3 ** (2 / (at.f + 1)))),
    ("-2^2+f", lambda at: 4 + at.f),
    ("1 < 2 == 1", lambda at: float(float(2 == 1) > 1)),
    ("L+sin(p=4b)", lambda at: line(at.f) + math.sin(2 * math.pi * at.f / (4 * 60 / BPM * FPS))),
    ("sin(2s, 3, 0.5, 1)", lambda at: 1 + 0.5 * math.sin(2 * math.pi * (at.f + 3) / 24)),
    ("sin(p=10, li=1, c=2)", lambda at: 0 if at.k > 10 else 2 + math.sin(2 * math.pi * at.f / 10)),
    ("tri(p=10, a=3)", lambda at: 6 / math.pi * math.asin(math.sin(2 * math.pi * at.f / 10))),
    ("saw(p=10, a=3, c=1)", lambda at: 1 + 3 * (at.f % 10) / 10),
    ("saw(p=10, ps=-7)", lambda at: js_mod(at.f - 7, 10) / 10),
    ("sq(p=9, a=2)", lambda at: 2 * (1 if math.sin(at.f * math.pi * 2 / 9) >= 0 else -1)),
    ("pulse(p=10, pw=3, a=2)", lambda at: 2 * float(at.f % 10 < 3)),
    ("if f>10 and f<20 S else L/2", lambda at: at.value if 10 < at.f < 20 else line(at.f) / 2),
    ("if f-20 1", lambda at: float(at.f > 20)),
    ("(f-20) or 0", lambda at: float(at.f > 20)),
    ("(f-20)%6", lambda at: js_mod(at.f - 20, 6)),
    ("k*active_keyframe_value + next_keyframe_value", lambda at: at.k * at.value + at.after[1]),
    ("active_keyframe/10 + prev_keyframe_value", lambda at: at.here / 10 + at.value),
    ("b + wb*s + 1f", lambda at: at.beat + math.floor(at.beat + 1e-12) * at.f / FPS + 1),
    ("min(L, 2) + max(f/10, 1)", lambda at: min(line(at.f), 2) + max(at.f / 10, 1)),
    (
        "round(f/7, 1) + floor(f/3) - ceil(f/4)",
        lambda at: math.floor(at.f / 7 * 10 + 0.5) / 10 + at.f // 3 + -(-at.f // 4) * -1,
    ),
    ("_sin(f/PI)*_log(E+f) + _sqrt(SQRT2)", lambda at: math.sin(at.f / math.pi) * math.log(math.e + at.f) + 2**0.25),
    ("f2s(f)+s2f(1)+f2b(f)-b2f(1)", lambda at: at.f / 12 + (12 + (at.beat - 7.2))),
    ("f/last_frame + bpm/100 + fps", lambda at: at.f / 40 + 1 + 12),
    ("true + false*f", lambda at: 1.0),
]


def manifest(formulas: dict[int, str], value: Callable[[At], float], field: str = "rotation_3d_y", **more) -> dict:
    there = [value(At(f)) for f in range(N)]
    rows = []
    for f in range(N):
        delta = there[f] - (there[f - 1] if f else 0)
        rows.append(
            {"frame": f, field: there[f], f"{field}_delta": delta, "translation_z": 1, "translation_z_delta": 0}
        )
        rows[-1]["deforum_prompt"] = "a fox"
    keyframes = [{"frame": frame, field: y, "info": ""} for frame, y in POINTS]
    for frame, text in formulas.items():
        row = next((row for row in keyframes if row["frame"] == frame), None)
        if row is None:
            keyframes.append(row := {"frame": frame, field: ""})
        row[f"{field}_i"] = text
    options = {"output_fps": FPS, "bpm": BPM, "cadence": 1}
    return {"options": options, "rendered_frames": rows, "keyframes": keyframes, "managedFields": [field]} | more


def curve(found, name: str) -> list[float]:
    (score,) = study(found.path).scores
    return [value for (value,) in follow(score, name)]


@pytest.mark.parametrize(("text", "value"), CASES, ids=[text for text, _ in CASES])
def test_a_formula_comes_to_what_it_came_to(bring, verdicts, text: str, value: Callable[[At], float]) -> None:
    found = bring(manifest({0: text}, value), mode="3D")
    there = [value(At(f)) for f in range(N)]
    said = verdicts(found)
    if len({round(each, 12) for each in np.diff(there)}) == 1:  # its change stands still: a number
        assert said["rendered_frames.rotation_3d_y"] in ("exact", "dropped")
        return
    assert said["keyframes"] == "exact", found.report.lines()
    assert curve(found, "let.rotation_3d_y_curve") == pytest.approx(there, rel=1e-9, abs=1e-9)
    moved = [plan.camera.rotation_y_deg for plan in found.film.shots[0].plans[1:]]
    assert moved == pytest.approx(np.diff(there), rel=1e-6, abs=1e-8)
    assert "which differs" in found.report.entries["rendered_frames.rotation_3d_y"].now


def test_what_is_plain_is_written_as_an_artist_would(bring) -> None:
    text = bring(
        manifest(
            {0: "L", 10: 'bez(c="ease")', 25: "S"},
            lambda at: line(at.f) if at.f < 10 else eased(at, (0.25, 0.1, 0.25, 1)) if at.f < 25 else at.value,
        ),
        mode="3D",
    ).path.read_text()
    assert "rotation_3d_y_curve: {0: 1, 10: 3, 25: 2 cubic-bezier(0.25 0.1 0.25 1), 40: 5 hold}" in text
    assert "rotation_y: 'change(rotation_3d_y_curve)'" in text


def test_formulas_change_between_keyframes_and_stay_until_they_do(bring, verdicts) -> None:
    def value(at: At) -> float:
        return line(at.f) if at.f < 5 else 7.0 if at.f < 25 else natural_spline(at.f) + at.f % 3

    found = bring(manifest({5: "7", 25: "C+f%3"}, value, field="strength"))
    assert verdicts(found)["keyframes"] == "exact"
    assert curve(found, "let.strength_curve") == pytest.approx([value(At(f)) for f in range(N)])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rand(0, 1, 5)", "rand() has no counterpart here"),
        ("prev_computed_value+1", "'prev_computed_value' has no counterpart here"),
        ("drums", "'drums' has no counterpart here"),
        ("L+1", "it comes to values that differ by up to 1 from those that were rendered"),
        ("sin(", "a value is missing before the end"),
        ("bez(offset=0.5)", "a transition with an offset has no counterpart here"),
        ('bez(c="bounce")', "there is no curve 'bounce'"),
        ("1/(f-3)", "the value is infinite at frame 3"),
        ("__import__(1)", "__import__() has no counterpart here"),
        ("L" + "+L" * 600, "nested deeper than 24"),
    ],
)
def test_what_cannot_be_said_keeps_each_number(bring, verdicts, text: str, why: str) -> None:
    found = bring(manifest({0: text}, lambda at: line(at.f)), mode="3D")
    moved = [plan.camera.rotation_y_deg for plan in found.film.shots[0].plans[1:]]
    assert moved == pytest.approx(np.diff([line(f) for f in range(N)]))
    entry = found.report.entries["keyframes.rotation_3d_y"]
    assert entry.verdict == "approximated"
    assert why in entry.why
    assert verdicts(found)["keyframes"] == "approximated"
    assert "_curve" not in found.path.read_text()


def test_a_reversed_film_keeps_each_number(bring, verdicts) -> None:
    values = manifest({0: "L"}, lambda at: line(at.f), reverseRender=True)
    rows = values["rendered_frames"]
    turned = [dict(row, frame=N - 1 - row["frame"], rotation_3d_y_delta=-row["rotation_3d_y_delta"]) for row in rows]
    found = bring(values | {"rendered_frames": turned}, mode="3D")
    moved = [plan.camera.rotation_y_deg for plan in found.film.shots[0].plans[1:]]
    assert moved == pytest.approx([row["rotation_3d_y_delta"] for row in sorted(turned, key=lambda r: r["frame"])][1:])


def test_weights_that_change_in_each_frame_are_one_curve(bring) -> None:
    values = manifest({0: "L"}, lambda at: line(at.f))
    for row in values["rendered_frames"]:
        f = row["frame"]
        row["deforum_prompt"] = f"a fox:{1 - f / 40:.4g} AND snow:{f / 40:.4g} --neg blur" if 0 < f < 40 else "a fox"
    found = bring(values, mode="3D")
    for f in range(1, 40):
        wanted = {one.text: one.weight for one in found.film.shots[0].plans[f].prompts}
        assert wanted["a fox"] / wanted["snow"] == pytest.approx(float(f"{1 - f / 40:.4g}") / float(f"{f / 40:.4g}"))
    assert found.path.read_text().count("\n  ") < 40


def test_a_long_manifest_is_short_where_its_formulas_are_known(bring) -> None:
    global POINTS, N
    kept = POINTS, N
    POINTS, N = [(frame * 60, y) for (frame, y) in kept[0]], kept[0][-1][0] * 60 + 1
    try:
        found = bring(manifest({0: "C+sin(p=50)"}, lambda at: natural_spline(at.f) + math.sin(2 * math.pi * at.f / 50)))
        assert found.film.n_frames == 2401
        assert found.path.stat().st_size < 3000
    finally:
        POINTS, N = kept


def test_inside_deforums_settings_its_time_may_be_the_manifests(bring, verdicts) -> None:
    from tests.importing.test_deforum import FLAT

    text = json.dumps(manifest({0: "L+sin(p=4b)"}, CASES[19][1], field="angle"))
    found = bring(FLAT | {"parseq_manifest": text, "parseq_non_schedule_overrides": True})
    assert (found.film.fps, found.film.n_frames) == (FPS, N)
    assert verdicts(found)["keyframes"] == "exact"
    moved = [plan.camera.roll_deg for plan in found.film.shots[0].plans[1:]]
    assert moved == pytest.approx(np.diff([CASES[19][1](At(f)) for f in range(N)]), abs=1e-9)
    found = bring(FLAT | {"parseq_manifest": text})  # 15 frames a second: its beats would be others
    assert verdicts(found)["keyframes"] == "approximated"
