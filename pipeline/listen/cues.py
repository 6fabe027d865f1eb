"""What other programs know about a song: Audacity's labels, lyrics as LRC or SRT, and MIDI files.

Each becomes labels and signals in seconds, like what is heard. Signals are drawn when somebody asks for them, because a
file of four megabytes can name more than memory would hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

import numpy as np

from ..errors import SoundError
from ..types import Mark
from .signal import Signal
from .tempo import TempoMap

MAX_BYTES = 4 << 20
MAX_MOMENTS, MAX_NAMES = 50_000, 1000  # of one file
LONGEST_S = 6 * 3600.0
RATE_HZ = 200.0
SUFFIXES = (".txt", ".lrc", ".srt", ".mid", ".midi")
LINE, SUNG = "line", "sung"  # what lyrics are called
LONGEST_LINE = 500
_STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_WORD_STAMP = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>\s?")
_SPAN = re.compile(r"\s*(\S+)\s*-->\s*(\S+)")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A stretch of time with a text, and where that is written; a single moment ends where it starts."""

    start_s: float
    end_s: float
    text: str
    mark: Mark | None = field(default=None, compare=False)


class Drawn(Mapping[str, Signal]):
    """Signals by name, each drawn anew by whoever is given for it."""

    def __init__(self, by: Mapping[str, Callable[[], Signal]]) -> None:
        self.by = dict(by)

    def __getitem__(self, name: str) -> Signal:
        return self.by[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self.by)

    def __len__(self) -> int:
        return len(self.by)


@dataclass(frozen=True, slots=True, eq=False)
class Cues:
    """What a file says about a song, in seconds from where its sound begins.

    Convention: `labels` are the moments by the name that each goes by, `lines` those that are sung; `says` tells of
        each signal what it is.
    """

    moments: tuple[Moment, ...]
    labels: dict[str, tuple[Moment, ...]]
    signals: Mapping[str, Signal]
    says: dict[str, str]
    tempo: TempoMap | None = None
    lines: tuple[Moment, ...] = ()


def read_cues(path: str | Path) -> Cues:
    """Return what a file of labels, lyrics or notes says; the ending tells which: .txt, .lrc, .srt, .mid or .midi.

    Raises: SoundError with the line of the first thing that is wrong.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind in (".mid", ".midi"):
        from .midi import read_midi

        return read_midi(path)
    readers = {".txt": audacity_labels, ".lrc": lyrics, ".srt": subtitles}
    if kind not in readers:
        raise SoundError(f"{path}: '{kind}' is no kind of cues; give .txt (Audacity's labels), .lrc, .srt or .mid")
    moments = tuple(sorted(readers[kind](_text(path), str(path))))
    if len(moments) > MAX_MOMENTS:
        raise SoundError(f"{path}: has {len(moments)} labels or lines; keep it to {MAX_MOMENTS}")
    late = next((one for one in moments if one.end_s > LONGEST_S), None)
    if late is not None:
        raise SoundError(f"{late.mark or path}: is later than {LONGEST_S / 3600:g} hours; correct the time")
    if kind != ".txt":
        sung = Drawn({SUNG: partial(_while_any, moments)})
        return Cues(moments, {LINE: moments}, sung, {SUNG: "while a line is sung"}, lines=moments)
    labels = _named(moments, path)
    lasting = {name: found for name, found in labels.items() if any(one.end_s > one.start_s for one in found)}
    says = {name: f"while the label '{found[0].text}' lasts" for name, found in lasting.items()}
    return Cues(moments, labels, Drawn({name: partial(_while_any, found) for name, found in lasting.items()}), says)


def audacity_labels(text: str, label: str) -> list[Moment]:
    """Return the labels of a track that Audacity has exported: start, end and text, with tabs between."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("\\"):  # a label's frequencies, on a line of their own
            continue
        parts = line.split("\t")
        if len(parts) < 2:
            _refuse(label, number, 1, "a label needs a start and an end", "put tabs between start, end and text")
        start, end = (_seconds(part, label, number, column) for part, column in _columns(parts[:2]))
        if end < start:
            _refuse(label, number, len(parts[0]) + 2, f"the end {end:g} is before the start {start:g}", "exchange them")
        at = Mark(label, number, min(len(parts[0]) + len(parts[1]) + 3, len(line) + 1))
        found.append(Moment(start, end, "\t".join(parts[2:]).strip(), at))
    return found


def lyrics(text: str, label: str) -> list[Moment]:
    """Return the lines of an LRC file, each until the next; a line without text only ends the one before."""
    stamped: list[tuple[float, str, Mark]] = []
    offset = 0.0
    for number, line in enumerate(text.splitlines(), 1):
        rest, stamps = line.strip(), []
        while found := _STAMP.match(rest):
            minutes, seconds, part = found.groups()
            stamps.append(60 * int(minutes) + int(seconds) + (int(part) / 10 ** len(part) if part else 0.0))
            rest = rest[found.end() :].lstrip()
        if tag := re.fullmatch(r"\[offset:\s*([+-]?\d{1,7})\s*\]", rest):
            offset = int(tag[1]) / 1000  # milliseconds by which lines come sooner
        elif rest and not stamps and not re.fullmatch(r"\[[a-z#]+:.*\]", rest, re.IGNORECASE):
            _refuse(label, number, 1, "a line without a time", "begin it with [mm:ss.xx]")
        words = _words(_WORD_STAMP.sub("", rest), label, number)
        stamped += [(at, words, Mark(label, number, 1)) for at in stamps]
    if not stamped:
        _refuse(label, 1, 1, "there is no line with a time", "begin lines with [mm:ss.xx]")
    stamped.sort(key=lambda one: one[0])
    ends = [*(at for at, _, _ in stamped[1:]), stamped[-1][0]]
    return [
        Moment(max(at - offset, 0.0), max(end - offset, 0.0), words, mark)
        for (at, words, mark), end in zip(stamped, ends, strict=True)
        if words
    ]


def subtitles(text: str, label: str) -> list[Moment]:
    """Return the texts of an SRT file; lines of one text are joined by blanks, and tags are left out."""
    found: list[Moment] = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        span = _SPAN.match(lines[number])
        number += 1
        if not span:
            if lines[number - 1].strip() and not lines[number - 1].strip().isdigit():
                _refuse(label, number, 1, "a text without a time", "write 00:00:01,000 --> 00:00:02,500 before it")
            continue
        start, end = (_clock(part, label, number, span.start(group) + 1) for group, part in enumerate(span.groups(), 1))
        if end < start:
            _refuse(label, number, span.start(2) + 1, "the end is before the start", "exchange them")
        words, place = [], Mark(label, number, 1)
        while number < len(lines) and lines[number].strip():
            words.append(re.sub(r"<[^<>]*>|\{\\[^{}]*\}", "", lines[number]).strip())
            number += 1
        if text_of := _words(" ".join(words), label, place.line):
            found.append(Moment(start, end, text_of, place))
    if not found:
        _refuse(label, 1, 1, "there is no text with a time", "write 00:00:01,000 --> 00:00:02,500 before each text")
    return found


def _named(moments: tuple[Moment, ...], path: Path) -> dict[str, tuple[Moment, ...]]:
    """Return labels by the names that expressions have for them, in the order in which they first come."""
    found: dict[str, list[Moment]] = {}
    for one in moments:
        name = slug(one.text)
        if not name:
            raise SoundError(f"{one.mark}: a label without a name; give it one with letters from a to z, or digits")
        found.setdefault(name, []).append(one)
    if len(found) > MAX_NAMES:
        raise SoundError(f"{path}: has {len(found)} different labels; keep to {MAX_NAMES}")
    return {name: tuple(some) for name, some in found.items()}


def _words(text: str, label: str, line: int) -> str:
    """Return the words of a line with single blanks between them."""
    words = " ".join(text.split())
    if len(words) > LONGEST_LINE:
        _refuse(label, line, 1, f"a line of {len(words)} characters", f"keep it to {LONGEST_LINE}")
    if not words.isprintable():
        _refuse(label, line, 1, "a line with control characters", "remove them")
    return words


def slug(text: str) -> str:
    """Return a text as a name for expressions: small letters, digits and underscores, not beginning with a digit."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


def _while_any(moments: tuple[Moment, ...]) -> Signal:
    """Return 1 while any of the moments lasts."""
    last = max((one.end_s for one in moments), default=0.0)
    values = np.zeros(int(np.ceil(last * RATE_HZ)))
    for one in moments:
        values[round(one.start_s * RATE_HZ) : round(one.end_s * RATE_HZ)] = 1.0
    return Signal(values, RATE_HZ)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise SoundError(
            f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()}); check the path"
        ) from fault
    if len(content) > MAX_BYTES:
        raise SoundError(f"{path}: the file is larger than {MAX_BYTES >> 20} MiB; is it a file of labels or lyrics?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise SoundError(f"{Mark(str(path), line, 1)}: the file is not UTF-8 text; save it as UTF-8") from fault


def _columns(parts: list[str]) -> list[tuple[str, int]]:
    starts = [1]
    for part in parts:
        starts.append(starts[-1] + len(part) + 1)
    return list(zip(parts, starts, strict=False))


def _seconds(text: str, label: str, line: int, column: int) -> float:
    if not re.fullmatch(r"\s*\d{1,6}([.,]\d{1,9})?\s*", text):  # Audacity writes the comma of the language it speaks
        _refuse(label, line, column, f"'{text.strip()[:40]}' is no number of seconds", "write 12.5")
    return float(text.replace(",", "."))


def _clock(text: str, label: str, line: int, column: int) -> float:
    found = _CLOCK.fullmatch(text)
    if not found:
        _refuse(label, line, column, f"'{text[:40]}' is no time", "write 00:00:01,000")
    hours, minutes, seconds, part = found.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds) + int(part) / 10 ** len(part)


def _refuse(label: str, line: int, column: int, what: str, do: str) -> NoReturn:
    raise SoundError(f"{Mark(label, line, column)}: {what}; {do}")
