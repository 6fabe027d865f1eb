"""PyTTI's scenes, `a fox | fog:-0.5:-.95 || snow`: texts and pictures by frame, each with weight, stop and mask.

A scene gave way to the next within its first steps; here the old texts hold up to there and fade from there on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..schedule.template import LONGEST
from .disco_prompts import quoted
from .formula import NoFormula, written
from .pictures import Pictures
from .python_formula import translate
from .settings import Settings
from .sheet import number, prompt

PLAIN = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
MOST_SCENES = 1000


@dataclass(frozen=True, slots=True)
class Pace:
    """How steps become frames: how many there are, and at which a scene begins.

    Convention: frame n was drawn in steps `before` + n * `per_frame` and after.
    """

    per_scene: int
    per_frame: int
    before: int
    fading: int
    frames: int

    def start(self, scene: int) -> int:
        """Return the first frame that is drawn wholly in a scene."""
        return max(0, -((self.before - scene * self.per_scene) // self.per_frame))

    @property
    def faded(self) -> int:
        """Frames in which a scene gives way to the next."""
        return round(self.fading / self.per_frame)


def split_scenes(old: Settings) -> list[list[str]]:
    """Return the prompts of each scene as they are written, with what stands before and after each scene."""
    before, after = old.text("scene_prefix"), old.text("scene_suffix")
    found = []
    for scene in old.text("scenes").split("||"):
        prompts = [" ".join(one.split()) for one in f"{before}{scene}{after}".split("|")]
        found.append([one for one in prompts if one])
    return found


def write(old: Settings, pictures: Pictures, scenes: list[list[str]], pace: Pace, names: Mapping[str, str]) -> None:
    """Write `prompts:` from scenes; `names` are what formulas may speak of."""
    items = [_items(old, pictures, prompts, names) for prompts in scenes]
    if not any(items):
        old.complaints.add(old.document.mark("scenes"), "there is no scene with a text", "write a sea || a storm")
        return
    lines: list[str] = []
    known: list[str] = []
    for index, found in enumerate(items):
        start = pace.start(index)
        if start >= pace.frames or not (found or known):
            old.report.notes.append(f"scene {index + 1} has no frame of its own, and is left out")
            continue
        if not found:
            continue
        begin = start if known else 0
        end = begin + pace.faded
        if known and begin < end < pace.frames:
            lines += [f"{begin}:", *known, f"{end}:", "  prompts:", *(f"  {item}" for item in found), "  fade: linear"]
        else:
            lines += [f"{begin}:", *found]
        known = found
    old.sheet.prompts = lines
    old.sheet.put("prompt_fade", "hold", "scenes changed suddenly there, but for interpolation_steps")
    for key in ("scenes", "scene_prefix", "scene_suffix"):
        if key in old and old.text(key):
            old.report.exact(key, "prompts")
        else:
            old.off(key)


def _items(old: Settings, pictures: Pictures, prompts: list[str], names: Mapping[str, str]) -> list[str]:
    return [line for said in prompts if (line := _item(old, pictures, said, names))]


def _item(old: Settings, pictures: Pictures, said: str, names: Mapping[str, str]) -> str | None:
    """Return a prompt as an item of our list, and tell of what it asked for that is not here."""
    text, weight, stop = (*_parted(said, ":"), "", "")[:3]
    weight, mask, _ = (*_parted(weight, "_"), "", "")[:3]
    if stop.strip():
        why = "a prompt that stopped to pull once it was met pulls all the time here"
        old.report.about("scenes", "prompts", why)
    if mask.strip() not in ("", "a"):
        do = "a prompt with a mask acts in the whole picture here; `init: mask` keeps parts as they are"
        old.report.missing(f"scenes {mask.strip()[:40]}", do)
    shown = _weight(old, weight.strip() or "1", names)
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        there = pictures.found(f"scenes {text[:60]}", text[1:-1].strip(), old.report)
        named = there if there is None or there.startswith('"') else f'"{there}"'
        return None if named is None else f"  - {{image: {named}, weight: {shown}}}"
    if len(text) > LONGEST:
        text = text[: LONGEST - 10].rsplit(" ", 1)[0]
        old.report.about("scenes", "prompts", f"a text is longer than the {LONGEST} letters that may be: cut off")
    return f"  - {{text: {quoted(prompt(text))}, weight: {shown}}}" if text else None


def _weight(old: Settings, said: str, names: Mapping[str, str]) -> str:
    if PLAIN.fullmatch(said):
        return number(float(said))
    try:
        return quoted(written(translate(said, names)))
    except NoFormula as fault:
        old.report.missing(
            f"scenes {said[:40]}", f"the weight '{said[:40]}' cannot be said here ({fault}); 1 stands there"
        )
        return "1"


def _parted(text: str, mark: str) -> list[str]:
    """Return the pieces between marks that stand outside square brackets."""
    pieces, depth = [""], 0
    for char in text:
        depth += (char == "[") - (char == "]")
        if char == mark and depth <= 0:
            pieces.append("")
        else:
            pieces[-1] += char
    return pieces
