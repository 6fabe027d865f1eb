"""PyTTI's configurations: scenes by steps, motion by formulas of seconds, and bands of a song that they follow.

It painted by an optimiser under CLIP, where a diffusion model draws here: motion, prompts and time are taken, and what
belonged to its way of painting is listed.
"""

from __future__ import annotations

import re
from typing import Any

from . import pytti_camera, pytti_scenes
from .disco_tables import CLIPS, LARGE
from .engine import Models
from .known_keys import PYTTI
from .pictures import Pictures
from .pytti_scenes import Pace
from .reading import finite
from .settings import Settings
from .sheet import number

NAME = "PyTTI"
MODES = ("off", "2D", "3D", "Video Source")
MOST_FRAMES = 100_000
PALETTE = (
    *("smoothing_weight", "random_initial_palette", "palette_size", "palettes", "gamma", "hdr_weight"),
    *("palette_normalization_weight", "target_palette", "lock_palette"),
)
PAINTING = (  # how it painted: the preset's model draws here
    *("image_model", "vqgan_model", "learning_rate", "reset_lr_each_frame", "cutouts", "cut_pow", "cutout_border"),
    *("border_mode", "gradient_accumulation_steps", "use_mmc", "mmc_models"),
)
QUIET = (
    *("file_namespace", "allow_overwrite", "display_every", "clear_every", "display_scale", "backups", "show_graphs"),
    *("show_palette", "approximate_vram_usage", "use_tensorboard", "models_parent_dir", "defaults", "conf", "device"),
)
WEIGHTS = {  # of what, and what to do about it
    "direct_image_prompts": "write pictures under prompts:, as {image: a.png}",
    "direct_init_weight": "write init: scale, which pulls the first frame towards its picture",
    "semantic_init_weight": "write the picture under prompts:, as {image: a.png}",
    "direct_stabilization_weight": "write init: frames_scale, which pulls each frame towards the moved one before it",
    "semantic_stabilization_weight": "raise look: skip, for less change from frame to frame",
    "depth_stabilization_weight": "raise look: skip, for less change from frame to frame",
    "edge_stabilization_weight": "raise look: skip, for less change from frame to frame",
    "flow_stabilization_weight": "raise look: skip, for less change from frame to frame",
}
VIDEO = ("video_path", "frame_stride", "reencode_each_frame", "flow_long_term_samples")
TAKEN = frozenset({"t", "sec", "beat", "bar", "phase", "p", "e", "pi", "seed", "fps", "bpm", "frames"})


def import_pytti(old: Settings, pictures: Pictures, *, modern: bool, mode: str | None = None) -> Models:
    """Write the film that a configuration describes into the sheet, and return the models to draw it with."""
    if "scenes" not in old:
        old.complaints.add(old.document.mark("scenes"), "there are no scenes", "write scenes: a lighthouse || a storm")
    found = _mode(old, mode)
    scenes = pytti_scenes.split_scenes(old)
    pace = _pace(old, found, len(scenes))
    _head(old, pace)
    names = {"t": "sec", **_sound(old, pictures)}
    pytti_scenes.write(old, pictures, scenes, pace, names)
    pytti_camera.write(old, found, names)
    old.sheet.put("look.prompt_weights", "abs_sum", "each prompt pulled for itself there")
    _start(old, pictures)
    _rest(old, found)
    old.why_preset = "a diffusion model, guided by the CLIPs that PyTTI used"
    return Models(LARGE, _clips(old))


def _mode(old: Settings, wanted: str | None) -> str:
    said = old.text("animation_mode", "off") or "off"
    said = {"false": "off", "None": "off"}.get(said, said)
    if wanted:
        said = {"None": "off", "Video Input": "Video Source"}.get(wanted, wanted)
        old.report.notes.append(f"animation_mode: {said}, as --mode says")
    if said not in MODES:
        old.complaints.add(old.document.mark("animation_mode"), f"there is no animation_mode '{said[:40]}'", "write 2D")
    elif said == "Video Source":
        old.report.missing("animation_mode", "a film over a video is not possible here; what is written moves nothing")
    elif "animation_mode" in old:
        old.report.exact("animation_mode", "no camera" if said == "off" else f"camera in {said}")
    return said


def _pace(old: Settings, mode: str, n_scenes: int) -> Pace:
    """Return how steps become frames: one at each move, or one at each saved picture where nothing moved."""
    per_scene = max(1, old.whole("steps_per_scene", 100))
    per_frame = max(1, old.whole("steps_per_frame", 50))
    before = max(0, old.whole("pre_animation_steps", 100))
    fading = max(0, old.whole("interpolation_steps", 0))
    if mode == "off":
        per_frame, before = max(1, old.whole("save_every", 50)), 0
    frames = -((before - n_scenes * per_scene) // per_frame)
    if mode == "off" and n_scenes == 1:
        frames = 1
    if frames > MOST_FRAMES:
        what = f"{n_scenes} scenes of {per_scene} steps are {frames} frames, more than {MOST_FRAMES}"
        old.complaints.add(old.document.mark("steps_per_scene"), what, "shorten the scenes, or raise steps_per_frame")
    return Pace(per_scene, per_frame, before, fading, min(max(1, frames), MOST_FRAMES))


def _head(old: Settings, pace: Pace) -> None:
    fps = old.number("frames_per_second", 12)
    old.sheet.put("fps", max(1, round(fps)), old.source("frames_per_second"))
    old.sheet.put("frames", pace.frames, "from its steps: a frame at each move")
    if "frames_per_second" in old:
        old.report.exact("frames_per_second", "fps")
    why = "a frame for each move it made; there it was many steps of an optimiser, here the preset's steps draw it"
    for key in ("steps_per_scene", "steps_per_frame", "pre_animation_steps", "save_every", "interpolation_steps"):
        old.seen.add(key)
        if key in old:
            old.report.about(key, "frames, prompts", why)
    said = str(old.raw("seed", "")).strip()
    is_said = bool(re.fullmatch(r"\d{1,18}", said))
    old.sheet.put("seed", int(said) if is_said else 0, "seed" if is_said else "seed: drawn by chance there")
    if "seed" in old:
        old.report.about(
            "seed", "seed", "the noise drawn from it is another" if is_said else "drawn by chance there; 0 here"
        )
    scale = 1 if old.text("image_model", "VQGAN") == "VQGAN" else max(1, old.whole("pixel_size", 4))
    width, height = max(1, old.whole("width", 180)) * scale, max(1, old.whole("height", 112)) * scale
    width, height = (max(64, side // 64 * 64) for side in (width, height))
    old.sheet.put("size", f"{width}x{height}", "width, height, pixel_size")
    for key in ("width", "height", "pixel_size"):
        old.seen.add(key)
        if key in old:
            old.report.about(key, "size", "in multiples of 64, which the model takes")


def _sound(old: Settings, pictures: Pictures) -> dict[str, str]:
    """Write the song and a signal for each of its bands; return what formulas call them and what they are here."""
    song, bands = old.path("input_audio"), old.raw("input_audio_filters")
    bands = bands if isinstance(bands, list) else []
    there = pictures.found("input_audio", song, old.report) if song else None
    if there is not None:
        old.sheet.put("music.file", there, "input_audio")
        old.report.exact("input_audio", "music.file")
        offset = old.number("input_audio_offset", 0)
        if offset > 0:
            old.sheet.put("music.start", f"{number(offset)}s", "input_audio_offset")
            old.report.exact("input_audio_offset", "music.start")
    old.off("input_audio", "input_audio_offset")
    names: dict[str, str] = {}
    for index, band in enumerate(bands):
        said = str(band.get("variable_name", "")) if isinstance(band, dict) else ""
        low, high = _edges(band)
        if not re.fullmatch(r"[A-Za-z]\w{0,30}", said, re.ASCII) or not 0 < low < high:
            mark = old.document.mark("input_audio_filters")
            do = "write {variable_name: kick, f_center: 75, f_width: 30}"
            old.complaints.add(mark, f"filter {index + 1} has no name, or no band", do)
            continue
        own = f"{said}_heard" if said in TAKEN else said
        names |= {said: own, f"{said}_prev": own}
        if there is None:
            old.sheet.put(f"let.{own}", 0, "its song is missing")
        else:
            old.sheet.put(
                f"signals.{own}", f"{{band: [{number(low)}, {number(high)}]}}", f"{said}, of input_audio_filters"
            )
    if not bands:
        old.off("input_audio_filters")
    elif there is None:
        old.report.missing("input_audio_filters", "its song is missing, so these are 0")
    else:
        why = "loud parts are 1 by how the whole song is; there 1 was its loudest moment in the band"
        old.report.about("input_audio_filters", "signals", why)
    return names


def _edges(band: Any) -> tuple[float, float]:
    inside: dict[str, Any] = band if isinstance(band, dict) else {}
    middle, width = inside.get("f_center"), inside.get("f_width")
    if not isinstance(middle, int | float) or not isinstance(width, int | float) or not finite(middle + width):
        return 0.0, 0.0
    return max(20.0, middle - width / 2), min(11_000.0, middle + width / 2)


def _start(old: Settings, pictures: Pictures) -> None:
    said = old.path("init_image")
    there = pictures.found("init_image", said, old.report) if said else None
    if there is not None:
        old.sheet.put("init.image", there, "init_image")
        old.sheet.put("init.fit", "stretch", "as there")
        old.report.exact("init_image", "init.image")
    old.off("init_image")


def _rest(old: Settings, mode: str) -> None:
    for key, do in WEIGHTS.items():
        said = str(old.raw(key) or "").strip()
        if said in ("", "0"):
            old.off(key)
        else:
            old.report.missing(key, do)
    for key in PAINTING:
        old.seen.add(key)
        if key in old:
            old.report.about(key, "nothing", "how it painted; here a diffusion model draws")
    if mode == "Video Source" and old.path("video_path"):
        old.report.missing("video_path", "a film over a video is not possible here")
    palette = "the palette of its own painter; ask for colours in the prompts, or match them by frame: color_match"
    for key in PALETTE:
        old.off(key, why=palette if old.text("image_model", "VQGAN") == "Limited Palette" else "")
    old.off(*VIDEO, *QUIET)


def _clips(old: Settings) -> tuple[str, ...]:
    found = []
    for key in [key for key in CLIPS if key in PYTTI]:
        if old.flag(key, key == "ViTB32"):
            found.append(CLIPS[key])
            if key in old:
                old.report.exact(key, f"models.clip: {CLIPS[key]}")
        else:
            old.off(key)
    if not found:
        found = [CLIPS["ViTB32"]]
        old.report.notes.append("no CLIP is on, so ViT-B-32 stands in the preset")
    return tuple(found)
