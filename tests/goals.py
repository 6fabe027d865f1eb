"""The goals of reliability, how often each is tried, and the table of what came of it.

A test says which goal it proves with `@pytest.mark.goal("R4")`, and gets from the fixture `n_trials` how often to try:
few times in the whole suite, more in `make faults` and `make fuzz`, many with `GOAL_COUNTS=nightly`. With
`GOAL_RESULTS=FILE` the table is written there; rows of goals that did not run now stay as they were.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEVELS = ("quick", "ci", "nightly")
LEVEL = os.environ.get("GOAL_COUNTS", "quick")
GOALS = {
    "R1": "die at any operation of the store, also while resuming: same bytes after it, never a torn file",
    "R2": "kill -9 of the whole process tree at random times, up to 3 times: same bytes",
    "R3": "power cut after any operation, unsynced data lost or torn: same bytes",
    "R4": "disk full or failing at any operation: exit 4, nothing half-written, same bytes once it is well",
    "R5": "damaged frames are found by `verify`, mended by `render`, nothing else is touched",
    "R6": "damaged or other weights are refused before any frame, with both digests",
    "R7": "hostile weights: no code of theirs runs",
    "R8": "malformed keyframe files: a film or complaints with places, under a second and 200 MB",
    "R9": "hostile expressions: finite values or one complaint with its column, under 50 ms",
    "R10": "a value that is not finite never reaches the disk: exit 5 names frame and step",
    "R11": "out of memory: exit 5 names what to lower, frames kept, nothing changed silently",
    "R12": "SIGINT, SIGTERM, SIGHUP in every phase: stops within 2 s, nothing left behind, resumes",
    "R13": "two renders, one folder: one writes, the other leaves at once; the lock dies with its owner",
    "R15": "odd names of files and folders",
    "R16": "a folder that cannot be written is refused before torch is imported",
    "R17": "no decision reads the wall clock or a file's times",
    "R18": "same bytes for any folder, locale, hash seed and load",
    "R19": "an engine that changed is told by name, and no frame of two engines is mixed silently",
    "R20": "an edit at frame k keeps the frames before it; an edit that says the same draws nothing",
    "R21": "a film exists only when complete: every frame once, in order, same bytes again",
    "R22": "soak: memory and open files stay flat over many frames",
    "R23": "bugs look like bugs: exit 70, a report, and the folder resumes",
}
HEADER = """\
| goal | what | trials | result | seconds | counts | commit | date |
| --- | --- | ---: | --- | ---: | --- | --- | --- |
"""


@dataclass
class Row:
    """What came of one goal's tests."""

    trials: int = 0
    seconds: float = 0.0
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    @property
    def result(self) -> str:
        """Say how many tests there were and how they ended."""
        if self.failed:
            return f"**{len(self.failed)} of {self.passed + len(self.failed)} tests failed**: {', '.join(self.failed)}"
        skipped = f", {len(self.skipped)} skipped ({self.skipped[0]})" if self.skipped else ""
        return f"{self.passed} tests passed{skipped}" if self.passed else f"not run{skipped}"


class Results:
    """Gathers reports while the tests run, and writes the table when they are done."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = defaultdict(Row)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test for each goal it proves."""
        found = dict(report.user_properties)
        for goal in found.get("goals", ()):
            row = self.rows[goal]
            row.seconds += report.duration
            if report.when == "call" and report.passed:
                row.passed += 1
                row.trials += found.get("trials", 1)
            elif report.skipped:
                row.skipped.append(str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else "skipped")
            elif report.failed:
                row.failed.append(f"`{report.nodeid.rsplit('::', 1)[-1]}`")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the table where `GOAL_RESULTS` says."""
        path = os.environ.get("GOAL_RESULTS")
        if path and not hasattr(session.config, "workerinput"):  # a worker's reports reach the one that started it
            write_results(Path(path), self.rows)


def write_results(path: Path, rows: dict[str, Row]) -> None:
    """Put the rows into the table at `path`, in the order of the goals."""
    old = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = {line.split("|")[1].strip(): line for line in old if line.startswith("| R")}
    commit, date = _commit(path), datetime.now(UTC).strftime("%Y-%m-%d")
    for goal, row in rows.items():
        cells = (goal, GOALS[goal], f"{row.trials:,}", row.result, f"{row.seconds:.0f}", LEVEL, commit, date)
        lines[goal] = "| " + " | ".join(cells) + " |"
    table = "".join(f"{lines[goal]}\n" for goal in GOALS if goal in lines)
    path.write_text(
        "# What the goals of reliability came to\n\n"
        "Written by `make faults fuzz`, not by hand. Trials count what was tried: crashes, kills, damages, files.\n"
        "No failure in N independent trials bounds the rate of failures at 3/N (95 %). More are tried with\n"
        "`GOAL_COUNTS=nightly`.\n\n"
        f"{HEADER}{table}\nThe last run was on {_machine()}.\n",
        encoding="utf-8",
    )


def _commit(path: Path) -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    changed = [line for line in git("status", "--porcelain").splitlines() if not line.endswith(path.name)]
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" and changes" if changed else "")


def _machine() -> str:
    names = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    chip = names[0] if names else platform.processor() or platform.machine()
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{os.cpu_count()} x {chip}, {system}, Python {platform.python_version()}, torch {version('torch')}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def pytest_configure(config: pytest.Config) -> None:
    """Begin to gather."""
    if LEVEL not in LEVELS:
        raise pytest.UsageError(f"GOAL_COUNTS={LEVEL}: is not one of {', '.join(LEVELS)}")
    config.pluginmanager.register(Results())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Write onto the test which goals it proves."""
    goals = [goal for mark in item.iter_markers("goal") for goal in mark.args]
    unknown = [goal for goal in goals if goal not in GOALS]
    if unknown:
        raise pytest.UsageError(f"{item.nodeid}: there is no goal {unknown[0]}")
    if goals:
        item.user_properties.append(("goals", goals))


@pytest.fixture
def n_trials(request: pytest.FixtureRequest) -> Callable[[int, int, int], int]:
    """Return a function that chooses among counts for the whole suite, for CI and for the night."""

    def choose(quick: int, ci: int, nightly: int) -> int:
        return dict(zip(LEVELS, (quick, ci, nightly), strict=True))[LEVEL]

    return choose


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Return a function that says how often a test has tried."""
    return lambda count: request.node.user_properties.append(("trials", count))
