"""Films of any kind, and what of two plans has to be the same."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from pipeline.exporting.wishes import Thing, total
from pipeline.types import FramePlan


def few(n: int) -> settings:
    """Return settings for trips of films: each takes a tenth of a second, so what fails is not made smaller."""
    known = [Phase.explicit, Phase.reuse, Phase.generate]
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=n, deadline=None, phases=known, suppress_health_check=quiet)


SMALL = st.floats(-0.8, 0.8).map(lambda value: round(value, 3))


@st.composite
def numbers(draw: st.DrawFn, about: float, size: float) -> str:
    """Write a value near `about` in one of the forms of the language."""
    first, second = (about + size * draw(SMALL) for _ in range(2))
    forms = [
        f"{first:.4f}",
        f"{{0: {first:.4f}, 5: {second:.4f}}}",
        f"{{1: {first:.4f}, 7: {second:.4f} ease-in-out}}",
        f"'0: ({first:.4f}), 6: ({about} + {size}*sin(t)/3)'",
        f"{about} + {size / 2}*cos(t/3)",
    ]
    return draw(st.sampled_from(forms))


RANGES = {"zoom": (1.0, 0.1), "center_x": (0.5, 0.3), "fov": (60.0, 20.0), "aspect": (1.2, 0.5)}


@st.composite
def cameras(draw: st.DrawFn, names: tuple[str, ...], words: str = "border: wrap") -> str:
    """Write a camera with some of these values."""
    said = [words]
    for name in names:
        if draw(st.booleans()):
            said.append(f"{name}: {draw(numbers(*RANGES.get(name, (0.0, 5.0))))}")
    return "{" + ", ".join(said) + "}"


TEXTS = ["a fox", "snow, at 12:30", "(a) [b] {{c}}", "route 66", "blue: sky", "back\\\\slash"]


@st.composite
def prompts(draw: st.DrawFn) -> str:
    """Write prompts that fade or hold, with weights of any sign that do not cancel."""
    keys = []
    for frame in sorted(draw(st.sets(st.integers(1, 9), max_size=2)) | {0}):
        items = []
        for index in draw(st.lists(st.integers(0, len(TEXTS) - 1), min_size=1, max_size=3, unique=True)):
            weight = 3 if not items else draw(st.sampled_from([1, 0.25, -0.5]))
            items.append(f'{{text: "{TEXTS[index]}", weight: {weight}}}')
        keys.append(f"{frame}: {{prompts: [{', '.join(items)}], fade: {draw(st.sampled_from(['hold', 'linear']))}}}")
    return "{" + ", ".join(keys) + "}"


PROMPTS = prompts()


def normal(plan: FramePlan) -> dict[str, float]:
    """Return a frame's prompts with weights that can be compared."""
    row: dict[Thing, float] = {}
    for one in plan.prompts:
        thing = Thing(one.text, one.image, one.weight > 0)
        row[thing] = row.get(thing, 0.0) + one.weight
    return {f"{thing.text}/{thing.is_wanted}": weight / total(row) for thing, weight in row.items()}


def same_move(was: FramePlan, now: FramePlan, left_out: tuple[str, ...] = ()) -> None:
    """Compare two camera moves, number by number."""
    assert type(was.camera) is type(now.camera)
    for one in fields(was.camera):
        if one.name not in left_out:
            assert getattr(now.camera, one.name) == pytest.approx(getattr(was.camera, one.name), abs=1e-8), one.name
