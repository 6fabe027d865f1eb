"""Tell where on a shot's time a text is: a plain time, or a sum of times, labels and names that stand still.

Beats of music have no length of their own: they are counted from where the rest of the sum lies, by the tempo map.
"""

from __future__ import annotations

import math
import re
from collections import ChainMap
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from .clock import MAX_FRAMES, Clock, nearest_frame, refuse_time
from .fields import nearest
from .labels import WORDS
from .language import expression
from .language.evaluate import values
from .language.tokens import WORD
from .language.tree import Call, Expression, Name, Tree, Unit
from .language.vocabulary import NAMES, SPANS, SongWords, Vocabulary
from .song.beat_grid import BAR, BEAT
from .source import Scalar, refuse

if TYPE_CHECKING:
    from .scope import Scope

STILL = ("max_f", "frames", "fps", "bpm", "seed", "pi", "e")
MOVING = ("t", "sec", "beat", "bar", "phase", "film_t", "film_sec", "p")
LENGTHS = {BEAT: "a beat", BAR: "a bar"}  # what spans of music are called in a sum; a blank keeps them from any artist
LABEL_FIRST = re.compile(rf"@?({WORD})(?![A-Za-z_0-9]|\s*\()", re.ASCII)

Moments = tuple[int, ...]


def position(scope: Scope, text: Scalar, labels: Mapping[str, Moments] | None = None) -> float | Fraction:
    """Return a time in frames, one of the plain forms or a sum of times, labels and names that stand still.

    Convention: a sum without any unit is cut to a whole frame, as `max_f/2` in Deforum.
    """
    plain = scope.clock.time(text)
    if plain is not None:
        return plain
    words = _words(scope, scope.labels if labels is None else labels)
    _refuse_strange(text, words, scope)
    found = expression.parse(text, words)
    value = _value(found, scope)
    if found.unit is Unit.ANGLE:
        refuse(text.mark, "an angle is no time", "write seconds (2s), beats (4b) or a frame (12)")
    if not abs(value) <= 10 * MAX_FRAMES:
        refuse(text.mark, f"a key cannot stand at frame {value:g}", f"stay within {MAX_FRAMES} frames")
    return value if found.unit is Unit.TIME else float(int(value))


def moments(scope: Scope, text: Scalar) -> Moments:
    """Return the frames at which keys at a time stand: of a label that comes several times, wherever it comes.

    Convention: such a label, and one of the song, gives only keys in the shot, perhaps none; one at the first frame
        where a section of the song runs into the shot. In a shot without frames, whose end is being looked for, only
        the label's next coming counts.
    """
    match = LABEL_FIRST.match(text.text)
    name = match[1] if match else ""
    clock, song = scope.clock, scope.clock.tempo.song
    is_ours = name in scope.labels
    known = scope.labels[name] if is_ours else _of_song(name, scope)
    if known is None or (len(known) < 2 and is_ours):
        return (nearest_frame(position(scope, text)),)
    if not clock.frames:
        known = tuple(frame for frame in known if frame > 0)[:1]
    found = {nearest_frame(position(scope, text, _with(scope.labels, name, frame))) for frame in known}
    is_bare = match is not None and match.end() == len(text.text)
    if song and is_bare and not is_ours and clock.frames and song.runs_into(name, clock.start):
        found.add(0)
    inside = sorted(frame for frame in found if 0 <= frame < (clock.frames or math.inf))
    return tuple(sorted(found)) if is_ours and not inside else tuple(inside)


def _with(labels: Mapping[str, Moments], name: str, frame: int) -> Mapping[str, Moments]:
    """Return labels of which one comes once; the others are left to be found when they are asked for."""
    return ChainMap({name: (frame,)}, labels)  # type: ignore[arg-type]


def song_words(clock: Clock, *, is_position: bool) -> SongWords:
    """Return what may be said of the film's music in a shot."""
    song = clock.tempo.song
    if song is None:
        return SongWords()
    follows = clock.tempo.bpm is None and is_position
    return SongWords(
        moments=lambda name: song.moments(name, clock.start),
        matching=lambda name: song.matching(name, clock.start),
        signals=lambda: song.names,
        place=clock.place if follows else None,
        lengths=LENGTHS if follows else {},
    )


def _words(scope: Scope, labels: Mapping[str, Moments]) -> Vocabulary:
    return Vocabulary(
        names={name: NAMES[name] for name in STILL if name not in scope.gone},
        spans=scope.clock.tempo.spans,
        advice={**scope.advice, **dict.fromkeys(MOVING, "a key stands still; use max_f")},
        labels=labels,
        resolve=scope.still_meaning,
        others=tuple(scope.lets),
        aliases={"s": "seed"},
        is_position=True,
        song=song_words(scope.clock, is_position=True),
        on_label=scope.used.add,
    )


def _of_song(name: str, scope: Scope) -> Moments | None:
    song = scope.clock.tempo.song
    if song is None or not name or name in WORDS or name in scope.lets:
        return None
    return song.moments(name, scope.clock.start)


def _value(found: Expression, scope: Scope) -> float:
    """Return what a position comes to; beats of a song are added last, from where the rest of the sum lies."""
    known = scope.variables(found.names - set(LENGTHS.values()), np.zeros(1))

    def value(beat: float, bar: float) -> float:
        lengths = {LENGTHS[BEAT]: np.asarray(beat), LENGTHS[BAR]: np.asarray(bar)}
        return float(values(found.tree, known | lengths, 1)[0])

    start = value(0.0, 0.0)
    if found.names.isdisjoint(LENGTHS.values()):
        return start
    if not _is_sum(found.tree):
        refuse(found.text.mark, "beats of music can only be added here", "write a sum, such as drop + 2b")
    return scope.clock.later(start, beats=value(1.0, 0.0) - start, bars=value(0.0, 1.0) - start)


def _is_sum(tree: Tree) -> bool:
    """Say whether the beats in a tree are only added, as they are or so many times."""
    if not isinstance(tree, Call) or not _has_beats(tree):
        return True
    if tree.name == "*":
        return not all(map(_has_beats, tree.args)) and all(map(_is_sum, tree.args))
    if tree.name == "/":
        return not _has_beats(tree.args[1]) and _is_sum(tree.args[0])
    return tree.name in ("+", "-", "negate") and all(map(_is_sum, tree.args))


def _has_beats(tree: Tree) -> bool:
    if isinstance(tree, Call):
        return any(map(_has_beats, tree.args))
    return isinstance(tree, Name) and tree.name in LENGTHS.values()


def _refuse_strange(text: Scalar, words: Vocabulary, scope: Scope) -> None:
    """Complain in terms of times about a text in which nothing looks like a sum of them."""
    said = re.findall(WORD, text.text, re.ASCII)
    known = {*words.names, *words.labels, *scope.lets, *SPANS, *words.advice, "bar", "beat", "s"}
    if not known.isdisjoint(said) or re.search(r"[-+*/]|\d(?:f|ms|bars)", text.text):
        return
    if any(words.song.moments(word) for word in said):
        return
    if said and (words.labels or scope.lets) and text.text.isidentifier():
        do = nearest(text.text, (*words.labels, *scope.lets))
        if do.startswith("did you mean"):
            refuse(text.mark, f"not a time and no label (found '{text.text[:40]}')", do)
    refuse_time(text)
