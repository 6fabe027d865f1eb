"""What Disco Diffusion's frames started from, a picture, clouds or the frame before, and the pull towards it."""

from __future__ import annotations

from .disco_tables import STILL, VIDEO
from .pictures import Pictures
from .settings import Settings


def write_init(old: Settings, pictures: Pictures, mode: str, steps: int, default_skip: int = 10) -> None:
    """Write what frames start from and are pulled towards."""
    key = "skip_steps" if "skip_steps" in old else "skip_timesteps"
    skipped = max(0, old.whole(key, default_skip))
    image, clouds = old.path("init_image"), old.flag("perlin_init")
    there = pictures.found("init_image", image, old.report) if image else None
    kind = old.text("perlin_mode", "mixed") or "mixed"
    scale, later = old.number("init_scale", 1000), old.number("frames_scale", 1500)
    if mode == STILL:
        old.off("frames_scale", why="a still has no later frames")
    elif mode == VIDEO:
        old.off("frames_scale", why="films over a video had video_init_frames_scale")
        old.take("video_init_frames_scale", "init.frames_scale", old.number("video_init_frames_scale", 15000))
    else:
        old.take("frames_scale", "init.frames_scale", later)
    if clouds:
        old.sheet.put("init.perlin", kind if kind in ("color", "gray") else "mixed", "perlin_init, perlin_mode")
        for name in ("perlin_init", "perlin_mode"):
            if name in old:
                old.report.exact(name, "init.perlin")
        if mode != STILL:
            old.report.missing("perlin_init", "it also replaced every later frame; here the first one alone")
        old.off("init_image", why="perlin_init took its place")
    else:
        old.off("perlin_init", "perlin_mode")
        if there:
            old.sheet.put("init.image", there, "init_image")
            old.sheet.put("init.fit", "stretch", "as there")
            old.report.exact("init_image", "init.image")
        elif not image:
            old.off("init_image")
    if clouds or there:
        old.sheet.put("init.skip", min(skipped, steps - 1) / steps, f"{old.source(key)}, {skipped} of {steps} steps")
        if key in old:
            old.report.exact(key, "init.skip")
        old.take("init_scale", "init.scale", scale)
    else:
        old.off("init_scale", why="there is no picture to start from")
        if skipped and key in old:
            why = f"a frame from noise goes through all {steps} steps here; the {skipped} noisiest show little"
            old.report.about(key, "nothing", why)
        else:
            old.off(key)
    if any(place.startswith("init.") and place.endswith("scale") for place in old.sheet.values):
        old.sheet.put("init.distance", "clip", "Disco measured by LPIPS; write lpips where that package is installed")
        for name in ("init_scale", "frames_scale", "video_init_frames_scale"):
            if name in old and name in old.report.entries and old.report.entries[name].verdict == "exact":
                old.report.about(name, old.report.entries[name].now, "the pull is measured by CLIP, not by LPIPS")
