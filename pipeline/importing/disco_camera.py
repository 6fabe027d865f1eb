"""Disco Diffusion's camera: key strings of numbers, pixels in 2D, 200ths of a unit in space, radians before v5.1.

Where a unit differs the old keys stand under `let:` as they were, and the camera's value is worked out from them.
"""

from __future__ import annotations

from . import key_strings
from .disco_tables import BORDERS, BOTH_KEYS, CAMERA_KEYS, FLAT, FLAT_KEYS, SPACE, SPACE_KEYS, SPACE_ONLY
from .reading import finite
from .settings import Settings
from .sheet import keys as shown
from .sheet import number
from .warps import tell_warp

Keys = list[tuple[int, float]]
STANDING = {"zoom": 1.0}  # what moves nothing; 0 for the others
ABOVE_V50 = ("turbo_mode", "turbo_steps", "turbo_frame_blend", "transformation_percent", "video_init_steps")


def write(old: Settings, mode: str, frames: int, *, modern: bool) -> None:
    """Write `camera:` for the mode that the settings were for."""
    wanted = {FLAT: FLAT_KEYS | BOTH_KEYS, SPACE: BOTH_KEYS | SPACE_KEYS}.get(mode, {})
    why = {FLAT: "acts in 3D only", SPACE: "acts in 2D only"}.get(mode, "acts in 2D and 3D only")
    old.off(*(key for key in CAMERA_KEYS if key not in wanted), why=why)
    if mode == FLAT:
        _flat(old, frames, modern=modern)
    elif mode == SPACE:
        _space(old, frames, modern=modern)
    if mode != SPACE:
        old.off(*(key for key in SPACE_ONLY if key not in old.seen), why="acts in 3D only")
    _spline(old, wanted, frames)


def _flat(old: Settings, frames: int, *, modern: bool) -> None:
    width, height = (int(side) for side in old.sheet.values["size"][0].split("x"))
    old.sheet.put("camera.border", "wrap", "what went out on one side came in on the other")
    if not modern:
        for axis, side in (("x", width), ("y", height)):
            old.sheet.put(f"camera.center_{axis}", (side // 2 + 0.5) / side, f"it turned about pixel {side // 2}")
    for key, default in FLAT_KEYS.items():
        _put(old, key, {"angle": "roll"}.get(key, key), default, frames)
    for axis, side in (("x", width), ("y", height)):
        key = f"translation_{axis}"
        found = _keys(old, key, BOTH_KEYS[key], frames)
        if not _moves(found):
            old.off(key)
            continue
        old.sheet.put(f"let.{key}_px", shown(found), f"{key}, in pixels")
        old.sheet.put(f"camera.{key}", f"100*{key}_px/{side}", "per cent of the picture")
        if key in old:
            old.report.exact(key, f"let.{key}_px, camera.{key}")


def _space(old: Settings, frames: int, *, modern: bool) -> None:
    sheet, report = old.sheet, old.report
    sheet.put("camera.mode", "3d")
    why = "the true projection" if modern else "its formula; splat is the true projection"
    sheet.put("camera.warp", "splat" if modern else "disco", why)
    for key in ("translation_x", "translation_y", "translation_z"):
        _put(old, key, key, CAMERA_KEYS[key], frames)
    in_radians = not any(key in old for key in ABOVE_V50)
    for axis in "xyz":
        key = f"rotation_3d_{axis}"
        found = _keys(old, key, SPACE_KEYS[key], frames)
        if in_radians and _moves(found):
            sheet.put(f"let.{key}_radians", shown(found), f"{key}: radians before v5.1")
            sheet.put(f"camera.rotation_{axis}", f"{key}_radians*180/pi", "degrees")
            report.exact(key, f"let.{key}_radians, camera.rotation_{axis}")
        else:
            _put(old, key, f"rotation_{axis}", SPACE_KEYS[key], frames)
    fov = old.number("fov", 40)
    old.take("fov", "camera.fov", fov)
    width, height = (int(side) for side in sheet.values["size"][0].split("x"))
    tell_warp(old, "disco", fov, (width, height, 1.0), modern=modern)
    _reading(old)
    for key in ("midas_depth_model", "midas_weight"):
        old.seen.add(key)
        if key in old:
            report.about(key, "camera.depth", "distances come from the preset's own depth model (models: depth:)")


def _reading(old: Settings) -> None:
    said = old.text("padding_mode", "border") or "border"
    old.sheet.put("camera.border", BORDERS.get(said, "smear"), old.source("padding_mode"))
    if said in BORDERS:
        if "padding_mode" in old:
            old.report.exact("padding_mode", "camera.border")
    else:
        do = "what comes into view is the picture's smeared edge; `border: noise` lets it be painted anew"
        old.report.missing("padding_mode", do)
    read = old.text("sampling_mode", "bicubic")
    if read in ("nearest", "bilinear"):
        old.report.about("sampling_mode", "nothing", "pictures are read bicubically here")
    elif "sampling_mode" in old and read not in ("ddim", "plms"):
        old.report.exact("sampling_mode", "nothing: pictures are always read bicubically")


def _put(old: Settings, key: str, name: str, default: str, frames: int) -> None:
    found = _keys(old, key, default, frames)
    if not _moves(found, STANDING.get(key, 0.0)):
        old.off(key)
        return
    old.sheet.put(f"camera.{name}", shown(found), old.source(key))
    if key in old:
        old.report.exact(key, f"camera.{name}")


def _keys(old: Settings, key: str, default: str, frames: int) -> Keys:
    said = old.raw(key, default)
    text = number(said) if finite(said) else said
    still = [(0, STANDING.get(key, 0.0))]
    if not isinstance(text, str):
        old.complaints.add(old.document.mark(key), f"{key} must be keys such as 0: (1)", "write text or a number")
        return still
    try:
        found = key_strings.within(key_strings.read_keys(text), frames)
    except key_strings.NoKeys as fault:
        old.complaints.add(old.document.mark(key), f"{key}: {fault}", "write keys such as 0: (1), 48: (1.05)")
        return still
    bad = next((pair for pair in found if key == "zoom" and pair[1] <= 0), None)
    if bad:
        what = f"zoom is {number(bad[1])} at frame {bad[0]}, where nothing is left of the picture"
        old.complaints.add(old.document.mark(key), what, "keep it above 0")
        return still
    return found


def _moves(found: Keys, standing: float = 0.0) -> bool:
    return any(value != standing for _, value in found)


def _spline(old: Settings, wanted: dict[str, str], frames: int) -> None:
    said = old.text("interp_spline", "Linear").lower()
    count = max((len(_keys(old, key, default, frames)) for key, default in wanted.items()), default=0)
    if "interp_spline" not in old or said not in ("quadratic", "cubic") or count < 3:
        if "interp_spline" in old and wanted:
            old.report.exact("interp_spline", "straight lines from key to key")
        else:
            old.off("interp_spline")
        return
    do = f"keys are joined by straight lines; for a curve write `spline` behind each value (it was {said})"
    old.report.missing("interp_spline", do)
