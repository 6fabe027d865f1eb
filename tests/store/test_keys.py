"""A frame's identity changes with everything that determines the frame, and with nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from pipeline.store.keys import frame_key
from pipeline.types import Blend, CameraMove, FramePlan, WeightedPrompt

FACTS = {"torch": "2.13.0", "threads": "1", "unet": "9f" * 32}


def changed(value: Any) -> Iterator[Any]:
    """Yield values that differ from `value` in one leaf each."""
    if is_dataclass(value):
        for field in fields(value):
            for other in changed(getattr(value, field.name)):
                yield replace(value, **{field.name: other})
    elif isinstance(value, tuple):
        yield value + (value[:1] or ("more",))
        for index, item in enumerate(value):
            for other in changed(item):
                yield (*value[:index], other, *value[index + 1 :])
    elif isinstance(value, str):
        yield value + "x"
    elif isinstance(value, int):
        yield value + 1
    elif value is None:
        yield Blend("snow", "", 0.25)
    else:
        yield value + 0.125


def test_every_field_changes_the_key(plan: FramePlan) -> None:
    blended = replace(plan, prompts=(replace(plan.prompts[0], blend=Blend("hail", "", 0.5)), *plan.prompts[1:]))
    plans = [plan, replace(plan, camera=None), replace(plan, prompts=plan.prompts[::-1]), *changed(plan)]
    plans += changed(blended)
    n_leaves = 3 + 2 + len(fields(WeightedPrompt)) * len(plan.prompts)
    n_leaves += len(fields(CameraMove)) + len(fields(plan.look))
    assert len(plans) > n_leaves  # or `changed` has missed some
    assert len({frame_key("ab", each, FACTS) for each in plans}) == len(set(plans)) == len(plans)


def test_every_fact_and_the_previous_frame_change_the_key(plan: FramePlan) -> None:
    facts = [FACTS, {}, {**FACTS, "more": ""}, *({**FACTS, name: text + "x"} for name, text in FACTS.items())]
    facts += [
        {other if each == name else each: text for each, text in FACTS.items()} for name, other in [("torch", "t")]
    ]
    keys = {frame_key(previous, plan, each) for previous in (None, "", "None", "ab", "abc") for each in facts}
    assert len(keys) == 5 * len(facts)


def test_order_of_facts_does_not_matter(plan: FramePlan) -> None:
    assert frame_key("ab", plan, FACTS) == frame_key("ab", plan, dict(reversed(FACTS.items())))


def test_borders_between_fields_cannot_be_moved(plan: FramePlan) -> None:
    assert frame_key("ab", plan, {"a": 'b","c":"d'}) != frame_key("ab", plan, {"a": "b", "c": "d"})


def test_the_key_is_pinned() -> None:
    """A changed key makes every frame ever stored foreign: raise VERSION and this literal together, on purpose."""

    class Plan:
        def canonical(self) -> str:
            return '{"frame":12,"text":"höhle"}'

    assert frame_key("ab", Plan(), {"z": "1", "a": "ü"}) == (  # type: ignore[arg-type]
        "6d4598c2dd1e70d2f5cc59fbe5a7b7a99fd0b7252b29731080a8cd91ccbb8710"
    )


def test_frames_that_are_looked_at_are_part_of_the_key(plan: FramePlan) -> None:
    seen = [{}, {0: "a"}, {0: "b"}, {1: "a"}, {11: "a"}, {0: "a", 1: "a"}, {0: "a", 1: "b"}]
    assert len({frame_key("ab", plan, FACTS, seen=one, after=after) for one in seen for after in (None, "a")}) == 14


@pytest.mark.parametrize("facts", [{"threads": 1}, {"x": None}, {1: "x"}])
def test_facts_are_text(plan: FramePlan, facts: dict[Any, Any]) -> None:
    with pytest.raises(TypeError, match="must be text"):
        frame_key(None, plan, facts)
