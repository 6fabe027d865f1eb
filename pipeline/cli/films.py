"""Commands about whole films: render one, check its keyframe file, assemble it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..show import ProgressLine
from .options import (
    AsJson,
    Config,
    Folder,
    Frames,
    KeyframeFile,
    Live,
    PartialSteps,
    Seed,
    Settings,
    Takes,
    frame_range,
    load_film,
)
from .takes import render_takes
from .watching import watching


def render(
    file: KeyframeFile,
    config: Config = None,
    out: Annotated[Path | None, typer.Option(help="Output folder [outputs/NAME].")] = None,
    settings: Settings = None,
    frames: Frames = None,
    seed: Seed = None,
    takes: Takes = None,
    live: Live = None,
    partials: PartialSteps = None,
    as_json: AsJson = False,
) -> None:
    """Render a film; run again after a stop or an edit, and only what is missing or changed is drawn."""
    film = load_film(file, config, settings, seed, silent=as_json)
    wanted = frame_range(frames, film.n_frames)
    folder = out or Path("outputs") / film.name
    from ..store import refuse_unwritable

    refuse_unwritable(folder)  # before torch is imported, which takes seconds
    from ..render import render as render_film

    with watching(live, partials) as keeper:
        if takes is not None:
            more = (load_film(file, config, settings, seed, silent=True, take=take) for take in range(1, takes))
            render_takes([film, *more], folder, frames=wanted, keeper=keeper, as_json=as_json)
            return
        with ProgressLine(film.n_frames, f"{folder}", silent=as_json) as line:
            path = render_film(film, folder, frames=wanted, watch=line.watch, see=keeper(folder))
    report = {"film": None if path is None else str(path), "folder": str(folder), **line.counts}
    if as_json:
        print(json.dumps(report))
    elif path is None:
        print(f"{folder}: {line.summary}; run without --frames for the whole film")
    else:
        print(f"{path}: {line.summary}")


def check(file: KeyframeFile, config: Config = None, settings: Settings = None, as_json: AsJson = False) -> None:
    """Read a keyframe file and report everything that is wrong with it, without loading a model."""
    film = load_film(file, config, settings, None, silent=as_json)
    report = {
        "file": film.source,
        "name": film.name,
        "frames": film.n_frames,
        "fps": film.fps,
        "seconds": round(film.n_frames / film.fps, 3),
        "size": asdict(film.size),
        "shots": [{"name": shot.name, "frames": len(shot.plans)} for shot in film.shots],
        **({} if film.music is None else {"music": asdict(film.music)}),
        "warnings": [
            {"code": one.code, "place": str(one.mark), "what": one.what, "do": one.do} for one in film.notices
        ],
    }
    if as_json:
        print(json.dumps(report))
        return
    shots = ", ".join(f"{shot.name} {len(shot.plans)}" for shot in film.shots)
    warned = f" with {len(film.notices)} warning{'s' if len(film.notices) > 1 else ''}" if film.notices else ""
    music = f", music: {film.music.path} from {film.music.start_s:g} s" if film.music else ""
    print(
        f"{film.source}: good{warned}; {film.n_frames} frames at {film.fps:g} fps ({film.n_frames / film.fps:.2f} s), "
        f"{film.size.width}x{film.size.height}, shots: {shots}{music}"
    )


def assemble(
    directory: Folder,
    out: Annotated[Path | None, typer.Option(help="Film to write [DIR/NAME.mp4].")] = None,
    music: Annotated[Path | None, typer.Option(help="Where the film's sound file is, if it was moved.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make the film again from the frames that are there."""
    from ..assemble import assemble as assemble_film
    from ..store import hold, read_film_record

    read_film_record(directory)  # a folder that is no film's must not become one by being locked
    with hold(directory):
        path = assemble_film(directory, out=out, music=music)
    print(json.dumps({"film": str(path)}) if as_json else path)
