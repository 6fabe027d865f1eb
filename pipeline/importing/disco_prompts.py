"""Disco Diffusion's prompts: texts and pictures over time, each list holding until the next one.

A weight stands behind the last colon, and CLIP read it as a part of the text, which the look `disco57` keeps.
"""

from __future__ import annotations

import math
import re
from typing import Any

from ..schedule.prompt import WEIGHT_AT_END
from ..schedule.template import LONGEST
from .pictures import Pictures
from .settings import Settings
from .sheet import number, one_line, prompt, scalar

Lists = dict[int, list[str]]
URL = re.compile(r"https?://", re.ASCII)


def write(old: Settings, pictures: Pictures, frames: int) -> None:
    """Write `prompts:`, texts and pictures together."""
    texts = _lists(old, "text_prompts", frames)
    images = _lists(old, "image_prompts", frames)
    lines: list[str] = []
    for frame in sorted({*texts, *images}):
        items = [_text_line(old, said) for said in _holding(texts, frame)]
        items += [line for said in _holding(images, frame) if (line := _picture_line(old, pictures, said))]
        if items:
            lines += [f"{frame}:", *(f"  - {item}" for item in items)]
    if not lines:
        place = old.document.mark("text_prompts")
        old.complaints.add(place, "there are no prompts", "a film needs at least one text")
    old.sheet.prompts = lines
    old.sheet.put("prompt_fade", "hold", "prompts changed suddenly there")
    for key, found in (("text_prompts", texts), ("image_prompts", images)):
        if key in old and not found:
            old.off(key)
        elif key in old:
            old.report.exact(key, "prompts")
    if images:
        old.report.about("image_prompts", "prompts", "seen whole, and not in 16 random cuts")


def parted(said: str) -> tuple[str, float]:
    """Return a prompt's text and weight, parted at the last colon and in addresses at the second last, as there.

    Raises: ValueError where what stands behind the colon is no number, as there.
    """
    if URL.match(said):
        pieces = said.rsplit(":", 2)
        pieces = [":".join(pieces[:2]), *pieces[2:]] if len(pieces) > 1 else pieces
    else:
        pieces = said.rsplit(":", 1)
    weight = float(pieces[1]) if len(pieces) > 1 else 1.0
    if not math.isfinite(weight):
        raise ValueError(said)
    return pieces[0], weight


def _lists(old: Settings, key: str, frames: int) -> Lists:
    """Return lists of prompts by frame, the first also before its frame; those beyond the film are left out."""
    said: Any = old.raw(key)
    if said is None or said in ("", [], {}):
        return {}
    if isinstance(said, str):
        said = [said]
    if isinstance(said, list):
        said = {"0": said}
    found: Lists = {}
    for frame, items in said.items() if isinstance(said, dict) else ():
        items = [items] if isinstance(items, str) else items
        if not re.fullmatch(r"\s*\d{1,6}\s*", str(frame), re.ASCII) or not isinstance(items, list):
            break
        if not all(isinstance(item, str) for item in items):
            break
        found[int(frame)] = [item for item in items if item.strip()]
    else:
        if isinstance(said, dict):
            return _inside(old, key, found, frames)
    mark = old.document.mark(key)
    old.complaints.add(mark, f"{key} must be frames, each with a list of texts", 'write {"0": ["a lighthouse"]}')
    return {}


def _inside(old: Settings, key: str, found: Lists, frames: int) -> Lists:
    inside = {frame: items for frame, items in sorted(found.items()) if frame < frames}
    if len(inside) < len(found):
        gone = ", ".join(str(frame) for frame in sorted(found.keys() - inside.keys())[:9])
        old.report.notes.append(f"{key} of frame {gone} lie beyond the last frame, {frames - 1}, and are left out")
    if not inside and found:
        inside = {0: found[min(found)]}
    if inside and 0 not in inside:
        inside = {0: inside[min(inside)], **inside}
        del inside[min(frame for frame in inside if frame)]
    return inside


def _holding(lists: Lists, frame: int) -> list[str]:
    known = [each for each in lists if each <= frame]
    return lists[max(known)] if known else []


def _text_line(old: Settings, said: str) -> str:
    """Return a text as an item of our list; where we would read its weight otherwise, text and weight apart."""
    said = " ".join("".join(char if char.isprintable() else " " for char in said).split())
    try:
        _, weight = parted(said)
    except ValueError:
        weight = 1.0
        old.report.about(
            "text_prompts", "prompts", f"'{one_line(said, 40)}' has no number behind its last colon: 1 here"
        )
    if len(said) > LONGEST:
        said = said[: LONGEST - 10].rsplit(" ", 1)[0]
        old.report.about("text_prompts", "prompts", f"a text is longer than the {LONGEST} letters that may be: cut off")
    ours = WEIGHT_AT_END.fullmatch(said)
    if (float(ours["weight"]) if ours else 1.0) == weight:
        return scalar(prompt(said))
    return f"{{text: {quoted(prompt(said))}, weight: {number(weight)}}}"


def quoted(text: str) -> str:
    """Return text in quotes, which it needs between braces."""
    shown = scalar(text)
    return shown if shown.startswith('"') else f'"{shown}"'


def _picture_line(old: Settings, pictures: Pictures, said: str) -> str | None:
    try:
        path, weight = parted(said)
    except ValueError:
        path, weight = said, 1.0
    there = pictures.found("image_prompts", path.strip(), old.report)
    if there is None:
        return None
    there = there if there.startswith('"') else f'"{there}"'
    return f"{{image: {there}, weight: {number(weight)}}}"
