"""`pipeline models`: what models there are, and how to get, check and add them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ModelError
from .options import AsJson


def models_list(as_json: AsJson = False) -> None:
    """Say of every model what it is for, its size and digest, and whether and where it is there."""
    from ..models import list_models, models_folder

    found = list_models()
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        size = "-" if one.bytes is None else f"{one.bytes / 1e6:.1f} MB"
        digest = "sha256 " + (one.sha256[:12] if one.sha256 else "of nobody")
        print(f"{one.name}  {one.kind}, {one.state}, {size}, {digest}, licence {one.licence}")
        print(f"    {one.purpose}")
        if one.state == "damaged":
            print(f"    {one.fault}")
        elif one.state == "present":
            print(f"    {one.place}")
    print(f"fetched models go to {models_folder()}; `pipeline models verify` reads them whole")


def models_fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A model of `pipeline models list`.")],
    trust: Annotated[
        str | None, typer.Option(metavar="sha256:DIGEST", help="Digest of a file that the catalogue pins none for.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Download a model's weights; run again after a stop, and only what is missing is downloaded."""
    from ..models import fetch

    with _bar(name, silent=as_json) as watch:
        found = fetch(name, trust=trust, watch=watch)
    if as_json:
        print(json.dumps(asdict(found) | {"path": str(found.path)}))
    else:
        print(f"{found.path}: {found.bytes} bytes, sha256 {found.sha256}" + ("" if found.mirror else "; was there"))


def models_add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A weight file.")],
    like: Annotated[str, typer.Option(metavar="NAME", help="The model whose architecture it has.")],
    name: Annotated[str | None, typer.Option(help="What to call it [the file's name].")] = None,
    trust: Annotated[
        str | None, typer.Option(metavar="sha256:DIGEST", help="Its digest, unless the catalogue pins it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a weight file to where fetched ones lie, once it fits; from then on its name may stand in a preset."""
    from ..models import add

    found = add(file, like=like, name=name, trust=trust)
    if as_json:
        print(json.dumps(asdict(found) | {"path": str(found.path)}))
    else:
        print(f"{found.name}: {found.path}, {found.bytes} bytes, sha256 {found.sha256}")


@contextmanager
def _bar(name: str, *, silent: bool) -> Iterator[Callable[[int, int | None], None]]:
    """Show how much of a file has come, on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=silent or not console.is_terminal) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def models_verify(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Models to check [all that are there].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read models whole and compare size and digest; leave with 3 if one is damaged, or is named and not there."""
    from ..models import list_models

    found = [one for one in list_models(names or (), thorough=True) if names or one.state != "missing"]
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
    else:
        for one in found:
            print(f"{one.name}  {'good' if one.state == 'present' else one.state}")
    faults = [one.fault for one in found if one.fault]
    if faults:
        raise ModelError("\n".join(faults))
