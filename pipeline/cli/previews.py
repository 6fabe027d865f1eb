"""Commands that show a film before it is rendered, or a part of it: stills, sheets, animatics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Config, Folder, KeyframeFile, Seed, Settings, load_film


def preview(
    file: KeyframeFile,
    frame: Annotated[int, typer.Option(help="Number of the frame, from 0.")] = 0,
    out: Annotated[Path | None, typer.Option(help="PNG to write [outputs/NAME-preview-FRAME.png].")] = None,
    steps_sheet: Annotated[
        bool, typer.Option("--steps-sheet", help="Write a sheet of the denoising from noise to picture instead.")
    ] = False,
    config: Config = None,
    settings: Settings = None,
    seed: Seed = None,
) -> None:
    """Draw one frame as its own picture, from noise, with the prompts, seed and look it has in the film."""
    film = load_film(file, config, settings, seed)
    from ..preview import preview as preview_frame
    from ..preview import save_picture
    from ..preview import steps_sheet as lay_out

    path = out or Path("outputs") / f"{film.name}-preview-{frame:05d}{'-steps' if steps_sheet else ''}.png"
    result = preview_frame(film, frame)
    save_picture(lay_out(result) if steps_sheet else result.pixels, path)
    print(path)


def sheet(
    directory: Folder,
    out: Annotated[Path | None, typer.Option(help="PNG to write [DIR/sheet.png].")] = None,
    count: Annotated[int, typer.Option(min=1, max=400, help="Number of frames to show.")] = 8,
    columns: Annotated[int, typer.Option(min=1, max=40, help="Frames in a row.")] = 8,
    enlarge: Annotated[int, typer.Option(min=1, max=8, help="Whole-number enlargement.")] = 1,
) -> None:
    """Lay frames of a rendered film side by side in one picture."""
    from ..preview import film_sheet, save_picture

    path = out or directory / "sheet.png"
    save_picture(film_sheet(directory, count=count, columns=columns, enlarge=enlarge), path)
    print(path)
