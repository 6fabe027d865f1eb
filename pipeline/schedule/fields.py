"""Read the fields of a mapping: known names only, and values as whole numbers, numbers, words, texts and sizes.

Numbers are read from the raw text in the plain way, so `010` is ten and `1:30`, `0x10` or `1_000` are mistakes that
are named, never something else.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable

from ..types import Size
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse, shorten

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,30}", re.ASCII)
MAX_SIDE = 4096
ANY_NUMBER = "0, 1, 2 and so on"  # in a table of words: every whole number up to
MAX_NUMBER = 999_999
JOINERS = (0x200C, 0x200D)  # between letters of some scripts
DISCO_NAMES = {
    "angle": "roll",
    "max_frames": "frames",
    "text_prompts": "prompts",
    "frames_skip_steps": "skip",
    "init_image": "image",
    "init_scale": "scale",
    "perlin_init": "perlin",
    "perlin_mode": "perlin",
    **dict.fromkeys(("use_horizontal_symmetry", "use_vertical_symmetry"), "symmetry"),
    "transformation_percent": "symmetry_strength",
}


def nearest(name: str, known: Collection[str], listed: str = "") -> str:
    """Return advice that names the known name closest to `name`, and all of them or what is `listed` instead."""
    listed = listed or ", ".join(known)
    name = DISCO_NAMES.get(name, name)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'? (known: {listed})" if close else f"use one of: {listed}"


def describe(node: Node | None) -> str:
    """Return what a node is, for the brackets of a message."""
    if isinstance(node, Mapping):
        return "found names and values"
    if isinstance(node, Sequence):
        return "found a list"
    return f"found '{shorten(node.text)}'" if node and node.text else "found nothing"


def as_mapping(
    node: Node, what: str, known: Collection[str], complaints: Complaints, *, elsewhere: dict[str, str] | None = None
) -> dict[str, Node]:
    """Return the fields of a mapping whose names are known; complain about anything else.

    `elsewhere` names the section that a key belongs to which stands in the wrong place.
    """
    if not isinstance(node, Mapping):
        complaints.add(node.mark, f"{what} must hold names and values ({describe(node)})", f"use: {', '.join(known)}")
        return {}
    fields = {}
    for key, value in node.items:
        if key.text in known:
            fields[key.text] = value
        else:
            section = (elsewhere or {}).get(DISCO_NAMES.get(key.text, key.text))
            do = f"put it under '{section}:'" if section else nearest(key.text, known)
            complaints.add(key.mark, f"unknown key '{shorten(key.text)}' in {what}", do)
    return fields


def scalar(node: Node, what: str) -> Scalar:
    """Return a node that must be a single value."""
    if not isinstance(node, Scalar):
        refuse(node.mark, f"{what} must be a single value ({describe(node)})", "write one value")
    if not node.text.strip():
        refuse(node.mark, f"{what} has no value", "give one or remove the line")
    return node.part(0, len(node.text))


def number(node: Node, what: str, *, low: float = -math.inf, high: float = math.inf) -> float:
    """Return a node's number, kept within [low, high]."""
    found = scalar(node, what)
    if not NUMBER.fullmatch(found.text):
        _refuse_number(found, what, "a number")
    value = float(found.text)
    if not (math.isfinite(value) and low <= value <= high):
        _refuse_range(found, what, low, high)
    return value


def whole(node: Node, what: str, *, low: int, high: int) -> int:
    """Return a node's whole number, kept within [low, high]."""
    found = scalar(node, what)
    if not WHOLE.fullmatch(found.text):
        _refuse_number(found, what, "a whole number")
    value = int(found.text)
    if not low <= value <= high:
        _refuse_range(found, what, low, high)
    return value


def _refuse_number(found: Scalar, what: str, kind: str) -> None:
    do = "write digits, such as 12"
    if re.fullmatch(r"\d+(:\d+)+(\.\d+)?", found.text, re.ASCII):
        do = "minutes and seconds are only read where a time is wanted; write one number"
    refuse(found.mark, f"{what} must be {kind} ({describe(found)})", do)


def _refuse_range(found: Scalar, what: str, low: float, high: float) -> None:
    bounds = f"from {low:,} up" if high == math.inf else f"between {low} and {high}"
    refuse(found.mark, f"{what} is out of range ({describe(found)})", f"choose a value {bounds}")


def word(node: Node, what: str, known: Iterable[str]) -> str:
    """Return a node's word, which must be a known one."""
    found = scalar(node, what)
    names = tuple(known)
    is_number = ANY_NUMBER in names and re.fullmatch(r"\d{1,6}", found.text, re.ASCII)
    if not is_number and (found.text not in names or found.text == ANY_NUMBER):
        refuse(found.mark, f"unknown {what} '{shorten(found.text)}'", nearest(found.text, names))
    return found.text


def name(node: Node, what: str) -> str:
    """Return a node's text if it can name a folder everywhere."""
    found = scalar(node, what)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", found.text, re.ASCII):
        do = f"use small letters, digits, '.', '_' and '-', such as '{slug(found.text)}'"
        refuse(found.mark, f"{what} cannot be a folder's name ({describe(found)})", do)
    return found.text


def slug(text: str) -> str:
    """Return text as a folder's name: small letters, digits, dots, underscores and hyphens, at most 64 of them."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:64] or "film"


def line(node: Node, what: str, *, longest: int) -> str:
    """Return a node's text as one line without control characters."""
    found = scalar(node, what)
    return clean(found, what, longest=longest)


def clean(found: Scalar, what: str, *, longest: int) -> str:
    """Return text with its blanks made single, refused where it is empty, too long or not printable."""
    text = " ".join(found.text.split())
    if not text:
        refuse(found.mark, f"{what} is empty", "write some words")
    if len(text) > longest:
        refuse(found.mark, f"{what} has {len(text)} characters", f"keep it to {longest}")
    strange = next((char for char in text if not char.isprintable() and ord(char) not in JOINERS), None)
    if strange is not None:
        place = found.at(found.text.index(strange))
        refuse(place, f"{what} holds the control character U+{ord(strange):04X}", "remove it")
    return text


def size(node: Node) -> Size:
    """Return a picture size, written `{height: .., width: ..}` or, as people say it, `WIDTHxHEIGHT`."""
    if isinstance(node, Mapping):
        complaints = Complaints()
        fields = as_mapping(node, "size", ("height", "width"), complaints)
        for side in ("height", "width"):
            if side not in fields:
                complaints.add(node.mark, f"size has no {side}", "give height and width")
        complaints.settle()
        sides = [(fields[side], whole(fields[side], side, low=1, high=MAX_SIDE)) for side in ("height", "width")]
    else:
        found = scalar(node, "size")
        match = re.fullmatch(r"(\d{1,6})\s*[x×]\s*(\d{1,6})", found.text, re.ASCII)
        if not match:
            refuse(found.mark, f"size is not understood ({describe(found)})", "write WIDTHxHEIGHT, such as 128x128")
        sides = [(found, int(match[2])), (found, int(match[1]))]
    for place, pixels in sides:
        if not 1 <= pixels <= MAX_SIDE:
            refuse(place.mark, f"a side of {pixels} pixels cannot be drawn", f"stay between 1 and {MAX_SIDE}")
    return Size(height=sides[0][1], width=sides[1][1])
