"""Compare a film that has been read with the models it names: picture sizes, classes, and what each model is for.

The catalogue alone is asked, so it answers while a film is checked, before torch is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..errors import Complaint, KeyframeError, ModelError
from ..schedule import Reading
from ..schedule.fields import nearest
from ..schedule.sizing import shown
from ..schedule.source import shorten
from ..types import Mark, Notice, Size
from ..types.codec import LANCZOS, names_model
from .catalogue import PACKAGED, find, read_catalogue
from .entry import DiffusionArchitecture, Entry, SecondaryArchitecture, UpscalerArchitecture, a_model
from .presence import status_of

FAR = 4  # times the number of pixels: what the 512-pixel model is used for in practice, 1280x768, is below


def fitted(reading: Reading, *, catalogue: Path = PACKAGED) -> Reading:
    """Return the film with warnings of what its models were not made for.

    Raises: KeyframeError for what they cannot draw; ModelError for models that nobody knows.
    """
    engine = reading.film.engine
    entry = find(engine.diffusion_model, catalogue=catalogue)
    found = list(_of_diffusion(reading, entry))
    if engine.secondary_model:
        found += _of_secondary(reading, find(engine.secondary_model, catalogue=catalogue))
    format = reading.film.format
    acts = format.upscale > 1 and names_model(format.upscaler)
    refused = refused_upscaler(format.upscaler, catalogue=catalogue) if acts else None
    if refused:
        found.append(Complaint(_mark(reading, "film.upscaler"), *refused))
    if found:
        raise KeyframeError(found, reading.texts)
    notices = (*reading.film.notices, *_far(reading, entry))
    return replace(reading, film=replace(reading.film, notices=tuple(sorted(notices))))


def _of_diffusion(reading: Reading, entry: Entry) -> Iterator[Complaint]:
    model = entry.architecture
    if not isinstance(model, DiffusionArchitecture):
        yield _other_kind(reading, "models.diffusion", entry, "diffusion")
        return
    yield from _of_size(reading, entry.name, model.size_multiple)
    asked = {score.words["look.class"].mark: score.words["look.class"].text.strip() for score in reading.scores}
    for mark, wanted in asked.items():
        fault = refused_class(wanted, model.unet.num_classes)
        if fault:
            yield Complaint(mark, f"look.class is {wanted}, and {entry.name} {fault[0]}", fault[1])
    if model.text is None:
        for score in reading.scores:
            told = {value for plan in score.shot.plans for value in plan.look.cfg_scale} - {0.0}
            if told:
                mark = score.scope.parameters["look.cfg_scale"].node.mark
                yield Complaint(mark, f"look.cfg_scale is {max(told):g}, and {entry.name} takes no texts", "write 0")
    if model.sketch is None:
        for score in reading.scores:
            share = max(plan.look.renew for plan in score.shot.plans)
            if share:
                mark = score.scope.parameters["look.renew"].node.mark
                yield Complaint(mark, f"look.renew is {share:g}, and {entry.name} has no sketch of texts", "write 0")


def refused_class(wanted: str, n_classes: int | None) -> tuple[str, str] | None:
    """Return what speaks against a class, and what to do, or None where nothing does."""
    if n_classes is None:
        return None if wanted == "none" else ("has no classes", "write none")
    if wanted == "random" or (wanted != "none" and int(wanted) < n_classes):
        return None
    return f"has {n_classes} classes", f"write random, or a number from 0 to {n_classes - 1}"


def refused_upscaler(name: str, *, catalogue: Path = PACKAGED) -> tuple[str, str] | None:
    """Return what speaks against enlarging by the model called `name`, and what to do, or None where nothing does."""
    try:
        entry = find(name, catalogue=catalogue)
    except ModelError:
        entries = read_catalogue(catalogue).values()
        known = [LANCZOS, *(one.name for one in entries if isinstance(one.architecture, UpscalerArchitecture))]
        do = f"{nearest(name, known)}; a file's path has a slash: ./{shorten(name)}"
        return f"no model that enlarges is called '{shorten(name)}'", do
    if not isinstance(entry.architecture, UpscalerArchitecture):
        do = f"name {a_model('upscaler')}, or write {LANCZOS}; `pipeline models list` shows the kinds"
        return f"{entry.name} is {a_model(entry.kind)}", do
    status = status_of(entry)
    what, _, do = status.fault.rpartition("; ")
    return (what, f"{do}, or write upscaler: {LANCZOS}") if status.fault else None


def _of_secondary(reading: Reading, entry: Entry) -> Iterator[Complaint]:
    if isinstance(entry.architecture, SecondaryArchitecture):
        paths = [score.words["look.guidance_path"].text.strip() for score in reading.scores]
        if "secondary" in paths:
            yield from _of_size(reading, entry.name, entry.architecture.size_multiple)
    else:
        yield _other_kind(reading, "models.secondary", entry, "secondary")


def _other_kind(reading: Reading, place: str, entry: Entry, wanted: str) -> Complaint:
    what = f"{place} {entry.name} is {a_model(entry.kind)}"
    return Complaint(_mark(reading, place), what, f"name {a_model(wanted)}; `pipeline models list` shows the kinds")


def _of_size(reading: Reading, name: str, multiple: int) -> Iterator[Complaint]:
    size = reading.film.size
    if size.width % multiple or size.height % multiple:
        what = f"size {shown(size)} does not fit {name}, which takes multiples of {multiple}"
        yield Complaint(_mark(reading, "size"), what, f"use some, or set size_multiple: {multiple} in the preset")


def _far(reading: Reading, entry: Entry) -> Iterator[Notice]:
    model, size = entry.architecture, reading.film.size
    if not isinstance(model, DiffusionArchitecture) or "size-far" in reading.silenced:
        return
    best = model.recommended_size
    if _pixels(size) > FAR * _pixels(best) or _pixels(size) * FAR < _pixels(best):
        times = "large" if _pixels(size) > _pixels(best) else "small"
        what = (
            f"size {shown(size)} is more than {FAR} times as {times} as {shown(best)}, which {entry.name} was made for"
        )
        yield Notice(_mark(reading, "size"), what, f"stay near {shown(best)}", "size-far")


def _pixels(size: Size) -> int:
    return size.width * size.height


def _mark(reading: Reading, place: str) -> Mark:
    return reading.places.get(place, Mark(reading.film.source, 1, 1))
