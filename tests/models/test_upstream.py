"""Both libraries import through their door with every warning an error."""

from __future__ import annotations

import subprocess
import sys


def test_both_libraries_import_without_a_warning():
    code = (
        "from pipeline.models.upstream import import_guided_diffusion as guided, import_open_clip\n"
        "print(guided('gaussian_diffusion').__name__, guided('respace').__name__, guided('unet').UNetModel.__name__)\n"
        "print(import_open_clip().CLIP.__name__)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    parts = ["guided_diffusion.gaussian_diffusion", "guided_diffusion.respace"]
    assert done.stdout.split() == [*parts, "UNetModel", "CLIP"]
