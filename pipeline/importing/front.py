"""Take a settings file of another program, whichever it is, and write it as a film that our own reader loads.

The film is loaded before it is written. What cannot be loaded is told with the place in the text that would have been
written, and nothing is left behind.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import KeyframeError, PipelineError, UsageError
from ..schedule import load
from ..schedule.fields import slug
from ..types import Film
from . import deforum, disco, discoart, fizz, parseq, pytti, warpfusion
from .blame import blame
from .disco_tables import MODES
from .engine import Models, known_preset, preset_text
from .known_keys import DEFORUM, DISCO, DISCOART, FIZZ, PARSEQ, PYTTI, WARP
from .pictures import Pictures
from .reading import read_document
from .recognise import Signs, fits_deforum, fits_disco, fits_discoart, fits_pytti, fits_warp, recognise
from .report import Report
from .settings import Settings
from .sheet import one_line, scalar


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written, where, and what became of every key; `preset` is None where a known one has the models."""

    path: Path
    preset: Path | None
    report: Report
    film: Film


def _after_manifest(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> str:
    """Import Deforum's settings, once what a manifest says has taken its place in them."""
    old.complaints.settle()
    return deforum.import_deforum(old, pictures, modern=modern, mode=mode)


SOURCES: tuple[tuple[Signs, Callable[..., Models | str]], ...] = (
    (Signs(parseq.NAME, "parseq", PARSEQ, parseq.is_parseq, "rendered_frames"), parseq.import_parseq),
    (
        Signs(discoart.NAME, "discoart", DISCOART, fits_discoart, "text_prompts without frames"),
        discoart.import_discoart,
    ),
    (Signs(disco.NAME, "disco", DISCO, fits_disco, "text_prompts by frame"), disco.import_disco),
    (Signs(deforum.NAME, "deforum", DEFORUM, fits_deforum, "prompts by frame"), _after_manifest),
    (Signs(pytti.NAME, "pytti", PYTTI, fits_pytti, "scenes"), pytti.import_pytti),
    (Signs(fizz.NAME, "fizz", FIZZ, fizz.is_fizz, "text and max_frames, or frames alone"), fizz.import_fizz),
    (
        Signs(warpfusion.NAME, "warpfusion", WARP, fits_warp, "style_strength_schedule"),
        warpfusion.import_warpfusion,
    ),
)
PROGRAMS = tuple(signs for signs, _ in SOURCES)
WORDS = tuple(signs.word for signs in PROGRAMS)


def import_settings(
    path: Path,
    *,
    out: Path | None = None,
    modern: bool = False,
    mode: str | None = None,
    program: str | None = None,
    may_fetch: bool = False,
) -> Imported:
    """Write a keyframe file from a settings file of another program, and a preset where its models need one.

    Convention: `modern` moves cameras by the true projection in place of the old formula; `mode` says what Disco's
        files do not: None, 2D, 3D or Video Input; `program` is one of WORDS where the file shall not be asked;
        `may_fetch` lets Parseq's manifest be read from the web address that Deforum's settings name.
    Raises: KeyframeError for a file that is broken or of no known program; UsageError for a place that is taken;
        PipelineError for a film that does not load.
    """
    if mode is not None and mode not in MODES:
        raise UsageError(f"--mode {mode}: is none of Disco Diffusion's; write one of: {', '.join(MODES)}")
    if program is not None and program not in WORDS:
        raise UsageError(f"--as {program}: there is no such program; write one of: {', '.join(WORDS)}")
    target = out or Path(f"{slug(path.stem)}.yaml")
    if target.suffix not in (".yaml", ".yml"):
        raise UsageError(f"--out {target}: a keyframe file's name ends in .yaml")
    if target.exists():
        raise UsageError(f"{target}: is there already; remove it, or say another file with --out")
    document = read_document(path, frozenset().union(*(signs.keys for signs in PROGRAMS)))
    signs, told = recognise(document, PROGRAMS, program)
    old = Settings(document, signs.name)
    old.report.notes += [told] if told else []
    if signs.name == deforum.NAME:
        parseq.lay_in_text(old, path.parent, may_fetch=may_fetch)
    bring = next(bring for each, bring in SOURCES if each is signs)
    models = bring(old, Pictures(path.parent, target.parent), modern=modern, mode=mode)
    old.complaints.settle()
    old.leftovers()
    return _written(old, models, path, target)


def _written(old: Settings, models: Models | str, path: Path, target: Path) -> Imported:
    beside = target.with_name(f"{target.stem}-preset.yaml")
    name = models if isinstance(models, str) else known_preset(models)
    engine = None
    if name is None:
        assert isinstance(models, Models)
        if beside.exists():
            raise UsageError(f"{beside}: is there already; remove it, or say another file with --out")
        engine = preset_text(models, beside.stem, one_line(path.name, 80))
    old.sheet.put("preset", scalar(name or beside.name), old.why_preset)
    _head(old, path)
    film = _load(old, engine, path, target)
    old.report.notes += [f"line {notice.mark.line} of {target.name}: {notice.what}" for notice in film.notices]
    if engine is not None:
        _put(beside, engine)
    _put(target, old.sheet.text())
    return Imported(target, beside if engine is not None else None, old.report, film)


def _head(old: Settings, path: Path) -> None:
    old.sheet.head = [
        f"From {one_line(path.name, 80)}, settings of {old.report.kind}. Behind each value stands its old key.",
        *(f"About: {entry.key}: {one_line(entry.why)}" for entry in old.report.of("approximated")),
        *(f"NOT SUPPORTED: {entry.key}: {one_line(entry.why)}" for entry in old.report.of("unsupported")),
    ]


def _load(old: Settings, engine: str | None, path: Path, target: Path) -> Film:
    """Load what shall be written from files beside its place, which are gone afterwards."""
    text = old.sheet.text()
    with tempfile.TemporaryDirectory() as folder:
        config = None
        if engine is not None:
            config = Path(folder) / "preset.yaml"
            config.write_text(engine, encoding="utf-8")
        film = _scratch(target, text)
        try:
            return load(film, config=config)
        except KeyframeError as fault:
            blamed = blame(fault.complaints, text, str(film), old.document)
            if blamed is not None:
                raise KeyframeError(blamed) from None
            told = "\n".join(_told(complaint, film, text) for complaint in fault.complaints[: KeyframeError.shown])
            raise PipelineError(
                f"{path}: the film made of it does not load, so nothing was written; if the old settings are sound, "
                f"this is a bug of the importer, please report it with them\n{told}"
            ) from None
        finally:
            film.unlink(missing_ok=True)


def _told(complaint: object, film: Path, text: str) -> str:
    mark = complaint.mark  # type: ignore[attr-defined]
    lines = text.splitlines()
    shown = f"\n    {lines[mark.line - 1]}" if mark.file == str(film) and mark.line <= len(lines) else ""
    return f"  {complaint.what}; {complaint.do}{shown}"  # type: ignore[attr-defined]


def _scratch(target: Path, text: str) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=".yaml", dir=target.parent)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written ({(error.strerror or str(error)).lower()})") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)


def _put(place: Path, text: str) -> None:
    """Write a file whole or not at all, and over none that is there."""
    scratch = _scratch(place, text)
    try:
        os.chmod(scratch, 0o666 & ~_umask())
        os.link(scratch, place)
    except FileExistsError:
        raise UsageError(f"{place}: is there already; remove it, or say another file with --out") from None
    except OSError:  # a file system without links
        scratch.replace(place)
    finally:
        scratch.unlink(missing_ok=True)


def _umask() -> int:
    found = os.umask(0)
    os.umask(found)
    return found
