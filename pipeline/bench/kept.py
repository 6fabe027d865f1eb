"""Results that are kept in the repository: one JSON and one picture for each benchmark, and a page over all of them.

A JSON holds one result for each machine. Whatever else lies there, or cannot be read, is an error and never passed
over: the page would be silent about it.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from ..errors import StoreError
from ..store.commit import commit, make_folder
from .machine import identity, told
from .page import bounds_of, page
from .pictures import picture

Found = dict[str, Any]
Modules = Mapping[str, ModuleType]
RESULTS: Final = "results"
FACTS: Final = {"command": str, "machine": dict, "commit": str, "date": str}
MACHINE: Final = {"processor", "cores", "threads", "device", "torch"}
DIGITS: Final = 6  # that a number keeps


def save(name: str, found: Found, folder: Path, modules: Modules) -> None:
    """Keep what a benchmark found in the place of what it had found on this machine; draw it, and write the page.

    Raises: StoreError where what lies there is not whole, or nothing can be written.
    """
    kept = read_all(folder, modules)
    now = {**_rounded(json.loads(json.dumps(found))), "commit": commit_of_code(), "date": today()}
    rest = [one for one in kept.get(name, []) if identity(one["machine"]) != identity(now["machine"])]
    kept[name] = sorted([*rest, now], key=lambda one: str(identity(one["machine"])))
    make_folder(folder / RESULTS)
    commit(folder / RESULTS / f"{name}.json", _written({"benchmark": name, "results": kept[name]}))
    draw_picture(name, kept[name], folder, modules)
    write_page(read_all(folder, modules), folder, modules)  # a benchmark that was not kept yet in its place


def write_anew(folder: Path, modules: Modules) -> None:
    """Draw every picture and write the page from the results that are kept.

    Raises: StoreError.
    """
    kept = read_all(folder, modules)
    for name, results in kept.items():
        draw_picture(name, results, folder, modules)
    write_page(kept, folder, modules)


def draw_picture(name: str, results: Sequence[Found], folder: Path, modules: Modules) -> None:
    """Draw one benchmark's results, the machines under one another."""
    rows = [(f"{told(one['machine'])}   ·   {one['date']}", modules[name].panels(one)) for one in results]
    commit(folder / RESULTS / f"{name}.png", picture(rows))


def write_page(kept: Mapping[str, Sequence[Found]], folder: Path, modules: Modules) -> None:
    """Write the page over all results."""
    make_folder(folder)
    commit(folder / "README.md", page(kept, modules).encode("utf-8"))


def read_all(folder: Path, modules: Modules) -> dict[str, list[Found]]:
    """Return the results of each benchmark that has some, in the order of the benchmarks.

    Raises: StoreError naming a file that is no benchmark's, or holds what no benchmark writes.
    """
    found = {path.stem: read_results(path, modules) for path in sorted((folder / RESULTS).glob("*.json"))}
    return {name: found[name] for name in modules if name in found}


def read_results(path: Path, modules: Modules) -> list[Found]:
    """Return the results in one file, each of them known to have what its row and its picture need.

    Raises: StoreError.
    """
    if path.stem not in modules:
        known = ", ".join(modules)
        raise StoreError(f"{path}: there is no benchmark of this name (known: {known}); move the file away")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise _damaged(path, f"it cannot be read ({fault})") from fault
    results = said.get("results") if isinstance(said, dict) else None
    if not isinstance(results, list) or not results:
        raise _damaged(path, "there is no list of results in it")
    for number, one in enumerate(results, 1):
        wrong = _wrong(one)
        if wrong:
            raise _damaged(path, f"result {number} has no {wrong}")
        try:
            module = modules[path.stem]
            said = [claim.found for claim in module.claims(one)], module.panels(one), bounds_of(one, module)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as fault:
            raise _damaged(path, f"result {number} lacks numbers of this benchmark ({fault!r})") from fault
        if not all(said[:2]):
            raise _damaged(path, f"result {number} says nothing")
    return results


def _wrong(one: Any) -> str:
    if not isinstance(one, dict):
        return "names and values"
    missing = [name for name, kind in FACTS.items() if not isinstance(one.get(name), kind)]
    return ", ".join(missing or sorted(MACHINE - one["machine"].keys()))


def _damaged(path: Path, why: str) -> StoreError:
    again = f"bring it back from git, or remove it and run `python -m pipeline.bench {path.stem} --save` again"
    return StoreError(f"{path}: this is no saved result: {why}; {again}")


def today() -> str:
    """Return the date, the same all over the world."""
    return datetime.now(UTC).date().isoformat()


def commit_of_code() -> str:
    """Return the commit that this code is, with a plus where it was changed since; nothing outside a git checkout."""
    here = Path(__file__).resolve().parents[1]
    asked = (["rev-parse", "--short", "HEAD"], ["status", "--porcelain", "--untracked-files=no", "--", "."])
    try:
        done = [subprocess.run(["git", *words], cwd=here, capture_output=True, text=True) for words in asked]
    except FileNotFoundError:  # there is no git
        return ""
    if any(one.returncode for one in done):
        return ""
    name, changes = (one.stdout.strip() for one in done)
    return f"{name}+" if changes else name


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


def _written(said: Any) -> bytes:
    """Return JSON with a line for each name, and a list of numbers on one."""
    text = json.dumps(said, indent=1, ensure_ascii=False)
    flat = re.sub(r"\[\s+([-+.\deE,\s]+?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", text)
    return (flat + "\n").encode("utf-8")
