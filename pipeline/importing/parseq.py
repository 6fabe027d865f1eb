"""Parseq's manifests: the values that it rendered for each frame, written as Deforum's schedules and read as those.

A manifest lies by itself or inside Deforum's settings, where its fields take the place of the schedules. The formulas
it was rendered from are not translated; every frame has the very number that stands in the file.
"""

from __future__ import annotations

import json
from typing import Any

from . import deforum
from .pictures import Pictures
from .reading import finite
from .schedules import standing
from .settings import Settings
from .sheet import number

NAME = "Parseq"
FRAMES = "rendered_frames"
MOTION = (
    *("angle", "zoom", "translation_x", "translation_y", "translation_z"),
    *("rotation_3d_x", "rotation_3d_y", "rotation_3d_z"),
    *("perspective_flip_theta", "perspective_flip_phi", "perspective_flip_gamma"),
)
SPACE = ("translation_z", "rotation_3d_x", "rotation_3d_y", "rotation_3d_z")
FIELDS = {
    **{name: name for name in (*MOTION, "transform_center_x", "transform_center_y", "perspective_flip_fv")},
    **{name: f"{name}_schedule" for name in ("seed", "noise", "strength", "contrast", "fov", "near", "far")},
    **{f"antiblur_{name}": f"{name}_schedule" for name in ("kernel", "sigma", "amount", "threshold")},
    "scale": "cfg_scale_schedule",
    "noise_multiplier": "noise_multiplier_schedule",
    "clipskip": "clipskip_schedule",
}
DERIVED = ("_delta", "_pc")
MAX_FRAMES = 100_000
SOURCE_PARTS = ("keyframes", "managedFields", "displayedFields", "timeSeries", "keyframeLock", "reverseRender")


def is_parseq(values: dict) -> bool:
    """Say whether a file is a rendered manifest."""
    return isinstance(values.get(FRAMES), list)


def import_parseq(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> str:
    """Write the film that a manifest describes into the sheet, and return the preset's name."""
    document = dict(old.values)
    old.values.clear()
    if not lay_in(old, document, FRAMES):
        return deforum.BASE
    options = document.get("options")
    fps = options.get("output_fps") if isinstance(options, dict) else None
    old.values["fps"] = fps if finite(fps) else 20
    cadence = options.get("cadence", 1) if isinstance(options, dict) else 1
    old.values["max_frames"] = len(document[FRAMES])
    old.values["diffusion_cadence"] = cadence if finite(cadence) else 1
    in_space = any(standing(old.values.get(key, "0")) != 0 for key in SPACE)
    old.values["animation_mode"] = mode or ("3D" if in_space else "2D")
    if "prompts" not in old.values:
        old.values["prompts"] = {"0": "a picture"}
        old.report.missing("prompts", "the manifest has none, Deforum kept its own: write them under prompts:")
    found = deforum.import_deforum(old, pictures, modern=modern, mode=mode)
    if mode is None:
        why = "a manifest does not say the mode; told from whether its fields for space move, and --mode says it"
        old.report.about("animation_mode", old.values["animation_mode"], why)
    old.report.about("size", "size", "a manifest has none; 512x512, as Deforum's at first")
    old.report.exact("options", "fps")
    for key in document.keys() - {FRAMES, "options", "prompts"}:
        if key == "keyframes":
            old.report.about(key, "what was rendered from them", "their formulas are not translated")
        else:
            old.report.off(key, "only the rendered frames count" if key in SOURCE_PARTS else "")
    return found


def lay_in(old: Settings, document: dict[str, Any], key: str) -> bool:
    """Put a manifest's fields in the place of schedules; say whether it could be read."""
    rows = _rows(document.get(FRAMES))
    if rows is None:
        what = f"{FRAMES} must be a list with a row for each frame from 0 on"
        old.complaints.add(old.document.mark(key), what, "give the manifest as Parseq rendered it")
        return False
    uses_deltas = old.flag("parseq_use_deltas", True)
    for name in [name for name in rows[0] if name not in ("frame", "deforum_prompt", "subseed", "subseed_strength")]:
        if name.endswith(DERIVED):
            continue
        column = f"{name}_delta" if uses_deltas and name in MOTION and f"{name}_delta" in rows[0] else name
        values: list[Any] = [row.get(column) for row in rows]
        if not all(finite(value) for value in values):
            old.complaints.add(old.document.mark(key), f"{column} is not a number in every frame", "render it anew")
        elif name in FIELDS:
            old.values[FIELDS[name]] = schedule_of(values)
            old.report.exact(f"{FRAMES}.{name}", f"{FIELDS[name]}, from {column}")
        elif name.startswith("prompt_weight_") or len(set(values)) == 1:
            old.report.off(f"{FRAMES}.{name}", "is in the prompts" if name.startswith("prompt_weight_") else "")
        else:
            old.report.missing(f"{FRAMES}.{name}", "this field has no place here")
    if "seed_schedule" in old.values and all(row["seed"] >= 0 for row in rows):
        old.values["seed_behavior"], old.mixes_seeds = "schedule", True
    elif "seed_schedule" in old.values:
        del old.values["seed_schedule"]
    texts = [row.get("deforum_prompt") for row in rows]
    if all(isinstance(text, str) for text in texts):
        old.values["prompts"] = {
            str(frame): text for frame, text in enumerate(texts) if frame == 0 or text != texts[frame - 1]
        }
    return True


def lay_in_text(old: Settings) -> None:
    """Put the manifest that stands in Deforum's settings as text in the place of their schedules."""
    said = old.values.get("parseq_manifest")
    if not isinstance(said, str) or not said.strip().startswith("{"):
        return
    try:
        document = json.loads(said)
    except (ValueError, RecursionError):
        old.complaints.add(old.document.mark("parseq_manifest"), "the manifest is not valid JSON", "render it anew")
        return
    old.seen.add("parseq_manifest")
    if lay_in(old, document, "parseq_manifest"):
        old.report.exact("parseq_manifest", "its fields, in the place of these schedules")


def schedule_of(values: list[float]) -> str:
    """Return a schedule that has each of these values at its frame, without those that its neighbours repeat."""
    last = len(values) - 1
    kept = [
        frame
        for frame, value in enumerate(values)
        if frame in (0, last) or not values[frame - 1] == value == values[frame + 1]
    ]
    if len(set(values)) == 1:
        return f"0: ({number(values[0])})"
    return ", ".join(f"{frame}: ({number(values[frame])})" for frame in kept)


def _rows(said: Any) -> list[dict[str, Any]] | None:
    """Return the rows by frame; the last of two with one number counts."""
    if not isinstance(said, list) or not 0 < len(said) <= MAX_FRAMES:
        return None
    found: dict[int, dict[str, Any]] = {}
    for row in said:
        if not isinstance(row, dict) or not finite(row.get("frame")):
            return None
        found[int(row["frame"])] = row
    return [found[frame] for frame in sorted(found)] if sorted(found) == list(range(len(found))) else None
