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
from ..schedule.source import refuse
from ..types import Film, Mark
from . import deforum, disco, discoart, parseq
from .disco_tables import MODES
from .engine import Models, known_preset, preset_text
from .pictures import Pictures
from .reading import Document, read_document
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


@dataclass(frozen=True, slots=True)
class Source:
    """A program whose settings can be imported."""

    name: str
    is_its: Callable[[dict], bool]
    bring: Callable[..., Models | str]


def _with_manifest(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> str:
    parseq.lay_in_text(old)
    return deforum.import_deforum(old, pictures, modern=modern, mode=mode)


SOURCES = (
    Source(parseq.NAME, parseq.is_parseq, parseq.import_parseq),
    Source(discoart.NAME, discoart.is_discoart, discoart.import_discoart),
    Source(disco.NAME, disco.is_disco, disco.import_disco),
    Source(deforum.NAME, deforum.is_deforum, _with_manifest),
)


def import_settings(path: Path, *, out: Path | None = None, modern: bool = False, mode: str | None = None) -> Imported:
    """Write a keyframe file from a settings file of another program, and a preset where its models need one.

    Convention: `modern` moves cameras by the true projection in place of the old formula; `mode` says what Disco's
        files do not: None, 2D, 3D or Video Input.
    Raises: KeyframeError for a file that is broken or of no known program; UsageError for a place that is taken;
        PipelineError for a film that does not load.
    """
    if mode is not None and mode not in MODES:
        raise UsageError(f"--mode {mode}: is none of Disco Diffusion's; write one of: {', '.join(MODES)}")
    target = out or Path(f"{slug(path.stem)}.yaml")
    if target.suffix not in (".yaml", ".yml"):
        raise UsageError(f"--out {target}: a keyframe file's name ends in .yaml")
    if target.exists():
        raise UsageError(f"{target}: is there already; remove it, or say another file with --out")
    document = read_document(path)
    source = _source(document)
    old = Settings(document, source.name)
    models = source.bring(old, Pictures(path.parent, target.parent), modern=modern, mode=mode)
    old.complaints.settle()
    old.leftovers()
    return _written(old, models, path, target)


def _source(document: Document) -> Source:
    found = next((source for source in SOURCES if source.is_its(document.values)), None)
    if found is None:
        names = ", ".join(source.name for source in SOURCES)
        what = f"these are not the settings of a known program ({names})"
        refuse(Mark(document.label, 1, 1), what, "give the file that the program wrote, with all of its keys")
    return found


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
    film = _load(old.sheet.text(), engine, path, target)
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


def _load(text: str, engine: str | None, path: Path, target: Path) -> Film:
    """Load what shall be written from files beside its place, which are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        config = None
        if engine is not None:
            config = Path(folder) / "preset.yaml"
            config.write_text(engine, encoding="utf-8")
        film = _scratch(target, text)
        try:
            return load(film, config=config)
        except KeyframeError as fault:
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
