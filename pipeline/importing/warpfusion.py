"""WarpFusion's settings: schedules that are lists by frame or values at frames, and prompts over a video.

It drew over a video with Stable Diffusion. What is taken are prompts and the schedules that mean something here, as
data; what belongs to the video is listed.
"""

from __future__ import annotations

from typing import Any

from ..schedule.template import LONGEST
from . import sd_syntax
from .deforum_look import GUIDANCE
from .deforum_prompts import NEGATIVE
from .disco_prompts import parted, quoted
from .engine import BASE
from .formula import NoFormula
from .known_keys import WARP_SCHEDULES
from .literal import literal
from .pictures import Pictures
from .reading import finite
from .settings import Settings
from .sheet import keys, number, one_line, prompt

NAME = "WarpFusion"
FPS = 12
OF_VIDEO = ("flow_blend_schedule", "latent_scale_schedule", "init_scale_schedule", "image_scale_schedule")
MOST_FRAMES = 100_000
Keys = list[tuple[int, float]]


def import_warpfusion(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> str:
    """Write what settings say of prompts and schedules into the sheet, and return the preset's name."""
    blends = old.flag("blend_json_schedules", True)
    frames = _head(old)
    _prompts(old, frames)
    _strength(old, blends)
    _guidance(old, blends)
    if "steps_schedule" in old:
        old.seen.add("steps_schedule")
        old.report.about("steps_schedule", "nothing", "its steps are not steps here; the preset's hold")
    for key in OF_VIDEO:
        if key in old and any(value for _, value in _schedule(old, key, 0.0)):
            old.report.missing(key, "belongs to the video, over which it drew")
        else:
            old.off(key)
    old.report.about("blend_json_schedules", "keys", "values between keys are " + ("joined" if blends else "held"))
    _rest(old)
    old.why_preset = "these models are guided by CLIP; Stable Diffusion's are of another kind"
    return BASE


def _head(old: Settings) -> int:
    side: Any = _said(old, "width_height", [512, 512])
    side = [side, side] if finite(side) else side
    if not isinstance(side, list) or len(side) != 2 or not all(finite(one) and 64 <= one < 1e5 for one in side):
        old.complaints.add(old.document.mark("width_height"), "width_height must be two numbers", "write [1280, 720]")
        side = [512, 512]
    old.sheet.put("size", "x".join(str(int(one) // 64 * 64) for one in side), old.source("width_height"))
    if "width_height" in old:
        old.report.about("width_height", "size", "in multiples of 64, which the model takes")
    last = max([0, *_frames_in(old)])
    frames = old.whole("max_frames", 0)
    if not 0 < frames <= MOST_FRAMES:
        frames = min(last + 1, MOST_FRAMES)
        why = "it was as long as its video; up to the last key here, write how many there are"
        old.report.about("max_frames", "frames", why)
    else:
        old.report.exact("max_frames", "frames")
    old.sheet.put("fps", FPS, "the settings do not say; write the video's")
    old.sheet.put("frames", frames, old.source("max_frames"))
    seed = old.whole("seed", -1)
    old.sheet.put("seed", max(0, seed), old.source("seed"))
    if "seed" in old:
        why = "it was drawn by chance there; 0 here" if seed < 0 else "the number is the same, the noise is another"
        old.report.about("seed", "seed", why)
    return frames


def _frames_in(old: Settings) -> list[int]:
    """Return every frame that a schedule speaks of."""
    found: list[int] = []
    for key in ("text_prompts", "negative_prompts", *WARP_SCHEDULES):
        said = _said(old, key, None)
        if isinstance(said, dict):
            found += [frame for frame in map(_frame, said) if frame is not None]
        elif isinstance(said, list) and key in WARP_SCHEDULES:
            found.append(len(said) - 1)
    return found


def _said(old: Settings, key: str, default: Any) -> Any:
    """Return a value, and what a text says that is a literal of Python's."""
    said = old.raw(key, default)
    if not isinstance(said, str) or not said.strip():
        return default if said == "" else said
    try:
        return literal(said)
    except NoFormula as fault:
        what = f"{key} is no plain value: {fault}"
        old.complaints.add(old.document.mark(key), what, "write [0.5, 0.7] or {0: 0.5, 24: 0.7}")
        return default


def _frame(key: Any) -> int | None:
    text = str(key).strip()
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 6 else None


def _schedule(old: Settings, key: str, default: float) -> Keys:
    """Return a schedule's keys: a list has one for each frame and the last holds, values at frames are theirs."""
    said = _said(old, key, default)
    if finite(said):
        return [(0, float(said))]
    if isinstance(said, list) and said and all(finite(value) for value in said):
        last = len(said) - 1
        kept = [n for n in range(last + 1) if n in (0, last) or not said[n - 1] == said[n] == said[n + 1]]
        return [(n, float(said[n])) for n in kept]
    if isinstance(said, dict) and said:
        found = {_frame(frame): value for frame, value in said.items()}
        if None not in found and all(finite(value) for value in found.values()):
            return sorted((int(frame or 0), float(value)) for frame, value in found.items())
    if said is not None:
        what = f"{key} must be a number, a list of them, or values at frames"
        old.complaints.add(old.document.mark(key), what, "write [0.5, 0.7] or {0: 0.5, 24: 0.7}")
    return [(0, default)]


def _text(found: Keys, said: Any, *, blends: bool) -> str:
    """Return keys in our words; those at frames are held where they are not joined."""
    if blends or not isinstance(said, dict) or len(found) == 1:
        return keys(found)
    return "{" + ", ".join(f"{n}: {number(value)}{' hold' if i else ''}" for i, (n, value) in enumerate(found)) + "}"


def _strength(old: Settings, blends: bool) -> None:
    key = "style_strength_schedule"
    if key not in old:
        return
    found = _schedule(old, key, 0.7)
    old.sheet.put("let.style_strength", _text(found, _said(old, key, None), blends=blends), key)
    old.sheet.put("look.skip", "clip(1 - style_strength, 0, 0.999)", "the share of the steps that is left out")
    why = "the same share of the steps is left out; how much stays differs between the two kinds of models"
    old.report.about(key, "look.skip", why)


def _guidance(old: Settings, blends: bool) -> None:
    key = "cfg_scale_schedule"
    if key not in old:
        return
    found = _schedule(old, key, 7)
    if found == [(0, 7.0)]:
        old.off(key, why="7, for which the preset's guidance stands")
        return
    old.sheet.put("let.cfg_scale", _text(found, _said(old, key, None), blends=blends), key)
    old.sheet.put("look.guidance_scale", f"{GUIDANCE}*max(0, cfg_scale)/7", "in proportion to the preset's")
    old.report.about(key, "look.guidance_scale", "in proportion: 7 there is 5000 here")


def _prompts(old: Settings, frames: int) -> None:
    """Write `prompts:`: texts hold, and the weights of those in the same place are joined."""
    texts, unwanted = (_lists(old, key) for key in ("text_prompts", "negative_prompts"))
    if not any(texts.values()):
        old.complaints.add(old.document.mark("text_prompts"), "there are no prompts", 'write {"0": ["a lighthouse"]}')
        return
    beyond = [n for n in {*texts, *unwanted} if n >= frames]
    if beyond:
        old.report.notes.append(f"prompts beyond the last frame, {frames - 1}, are left out")
    lines: list[str] = []
    known = sorted(n for n in {*texts, *unwanted} if n < frames) or [0]
    for n in known:
        items = [*_items(old, texts, n, 1.0), *_items(old, unwanted, n, NEGATIVE)]
        if items:
            lines += [f"{0 if n == known[0] else n}:", *(f"  - {item}" for item in items)]
    old.sheet.prompts = lines
    old.sheet.put("prompt_fade", "hold", "texts changed suddenly there")
    old.report.exact("text_prompts", "prompts")
    if any(unwanted.values()):
        why = f"what is not wanted has weight {NEGATIVE}; Stable Diffusion had no number"
        old.report.about("negative_prompts", "prompts", why)
    else:
        old.off("negative_prompts")


def _lists(old: Settings, key: str) -> dict[int, list[str]]:
    said = _said(old, key, None)
    said = {"0": said} if isinstance(said, list) else said
    if said in (None, {}, ""):
        return {}
    found: dict[int, list[str]] = {}
    for frame, texts in said.items() if isinstance(said, dict) else ():
        texts = [texts] if isinstance(texts, str) else texts
        n = _frame(frame)
        if n is None or not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            found = {}
            break
        found[n] = [text for text in texts if text.strip()]
    if not found:
        what = f"{key} must be frames, each with a list of texts"
        old.complaints.add(old.document.mark(key), what, 'write {"0": ["a lighthouse"]}')
    return found


def _items(old: Settings, lists: dict[int, list[str]], frame: int, factor: float) -> list[str]:
    """Return the texts that hold at a frame, with weights that go to those of the same place at the next key."""
    before = [n for n in lists if n <= frame] or sorted(lists)[:1]
    if not before:
        return []
    here = max(before)
    after = min((n for n in lists if n > frame), default=None)
    found = []
    for place, said in enumerate(lists[here]):
        texts, weight = _weighed(old, said)
        then = _weighed(old, lists[after][place])[1] if after is not None and place < len(lists[after]) else weight
        for words, share in texts:
            shown = number(weight * share * factor)
            if after is not None and then != weight:
                shown = keys([(here, weight * share * factor), (after, then * share * factor)])
            found.append(f"{{text: {quoted(prompt(words))}, weight: {shown}}}")
    return found


def _weighed(old: Settings, said: str) -> tuple[list[tuple[str, float]], float]:
    """Return the texts that a prompt comes to, each with its share, and the weight behind it."""

    def tell(verdict: sd_syntax.Verdict, kind: str, why: str) -> None:
        (old.report.missing if verdict == "unsupported" else _about)(f"text_prompts: {kind}", why)

    def _about(key: str, why: str) -> None:
        old.report.about(key, "prompts", why)

    if "{caption}" in said:
        old.report.missing("{caption} in text_prompts", "captions of a video are not known here; the word is left out")
    try:
        words, weight = parted(said.replace("{caption}", ""))
    except ValueError:
        words, weight = said, 1.0
    return [(text[: LONGEST - 10], share) for text, share in sd_syntax.texts(words, tell)], weight


def _rest(old: Settings) -> None:
    if old.raw("prompt_patterns_sched"):
        old.report.missing("prompt_patterns_sched", "replace these words in the prompts by hand")
    else:
        old.off("prompt_patterns_sched")
    if old.path("video_init_path"):
        old.report.missing("video_init_path", "a film over a video is not possible here; what is written moves nothing")
    others = [key for key in old.values if key not in old.seen]
    old.seen.update(others)
    if others:
        names = one_line(", ".join(others), 120)
        old.report.missing(f"{len(others)} other keys", f"are for its video and its models, and are left out: {names}")
