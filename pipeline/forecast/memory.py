"""The most memory that a piece of work holds: of the card where torch draws on one, else of this process.

On Linux the kernel keeps a high-water mark that a process may lower to what it holds now; where it cannot be lowered,
the mark of the whole process is taken, which is never too little.
"""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import torch

SELF = Path("/proc/self")
LOWER_THE_MARK = "5"  # proc(5), clear_refs


class Peak:
    """Around a piece of work; `n_bytes` is then the most that was held in it, models and all."""

    n_bytes = 0

    def __init__(self, device: str) -> None:
        self.device = device

    def __enter__(self) -> Peak:
        if self.device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats(self.device)
        else:
            with suppress(OSError):
                (SELF / "clear_refs").write_text(LOWER_THE_MARK)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        on_card = self.device.startswith("cuda")
        self.n_bytes = torch.cuda.max_memory_allocated(self.device) if on_card else _high_water_mark()


def resident() -> int:
    """Return the bytes of memory that this process holds now; where the system does not say, the most it ever held."""
    return _told("VmRSS") or _most()


def _high_water_mark() -> int:
    return _told("VmHWM") or _most()


def _told(name: str) -> int:
    with suppress(OSError):
        text = (SELF / "status").read_text(encoding="ascii", errors="replace")
        found = re.search(rf"(?m)^{name}:\s*(\d+) kB$", text)
        if found:
            return int(found[1]) * 1024
    return 0


def _most() -> int:
    try:
        import resource
    except ImportError:  # not on Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def free_bytes(device: str) -> int | None:
    """Return how much memory is free, on the card where one draws; None where the system does not say."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            told = dict(line.split(":", 1) for line in file)
        return int(told["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
