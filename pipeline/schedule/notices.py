"""Warnings: what a film can be made from but hardly what the artist meant; each kind has a code that silences it."""

from __future__ import annotations

from collections.abc import Collection

from ..types import Mark, Notice

CODES = {
    "duplicate-key": "two keys of a key string stand at one frame; the last one counts",
    "key-out-of-range": "a key of a key string lies outside the shot and is left out, as in Deforum",
    "key-beyond-end": "a key lies beyond the end of the shot, so the value never gets there",
    "empty-key": "a key string has a comma too many",
    "curly-quotes": "a key string has typographic quotes",
    "unused-name": "a name under `let:` is not used",
    "unused-label": "a label is not used",
    "text-cut": "a text is longer than a CLIP can read, so its end is cut off",
    "clip-sound": "the sound of the clip under `source:` is left out, since it would not keep step",
    "without-effect": "a value is written where another one switches it off",
    "size-rounded": "the size is not one that the model takes; the nearest one is drawn",
    "size-far": "the picture is more than four times as large or as small as those the model was made for",
}


class Notices:
    """Collects warnings, each kind at each place once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Mark], Notice] = {}

    def add(self, code: str, mark: Mark, what: str, do: str) -> None:
        """Note one thing."""
        assert code in CODES, code
        self._found.setdefault((code, mark), Notice(mark, what, do, code))

    def heard(self, silenced: Collection[str]) -> tuple[Notice, ...]:
        """Return what was noted and is not silenced, in file order."""
        return tuple(sorted(notice for notice in self._found.values() if notice.code not in silenced))
