"""See that there is some memory left before libraries need it that die, and do not say so, where they get none.

torch says so where a large tensor is refused. Where a small thing is, deep inside of it, the process may crash.
"""

from __future__ import annotations

import mmap
from typing import Final

RESERVE: Final = 64 * 2**20


def ensure_room() -> None:
    """Ask the system for `RESERVE` bytes and give them back; nothing is written there, so it costs microseconds.

    Raises: MemoryError where a limit (`ulimit -v`, strict accounting) refuses them.
    """
    try:
        mmap.mmap(-1, RESERVE).close()
    except OSError as refused:
        raise MemoryError(f"fewer than {RESERVE // 2**20} MiB are left ({refused})") from refused
