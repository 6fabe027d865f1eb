"""Edit a film, die anywhere while it is rendered again, undo the edit: the frames of before are there again."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.store import FrameStore, State, frame_key, hold
from pipeline.types import CameraMove, Frame, FramePlan, Look, Size

pytestmark = pytest.mark.goal("R1", "R20")
SIZE = Size(height=6, width=9)
LOOK = Look("ddim", 10, 0.5, *((0.0,),) * 2, "unet", "none", *((0.0,),) * 9, 1)  # type: ignore[call-arg]
OLD = tuple(FramePlan("one", index, 7, SIZE, (), CameraMove() if index else None, LOOK) for index in range(3))
NEW = (OLD[0], *(replace(plan, seed=8) for plan in OLD[1:]))
DIED = 9


def render(out: Path, plans: tuple[FramePlan, ...]) -> int:
    """Render a shot, recalling what is kept; return how many frames were drawn."""
    store, last, drawn = FrameStore(out), None, 0
    with hold(out):
        for plan in plans:
            key = frame_key(last and last.key, plan, {})
            frame = store.recall("one", plan.frame, key)
            if frame is None:
                pixels = np.random.default_rng([plan.seed, plan.frame]).integers(0, 256, (6, 9, 3), dtype=np.uint8)
                frame, drawn = store.put(Frame(pixels, key), plan, {}), drawn + 1
            last = frame
    return drawn


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.png"))}


def test_undoing_an_edit_draws_nothing(tmp_path: Path) -> None:
    assert render(tmp_path, OLD) == 3
    old = files(tmp_path)
    assert render(tmp_path, NEW) == 2
    new = files(tmp_path)
    assert len(new) == 5 and sum(name.startswith("takes/one/0000") for name in new) == 2
    for plans, wanted in ((OLD, old), (NEW, new), (OLD, old)):
        assert render(tmp_path, plans) == 0
        found = files(tmp_path)
        assert len(found) == 5
        assert {name: found[name] for name in old} == {name: wanted[name] for name in old}


@pytest.mark.parametrize("how", ["before", "half", "after"])
def test_die_anywhere_while_an_edit_is_rendered(
    tmp_path: Path, disk: Callable, in_child: Callable, tried: Callable, how: str
) -> None:
    """Also while it is undone: no frame of either is ever lost once it was there."""

    def dying(at: int) -> Callable:
        def act(count: int, name: str, real: Callable, args: tuple, named: dict):
            if count < at:
                return real(*args, **named)
            if how == "after":
                real(*args, **named)
            if how == "half" and name == "write":
                real(args[0], args[1][: len(args[1]) // 2])
            os._exit(DIED)

        return act

    at, status = 0, DIED
    while status == DIED:
        at += 1
        out = tmp_path / str(at)
        render(out, OLD)
        old = files(out)
        status = in_child(lambda: (disk(dying(at)), render(out, NEW)))  # noqa: B023
        render(out, NEW)
        in_child(lambda: (disk(dying(at)), render(out, OLD)))  # noqa: B023
        assert render(out, OLD) == 0, f"operation {at}: a frame of before was lost"
        assert {name: files(out)[name] for name in old} == old
        assert render(out, NEW) == 0
        assert not list(out.rglob(".*.tmp"))
    assert at > 25
    tried(at)


def test_a_damaged_take_is_no_take(tmp_path: Path) -> None:
    render(tmp_path, OLD)
    render(tmp_path, NEW)
    for path in (tmp_path / "takes").rglob("*.png"):
        path.write_bytes(path.read_bytes()[:-1])
    keys = [frame_key(None, OLD[0], {})]
    for plan in OLD[1:]:
        keys.append(frame_key(keys[-1], plan, {}))
    assert FrameStore(tmp_path).glance("one", 1, keys[1])[0] is State.FOREIGN
    assert render(tmp_path, OLD) == 2


def test_a_frame_of_another_place_is_no_take(tmp_path: Path) -> None:
    render(tmp_path, OLD)
    place = tmp_path / "frames" / "one"
    (place / "00002.png").write_bytes((place / "00001.png").read_bytes())
    assert render(tmp_path, OLD) == 1
    assert not (tmp_path / "takes").exists()


def test_glance_tells_takes_from_what_is_missing(tmp_path: Path) -> None:
    render(tmp_path, OLD)
    key = FrameStore(tmp_path).read("one", 1).key
    render(tmp_path, NEW)
    store = FrameStore(tmp_path)
    state, record = store.glance("one", 1, key)
    assert state is State.TAKE and record is not None and record.key != key
    assert store.glance("one", 1, "0" * 64)[0] is State.FOREIGN
    assert store.glance("one", 9, key) == (State.MISSING, None)
    assert store.glance("one", 0, store.read("one", 0).key)[0] is State.VALID
