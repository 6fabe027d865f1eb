"""Read `signals:`, the film's own signals: what is heard in its music, shaped before frames read it.

Whatever order they are written in, the steps of a shape come in that of `STEPS`; all but the times mean the same at
every frame rate.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...types import Mark
from ..clock import Tempo
from ..fields import as_mapping, describe, nearest, number, scalar, word
from ..labels import check_name
from ..source import Complaints, Mapping, Node, Sequence, refuse, shorten
from .music import seconds

if TYPE_CHECKING:
    from ...listen import Signal
    from .film_song import FilmSong

MAX_SIGNALS = 50
LONGEST_S = 60
LEAD_FRAMES = 3  # frames that a film takes, on the whole, to answer a prompt or a scale: two to four
HIGHEST_HZ = 11_025
AUTO = "auto"
GRIDS = ("beat", "bar")
ON_OFF = ("on", "off", "true", "false")
SOURCES = {
    "of": "the signal to shape: one that is heard, one of cues, or one written above",
    "band": "two frequencies in Hz, [60, 250], between which to hear instead",
}
NUMBERS = {
    "gate": (0, 10, "silences what is below it"),
    "threshold": (0, 10, "makes 1 of what reaches it, and 0 of the rest"),
    "gamma": (0.01, 100, "a power: above 1 keeps to what is loud, below 1 raises what is quiet"),
    "gain": (-1000, 1000, "a factor"),
}
LENGTHS = {
    "smooth": "smooths over so long, without delay",
    "attack": "follows up within so long",
    "hold": "stays at each peak for so long",
    "release": "falls within so long",
    "delay": "comes so much later",
}
SHAPE_KEYS = (*SOURCES, *NUMBERS, "smooth", "attack", "hold", "release", "quantise", "delay", "lead", "accumulate")
STEPS = SHAPE_KEYS[len(SOURCES) :]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a signal of the film's own is made from.

    Convention: `of` is empty where a `band` says what is heard; `lengths` are seconds; `lead_s` is how much it comes
        before the sound.
    """

    mark: Mark
    of: str = ""
    band: tuple[float, float] | None = None
    numbers: dict[str, float] = field(default_factory=dict)
    lengths: dict[str, float] = field(default_factory=dict)
    quantise: str = ""
    lead_s: float = 0.0
    lead_is_auto: bool = False
    accumulates: bool = False

    def about(self, fps: float) -> str:
        """Return the shape in words."""
        said = [self.of or "{:g} to {:g} Hz".format(*(self.band or (0, 0)))]
        said += [f"{name} {self.numbers[name]:g}" for name in NUMBERS if name in self.numbers]
        said += [f"{name} {self.lengths[name]:.4g} s" for name in LENGTHS if name in self.lengths]
        said += [f"held from {self.quantise} to {self.quantise}"] if self.quantise else []
        if self.lead_s:
            why = ", what a film takes to answer" if self.lead_is_auto else ""
            said.append(f"{self.lead_s:.4g} s ({self.lead_s * fps:.3g} frames) before the sound{why}")
        return ", ".join([*said, *(["added up"] if self.accumulates else [])])


def read_signals(node: Node, tempo: Tempo, complaints: Complaints) -> dict[str, Shape]:
    """Return the film's own signals by name; complain about what is wrong with them."""
    from ...listen.names import SIGNALS

    if not isinstance(node, Mapping):
        do = "write signals: {punch: {of: kick, release: 0.3s}}"
        complaints.add(node.mark, f"signals must hold names and shapes ({describe(node)})", do)
        return {}
    if len(node.items) > MAX_SIGNALS:
        complaints.add(node.items[MAX_SIGNALS][0].mark, f"more than {MAX_SIGNALS} signals", "leave some out")
    cues = tempo.song.cues if tempo.song else None
    of_cues = cues.signals if cues else ()
    found: dict[str, Shape] = {}
    for key, value in node.items[:MAX_SIGNALS]:
        known = len(complaints.found)
        complaints.attempt(check_name, key, "a signal")
        if key.text in SIGNALS:
            complaints.add(key.mark, f"'{key.text}' is heard already", "give this one another name")
        if cues and key.text in of_cues:
            file = cues.about(key.text)[1]
            what = f"'{key.text}' is also a signal of {file.place(key.text)}"
            complaints.add(key.mark, what, "give this one another name")
        shape = complaints.attempt(_shape, value, tempo, (*SIGNALS, *of_cues, *found))
        if shape and len(complaints.found) == known:
            found[key.text] = shape
    return found


def _shape(node: Node, tempo: Tempo, known: Collection[str]) -> Shape:
    complaints = Complaints()
    said = as_mapping(node, "signal", SHAPE_KEYS, complaints)
    if len([key for key in SOURCES if key in said]) != 1 and not complaints.found:
        complaints.add(node.mark, "a signal needs either of or band", "write of: kick, or band: [60, 250]")
    numbers = {
        key: complaints.attempt(number, said[key], key, low=low, high=high)
        for key, (low, high, _) in NUMBERS.items()
        if key in said
    }
    lengths = {key: complaints.attempt(_length, said[key], key, tempo) for key in LENGTHS if key in said}
    of = complaints.attempt(_of, said["of"], known, tempo) if "of" in said else ""
    band = complaints.attempt(_band, said["band"]) if "band" in said else None
    quantise = complaints.attempt(word, said["quantise"], "quantise", GRIDS) if "quantise" in said else ""
    adds_up = complaints.attempt(word, said["accumulate"], "accumulate", ON_OFF) if "accumulate" in said else "off"
    is_auto = "lead" in said and getattr(said["lead"], "text", "").strip() == AUTO
    lead = LEAD_FRAMES / tempo.fps if is_auto else 0.0
    if "lead" in said and not is_auto:
        lead = complaints.attempt(_length, said["lead"], "lead", tempo) or 0.0
    complaints.settle()
    return Shape(
        node.mark,
        of or "",
        band,
        {key: value for key, value in numbers.items() if value is not None},
        {key: value for key, value in lengths.items() if value is not None},
        quantise or "",
        lead,
        is_auto,
        adds_up in ("on", "true"),
    )


def _of(node: Node, known: Collection[str], tempo: Tempo) -> str:
    text = scalar(node, "of")
    if text.text not in known:
        if tempo.song is not None:
            tempo.song.cues.refuse_unread()
        refuse(text.mark, f"there is no signal '{shorten(text.text)}'", nearest(text.text, known))
    return text.text


def _band(node: Node) -> tuple[float, float]:
    if not isinstance(node, Sequence) or len(node.items) != 2:
        refuse(node.mark, f"band is two frequencies ({describe(node)})", "write band: [60, 250]")
    low, high = (number(item, "band", low=0, high=HIGHEST_HZ) for item in node.items)
    if low >= high:
        refuse(node.mark, f"band goes from {low:g} to {high:g} Hz", "write the lower frequency first")
    return low, high


def _length(node: Node, what: str, tempo: Tempo) -> float:
    found = float(seconds(node, what, tempo))
    if found > LONGEST_S:
        refuse(node.mark, f"{what} is {found:g} s", f"choose at most {LONGEST_S} s")
    return found


def shaped(shape: Shape, music: FilmSong) -> Signal:
    """Return a signal of the film's own; `music` knows the others."""
    from ...listen import shape as by

    signal = music.signal(shape.of) if shape.band is None else music.song.band(*shape.band)
    numbers, lengths = shape.numbers, shape.lengths
    for step, turned in (("gate", by.gate), ("threshold", by.threshold), ("gamma", by.gamma), ("gain", by.gain)):
        if step in numbers:
            signal = turned(signal, numbers[step])
    if "smooth" in lengths:
        signal = by.smooth(signal, lengths["smooth"])
    following = {f"{step}_s": lengths[step] for step in ("attack", "hold", "release") if step in lengths}
    if following:
        signal = by.follow(signal, **following)
    if shape.quantise:
        signal = by.quantise(signal, music.tempo.beats if shape.quantise == "beat" else music.tempo.downbeats)
    by_s = lengths.get("delay", 0.0) - shape.lead_s
    if by_s:
        signal = by.shift(signal, by_s)
    return by.accumulate(signal) if shape.accumulates else signal
