"""What is done to each frame before and while it is drawn, told in Deforum's schedules; and pictures and music."""

from __future__ import annotations

import math

import numpy as np

from ..importing.deforum_look import GUIDANCE
from ..importing.deforum_tables import COLOURS
from ..schedule.source import Mapping, Scalar, parse
from ..types import Init
from .outgoing import Outgoing, tidy_or_whole

KINDS = {word: said for said, word in COLOURS.items()}
GREY_NOISE = math.sqrt(0.12902)  # root mean square of a normal number of mean and deviation 1/2, kept within 0 to 1
WEAKEST, STRONGEST = 0.0, 1.0


def write_frames(out: Outgoing) -> None:
    """Write strength, guidance, noise, sharpening, colours, start, cadence and music."""
    _strength(out)
    _noise(out)
    _sharpening(out)
    _colour(out)
    _beginning(out)
    _cadence(out)
    _music(out)


def _strength(out: Outgoing) -> None:
    skips = out.column("look.skip")
    skips[out.starts[1:]] = 0.0  # a cut: nothing of the frame before is left
    out.schedule("strength_schedule", skips)
    why = "the same share of the steps is left out; how much stays differs between the two kinds of models"
    out.report.about("look.skip", "strength_schedule", why)
    scales = out.column("look.guidance_scale")
    own = _guidance_of_preset(out)
    if own is None and not out.says("look.guidance_scale"):  # the preset has no one number
        out.schedule("cfg_scale_schedule", np.full_like(scales, 7))
        out.report.about("look.guidance_scale", "cfg_scale_schedule", "the preset's own is 7 there")
    else:
        base = own or GUIDANCE
        out.schedule("cfg_scale_schedule", 7 * scales / base)
        whose = "the preset's " if own else ""
        out.report.about("look.guidance_scale", "cfg_scale_schedule", f"in proportion: {whose}{base:g} is 7 there")
    out.values["steps"] = int(out.column("look.steps")[0])
    out.report.about("look.steps", "steps", "as many; Stable Diffusion's samplers need fewer, 25 or so")
    out.values["sampler"] = "Euler a"
    if out.says("look.sampler"):
        out.report.about("look.sampler", "sampler", "Euler a stands there, as at first: choose by hand")


def _guidance_of_preset(out: Outgoing) -> float | None:
    """Return the scale that the film's preset has, which a cfg scale of 7 stands for; None where it is no number."""
    script = out.film.script
    tree = parse(script.preset_text, script.preset) if script else None
    look = tree.get("look") if isinstance(tree, Mapping) else None
    scale = look.get("guidance_scale") if isinstance(look, Mapping) else None
    try:
        return float(scale.text) if isinstance(scale, Scalar) else None
    except ValueError:
        return None


def _noise(out: Outgoing) -> None:
    amounts = out.column("frame.noise")
    kind = out.word("frame.noise_kind", "noise_type")
    out.values["noise_type"] = "perlin" if kind == "perlin" else "uniform"
    if not amounts.any():
        out.schedule("noise_schedule", amounts)
        return
    if kind == "deforum":
        out.report.exact("frame.noise", "noise_schedule")
        out.report.exact("frame.noise_kind", "noise_type")
    else:
        amounts = np.minimum(amounts / GREY_NOISE, STRONGEST)
        why = "noise as strong; there it also pulls every frame towards grey"
        out.report.about("frame.noise", "noise_schedule", why)
        out.report.about("frame.noise_kind", "noise_type", f"{kind} keeps the mean here")
    out.schedule("noise_schedule", amounts)
    for name in ("perlin_octaves", "perlin_persistence"):
        if kind == "perlin":
            out.values[name] = out.still(f"frame.{name}", name)


def _sharpening(out: Outgoing) -> None:
    contrast = out.column("frame.contrast")
    out.schedule("contrast_schedule", contrast)
    if (contrast != 1).any():
        out.report.about("frame.contrast", "contrast_schedule", "about mid-grey here, a factor from black there")
    amounts, radius = out.column("frame.sharpen"), out.column("frame.sharpen_radius")
    out.schedule("amount_schedule", amounts)
    out.schedule("sigma_schedule", radius)
    out.schedule("kernel_schedule", 2 * np.ceil(2 * radius) + 1)  # must be odd
    out.schedule("threshold_schedule", 255 * out.column("frame.sharpen_threshold"))
    if amounts.any():
        out.report.exact("frame.sharpen", "amount_schedule")
        out.report.exact("frame.sharpen_radius", "sigma_schedule, kernel_schedule")
        out.report.exact("frame.sharpen_threshold", "threshold_schedule, of 255")


def _colour(out: Outgoing) -> None:
    kind = out.word("frame.color_match", "color_coherence")
    to = out.word("frame.color_match_to", "color_coherence")
    out.values["color_coherence"] = "None"
    out.values["legacy_colormatch"] = True
    if kind == "off":
        return
    pictures = [name for plan in out.plans if plan.conditioning for name, _ in plan.conditioning.color_match_image]
    out.values["color_coherence"] = KINDS.get(kind, "LAB")
    if to == "image" and pictures:
        out.values |= {"color_coherence": "Image", "color_coherence_image_path": out.path(pictures[0])}
        why = "one picture for all frames, by histograms in LAB" if kind != "lab" or len(set(pictures)) > 1 else ""
        for name in ("color_match_to", "color_match_image"):
            if why:
                out.report.about(f"frame.{name}", "color_coherence_image_path", why)
            else:
                out.report.exact(f"frame.{name}", "color_coherence_image_path")
    elif to == "previous":
        out.report.about("frame.color_match_to", "color_coherence", "the film's first frame is what is matched there")
    else:
        out.report.exact("frame.color_match_to", "color_coherence")
    why = "red and blue are swapped as it matches there" if kind in KINDS else f"{kind} is not known; LAB there"
    out.report.about("frame.color_match", "color_coherence", why)
    if (out.column("frame.color_match_amount") < 1).any():
        out.report.missing("frame.color_match_amount", "colours are matched wholly there")


def _beginning(out: Outgoing) -> None:
    first = out.plans[0].init or Init()
    out.values |= {"use_init": bool(first.image), "init_image": None, "strength": 0.8, "strength_0_no_init": True}
    out.values["use_mask"] = False
    if len({plan.init.image for plan in (out.plans[start] for start in out.starts) if plan.init}) > 1:
        out.report.missing("init.image", "one picture to start from there; later shots begin without")
    if not first.image:
        return
    out.values |= {"init_image": out.path(first.image), "strength": tidy_or_whole(first.skip)}
    out.report.exact("init.image", "init_image")
    out.report.about("init.skip", "strength", "the same share of the steps is left out, of another kind of model")
    if first.mask:
        out.values |= {"use_mask": True, "mask_file": out.path(first.mask), "overlay_mask": True, "fill": 1}
        out.values["mask_overlay_blur"] = out.still("init.mask_feather", "mask_overlay_blur")
        why = "there it keeps the frame before as the camera moved it, not the first picture"
        out.report.about("init.mask", "use_mask, mask_file", why)
    if first.fit == "stretch":
        out.report.exact("init.fit", "init_image")
    else:
        out.report.about("init.fit", "init_image", f"stretched to the frame there; here it is made to {first.fit} it")


def _cadence(out: Outgoing) -> None:
    found = out.column("look.cadence")
    out.values["diffusion_cadence"] = int(found[0])
    blend = out.word("look.blend", "optical_flow_cadence")
    out.values["optical_flow_cadence"] = "DIS Fine" if blend == "flow" and found[0] > 1 else "None"
    if (found == 1).all():
        return
    why = "as many frames from one to the next; there what is drawn shows wholly only before the next is"
    if (found != found[0]).any():
        why = f"it moves, and is one number there: its first, {int(found[0])}"
    out.report.about("look.cadence", "diffusion_cadence", why)
    out.report.about("look.blend", "optical_flow_cadence", "by its own flow of what is seen")


def _music(out: Outgoing) -> None:
    out.values |= {"add_soundtrack": "None", "soundtrack_path": "", "use_looper": False, "r_upscale_video": False}
    out.values["frame_interpolation_engine"] = "None"
    music = out.film.music
    if music is None:
        return
    out.values |= {"add_soundtrack": "File", "soundtrack_path": out.relative(music.path)}
    out.report.exact("music.file", "soundtrack_path")
    length = out.n_frames / out.film.fps
    for name, value, nothing in (
        ("start", music.start_s, 0.0),
        ("offset", music.offset_s, 0.0),
        ("fade_in", music.fade_in_s, 0.0),
        ("fade_out", music.fade_out_s, 0.0),
        ("volume", music.volume, 1.0),
    ):
        if value != nothing:
            out.report.missing(f"music.{name}", "the file is played as it is there: cut it so beforehand")
    if music.length_s < length - music.offset_s - 1 / out.film.fps:
        out.report.notes.append(f"the music ends {length - music.length_s:.1f} s before the film")
