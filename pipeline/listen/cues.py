"""What other programs know about a song: Audacity's labels, lyrics as LRC or SRT, and MIDI files.

Each becomes named moments and signals in seconds, like what is heard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import numpy as np

from ..errors import SoundError
from ..types import Mark
from .signal import Signal
from .tempo import TempoMap

MAX_BYTES = 4 << 20
RATE_HZ = 200.0
_STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_WORD_STAMP = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>\s?")
_SPAN = re.compile(r"\s*(\S+)\s*-->\s*(\S+)")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A stretch of time with a text; a single moment ends where it starts."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Cues:
    """What a file says about a song, in seconds from where its sound begins."""

    moments: tuple[Moment, ...]
    signals: dict[str, Signal] = field(default_factory=dict)
    tempo: TempoMap | None = None


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
    moments = readers[kind](_text(path), str(path))
    return Cues(tuple(sorted(moments)), {"sung": _while_any(moments)} if kind != ".txt" else _gates(moments))


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
        found.append(Moment(start, end, "\t".join(parts[2:]).strip()))
    return found


def lyrics(text: str, label: str) -> list[Moment]:
    """Return the lines of an LRC file, each until the next; a line without text only ends the one before."""
    stamped: list[tuple[float, str]] = []
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
        stamped += [(at, _WORD_STAMP.sub("", rest)) for at in stamps]
    if not stamped:
        _refuse(label, 1, 1, "there is no line with a time", "begin lines with [mm:ss.xx]")
    stamped.sort(key=lambda one: one[0])
    ends = [*(at for at, _ in stamped[1:]), stamped[-1][0]]
    return [
        Moment(max(at - offset, 0.0), max(end - offset, 0.0), words)
        for (at, words), end in zip(stamped, ends, strict=True)
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
        words = []
        while number < len(lines) and lines[number].strip():
            words.append(re.sub(r"<[^>]*>|\{\\[^}]*\}", "", lines[number]).strip())
            number += 1
        found.append(Moment(start, end, " ".join(word for word in words if word)))
    if not found:
        _refuse(label, 1, 1, "there is no text with a time", "write 00:00:01,000 --> 00:00:02,500 before each text")
    return found


def _gates(moments: list[Moment]) -> dict[str, Signal]:
    """Return for each label that lasts a signal of its name: 1 while it lasts."""
    names = {name for one in moments if one.end_s > one.start_s and (name := slug(one.text))}
    return {name: _while_any([one for one in moments if slug(one.text) == name]) for name in sorted(names)}


def slug(text: str) -> str:
    """Return a text as a name for expressions: small letters, digits and underscores, not beginning with a digit."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


def _while_any(moments: list[Moment]) -> Signal:
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
