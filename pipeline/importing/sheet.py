"""The keyframe file that an import writes: settings in our order, each with the old key behind it.

Values come as the text that shall stand there; what YAML would misread is put in quotes here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

TOP = ("title", "preset", "fps", "bpm", "frames", "seed", "size", "prompt_prefix", "prompt_suffix", "prompt_fade")
SECTIONS = ("let", "prompts", "camera", "frame", "source", "follow", "look", "init", "music", "signals", "film")
ORDER = {"look": ("base",), "camera": ("mode", "warp"), "source": ("file",)}  # what stands first
PLAIN = re.compile(r"[A-Za-z0-9_.+-](?:[A-Za-z0-9_./()%*+,' -]*[A-Za-z0-9_./()%*+'-])?", re.ASCII)


@dataclass(slots=True)
class Sheet:
    """Settings by their place, such as `look.steps`; prompts are ready lines; `head` are comments on top."""

    head: list[str] = field(default_factory=list)
    values: dict[str, tuple[str, str]] = field(default_factory=dict)
    prompts: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)

    def put(self, place: str, value: str | float | int, comment: str = "") -> None:
        """Write a value at a place, with a comment behind it."""
        self.values[place] = (value if isinstance(value, str) else number(value), comment)

    def text(self) -> str:
        """Return the whole file."""
        lines = [f"# {line}" for line in self.head]
        lines += [self._line(key, key) for key in TOP if key in self.values]
        for section in SECTIONS:
            if section == "prompts":
                lines += ["", "prompts:", *(f"  {line}" for line in self.prompts)]
                continue
            named = [place for place in self.values if place.startswith(section + ".")]
            first = ORDER.get(section, ())
            named.sort(key=lambda place: place.split(".")[1] not in first)
            if named:
                lines += ["", f"{section}:", *("  " + self._line(place.split(".", 1)[1], place) for place in named)]
        if self.tail:
            lines += ["", *(f"# {line}".rstrip() for line in self.tail)]
        return "\n".join(lines) + "\n"

    def _line(self, key: str, place: str) -> str:
        value, comment = self.values[place]
        return f"{key}: {value}" + (f"  # {one_line(comment)}" if comment else "")


def number(value: float) -> str:
    """Return a number's digits, without an exponent, which key strings would take for an expression."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return np.format_float_positional(value, trim="-")


def scalar(text: str) -> str:
    """Return text as a YAML value that reads as exactly this text."""
    if PLAIN.fullmatch(text) and not text.startswith(("- ", "-- ", "---", "...")):
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def keys(found: list[tuple[int, float]]) -> str:
    """Return keys as a number, where they are one, or as a key string."""
    if len({value for _, value in found}) == 1:
        return number(found[0][1])
    return '"' + ", ".join(f"{frame}: ({number(value)})" for frame, value in found) + '"'


def prompt(text: str) -> str:
    """Return a prompt's text whose braces are braces."""
    return text.replace("{", "{{").replace("}", "}}")


def one_line(text: str, limit: int = 160) -> str:
    """Return text fit for a comment."""
    shown = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable() and char != "\ufeff":
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
