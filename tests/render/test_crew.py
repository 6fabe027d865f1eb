"""Real processes that draw: the same film, nothing left behind, and an end that is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PRESET

TEXT = f"""\
preset: {PRESET}
size: 64x64
fps: 4
seed: 3
silence: size-far
look: {{steps: 3, skip: 0.4, cut_overview: 1, cut_innercut: 1}}
film: {{crf: 20, enlarge: 1, upscale: off}}
prompts: a castle at night
shots:
- {{name: a, frames: 2}}
- {{name: b, frames: 2}}
"""


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("film.yaml").write_text(TEXT, encoding="utf-8")


def started(*options: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "pipeline", "render", "film.yaml", "--set", "threads=1", *map(str, options)]
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root})


def drawing(process: subprocess.Popen[str], wanted: int = 2) -> list[int]:
    """Return the processes that draw for another, once there are so many and one has drawn something."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = [int(pid) for pid in children.read_text().split() if is_drawing(int(pid))]
        if len(found) == wanted and any(Path("outputs").glob("film/frames/*/*.png")):
            return found
        time.sleep(0.02)
    raise AssertionError("nothing was drawn in two minutes")


def is_drawing(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def is_gone(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not is_drawing(pid):
            return True
        time.sleep(0.05)
    return False


def frames(folder: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(Path(folder).glob("frames/*/*.png"))]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes as Linux lists them")
@pytest.mark.timeout(600)
def test_processes_draw_the_film_and_leave_with_whoever_asked_them() -> None:
    alone = started("--out", "alone")
    _, told = alone.communicate(timeout=300)
    assert alone.returncode == 0, told

    killed = started("--parallel", 2)
    hands = drawing(killed)
    os.kill(hands[0], signal.SIGKILL)
    _, told = killed.communicate(timeout=120)
    assert killed.returncode in (0, 5)  # it may have drawn its last frame just before
    if killed.returncode:
        assert "the process that drew it ended by SIGKILL; memory may have run out: lower --parallel" in told
    assert all(map(is_gone, hands))

    stopped = started("--parallel", 2, "--redraw")
    hands = drawing(stopped)
    stopped.send_signal(signal.SIGINT)
    stopped.communicate(timeout=120)
    assert stopped.returncode == 130
    assert all(map(is_gone, hands))

    lost = started("--parallel", 2)
    _, told = lost.communicate(timeout=300)
    assert lost.returncode == 0, told
    assert frames("outputs/film") == frames("alone")
