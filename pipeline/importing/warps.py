"""How the old formulas of a camera in space differ from the true projection, in figures.

They displace each pixel by F/z times what it should be, where F is 1/tan(fov/2) and z the distance, in 1 to 2 units for
Deforum and 1 to 2.6 for Disco; and both sides of a picture count as equally long to them.

Source: measured against `warp: splat` with distances of 1; the formulas are those in `pipeline/warp/formula.py`.
"""

from __future__ import annotations

import math

from .settings import Settings

FARTHEST = {"deforum": 2.0, "disco": 50 / 19}  # their distance of what is farthest; that of what is nearest is 1


def differences(warp: str, fov_deg: float, width: int, height: int, aspect: float = 1.0) -> str:
    """Return by how much a formula moves a picture otherwise than the true projection of the same numbers."""
    focal = 1 / math.tan(math.radians(min(max(fov_deg, 1.0), 170.0)) / 2)
    far = FARTHEST[warp]
    sideways = width / height / aspect
    said = (
        f"at fov {fov_deg:g} the formula rolls and goes forward {focal:.2f} times as far as it should on what is "
        f"nearest, {focal / far:.2f} times on what is farthest ({far:.1f} units away there, camera.far here)"
    )
    return said if abs(sideways - 1) < 0.01 else said + f", and pans and goes sideways {sideways:.2f} times as far"


def tell_warp(old: Settings, warp: str, fov_deg: float, shape: tuple[int, int, float], *, modern: bool) -> None:
    """Tell by how much the film moves otherwise by the way that is written, or would by the other one.

    Convention: `shape` is width, height, and what sideways moves are divided by.
    """
    width, height, aspect = shape
    said = differences(warp, fov_deg, width, height, aspect)
    if modern:
        why = f"the true projection, which hides what is behind; {said}"
        old.report.about("camera.warp", "camera.warp: splat", why)
    else:
        old.report.notes.append(f"camera.warp is {warp}, as there; --modern is the true projection: {said}")
