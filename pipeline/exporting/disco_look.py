"""Guidance, sampler, cuts and starts in Disco Diffusion's words; which of its habits the film shares is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..importing.disco_tables import CUTS, SCALES, SPACE, STILL
from ..schedule import preset
from ..schedule.bounds import LOOK_OVER_STEPS
from ..schedule.named_look import FOLDER
from ..schedule.progress import N_LEVELS, n_skipped
from ..schedule.source import Mapping, Scalar
from ..schedule.trace import curve_of
from ..types import Init, Mark
from .outgoing import Outgoing, tidy_or_whole
from .sampled import runs, tidy

LOOK = "disco57"
NAMED = {"look.weight_in_text": "text_prompts", "look.schedule_by": "cut_overview"}  # where a habit shows


def write_look(out: Outgoing, mode: str) -> None:
    """Write what shapes a frame's drawing, and what it starts from."""
    for key in SCALES:
        name = f"look.{key}".replace("clip_guidance", "guidance")
        out.values[key] = out.still(name, key)
    out.values["cutn_batches"] = out.still("look.cutn_batches", "cutn_batches")
    _habits(out, mode)
    _cuts(out)
    _sampler(out)
    steps = _steps(out, mode)
    _beginning(out, mode, steps)
    _symmetry(out)
    _cadence(out, mode)
    fuzzy = out.still("look.fuzzy", "rand_mag")
    out.values |= {"fuzzy_prompt": fuzzy > 0, "rand_mag": fuzzy or 0.05}
    if fuzzy:
        out.report.about("look.fuzzy", "fuzzy_prompt, rand_mag", "negative numbers are set to 0 there, by mistake")
    else:
        out.report.off("look.fuzzy")


def _habits(out: Outgoing, mode: str) -> None:
    """Compare the words and numbers of the look that is named after it with the film's."""
    tree = preset.read_tree(preset.find(LOOK, Mark(LOOK, 1, 1), Path(), FOLDER))
    assert isinstance(tree, Mapping)
    there = {key.text: node.text.strip() for key, node in tree.items if isinstance(node, Scalar)}
    if mode == STILL:
        there |= {"augmentations": "still", "cut_hue": "0.1"}
    out.values["skip_augs"] = set(out.words("look.augmentations")) == {"none"}
    if out.values["skip_augs"]:
        out.report.exact("look.augmentations", "skip_augs")
        there.pop("augmentations")
    for name, word in there.items():
        full = f"look.{name}"
        is_number = full in out.reading.scores[0].scope.parameters
        same = (out.column(full) == float(word)).all() if is_number else set(out.words(full)) == {word}
        if same:
            out.report.exact(full, "always so there")
        else:
            out.report.about(full, "always so there", f"it is {word} there, and nothing says otherwise")
    if there.get("range_loss") not in out.words("look.range_loss") and out.values["range_scale"]:
        out.report.about("look.range_scale", "range_scale", "does nothing there, by mistake")


def _cuts(out: Outgoing) -> None:
    score = out.reading.scores[0]
    for key in CUTS:
        name = f"look.{key}"
        curve = curve_of(score, name)
        assert curve is not None, "a preset names every number of its look"
        n = np.arange(N_LEVELS)
        found = curve.sample(score.scope, np.zeros(N_LEVELS), n)
        found = LOOK_OVER_STEPS[key].bounds.check(found, name, np.zeros(1), score.scope.clock, curve.text.mark)
        out.values[key] = runs(found)
        if curve.is_timed or (len(out.reading.scores) > 1 and len({*map(float, out.column(name))}) > 1):
            out.report.about(name, key, "it moves over the frames, and is that of the first there")
        else:
            out.report.exact(name, key)


def _sampler(out: Outgoing) -> None:
    sampler = out.word("look.sampler", "diffusion_sampling_mode")
    out.values["diffusion_sampling_mode"] = sampler if sampler in ("ddim", "plms") else "ddim"
    if sampler in ("ddim", "plms"):
        out.report.exact("look.sampler", "diffusion_sampling_mode")
    else:
        out.report.about("look.sampler", "diffusion_sampling_mode", f"{sampler} is not known there; ddim stands for it")
    out.values["eta"] = out.still("look.eta", "eta")
    clamp = out.still("look.clamp_grad", "clamp_grad, clamp_max")
    out.values |= {"clamp_grad": clamp > 0, "clamp_max": clamp or 0.05}
    out.values["clip_denoised"] = out.word("look.thresholding", "clip_denoised") == "static"
    path = out.word("look.guidance_path", "use_secondary_model")
    out.values["use_secondary_model"] = path == "secondary"
    for name, key in (("thresholding", "clip_denoised"), ("guidance_path", "use_secondary_model")):
        if not out.told(f"look.{name}"):
            out.report.exact(f"look.{name}", key)
    if path == "detached":
        out.report.about("look.guidance_path", "use_secondary_model", "the gradient goes through the large model there")
    if set(out.words("look.class")) == {"none"}:
        out.report.off("look.class")


def _steps(out: Outgoing, mode: str) -> int:
    steps = int(out.still("look.steps", "steps"))
    out.report.about("look.steps", "steps", "as many, spread over the noise a little otherwise")
    out.values |= {"steps": steps, "diffusion_steps": (1000 // steps) * steps if steps < 1000 else steps}
    share = out.still("look.skip", "frames_skip_steps")
    wanted = n_skipped(steps, share)
    if int(steps * share) != wanted:
        share = (wanted + 0.5) / steps
    out.values["frames_skip_steps"] = f"{tidy_or_whole(100 * share)}%"
    if mode == STILL:
        out.report.off("look.skip", "a still has no later frames")
    return steps


def _beginning(out: Outgoing, mode: str, steps: int) -> None:
    first = out.plans[0].init or Init()
    has_picture = bool(first.image) or first.perlin != "off"
    out.values |= {
        "init_image": out.path(first.image) if first.image else None,
        "perlin_init": first.perlin != "off",
        "perlin_mode": first.perlin if first.perlin != "off" else "mixed",
        "skip_steps": n_skipped(steps, first.skip) if has_picture else 0,
        "init_scale": tidy(sum(first.scale) / len(first.scale)),
        "frames_scale": out.still("init.frames_scale", "frames_scale"),
    }
    pulls = any(first.scale) or out.values["frames_scale"] != 0
    if not out.values["frames_scale"]:
        out.report.off("init.frames_scale")
    elif set(out.words("init.distance")) == {"lpips"}:
        out.report.exact("init.distance", "frames_scale")
    if pulls and set(out.words("init.distance")) != {"lpips"}:
        out.report.about("init.distance", "init_scale, frames_scale", "measured by LPIPS there")
    if not has_picture:
        return
    out.report.exact("init.skip", "skip_steps")
    if len(set(first.scale)) > 1:
        out.report.about("init.scale", "init_scale", "its mean over the denoising")
    else:
        out.report.exact("init.scale", "init_scale")
    if first.image:
        out.report.exact("init.image", "init_image")
        if first.fit == "stretch":
            out.report.exact("init.fit", "init_image")
        else:
            out.report.about(
                "init.fit", "init_image", f"stretched to the frame there; here it is made to {first.fit} it"
            )
    elif mode == STILL:
        out.report.exact("init.perlin", "perlin_init, perlin_mode")
    else:
        out.report.about("init.perlin", "perlin_init, perlin_mode", "clouds replace every later frame there too")


def _symmetry(out: Outgoing) -> None:
    word = out.word("look.symmetry", "use_horizontal_symmetry, use_vertical_symmetry")
    out.values["use_horizontal_symmetry"] = word in ("horizontal", "both")
    out.values["use_vertical_symmetry"] = word in ("vertical", "both")
    out.values["transformation_percent"] = [0.09]
    if word == "off":
        return
    if word == "kaleidoscope":
        out.report.missing("look.symmetry", "it has no kaleidoscope")
        return
    if not out.told("look.symmetry"):
        out.report.exact("look.symmetry", "use_horizontal_symmetry, use_vertical_symmetry")
    strength = out.plans[-1].look.symmetry_strength
    n = len(strength)
    if n == 1:
        n = max(1, out.plans[-1].look.steps - n_skipped(out.plans[-1].look.steps, out.plans[-1].skip))
        strength = strength * n
    # it mirrors at i = int(n*(1 - share)), where i counts down to 0 at the last step
    at = [position for position, value in enumerate(strength) if value >= 0.5]
    out.values["transformation_percent"] = [tidy(1 - (n - 1 - position + 0.5) / n, 9) for position in at]
    why = "mirrored wholly at the steps where it is half or more, of the noisy picture in place of the predicted one"
    out.report.about("look.symmetry_strength", "transformation_percent", why)


def _cadence(out: Outgoing, mode: str) -> None:
    found = out.column("look.cadence")
    steps = int(found[0])
    out.values |= {"turbo_mode": mode == SPACE and steps > 1, "turbo_steps": str(max(2, steps)), "turbo_preroll": 10}
    if (found == 1).all():
        return
    if mode != SPACE:
        out.report.missing("look.cadence", "every frame of a film in the plane is drawn there")
        return
    why = "as many frames from one to the next; the first ten are all drawn there"
    if (found != steps).any():
        why = f"it moves, and is one number there: its first, {steps}"
    out.report.about("look.cadence", "turbo_mode, turbo_steps", why)
    out.report.about("look.blend", "turbo_mode", "one picture fades into the other there")
