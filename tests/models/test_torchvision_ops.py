"""Declared operators: torchvision and open_clip import after them, and what exists is left alone."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code: str) -> str:
    """Run `code` in a fresh interpreter, where nothing is imported yet, with warnings as errors."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_open_clip_imports_after_the_declaration():
    out = run(
        "from pipeline.models.torchvision_ops import declare_missing_ops as declare\n"
        "first = declare(); second = declare()\n"
        "import torchvision, open_clip\n"
        "import torch\n"
        "compiled = torchvision.extension._has_ops()\n"
        "print(compiled, first, second, declare(), hasattr(torch.ops.torchvision, 'qnms'))"
    )
    assert out in ("False ('nms', 'qnms') () () True", "True () () () True")


@pytest.mark.parametrize(("there", "declared"), [(("nms", "qnms"), ()), (("nms",), ("qnms",))])
def test_only_what_is_missing_is_declared(there, declared):
    out = run(
        "import torch\n"
        "from pipeline.models import torchvision_ops\n"
        "torchvision_ops._load_compiled = lambda: False\n"
        "own = torch.library.Library('torchvision', 'FRAGMENT')\n"
        f"for name in {there!r}: own.define(torchvision_ops.SCHEMAS[name])\n"
        "print(torchvision_ops.declare_missing_ops())"
    )
    assert out == str(declared)


def test_a_compiled_library_that_loads_is_used():
    out = run(
        "import torch\n"
        "from pipeline.models import torchvision_ops\n"
        "own = torch.library.Library('torchvision', 'FRAGMENT')\n"
        "def load(path): [own.define(schema) for schema in torchvision_ops.SCHEMAS.values()]\n"
        "torch.ops.load_library = load\n"
        "print(torchvision_ops.declare_missing_ops(), torchvision_ops._libraries)"
    )
    assert out == "() []"
