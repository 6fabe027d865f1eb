"""The commands that turn other programs' settings into keyframe files, and films into settings of theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Config, KeyframeFile, Seed, Settings, study_film


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Settings of another program, or its notebook.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The keyframe file to write [NAME.yaml in this folder].")
    ] = None,
    modern: Annotated[
        bool, typer.Option("--modern", help="Move cameras in space by the true projection, not by the old formula.")
    ] = False,
    mode: Annotated[
        str | None,
        typer.Option(metavar="MODE", help="What some files do not say: None, 2D, 3D or 'Video Input' [guessed]."),
    ] = None,
    program: Annotated[
        str | None,
        typer.Option("--as", metavar="PROGRAM", help="Whose settings these are, where the file leaves it open."),
    ] = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Read Parseq's manifest from the web address that a file names.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Turn settings of another program into a keyframe file, and tell what became of every key.

    Reads those of Disco Diffusion, DiscoArt, Deforum, Parseq, PyTTI, FizzNodes and WarpFusion.

    A saved notebook (.ipynb) of Disco Diffusion or Deforum does as well: its forms are read.

    A preset is written beside the film where no known one names the models that drew it. Nothing in a settings file is
    run, no file is replaced, and the film has been loaded before it is written.
    """
    from ..importing import import_settings

    found = import_settings(file, out=out, modern=modern, mode=mode, program=program, may_fetch=fetch)
    if as_json:
        places = {"file": str(found.path), "preset": str(found.preset) if found.preset else None}
        print(json.dumps(places | {"frames": found.film.n_frames} | found.report.as_json(), ensure_ascii=False))
        return
    print("\n".join(found.report.lines()))
    wrote = f" and {found.preset}" if found.preset else ""
    print(f"{found.path}{wrote}: {found.film.n_frames} frames; next: pipeline animatic {found.path}")


def export(
    file: KeyframeFile,
    to: Annotated[str, typer.Option(metavar="PROGRAM", help="disco, deforum or parseq.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write [NAME-PROGRAM_settings.txt in this folder].")
    ] = None,
    config: Config = None,
    settings: Settings = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Write a film as settings of Disco Diffusion, Deforum or Parseq, and tell what those cannot hold.

    Every value becomes the number it comes to at each frame, written with as few keys as straight lines allow, in the
    units and with the signs of that program. Shots, names, labels and signals of the music are gone; no file is
    replaced. `pipeline import` reads the file again.
    """
    reading = study_film(file, config, settings, seed, silent=as_json)
    from ..exporting import export_settings

    found = export_settings(reading, to, out=out)
    if as_json:
        said = {"file": str(found.path), "frames": found.n_frames}
        print(json.dumps(said | found.report.as_json(), ensure_ascii=False))
        return
    print("\n".join(found.report.lines()))
    print(f"{found.path}: {found.n_frames} frames")
