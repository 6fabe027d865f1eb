"""A film as Deforum's settings: a flat object of schedules over the frames, every key that acts written out.

The tables are the importer's, read the other way. What would surprise: keys that do nothing here are written too, since
Deforum moves, mixes noise and matches colours where a file says nothing.
"""

from __future__ import annotations

import numpy as np

from ..importing import deforum_tables as tables
from ..importing.warps import differences
from ..types import SpatialMove
from .deforum_frames import write_frames
from .outgoing import Outgoing
from .wishes import in_backticks, line, stretches, texts_only

NAME = "Deforum"
BORDERS = {word: said for said, word in tables.BORDERS.items()}


def settings(out: Outgoing) -> None:
    """Write the film as Deforum's settings."""
    _head(out)
    _prompts(out)
    _camera(out)
    write_frames(out)
    for key, idle in tables.ACTIVE_UNLESS.items():
        out.values.setdefault(key, idle[0])
    for switch in tables.SWITCHED.values():
        out.values.setdefault(switch, False)  # the noise multiplier is on where nothing is said


def _head(out: Outgoing) -> None:
    film, values = out.film, out.values
    values |= {"W": film.size.width, "H": film.size.height, "max_frames": out.n_frames, "fps": round(film.fps)}
    values["batch_name"] = film.title or film.name
    out.report.exact("size", "W, H")
    out.report.exact("frames", "max_frames")
    if film.fps == round(film.fps):
        out.report.exact("fps", "fps")
    else:
        out.report.about("fps", "fps", f"{film.fps:g} is rounded to a whole number there")
    if film.title:
        out.report.exact("title", "batch_name")
    if len(film.shots) > 1:
        cuts = ", ".join(str(start) for start in out.starts[1:9])
        why = f"one film without shots; strength 0 draws frames {cuts} anew, without the ones before"
        out.report.about("shots", "strength_schedule", why)
    values["seed"] = out.plans[0].seed
    why = "the number is the same, the noise is another; later shots have none of their own"
    out.report.about("seed", "seed", why)
    modes = {mode: said for said, mode in tables.SEEDS.items()}
    mode = out.word("look.seed_mode", "seed_behavior")
    values["seed_behavior"] = modes[mode]
    if not out.told("look.seed_mode"):
        out.report.exact("look.seed_mode", "seed_behavior")
    values["seed_schedule"] = "0: (s)"
    if mode == "schedule":
        seeds = out.column("look.seed_schedule") + out.plans[0].seed
        out.schedule("seed_schedule", np.floor(seeds))
        if (seeds == np.floor(seeds)).all():
            out.report.exact("look.seed_schedule", "seed_schedule")
        else:
            out.report.about("look.seed_schedule", "seed_schedule", "whole seeds there; what is between is left out")


def _prompts(out: Outgoing) -> None:
    """Write a text for each stretch; weights that go along a line are expressions in backticks."""
    out.values["prompts"] = {str(stretch.start): line(stretch, in_backticks) for stretch in stretches(texts_only(out))}
    out.values["positive_prompts"] = out.values["negative_prompts"] = ""


def _camera(out: Outgoing) -> None:
    out.judge_mode()
    out.values["animation_mode"] = "3D" if out.in_space else "2D"
    if out.in_space:
        _space(out)
    else:
        _flat(out)
    for key in (*tables.FLAT, *tables.SPACE):
        out.values.setdefault(key, f"0: ({tables.STANDING.get(key, 0):g})")
    out.values |= {"near_schedule": "0: (200)", "far_schedule": "0: (10000)"}  # neither acts, both are asked for


def _flat(out: Outgoing) -> None:
    sides = {"x": out.film.size.width, "y": out.film.size.height}
    for key, name in tables.FLAT.items():
        found = out.column(f"camera.{name}")
        if key.startswith("transform_center"):
            found = found - 0.5 / sides[key[-1]]  # its pixels begin half a pixel later
        out.schedule(key, found)
        out.report.exact(f"camera.{name}", key)
    for axis, side in sides.items():
        out.schedule(f"translation_{axis}", out.column(f"camera.translation_{axis}") * side / 100)
        out.report.exact(f"camera.translation_{axis}", f"translation_{axis}, in pixels")
    _flips(out)
    border = out.word("camera.border", "border")
    out.values["border"] = "wrap" if border == "wrap" else "replicate"
    if border in ("wrap", "replicate"):
        out.report.exact("camera.border", "border")
    else:
        out.report.about("camera.border", "border", f"{border} is not known there; edges are drawn out")


def _flips(out: Outgoing) -> None:
    found = {key: out.column(f"camera.{name}") for key, name in tables.FLIP.items()}
    if not any(values.any() for key, values in found.items() if not key.endswith("fv")):
        return
    out.values["enable_perspective_flip"] = True
    for key, values in found.items():
        out.schedule(key, values)
        out.report.exact(f"camera.{tables.FLIP[key]}", key)
    if out.word("camera.flip_about", "enable_perspective_flip") == "deforum":
        out.report.exact("camera.flip_about", "enable_perspective_flip")
    else:
        why = "about a point of its own there, which is not the centre"
        out.report.about("camera.flip_about", "enable_perspective_flip", why)
    if out.column("camera.translation_x").any() or out.column("camera.translation_y").any():
        out.report.notes.append("Deforum loses translation_x and translation_y in 2D where perspective flips are on")


def _space(out: Outgoing) -> None:
    moves = [move for move in out.moves if isinstance(move, SpatialMove)]
    warps = {move.warp for move in moves}
    for key, name in tables.SPACE.items():
        if name == "aspect" and warps != {"deforum"}:
            continue
        out.schedule(key, out.column(f"camera.{name}"))
        out.report.exact(f"camera.{name}", key)
    if warps == {"deforum"}:
        out.report.exact("camera.warp", "animation_mode: its own formula")
        for name in ("near", "far"):
            out.report.off(f"camera.{name}", "does nothing in warp: deforum")
    else:
        size = out.film.size
        why = differences("deforum", moves[0].fov_deg, size.width, size.height, size.width / size.height)
        out.schedule("aspect_ratio_schedule", np.full(out.n_frames, size.width / size.height))
        out.report.about("camera.warp", "animation_mode", why)
        out.report.about("camera.aspect", "aspect_ratio_schedule", "width to height, so that both axes move alike")
        for name in ("near", "far"):
            if out.acts(f"camera.{name}"):
                out.report.missing(f"camera.{name}", "distances are 1 to 2 there, whatever the scene")
    border = out.word("camera.border", "padding_mode")
    out.values["padding_mode"] = BORDERS.get(border, "border")
    if border in BORDERS:
        out.report.exact("camera.border", "padding_mode")
    else:
        out.report.about("camera.border", "padding_mode", f"{border} is not known there; edges are drawn out")
    out.values["sampling_mode"] = "bicubic"
    depth = out.word("camera.depth", "use_depth_warping")
    out.values["use_depth_warping"] = depth != "plane"
    if depth == "plane":
        out.report.exact("camera.depth", "use_depth_warping")
    elif depth == "model":
        out.report.about("camera.depth", "use_depth_warping", "distances come from a depth model of its own")
    else:
        out.report.missing("camera.depth", "a picture of depths is not known there; its own depth model looks")
