"""Look up old settings by key and kind, as tolerant as the programs were: "25", 25.0 and 25 are one whole number.

Every key that is looked up is remembered, so that what nobody asked for can be told of.
"""

from __future__ import annotations

import re
from typing import Any

from ..schedule.bounds import PARAMETERS
from ..schedule.source import Complaints, shorten
from .reading import Document, finite
from .report import Report
from .sheet import Sheet, number

NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?\s*", re.ASCII)
FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
NONE = ("", "none", "null")


class Settings:
    """The old values, the report on them, and the film that is being written from them."""

    def __init__(self, document: Document, kind: str) -> None:
        self.document = document
        self.values = document.values
        self.report = Report(kind, notes=list(document.notes))
        self.sheet = Sheet()
        self.complaints = Complaints()
        self.seen: set[str] = set()
        self.mixes_seeds = False  # between whole seeds, as Parseq's do
        self.why_preset = "the models that drew it"

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def raw(self, key: str, default: Any = None) -> Any:
        """Return a value as it is in the file."""
        self.seen.add(key)
        return self.values.get(key, default)

    def number(self, key: str, default: float) -> float:
        """Return a number, which may be written as text."""
        value = self.raw(key, default)
        if isinstance(value, str) and NUMBER.fullmatch(value):
            value = float(value)
        if isinstance(value, bool) or not finite(value):
            self._complain(key, "a number", default)
            return default
        return float(value)

    def whole(self, key: str, default: int) -> int:
        """Return a whole number, which may be written as text or with a point."""
        value = self.number(key, default)
        if value != int(value):
            self._complain(key, "a whole number", default)
            return default
        return int(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return what is true or false."""
        value = self.raw(key, default)
        if isinstance(value, bool):
            return value
        known = FLAGS.get(str(value).strip().lower()) if isinstance(value, str | int | float) else None
        if known is None:
            self._complain(key, "true or false", default)
            return default
        return known

    def text(self, key: str, default: str = "") -> str:
        """Return text; null is none."""
        value = self.raw(key, default)
        if value is None:
            return ""
        if isinstance(value, bool | list | dict):
            self._complain(key, "a text", default)
            return default
        return str(value)

    def path(self, key: str) -> str:
        """Return a path or an address, "" where it says in any of the usual words that there is none."""
        found = self.text(key).strip()
        return "" if found.lower() in NONE else found

    def take(self, key: str, place: str, value: float, comment: str = "") -> None:
        """Write a number that means the same here, or say that it is outside of what may be."""
        bounds = PARAMETERS[place].bounds
        is_low = value <= bounds.low if bounds.without_low else value < bounds.low
        is_high = value >= bounds.high if bounds.without_high else value > bounds.high
        if is_low or is_high:
            self.report.missing(
                key, f"{place} cannot be {number(value)}; choose a value {bounds.says} and write it there"
            )
            return
        self.sheet.put(place, value, comment or self.source(key))
        if key in self.values:
            self.report.exact(key, place)

    def take_top(self, place: str, value: int, key: str) -> None:
        """Write a number that holds for the whole film and means the same here."""
        self.sheet.put(place, value, self.source(key))
        if key in self.values:
            self.report.exact(key, place)

    def batches(self, *, are_drawn: bool = True) -> None:
        """Say how as many pictures of one prompt are drawn here; films had one batch, whatever was asked for."""
        count = self.whole("n_batches", 1)
        if are_drawn and count > 1:
            self.report.about("n_batches", "nothing", f"`pipeline render FILE --takes {count}` draws as many")
        else:
            self.off("n_batches")

    def source(self, key: str) -> str:
        """Return the comment that names an old key, or says that the file had none."""
        return key if key in self.values else f"{key}: not in the file, its default there"

    def off(self, *keys: str, why: str = "") -> None:
        """Note keys that are in the file and did nothing."""
        for key in keys:
            self.seen.add(key)
            if key in self.values:
                self.report.off(key, why)

    def leftovers(self) -> None:
        """Note every key that nobody here knows."""
        for key in self.values:
            if key not in self.seen:
                self.report.missing(key, "nobody here knows this key; if it did something, say it in the file by hand")

    def _complain(self, key: str, wanted: str, default: Any) -> None:
        value = self.values.get(key)
        kind = {dict: "names and values", list: "a list", type(None): "nothing"}.get(type(value), "")
        shown = kind or f"'{shorten(str(value))}'"
        what = f"{key} must be {wanted} (found {shown})"
        self.complaints.add(self.document.mark(key), what, f"write {wanted}, or remove the key")
