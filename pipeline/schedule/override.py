"""Put what the command line says over what a file says: `look.guidance_scale=900` replaces that node of the tree.

What is set this way holds in every shot, also in those that say otherwise themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..types import Mark
from .source import Mapping, Node, Scalar, Sequence, parse, refuse, shorten

KEY = re.compile(r"\s*([A-Za-z_]\w*(?:\.[A-Za-z0-9_-]+)*)\s*=", re.ASCII)


@dataclass(frozen=True, slots=True)
class Override:
    """A path of names and the node to put there."""

    path: tuple[Scalar, ...]
    node: Node


def read_override(text: str, label: str = "--set") -> Override:
    """Read `KEY=VALUE`; a value that opens with a bracket or a quote is YAML, any other is taken as it stands.

    Raises: KeyframeError placed in the given text.
    """
    whole = Scalar(text, Mark(label, 1, 1), range(1, len(text) + 2))
    match = KEY.match(text)
    if not match:
        refuse(whole.mark, f"not KEY=VALUE (found '{shorten(text)}')", "write it as fps=10 or look.steps=20")
    start, path = match.start(1), []
    for part in match[1].split("."):
        path.append(whole.part(start, start + len(part)))
        start += len(part) + 1
    value = whole.part(match.end(), len(text))
    if value.text[:1] not in ("{", "[", '"', "'") or re.match(r"\[[^\]]*\]\s*[*+]", value.text):
        return Override(tuple(path), value)
    return Override(tuple(path), parse(" " * (len(text) - len(text[match.end() :])) + text[match.end() :], label))


def given(key: str, value: str, label: str) -> Override:
    """Return an override for an option of its own, such as `--seed 7`."""
    places = range(1, len(value) + 2)
    return Override((Scalar(key, Mark(label, 1, 1), range(1, 2)),), Scalar(value, Mark(label, 1, 1), places))


def put(tree: Node, path: tuple[Scalar, ...], node: Node) -> Node:
    """Return the tree with `node` at `path`, whose sections are made where they are missing."""
    if not path:
        return node
    head = path[0]
    if isinstance(tree, Sequence):
        return _put_in_list(tree, path, node)
    if not isinstance(tree, Mapping):
        refuse(head.mark, f"there is nothing called '{shorten(head.text)}' here", "set the whole value instead")
    below = tree.get(head.text)
    if below is None and len(path) > 1:
        below = Mapping((), head.mark)
    changed = put(below, path[1:], node) if below is not None else node
    items = [(key, value) for key, value in tree.items if key.text != head.text]
    return Mapping((*items, (head, changed)), tree.mark)


def _put_in_list(tree: Sequence, path: tuple[Scalar, ...], node: Node) -> Sequence:
    head = path[0]
    names = [item.get("name") if isinstance(item, Mapping) else None for item in tree.items]
    found = [n for n, name in enumerate(names) if isinstance(name, Scalar) and name.text == head.text]
    index = found[0] if found else int(head.text) if re.fullmatch(r"\d{1,6}", head.text, re.ASCII) else len(names)
    if index >= len(names):
        refuse(
            head.mark, f"there is no entry '{shorten(head.text)}' in this list", "count from 0, or give a shot's name"
        )
    return Sequence((*tree.items[:index], put(tree.items[index], path[1:], node), *tree.items[index + 1 :]), tree.mark)


def without(tree: Node, path: tuple[str, ...]) -> Node:
    """Return the tree without what stands at `path`."""
    if not isinstance(tree, Mapping) or tree.get(path[0]) is None:
        return tree
    items = []
    for key, value in tree.items:
        if key.text != path[0]:
            items.append((key, value))
        elif len(path) > 1:
            items.append((key, without(value, path[1:])))
    return Mapping(tuple(items), tree.mark)


def without_in_list(tree: Node, name: str, path: tuple[str, ...]) -> Node:
    """Return the tree without what stands at `path` in each entry of the list called `name`."""
    entries = tree.get(name) if isinstance(tree, Mapping) else None
    if not isinstance(entries, Sequence) or not isinstance(tree, Mapping):
        return tree
    changed = Sequence(tuple(without(item, path) for item in entries.items), entries.mark)
    return Mapping(tuple((key, changed if node is entries else node) for key, node in tree.items), tree.mark)
