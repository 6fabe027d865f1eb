"""Renders of the real command line as processes of their own: started, struck by signals, waited for."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


class Zygote:
    """The process that forks for each render; see `zygote.py`."""

    def __init__(self, *, warm: bool = True, **variables: str) -> None:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "COLUMNS": "400", **variables}
        command = [sys.executable, "-m", "tests.faults.zygote", "warm" if warm else "cold"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env, start_new_session=True
        )
        assert json.loads(self._line())["ready"]

    def ask(self, **order: Any) -> Any:
        """Give an order and return the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self._line())

    def start(self, *arguments: object, cwd: Path, announce: bool = False, **options: Any) -> Render:
        """Start `pipeline ARGUMENTS` in a folder."""
        number = len(list(cwd.glob("said-*.out")))
        said = {name: str(cwd / f"said-{number}.{name}") for name in ("out", "err")}
        pipe = cwd / f"phases-{number}"
        if announce:
            os.mkfifo(pipe)
            options |= {"announce": str(pipe)}
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK) if announce else -1
        pid = self.ask(do="start", arguments=[str(one) for one in arguments], cwd=str(cwd), **said, **options)
        return Render(self, pid, Path(said["out"]), Path(said["err"]), reader)

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the zygote has ended with {self.process.poll()}"
        return line


@dataclass
class Render:
    """One running command."""

    zygote: Zygote
    pid: int
    out: Path
    err: Path
    reader: int = -1
    heard: str = ""

    def wait(self, seconds: float = 60) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        code = self.zygote.ask(do="wait", pid=self.pid, seconds=seconds)
        assert code is not None, f"still running after {seconds} s: {self.err.read_text()}"
        if self.reader >= 0:
            os.close(self.reader)
            self.reader = -1
        return code

    def ended(self, within: float) -> int | None:
        """Return its exit code where it has ended by then."""
        return self.zygote.ask(do="wait", pid=self.pid, seconds=within)

    def reaches(self, phase: str, times: int = 1) -> bool:
        """Wait until it enters a phase for the given time; tell whether it did before its end."""
        end = time.monotonic() + 30
        while self.heard.splitlines().count(phase) < times:
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([self.reader], [], [], left)  # ready also while nobody has opened it yet
            assert ready and left, f"no phase '{phase}' in 30 s: {self.heard} {self.err.read_text()}"
            new = os.read(self.reader, 4096)
            if not new and self.heard:
                return False
            if not new:
                time.sleep(0.002)
            self.heard += new.decode()
        return True

    def family(self) -> list[psutil.Process]:
        """Return it and everything it has started."""
        found, left = [], [self.pid]
        while left:
            with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
                pid = left.pop()
                left += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
                found.append(psutil.Process(pid))
        return found

    def kill_tree(self) -> None:
        """Kill it and everything it has started, at once."""
        for process in self.family():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)


def lives(process: psutil.Process) -> bool:
    """Tell whether a process has not ended."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


UNLIKE = (".lock", ".timings")  # say who renders and how long it took, and nothing about the film


def digests(out: Path) -> dict[str, str]:
    """Return the digest of every file of a film's folder that must be the same however it came about."""
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name not in UNLIKE)
    return {str(path.relative_to(out)): sha256(path.read_bytes()).hexdigest() for path in files}
