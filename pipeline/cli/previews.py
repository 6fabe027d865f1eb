"""Commands that show a film before it is rendered, or a part of it: stills, sheets, animatics."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..show import ProgressLine, say
from .options import (
    AsJson,
    Config,
    Folder,
    Frames,
    KeyframeFile,
    Seed,
    Settings,
    Stored,
    frame_range,
    load_film,
    study_film,
)

if TYPE_CHECKING:
    import numpy as np

    from ..preview import Sketch
    from ..types import Film

KINDS = {"stored": "stored", "exact": "exact", "composed": "by composed moves", "noise": "from noise"}


def preview(
    file: KeyframeFile,
    frame: Annotated[int | None, typer.Option(help="Number of the frame, from 0 [0].")] = None,
    sheet: Annotated[
        int | None, typer.Option(min=1, max=400, metavar="COUNT", help="A sheet of so many frames over the film.")
    ] = None,
    compare: Annotated[
        str | None, typer.Option(metavar="KEY=V1,V2,...", help="The frame under several settings, side by side.")
    ] = None,
    steps_sheet: Annotated[
        bool, typer.Option("--steps-sheet", help="A sheet of the denoising from noise to picture.")
    ] = False,
    depth: Annotated[bool, typer.Option("--depth", help="How near things are in the frame, white being near.")] = False,
    from_noise: Annotated[bool, typer.Option("--from-noise", help="Draw from noise, whatever is stored.")] = False,
    stored: Stored = None,
    out: Annotated[Path | None, typer.Option(help="PNG to write [outputs/NAME-preview-FRAME.png].")] = None,
    config: Config = None,
    settings: Settings = None,
    seed: Seed = None,
) -> None:
    """Draw a frame as the film would show it, as nearly as the frames before it are stored; say how it was drawn."""
    from ..assemble import enlargement
    from ..preview import Context, depth_map, preview_sheet
    from ..preview import preview as draw_still
    from ..preview import steps_sheet as lay_out

    ways = {
        "--sheet": sheet is not None,
        "--compare": compare is not None,
        "--steps-sheet": steps_sheet,
        "--depth": depth,
    }
    _refuse_pairs(frame, stored, from_noise, ways)
    film = load_film(file, config, settings, seed)
    number = frame or 0
    folder = None if from_noise else stored or Path("outputs") / film.name
    name = f"{film.name}-preview-{number:05d}"
    if steps_sheet:
        _save(lay_out(draw_still(film, number)), out, f"{name}-steps.png", "from noise, as every sheet of steps is")
    elif depth:
        levels, how = depth_map(Context(film, folder), number)
        _save(levels, out, f"{name}-depth.png", f"how near things are in the frame; {how}")
    elif compare is not None:
        pixels, sketches = _compared(
            film,
            folder,
            number,
            compare,
            lambda setting: load_film(file, config, [*(settings or ()), setting], seed, silent=True),
        )
        _save(pixels, out, f"{name}-compare.png", "; ".join(dict.fromkeys(sketch.how for sketch in sketches)))
    elif sheet is not None:
        pixels, sketches = preview_sheet(Context(film, folder), sheet, enlarged=enlargement(film.format))
        kinds = Counter[str](sketch.kind for sketch in sketches)
        told = ", ".join(f"{kinds[kind]} {text}" for kind, text in KINDS.items() if kinds[kind])
        _save(pixels, out, f"{film.name}-preview-sheet.png", told)
    else:
        _save_shown(film, folder, number, out, f"{name}.png")


def animatic(
    file: KeyframeFile,
    image: Annotated[Path | None, typer.Option(metavar="PATH", help="A picture to move, instead of the card.")] = None,
    stills: Annotated[bool, typer.Option("--stills", help="Move the stored first frame of each shot.")] = False,
    depth: Annotated[
        bool, typer.Option("--depth", help="Show how near things are in those pictures instead; this asks a model.")
    ] = False,
    stored: Stored = None,
    curve: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A number to show: camera.zoom, a name under let, a signal; repeatable."),
    ] = None,
    width: Annotated[int, typer.Option(help="Width in pixels, an even number.")] = 640,
    frames: Frames = None,
    out: Annotated[Path | None, typer.Option(help="Film to write [outputs/NAME-animatic.mp4].")] = None,
    config: Config = None,
    settings: Settings = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Show the film's camera, prompts and numbers in motion over a test card, in seconds and without a model."""
    if image is not None and stills:
        raise UsageError("--image and --stills: they cannot go together; leave one out")
    if stored is not None and not stills:
        raise UsageError("--from: says where stills lie, and none are asked for; add --stills or leave it out")
    from ..schedule.trace import named_values

    reading = study_film(file, config, settings, seed, silent=as_json)
    film, named = reading.film, named_values(reading)
    wanted = frame_range(frames, film.n_frames)
    folder = (stored or Path("outputs") / film.name) if stills else None
    path = out or Path("outputs") / f"{film.name}-animatic.mp4"
    from ..preview.animatic import animatic as make

    with ProgressLine(film.n_frames if wanted is None else len(wanted), f"{path}", silent=as_json) as bar:
        made = make(
            film,
            path,
            image=image,
            stills=folder,
            depth=depth,
            width=width,
            curves=curve or (),
            named=named,
            frames=wanted,
            watch=bar.watch,
        )
    if as_json:
        report = {"film": str(made.path), "frames": made.n_frames, "fps": film.fps, "size": asdict(made.size)}
        print(json.dumps({**report, "sources": dict(made.sources), "curves": made.curves}))
        return
    missing = [name for name, source in made.sources.items() if source == "card"] if stills else []
    if missing:
        told = f"{folder}: the first frame of {', '.join(missing)} is not stored; the card stands in its place"
        say(told)
    if made.more_curves and not curve:
        say(f"{path}: more numbers vary; --curve shows {', '.join(made.more_curves)}")
    print(
        f"{made.path}: {made.n_frames} frames, {made.n_frames / film.fps:.2f} s, {made.size.width}x{made.size.height}"
    )


def sheet(
    directory: Folder,
    out: Annotated[Path | None, typer.Option(help="PNG to write [DIR/sheet.png].")] = None,
    count: Annotated[int, typer.Option(min=1, max=400, help="Number of frames to show.")] = 8,
    columns: Annotated[int, typer.Option(min=1, max=40, help="Frames in a row.")] = 8,
    enlarge: Annotated[int, typer.Option(min=1, max=8, help="Whole-number enlargement.")] = 1,
) -> None:
    """Lay the frames of a film that are drawn side by side, as its network enlarges them if it has one."""
    from ..assemble import enlargement
    from ..preview import drawn_of, film_sheet, save_picture
    from ..store import read_film_record

    path = out or directory / "sheet.png"
    enlarged = enlargement(read_film_record(directory).format)
    save_picture(film_sheet(directory, count=count, columns=columns, enlarge=enlarge, enlarged=enlarged), path)
    drawn, total = drawn_of(directory)
    if len(drawn) < total:
        say(f"{directory}: {len(drawn)} of {total} frames are drawn; the sheet is of these")
    print(path)


def _save_shown(film: Film, folder: Path | None, number: int, out: Path | None, name: str) -> None:
    """Write one frame as the film shows it, enlarged where a network enlarges that."""
    from ..assemble import enlargement
    from ..preview import Context

    enlarged = enlargement(film.format)  # what is refused is so before anything is drawn
    sketch = Context(film, folder).sketch(number)
    if enlarged is None:
        _save(sketch.pixels, out, name, sketch.how)
    else:
        told = f"{sketch.how}; enlarged {film.format.upscale}x by {film.format.upscaler}, as in the film"
        _save(enlarged(sketch.pixels), out, name, told)


def _compared(
    film: Film, folder: Path | None, number: int, text: str, load: Callable[[str], Film]
) -> tuple[np.ndarray, tuple[Sketch, ...]]:
    """Check all settings, then draw the frame under each."""
    from ..assemble import enlargement
    from ..preview import Context, comparison_sheet, load_all, read_comparison
    from ..preview import compare as draw_all

    comparison = read_comparison(text)
    films = load_all(comparison, load)
    enlarged = [enlargement(each.format) for each in films]
    sketches = draw_all(Context(film, folder), films, number)
    return comparison_sheet(comparison, sketches, enlarged), sketches


def _refuse_pairs(frame: int | None, stored: Path | None, from_noise: bool, ways: dict[str, bool]) -> None:
    """Refuse options that ask for two things at once."""
    asked = [name for name, is_asked in ways.items() if is_asked]
    pairs = list(combinations(asked, 2))
    pairs += [("--frame", "--sheet")] if frame is not None and ways["--sheet"] else []
    pairs += [("--from", "--from-noise")] if stored is not None and from_noise else []
    pairs += [("--from", "--steps-sheet")] if stored is not None and ways["--steps-sheet"] else []
    if pairs:
        first, second = pairs[0]
        raise UsageError(f"{first} and {second}: they cannot go together; leave one out")


def _save(pixels: np.ndarray, out: Path | None, name: str, how: str) -> None:
    """Write the picture, print its path, and say on standard error how it was drawn."""
    from ..preview import save_picture

    path = out or Path("outputs") / name
    save_picture(pixels, path)
    say(f"{path}: {how}")
    print(path)
