"""Take a key string apart, `"0: (1.0), 48: (1.0+0.02*sin(t))"`, the way Disco and Deforum users write it.

Unlike there, commas and colons inside brackets and quotes belong to what they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .fields import describe
from .notices import Notices
from .source import Complaints, Scalar

QUOTED = re.compile(r"\([ \t]*([\"'])[^\"'()]*\1[ \t]*\)")  # a number as Deforum shows texts
CURLY = str.maketrans("“”„‟‘’‚‛", "\"\"\"\"''''")


def is_one(text: Scalar) -> bool:
    """Say whether a text has keys in it."""
    return bool(_colons(text.text.translate(CURLY)))


def pieces(text: Scalar, notices: Notices, complaints: Complaints) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield the time and the value of each key; complain about what is neither, and go on."""
    straight = text.text.translate(CURLY)
    if straight != text.text:
        notices.add("curly-quotes", text.mark, "typographic quotes are read as straight ones", "type straight quotes")
    text = Scalar(straight, text.mark, text.columns)
    commas = [index for index, char in _marks_outside(text.text) if char == ","]
    for start, end in zip([0, *(comma + 1 for comma in commas)], [*commas, len(text.text)], strict=True):
        piece = text.part(start, end)
        if not piece.text:
            notices.add("empty-key", text.at(max(0, start - 1)), "there is no key beside this comma", "remove it")
            continue
        colons = _colons(piece.text)
        if not colons:
            complaints.add(piece.mark, f"a key needs a time ({describe(piece)})", "write 'time: (value)'")
            continue
        time, value = piece.part(0, colons[-1]), piece.part(colons[-1] + 1, len(piece.text))
        if missing := re.search(r"[)\]]\s*(?=[\d\"'])", time.text):
            complaints.add(time.at(missing.end()), "a comma is missing before this key", "write '0: (1), 5: (2)'")
            continue
        yield _bare(time), _bare(value) if QUOTED.fullmatch(value.text) else _unquoted(value)


def _marks_outside(text: str) -> Iterator[tuple[int, str]]:
    """Yield commas and colons that stand outside brackets and quotes."""
    depth, quote = 0, ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 and char in ",:":
            yield index, char


def _colons(text: str) -> list[int]:
    return [index for index, char in _marks_outside(text) if char == ":"]


def _unquoted(text: Scalar) -> Scalar:
    if len(text.text) > 1 and text.text[0] in "'\"" and text.text[-1] == text.text[0]:
        return text.part(1, len(text.text) - 1)
    return text


def _bare(time: Scalar) -> Scalar:
    """Return a text without the quotes and the brackets that stand around the whole of it."""
    time = _unquoted(time)
    inner = time.text[1:-1]
    if time.text[:1] == "(" and time.text[-1:] == ")" and "(" not in inner and ")" not in inner:
        return _unquoted(time.part(1, len(time.text) - 1))
    return time
