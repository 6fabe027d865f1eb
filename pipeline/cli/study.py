"""The commands that study a film before it is drawn: explain a frame, plot its curves, print the schema of its file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from ..schedule.bounds import NO_PICTURE
from .options import AsJson, Config, KeyframeFile, Seed, Settings, study_film

if TYPE_CHECKING:
    from rich.table import Table

    from ..explain import Fact, Row
    from ..schedule import Reading
    from ..types import Mark

WIDTH = 100
SECTIONS = ("camera", "frame", "follow", "look", "init", "prompts", "let")


def explain(
    file: KeyframeFile,
    frame: Annotated[int | None, typer.Option(help="Number of the frame, from 0 over all shots [0].")] = None,
    curve: Annotated[
        str | None, typer.Option(metavar="NAME", help="One value at every frame instead: camera.zoom, look.eta, a let.")
    ] = None,
    config: Config = None,
    settings: Settings = None,
    seed: Seed = None,
    where: Annotated[bool, typer.Option("--where", help="With --json: also where each value comes from.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what every value is at one frame, and which line of which file says so.

    --json prints one flat object with a value under each name, such as camera.zoom, look.steps, prompts.0.text and
    let.NAME; a value that follows the denoising is a list with a number for each executed step. --where adds
    NAME.from (file:line:column) and NAME.how. --curve with --json prints a list of {"shot", "frame", "value"}.
    """
    if frame is not None and curve is not None:
        raise UsageError(
            f"--curve {curve}: tells of every frame, so --frame {frame} says nothing; leave one of them out"
        )
    if where and not (as_json and curve is None):
        raise UsageError("--where: belongs to the object that --json prints for a frame; add --json, or leave it out")
    reading = study_film(file, config, settings, seed, silent=as_json)
    from ..explain import explain as explain_frame
    from ..explain import follow_value

    if curve is not None:
        rows = follow_value(reading, curve)
        if as_json:
            print(json.dumps([{"shot": row.shot, "frame": row.frame, "value": row.value} for row in rows]))
        else:
            _print(_curve_table(rows))
        return
    facts = explain_frame(reading, frame or 0)
    if as_json:
        print(json.dumps(_flat(facts, where=where), ensure_ascii=False))
    else:
        print(_heading(reading, facts), end="\n\n")
        _print(*_frame_tables(facts))


def plot(
    file: KeyframeFile,
    out: Annotated[Path | None, typer.Option(help="PNG or SVG to write [outputs/NAME-plot.png].")] = None,
    curve: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Draw this value, moving or not, alone; repeatable.")
    ] = None,
    config: Config = None,
    settings: Settings = None,
    seed: Seed = None,
) -> None:
    """Draw every value that moves, the prompts, shots and labels over one ruler of frames, seconds and bars.

    Dots are keys, a band spans what a value goes through in the denoising of a frame, and the lighter part of a
    prompt's weight is on the way from or to another prompt. What stands still is listed below.
    """
    reading = study_film(file, config, settings, seed)
    from ..plot import save_plot

    path = out or Path("outputs") / f"{reading.film.name}-plot.png"
    save_plot(reading, path, tuple(curve or ()))
    print(path)


def schema() -> None:
    """Print the JSON Schema of keyframe files, with which editors complete names and mark mistakes as you type.

    Write it to a file: pipeline schema > keyframes.schema.json. Then begin a keyframe file with the comment

    # yaml-language-server: $schema=keyframes.schema.json

    for editors with the YAML language server, such as VS Code with its YAML extension; the path starts from the
    keyframe file's folder. `pipeline check` sees more: the schema knows no expressions and no names of your own.
    """
    from ..schedule.schema import schema as keyframe_schema

    print(json.dumps(keyframe_schema(), indent=2, ensure_ascii=False))


def _flat(facts: Iterable[Fact], *, where: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for fact in facts:
        found[fact.name] = fact.value
        if where:
            found[f"{fact.name}.from"] = None if fact.mark is None else str(fact.mark)
            found[f"{fact.name}.how"] = fact.how
    return found


# --- tables -----------------------------------------------------------------------------------------------------------


def _heading(reading: Reading, facts: tuple[Fact, ...]) -> str:
    said = {fact.name: fact.value for fact in facts}
    text = f"{reading.film.source}: frame {said['frame']} of 0 to {reading.film.n_frames - 1}"
    text += f", shot '{said['shot']}' frame {said['t']} of 0 to {said['frames'] - 1}, {said['film_sec']:.2f} s"
    if said["t"] == 0 and _starts_from_clip(reading, said["frame"]):
        text += "\nthe first frame of a shot has no camera move; this one starts from the picture of its clip"
    elif said["t"] == 0 and said["init.image"] == NO_PICTURE and said["init.perlin"] == "off":
        text += "\nthe first frame of a shot is drawn from noise: it has no camera move, and executes all its steps"
    elif said["t"] == 0:
        text += "\nthe first frame of a shot has no camera move; this one starts from a picture, as init says"
    return text


def _starts_from_clip(reading: Reading, frame: int) -> bool:
    from ..explain import score_at

    score, t = score_at(reading, frame)
    return score.shot.plans[t].footage is not None


def _frame_tables(facts: tuple[Fact, ...]) -> list[Table]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        section = fact.name.partition(".")[0] if "." in fact.name else "film"
        found.setdefault(section if section in SECTIONS else "film", []).append(fact)
    name = max(len(fact.name) for fact in facts)
    where = max(len(place(fact.mark)) for fact in facts)
    return [_section(section, found[section], name, where) for section in (*SECTIONS, "film") if section in found]


def _section(section: str, facts: list[Fact], name: int, where: int) -> Table:
    """Lay out one section; prompts are long, and what all of them have in common stands above them."""
    table = _table()
    table.add_column(no_wrap=True, min_width=name)
    common = facts[0].how if section == "prompts" else "constant"
    if section == "prompts":
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    else:
        table.add_column(no_wrap=True, overflow="ellipsis", min_width=16, max_width=34)
        table.add_column(ratio=1)
    table.add_column(no_wrap=True, min_width=where)
    if section == "prompts":
        table.add_row(section, common)
    for fact in facts:
        how = "" if fact.how == common else fact.how
        cells = [f"{shown(fact.value)}  {how}".rstrip()] if section == "prompts" else [shown(fact.value), how]
        table.add_row(fact.name, *cells, place(fact.mark))
    table.add_row()
    return table


def _curve_table(rows: tuple[Row, ...]) -> Table:
    table = _table(has_header=True)
    for name in ("shot", "frame", "seconds", "value", ""):
        right = name in ("frame", "seconds")
        table.add_column(name, no_wrap=True, justify="right" if right else "left", overflow="ellipsis", max_width=34)
    table.add_column("", ratio=1)
    table.add_column("", no_wrap=True)
    before: tuple[str, str] | None = None
    for row in rows:
        how = row.origin.how.rpartition(", ")[0] if row.origin.how.endswith(" %") else row.origin.how
        stretch = (row.shot, "key" if row.is_key else how)
        is_new, before = stretch != before, stretch
        said = (how, place(row.origin.mark)) if is_new else ("", "")
        is_first = row.frame == 0 or row.shot != rows[row.frame - 1].shot
        mark = "*" if row.is_key else ""
        table.add_row(row.shot if is_first else "", str(row.frame), f"{row.sec:.3f}", shown(row.value), mark, *said)
    return table


def _table(*, has_header: bool = False) -> Table:
    from rich.table import Table

    return Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=has_header, expand=True)


def _print(*tables: Table) -> None:
    from rich.console import Console

    text = StringIO()
    width = max(60, shutil.get_terminal_size((WIDTH, 24)).columns)
    console = Console(file=text, width=width, markup=False, emoji=False, highlight=False, color_system=None)
    for table in tables:
        console.print(table)
    print("\n".join(line.rstrip() for line in text.getvalue().splitlines()).rstrip())


def shown(value: Any) -> str:
    """Return a value as a table shows it; numbers over the executed steps as runs, or from where to where they go."""
    if value is None:
        return "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    if not isinstance(value, list):
        return str(value)
    if not value or isinstance(value[0], str):
        return ", ".join(value) or "none"
    runs: list[tuple[float, int]] = []
    for number in value:
        count = runs.pop()[1] + 1 if runs and runs[-1][0] == number else 1
        runs.append((number, count))
    if len(runs) > 3:
        return f"{value[0]:.4g} to {value[-1]:.4g} over {len(value)} steps"
    first, *later = runs
    text = f"{first[0]:.6g} for {first[1]} step{'s' if first[1] > 1 else ''}"
    return text + "".join(f", then {number:.6g} for {count}" for number, count in later)


def place(mark: Mark | None) -> str:
    """Return where a value is written, the file without its folder; an option without line and column."""
    if mark is None:
        return ""
    if mark.file.startswith("--"):
        return mark.file
    return f"{Path(mark.file).name}:{mark.line}:{mark.column}"
