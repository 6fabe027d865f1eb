"""What a film settles for all its shots: the layers of settings that lie over one another, and names of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..types import Mark, Music, Size
from . import fields
from .clock import Clock, Tempo
from .keys import Curve
from .labels import check_name
from .named_look import NamedLooks
from .notices import Notices
from .pictures.footage import Clips, Cut
from .pictures.picture import Pictures
from .scope import Scope, Source
from .source import Complaints, Mapping, Node, Scalar

MAX_LETS = 200


@dataclass(frozen=True, slots=True)
class FilmSettings:
    """The film's settings on which all shots agree."""

    place: Node
    fields: dict[str, Node]
    own: dict[str, Node]
    defaults: dict[str, Node]
    tempo: Tempo
    size: Size
    seed: int
    lets: dict[str, tuple[Scalar, Node]]
    notices: Notices
    pictures: Pictures
    looks: NamedLooks
    clips: tuple[str, ...] = ()
    music: Music | None = None
    clips_read: Clips = field(default_factory=Clips)
    footage: Cut | None = None
    take: int = 0
    used: set[str] = field(default_factory=set)
    depth_models: dict[str, Mark] = field(default_factory=dict)
    still: dict[int, Curve] = field(default_factory=dict)

    def layers(self, own: dict[str, Node], what: str) -> list[Node]:
        """Return what the preset, the film and a shot say of one thing, the innermost last."""
        return [layer[what] for layer in (self.defaults, self.own, own) if what in layer]

    def scope(self, clock: Clock, **more: object) -> Scope:
        """Return what the values of a shot may speak of."""
        lets = {name: Source(node, unit=None, in_sampler=True) for name, (_, node) in self.lets.items()}
        shared = {"notices": self.notices, "used": self.used, "still": self.still}
        return Scope(clock, lets=lets, **shared, **more)  # type: ignore[arg-type]


def read_lets(node: Node, complaints: Complaints) -> dict[str, tuple[Scalar, Node]]:
    """Return the file's own names and where their values are written; complain about names that cannot be."""
    if not isinstance(node, Mapping):
        complaints.add(node.mark, f"let must hold names and values ({fields.describe(node)})", "write let: {slow: 0.3}")
        return {}
    if len(node.items) > MAX_LETS:
        complaints.add(node.items[MAX_LETS][0].mark, f"more than {MAX_LETS} names under let", "split the film")
    found = {}
    for key, value in node.items[:MAX_LETS]:
        known = len(complaints.found)
        complaints.attempt(check_name, key, "a value")
        if len(complaints.found) == known:
            found[key.text] = (key, value)
    return found


def overlaid(what: str, known: tuple[str, ...], layers: list[Node], complaints: Complaints) -> dict[str, Node]:
    """Return the fields of sections laid over one another, the last on top."""
    found: dict[str, Node] = {}
    for layer in layers:
        found |= fields.as_mapping(layer, what, known, complaints)
    return found
