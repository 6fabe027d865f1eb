"""Commands about what is already rendered: what is kept and why not, whether it is whole, what can go, what made it."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import StoreError, UsageError
from ..show import say
from .options import AsJson, Config, Folder, KeyframeFile, Seed, Settings, study_film

if TYPE_CHECKING:
    from ..account import Change
    from ..types import Script

Out = Annotated[Path | None, typer.Option(help="Folder of the render [outputs/NAME].")]
AGES = {"h": 3600, "d": 86400, "w": 7 * 86400}
SIZES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def status(
    place: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="A keyframe file, or a folder of a render.")],
    config: Config = None,
    out: Out = None,
    settings: Settings = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Say what `pipeline render` would keep and draw, why, and how long that takes; draw nothing.

    Of a folder it says how much of what was last asked for is there, without the keyframe file.
    """
    if place.is_dir():
        if config or out or settings or seed is not None:
            raise UsageError(f"{place}: is a folder; options of a film go with its keyframe file")
        from ..account import survey_folder

        found, where = survey_folder(place), place
    else:
        from ..account import survey

        reading = study_film(place, config, settings, seed, silent=as_json)
        where = out or Path("outputs") / reading.film.name
        found = survey(reading, where)
    if as_json:
        runs = [{**asdict(run), "state": run.state.value} for run in found.runs]
        report = {"kept": found.n_kept, "to_render": found.n_to_draw, "seconds": found.seconds, "runs": runs}
        report["seams"] = [asdict(seam) for seam in found.seams]
        print(json.dumps({"folder": str(where), **report}))
    else:
        print(f"{where}: {found}")


def why(
    file: KeyframeFile,
    frame: Annotated[int, typer.Option(help="Number of the frame, from 0 over all shots.")],
    config: Config = None,
    out: Out = None,
    settings: Settings = None,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Tell what makes a frame another than the stored one: each value that differs, and the line that says so."""
    from ..account import compare

    reading = study_film(file, config, settings, seed, silent=as_json)
    where = out or Path("outputs") / reading.film.name
    found = compare(reading, where, frame)
    if as_json:
        changes = [{**asdict(one), "mark": None if one.mark is None else str(one.mark)} for one in found.changes]
        print(json.dumps({"frame": frame, "shot": found.shot, "state": found.state.value, "changes": changes}))
        return
    print(f"frame {frame} (shot '{found.shot}' frame {found.frame}) is {WORDS[found.state.value]}")
    for change in found.changes:
        print(_row(change))
    if found.state.value in ("foreign", "take") and not found.changes:
        print(f"its own values are the same: a frame before it changed; see `pipeline status {file}` for the first")


WORDS = {
    "valid": "kept: what is stored is what the file asks for",
    "missing": "not there",
    "damaged": "there, but damaged",
    "foreign": "another than the stored one",
    "take": "another than the stored one, but an earlier take has it",
}


def _row(change: Change) -> str:
    place = f"  ({change.mark})" if change.mark else ""
    return f"  {change.name}: {_short(change.old)} is now {_short(change.new)}{place}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def verify(
    place: Annotated[
        Path, typer.Argument(metavar="DIR|ARCHIVE", help="A folder of a render, or with --bundle a bundle.")
    ],
    bundle: Annotated[bool, typer.Option("--bundle", help="Draw the frames of a bundle again, and compare.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read every frame whole; name each that is missing, damaged or foreign, and leave with 4 if there is one.

    `pipeline render` then makes these again and no others. With --bundle, frames are compared bit for bit where the
    engine is the same, else by their mean difference.
    """
    if bundle:
        _verify_bundle(place, as_json)
        return
    from ..account import joins_of
    from ..account import verify as verify_film

    record, problems = verify_film(place)
    seams = joins_of(record)
    if as_json:
        told = [{**asdict(problem), "state": problem.state.value} for problem in problems]
        joined = [asdict(seam) for seam in seams]
        print(json.dumps({"frames": record.n_frames, "problems": told, "seams": joined}))
    else:
        if not problems:
            print(f"{place}: all {record.n_frames} frames are whole and what the film's record says")
        for seam in seams:
            print(f"{place}: {seam}")
    if problems:
        said = "\n".join(problem.why for problem in problems)
        raise StoreError(
            f"{said}\n{place}: {len(problems)} of {record.n_frames} frames are not as recorded; "
            "render again to make them anew"
        )


def _verify_bundle(path: Path, as_json: bool) -> None:
    from ..account import replay

    found = replay(path)
    same = not found.other_facts
    bad = [match for match in found.matches if not match.is_good(same_engine=same)]
    if as_json:
        matches = [asdict(match) for match in found.matches]
        print(json.dumps({"good": not bad, "other_facts": found.other_facts, "matches": matches}))
    else:
        for name, (there, here) in found.other_facts.items():
            print(f"{name}: {there or 'nothing'} there, {here or 'nothing'} here")
        for match in found.matches:
            apart = f"differs by {match.mean:.3f} of 255 in the mean, {match.largest} at most"
            print(f"shot '{match.shot}' frame {match.frame}: {'the same bits' if match.exact else apart}")
    if bad:
        what = "not the same bits" if same else "too far apart"
        raise StoreError(f"{path}: {len(bad)} of {len(found.matches)} frames are {what}; see which above")


def bundle(
    directory: Folder,
    out: Annotated[Path | None, typer.Option(help="Archive to write [DIR/NAME.zip].")] = None,
    count: Annotated[int, typer.Option(min=1, max=100, help="Frames of each shot to compare by.")] = 3,
    as_json: AsJson = False,
) -> None:
    """Put what a rendered film was made from, and frames to compare by, into one archive.

    `pipeline verify --bundle ARCHIVE` draws these frames again on another machine. Of a clip that the film is drawn
    over, the pictures that these frames look at go along, and the clip itself does not.
    """
    from ..account import bundle as write_bundle
    from ..store import hold, read_film_record

    path = out or directory / f"{read_film_record(directory).name}.zip"
    with hold(directory):
        n_samples = write_bundle(directory, path, per_shot=count)
    print(
        json.dumps({"bundle": str(path), "frames": n_samples}) if as_json else f"{path}: {n_samples} frames to compare"
    )


def clean(
    directory: Folder,
    older_than: Annotated[str | None, typer.Option(metavar="AGE", help="Only what is older: 12h, 7d, 2w.")] = None,
    keep_size: Annotated[str | None, typer.Option(metavar="SIZE", help="Keep the newest up to 500M, 2G.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only counted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove earlier takes and frames past the film's end; without --yes only say how many there are.

    Never touches a frame of the film as it was last rendered.
    """
    from ..store import chosen, discard, hold, read_film_record, spares

    age = None if older_than is None else _amount("--older-than", older_than, AGES, "12h, 7d or 2w")
    size = None if keep_size is None else int(_amount("--keep-size", keep_size, SIZES, "500M or 2G"))
    record = read_film_record(directory)
    with hold(directory):
        found = spares(directory, record)
        gone = chosen(found, now=time.time(), older_than=age, keep_bytes=size)
        if yes:
            discard(gone)
    n_bytes = sum(spare.n_bytes for spare in gone)
    if as_json:
        print(json.dumps({"spare": len(found), "chosen": len(gone), "bytes": n_bytes, "removed": yes}))
        return
    done = "removed" if yes else "would be removed; add --yes to do it"
    print(f"{directory}: {len(gone)} of {len(found)} spare frames ({n_bytes / 1e6:.1f} MB) {done}")


def _amount(option: str, text: str, units: dict[str, int], such_as: str) -> float:
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)([a-z]?)b?", text.lower(), re.ASCII)
    if not found or found[2] not in units:
        raise UsageError(f"{option} {text}: is no amount; write it as {such_as}")
    return float(found[1]) * units[found[2]]


def show(
    picture: Annotated[Path, typer.Argument(metavar="FRAME", help="A frame's PNG, a film, or a render's folder.")],
    as_json: AsJson = False,
) -> None:
    """Print the keyframe file that made a frame, as it stood then; on standard error, the rest of what made it."""
    script = _script_in(picture)
    if script is None:
        raise StoreError(f"{picture}: no keyframe file is written in it; it was made by an earlier version")
    if as_json:
        print(json.dumps(asdict(script), ensure_ascii=False))
        return
    print(script.keyframes, end="" if script.keyframes.endswith("\n") else "\n")
    options = "".join(f" --set {one}" for one in script.settings)
    say(f"{picture}: made with preset {script.preset}{options and ' and' + options}")


def _script_in(place: Path) -> Script | None:
    from ..store import read_film_record, read_record, script_from, script_in

    if place.is_dir():
        return read_film_record(place).script
    if place.suffix not in (".mp4", ".mov", ".webm"):
        return script_in(read_record(place))
    from ..assemble import comment_of

    return script_from(comment_of(place))
