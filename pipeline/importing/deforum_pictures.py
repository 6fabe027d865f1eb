"""Deforum's pictures and sound: what a film starts from, what a mask keeps, key images that pull, the soundtrack."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from .deforum_tables import FILLS, MASK_KEYS
from .deforum_video import Video
from .pictures import Pictures
from .schedules import quoted, schedule, standing
from .settings import Settings
from .sheet import number

WEAKEST_PULL = 0.07  # between the frames around key images
MOMENT = re.compile(r"\s*max_f\s*(?:([-+*/])\s*(\d{1,6}(?:\.\d{1,6})?)\s*)?", re.ASCII)
LOOPER = ("init_images", "image_strength_schedule", "blendFactorMax", "blendFactorSlope", "tweening_frames_schedule")


def write_start(old: Settings, pictures: Pictures, video: Video | None = None) -> None:
    """Write what a film starts from, unless that is its video, and what of it a mask keeps."""
    keys = ("strength", "init_image", "strength_0_no_init")
    there = None
    if video is not None and video.from_clip:
        old.off(*(key for key in ("use_init", *keys) if key not in old.report.entries), why="the video took its place")
    elif not old.flag("use_init"):
        old.off("use_init", *keys)
    else:
        there = pictures.found("init_image", old.path("init_image"), old.report)
        strength = old.number("strength", 0.8)
        if there:
            old.sheet.put("init.image", there, "init_image")
            old.sheet.put("init.fit", "stretch", "as there")
            old.take("strength", "init.skip", min(max(strength, 0.0), 0.999))
            for key in ("use_init", "init_image"):
                old.report.exact(key, "init.image")
            old.off("strength_0_no_init")
        else:
            old.report.missing("use_init", "its picture is missing")
            old.off("strength", "strength_0_no_init")
    _mask(old, pictures, has_picture=there is not None)


def _mask(old: Settings, pictures: Pictures, *, has_picture: bool) -> None:
    if not old.flag("use_mask"):
        old.off("use_mask", *MASK_KEYS.keys() - {"mask_schedule"})
        return
    for key, (why, idle) in MASK_KEYS.items():
        if idle and old.values.get(key, idle[0]) not in idle:
            old.seen.add(key)
            old.report.missing(key, why)
    fill = str(old.raw("fill", 1)).strip().lower()
    if "fill" in old and fill not in FILLS:
        old.report.missing("fill", "what a mask leaves is painted over the picture itself here")
    inverted = old.flag("invert_mask")
    there = pictures.found("mask_file", old.path("mask_file"), old.report)
    if inverted:
        why = "white is painted and black kept here: invert the picture, and write it under init: mask"
        old.report.missing("invert_mask", why)
    elif there and not has_picture:
        old.report.missing("mask_file", "a mask keeps parts of the picture under init: image, and there is none")
    if inverted or not there or not has_picture:
        old.report.missing("use_mask", "no mask is written")
    else:
        _keep(old, there)
    old.off(*(key for key in MASK_KEYS if key not in old.report.entries))


def _keep(old: Settings, there: str) -> None:
    """Write the mask, and how softly the paint ends at it."""
    old.sheet.put("init.mask", there, "mask_file")
    what = "black keeps the first picture in every frame, and not the frame before as the camera moved it"
    for key in ("use_mask", "mask_file"):
        old.report.about(key, "init.mask", what)
    if old.flag("overlay_mask", True):
        old.take("mask_overlay_blur", "init.mask_feather", max(0.0, old.number("mask_overlay_blur", 4)))
        if "overlay_mask" in old:
            old.report.exact("overlay_mask", "init.mask_feather")
    else:
        old.report.about("overlay_mask", "init.mask", "what is black is kept to the pixel here")


def looper(old: Settings, pictures: Pictures, frames: int) -> bool:
    """Write key images that pull the film to them; say whether there are any."""
    if not old.flag("use_looper"):
        old.off("use_looper", *LOOPER, "color_correction_factor")
        return False
    found = _key_images(old, pictures, frames)
    if not found:
        old.report.missing("use_looper", "there are no pictures to go to")
        old.off(*LOOPER, "color_correction_factor")
        return False
    images = "{" + ", ".join(f"{frame}: {path}" for frame, path in found) + "}"
    old.sheet.put("frame.guide", images, "init_images")
    gaps = [after - before for (before, _), (after, _) in pairwise(found)] or [frames]
    later = [f"{frame}: {gap} hold" for (frame, _), gap in zip(found[1:], gaps[1:], strict=False)]
    uneven = f"{{{', '.join([f'0: {gaps[0]}', *later])}}}"
    old.sheet.put("let.image_gap", str(gaps[0]) if len(set(gaps)) == 1 else uneven, "frames from image to image")
    for key, name, default in (
        ("blendFactorMax", "pull_most", 0.35),
        ("blendFactorSlope", "pull_swing", 0.25),
        ("tweening_frames_schedule", "pull_frames", 20),
    ):
        old.sheet.put(f"let.{name}", quoted(schedule(old, key, default)), old.source(key))
        if key in old:
            old.report.exact(key, f"let.{name}, frame.guide_strength")
    near = "t % image_gap <= pull_frames"
    swing = "pull_most - pull_swing*cos((t % max(1, pull_frames))*2/max(1, pull_frames))"
    old.sheet.put("frame.guide_strength", f"clip(where({near}, {swing}, {WEAKEST_PULL}), 0, 1)", "its rule")
    what = "the same pull at each frame; pictures cross-fade from one to the next here"
    for key in ("use_looper", "init_images"):
        old.report.about(key, "frame.guide, frame.guide_strength", what)
    return True


def looped_colours(old: Settings) -> None:
    """Write how far colours go to those of the key images; after the rest of what is done to colours."""
    if "color_correction_factor" in old.seen:
        return
    text = schedule(old, "color_correction_factor", 0.075)
    if standing(text) == 0:
        old.off("color_correction_factor")
    elif "frame.color_match" in old.sheet.values:
        old.report.missing("color_correction_factor", "colours are matched to one thing only, as color_coherence says")
    else:
        old.sheet.put("frame.color_match", "mean", "color_correction_factor")
        old.sheet.put("frame.color_match_to", "image")
        old.sheet.put("frame.color_match_image", old.sheet.values["frame.guide"][0])
        old.sheet.put("frame.color_match_amount", quoted(text), old.source("color_correction_factor"))
        if "color_correction_factor" in old:
            why = "by mean and deviation of each channel"
            old.report.about("color_correction_factor", "frame.color_match_amount", why)


def _key_images(old: Settings, pictures: Pictures, frames: int) -> list[tuple[int, str]]:
    said: Any = old.raw("init_images", {})
    if isinstance(said, str) and said.strip():
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            said = None
    mark = old.document.mark("init_images")
    if isinstance(said, bool) or said == "":
        return []
    if not isinstance(said, dict) or not all(isinstance(path, str) for path in said.values()):
        old.complaints.add(mark, "init_images must be frames, each with a picture", 'write {"0": "a.png"}')
        return []
    found: dict[int, str] = {}
    for key, path in said.items():
        frame = _moment(key, frames)
        if frame is None:
            old.complaints.add(mark, f"'{key[:40]}' is no frame of init_images", "write a number, or max_f-20")
            continue
        there = pictures.found("init_images", path.strip(), old.report)
        if there and 0 <= frame < frames:
            found[frame] = there if there.startswith('"') else f'"{there}"'
    return sorted(found.items())


def _moment(said: str, frames: int) -> int | None:
    """Return the frame that a key of init_images names: a number, or a term of max_f."""
    bare = said.strip().strip("\"'")
    if re.fullmatch(r"\d{1,6}", bare, re.ASCII):
        return int(bare)
    match = MOMENT.fullmatch(bare)
    if match is None or (match[1] == "/" and float(match[2]) == 0):
        return None
    last, by = frames - 1, float(match[2] or 0)
    return int({None: last, "+": last + by, "-": last - by, "*": last * by, "/": last / (by or 1)}[match[1]])


def write_music(old: Settings, pictures: Pictures, video: Video | None = None) -> None:
    """Write the soundtrack, which may be the video's own; without one the film is silent, as there."""
    said = str(old.raw("add_soundtrack", "None"))
    if said in ("None", "False"):
        old.off("add_soundtrack", "soundtrack_path")
        if video is not None and video.clip.has_sound:
            old.sheet.put("film.audio", "none", "add_soundtrack: the video's sound was not used")
    elif said == "Init Video" and video is not None and video.clip.has_sound:
        old.sheet.put("music.file", video.place, "add_soundtrack: Init Video")
        old.report.exact("add_soundtrack", "music.file")
        old.off("soundtrack_path")
    elif said == "Init Video":
        old.report.missing("add_soundtrack", "the sound of its video: write the video's path under music:")
        old.off("soundtrack_path")
    else:
        there = pictures.found("soundtrack_path", old.path("soundtrack_path"), old.report)
        if there is None:
            old.report.missing("add_soundtrack", "its file is missing; write the song under music:")
            return
        old.sheet.put("music.file", there, "soundtrack_path")
        for key in ("add_soundtrack", "soundtrack_path"):
            old.report.exact(key, "music.file")


def write_cadence(old: Settings) -> None:
    """Write how many frames lie between those that are drawn, and how they are made."""
    cadence = min(50, max(1, old.whole("diffusion_cadence", 1)))
    flow = str(old.raw("optical_flow_cadence", "None"))
    factor = schedule(old, "cadence_flow_factor_schedule", 1)
    if cadence == 1:
        old.off("diffusion_cadence", "optical_flow_cadence", "cadence_flow_factor_schedule")
        return
    old.sheet.put("look.cadence", number(cadence), "diffusion_cadence")
    why = "as many frames lie between; what is drawn is seen whole at its own frame, and the last frames are not lost"
    old.report.about("diffusion_cadence", "look.cadence", why)
    has_flow = flow not in ("None", "False")
    old.sheet.put("look.blend", "flow" if has_flow else "cross", old.source("optical_flow_cadence"))
    if has_flow:
        old.report.about("optical_flow_cadence", "look.blend", "what is seen in both moves, by OpenCV's DIS")
    elif "optical_flow_cadence" in old:
        old.report.exact("optical_flow_cadence", "look.blend")
    if has_flow and standing(factor) != 1:
        old.report.missing("cadence_flow_factor_schedule", "things move wholly to where they are here")
    else:
        old.off("cadence_flow_factor_schedule")


def no_cadence(old: Settings, *, is_alone: bool) -> None:
    """Note the cadence of a film over a video, each of whose frames has a picture of its own."""
    cadence = old.whole("diffusion_cadence", 1)
    if cadence > 1 and not is_alone:
        old.report.missing("diffusion_cadence", "a film over a film has none; film: {interpolate: 2x} is near")
    else:
        old.off("diffusion_cadence", why="it was 1 in this mode" if cadence > 1 else "")
    old.off("optical_flow_cadence", "cadence_flow_factor_schedule")


def write_film(old: Settings) -> None:
    """Write how the finished film is made larger and smoother."""
    if old.flag("r_upscale_video"):
        factor = {"x2": "2x", "x3": "4x", "x4": "4x"}.get(str(old.raw("r_upscale_factor", "x2")), "2x")
        old.sheet.put("film.upscale", factor, "r_upscale_factor")
        why = "by Lanczos; film: upscaler takes a model's name or the path of a network's weights"
        for key in ("r_upscale_video", "r_upscale_factor", "r_upscale_model"):
            if key in old:
                old.seen.add(key)
                old.report.about(key, "film.upscale", why)
        old.off("r_upscale_keep_imgs")
    else:
        old.off("r_upscale_video")
    if str(old.raw("frame_interpolation_engine", "None")) not in ("", "None", "False"):
        times = old.whole("frame_interpolation_x_amount", 2)
        old.sheet.put("film.interpolate", "2x" if times < 3 else "4x", "frame_interpolation_x_amount")
        why = f"{times} times as many there" if times not in (2, 4) else "by optical flow in place of a network"
        for key in ("frame_interpolation_engine", "frame_interpolation_x_amount"):
            if key in old:
                old.report.about(key, "film.interpolate", why)
        if old.flag("frame_interpolation_slow_mo_enabled"):
            why = "the film stays as long here, and its sound in step"
            old.report.missing("frame_interpolation_slow_mo_enabled", why)
        else:
            old.off("frame_interpolation_slow_mo_enabled", "frame_interpolation_slow_mo_amount")
        old.off("frame_interpolation_keep_imgs", "frame_interpolation_use_upscaled")
    else:
        old.off("frame_interpolation_engine")
