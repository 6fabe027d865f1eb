"""The source as trees, read once."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Source:
    """A module of the package: `name` from the package down, such as `store.commit`, and "" for the package itself."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def stage(self) -> str:
        """The folder or, for a module at the top, the module."""
        return self.name.split(".")[0]


@cache
def read_sources() -> tuple[Source, ...]:
    found = []
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        parts = path.relative_to(ROOT / "pipeline").with_suffix("").parts
        text = path.read_text(encoding="utf-8")
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Source(path.relative_to(ROOT), name, text, ast.parse(text)))
    return tuple(found)


@pytest.fixture(scope="session")
def sources() -> tuple[Source, ...]:
    """Every module of the package."""
    found = read_sources()
    assert len(found) > 50
    return found


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file that git keeps and that is there."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
