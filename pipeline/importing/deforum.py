"""Deforum's settings: a camera in pixels or in space, schedules over the frames, and Stable Diffusion's own numbers.

Motion, seeds and what is done to the frame before mean the same here. What Stable Diffusion's sampler was told has no
exact counterpart under CLIP guidance: such numbers are kept in proportion, and told.
"""

from __future__ import annotations

from . import deforum_look, deforum_pictures, deforum_prompts, deforum_video
from .deforum_tables import (
    ACTIVE_UNLESS,
    BELONGS,
    BORDERS,
    DEFAULTS,
    FLAT,
    FLIP,
    MODES,
    NO_EFFECT,
    OF_SPACE,
    RENAMED,
    SPACE,
    STANDING,
    SWITCHED,
    WHAT_TO_DO,
)
from .engine import BASE
from .pictures import Pictures
from .schedules import quoted, schedule, standing
from .settings import Settings
from .warps import tell_warp

NAME = "Deforum"


def import_deforum(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> str:
    """Write the film that settings describe into their sheet, and return the preset's name."""
    _rename(old)
    found = old.text("animation_mode", "2D") or "2D"
    if mode is not None:
        old.off("animation_mode", why=f"{mode}, as --mode says")
        found = mode
    if found not in MODES:
        old.complaints.add(
            old.document.mark("animation_mode"), f"there is no animation_mode '{found[:40]}'", "write 2D"
        )
    is_anew = found == "Interpolation"
    video = deforum_video.find(old, pictures, found)
    if is_anew:
        why = "each frame is drawn anew, while prompts fade from key to key; nothing else of the film moves"
        old.report.about("animation_mode", "look.skip, prompt_fade", why)
    elif video is not None and found == "Video Input":
        old.report.exact("animation_mode", "source, follow.motion")
    elif found in ("Video Input", "None"):
        old.report.missing("animation_mode", f"mode {found} is not possible here; what is written moves nothing")
    elif "animation_mode" in old and mode is None:
        old.report.exact("animation_mode", f"camera in {found}")
    frames = _head(old)
    frames = frames if video is None else video.n_frames
    deforum_prompts.write(old, frames)
    if is_anew:
        old.sheet.put("prompt_fade", "linear", "animation_mode: Interpolation")
    _camera(old, found, modern=modern)
    is_alone = video is not None and video.is_alone
    is_looped = not is_anew and not is_alone and deforum_pictures.looper(old, pictures, frames)
    if is_looped and old.values.get("seed_behavior") != "schedule":
        old.report.notes.append("seed_behavior is schedule where key images pull, whatever the file says")
        old.values["seed_behavior"] = "schedule"
    deforum_look.write(old, pictures, is_looped=is_looped, is_anew=is_anew, is_alone=is_alone)
    if is_looped:
        deforum_pictures.looped_colours(old)
    if video is not None:
        deforum_video.write(old, video)
    deforum_pictures.write_start(old, pictures, video)
    deforum_pictures.write_music(old, pictures, video)
    deforum_pictures.write_film(old)
    if video is not None:
        deforum_pictures.no_cadence(old, is_alone=is_alone)
    elif not is_anew:
        deforum_pictures.write_cadence(old)
    _rest(old)
    old.why_preset = "these models are guided by CLIP; Stable Diffusion's are of another kind"
    return BASE


def _rename(old: Settings) -> None:
    for before, now in RENAMED.items():
        if before in old.values and now not in old.values:
            old.values[now] = old.values.pop(before)
            old.document.places.setdefault(now, old.document.mark(before))
            old.report.notes.append(f"{before} is the older name of {now}")


def _head(old: Settings) -> int:
    width, height = old.whole("W", 512), old.whole("H", 512)
    if "bpm" in old:
        old.sheet.put("bpm", min(1000.0, max(1.0, old.number("bpm", 120))), "bpm")
        old.report.exact("bpm", "bpm")
    frames, seed = old.whole("max_frames", 120), old.whole("seed", -1)
    old.take_top("fps", max(1, old.whole("fps", 15)), "fps")
    old.take_top("frames", max(1, frames), "max_frames")
    old.sheet.put("size", f"{max(1, width)}x{max(1, height)}", "W, H")
    for key in ("W", "H"):
        if key in old:
            old.report.exact(key, "size")
    old.sheet.put("seed", max(0, seed), old.source("seed"))
    if "seed" in old:
        why = "it was drawn by chance there; 0 here" if seed < 0 else "the number is the same, the noise is another"
        old.report.about("seed", "seed", why)
    return max(1, frames)


def _camera(old: Settings, mode: str, *, modern: bool) -> None:
    if mode == "3D":
        _space(old, modern=modern)
        old.off(*FLAT, "border", why="acts in 2D only")
        return
    space = [key for key in SPACE if key not in ("translation_x", "translation_y")]
    old.off(*space, *OF_SPACE)
    if mode != "2D":
        old.off(*FLAT, "translation_x", "translation_y", "border", why=f"mode {mode} had no camera")
        return
    said = old.text("border", "replicate")
    old.sheet.put("camera.border", said if said in ("wrap", "replicate") else "replicate", old.source("border"))
    if "border" in old:
        old.report.exact("border", "camera.border")
    for key, name in FLAT.items():
        _flat(old, key, name, modern=modern)
    if old.flag("enable_perspective_flip"):
        for key, name in FLIP.items():
            _flat(old, key, name, modern=modern)
        if not modern:
            old.sheet.put("camera.flip_about", "deforum", "its point, which is not the middle")
        old.report.exact("enable_perspective_flip", "camera.flip_x, flip_y, flip_z")
    for axis, side in (("x", old.whole("W", 512)), ("y", old.whole("H", 512))):
        key = f"translation_{axis}"
        text = schedule(old, key, 0)
        if standing(text) == 0:
            old.off(key)
            continue
        old.sheet.put(f"let.{key}_px", quoted(text), f"{key}, in pixels")
        old.sheet.put(f"camera.{key}", f"100*{key}_px/{side}", "per cent of the picture")
        if key in old:
            old.report.exact(key, f"let.{key}_px, camera.{key}")


def _flat(old: Settings, key: str, name: str, *, modern: bool) -> None:
    """Write a schedule of the plane; its centre was half a pixel further right and down than ours."""
    text = schedule(old, key, DEFAULTS.get(key, STANDING.get(key, 0.0)))
    if key.startswith("transform_center"):
        side = old.whole("W" if key.endswith("x") else "H", 512)
        if standing(text) == 0.5 and modern:
            old.off(key)
            return
        old.sheet.put(f"let.{key}", quoted(text), key)
        half = "" if modern else f" + 0.5/{side}"
        old.sheet.put(f"camera.{name}", f"{key}{half}", "" if modern else "its pixels begin half a pixel earlier")
    elif standing(text) == STANDING.get(key, 0.0):
        old.off(key)
        return
    else:
        old.sheet.put(f"camera.{name}", quoted(text), old.source(key))
    if key in old:
        old.report.exact(key, f"camera.{name}")


def _space(old: Settings, *, modern: bool) -> None:
    old.sheet.put("camera.mode", "3d")
    why = "the true projection" if modern else "its formula; splat is the true projection"
    old.sheet.put("camera.warp", "splat" if modern else "deforum", why)
    _tell_warp(old, modern=modern)
    for key, name in SPACE.items():
        text = schedule(old, key, DEFAULTS.get(key, STANDING.get(key, 0.0)))
        if name != "fov" and standing(text) == STANDING.get(key, 0.0):
            old.off(key)
            continue
        if name == "aspect" and modern:
            old.report.missing(key, "the true projection has no aspect")
            continue
        if name == "aspect" and old.flag("aspect_ratio_use_old_formula"):
            old.off(key, why="aspect_ratio_use_old_formula took its place")
            continue
        old.sheet.put(f"camera.{name}", quoted(text), old.source(key))
        if key in old:
            old.report.exact(key, f"camera.{name}")
    if old.flag("aspect_ratio_use_old_formula") and not modern:
        shape = f"{old.whole('W', 512)}/{old.whole('H', 512)}"
        old.sheet.put("camera.aspect", shape, "aspect_ratio_use_old_formula: width to height")
        old.report.exact("aspect_ratio_use_old_formula", "camera.aspect")
    said = old.text("padding_mode", "border")
    old.sheet.put("camera.border", BORDERS.get(said, "smear"), old.source("padding_mode"))
    if "padding_mode" in old:
        if said in BORDERS:
            old.report.exact("padding_mode", "camera.border")
        else:
            old.report.missing("padding_mode", "what comes into view is smeared; `border: noise` paints it anew")
    if not old.flag("use_depth_warping", True):
        old.sheet.put("camera.depth", "plane", "use_depth_warping: false")
        old.report.exact("use_depth_warping", "camera.depth")
    for key in ("depth_algorithm", "midas_weight", "use_zoe_depth"):
        if key in old and key not in old.report.entries:
            old.seen.add(key)
            old.report.about(key, "camera.depth", "distances come from the preset's own depth model (models: depth:)")
    old.off("use_depth_warping")
    if "sampling_mode" in old:
        old.seen.add("sampling_mode")
        old.report.about("sampling_mode", "nothing", "pictures are read bicubically here")


def _tell_warp(old: Settings, *, modern: bool) -> None:
    """Tell in figures how the two ways of moving through a picture differ."""
    fov = standing(schedule(old, "fov_schedule", DEFAULTS["fov_schedule"]))
    aspect = standing(schedule(old, "aspect_ratio_schedule", 1.0)) or 1.0
    width, height = max(1, old.whole("W", 512)), max(1, old.whole("H", 512))
    aspect = width / height if old.flag("aspect_ratio_use_old_formula") else aspect
    tell_warp(old, "deforum", 70.0 if fov is None else fov, (width, height, aspect), modern=modern)


def _rest(old: Settings) -> None:
    """Note what has no place here: loudly where it acted."""
    for key, switch in SWITCHED.items():
        if key in old.seen or key not in old:
            continue
        if old.flag(switch, switch.startswith("enable_noise_multiplier")):
            old.seen.add(key)
            old.report.missing(key, f"has no place here; {switch} was on")
        else:
            old.off(key, why=f"{switch} was off")
    for switch in {*SWITCHED.values()} - old.report.entries.keys():
        old.off(switch)
    for key, idle in ACTIVE_UNLESS.items():
        if key not in old or key in old.report.entries:
            continue
        value = old.raw(key)
        if any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in idle):
            old.off(key)
        else:
            old.report.missing(key, WHAT_TO_DO.get(key, "has no place here"))
    if "sampler" in old:
        old.seen.add("sampler")
        old.report.about("sampler", "nothing", "was one of Stable Diffusion's; the preset's draws here")
    for key in old.values:
        if key not in old.seen:
            _follower(old, key)


def _follower(old: Settings, key: str) -> None:
    """Note a key that belongs to a switch, or that did nothing to the picture; nobody knows the others."""
    switches = next((each for start, each in BELONGS.items() if key.startswith(start)), None)
    entries = old.report.entries
    if switches is None:
        if key in NO_EFFECT:
            old.off(key, why="nothing of the picture depended on it")
        return
    switches = tuple(each.format(key[:4]) for each in switches)
    acting = next((each for each in switches if each in entries and entries[each].verdict == "unsupported"), None)
    if acting is None:
        old.off(key)
    else:
        old.seen.add(key)
        old.report.missing(key, f"belongs to {acting}")
