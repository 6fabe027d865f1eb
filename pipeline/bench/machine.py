"""Which machine a benchmark ran on: what of it a time depends on, and nothing that tells whose it is."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

CPUINFO: Final = Path("/proc/cpuinfo")


def machine(threads: int | None = None, device: str = "cpu") -> dict[str, Any]:
    """Return the facts of this machine; `threads` where the work keeps to a number of them."""
    facts = {"processor": processor(), "cores": os.cpu_count(), "threads": threads}
    return {**facts, "device": device_name(device), "torch": version("torch")}


def processor() -> str:
    """Return the make of the processor or, where the system does not tell it, its kind."""
    said = CPUINFO.read_text(encoding="utf-8", errors="replace") if CPUINFO.exists() else ""
    found = re.search(r"(?m)^model name\s*:\s*(\S.*)$", said)
    return found[1].strip() if found else platform.processor() or platform.machine()


def device_name(device: str) -> str:
    """Return `cpu`, or the make of the graphics card."""
    if not device.startswith("cuda"):
        return device
    import torch

    return str(torch.cuda.get_device_name(device))


def told(facts: Mapping[str, Any]) -> str:
    """Return the facts of a machine as one line."""
    words = [facts["processor"], _count(facts["cores"], "core")]
    words += [] if facts["threads"] is None else [_count(facts["threads"], "thread")]
    words += [] if facts["device"] == "cpu" else [facts["device"]]
    return ", ".join([*words, f"torch {facts['torch']}"])


def identity(facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what makes two results of one benchmark comparable: a later one then takes the place of the earlier."""
    return tuple(facts[name] for name in ("processor", "cores", "threads", "device"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
