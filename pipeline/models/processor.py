"""What this machine's processor has instructions for, asked without importing torch."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

INFO: Final = Path("/proc/cpuinfo")  # Linux tells there; other systems do not, and count as having none
UNITS: Final = frozenset({"amx_bf16", "avx512_bf16"})


@cache
def has_bfloat16(info: Path = INFO) -> bool:
    """Tell whether the processor multiplies in bfloat16, so that torch's convolutions are faster in it than in single.

    Source: Intel's and AMD's names for their instructions, as the kernel lists them: AMX-BF16 and AVX512-BF16.
    """
    try:
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not UNITS.isdisjoint(flags.split())
