"""One frame under several settings: `look.guidance_scale=400,1200,4000` becomes three films, and one frame of each.

All settings are read before anything is drawn. All frames start from the same stored frame of the film as it is, so
what differs between them is the setting and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import Complaint, KeyframeError, UsageError
from ..types import Film
from .in_context import Context, Origin, Sketch
from .sheets import Enlarge, as_shown, labelled_sheet
from .stills import place_of

_OPENING, _CLOSING, _QUOTES = "([{", ")]}", "\"'"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A key and the values it is to have, one after the other."""

    key: str
    values: tuple[str, ...]

    @property
    def settings(self) -> tuple[str, ...]:
        """Return each as `--set` takes it."""
        return tuple(f"{self.key}={value}" for value in self.values)


def read_comparison(text: str) -> Comparison:
    """Read `KEY=V1,V2,...`; commas inside brackets or quotes belong to the value.

    Raises: UsageError.
    """
    key, equals, rest = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--compare {text}: is not KEY=V1,V2; write it as look.guidance_scale=400,1200")
    values = tuple(value.strip() for value in _split(rest, text))
    if not all(values):
        raise UsageError(f"--compare {text}: a value is empty; write one between each two commas")
    if len(values) < 2:
        raise UsageError(f"--compare {text}: there is one value and nothing to compare it with; give two or more")
    return Comparison(key.strip(), values)


def load_all(comparison: Comparison, load: Callable[[str], Film]) -> tuple[Film, ...]:
    """Load the film under each setting.

    Raises: KeyframeError with the mistakes of all settings at once.
    """
    films: list[Film] = []
    complaints: list[Complaint] = []
    texts: dict[str, str] = {}
    for setting in comparison.settings:
        try:
            films.append(load(setting))
        except KeyframeError as fault:
            names = {label: f"--compare {text}" if text == setting else label for label, text in fault.texts.items()}
            texts |= {names[label]: text for label, text in fault.texts.items()}
            complaints += [_about(complaint, names) for complaint in fault.complaints]
    if complaints:
        raise KeyframeError(complaints, texts)
    return tuple(films)


def compare(base: Context, films: Sequence[Film], number: int) -> tuple[Sketch, ...]:
    """Draw frame `number` of each film, from the same frame of `base` wherever the film can rest on it.

    Raises: UsageError for a frame that one of the films does not have, before any is drawn.
    """
    origin = base.origin(number)
    places = [place_of(film, number) for film in films]
    if origin is not None:
        origin = replace(origin, seen=base.seen(number, {one for _, plan in places for one in plan.looks_at}))
    contexts = [Context(film, None, easel_for=base.easel_for) for film in films]
    sketches = []
    for context, (shot, plan) in zip(contexts, places, strict=True):
        fits = origin is not None and _fits(base, context.film, number, origin, shot.name, plan.frame)
        sketch = context.draw(number, origin if fits else None)
        sketches.append(replace(sketch, how=_told(sketch, base, origin)))
    return tuple(sketches)


def comparison_sheet(
    comparison: Comparison, sketches: Sequence[Sketch], enlarged: Sequence[Enlarge | None]
) -> np.ndarray:
    """Lay the frames side by side, each as the network of its film enlarges it, with its setting under it."""
    pictures = [as_shown(sketch.pixels, by) for sketch, by in zip(sketches, enlarged, strict=True)]
    return labelled_sheet(pictures, comparison.settings, columns=min(4, len(pictures)))


def _fits(base: Context, film: Film, number: int, origin: Origin, shot: str, frame: int) -> bool:
    """Tell whether the frame lies at the same place of the same shot in both films, and pictures are of one size."""
    there, plan = place_of(base.film, number)
    shots = {one.name: one for one in film.shots}
    between = shots[shot].plans[origin.index + 1 : frame + 1]
    same_place = (there.name, plan.frame) == (shot, frame)
    return same_place and film.size == base.film.size and all(one.camera is not None for one in between)


def _told(sketch: Sketch, base: Context, origin: Origin | None) -> str:
    """Say how a frame was drawn; none is exact where the frames before it were made without the setting."""
    if sketch.kind == "noise":
        if base.store is None:
            return "from noise: as asked"
        why = "no earlier frame of the shot is stored" if origin is None else "the setting changes size or shots"
        return f"from noise: {why}"
    if origin is not None:
        return f"{sketch.how.removeprefix('exact, ')}, made without the setting"
    return sketch.how


def _about(complaint: Complaint, names: Mapping[str, str]) -> Complaint:
    """Name the option and the setting that a mistake is in."""
    mark = complaint.mark
    return replace(complaint, mark=replace(mark, file=names.get(mark.file, mark.file)))


def _split(rest: str, whole: str) -> list[str]:
    """Split at the commas that stand outside brackets and quotes."""
    values, depth, quote, start = [], 0, "", 0
    for place, sign in enumerate(rest):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        elif sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        elif sign == "," and depth == 0:
            values.append(rest[start:place])
            start = place + 1
        if depth < 0:
            break
    if depth or quote:
        raise UsageError(f"--compare {whole}: a bracket or quote has no partner; close what is open")
    return [*values, rest[start:]]
