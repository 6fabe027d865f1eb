"""Looks with a name: a file of `configs/looks/` that lies over the preset's look and under what a film says itself.

`look: disco57` is short for `look: {base: disco57}`. There is one base at a time: a shot's takes the place of the
film's, and `base: none` is none at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from . import preset
from .fields import describe, scalar
from .override import without
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse

BASE = "base"
NO_BASE = "none"
FOLDER = "looks"


def spelled_out(tree: Node) -> Node:
    """Return a film's tree with `look: NAME` written as `look: {base: NAME}`, so that more can be put beside it."""
    if not isinstance(tree, Mapping):
        return tree
    items: list[tuple[Scalar, Node]] = []
    for key, value in tree.items:
        changed = value
        if key.text == "look" and isinstance(value, Scalar):
            changed = Mapping(((Scalar(BASE, value.mark, [value.mark.column] * (len(BASE) + 1)), value),), value.mark)
        elif key.text == "shots" and isinstance(value, Sequence):
            changed = Sequence(tuple(spelled_out(item) for item in value.items), value.mark)
        items.append((key, changed))
    return Mapping(tuple(items), tree.mark)


@dataclass(frozen=True, slots=True)
class NamedLooks:
    """The looks that a film names, each read once; `beside` is the folder that paths start from."""

    beside: Path
    found: dict[str, Node] = field(default_factory=dict)

    def laid_in(self, layers: list[Node], complaints: Complaints) -> list[Node]:
        """Return the layers of a look, the preset's first, with the innermost base between it and all others."""
        base: Node | None = None
        own = []
        for layer in layers[1:]:
            if isinstance(layer, Mapping) and layer.get(BASE) is not None:
                base = layer.get(BASE)
                layer = without(layer, (BASE,))
            own.append(layer)
        under = None if base is None else complaints.attempt(self._read, base)
        return [layers[0], *([] if under is None else [under]), *own]

    def _read(self, node: Node) -> Node | None:
        name = scalar(node, "look.base")
        if name.text == NO_BASE:
            return None
        if name.text not in self.found:
            path = preset.find(name.text, name.mark, self.beside, FOLDER)
            tree = preset.read_tree(path)
            if not isinstance(tree, Mapping):
                refuse(tree.mark, f"a look holds names and values ({describe(tree)})", "write one `name: value` a line")
            self.found[name.text] = tree
        return self.found[name.text]
