"""Shots whose frames share calls of the network: the film that is drawn in turn, to the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.errors import SampleError
from pipeline.render import Progress, render
from pipeline.render.abreast import render_abreast
from pipeline.sample.steps import Steps
from pipeline.sample.together import Together
from tests.conftest import PRESET

TEXT = f"""\
preset: {PRESET}
size: 32x32
fps: 4
seed: 3
silence: size-far
look: {{steps: 3, skip: 0.4, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1, upscale: off}}
prompts: a red fox
shots:
- {{name: a, frames: 3}}
- {{name: b, frames: 1}}
- {{name: c, frames: 4, look: {{cadence: 2}}}}
- {{name: d, frames: 2, look: {{steps: 5}}}}
"""


class Counting:
    """Counts the calls of a network."""

    def __init__(self, network) -> None:
        self.calls = 0
        network.register_forward_pre_hook(self.note)

    def note(self, *_) -> None:
        self.calls += 1


@pytest.fixture
def by_three(tiny_engine) -> Counting:
    """Have the tiny network draw three pictures in a call."""
    denoiser = tiny_engine.easel.denoiser
    tiny_engine.easel = replace(tiny_engine.easel, denoiser=Together(denoiser, 3))
    return Counting(denoiser.network)


def frames(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("frames/*/*.png"))}


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_film_is_that_which_is_drawn_in_turn(film_of: Callable, by_three: Counting, tmp_path: Path, size) -> None:
    film, told = film_of(TEXT, overrides=["batch=3"]), []
    path = render(film, tmp_path / "turn")
    alone, by_three.calls = by_three.calls, 0
    (found,) = render_abreast([film], [tmp_path / "once"], parallel=size, watches=[told.append])
    assert frames(tmp_path / "once") == frames(tmp_path / "turn")
    assert path is not None and found is not None and found.read_bytes() == path.read_bytes()
    assert sorted(now.number for now in told if now.doing == "stored") == list(range(10))
    assert [now.doing for now in told][-1] == "assembling"
    assert by_three.calls == alone if size == 1 else by_three.calls < 0.8 * alone


def test_the_models_are_loaded_once(film_of: Callable, by_three: Counting, tiny_engine, tmp_path: Path) -> None:
    film = film_of(TEXT, overrides=["batch=3"])
    watches = [lambda _: None] * 2
    render_abreast([film, film], [tmp_path / "one", tmp_path / "two"], parallel=3, watches=watches)
    assert len(tiny_engine.asked) == 1
    assert frames(tmp_path / "one") == frames(tmp_path / "two")


def test_a_fault_keeps_what_was_drawn_and_the_film_goes_on(
    film_of: Callable, by_three: Counting, tiny_engine, tmp_path: Path
) -> None:
    film = film_of(TEXT, overrides=["batch=3"])
    render(film, tmp_path / "whole")
    whole, calls = tiny_engine.easel, []

    class Failing:
        size, name, embed_text = 8, "", whole.perceptors[0].embed_text

        def __call__(self, images):
            calls.append(1)
            return whole.perceptors[0](images) * (float("nan") if len(calls) == 20 else 1)

    tiny_engine.easel = replace(whole, perceptors=(Failing(),))
    options = {"parallel": 3, "watches": [lambda _: None]}
    with pytest.raises(SampleError, match=r"^frame \d{4} step \d: the guidance gradient is not finite"):
        render_abreast([film], [tmp_path / "out"], **options)
    kept = frames(tmp_path / "out")
    assert kept and kept.items() < frames(tmp_path / "whole").items()
    tiny_engine.easel = whole
    render_abreast([film], [tmp_path / "out"], **options)
    assert frames(tmp_path / "out") == frames(tmp_path / "whole")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_whoever_watches_may_stop_it_all(film_of: Callable, by_three: Counting, tmp_path: Path, stop) -> None:
    film, told = film_of(TEXT, overrides=["batch=3"]), []

    def watch(now: Progress) -> None:
        told.append(now)
        if len([one for one in told if one.doing == "stored"]) == 2:
            raise stop

    with pytest.raises(stop):
        render_abreast([film], [tmp_path / "out"], parallel=3, watches=[watch])
    assert len(frames(tmp_path / "out")) == 2
    render_abreast([film], [tmp_path / "out"], parallel=2, watches=[lambda _: None])
    render(film, tmp_path / "whole")
    assert frames(tmp_path / "out") == frames(tmp_path / "whole")


def test_what_half_precision_cannot_draw_is_drawn_again_beside_the_rest(
    film_of: Callable, by_three: Counting, tiny_engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one frame goes on with a network of its own, while the others stay with theirs."""
    film = film_of(TEXT, overrides=["batch=3", "precision=bfloat16"])
    facts = {"engine": "tiny", "dtype": "bfloat16"}
    monkeypatch.setattr(import_module("pipeline.render"), "engine_facts", lambda engine: facts)
    usual = tiny_engine.set_up
    bad = Steps.plan("cosine", 5)[1].timestep  # of the shot d alone

    class Narrow(Together):
        def call(self, shape, told, *, keeps):
            call = super().call(shape, told, keeps=keeps)
            return Spoilt(call) if not isinstance(call, Spoilt) else call

    class Spoilt:
        comes_first = False

        def __init__(self, call) -> None:
            self.call, self.most = call, call.most

        def __eq__(self, other) -> bool:
            return self.call is other.call

        def __hash__(self) -> int:
            return hash(self.call)

        def answers(self, asked):
            rows = self.call.answers(asked)
            for row, (_, told) in zip(rows, asked, strict=True):
                if float(told["time"]) == bad:
                    row.answer.fill_(float("nan"))
            return rows

    def set_up(engine, **options):
        easel = usual(engine, **options)
        single = engine.precision == "float32"
        return easel if single else replace(easel, denoiser=Narrow(easel.denoiser.model, 3))

    monkeypatch.setattr("pipeline.sample.easel.set_up", set_up)
    render(film, tmp_path / "turn")
    told: list[Progress] = []
    render_abreast([film], [tmp_path / "once"], parallel=3, watches=[told.append])
    assert {now.number for now in told if now.doing == "again"} == {8}
    assert frames(tmp_path / "once") == frames(tmp_path / "turn")


# --- the command ------------------------------------------------------------------------------------------------------


def test_takes_share_calls(command, by_three: Counting, film_of: Callable, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    film_of(TEXT)
    once = command("render", "tiny.yaml", "--takes", 2, "--parallel", "auto", "--set", "batch=3")
    assert once.code == 0, once.err
    assert "--parallel auto: 3 of 8 shots at once" in once.err
    shared, by_three.calls = by_three.calls, 0
    turn = command("render", "tiny.yaml", "--takes", 2, "--set", "batch=3", "--out", "turn", "--json")
    assert [take["drawn"] for take in json.loads(turn.out)["takes"]] == [10, 10]
    assert shared < 0.6 * by_three.calls
    for take in ("take-001", "take-002"):
        assert frames(Path("outputs/tiny") / take) == frames(Path("turn") / take)


def test_what_a_batch_costs_and_cannot_is_said(
    command, by_three: Counting, film_of: Callable, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    film_of(TEXT)
    too_many = command("render", "tiny.yaml", "--set", "batch=3", "--parallel", 4)
    assert too_many.code == 2
    assert "--parallel 4: one call of the network draws 3 pictures (batch: 3); give 1 to 3 or auto" in too_many.err
    alone = command("render", "tiny.yaml", "--set", "batch=3")
    assert alone.code == 0
    assert alone.err.count("batch: 3: each call of the network draws 3 pictures, and all but one are for nothing") == 1
    assert "for nothing" not in command("render", "tiny.yaml", "--parallel", 4).err


WHOLE = TEXT.replace("32x32", "64x64").replace("frames: 4", "frames: 2")


def started(*options: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "pipeline", "render", "film.yaml", "--set", "threads=1", "--set", "batch=2"]
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    return subprocess.Popen([*words, *map(str, options)], stderr=subprocess.PIPE, text=True, env=environment)


@pytest.mark.timeout(600)
def test_the_embedded_models_draw_it_stop_and_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("film.yaml").write_text(WHOLE, encoding="utf-8")
    alone = started("--out", "alone")
    _, told = alone.communicate(timeout=300)
    assert alone.returncode == 0, told

    stopped = started("--parallel", 2)
    end = time.monotonic() + 120
    while not any(Path("outputs").glob("film/frames/*/*.png")):
        assert time.monotonic() < end, "nothing was drawn in two minutes"
        time.sleep(0.02)
    stopped.send_signal(signal.SIGINT)
    begun = time.monotonic()
    assert stopped.stderr is not None
    assert any("stopped; frames that are done are kept" in line for line in stopped.stderr)
    assert time.monotonic() - begun < 10  # 2 s where nothing else wants the processor
    stopped.communicate(timeout=60)
    assert stopped.returncode == 130

    again = started("--parallel", "auto")
    _, told = again.communicate(timeout=300)
    assert again.returncode == 0, told
    assert frames(Path("outputs/film")) == frames(Path("alone"))
