"""What the package offers from Python, as its docstring and the README show it."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import pipeline

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def checkout(tmp_path: Path, tiny_text: str, tiny_engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, whose lighthouse is the tiny film."""
    (tmp_path / "keyframes").mkdir()
    (tmp_path / "keyframes" / "lighthouse.yaml").write_text(tiny_text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(example: str, folder: Path) -> dict:
    script = folder / "example.py"
    script.write_text(example)
    return runpy.run_path(str(script))


def test_the_docstrings_example_runs(checkout: Path) -> None:
    example = textwrap.dedent("\n".join(re.findall(r"(?m)^(?: {4}.*)?$", pipeline.__doc__ or "")))
    names = run(example, checkout)
    assert names["path"] == Path("outputs/lighthouse/lighthouse.mp4")
    assert names["path"].stat().st_size > 1000
    assert (names["picture"].shape, names["picture"].dtype) == ((32, 32, 3), np.uint8)


def test_the_readmes_example_runs(checkout: Path) -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README here")
    (example,) = re.findall(r"(?s)```python\n(.*?)```", readme.read_text(encoding="utf-8"))
    names = run(example, checkout)
    assert sorted(path.name for path in checkout.glob("outputs/*/*.mp4")) == ["lighthouse.mp4"]
    assert names["picture"].dtype == np.uint8


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({}, {"GOMP_SPINCOUNT": pipeline.SPINS}),
        ({"OMP_WAIT_POLICY": "active"}, {"OMP_WAIT_POLICY": "active"}),
        ({"GOMP_SPINCOUNT": "7"}, {"GOMP_SPINCOUNT": "7"}),
    ],
)
def test_threads_wait_gently_before_torch_is_there_unless_told_otherwise(given, then) -> None:
    names = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    said = f"{{n: os.environ[n] for n in {names} if n in os.environ}}"
    clean = {name: value for name, value in os.environ.items() if name not in names}
    command = [sys.executable, "-c", f"import os, sys, pipeline; print({said}, 'torch' in sys.modules)"]
    done = subprocess.run(command, env=clean | given, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{then} False"


def test_the_surface_is_three_functions() -> None:
    assert pipeline.__all__ == ["load", "preview", "render"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", pipeline.__version__)
    with pytest.raises(AttributeError, match="module 'pipeline' has no attribute 'draw'"):
        _ = pipeline.draw  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["load", "preview", "render"])
def test_each_is_the_function_of_its_stage(name: str) -> None:
    function = getattr(pipeline, name)
    assert callable(function), "not the module of the same name"
    assert function.__doc__
