"""Lead what a film is refused for back to the old settings that said so, so that people can mend them there.

A line of ours names its old key in the comment behind it; lines of prompts come from the prompts.
"""

from __future__ import annotations

import re

from ..errors import Complaint
from ..schedule.source import MAX_BYTES
from ..types import Mark
from .reading import BARE, Document
from .sheet import one_line

PROMPTS = ("prompts", "animation_prompts", "text_prompts", "scenes", "text", BARE)
KEY = re.compile(r"#\s*([A-Za-z_][\w.]*)", re.ASCII)


def blame(complaints: tuple[Complaint, ...], text: str, film: str, document: Document) -> list[Complaint] | None:
    """Return complaints about old settings for those about a film made of them; None where one has no old key.

    Convention: `text` is the film's, whose complaints say that they are of `film`.
    """
    if len(text.encode()) > MAX_BYTES:
        what = f"the film that comes of it is larger than {MAX_BYTES // 1024} KiB, which a keyframe file may have"
        return [Complaint(Mark(document.label, 1, 1), what, "import it in parts, each with fewer frames or keys")]
    found = []
    lines = text.splitlines()
    section = _sections(lines)
    for complaint in complaints:
        line = complaint.mark.line - 1
        if complaint.mark.file != film or line >= len(lines):
            return None
        key = _key(lines[line], section[line], document)
        if key is None:
            return None
        shown = one_line(lines[line].split("  #")[0], 100)
        found.append(Complaint(document.mark(key), f"{key}: {complaint.what} (in '{shown}')", complaint.do))
    return found


def _key(line: str, section: str, document: Document) -> str | None:
    known = {*document.values, *document.places}
    named = [key for key in KEY.findall(line) if key in known]
    if named:
        return named[-1]
    if section == "prompts":
        return next((key for key in PROMPTS if key in known or f'"{key}"' in document.text), None)
    return None


def _sections(lines: list[str]) -> list[str]:
    """Return the section that each line stands in."""
    found, now = [], ""
    for line in lines:
        if line and not line[0].isspace():
            now = line.split(":", 1)[0]
        found.append(now)
    return found
