"""What Deforum did to each frame before and while it was drawn: strength, noise, colours, sharpening, seeds."""

from __future__ import annotations

from .deforum_tables import COLOURS, OF_FRAME_BEFORE, SEEDS
from .pictures import Pictures
from .schedules import quoted, schedule, standing
from .settings import Settings

GUIDANCE = 5000  # of the preset, taken for a cfg scale of 7


def write(
    old: Settings, pictures: Pictures, *, is_looped: bool = False, is_anew: bool = False, is_alone: bool = False
) -> None:
    """Write `look:` and `frame:`.

    Convention: `is_looped` where key images pull, whose strength takes the place of the other; `is_anew` where every
        frame was drawn from noise alone, and `is_alone` where it was from its own picture of a video.
    """
    _steps(old)
    _guidance(old)
    _seeds(old)
    if is_anew:
        old.sheet.put("look.skip", 0, "each frame was drawn anew")
        old.off(*OF_FRAME_BEFORE, why="each frame was drawn anew")
        return
    _strength(old, "image_strength_schedule" if is_looped else "strength_schedule")
    if is_looped:
        old.off("strength_schedule", why="image_strength_schedule took its place")
    if is_alone:
        old.off(
            *(key for key in OF_FRAME_BEFORE if key != "strength_schedule"),
            why="each frame began with its picture of the video",
        )
        return
    _noise(old)
    _sharpening(old)
    _colour(old, pictures)


def _strength(old: Settings, key: str) -> None:
    """Write strength as the share of steps that are left out; 1 drew nothing at all there."""
    text = schedule(old, key, 0.75 if key.startswith("image") else 0.65)
    if standing(text) is not None and 0 <= float(standing(text) or 0) < 1:
        old.sheet.put("look.skip", quoted(text), old.source(key))
    else:
        old.sheet.put("let.strength", quoted(text), key)
        old.sheet.put("look.skip", "clip(strength, 0, 0.999)", "the share of the steps that is left out")
    if key in old:
        why = "the same share of the steps is left out; how much stays differs between the two kinds of models"
        old.report.about(key, "look.skip", why)


def _steps(old: Settings) -> None:
    steps = old.raw("steps")
    if steps is not None:
        old.report.about("steps", "nothing", f"{steps} steps there are not {steps} here; the preset's hold")


def _guidance(old: Settings) -> None:
    text = schedule(old, "cfg_scale_schedule", 7)
    if standing(text) == 7:
        old.off("cfg_scale_schedule", why="7, for which the preset's guidance stands")
        return
    old.sheet.put("let.cfg_scale", quoted(text), "cfg_scale_schedule")
    old.sheet.put("look.guidance_scale", f"{GUIDANCE}*max(0, cfg_scale)/7", "in proportion to the preset's")
    old.report.about("cfg_scale_schedule", "look.guidance_scale", "in proportion: 7 there is 5000 here")


def _seeds(old: Settings) -> None:
    said = old.text("seed_behavior", "iter") or "iter"
    if said in SEEDS:
        old.sheet.put("look.seed_mode", SEEDS[said], old.source("seed_behavior"))
        if "seed_behavior" in old:
            old.report.exact("seed_behavior", "look.seed_mode")
    elif said == "random":
        old.sheet.put("look.seed_mode", "frame", "seed_behavior: random")
        old.report.about("seed_behavior", "look.seed_mode", "each frame has noise of its own, the same every time")
    else:
        mark = old.document.mark("seed_behavior")
        old.complaints.add(mark, f"there is no seed_behavior '{said[:40]}'", f"write one of {', '.join(SEEDS)}")
    if said == "schedule":
        old.sheet.put("let.seeds", quoted(schedule(old, "seed_schedule", "0:(s)")), "seed_schedule")
        seeds = "seeds - seed" if old.mixes_seeds else "floor(seeds) - seed"
        old.sheet.put("look.seed_schedule", seeds, "here it is added to the seed")
        if "seed_schedule" in old:
            old.report.exact("seed_schedule", "look.seed_schedule")
    else:
        old.off("seed_schedule", why="seed_behavior was not schedule")
    if "seed_iter_N" in old:
        if said == "iter" and old.whole("seed_iter_N", 1) > 1:
            old.report.missing("seed_iter_N", "each frame has noise of its own; write seed_mode: schedule to repeat it")
        else:
            old.off("seed_iter_N")


def _noise(old: Settings) -> None:
    text = schedule(old, "noise_schedule", 0.065)
    keys = ("noise_type", "perlin_octaves", "perlin_persistence")
    if standing(text) == 0:
        old.off("noise_schedule", *keys)
        return
    old.sheet.put("frame.noise", quoted(text), old.source("noise_schedule"))
    old.sheet.put("frame.noise_kind", "deforum", "pulls towards grey, as there; gaussian and perlin do not")
    if "noise_schedule" in old:
        old.report.exact("noise_schedule", "frame.noise")
    if old.text("noise_type", "perlin") == "uniform":
        old.off(*keys[1:], why="noise_type was uniform")
        old.report.exact("noise_type", "frame.noise_kind")
        return
    for key in keys:
        old.seen.add(key)
        if key in old:
            why = "`noise_kind: deforum` is plain noise; `perlin` has octaves, and does not pull towards grey"
            old.report.about(key, "frame.noise_kind", why)


def _sharpening(old: Settings) -> None:
    contrast = schedule(old, "contrast_schedule", 1)
    if standing(contrast) == 1:
        old.off("contrast_schedule")
    else:
        old.sheet.put("frame.contrast", quoted(contrast), "contrast_schedule")
        old.report.about("contrast_schedule", "frame.contrast", "about mid-grey here, a factor from black there")
    amount = schedule(old, "amount_schedule", 0.1)
    keys = ("kernel_schedule", "sigma_schedule", "threshold_schedule")
    if standing(amount) == 0:
        old.off("amount_schedule", *keys)
        return
    old.sheet.put("frame.sharpen", quoted(amount), old.source("amount_schedule"))
    old.sheet.put("frame.sharpen_radius", quoted(schedule(old, "sigma_schedule", 1)), old.source("sigma_schedule"))
    threshold = schedule(old, "threshold_schedule", 0)
    if standing(threshold) == 0:
        old.off("threshold_schedule")
    else:
        old.sheet.put("let.threshold", quoted(threshold), "threshold_schedule, of 255")
        old.sheet.put("frame.sharpen_threshold", "threshold/255")
        old.report.exact("threshold_schedule", "frame.sharpen_threshold")
    old.seen.add("kernel_schedule")
    for key, place in (("amount_schedule", "frame.sharpen"), ("sigma_schedule", "frame.sharpen_radius")):
        if key in old:
            old.report.exact(key, place)
    if "kernel_schedule" in old:
        old.report.about("kernel_schedule", "frame.sharpen_radius", "the mask is as wide as its radius needs")


def _colour(old: Settings, pictures: Pictures) -> None:
    said = old.raw("color_coherence", "LAB")
    said = str(said or "None").removeprefix("Match Frame 0 ")
    is_legacy = old.flag("legacy_colormatch", True)
    if said in COLOURS:
        old.sheet.put("frame.color_match", COLOURS[said], old.source("color_coherence"))
        if "color_coherence" in old:
            why = "to the shot's first frame; red and blue are not swapped, as they were there"
            old.report.about("color_coherence", "frame.color_match", why)
    elif said == "Image":
        there = pictures.found("color_coherence_image_path", old.path("color_coherence_image_path"), old.report)
        if there:
            old.sheet.put("frame.color_match", "lab", "color_coherence: Image")
            old.sheet.put("frame.color_match_to", "image")
            old.sheet.put("frame.color_match_image", there, "color_coherence_image_path")
            old.report.exact("color_coherence_image_path", "frame.color_match_image")
            old.report.exact("color_coherence", "frame.color_match_to")
        else:
            old.report.missing("color_coherence", "its picture is missing")
    elif said == "None":
        old.off("color_coherence")
    else:
        old.report.missing("color_coherence", f"{said[:40]} is not possible here; colours go their own way")
    if "legacy_colormatch" in old:
        if said == "None" or is_legacy:
            old.off("legacy_colormatch")
        else:
            old.report.about("legacy_colormatch", "frame.color_match", "matched before a frame is drawn, not after")
    old.off("color_coherence_image_path")
