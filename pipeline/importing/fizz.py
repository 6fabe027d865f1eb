"""FizzNodes' schedules for ComfyUI: prompts that blend from key to key, and values in Deforum's grammar.

A file may be the text of a schedule alone, the inputs of a node, or a workflow as ComfyUI saves it for its API.
"""

from __future__ import annotations

import json
import re
from typing import Any

from . import deforum_prompts
from .engine import BASE
from .formula import NoFormula
from .literal import literal
from .pictures import Pictures
from .reading import BARE, finite
from .schedules import quoted
from .settings import Settings
from .sheet import keys, number

NAME = "FizzNodes"
FPS = 12
MOST_FRAMES = 100_000
PROMPT_TEXT = re.compile(r'\s*"(?:\d+|[^"\n:]*max_f[^"\n:]*)"\s*:\s*"')
BACKTICKS = re.compile(r"`[^`]*`")
WEIGHTS = ("pw_a", "pw_b", "pw_c", "pw_d")
QUIET = ("current_frame", "print_output", "clip", "noised_latents", "num_latents", "stack_direction")


def is_fizz(values: dict) -> bool:
    """Say whether a file is a schedule's text, the inputs of a node of FizzNodes, or a workflow with such nodes."""
    named = {"max_frames", "pre_text", "app_text", "print_output", *WEIGHTS} & values.keys()
    is_node = isinstance(values.get("text"), str) and bool(named)
    return isinstance(values.get(BARE), str) or is_node or bool(_nodes(values))


def import_fizz(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> str:
    """Write the schedules of a file into the sheet, and return the preset's name."""
    _open(old)
    said = old.text("text") or old.text(BARE)
    if not said and not any(place.startswith("let.") for place in old.sheet.values):
        old.complaints.add(old.document.mark("text"), "there is no schedule", 'write "0": "a fox", "24": "a cat"')
    is_prompts = bool(PROMPT_TEXT.match(said) or said.strip().startswith("{"))
    found = _pairs(old, said) if is_prompts else {}
    frames = _length(old, [*found, *re.findall(r"(\d{1,6})[\"')]*\s*:", "" if is_prompts else said)])
    old.sheet.put("fps", FPS, "a schedule does not say; write yours")
    for key in WEIGHTS:
        _weight(old, key)
    if is_prompts:
        _prompts(old, found, frames)
    else:
        if said:
            _value(old, "value", said, "text" if "text" in old else BARE)
        old.values["prompts"] = {"0": "a picture"}
        deforum_prompts.write(old, frames)
        del old.values["prompts"], old.report.entries["prompts"]
        old.report.missing("prompts", "there are none in it: write them under prompts:")
    old.off("pre_text", "app_text", "start_frame", "end_frame", *QUIET)
    old.why_preset = "these models are guided by CLIP; Stable Diffusion's are of another kind"
    return BASE


def _nodes(values: dict) -> list[tuple[str, str, dict[str, Any]]]:
    """Return number, kind and inputs of each node of a workflow that holds a schedule."""
    found = []
    for name, node in values.items():
        kind = node.get("class_type") if isinstance(node, dict) else None
        inputs = node.get("inputs") if isinstance(node, dict) else None
        if isinstance(kind, str) and re.search(r"(Prompt|Value)Schedule", kind) and isinstance(inputs, dict):
            found.append((str(name), kind, inputs))
    return found


def _open(old: Settings) -> None:
    """Put the inputs of a workflow's prompt schedule in the place of the file's values, and its values under let."""
    nodes = _nodes(old.values)
    if not nodes:
        return
    old.off(*old.values, why="another node of the workflow")
    prompts = [(name, inputs) for name, kind, inputs in nodes if "PromptSchedule" in kind]
    for name, kind, inputs in nodes:
        if "ValueSchedule" in kind and isinstance(inputs.get("text"), str):
            _value(old, f"value_{re.sub(r'[^0-9A-Za-z]+', '_', name)[:20]}", inputs["text"], name)
    for name, _ in prompts[1:]:
        old.report.missing(name, "a second schedule of prompts: import it from a file of its own")
    old.values.clear()
    if prompts:
        name, inputs = prompts[0]
        old.report.exact(name, "prompts")
        old.values.update({key: value for key, value in inputs.items() if not isinstance(value, list | dict)})


def _pairs(old: Settings, said: str) -> dict[str, str]:
    """Return prompts by key: the inside of braces, with a comma too many at the end."""
    inside = " ".join(said.split()).strip().removeprefix("{").removesuffix("}").rstrip(", ")
    try:
        found = json.loads("{" + inside + "}")
    except (ValueError, RecursionError) as fault:
        found = fault
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        why = f" ({found})" if isinstance(found, ValueError) else ""
        what = f"the schedule of prompts is not frames, each with a text{why}"
        old.complaints.add(old.document.mark("text"), what, 'write "0": "a fox", "24": "a cat"')
        return {}
    return found


def _length(old: Settings, said: list[str]) -> int:
    """Return how many frames there are: as many as are said, or up to the last key."""
    frames = old.whole("max_frames", 0)
    last = max([0, *(int(key) for key in said if key.strip().isdecimal() and len(key) < 7)])
    if 0 < frames <= MOST_FRAMES:
        old.report.exact("max_frames", "frames")
    else:
        frames = min(last + 1, MOST_FRAMES)
        old.report.about("max_frames", "frames", "the file does not say; up to the last key here")
    old.sheet.put("frames", frames, old.source("max_frames"))
    return frames


def _prompts(old: Settings, found: dict[str, str], frames: int) -> None:
    """Write prompts with what stands before and after each; each blends into the next."""
    before, after = (old.text(key).split("--neg", 1) for key in ("pre_text", "app_text"))
    whole = {}
    for key, text in found.items():
        wanted, _, unwanted = _named(old, text).partition("--neg")
        both = enumerate((wanted, unwanted))
        parts = [" ".join((*before[i : i + 1], one, *after[i : i + 1])).strip() for i, one in both]
        whole[key] = f"{parts[0]} --neg {parts[1]}" if parts[1] else parts[0]
    old.values["prompts"] = whole
    deforum_prompts.write(old, frames)
    entry = old.report.entries.pop("prompts", None)
    del old.values["prompts"]
    key = "text" if "text" in old else BARE
    if entry is None or entry.verdict == "exact":
        old.report.exact(key, "prompts")
    else:
        old.report.about(key, "prompts", entry.why)
    for key in ("pre_text", "app_text"):
        if old.text(key):
            old.report.exact(key, "prompts")
    old.sheet.put("prompt_fade", "linear", "each prompt blended into the next")


def _named(old: Settings, text: str) -> str:
    """Return a prompt with the numbers of its weights in its backticks, where they were put as text there too."""
    values = {key: number(float(old.values[key])) for key in WEIGHTS if finite(old.values.get(key))}

    def named(found: re.Match[str]) -> str:
        said = found[0]
        for key, value in values.items():
            said = said.replace(key, value)
        return said

    return BACKTICKS.sub(named, text)


def _weight(old: Settings, key: str) -> None:
    """Write a weight that prompts may speak of."""
    said = old.raw(key, 0)
    try:
        said = literal(said) if isinstance(said, str) and said.strip() else said
    except NoFormula:
        said = None
    if finite(said):
        found = [(0, float(said))]
    elif isinstance(said, list) and said and all(finite(value) for value in said):
        found = [(n, float(value)) for n, value in enumerate(said)]
    else:
        found = [(0, 0.0)]
        old.report.missing(key, "comes from another node: write its values under let:")
    if key in old:
        old.sheet.put(f"let.{key}", keys(found), key)
        if key not in old.report.entries:
            old.report.exact(key, f"let.{key}")


def _value(old: Settings, name: str, said: str, key: str) -> None:
    """Write a schedule of values under a name of its own."""
    text = " ".join(said.split())
    old.sheet.put(f"let.{name}", quoted(text), f"{key}, a schedule of values")
    old.report.about(key, f"let.{name}", "a value that nothing uses yet: name it where it belongs, as in zoom: value")
