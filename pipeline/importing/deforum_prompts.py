"""Deforum's prompts: a text per key, what is not wanted behind `--neg`, and texts that `AND` joins with weights.

What Stable Diffusion's signs inside a text come to is decided in `sd_syntax`; each kind of them is told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ..schedule.prompt import WEIGHT_AT_END
from ..schedule.template import LONGEST
from . import sd_syntax
from .disco_prompts import quoted
from .moments import frame_of
from .settings import Settings
from .sheet import number, prompt, scalar

NEGATIVE = -0.5  # of what is not wanted, against 1 of what is
JOINED = re.compile(
    r"(?P<text>.*?)\s*:\s*(?P<weight>[-+]?(?:\d+\.?\d*|\.\d+)|[\ue000-\ue7ff])\s*", re.ASCII | re.DOTALL
)
APART = re.compile(r"(?P<text>.*\S)\s+:\s*(?P<weight>[-+]?(?:\d+\.?\d*|\.\d+))\s*", re.ASCII | re.DOTALL)
ONE = re.compile(r"(?P<text>.*:\s*[\d.]+)\s*:\s*1\s*", re.ASCII | re.DOTALL)  # "at 12:30:1", weighed to be plain


@dataclass(frozen=True, slots=True)
class Wish:
    """A text of ours and how much it weighs: by a number, and by an expression over the frames if there is one."""

    text: str
    weight: float
    formula: str = ""


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
    lines: list[str] = []
    may_cancel = False
    for frame, text in _inside(old, said, frames):
        wanted, _, unwanted = text.partition("--neg")
        unwanted = unwanted.replace("--neg", " ")
        if before and before.strip() not in wanted:
            wanted = f"{before} {wanted}"
        if after and after.strip() not in unwanted:
            unwanted = f"{unwanted} {after}"
        lines.append(f"{frame}:")
        wishes = _wishes(old, wanted, 1.0) or [Wish("a picture", 1.0)]
        wishes += _wishes(old, unwanted, NEGATIVE)
        lines += [_item(wish) for wish in wishes]
        may_cancel |= _may_cancel(wishes)
    old.sheet.prompts = lines
    old.sheet.put("prompt_fade", "hold", "prompts changed suddenly there")
    if may_cancel:
        old.sheet.put("look.prompt_weights", "abs_sum", "by the sum of their sizes, because their sum may be near 0")
    old.report.exact("prompts", "prompts")
    for key, text in (("positive_prompts", before), ("negative_prompts", after)):
        if key in old and text:
            old.report.exact(key, "prompts")
        else:
            old.off(key)
    if any(text.partition("--neg")[2].strip() for text in said.values()) or after:
        why = f"what is not wanted has weight {NEGATIVE}; Stable Diffusion had no number"
        old.report.about("prompts", "prompts", why)


def _inside(old: Settings, said: dict[str, str], frames: int) -> list[tuple[str, str]]:
    """Return prompts by frame or moment, the first at 0; a moment by an expression stays one."""
    numbered: dict[int, str] = {}
    moments: dict[int, tuple[str, str]] = {}
    for key, text in said.items():
        frame = frame_of(key, frames, max(0, old.whole("seed", 0)))
        if frame is None:
            mark = old.document.mark("prompts")
            old.complaints.add(mark, f"a prompt stands at '{key[:30]}', which is no frame", "write a frame, or max_f/2")
        elif re.fullmatch(r"\s*\d+(\.\d*)?\s*", key, re.ASCII) or not 0 <= frame < frames:
            numbered[frame] = text
            moments.pop(frame, None)
        else:
            moments[frame] = (key, text)
            numbered.pop(frame, None)
    inside = {frame: text for frame, text in numbered.items() if 0 <= frame < frames}
    if len(inside) < len(numbered):
        old.report.notes.append(f"prompts beyond the last frame, {frames - 1}, are left out")
    if not inside and not moments:
        inside = {0: next(iter(said.values()))}
    first = min([*inside, *moments])
    if first in inside:
        inside[0] = inside.pop(first)
    else:
        inside[0] = moments.pop(first)[1]
    found = [(str(frame), text) for frame, text in sorted(inside.items())]
    return found + [(scalar(key.strip().strip("\"'")), text) for key, text in moments.values()]


def _wishes(old: Settings, said: str, factor: float) -> list[Wish]:
    """Return the texts that `AND` joins; those without weight are left out."""

    def tell(verdict: sd_syntax.Verdict, kind: str, why: str) -> None:
        if verdict == "unsupported":
            old.report.missing(f"prompts: {kind}", why)
        else:
            old.report.about(f"prompts: {kind}", "prompts", why)

    expressions: list[str] = []
    parts = re.split(r"\bAND\b", sd_syntax.held(said, expressions, tell))
    found = []
    for part in parts:
        words, weight, formula = _weighed(part, expressions, is_joined=len(parts) > 1)
        for text, share in sd_syntax.texts(words, tell):
            if weight * share:
                shown = sd_syntax.written(prompt(_cut(old, text)), expressions)
                found.append(Wish(shown, round(weight * share * factor, 12), formula))
    return found


def _may_cancel(wishes: list[Wish]) -> bool:
    """Say whether the weights of one moment come so near to nothing that they cannot be divided by their sum."""
    is_mixed = min(wish.weight for wish in wishes) < 0 < max(wish.weight for wish in wishes)
    total = sum(wish.weight for wish in wishes)
    return is_mixed and (abs(total) < 0.1 * sum(abs(wish.weight) for wish in wishes) or any(w.formula for w in wishes))


def _weighed(part: str, expressions: list[str], *, is_joined: bool) -> tuple[str, float, str]:
    """Return a part's text, its weight, and the expression that it is weighed by, if any.

    Convention: of a text by itself, only what is surely a weight is one: not the minutes of "at 12:30".
    """
    match = JOINED.fullmatch(part)
    if match and not is_joined and match["weight"][0] < "\ue000":
        match = WEIGHT_AT_END.fullmatch(part.rstrip()) or ONE.fullmatch(part) or APART.fullmatch(part)
    if match is None or part[: match.end("text")].count("(") > part[: match.end("text")].count(")"):
        return part, 1.0, ""
    said = match["weight"] if "weight" in match.groupdict() else "1"
    formula = sd_syntax.expression_of(said, expressions)
    return match["text"], 1.0 if formula is not None else sd_syntax.strength(said), formula or ""


def _item(wish: Wish) -> str:
    if wish.formula:
        factor = "" if wish.weight == 1 else f"{number(wish.weight)}*"
        return f"  - {{text: {quoted(wish.text)}, weight: '0: ({factor}({wish.formula}))'}}"
    if wish.weight == 1 and not WEIGHT_AT_END.fullmatch(wish.text):
        return f"  - {scalar(wish.text)}"
    return f"  - {{text: {quoted(wish.text)}, weight: {number(wish.weight)}}}"


def _cut(old: Settings, text: str) -> str:
    if len(text) <= LONGEST:
        return text
    old.report.about("prompts", "prompts", f"a text is longer than the {LONGEST} letters that may be: cut off")
    return text[: LONGEST - 10].rsplit(" ", 1)[0]
