"""Shots drawn at once: whoever draws them and in whatever order they come, the film is the one drawn in turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SampleError
from pipeline.render import Progress, painted, render, set_up_for
from pipeline.render import abreast as abreast_module
from pipeline.render.abreast import lanes, render_abreast
from pipeline.types import Film

TEXT = """\
size: 32x32
fps: 4
seed: 3
silence: size-far
look: {steps: 3, skip: 0.4, cut_overview: 1, cut_innercut: 1, cfg_scale: 0}
film: {crf: 20, enlarge: 1, upscale: off}
prompts: a red fox
shots:
- {name: a, frames: 3}
- {name: b, frames: 1}
- {name: c, frames: 4, look: {cadence: 2}}
"""


class Hand:
    """Draws in this process, when it is heard; `faults` are raised in place of frames of that number."""

    def __init__(self, film: Film, faults: dict[int, Exception]) -> None:
        self.tools = partial(set_up_for, film)
        self.faults = faults
        self.order = None
        self.told = False

    def give(self, order) -> None:
        self.order, self.told = order, False

    def hear(self):
        order = self.order
        assert order is not None
        if not self.told:
            self.told = True
            return Progress("drawing", order.now.number, order.now.n_frames, 1, 2)
        self.order = None
        if order.now.number in self.faults:
            raise self.faults[order.now.number]
        return painted(
            order.plan, order.ends, (self.tools, self.tools), order.facts, watch=lambda _: None, now=order.now
        )


class Crew:
    """Hears its hands in an order of its own."""

    def __init__(self, film: Film, size: int, choose: Callable[[int], int], faults: dict[int, Exception]) -> None:
        self.size, self.choose = size, choose
        self.hands = [Hand(film, faults) for _ in range(size)]
        self.most = 0

    def free(self):
        return next((hand for hand in self.hands if hand.order is None), None)

    def heard(self) -> Sequence[Hand]:
        busy = [hand for hand in self.hands if hand.order is not None]
        self.most = max(self.most, len(busy))
        return [busy[self.choose(len(busy))]]


@pytest.fixture
def with_crew(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Crew]]:
    """Have frames drawn in this process, and give the crews that drew."""

    def put(choose: Callable[[int], int] = lambda n: n - 1, faults: dict[int, Exception] | None = None) -> list[Crew]:
        crews: list[Crew] = []

        @contextmanager
        def hired(film: Film, size: int):
            crews.append(Crew(film, size, choose, faults or {}))
            yield crews[-1]

        monkeypatch.setattr(abreast_module, "hired", hired)
        return crews

    return put


def frames(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("frames/*/*.png"))}


def pixels(folder: Path) -> dict[str, bytes]:
    """Return the pictures alone: a frame's file also tells the options that made it."""
    return {name: cv2.imread(str(folder / name)).tobytes() for name in frames(folder)}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(turns=st.lists(st.integers(0, 5), min_size=1, max_size=30), size=st.integers(2, 4))
def test_any_order_makes_the_film_that_is_drawn_in_turn(
    turns: list[int], size: int, film_of, tiny_engine, with_crew, tmp_path_factory
) -> None:
    place, film, at = tmp_path_factory.mktemp("films"), film_of(TEXT), iter(turns * 100)
    (crew,) = (with_crew(lambda n: next(at) % n),)
    told: list[Progress] = []
    path = render(film, place / "turn")
    (found,) = render_abreast([film], [place / "once"], parallel=size, watches=[told.append])
    assert crew[0].most == min(size, 3)
    assert frames(place / "once") == frames(place / "turn")
    assert found is not None and path is not None
    assert found.read_bytes() == path.read_bytes()
    assert sorted(now.number for now in told if now.doing == "stored") == list(range(8))
    assert [now.doing for now in told][-1] == "assembling"


def test_what_is_there_is_not_drawn_again(film_of, tiny_engine, with_crew, tmp_path: Path) -> None:
    film, told = film_of(TEXT), []
    render(film, tmp_path / "out", frames=range(3))
    crews = with_crew()
    render_abreast([film], [tmp_path / "out"], parallel=3, watches=[told.append])
    assert [now.number for now in told if now.doing == "kept"] == [0, 1, 2]
    assert crews[0].most == 2
    again: list[Progress] = []
    render_abreast([film], [tmp_path / "out"], parallel=3, watches=[again.append])
    assert {now.doing for now in again} == {"kept", "assembling"}
    assert crews[1].most == 0


def test_a_part_of_the_film_is_no_film_yet(film_of, tiny_engine, with_crew, tmp_path: Path) -> None:
    film = film_of(TEXT)
    with_crew()
    wanted = range(2, 5)
    assert lanes([film], wanted) == 3
    assert lanes([film, film], None) == 6
    options = {"parallel": 2, "watches": [lambda _: None], "frames": wanted}
    assert render_abreast([film], [tmp_path / "out"], **options) == [None]
    assert len(frames(tmp_path / "out")) == 5


def test_a_fault_keeps_what_was_drawn_and_the_film_goes_on(film_of, tiny_engine, with_crew, tmp_path: Path) -> None:
    film = film_of(TEXT)
    whole = render(film, tmp_path / "whole")
    with_crew(lambda n: 0, {1: SampleError("frame 0001: out of memory")})
    with pytest.raises(SampleError, match="frame 0001"):
        render_abreast([film], [tmp_path / "out"], parallel=2, watches=[lambda _: None])
    kept = frames(tmp_path / "out")
    assert kept and all(frames(tmp_path / "whole")[name] == data for name, data in kept.items())
    with_crew()
    (found,) = render_abreast([film], [tmp_path / "out"], parallel=2, watches=[lambda _: None])
    assert whole is not None and found is not None and found.read_bytes() == whole.read_bytes()


def test_takes_are_drawn_at_once_each_into_its_folder(command, tiny_engine, film_of, with_crew, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    film_of(TEXT)
    crews = with_crew()
    answer = command("render", "tiny.yaml", "--takes", 2, "--parallel", 4, "--json")
    assert answer.code == 0
    assert [(take["drawn"], take["kept"]) for take in json.loads(answer.out)["takes"]] == [(8, 0), (8, 0)]
    assert crews[0].most == 4
    for number in (1, 2):
        command("render", "tiny.yaml", "--seed", 2 + number, "--out", "alone")
        assert pixels(Path("alone")) == pixels(Path(f"outputs/tiny/take-00{number}"))
    said = command("render", "tiny.yaml", "--takes", 2, "--parallel", 2)
    assert "16 frames, 0 drawn, 16 kept" in said.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--parallel", "0"], "--parallel 0: is no number of shots; give 1 to 64, or auto"),
        (["--parallel", "many"], "--parallel many: is no number"),
        (["--parallel", "65"], "--parallel 65: is no number"),
        (["--parallel", "2", "--live", "now.png"], "--parallel and --live or --partials"),
    ],
)
def test_what_cannot_be_is_refused(command, film_of, tmp_path, monkeypatch, options, message) -> None:
    monkeypatch.chdir(tmp_path)
    film_of(TEXT)
    answer = command("render", "tiny.yaml", *options)
    assert answer.code == 2 and message in answer.err


def test_one_shot_is_drawn_in_turn_and_that_is_said(command, tiny_engine, film_of, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    film_of()
    answer = command("render", "tiny.yaml", "--parallel", 3)
    assert answer.code == 0
    assert "--parallel 3: there is one shot" in answer.err


@pytest.mark.parametrize(
    ("free", "cores", "expected"), [(10_000, 8, 3), (2_500, 8, 2), (100, 8, 1), (10_000, 2, 2), (10_000, 1, 1)]
)
def test_auto_takes_what_there_is_room_for(film_of, monkeypatch, free, cores, expected) -> None:
    from types import SimpleNamespace

    from pipeline.cli import parallel

    film = film_of(TEXT, overrides=["threads=1"])
    monkeypatch.setattr(
        "pipeline.forecast.Calibration",
        lambda film, watch: SimpleNamespace(outlook=lambda _: SimpleNamespace(peak_bytes=1000)),
    )
    monkeypatch.setattr("pipeline.forecast.memory.free_bytes", lambda device: free)
    monkeypatch.setattr(parallel.os, "sched_getaffinity", lambda _: set(range(cores)))
    assert parallel.wanted_processes("auto", [film], frames=None, silent=True) == expected
