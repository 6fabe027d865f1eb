"""The whole program, killed or asked to stop at any moment: nothing torn, nothing left running, and the same film."""

from __future__ import annotations

import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import TINY
from tests.faults.renders import Render, Zygote, digests, lives
from tests.goals import LEVEL

N_FRAMES = 4
EMBEDDED = f"""\
preset: embedded
size: 64x64
frames: {N_FRAMES}
seed: 5
prompts: an oil painting of a castle at night
camera: {{zoom: 1.02, roll: 1}}
look: {{steps: 4, skip: 0.2, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1}}
"""
STOPS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
SOON_S = 10 if LEVEL == "quick" else 2  # the promise is measured where nothing else runs
PHASES = ("schedule", "load", "sample", "commit", "assemble")


def tiny() -> str:
    return TINY.replace("frames: 6", f"frames: {N_FRAMES}").replace("steps: 4", "steps: 2")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a keyframe file of four frames."""
    (tmp_path / "film.yaml").write_text(tiny())
    return tmp_path


def rendering(zygote: Zygote, place: Path, out: str, **options) -> Render:
    return zygote.start("render", "film.yaml", "--out", out, "--set", "threads=1", cwd=place, **options)


def undisturbed(zygote: Zygote, place: Path, **options) -> tuple[dict[str, str], float]:
    """Return the digests of a render that nothing disturbed, and how many seconds it took."""
    begin = time.monotonic()
    render = rendering(zygote, place, "undisturbed", **options)
    assert render.wait() == 0, render.err.read_text()
    found = digests(place / "undisturbed")
    assert len(found) >= N_FRAMES + 2
    return found, time.monotonic() - begin


@pytest.fixture(scope="module")
def whole(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], float]:
    """What `undisturbed` says of the tiny film, which is the same for every test."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "film.yaml").write_text(tiny())
    return undisturbed(zygote, folder)


def finals(out: Path) -> dict[str, str]:
    return {name: digest for name, digest in digests(out).items() if not name.endswith(".tmp")}


@pytest.mark.goal("R2")
@pytest.mark.parametrize("part", range(1 if LEVEL == "quick" else 4))
def test_killed_at_random_times_it_comes_to_the_same_film(
    zygote: Zygote, place: Path, whole: tuple, n_trials: Callable, tried: Callable, part: int
) -> None:
    """Up to three kills of the whole tree in each trial; when it is killed changes with the clock.

    The trials are parted, so that several workers share them.
    """
    wanted, seconds = whole
    chance, n_kills = random.Random(), 0
    for trial in range(n_trials(2, 15, 250)):
        out = place / f"trial-{trial}"
        delays = [chance.uniform(0, seconds) for _ in range(chance.randint(1, 3))]
        for delay in delays:
            render = rendering(zygote, place, out.name)
            if render.ended(within=delay) is not None:
                break
            render.kill_tree()
            code = render.wait()
            assert code in (0, -signal.SIGKILL)  # it may have ended just before
            n_kills += code != 0
            assert finals(out).items() <= wanted.items(), delays
        render = rendering(zygote, place, out.name)
        assert render.wait() == 0, render.err.read_text()
        assert digests(out) == wanted, delays
    tried(n_kills)
    assert n_kills > 0


@pytest.mark.goal("R12")
@pytest.mark.parametrize("phase", PHASES)
def test_asked_to_stop_in_any_phase(
    zygote: Zygote, place: Path, whole: tuple, n_trials: Callable, tried: Callable, phase: str
) -> None:
    """It stops at once, with nothing torn and nobody left running, says how to go on, and then goes on."""
    wanted, _ = whole
    chance, n_stops = random.Random(), 0
    for trial in range(n_trials(2, 40, 400)):
        out, number = place / f"trial-{trial}", chance.choice([*STOPS])
        render = rendering(zygote, place, out.name, announce=True)
        assert render.reaches(phase, chance.randint(1, N_FRAMES if phase in ("sample", "commit") else 1))
        time.sleep(chance.uniform(0, 0.03))
        family = render.family()
        begin = time.monotonic()
        render.zygote.ask(do="signal", pid=render.pid, number=int(number))
        code = render.wait(30)
        took, said = time.monotonic() - begin, render.err.read_text()
        if code in (0, -number):  # it was done already, or about to leave
            assert (out / "film.mp4").exists()
        else:
            n_stops += 1
            assert code == STOPS[number], said
            assert said.splitlines()[-1].endswith("run the same command to go on"), said
        assert took < SOON_S, said
        assert "Traceback" not in said
        while any(lives(process) for process in family):  # one that was only just begun ends by itself
            assert time.monotonic() - begin < SOON_S
            time.sleep(0.005)
        assert digests(out).items() <= wanted.items(), "a temporary file, or one that is torn"
        if trial % 10 == 0:
            assert rendering(zygote, place, out.name).wait() == 0
            assert digests(out) == wanted
    tried(n_stops)
    assert n_stops > 0


@pytest.mark.goal("R12")
def test_a_second_signal_ends_it_at_once(zygote: Zygote, place: Path, whole: tuple) -> None:
    """And a third, to the same effect; the next run sweeps what it left."""
    render = rendering(zygote, place, "out", announce=True)
    assert render.reaches("sample", 2)
    for _ in range(3):
        render.zygote.ask(do="signal", pid=render.pid, number=int(signal.SIGINT))
    assert render.wait(5) in (130, -signal.SIGINT)
    assert rendering(zygote, place, "out").wait() == 0
    assert digests(place / "out") == whole[0]


@pytest.mark.goal("R12")
def test_paused_and_let_go_on_it_is_the_same_film(zygote: Zygote, place: Path, whole: tuple) -> None:
    wanted, _ = whole
    render = rendering(zygote, place, "out", announce=True)
    assert render.reaches("sample", 2)
    zygote.ask(do="signal", pid=render.pid, number=int(signal.SIGSTOP))
    time.sleep(0.05)
    before = digests(place / "out")
    assert render.ended(within=0.3) is None
    assert digests(place / "out") == before
    zygote.ask(do="signal", pid=render.pid, number=int(signal.SIGCONT))
    assert render.wait() == 0
    assert digests(place / "out") == wanted


@pytest.mark.goal("R2", "R12")
def test_with_the_embedded_models_too(zygote: Zygote, tmp_path: Path) -> None:
    """Stopped while it draws, killed while it draws, and then the same film."""
    (tmp_path / "film.yaml").write_text(EMBEDDED)
    wanted, _ = undisturbed(zygote, tmp_path, engine="embedded")
    render = rendering(zygote, tmp_path, "out", engine="embedded", announce=True)
    assert render.reaches("sample", 2)
    render.zygote.ask(do="signal", pid=render.pid, number=int(signal.SIGTERM))
    assert render.wait() == 143
    kept, told = render.err.read_text().splitlines()[-2:]
    assert re.fullmatch(rf"[12] of {N_FRAMES} frames kept", kept)
    assert re.fullmatch(r"stopped; .*, run the same command to go on", told)
    render = rendering(zygote, tmp_path, "out", engine="embedded", announce=True)
    assert render.reaches("sample", 2)
    render.kill_tree()
    assert render.wait() == -signal.SIGKILL
    render = rendering(zygote, tmp_path, "out", engine="embedded")
    assert render.wait() == 0
    assert digests(tmp_path / "out") == wanted
