"""Odd names, folders that cannot be written, clocks that jump: the same film, or a fault that names the place."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.render import render
from pipeline.store import refuse_unwritable
from pipeline.types import Film
from tests.faults.renders import digests
from tests.goals import LEVEL

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    unicodedata.normalize("NFC", "caf\u00e9"),
    unicodedata.normalize("NFD", "caf\u00e9"),
    "\u71c8\u53f0",
    "\U0001f5fc lighthouse",
    "\u05de\u05d2\u05d3\u05dc\u05d5\u05e8",
    "two  blanks",
    "quote'and\"",
    "new\nline",
    "%05d",
    "-y",
    "x" * 255,
    "dot.",
    "deep/er/and/deeper",
    "star*?[a]",
]


@pytest.mark.goal("R15")
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name(command, tiny_engine, tiny_text: str, tmp_path: Path, monkeypatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.yaml").write_text(tiny_text.replace("frames: 6", "frames: 3"))
    out = tmp_path / name
    options = ["render", "film.yaml", f"--out={out}" if name != "-y" else "--out=./-y"]
    assert command(*options, "--frames", ":1").code == 0
    answer = command(*options)
    assert answer.code == 0, answer.err
    assert "2 drawn" in answer.out and "1 kept" in answer.out
    film = (out / "film.mp4").read_bytes()
    assert command("assemble", out).code == 0
    assert (out / "film.mp4").read_bytes() == film


@pytest.mark.goal("R15")
@pytest.mark.parametrize("name", ["-y", "%05d", "caf\u00e9", "a b", "\u71c8\u53f0"])
def test_a_keyframe_file_of_any_name(command, tiny_engine, tiny_text: str, tmp_path: Path, monkeypatch, name) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{name}.yaml").write_text(tiny_text.replace("frames: 6", "frames: 1"))
    answer = command("render", f"./{name}.yaml")
    assert answer.code == 0, answer.err
    (film,) = (tmp_path / "outputs").glob("*/*.mp4")
    assert film.parent.parent == tmp_path / "outputs"


@pytest.mark.goal("R15")
def test_a_link_out_of_the_film_s_folder_is_refused(tiny_film: Film, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "elsewhere").mkdir()
    out.mkdir()
    (out / "frames").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="symbolic link"):
        render(tiny_film, out)
    assert list((tmp_path / "elsewhere").iterdir()) == []


RUN = """
import sys, time
begin = time.process_time()
from pipeline.cli import main
sys.argv = ["pipeline", "render", {film!r}, "--out", {out!r}]
try:
    main()
except SystemExit as leaving:
    print(leaving.code, time.process_time() - begin, "torch" in sys.modules)
"""


def refused(film: Path, out: Path, **options) -> str:
    """Try to render in a process of its own; see that it was refused early, and return what was said."""
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(film=str(film), out=str(out))],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **{"capture_output": True, "text": True, "check": True, **options},
    )
    code, seconds, has_torch = done.stdout.split()
    assert code == "4", done.stderr
    assert float(seconds) < (10 if LEVEL == "quick" else 2)  # the promise is measured where nothing else runs
    assert has_torch == "False"
    return done.stderr


@pytest.fixture
def film_file(tmp_path: Path) -> Path:
    path = tmp_path / "film.yaml"
    shutil.copy(ROOT / "keyframes" / "lighthouse.yaml", path)
    return path


@pytest.mark.goal("R16")
@pytest.mark.parametrize("below", ["", "new/folder"])
def test_a_disk_that_is_read_only(film_file: Path, tmp_path: Path, below: str) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", place], capture_output=True).returncode != 0:
        pytest.skip("mounting a disk needs more rights than this test has")
    try:
        said = refused(film_file, place / below)
    finally:
        subprocess.run(["umount", place], check=True)
    assert re.search(r"disk.*: cannot be written \(read-only file system\); choose a folder on a writable disk", said)


@pytest.mark.goal("R16")
@pytest.mark.parametrize("below", ["", "new/folder"])
def test_a_file_in_its_place(film_file: Path, tmp_path: Path, below: str) -> None:
    (tmp_path / "disk").touch()
    assert "something else stands in its place (not a directory)" in refused(film_file, tmp_path / "disk" / below)


@pytest.mark.goal("R16")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_of_somebody_else(tmp_path: Path, in_child: Callable[[Callable], int]) -> None:
    (tmp_path / "theirs").mkdir(mode=0o755)

    def work() -> None:
        os.chdir(tmp_path)
        os.setuid(65534)
        for place in ("theirs", "theirs/new/folder"):
            with pytest.raises(StoreError, match=r"theirs.*: cannot be written \(permission denied\)"):
                refuse_unwritable(Path(place))

    assert in_child(work) == 0


@pytest.mark.goal("R16")
def test_asking_makes_nothing(tmp_path: Path) -> None:
    refuse_unwritable(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.goal("R17")
def test_clocks_and_times_of_files_decide_nothing(
    tiny_film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_trials: Callable, tried: Callable
) -> None:
    render(tiny_film, tmp_path / "undisturbed")
    real, chance = time.time, random.Random(1)
    monkeypatch.setattr(time, "time", lambda: real() + chance.uniform(-1, 1) * 10 * 365 * 86400)
    out = tmp_path / "out"
    n_runs = n_trials(4, 20, 20)
    for number in range(n_runs):
        render(tiny_film, out)
        frames = sorted((out / "frames" / "tiny").iterdir())
        for path in out.rglob("*"):
            moment = chance.choice([0, 4_070_908_800])
            os.utime(path, (moment, moment))
        frames[number % len(frames)].unlink()
    render(tiny_film, out)
    assert digests(out) == digests(tmp_path / "undisturbed")
    tried(n_runs)
