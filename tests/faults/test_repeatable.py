"""The same film from any process: other folders, languages, hash seeds and load; and a bug costs no frame."""

from __future__ import annotations

import gc
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import psutil
import pytest

import pipeline
from pipeline.render import render
from pipeline.types import Film
from tests.conftest import TINY
from tests.faults.renders import Zygote, digests
from tests.goals import LEVEL

PACKAGE = Path(pipeline.__file__).parent
STAGES = tuple(
    str(PACKAGE / name) for name in ("render", "store", "sample", "warp", "condition", "schedule", "assemble")
)
CIRCUMSTANCES = [
    {"PYTHONHASHSEED": "0"},
    {"PYTHONHASHSEED": "random", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "7", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Apia"},
    {"LANG": "de_DE.UTF-8", "OMP_NUM_THREADS": "2"},
    {"PYTHONOPTIMIZE": "1"},
    {"MALLOC_PERTURB_": "165"},
]


@pytest.fixture(scope="module")
def plain(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The digests of the tiny film from the process that serves the other tests."""
    place = tmp_path_factory.mktemp("plain")
    (place / "film.yaml").write_text(TINY)
    assert zygote.start("render", "film.yaml", "--out", "out", cwd=place).wait() == 0
    return digests(place / "out")


@pytest.mark.goal("R18")
@pytest.mark.parametrize("variables", CIRCUMSTANCES[: 2 if LEVEL == "quick" else None], ids=" ".join)
def test_the_same_bytes_in_any_circumstances(
    plain: dict[str, str], tmp_path: Path, variables: dict[str, str], n_trials: Callable, tried: Callable
) -> None:
    zygote = Zygote(**variables)
    try:
        (tmp_path / "film.yaml").write_text(TINY)
        outs = [tmp_path / f"{run}" / ("x" * run) for run in range(1, n_trials(1, 5, 5) + 1)]
        runs = [zygote.start("render", "film.yaml", "--out", out, cwd=tmp_path) for out in outs]  # all at once: load
        assert [run.wait() for run in runs] == [0] * len(runs)
    finally:
        zygote.close()
    for out in outs:
        assert digests(out) == plain
    tried(len(outs))


@pytest.mark.goal("R22")
def test_memory_and_open_files_stay_flat(
    film_of: Callable, tiny_engine, tiny_text: str, tmp_path: Path, n_trials: Callable, tried: Callable
) -> None:
    n_frames = n_trials(40, 200, 2_000)
    text = tiny_text.replace("frames: 6", f"frames: {n_frames}")
    film: Film = film_of(text.replace("steps: 4", "steps: 2"))
    process, seen = psutil.Process(), []

    def watch(now) -> None:
        if now.doing == "stored" and now.number % 10 == 9:
            gc.collect()
            seen.append((process.memory_info().rss, process.num_fds()))

    render(film, tmp_path / "out", watch=watch)
    first, last = seen[len(seen) // 4], seen[-1]  # the first frames fill what is kept once for all
    assert last[0] - first[0] < 20e6, seen
    assert {n for _, n in seen[1:]} == {last[1]}
    assert not list((tmp_path / "out").rglob("*.tmp"))
    tried(n_frames)


class InjectedError(Exception):
    """A mistake of ours, anywhere."""


@pytest.mark.goal("R23")
def test_a_bug_at_any_line_leaves_with_70_and_a_film_that_goes_on(
    command, tiny_engine, tiny_text: str, tmp_path: Path, monkeypatch, n_trials: Callable, tried: Callable
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "film.yaml").write_text(tiny_text.replace("frames: 6", "frames: 2").replace("steps: 4", "steps: 2"))
    count, at = 0, -1

    def trace(frame: FrameType, event: str, argument: object) -> Callable | None:
        nonlocal count
        if not frame.f_code.co_filename.startswith(STAGES):
            return None
        if event == "line":
            count += 1
            if count == at:
                raise InjectedError(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return trace

    def run(out: str, when: int) -> int:
        nonlocal count, at
        count, at = 0, when
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            return command("render", "film.yaml", "--out", out).code
        finally:
            sys.settrace(before)

    assert run("undisturbed", -1) == 0
    n_lines, chance = count, random.Random(3)
    assert n_lines > 2_000
    n_bugs = n_trials(4, 20, 100)
    for number in range(n_bugs):
        when = chance.randint(1, n_lines)
        assert run(f"out-{number}", when) == 70, when
        (report,) = tmp_path.glob("pipeline-bug-*.txt")
        assert "InjectedError" in report.read_text()
        report.unlink()
        assert not list((tmp_path / f"out-{number}").rglob("*.tmp"))
        assert command("render", "film.yaml", "--out", f"out-{number}").code == 0
        assert digests(tmp_path / f"out-{number}") == digests(tmp_path / "undisturbed")
    tried(n_bugs)
    assert os.listdir(tmp_path / "undisturbed")
