"""The words an expression may use in one place of one shot, and why it may not use others.

What would surprise: the same parser reads values and the positions of keys. In a position labels are moments,
`bar 17` and `0:12.5` are times, and nothing may move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..fields import nearest
from ..source import Scalar
from .tree import Meaning, Unit

NAMES: dict[str, Meaning] = {
    "t": Meaning(is_timed=True),
    **dict.fromkeys(("sec", "beat", "bar", "phase"), Meaning(Unit.NUMBER, is_timed=True)),
    "film_t": Meaning(is_timed=True),
    "film_sec": Meaning(Unit.NUMBER, is_timed=True),
    **dict.fromkeys(("max_f", "frames", "fps", "bpm", "seed", "pi", "e"), Meaning()),
    "p": Meaning(uses_progress=True),
}
"""What the language itself knows: frame, seconds, beats and bars of the shot, how far a beat is gone, and frame and
seconds of the film; the last frame and the number of frames; the tempo; the shot's seed; constants; and the progress of
the denoising."""

SPANS = {"ms": "milliseconds", "s": "seconds", "f": "frames", "b": "beats", "bars": "bars"}
ANGLES = {"deg": 1.0, "turns": 360.0}
NO_TEMPO = "add 'bpm: 120' at the top of the file, or music to follow"
OTHER_NAMES = {"s": "seed", "f": "t", "frame": "t", "tau": "pi", "n": "frames", "progress": "p"}


def _nothing(name: object) -> None:
    return None


def _no_beats(unit: str, step: float) -> tuple[float, ...] | None:
    return None


@dataclass(frozen=True, slots=True)
class SongWords:
    """What positions and functions may say of the film's music.

    Convention: `moments` and `matching` know the labels of the song, the second with all others of their group;
        `place` gives the frame of 'bar 17' or 'beat 33.5'; `lengths` names what a beat and a bar are called in a sum,
        whose length depends on where it begins, both empty where a tempo is written down; `signals` names what is
        heard.
    """

    moments: Callable[[str], tuple[int, ...] | None] = _nothing
    matching: Callable[[str], tuple[tuple[int, ...], tuple[int, ...]] | None] = _nothing
    place: Callable[[str, float], float] | None = None
    lengths: Mapping[str, str] = field(default_factory=dict)
    signals: Callable[[], tuple[str, ...]] = tuple


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known in one place.

    Convention: `spans` gives the frames of each unit of time; `advice` says why a word that exists elsewhere is missing
        here; `resolve` knows the file's own names, of which `others` are shown; `aliases` are old words for ours;
        `every` gives the frames of every so many beats or bars, None for too many.
    """

    names: Mapping[str, Meaning]
    spans: Mapping[str, float] = field(default_factory=dict)
    advice: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    resolve: Callable[[Scalar], Meaning | None] = _nothing
    others: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    is_position: bool = False
    song: SongWords = field(default_factory=SongWords)
    every: Callable[[str, float], tuple[float, ...] | None] = _no_beats
    on_label: Callable[[str], None] = lambda name: None

    def suggest(self, name: str) -> str:
        """Return advice on a name nobody knows; settings such as `camera.zoom` are listed for names like theirs."""
        known = (*self.names, *self.others, *(self.labels if self.is_position else ()))
        other = OTHER_NAMES.get(name, name)
        like = next((each for each in self.others if each.endswith("." + name)), other if other in known else name)
        listed = ", ".join(each for each in known if ("." in each) == ("." in name))
        return nearest(like, known if self.is_position else (*known, *self.song.signals()), listed)
