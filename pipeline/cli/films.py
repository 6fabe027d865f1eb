"""Commands about whole films: render one, check its keyframe file, assemble it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ModelError, UsageError
from ..show import ProgressLine, say
from ..types.codec import CODECS, FACTORS, QUALITIES, STEREO
from .options import (
    AcceptSeam,
    AsJson,
    Config,
    Folder,
    Frames,
    KeyframeFile,
    Live,
    PartialSteps,
    Redraw,
    Seed,
    Settings,
    Takes,
    known_word,
    load_film,
    other_engine,
    study_film,
)
from .portion import Allowance, MaxHours, Only, Until, wanted_frames
from .takes import render_takes
from .watching import watching, with_depth_maps


def render(
    file: KeyframeFile,
    config: Config = None,
    out: Annotated[Path | None, typer.Option(help="Output folder [outputs/NAME].")] = None,
    settings: Settings = None,
    frames: Frames = None,
    until: Until = None,
    only: Only = None,
    max_hours: MaxHours = None,
    seed: Seed = None,
    takes: Takes = None,
    live: Live = None,
    partials: PartialSteps = None,
    depth_maps: Annotated[
        bool, typer.Option("--depth-maps", help="Keep how near things are in each frame, beside the frames.")
    ] = False,
    accept_seam: AcceptSeam = False,
    redraw: Redraw = False,
    as_json: AsJson = False,
) -> None:
    """Render a film; run again after a stop or an edit, and only what is missing or changed is drawn.

    Ctrl-C stops it, Ctrl-Z (or kill -STOP) pauses it and fg (or kill -CONT) lets it go on; no frame is lost by either.
    """
    engine = other_engine(accept_seam, redraw)
    reading = study_film(file, config, settings, seed, silent=as_json)
    film = reading.film
    wanted = wanted_frames(reading, frames=frames, until=until, only=only)
    if takes is not None and max_hours is not None:
        raise UsageError("--takes and --max-hours: takes are not stopped by the clock; give one of them")
    if takes is not None and depth_maps:
        raise UsageError("--takes and --depth-maps: maps lie beside the frames of one film; give one of them")
    folder = out or Path("outputs") / film.name
    from ..store import refuse_unwritable

    refuse_unwritable(folder)  # before torch is imported, which takes seconds
    from ..account import survey
    from ..render import render as render_film

    with watching(live, partials) as keeper:
        if takes is not None:
            more = (load_film(file, config, settings, seed, silent=True, take=take) for take in range(1, takes))
            render_takes([film, *more], folder, frames=wanted, keeper=keeper, other_engine=engine, as_json=as_json)
            return
        if not as_json:
            say(f"{folder}: {survey(reading, folder, frames=wanted, redraw=redraw)}")
        path, enough = None, Allowance(max_hours)
        with ProgressLine(film.n_frames, f"{folder}", silent=as_json) as line, enough:
            watch = enough.watching(with_depth_maps(line.watch, film, folder) if depth_maps else line.watch)
            path = render_film(film, folder, frames=wanted, watch=watch, see=keeper(folder), other_engine=engine)
    report = {"film": None if path is None else str(path), "folder": str(folder), **line.counts}
    given = next(name for name, value in {"--until": until, "--only": only, "--frames": True}.items() if value)
    if as_json:
        print(json.dumps(report))
    elif enough.is_spent:
        print(f"{folder}: {line.summary}; {max_hours:g} h are over, run the same command to go on")
    elif path is None:
        print(f"{folder}: {line.summary}; run without {given} for the whole film")
    else:
        print(f"{path}: {line.summary}")


def check(file: KeyframeFile, config: Config = None, settings: Settings = None, as_json: AsJson = False) -> None:
    """Read a keyframe file and report everything that is wrong with it, without loading a model."""
    film = load_film(file, config, settings, None, silent=as_json)
    if film.engine.flow_model:  # named in the keyframe file, unlike the models of a preset
        from ..models import list_models

        (flow,) = list_models([film.engine.flow_model])
        if flow.fault:
            raise ModelError(f"{film.source}: follow.flow: {flow.fault}; or write flow: dis, which needs no weights")
    report = {
        "file": film.source,
        "name": film.name,
        "frames": film.n_frames,
        "fps": film.fps,
        "seconds": round(film.n_frames / film.fps, 3),
        "size": asdict(film.size),
        "shots": [{"name": shot.name, "frames": len(shot.plans)} for shot in film.shots],
        **({} if film.music is None else {"music": asdict(film.music)}),
        **({} if not film.clips else {"clips": [clip.path for clip in film.clips]}),
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
    out: Annotated[Path | None, typer.Option(help="Film to write [DIR/NAME.mp4, or as the codec has it].")] = None,
    music: Annotated[Path | None, typer.Option(help="Where the film's sound file is, if it was moved.")] = None,
    codec: Annotated[str | None, typer.Option(help=f"{', '.join(CODECS)} (a folder) [film: codec].")] = None,
    quality: Annotated[str | None, typer.Option(help="draft, good or best [film: quality].")] = None,
    crf: Annotated[int | None, typer.Option(help="Constant rate factor of the codec; takes quality's place.")] = None,
    interpolate: Annotated[str | None, typer.Option(help="2x or 4x as many frames, or off.")] = None,
    upscale: Annotated[str | None, typer.Option(help="2x or 4x as large, or off.")] = None,
    upscaler: Annotated[str | None, typer.Option(help="lanczos, a model of `pipeline models list`, or a file.")] = None,
    stereo: Annotated[str | None, typer.Option(help=f"{', '.join(STEREO)}: a picture for each eye.")] = None,
    eye_distance: Annotated[float | None, typer.Option(help="200ths of a scene unit between the eyes.")] = None,
    convergence: Annotated[float | None, typer.Option(help="Scene units to where both see alike; 0 nowhere.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make the film again from the frames that are there, as its keyframe file says or as told here."""
    from ..assemble import Wishes
    from ..assemble import assemble as assemble_film
    from ..stereo import pairs
    from ..store import hold, read_film_record

    read_film_record(directory)  # a folder that is no film's must not become one by being locked
    wishes = Wishes(
        codec=known_word("--codec", codec, CODECS),
        quality=known_word("--quality", quality, QUALITIES),
        crf=crf,
        interpolate=FACTORS.get(known_word("--interpolate", interpolate, FACTORS) or ""),
        upscale=FACTORS.get(known_word("--upscale", upscale, FACTORS) or ""),
        upscaler=upscaler,
        stereo=known_word("--stereo", stereo, STEREO),
        eye_distance=eye_distance,
        convergence=convergence,
    )
    with hold(directory):
        path = assemble_film(directory, pairs=pairs, out=out, music=music, wishes=wishes)
    print(json.dumps({"film": str(path)}) if as_json else path)
