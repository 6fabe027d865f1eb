"""Disco Diffusion's settings, v2 to v5.7: which mode they are for, the film's head, the models, and the look.

The camera and the prompts have a module each. What would surprise: the files do not say whether they were for a still,
a 2D or a 3D film, so that is told from the camera's keys, and reported.
"""

from __future__ import annotations

from . import disco_camera, disco_look, disco_prompts, key_strings
from .disco_init import write_init
from .disco_tables import (
    BOTH_KEYS,
    CAMERA_KEYS,
    CLIPS,
    CLIPS_ON,
    DIFFUSION,
    FLAT,
    FLAT_KEYS,
    INERT,
    LARGE,
    MODES,
    SIZE_KEYS,
    SPACE,
    SPACE_KEYS,
    STILL,
    TURBO,
    VIDEO,
    VIDEO_KEYS,
)
from .disco_video import write_video
from .engine import Models
from .pictures import Pictures
from .reading import finite
from .settings import Settings

NAME = "Disco Diffusion"


def import_disco(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> Models:
    """Write the film that settings describe into their sheet, and return the models that drew it."""
    found = _mode(old, mode)
    frames = _head(old, found)
    steps = _steps(old, found)
    disco_prompts.write(old, pictures, frames)
    disco_camera.write(old, found, frames, modern=modern)
    disco_look.write_look(old, found, steps)
    write_init(old, pictures, found, steps)
    _video(old, pictures, found, steps)
    for key, why in INERT.items():
        old.off(key, why=why)
    old.off("batch_name", why="named the folder, which --out does here")
    old.off("display_rate", why="how often a picture was shown; --live shows each")
    old.batches(are_drawn=found == STILL)
    return _models(old)


def _mode(old: Settings, wanted: str | None) -> str:
    """Return the mode the settings were for; the notebook did not store it, some of its descendants did."""
    if wanted:
        old.report.notes.append(f"animation_mode: {wanted}, as --mode says")
        old.off("animation_mode")
        return wanted
    said = old.text("animation_mode")
    if said:
        if said in MODES:
            old.report.exact("animation_mode", f"a film of mode {said}")
            return said
        old.complaints.add(old.document.mark("animation_mode"), f"there is no animation_mode '{said[:40]}'", "write 2D")
        return STILL
    moves = {key for key in CAMERA_KEYS if key in old and _keys_of(old.values[key]) != _keys_of(CAMERA_KEYS[key])}
    if moves & SPACE_KEYS.keys() or old.values.get("turbo_mode") is True:
        found, why = SPACE, "its keys for space move, or turbo is on"
    elif moves & (FLAT_KEYS | BOTH_KEYS).keys():
        found, why = FLAT, "its keys for the plane move"
    else:
        found, why = STILL, "no camera key is other than it was at first"
    old.report.about(
        "animation_mode",
        "a still" if found == STILL else f"a film in {found}",
        f"the file does not say the mode; {why}; --mode says it ({', '.join(MODES)})",
    )
    return found


def _keys_of(value: object) -> object:
    try:
        return key_strings.read_keys(str(value))
    except key_strings.NoKeys:
        return value


def _head(old: Settings, mode: str) -> int:
    """Write what holds for the whole film; return its number of frames."""
    frames = old.whole("max_frames", 1)
    if mode == STILL:
        frames = 1
        old.off("max_frames", why="a still is one frame")
    elif "max_frames" in old:
        old.report.exact("max_frames", "frames")
    old.sheet.put("fps", 12, "its films had 12 frames a second; the settings do not say")
    old.sheet.put("frames", max(1, frames), old.source("max_frames") if mode != STILL else "a still")
    seed = old.whole("seed", 0) if str(old.values.get("seed", "")) != "random_seed" else 0
    old.seen.add("seed")
    old.sheet.put("seed", abs(seed), old.source("seed"))
    old.report.about("seed", "seed", "the number is the same, the noise drawn from it is another")
    _size(old)
    return max(1, frames)


def _size(old: Settings) -> None:
    """Write how large the pictures are: as the settings say, the notebook's forms, or what is usual for the model."""
    model = old.values.get("diffusion_model")
    usual = DIFFUSION.get(model if isinstance(model, str) else "", DIFFUSION[LARGE])
    pair = next((key for key in (SIZE_KEYS[0], SIZE_KEYS[1 if usual == DIFFUSION[LARGE] else 2]) if key in old), None)
    if pair is not None:
        said = old.raw(pair)
        if isinstance(said, list) and len(said) == 2 and all(finite(side) for side in said):
            usual = (int(said[0]), int(said[1]))
        else:
            old.complaints.add(old.document.mark(pair), f"{pair} must be two numbers", "write [1280, 768]")
    old.off(*SIZE_KEYS, why="the size of other models, or said twice")
    sides = {"width": old.whole("width", usual[0]), "height": old.whole("height", usual[1])}
    for key, side in sides.items():
        if not 64 <= side <= 100_000:
            place = key if key in old else pair or key
            old.complaints.add(old.document.mark(place), f"{key} cannot be {side}", "write 64 or a multiple of it")
    width, height = (min(max(side, 64), 100_000) // 64 * 64 for side in sides.values())
    old.sheet.put("size", f"{width}x{height}", old.source(pair) if pair and "width" not in old else "width, height")
    for key in [key for key in (*sides, pair) if key and key in old]:
        if any(side % 64 for name, side in sides.items() if key in (name, pair)):
            old.report.about(key, "size", "rounded down to a multiple of 64, as there")
        else:
            old.report.exact(key, "size")


def _steps(old: Settings, mode: str) -> int:
    key = "video_init_steps" if mode == VIDEO else "steps"
    steps = old.whole(key, 100 if mode == VIDEO else 250)
    if mode == VIDEO:
        old.off("steps", why="films over a video had video_init_steps")
    elif key not in old and "timestep_respacing" in old:  # v2
        steps = old.whole("timestep_respacing", 250) if str(old.values["timestep_respacing"]).isdigit() else steps
    old.sheet.put("look.steps", max(1, steps), old.source(key))
    old.report.about(key, "look.steps", "as many; here the first is pure noise and the last the finished picture")
    return max(1, steps)


def _video(old: Settings, pictures: Pictures, mode: str, steps: int) -> None:
    if mode == VIDEO:
        old.off("cutn_batches", why="films over a video had video_init_cutn_batches")
        write_video(old, pictures, steps)
    else:
        old.off(*VIDEO_KEYS)
    if mode != SPACE or not old.flag("turbo_mode"):
        old.off(*TURBO)
    else:
        _turbo(old)
    if mode == STILL:
        old.off("frames_skip_steps", "interp_spline")


def _turbo(old: Settings) -> None:
    """Write turbo as a cadence: after the preroll, so many frames lie between those that are drawn."""
    steps, preroll = min(50, max(1, old.whole("turbo_steps", 3))), max(0, old.whole("turbo_preroll", 10))
    old.sheet.put("look.cadence", f"where(t < {preroll}, 1, {steps})", "turbo_steps after turbo_preroll")
    old.sheet.put("look.blend", "cross", "as there")
    why = "as many frames lie between; what is drawn is seen whole at its own frame, and not mixed with the one before"
    for key in ("turbo_mode", "turbo_steps", "turbo_preroll"):
        if key in old:
            old.report.about(key, "look.cadence, look.blend", why)
    old.off(*TURBO[3:])


def _models(old: Settings) -> Models:
    diffusion = old.text("diffusion_model", LARGE) or LARGE
    if diffusion in DIFFUSION:
        if "diffusion_model" in old:
            old.report.exact("diffusion_model", f"models.diffusion: {diffusion}")
    else:
        do = f"`pipeline models add` it and name it in the preset; {LARGE} stands there now"
        old.report.missing("diffusion_model", do)
        diffusion = LARGE
    chosen = []
    for key, name in CLIPS.items():
        if old.flag(key, key in CLIPS_ON and not any(other in old for other in CLIPS)):
            chosen.append(name)
            if key in old:
                old.report.exact(key, f"models.clip: {name}")
        else:
            old.off(key)
    if not chosen:
        chosen = [CLIPS[key] for key in CLIPS_ON]
        old.report.notes.append(f"no CLIP is on, so the usual ones stand in the preset: {', '.join(chosen)}")
    secondary = "secondary" if old.flag("use_secondary_model", True) else ""
    old.sheet.put("look.guidance_path", "secondary" if secondary else "unet", old.source("use_secondary_model"))
    if "use_secondary_model" in old:
        old.report.exact("use_secondary_model", "look.guidance_path, models.secondary")
    return Models(diffusion, tuple(chosen), secondary)
