"""What is left of memory is looked at before a library needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

TRY = """
import resource
from pathlib import Path
from pipeline.sample.room import RESERVE, ensure_room

ensure_room()
now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + RESERVE + {spare},) * 2)
for _ in range(20):
    ensure_room()  # what was asked for is given back
print("enough")
"""


def tried(spare: int) -> subprocess.CompletedProcess[str]:
    """Look for room in a process that may take so many bytes more than the reserve."""
    return subprocess.run([sys.executable, "-c", TRY.format(spare=spare)], capture_output=True, text=True, check=False)


@pytest.mark.goal("R11")
def test_a_limit_that_leaves_less_than_the_reserve_is_noticed():
    found = tried(-(2**22))
    assert found.returncode == 1 and "MemoryError: fewer than 64 MiB are left" in found.stderr


def test_a_limit_that_leaves_more_is_not():
    assert tried(2**24).stdout == "enough\n"
