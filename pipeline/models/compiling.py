"""What torch's compiler needs, and where it keeps what it made: known before torch is imported.

Compiled kernels round in their own ways, so who compiled them belongs to what a frame is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from ..errors import UsageError
from ..places import cache_folder

VARIABLE = "TORCHINDUCTOR_CACHE_DIR"  # torch's own
GRAPHS = "graphs"
REPLAYED = ", kernels replayed"  # behind the compiler's name, in what a frame says of its engine


def compiler_of(device: str, how: str) -> str:
    """Return what torch compiles with on a device, with its version, and that its kernels are replayed where they are.

    Raises: UsageError where it is not there, or a processor is to replay kernels.
    """
    is_card = device.startswith("cuda")
    if how == GRAPHS and not is_card:
        do = "set compile to on or off"
        raise UsageError(f"compile: graphs replays the kernels of a graphics card, and {device} is to draw; {do}")
    compiler = _triton() if is_card else _cxx(os.environ.get("CXX") or _usual())
    return compiler + REPLAYED if how == GRAPHS else compiler


def keep_compiled() -> None:
    """Have torch keep what it compiles beside the models, unless the environment names another place for it."""
    os.environ[VARIABLE] = str(cache_folder("compiled", VARIABLE))


def _usual() -> str:
    return "clang++" if sys.platform == "darwin" else "g++"


@cache
def _cxx(name: str) -> str:
    program = shutil.which(name)
    try:
        if program is None:
            raise OSError("there is none")
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as fault:
        do = "install it, name another by CXX, or set compile to off"
        raise UsageError(f"compile: torch needs a C++ compiler, and {name} does not answer ({fault}); {do}") from fault
    return (done.stdout.splitlines() or [name])[0].strip()


def _triton() -> str:
    try:
        return f"triton {version('triton')}"
    except PackageNotFoundError as fault:
        do = "install it, or set compile to off"
        raise UsageError(f"compile: torch compiles for a graphics card by triton, which is not here; {do}") from fault
