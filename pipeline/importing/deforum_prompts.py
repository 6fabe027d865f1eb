"""Deforum's prompts: a text per key, what is not wanted behind `--neg`, and Stable Diffusion's own signs.

A weight in brackets, `(word:1.3)`, means nothing to CLIP: the words are kept and the sign is told.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..schedule.prompt import WEIGHT_AT_END
from ..schedule.template import LONGEST
from .disco_prompts import quoted
from .settings import Settings
from .sheet import number, one_line, prompt, scalar

NEGATIVE = -0.5  # of what is not wanted, against 1 of what is
SIGNS = {
    "weights in brackets": re.compile(r"\(([^():]*):\s*-?[\d.]+\s*\)"),
    "a LoRA": re.compile(r"<(?:lora|lyco|hypernet):[^<>]*>"),
    "texts that change while a frame is drawn": re.compile(r"\[[^\[\]]*:[^\[\]]*:[^\[\]]*\]"),
    "expressions in backticks": re.compile(r"`[^`]*`"),
}


def write(old: Settings, frames: int) -> None:
    """Write `prompts:`; each holds until the next, as in Deforum's films in 2D and 3D."""
    before, after = old.text("positive_prompts"), old.text("negative_prompts")
    said: Any = old.raw("prompts", {})
    if isinstance(said, str) and said.strip().startswith("{"):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            said = None
    if not isinstance(said, dict) or not said or not all(isinstance(text, str) for text in said.values()):
        mark = old.document.mark("prompts")
        old.complaints.add(mark, "prompts must be frames, each with a text", 'write {"0": "a lighthouse"}')
        return
    keys = _inside(old, said, frames)
    lines: list[str] = []
    for frame, text in keys:
        wanted, _, unwanted = text.partition("--neg")
        if before and before.strip() not in wanted:
            wanted = f"{before} {wanted}"
        if after and after.strip() not in unwanted:
            unwanted = f"{unwanted} {after}"
        lines.append(f"{frame}:")
        lines += _items(_parts(old, wanted), 1.0) or ["  - a picture"]
        lines += _items(_parts(old, unwanted), NEGATIVE)
    old.sheet.prompts = lines
    old.sheet.put("prompt_fade", "hold", "prompts changed suddenly there")
    old.report.exact("prompts", "prompts")
    for key, found in (("positive_prompts", before), ("negative_prompts", after)):
        if key in old and found:
            old.report.exact(key, "prompts")
        else:
            old.off(key)
    if any("weight: " in line for line in lines):
        old.report.about(
            "prompts", "prompts", f"what is not wanted has weight {NEGATIVE}; Stable Diffusion had no number"
        )


def _inside(old: Settings, said: dict[str, str], frames: int) -> list[tuple[str, str]]:
    """Return prompts by frame or moment, the first at 0; a moment by an expression stays one."""
    numbered = {int(key): text for key, text in said.items() if re.fullmatch(r"\s*\d{1,6}\s*", key, re.ASCII)}
    moments = {key: text for key, text in said.items() if not re.fullmatch(r"\s*\d{1,6}\s*", key, re.ASCII)}
    inside = {frame: text for frame, text in numbered.items() if frame < frames}
    if len(inside) < len(numbered):
        old.report.notes.append(f"prompts beyond the last frame, {frames - 1}, are left out")
    if not inside:
        inside = {0: next(iter(said.values()))}
    if 0 not in inside:
        inside[0] = inside.pop(min(inside))
    found = [(str(frame), text) for frame, text in sorted(inside.items())]
    return found + [(scalar(key.strip().strip("\"'")), text) for key, text in moments.items()]


def _parts(old: Settings, text: str) -> list[tuple[str, float]]:
    """Return the texts that `AND` joins, each with the weight behind it; those without weight are left out."""
    found = []
    for part in re.split(r"\bAND\b", text):
        said = _plain(old, part)
        ours = WEIGHT_AT_END.fullmatch(said)
        words, weight = (ours["text"].strip(), float(ours["weight"])) if ours else (said, 1.0)
        if words and weight:
            found.append((words, weight))
    return found


def _items(parts: list[tuple[str, float]], factor: float) -> list[str]:
    """Return texts with weights as items of our list."""
    return [
        f"  - {scalar(prompt(words))}"
        if weight * factor == 1 and not WEIGHT_AT_END.fullmatch(words)
        else f"  - {{text: {quoted(prompt(words))}, weight: {number(weight * factor)}}}"
        for words, weight in parts
    ]


def _plain(old: Settings, text: str) -> str:
    """Return a text without Stable Diffusion's signs, and tell of each kind that was there."""
    for what, sign in SIGNS.items():
        if sign.search(text):
            why = f"{what} mean nothing to CLIP: the words are kept, the sign is not"
            if what == "expressions in backticks":
                why = "expressions in backticks are written in braces here: mend them by hand"
            old.report.missing("prompts", why) if "backticks" in what else old.report.about("prompts", "prompts", why)
        if what == "weights in brackets":
            text = sign.sub(r"\1", text)
        elif what == "a LoRA":
            text = sign.sub("", text)
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split()).strip(" ,")
    if len(text) > LONGEST:
        old.report.about("prompts", "prompts", f"a text is longer than the {LONGEST} letters that may be: cut off")
        text = text[: LONGEST - 10].rsplit(" ", 1)[0]
    return text if one_line(text) else ""
