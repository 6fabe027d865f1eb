"""PyTTI's motion: formulas of seconds, in pixels and degrees for the plane, in space by depth and a quaternion.

Signs were found from its formulas: a picture was read at a place that its matrix turned, so that what a positive
`translate_y` moved went up, and a positive `rotate_2d` turned counter-clockwise. In space the content was moved, here
the camera is.
"""

from __future__ import annotations

from collections.abc import Mapping

from .disco_prompts import quoted
from .formula import PYTHON, NoFormula, Part, call, number, parse, sign, written
from .python_formula import say, translate
from .settings import Settings

FLAT = ("translate_x", "translate_y", "rotate_2d", "zoom_x_2d", "zoom_y_2d")
SPACE = ("translate_x", "translate_y", "translate_z_3d", "rotate_3d")
BORDERS = {"mirror": "reflect", "wrap": "wrap"}
ADABINS = (1, 10)  # metres between which its depths lay, which `near_plane` and `far_plane` stood for


def write(old: Settings, mode: str, names: Mapping[str, str]) -> None:
    """Write `camera:` for a mode; `names` are what formulas may speak of."""
    if mode == "2D":
        _flat(old, names)
    elif mode == "3D":
        _space(old, names)
    keys = {"2D": FLAT, "3D": SPACE}.get(mode, ())
    why = f"animation_mode was {mode}"
    old.off(*(key for key in (*FLAT, *SPACE) if key not in keys and key not in old.report.entries), why=why)
    if mode != "3D":
        old.off("field_of_view", "near_plane", "far_plane", "lock_camera", why=why)
    if mode not in ("2D", "3D"):
        old.off("infill_mode", "sampling_mode", why=why)
        return
    said = old.text("infill_mode", "wrap") or "wrap"
    edge = "smear" if mode == "3D" else "replicate"
    black = "noise" if mode == "3D" else "zeros"
    old.sheet.put(
        "camera.border", {**BORDERS, "smear": edge, "black": black}.get(said, "wrap"), old.source("infill_mode")
    )
    if said in (*BORDERS, "smear") or (said == "black" and mode == "2D"):
        old.off("infill_mode") if "infill_mode" not in old else old.report.exact("infill_mode", "camera.border")
    else:
        old.report.about("infill_mode", "camera.border", "what comes into view is drawn anew from noise")
    if "sampling_mode" in old:
        old.seen.add("sampling_mode")
        old.report.about("sampling_mode", "nothing", "pictures are read bicubically here")


def _formula(old: Settings, key: str, names: Mapping[str, str]) -> Part | None:
    """Return a formula's tree in our words; None where it is 0 or cannot be said, which is told."""
    said = old.raw(key, "0")
    try:
        found = translate(str(said), names)
    except NoFormula as fault:
        old.report.missing(key, f"the formula cannot be said here ({fault}); write it under camera: by hand")
        return None
    if found.kind == "number" and float(found.word) == 0:
        old.off(key)
        return None
    return found


def _flat(old: Settings, names: Mapping[str, str]) -> None:
    width, height = old.whole("width", 180), old.whole("height", 112)
    for axis, side, factor in (("x", width, "100"), ("y", height, "-100")):
        key = f"translate_{axis}"
        found = _formula(old, key, names)
        if found is not None:
            old.sheet.put(f"let.{key}_px", quoted(written(found)), f"{key}, in pixels")
            old.sheet.put(
                f"camera.translation_{axis}", f"{factor}*{key}_px/{max(1, side)}", "per cent; up was positive there"
            )
            old.report.about(key, f"let.{key}_px, camera.translation_{axis}", "to within half a pixel at the edges")
    turn = _formula(old, "rotate_2d", names)
    if turn is not None:
        old.sheet.put("camera.roll", quoted(written(turn)), "rotate_2d, degrees")
        if width == height:
            old.report.exact("rotate_2d", "camera.roll")
        else:
            why = "a turn there also bent pictures that are not square; here it does not"
            old.report.about("rotate_2d", "camera.roll", why)
    zooms = [_formula(old, key, names) for key in ("zoom_x_2d", "zoom_y_2d")]
    if zooms[0] is not None and zooms == [zooms[0]] * 2 and width == height:
        _grow(old, "zoom_x_2d", zooms[0], "zoom", width)
        old.report.exact("zoom_y_2d", "camera.zoom")
        return
    for key, found, side in (("zoom_x_2d", zooms[0], width), ("zoom_y_2d", zooms[1], height)):
        if found is not None:
            _grow(old, key, found, f"stretch_{key[5]}", side)


def _grow(old: Settings, key: str, found: Part, place: str, side: int) -> None:
    old.sheet.put(f"let.{key}_px", quoted(written(found)), f"{key}, pixels that are cut away")
    old.sheet.put(f"camera.{place}", f"{max(1, side)}/({max(1, side)} - {key}_px)", "its zoom as a factor")
    old.report.exact(key, f"let.{key}_px, camera.{place}")


def _space(old: Settings, names: Mapping[str, str]) -> None:
    near, far = old.number("near_plane", 1), old.number("far_plane", 10000)
    metre = (far - near) / ADABINS[1]
    if metre <= 0:
        old.complaints.add(old.document.mark("far_plane"), "far_plane must be larger than near_plane", "write 10000")
        return
    old.sheet.put("camera.mode", "3d")
    old.sheet.put("camera.fov", old.number("field_of_view", 60), old.source("field_of_view"))
    old.sheet.put("camera.near", ADABINS[0], "metres, between which its depths lay")
    old.sheet.put("camera.far", ADABINS[1])
    for key in ("field_of_view", "near_plane", "far_plane"):
        if key in old:
            old.report.about(
                key, "camera.fov, camera.near, camera.far", "distances come from the preset's own depth model"
            )
    for key, place, factor in (
        ("translate_x", "translation_x", -200),
        ("translate_y", "translation_y", -200),
        ("translate_z_3d", "translation_z", 200),
    ):
        found = _formula(old, key, names)
        if found is not None:
            old.sheet.put(f"let.{key}_px", quoted(written(found)), f"{key}, pixels of depth")
            old.sheet.put(f"camera.{place}", f"{factor}*{key}_px/{metre:.10g}", "the camera's, in 200ths of a metre")
            old.report.about(
                key, f"camera.{place}", "its pixels of depth as metres; the camera moves, and by true projection"
            )
    _turn(old, names)
    if old.flag("lock_camera", True):
        old.report.missing(
            "lock_camera", "the mean motion of the picture was taken out again; lower translation and rotation"
        )
    else:
        old.off("lock_camera")


def _turn(old: Settings, names: Mapping[str, str]) -> None:
    """Write a quaternion [w, x, y, z] as degrees about each axis."""
    said = old.raw("rotate_3d", "[1, 0, 0, 0]")
    text = f"[{', '.join(map(str, said))}]" if isinstance(said, list) else str(said)
    try:
        tree = parse(text, PYTHON)
        if tree.kind != "list" or len(tree.args) != 4:
            raise NoFormula("it is no list of four")
        parts = [say(one, {"pi": "pi", "e": "e", **names}) for one in tree.args]
    except NoFormula as fault:
        old.report.missing("rotate_3d", f"the quaternion cannot be said here ({fault}); write degrees under camera:")
        return
    moving = [(axis, part) for axis, part in zip("xyz", parts[1:], strict=True) if part != number("0")]
    if not moving:
        old.off("rotate_3d")
        return
    old.sheet.put("let.turn_w", quoted(written(parts[0])), "rotate_3d, its first")
    for axis, part in moving:
        half = call("atan2", part, Part("name", "turn_w"))
        degrees = sign("/", sign("*", number("-360" if axis == "z" else "360"), half), Part("name", "pi"))
        old.sheet.put(f"camera.rotation_{axis}", quoted(written(degrees)), "degrees of rotate_3d")
    if len(moving) == 1:
        old.report.exact("rotate_3d", f"camera.rotation_{moving[0][0]}")
    else:
        why = "one turn about a slanting axis as a turn about each, which for a few degrees is nearly the same"
        old.report.about("rotate_3d", "camera.rotation_x, rotation_y, rotation_z", why)
