"""Damaged keyframe files: a film or complaints with places, never another exception, never slow.

`FUZZ_FILES` sets how many files are tried in place of the counts in the test, `FUZZ_SEED` which ones.
"""

from __future__ import annotations

import functools
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import load, preset

pytestmark = pytest.mark.goal("R8")

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("FUZZ_SEED", "1"))
LIMIT = 1.0  # seconds of processor time for one file
N_PARTS = 4  # so that all cores have something to do
ROOM_MB = 200  # of memory, for the program and all files
PRESET = ROOT / "tests" / "schedule" / "plain.yaml"
SEEDS = [
    "prompts: a tree\nframes: 4\ncamera: {zoom: 1.01, roll: 0.6*sin(2*pi*sec/4)}\n",
    "fps: 10\nbpm: 120\nduration: 4b\nprompts: {0: [x, 'y: 0.4'], 1b: {text: z, weight: 2}}\nprompt_fade: hold\n",
    "prompts:\n  0:\n    - x\n    - {text: y, weight: t/4}\n  0.2s: y\nframes: 5\nsize: 64x96\n",
    "prompts: a\nframes: 3\nlook: {cut_overview: '[12]*400+[4]*600', eta: 'where(p < 0.4, 1, 0)', steps: 9}\n",
    "prompts: a\nframes: 3\ncamera:\n  zoom: '0: (1.0), 2: (1.0+0.02*sin(t))'\n  roll: {0: 0, 2: 3 ease-in}\n",
    "prompts: a\nshots:\n- {name: x, frames: 2, seed: 3}\n- {frames: 2, camera: {zoom: 2}, look: {skip: 0.1}}\n",
    "bpm: 90\nduration: 4b\nlabels: {drop: 1s, kick: [1b, drop + 1b], tick: every 1b from 2f until 3b}\nprompts: a\n"
    "camera: {zoom: '1+decay(since(kick),0.5b)', roll: {0: 0, drop: 30deg ease-in-out-back, kick(2): 1}}\n"
    "silence: unused-label\n",
    "let: {slow: 0.3, sway: 'sin(t, 2s)*slow', dose: 'p*slow'}\nframes: 5\nprompts: [a, {text: b, weight: 1+sway}]\n"
    "camera: {roll: sway*3, translation_x: camera.roll/2}\nlook: {eta: 'clip(dose, 0, 1)', sat_scale: look.eta}\n",
    "frames: 4\nprompts: {0: '{floor(t/2)} birds {{x}}', 2: {prompts: ['{t:.2}', y], fade: spherical ease-in}}\n"
    "prompt_prefix: a film of\nprompt_suffix: ', dark {seed}'\nprompt_fade: cubic-bezier(.2 0 .4 1)\n",
    "frames: 9\nprompts: [{image: mood.png, weight: 0.5}, a]\nprompt_fade: spring(2)\ncamera:\n"
    "  zoom: {0: 1, 3: 2 spline, 6: 1 spline, 8: 1.5 steps(3)}\n  roll: noise(1, 2)+random(2, 3f)*section('v*')\n"
    "labels: {v1: 0, v2: 5}\n",
    "title: é\nseed: 7\nfilm: {crf: 20, enlarge: 2}\nprompts: >\n  folded\n  text\nframes: 2\n# comment\n",
]
SPICE_TEXT = (
    ": , - {} [] () & * ! | > % @ ` ' \" # ? << --- ... \\ \t \r \n \x00 \x85 \u2028 \ufeff \ufffe \U0001f600 é ٣ ｔ "
    "1e999 -1 0 nan inf 010 1:30 99999999999999999999 9**9**9 1/0 log(-1) t p beat bar sec max_f __import__ lambda "
    "null no ~ yes true 0x10 0: 4b 2.5s bar 17 hold ease-in [12]*1000 shots prompts camera &a *a !!str "
    "let labels silence prompt_prefix camera.zoom look.eta slow sway drop @drop kick kick(2) 'v*' since(drop) every "
    "from until {t} {{ }} {t:.2} {t:.} spline spring steps(0) cubic-bezier(1) ease-out-elastic spherical image: "
    "mood.png /dev/zero .. 30deg 2turns 250ms 3bars 1f noise(1) random(1) text: weight: fade: unused-name"
)
SPICE_WORDS = [
    *SPICE_TEXT.split(" "),
    "- " * 50,
    "[" * 100,
    "(" * 100,
    "a" * 1000,
    "  ",
    "\n- ",
    "\n  ",
    ": {",
    "}\n",
    "every 1f",
    "{t}" * 30,
    " " * 2000,
    "{" + " " * 2000 + "}",
    "'" + "*a" * 19 + "'",
]


@pytest.fixture(autouse=True)
def preset_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the preset's tree, which is not what is damaged here and takes half of the time."""
    monkeypatch.setattr(preset, "read_tree", functools.cache(preset.read_tree))


def damage(text: str, source: random.Random) -> str:
    """Return text with one to four pieces cut, doubled, moved, replaced or added."""
    for _ in range(source.randint(1, 4)):
        start = source.randint(0, len(text))
        end = min(len(text), start + source.choice([0, 0, 1, 1, 3, 12]))
        other = source.randint(0, len(text))
        piece = source.choice(["", source.choice(SPICE_WORDS), text[start:end] * 2, text[other : other + 8]])
        text = text[:start] + piece + text[end:]
    return text


def try_file(path: Path, content: bytes) -> bool:
    """Load a file and say whether it is a film; any exception but the one for complaints goes through."""
    path.write_bytes(content)
    text = content.decode("utf-8", errors="replace")
    try:
        film = load(path, config=PRESET)
    except KeyframeError as error:
        for complaint in error.complaints:
            assert complaint.mark.file == str(path)
            assert 1 <= complaint.mark.line <= len(text.splitlines()) + 2
            assert 1 <= complaint.mark.column <= len(text) + 2
            assert str(complaint).isprintable()
            assert complaint.what
            assert complaint.do
        return False
    assert film.n_frames >= 1
    film.shots[-1].plans[-1].canonical().encode()
    return True


def quickly(path: Path, content: bytes) -> bool:
    """Try a file; on a miss of the limit try again, since the machine is shared."""
    times = []
    for _ in range(3):
        start = time.process_time()
        found = try_file(path, content)
        times.append(time.process_time() - start)
        if times[-1] < LIMIT:
            break
    assert min(times) < LIMIT, times
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a film is written, beside the picture that some prompts name."""
    shutil.copy(ROOT / "keyframes" / "lighthouse.png", tmp_path / "mood.png")
    return tmp_path / "film.yaml"


@pytest.fixture
def n_files(n_trials: Callable[[int, int, int], int]) -> int:
    return int(os.environ.get("FUZZ_FILES") or n_trials(600, 20_000, 500_000))


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_the_seeds_are_films(number: int, path: Path) -> None:
    assert try_file(path, SEEDS[number].encode())


@pytest.mark.parametrize("part", range(N_PARTS))
def test_damaged_files_are_films_or_complaints(
    path: Path, n_files: int, tried: Callable[[int], None], part: int
) -> None:
    n_files //= N_PARTS
    tried(n_files)
    source = random.Random(SEED * N_PARTS + part)
    films = 0
    for number in range(n_files):
        content = damage(SEEDS[number % len(SEEDS)], source).encode("utf-8", errors="surrogatepass")
        if source.random() < 0.05:
            content = content[: source.randint(0, len(content))] + bytes([source.randint(0, 255)])
        try:
            films += quickly(path, content)
        except Exception as error:
            error.add_note(f"file {number}: {content!r}")
            raise
    assert 0.05 * n_files < films < 0.8 * n_files  # neither all broken nor hardly damaged


def test_damaged_examples_are_films_or_complaints(path: Path, n_files: int, tried: Callable[[int], None]) -> None:
    tried(max(8, n_files // 60))
    source = random.Random(SEED)
    examples = sorted(path for path in (ROOT / "keyframes").glob("*.yaml") if ".beats" not in path.suffixes)
    for number in range(max(8, n_files // 60)):
        content = damage(examples[number % len(examples)].read_text(encoding="utf-8"), source).encode()
        quickly(path, content)


MEASURE = r"""
import random, re, sys
from pathlib import Path
from tests.fuzz.test_keyframes import SEEDS, damage, try_file
source, path = random.Random(5), Path(sys.argv[1])
for number in range(int(sys.argv[2])):
    try_file(path, damage(SEEDS[number % len(SEEDS)], source).encode("utf-8", errors="surrogatepass"))
print(int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell the most a program held")
def test_damaged_files_take_little_memory(path: Path, n_files: int, tried: Callable[[int], None]) -> None:
    """In a process of its own, which has only read keyframe files."""
    count = max(100, n_files // 40)
    tried(count)
    command = [sys.executable, "-c", MEASURE, str(path), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < ROOM_MB
