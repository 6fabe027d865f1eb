"""Parseq's manifests: the values that it rendered for each frame, written as Deforum's schedules and read as those.

A manifest lies by itself or inside Deforum's settings, where its fields take the place of the schedules. A field whose
formulas come to what was rendered is taken as curves that can be edited; of all others every frame has the very number
that stands in the file.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..schedule.source import shorten
from . import deforum
from .formula import NoFormula
from .key_strings import needed_keys
from .parseq_curves import TOLERANCE, Pulse, Track, track
from .parseq_prompts import merged
from .pictures import Pictures
from .reading import finite
from .remote import LIMIT, RemoteFault, fetch_text, is_address
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
Row = dict[str, Any]
MAX_FRAMES = 100_000
HUGE = 1e9
DEFAULTS = {  # where a field has no value at any keyframe
    "seed": -1,
    "scale": 7,
    "noise": 0.08,
    "noise_multiplier": 1.05,
    "strength": 0.6,
    "contrast": 1,
    "zoom": 1,
    "transform_center_x": 0.5,
    "transform_center_y": 0.5,
    "perspective_flip_fv": 50,
    "translation_z": 10,
    "fov": 40,
    "near": 200,
    "far": 10000,
    "antiblur_kernel": 5,
    "antiblur_sigma": 1,
    "antiblur_amount": 0.2,
}
SOURCE_PARTS = ("keyframes", "managedFields", "displayedFields", "timeSeries", "keyframeLock", "reverseRender")


def is_parseq(values: dict) -> bool:
    """Say whether a file is a rendered manifest."""
    return isinstance(values.get(FRAMES), list)


def import_parseq(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> str:
    """Write the film that a manifest describes into the sheet, and return the preset's name."""
    document = dict(old.values)
    old.values.clear()
    options = _options(document)
    old.values["fps"] = options["output_fps"]
    if not lay_in(old, document, FRAMES):
        return deforum.BASE
    old.values["max_frames"] = len(document[FRAMES])
    old.values["diffusion_cadence"] = options["cadence"]
    in_space = any(standing(old.values.get(key, "0")) != 0 for key in SPACE)
    old.values["animation_mode"] = mode or ("3D" if in_space else "2D")
    if "prompts" not in old.values:
        old.values["prompts"] = {"0": "a picture"}
        old.report.missing("prompts", "the manifest has none, Deforum kept its own: write them under prompts:")
    found = deforum.import_deforum(old, pictures, modern=modern, mode=mode)
    old.sheet.prompts = merged(old.sheet.prompts)
    if mode is None:
        why = "a manifest does not say the mode; told from whether its fields for space move, and --mode says it"
        old.report.about("animation_mode", old.values["animation_mode"], why)
    old.report.about("size", "size", "a manifest has none; 512x512, as Deforum's at first")
    old.report.exact("options", "fps, bpm")
    for key in document.keys() - {FRAMES, "options", "prompts", "keyframes"}:
        old.report.off(key, "only the rendered frames count" if key in SOURCE_PARTS else "")
    return found


def _options(document: dict[str, Any]) -> dict[str, float]:
    """Return a manifest's frame rate, tempo and cadence."""
    said = document.get("options")
    said = said if isinstance(said, dict) else {}
    found: dict[str, float] = {}
    for key, default, least in (("output_fps", 20, 1), ("bpm", 140, 0.1), ("cadence", 1, 1)):
        value: Any = said.get(key)
        found[key] = value if finite(value) and least <= value <= 10_000 else default
    return found


def lay_in(old: Settings, document: Any, key: str) -> bool:
    """Put a manifest's fields in the place of schedules; say whether it could be read."""
    rows = _rows(document.get(FRAMES)) if isinstance(document, dict) else None
    if rows is None:
        what = f"{FRAMES} must be a list with a row for each frame from 0 on, at most {MAX_FRAMES}"
        old.complaints.add(old.document.mark(key), what, "give the manifest as Parseq rendered it")
        return False
    keyframes = _keyframes(document)
    options = _options(document)
    pulse = Pulse(float(old.values.get("fps") or 0), float(options["bpm"]), float(options["cadence"]))
    uses_deltas = old.flag("parseq_use_deltas", True)
    failed: list[str] = []
    for name in [name for name in rows[0] if name not in ("frame", "deforum_prompt", "subseed", "subseed_strength")]:
        if not name.endswith(DERIVED):
            fault = _field(old, name, rows, keyframes, pulse, uses_deltas=uses_deltas, key=key)
            failed += [name] if fault else []
    if "seed_schedule" in old.values and all(row["seed"] >= 0 for row in rows):
        old.values["seed_behavior"], old.mixes_seeds = "schedule", True
    elif "seed_schedule" in old.values:
        del old.values["seed_schedule"]
    texts = [row.get("deforum_prompt") for row in rows]
    if all(isinstance(text, str) for text in texts):
        old.values["prompts"] = {
            str(frame): text for frame, text in enumerate(texts) if frame == 0 or text != texts[frame - 1]
        }
    if failed or not keyframes:
        why = f"what was rendered stands for {', '.join(failed)}" if failed else "what was rendered stands for all"
        old.report.about("keyframes", "what was rendered from them", why)
    else:
        old.report.exact("keyframes", "curves under let:, which come to what was rendered")
    return True


def _field(
    old: Settings, name: str, rows: list[Row], keyframes: list[Row], pulse: Pulse, *, uses_deltas: bool, key: str
) -> bool:
    """Put a field in the place of its schedule, as its formulas or as what was rendered; say if the formulas failed."""
    entry = f"{FRAMES}.{name}"
    is_moved = uses_deltas and name in MOTION and f"{name}_delta" in rows[0]
    column = f"{name}_delta" if is_moved else name
    values: list[Any] = [row.get(column) for row in rows]
    if not all(finite(value) and abs(value) < HUGE for value in values):
        what = f"{column} is not a number, or too large a one, in frame {_first_bad(values)}"
        old.complaints.add(old.document.mark(key), what, "render it anew, or mend the number")
        return False
    if name not in FIELDS:
        if name.startswith("prompt_weight_") or len(set(values)) == 1:
            old.report.off(entry, "is in the prompts" if name.startswith("prompt_weight_") else "")
        else:
            old.report.missing(entry, "this field has no place here")
        return False
    old.values[FIELDS[name]] = schedule_of(values)
    old.report.exact(entry, f"{FIELDS[name]}, from {column}")
    rendered = [float(row[name]) if finite(row.get(name)) else math.nan for row in rows]
    if len(keyframes) < 2 or not pulse.fps or len(set(values)) == 1:
        return False
    try:
        found = track(name, keyframes, rendered, DEFAULTS.get(name, 0.0), pulse)
        if is_moved and not _agrees(name, rendered, values):
            raise NoFormula(f"{column} is not what {name} changes by")
    except NoFormula as fault:
        old.report.about(f"keyframes.{name}", f"{FIELDS[name]}, each number that was rendered", str(fault))
        return True
    _put_track(old, name, found, is_moved=is_moved)
    if pulse.bpm:
        old.sheet.put("bpm", number(pulse.bpm), "options.bpm")
    return False


def _put_track(old: Settings, name: str, found: Track, *, is_moved: bool) -> None:
    for let, text in found.lets.items():
        old.sheet.put(f"let.{let}", text, f"{name}, its formula" if let == found.name else "")
    change = f"change({found.name})"
    old.values[FIELDS[name]] = (f"1 + {change}" if name == "zoom" else change) if is_moved else found.name
    near = (
        f"{found.differs:.1g} at most from what was rendered" if found.differs else "not at all from what was rendered"
    )
    old.report.exact(f"{FRAMES}.{name}", f"{FIELDS[name]}, from let.{found.name}, which differs {near}")


def _agrees(name: str, rendered: list[float], values: list[float]) -> bool:
    """Say whether what was rendered of a field's motion is the change of what was rendered of the field."""
    base = 1 if name == "zoom" else 0
    return all(
        abs(base + rendered[frame] - rendered[frame - 1] - values[frame]) <= TOLERANCE
        for frame in range(1, len(values))
    )


def _first_bad(values: list[Any]) -> int:
    return next(frame for frame, value in enumerate(values) if not finite(value) or abs(value) >= HUGE)


def _keyframes(document: dict[str, Any]) -> list[Row]:
    """Return the rows that were written, in order of time; none where they cannot be read."""
    said = document.get("keyframes")
    if not isinstance(said, list) or len(said) > MAX_FRAMES:
        return []
    rows = [dict(row) for row in said if isinstance(row, dict) and finite(row.get("frame"))]
    return sorted(rows, key=lambda row: row["frame"]) if len(rows) == len(said) else []


def lay_in_text(old: Settings, beside: Path, *, may_fetch: bool = False) -> None:
    """Put the manifest of Deforum's settings in the place of their schedules.

    Convention: it stands there as text, or is a file from the folder `beside`, or an address of the web, which is read
        where `may_fetch` says so.
    """
    said = old.values.get("parseq_manifest")
    if not isinstance(said, str) or not said.strip():
        return
    if is_address(said) and not may_fetch:
        return  # told of with all else that has no place in the film
    try:
        document = json.loads(_manifest_text(said.strip(), beside))
    except RemoteFault as fault:
        what, _, do = str(fault).partition("; ")
        where = f"the manifest {shorten(said.strip())} cannot be read: {what}"
        old.complaints.add(old.document.mark("parseq_manifest"), where, do or "save it, and put its path there")
        return
    except (ValueError, RecursionError):
        old.complaints.add(old.document.mark("parseq_manifest"), "the manifest is not valid JSON", "render it anew")
        return
    old.seen.add("parseq_manifest")
    if old.flag("parseq_non_schedule_overrides") and isinstance(document, dict):
        options = _options(document)
        frames = document.get(FRAMES)
        old.values |= {"fps": options["output_fps"], "diffusion_cadence": options["cadence"]}
        old.values["max_frames"] = len(frames) if isinstance(frames, list) else 1
        old.report.exact("parseq_non_schedule_overrides", "fps, frames")
    if lay_in(old, document, "parseq_manifest"):
        old.report.exact("parseq_manifest", "its fields, in the place of these schedules")


def _manifest_text(said: str, beside: Path) -> str:
    """Return a manifest that stands in a text, or where the text says.

    Raises: RemoteFault.
    """
    if said.startswith(("{", "[")):
        return said
    if is_address(said):
        return fetch_text(said)
    path = beside / said
    try:
        if path.exists() and not path.is_file():
            raise RemoteFault("it is no ordinary file; put the path of a manifest there")
        with path.open("rb") as file:
            found = file.read(LIMIT + 1)
        if len(found) > LIMIT:
            raise RemoteFault(f"it has more than {LIMIT >> 20} MiB; render a shorter one")
        return found.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        told = fault.strerror.lower() if isinstance(fault, OSError) and fault.strerror else "it is no UTF-8 text"
        raise RemoteFault(f"{told}; put it beside the settings, or remove the key") from fault


def schedule_of(values: list[float]) -> str:
    """Return a schedule that has each of these values at its frame, without those on a straight line between others."""
    if len(set(values)) == 1:
        return f"0: ({number(values[0])})"
    return ", ".join(f"{frame}: ({number(values[frame])})" for frame in needed_keys(values))


def _rows(said: Any) -> list[Row] | None:
    """Return the rows by frame; the last of two with one number counts."""
    if not isinstance(said, list) or not 0 < len(said) <= MAX_FRAMES:
        return None
    found: dict[int, dict[str, Any]] = {}
    for row in said:
        if not isinstance(row, dict) or not finite(row.get("frame")):
            return None
        found[int(row["frame"])] = row
    return [found[frame] for frame in sorted(found)] if sorted(found) == list(range(len(found))) else None
