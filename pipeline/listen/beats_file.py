"""The text file beside a song that says where its beats and sections are, to be corrected by hand.

A line for each bar, its beats in seconds from the beginning of the file, so that a wrong bar is one line to mend. Every
mistake is told with its line and column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import yaml

from ..errors import SoundError
from ..types import Mark
from .song import Song

MAX_BYTES = 1 << 20
_KEYS = ("beats_per_bar", "pickup", "bars", "sections")


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """What a beats file says.

    Shapes: beats (n,) seconds from the beginning of the sound file; bar_starts (m,) indices into beats.
    Convention: `sections` are names and the seconds at which they begin, in order; none said, none corrected.
    """

    label: str
    beats: np.ndarray
    bar_starts: np.ndarray
    beats_per_bar: int
    sections: tuple[tuple[str, float], ...]

    def misplaced(self, duration_s: float) -> SoundError:
        """Return the fault of having no beat in the stretch that is listened to."""
        what = f"none of its {len(self.beats)} beats lies in the {duration_s:.4g} s that are listened to"
        return SoundError(f"{self.label}: {what}; correct it, or remove it to have the beats found")


def beats_path(sound: Path) -> Path:
    """Return where the beats of a sound file are written."""
    return sound.with_suffix(".beats.yaml")


def write_beats(song: Song, name: str, *, start_s: float = 0.0) -> str:
    """Return the text of a beats file for a song that was listened to from `start_s` on."""
    tempo = song.tempo
    times = [f"{beat + start_s:.3f}" for beat in tempo.beats]
    starts = [int(start) for start in tempo.bar_starts]
    lines = [
        f"# Where the beats of {name} are, in seconds from the beginning of the file; written by pipeline listen,",
        "# yours to correct. A line for each bar, its beats in order; beats before the first are the pickup. A section",
        "# begins at its second and has the name you give it. Remove this file to have everything found again.",
        f"beats_per_bar: {tempo.beats_per_bar}",
    ]
    pickup = times[: starts[0]] if starts else times
    if pickup:
        lines.append(f"pickup: [{', '.join(pickup)}]")
    if starts:
        lines.append("bars:")
        ends = [*starts[1:], len(times)]
        lines += [f"- [{', '.join(times[start:end])}]" for start, end in zip(starts, ends, strict=True)]
    if song.sections:
        lines.append("sections:")
        lines += [f"  {section.start_s + start_s:.3f}: {section.name}" for section in song.sections]
    return "\n".join(lines) + "\n"


def read_beats(path: Path) -> Correction | None:
    """Return what a beats file says, or None where there is none.

    Raises: SoundError with line and column of the first thing that is wrong.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise SoundError(f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()}); check it") from fault
    label, start = str(path), Mark(str(path), 1, 1)
    if len(content) > MAX_BYTES:
        _refuse(start, f"the file is larger than {MAX_BYTES >> 10} KiB", "keep only beats and sections")
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        _refuse(start, "the file is not UTF-8 text", "save it as UTF-8")
    except yaml.MarkedYAMLError as fault:
        at = fault.problem_mark or fault.context_mark
        place = Mark(label, at.line + 1, at.column + 1) if at else start
        _refuse(place, f"not valid YAML: {(fault.problem or 'unreadable').lower()}", "check brackets and indentation")
    except (yaml.YAMLError, RecursionError) as fault:
        _refuse(start, f"not valid YAML: {str(fault).splitlines()[0].lower()}", "check brackets and indentation")
    return _correction(root, label)


def _correction(root: yaml.Node | None, label: str) -> Correction:
    if not isinstance(root, yaml.MappingNode):
        _refuse(Mark(label, 1, 1), "there are no beats in it", "write 'bars:' and a list of beats for each bar")
    said: dict[str, yaml.Node] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or key.value not in _KEYS:
            name = key.value if isinstance(key, yaml.ScalarNode) else "a list"
            _refuse(_mark(key, label), f"unknown name '{name}'", f"choose one of {', '.join(_KEYS)}")
        if key.value in said:
            _refuse(_mark(key, label), f"'{key.value}' is given twice", "keep one of them")
        said[key.value] = value
    beats: list[float] = []
    starts: list[int] = []
    for moment in _items(said.get("pickup"), label):
        beats.append(_later(moment, label, beats))
    for bar in _items(said.get("bars"), label):
        starts.append(len(beats))
        moments = _items(bar, label)
        if not moments:
            _refuse(_mark(bar, label), "a bar without a beat", "remove it, or write its beats")
        for moment in moments:
            beats.append(_later(moment, label, beats))
    if len(beats) < 2:
        _refuse(_mark(root, label), f"{len(beats)} beats are no tempo", "write at least two")
    return Correction(
        label,
        np.array(beats),
        np.array(starts, dtype=int),
        _per_bar(said, starts, len(beats), label),
        _named(said, label),
    )


def _per_bar(said: dict[str, yaml.Node], starts: list[int], n_beats: int, label: str) -> int:
    node = said.get("beats_per_bar")
    if node is None:
        sizes = np.diff([*starts, n_beats])
        return int(np.bincount(sizes).argmax()) if len(sizes) else 4
    count = _number(node, label)
    if count != int(count) or not 1 <= count <= 32:
        _refuse(_mark(node, label), f"{count:g} beats in a bar", "give a whole number from 1 to 32")
    return int(count)


def _named(said: dict[str, yaml.Node], label: str) -> tuple[tuple[str, float], ...]:
    node = said.get("sections")
    if node is None:
        return ()
    if not isinstance(node, yaml.MappingNode):
        _refuse(
            _mark(node, label),
            "sections are no list",
            "write the second at which each begins, and its name: 12.5: verse",
        )
    found: list[tuple[str, float]] = []
    for key, value in node.value:
        at = _later(key, label, [moment for _, moment in found])
        if not isinstance(value, yaml.ScalarNode) or not value.value.strip():
            _refuse(_mark(value, label), "a section without a name", "write 12.5: verse")
        found.append((value.value.strip(), at))
    return tuple(found)


def _items(node: yaml.Node | None, label: str) -> list[yaml.Node]:
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        _refuse(_mark(node, label), "this is no list", "write beats in brackets: [0.5, 1.0, 1.5, 2.0]")
    return list(node.value)


def _later(node: yaml.Node, label: str, before: list[float]) -> float:
    moment = _number(node, label)
    if moment < 0 or (before and moment <= before[-1]):
        least = before[-1] if before else 0.0
        _refuse(_mark(node, label), f"{moment:g} does not come after {least:g}", "write seconds in rising order")
    return moment


def _number(node: yaml.Node, label: str) -> float:
    try:
        value = float(node.value) if isinstance(node, yaml.ScalarNode) else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        shown = str(node.value)[:40] if isinstance(node, yaml.ScalarNode) else "a list"
        _refuse(_mark(node, label), f"'{shown}' is not a number", "write seconds, such as 12.5")
    return value


def _mark(node: yaml.Node, label: str) -> Mark:
    return Mark(label, node.start_mark.line + 1, node.start_mark.column + 1)


def _refuse(mark: Mark, what: str, do: str) -> NoReturn:
    raise SoundError(f"{mark}: {what}; {do}")
