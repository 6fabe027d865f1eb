"""What became of every key of an old settings file: the part of an import that people read.

Each key has one verdict. What was active there and has no place here comes last, so that it is not overlooked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

EXACT, ABOUT, OFF, MISSING = "exact", "approximated", "dropped", "unsupported"
VERDICTS = {  # in the order of the report
    EXACT: "taken exactly",
    ABOUT: "approximated",
    OFF: "off there, or without effect, so left out",
    MISSING: "ACTIVE THERE, BUT NOT SUPPORTED HERE",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one key: where it is now, and in which way it differs or what to do."""

    key: str
    verdict: str
    now: str = ""
    why: str = ""


@dataclass(slots=True)
class Report:
    """The verdicts by key, and what else is worth saying; `titles` are those of the verdicts, in order."""

    kind: str
    entries: dict[str, Entry] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=lambda: VERDICTS)

    def exact(self, key: str, now: str) -> None:
        """Note a key whose value means the same here."""
        self._add(Entry(key, EXACT, now))

    def about(self, key: str, now: str, why: str) -> None:
        """Note a key whose value comes near to what it was."""
        self._add(Entry(key, ABOUT, now, why))

    def off(self, key: str, why: str = "") -> None:
        """Note a key that did nothing."""
        self._add(Entry(key, OFF, "", why))

    def missing(self, key: str, do: str) -> None:
        """Note a key that did something there which has no place here."""
        self._add(Entry(key, MISSING, "", do))

    def of(self, verdict: str) -> list[Entry]:
        """Return the keys with a verdict, in the order in which they were looked at."""
        return [entry for entry in self.entries.values() if entry.verdict == verdict]

    def lines(self) -> list[str]:
        """Return the report as people read it."""
        found = []
        for verdict, title in self.titles.items():
            entries = self.of(verdict)
            if not entries:
                continue
            found.append(f"{title}: {len(entries)}")
            if verdict == OFF:
                found += [f"  {entry.key}: {entry.why}" for entry in entries if entry.why]
                found += _filled([entry.key for entry in entries if not entry.why])
                continue
            for entry in entries:
                became = f" -> {entry.now}" if entry.now else ""
                found.append(f"  {entry.key}{became}{f': {entry.why}' if entry.why else ''}")
        return [*(f"note: {note}" for note in self.notes), *found]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "kind": self.kind,
            "notes": list(self.notes),
            **{
                verdict: [{"key": entry.key, "now": entry.now, "why": entry.why} for entry in self.of(verdict)]
                for verdict in VERDICTS
            },
        }

    def _add(self, entry: Entry) -> None:
        """Keep the weightier of two verdicts on a key."""
        weight = {OFF: 0, EXACT: 1, ABOUT: 2, MISSING: 3}
        known = self.entries.get(entry.key)
        if known is None or weight[known.verdict] <= weight[entry.verdict]:
            self.entries[entry.key] = entry


def _filled(keys: list[str], width: int = 100) -> list[str]:
    lines: list[str] = []
    for key in keys:
        if lines and len(lines[-1]) + len(key) + 2 <= width:
            lines[-1] += f", {key}"
        else:
            lines.append(f"  {key}")
    return lines
