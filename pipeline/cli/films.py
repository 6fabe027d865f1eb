"""Commands about whole films: render one, check its keyframe file, assemble it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ModelError, UsageError
from ..show import ProgressLine, say
from ..types.codec import CODECS, FACTORS, QUALITIES, STEREO
from .options import (
    AcceptSeam,
    AsJson,
    Config,
    DepthMaps,
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
from .parallel import Parallel, wanted_processes
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
    parallel: Parallel = None,
    live: Live = None,
    partials: PartialSteps = None,
    depth_maps: DepthMaps = False,
    accept_seam: AcceptSeam = False,
    redraw: Redraw = False,
    as_json: AsJson = False,
) -> None:
    """Render a film; run again after a stop or an edit, and only what is missing or changed is drawn.

    Ctrl-C stops it, Ctrl-Z (or kill -STOP) pauses it and fg (or kill -CONT) lets it go on; no frame is lost by either.
    """
    reading = study_film(file, config, settings, seed, silent=as_json)
    film = reading.film
    wanted = wanted_frames(reading, frames=frames, until=until, only=only)
    _refuse_together(takes, max_hours=max_hours, depth_maps=depth_maps)
    _refuse_watching(parallel, live, partials)
    folder = out or Path("outputs") / film.name
    options: Any = {"frames": wanted, "other_engine": other_engine(accept_seam, redraw)}
    from ..store import refuse_unwritable

    refuse_unwritable(folder)  # before torch is imported, which takes seconds
    from ..account import survey
    from ..render import render as render_film
    from ..render.abreast import render_abreast

    with watching(live, partials) as keeper:
        if takes is not None:
            films = [film, *(load_film(file, config, settings, seed, silent=True, take=n) for n in range(1, takes))]
            size = wanted_processes(parallel, films, frames=wanted, silent=as_json)
            render_takes(films, folder, keeper=keeper, parallel=size, as_json=as_json, **options)
            return
        if not as_json:
            say(f"{folder}: {survey(reading, folder, frames=wanted, redraw=redraw)}")
        size = wanted_processes(parallel, [film], frames=wanted, silent=as_json)
        path, enough = None, Allowance(max_hours)
        with ProgressLine(film.n_frames, f"{folder}", silent=as_json) as line, enough:
            watch = enough.watching(with_depth_maps(line.watch, film, folder) if depth_maps else line.watch)
            if size > 1:
                (path,) = render_abreast([film], [folder], parallel=size, watches=[watch], **options)
            else:
                path = render_film(film, folder, watch=watch, see=keeper(folder), **options)
    part = next(name for name, value in {"--until": until, "--only": only, "--frames": True}.items() if value)
    over = f"{max_hours:g} h are over, run the same command to go on" if enough.is_spent else ""
    _print_outcome(path, folder, line, unfinished=over or f"run without {part} for the whole film", as_json=as_json)


def _print_outcome(path: Path | None, folder: Path, line: ProgressLine, *, unfinished: str, as_json: bool) -> None:
    report = {"film": None if path is None else str(path), "folder": str(folder), **line.counts}
    said = f"{path}: {line.summary}" if path else f"{folder}: {line.summary}; {unfinished}"
    print(json.dumps(report) if as_json else said)


def _refuse_together(takes: int | None, *, max_hours: float | None, depth_maps: bool) -> None:
    """Refuse what takes cannot be made with.

    Raises: UsageError.
    """
    if takes is not None and max_hours is not None:
        raise UsageError("--takes and --max-hours: takes are not stopped by the clock; give one of them")
    if takes is not None and depth_maps:
        raise UsageError("--takes and --depth-maps: maps lie beside the frames of one film; give one of them")


def _refuse_watching(parallel: str | None, live: Path | None, partials: str | None) -> None:
    """Refuse to show steps of frames of which several are drawn at once, elsewhere.

    Raises: UsageError.
    """
    if parallel is not None and (live is not None or partials is not None):
        raise UsageError("--parallel and --live or --partials: those show one frame being drawn; give one of them")


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
