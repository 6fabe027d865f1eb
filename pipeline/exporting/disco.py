"""A film as Disco Diffusion's settings, v5.7: key strings of numbers, lists over the denoising, prompts that hold.

The tables are the importer's, read the other way. What would surprise: Disco has one number where films here may have
one for each frame; then the first stands there, and that is told.
"""

from __future__ import annotations

import math

import numpy as np

from ..importing import disco_tables as tables
from ..importing.disco_prompts import parted
from ..importing.sheet import number
from ..importing.warps import differences
from ..types import SpatialMove
from .disco_look import write_look
from .outgoing import Outgoing
from .sampled import key_string, tidy
from .wishes import DIGITS, rows

NAME = "Disco Diffusion"
FPS = 12  # of its films; the settings do not say
BORDERS = {word: said for said, word in tables.BORDERS.items()}


def settings(out: Outgoing) -> None:
    """Write the film as Disco Diffusion's settings."""
    _prompts(out)
    mode = tables.STILL if out.n_frames == 1 else tables.SPACE if out.in_space else tables.FLAT
    _head(out, mode)
    write_look(out, mode)
    _camera(out, mode)
    _models(out)


def _head(out: Outgoing, mode: str) -> None:
    size, values = out.film.size, out.values
    values["animation_mode"] = mode
    values |= {"max_frames": out.n_frames, "key_frames": True, "interp_spline": "Linear"}
    out.report.exact("frames", "max_frames")
    for key, side in (("width", size.width), ("height", size.height)):
        values[key] = side
    if size.width % 64 or size.height % 64:
        out.report.about("size", "width, height", "rounded down to multiples of 64 there")
    else:
        out.report.exact("size", "width, height")
    if out.film.fps != FPS:
        out.report.missing("fps", f"the settings hold none: ask for {out.film.fps:g} as the video is made there")
    values["seed"] = out.plans[0].seed
    out.report.about("seed", "seed", "the number is the same, the noise is another")
    if set(out.words("look.seed_mode")) == {"frame"}:
        out.report.about("look.seed_mode", "seed", "each frame has a noise of its own there too")
    else:
        out.report.missing("look.seed_mode", "each frame has a noise of its own there")
    if len(out.film.shots) > 1:
        cuts = ", ".join(str(start) for start in out.starts[1:9])
        out.report.missing("shots", f"one film without cuts there; frames {cuts} go on from the ones before them")
    if out.film.music:
        out.report.missing("music", "its films are silent: lay the sound under the video by hand")


def _prompts(out: Outgoing) -> None:
    """Write a list of texts at each frame where one changes, and one of pictures."""
    found = rows(out)
    before: dict = {}
    texts: dict[str, list[str]] = {}
    pictures: dict[str, list[str]] = {}
    is_exact = True
    for frame, row in enumerate(found):
        if row == before:
            continue
        before, weights = row, set(row.values())
        scale = 1 / weights.pop() if len(weights) == 1 else 1.0
        said = []
        for thing, weight in row.items():
            if thing.image:
                path = f"{out.path(thing.image)}:{number(tidy(weight * scale, DIGITS))}"
                pictures.setdefault(str(frame), []).append(path)
                continue
            line, is_read_so = _line(thing.text, tidy(weight * scale, DIGITS))
            said.append(line)
            is_exact &= is_read_so
        texts[str(frame)] = said
        pictures.setdefault(str(frame), [])
    out.values["text_prompts"] = texts
    out.values["image_prompts"] = pictures if any(pictures.values()) else {}
    out.report.exact("prompts", "text_prompts")
    if not is_exact:
        why = "CLIP also reads the weight that stands behind a text there"
        out.report.about("prompts.weight", "text_prompts", why)
    if any(pictures.values()):
        out.report.about("prompts.image", "image_prompts", "seen in 16 random cuts there, and not whole")
    divides = out.word("look.prompt_weights", "text_prompts")
    if divides == "sum":
        out.report.exact("look.prompt_weights", "text_prompts")
    else:
        out.report.about("look.prompt_weights", "text_prompts", "weights are divided by their sum there")


def _line(text: str, weight: float) -> tuple[str, bool]:
    """Return a text that is read with this weight there, and whether it is what CLIP reads here."""
    try:
        if math.isclose(parted(text)[1], weight, rel_tol=1e-9):
            return text, True
    except ValueError:
        pass
    return f"{text}:{number(weight)}", False


def _camera(out: Outgoing, mode: str) -> None:
    for key, default in tables.CAMERA_KEYS.items():
        rest = 1 if key == "zoom" else 0
        out.values[key] = f"0: ({rest})" if default else default
    out.values |= {"midas_depth_model": "dpt_large", "midas_weight": 0.3, "near_plane": 200, "far_plane": 10000}
    out.values |= {"fov": 40, "padding_mode": "border", "sampling_mode": "bicubic"}
    out.judge_mode()
    if mode == tables.FLAT:
        _flat(out)
    elif mode == tables.SPACE:
        _space(out)


def _flat(out: Outgoing) -> None:
    sides = {"x": out.film.size.width // 64 * 64, "y": out.film.size.height // 64 * 64}
    for key, name in (("angle", "roll"), ("zoom", "zoom")):
        out.values[key] = key_string(out.column(f"camera.{name}"))
        out.report.exact(f"camera.{name}", key)
    for axis, side in sides.items():
        key, center = f"translation_{axis}", f"camera.center_{axis}"
        out.values[key] = key_string(out.column(f"camera.{key}") * side / 100)
        out.report.exact(f"camera.{key}", f"{key}, in pixels")
        middle = (side // 2 + 0.5) / side if side else 0.5
        found = out.column(center)
        if np.allclose(found, middle, atol=1e-9):
            out.report.exact(center, f"the middle, pixel {side // 2}")
        elif np.allclose(found, 0.5):
            out.report.about(center, "the middle", "its middle lies half a pixel further")
        else:
            out.report.missing(center, "it turns and zooms about the middle there")
    border = out.word("camera.border", "2D")
    if border == "wrap":
        out.report.exact("camera.border", "2D: what goes out on one side comes in on the other")
    else:
        out.report.about("camera.border", "2D", "what goes out on one side comes in on the other there")


def _space(out: Outgoing) -> None:
    for axis in "xyz":
        for key, name in (
            (f"translation_{axis}", f"translation_{axis}"),
            (f"rotation_3d_{axis}", f"rotation_{axis}"),
        ):
            out.values[key] = key_string(out.column(f"camera.{name}"))
            out.report.exact(f"camera.{name}", key)
    out.values["fov"] = out.still("camera.fov", "fov")
    moves = [move for move in out.moves if isinstance(move, SpatialMove)]
    if {move.warp for move in moves} == {"disco"}:
        out.report.exact("camera.warp", "3D: its own formula")
        for name in ("near", "far", "aspect"):
            out.report.off(f"camera.{name}", "does nothing in warp: disco")
    else:
        why = differences("disco", moves[0].fov_deg, out.film.size.width, out.film.size.height)
        out.report.about("camera.warp", "3D", why)
        for name in ("near", "far", "aspect"):
            if out.acts(f"camera.{name}"):
                out.report.missing(f"camera.{name}", "distances are 1 to 2.6 there, whatever the scene")
    border = out.word("camera.border", "padding_mode")
    out.values["padding_mode"] = BORDERS.get(border, "border")
    if border in BORDERS:
        out.report.exact("camera.border", "padding_mode")
    else:
        out.report.about("camera.border", "padding_mode", f"{border} is not known there; edges are drawn out")
    if set(out.words("camera.depth")) == {"model"}:
        out.report.about("camera.depth", "midas_depth_model, midas_weight", "by depth models of its own")
    else:
        out.report.missing("camera.depth", "distances come from its own depth models there")


def _models(out: Outgoing) -> None:
    engine, names = out.film.engine, {name: key for key, name in tables.CLIPS.items()}
    known = engine.diffusion_model in tables.DIFFUSION
    out.values["diffusion_model"] = engine.diffusion_model if known else tables.LARGE
    if known:
        out.report.exact("models.diffusion", "diffusion_model")
    else:
        why = f"{engine.diffusion_model} is not known there; {tables.LARGE} stands for it"
        out.report.missing("models.diffusion", why)
    chosen = {names[name] for name in engine.clip_models if name in names} or {*tables.CLIPS_ON}
    out.values |= {key: key in chosen for key in tables.CLIPS}
    unknown = [name for name in engine.clip_models if name not in names]
    if unknown:
        shown = f"{', '.join(unknown)} are not known there; {', '.join(sorted(chosen))} are on"
        out.report.missing("models.clip", shown)
    else:
        out.report.exact("models.clip", ", ".join(sorted(chosen)))
    if any(plan.look.clip_weights for plan in out.plans):
        out.report.missing("look.clip_weights", "all CLIPs count alike there")
