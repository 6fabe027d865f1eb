"""The command line: the only place that prints, and that turns a fault into an exit code.

Every fault of the artist's is one or more lines on standard error, never a traceback; what is not a known fault is our
bug, and its traceback goes to a file that the message names.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import tempfile
import traceback
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from .cli_models import models_app
from .errors import PipelineError, UsageError
from .show import ProgressLine, console

if TYPE_CHECKING:
    from .types import Film

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Turn a keyframe file into a film with CLIP-guided diffusion.",
)
app.add_typer(models_app, name="models")

KeyframeFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A keyframe file, such as keyframes/lighthouse.yaml.")
]
Config = Annotated[Path | None, typer.Option(help="Engine preset; without it the keyframe file's own, or embedded.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one value; repeatable.")
]
Seed = Annotated[int | None, typer.Option(help="Seed of the film, in place of the keyframe file's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def render(
    file: KeyframeFile,
    config: Config = None,
    out: Annotated[Path | None, typer.Option(help="Output folder [outputs/NAME].")] = None,
    settings: Settings = None,
    frames: Annotated[str | None, typer.Option(metavar="A:B", help="Only frames A up to, not including, B.")] = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Render a film; run again after a stop or an edit, and only what is missing or changed is drawn."""
    film = _load(file, config, settings, seed)
    wanted = _frame_range(frames, film.n_frames)
    folder = out or Path("outputs") / film.name
    from .render import render as render_film

    with ProgressLine(film, f"{folder}", silent=as_json) as line:
        path = render_film(film, folder, frames=wanted, watch=line.watch)
    report = {"film": None if path is None else str(path), "folder": str(folder), **line.counts}
    if as_json:
        print(json.dumps(report))
    elif path is None:
        print(f"{folder}: {line.summary}; run without --frames for the whole film")
    else:
        print(f"{path}: {line.summary}")


@app.command()
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
    film = _load(file, config, settings, seed)
    from .preview import preview as preview_frame
    from .preview import save_picture
    from .preview import steps_sheet as lay_out

    path = out or Path("outputs") / f"{film.name}-preview-{frame:05d}{'-steps' if steps_sheet else ''}.png"
    result = preview_frame(film, frame)
    save_picture(lay_out(result) if steps_sheet else result.pixels, path)
    print(path)


@app.command()
def check(file: KeyframeFile, config: Config = None, settings: Settings = None, as_json: AsJson = False) -> None:
    """Read a keyframe file and report everything that is wrong with it, without loading a model."""
    film = _load(file, config, settings, None)
    report = {
        "file": film.source,
        "name": film.name,
        "frames": film.n_frames,
        "fps": film.fps,
        "seconds": round(film.n_frames / film.fps, 3),
        "size": asdict(film.size),
        "shots": [{"name": shot.name, "frames": len(shot.plans)} for shot in film.shots],
    }
    if as_json:
        print(json.dumps(report))
        return
    shots = ", ".join(f"{shot.name} {len(shot.plans)}" for shot in film.shots)
    print(
        f"{film.source}: good; {film.n_frames} frames at {film.fps:g} fps ({film.n_frames / film.fps:.2f} s), "
        f"{film.size.width}x{film.size.height}, shots: {shots}"
    )


@app.command()
def assemble(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `pipeline render` has written.")],
    out: Annotated[Path | None, typer.Option(help="Film to write [DIR/NAME.mp4].")] = None,
    as_json: AsJson = False,
) -> None:
    """Make the film again from the frames that are there."""
    from .assemble import assemble as assemble_film
    from .store import hold, read_film_record

    read_film_record(directory)  # a folder that is no film's must not become one by being locked
    with hold(directory):
        path = assemble_film(directory, out=out)
    print(json.dumps({"film": str(path)}) if as_json else path)


@app.command()
def sheet(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `pipeline render` has written.")],
    out: Annotated[Path | None, typer.Option(help="PNG to write [DIR/sheet.png].")] = None,
    count: Annotated[int, typer.Option(min=1, max=400, help="Number of frames to show.")] = 8,
    columns: Annotated[int, typer.Option(min=1, max=40, help="Frames in a row.")] = 8,
    enlarge: Annotated[int, typer.Option(min=1, max=8, help="Whole-number enlargement.")] = 1,
) -> None:
    """Lay frames of a rendered film side by side in one picture."""
    from .preview import film_sheet, save_picture

    path = out or directory / "sheet.png"
    save_picture(film_sheet(directory, count=count, columns=columns, enlarge=enlarge), path)
    print(path)


class Stopped(BaseException):
    """The process was asked to end; not an Exception, so that nothing on the way mistakes it for a fault."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


def main() -> NoReturn:
    """Run the command line; exit with the code of the fault, if there was one."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        try:
            app(prog_name="pipeline")  # leaves by sys.exit, with 2 for a wrong option
        finally:
            sys.stdout.flush()  # a closed pipe is noticed here, and not when the interpreter ends
    except PipelineError as fault:
        console.print(str(fault), soft_wrap=True)
        sys.exit(fault.exit_code)
    except Stopped as stopped:
        console.print("stopped; frames that are done are kept, run the same command to go on", soft_wrap=True)
        sys.exit(128 + stopped.number)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the interpreter's own last flush
        sys.exit(1)
    except Exception:
        sys.exit(_report_bug())
    raise AssertionError("typer leaves by sys.exit")


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second time ends the process at once
    raise Stopped(number)


def _report_bug() -> int:
    with tempfile.NamedTemporaryFile("w", prefix="pipeline-bug-", suffix=".txt", delete=False) as file:
        traceback.print_exc(file=file)
    kind = sys.exc_info()[0]
    console.print(
        f"this is a bug of the program, not of your file ({kind.__name__ if kind else 'unknown'}); "
        f"frames that are done are kept. Please report it with {file.name}",
        soft_wrap=True,
    )
    return 70


def _load(file: Path, config: Path | None, settings: list[str] | None, seed: int | None) -> Film:
    from .models import refuse_unknown
    from .schedule import load

    film = load(file, config=config, overrides=tuple(settings or ()), seed=seed)
    refuse_unknown(film.engine)
    return film


def _frame_range(text: str | None, n_frames: int) -> range | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{0,9}):(\d{0,9})", text, re.ASCII)
    if not found:
        raise UsageError(f"--frames {text}: is not a range of frames; write A:B, such as 0:24")
    wanted = range(int(found[1] or 0), int(found[2] or n_frames))
    if not 0 <= wanted.start < wanted.stop <= n_frames:
        raise UsageError(
            f"--frames {text}: the film has frames 0 to {n_frames - 1}; choose a range inside 0:{n_frames}"
        )
    return wanted
