"""The real program with the embedded models, stopped in the middle by signals: it says so, and then goes on."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
N_FRAMES = 6
FILM = f"""\
# Six frames that the embedded models draw in a moment each.
preset: embedded
size: 64x64
frames: {N_FRAMES}
seed: 5
prompts: an oil painting of a castle at night
camera: {{zoom: 1.02, roll: 1}}
look: {{steps: 10, skip: 0.2, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1}}
"""


@pytest.fixture(scope="module")
def keyframes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "six.yaml"
    path.write_text(FILM)
    return path


@pytest.fixture(scope="module")
def undisturbed(keyframes: Path) -> dict[str, str]:
    """The digests of every file of a render that nothing disturbed."""
    out = keyframes.parent / "undisturbed"
    with rendering(keyframes, out) as process:
        said = process.communicate(timeout=240)
    assert process.returncode == 0, said
    found = digests(out)
    assert len(found) == N_FRAMES + 2
    return found


@contextmanager
def rendering(keyframes: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a render of one thread; whatever happens in the block, it is gone afterwards."""
    command = [sys.executable, "-m", "pipeline", "render", keyframes, "--out", out, "--set", "threads=1"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_frames(process: subprocess.Popen[str], out: Path, wanted: int) -> None:
    """Wait until a frame is there under its name; what comes next is being drawn then."""
    end = time.monotonic() + 120
    path = out / "frames" / "six" / f"{wanted - 1:05d}.png"
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "no frame in two minutes"
        time.sleep(0.005)


def digests(out: Path) -> dict[str, str]:
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(out)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_render_keeps_its_frames_and_leaves_nothing_behind(
    keyframes: Path, undisturbed: dict[str, str], tmp_path: Path, number: int, code: int
) -> None:
    out = tmp_path / "out"
    with rendering(keyframes, out) as process:
        wait_for_frames(process, out, 2)
        time.sleep(0.05)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        begin = time.monotonic()
        said, complained = process.communicate(timeout=30)
        took = time.monotonic() - begin
    assert (process.returncode, said) == (code, "")
    assert took < 10
    found = digests(out)
    frames = {name: digest for name, digest in found.items() if name.startswith("frames/")}
    assert 2 <= len(frames) < N_FRAMES, "the signal came too late to be a test"
    assert set(found) - set(frames) == {"film.json"}  # no temporary file, no film
    assert found.items() <= undisturbed.items()
    *_, kept, told = complained.splitlines()
    assert kept == f"{len(frames)} of {N_FRAMES} frames kept"
    assert re.fullmatch(r"stopped; .*, run the same command to go on", told)
    assert "Traceback" not in complained
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family)


def test_killed_three_times_and_run_again_is_the_same_film(
    keyframes: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    """At the last time only the final run is left to sweep and to end; where it is killed changes with the clock."""
    out, chance = tmp_path / "out", random.Random()
    delays = []
    for wanted in (1, 3, 5):
        with rendering(keyframes, out) as process:
            wait_for_frames(process, out, wanted)
            delays.append(chance.uniform(0, 0.15))
            time.sleep(delays[-1])
            process.kill()
            process.communicate()
        assert process.returncode == -signal.SIGKILL, delays
        finals = {name: digest for name, digest in digests(out).items() if not name.endswith(".tmp")}
        assert finals.items() <= undisturbed.items(), delays
    with rendering(keyframes, out) as process:
        said, complained = process.communicate(timeout=240)
    assert process.returncode == 0, complained
    assert re.search(rf"{N_FRAMES} frames, [01] drawn", said), said  # five frames at least were kept
    assert digests(out) == undisturbed, delays
