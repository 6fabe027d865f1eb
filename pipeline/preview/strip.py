"""The film's numbers over time: which curves vary, and their pictures with a bar of shots, cuts and labels below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from ..errors import UsageError
from ..types import CameraMove, Film, FramePlan, Look, SpatialMove
from .captions import FAINT, INK, PAPER, Colour, elide, line, line_height, put, text_width

SHOWN = 4  # curves that are drawn when none is asked for
SHADES: tuple[Colour, ...] = ((62, 88, 122), (92, 74, 116), (60, 104, 98), (120, 92, 62))
CURVE: Colour = (112, 186, 255)
GROUND: Colour = (30, 32, 39)
MARK: Colour = (250, 204, 92)


@dataclass(frozen=True, slots=True)
class Curve:
    """A number of the film: its name in the keyframe file, and its value at every frame.

    Shapes: values float64 (n_frames,), nan where the film has none, as the camera at the first frame of a shot.
    """

    name: str
    values: np.ndarray

    def varies(self, frames: np.ndarray) -> bool:
        """Tell whether there is anything to see at some frames, given as a mask."""
        known = self.values[frames & ~np.isnan(self.values)]
        return bool(known.size) and float(np.ptp(known)) > 1e-9

    def at(self, number: int) -> str:
        """Write the value at a frame, as short as it can be read."""
        value = self.values[number]
        return "–" if np.isnan(value) else f"{value:.4g}"


def curves_of(film: Film) -> dict[str, Curve]:
    """Return all numbers of the film by name; values that follow the denoising by their mean."""
    plans = [plan for shot in film.shots for plan in shot.plans]
    found = {}
    in_space = any(isinstance(plan.camera, SpatialMove) for plan in plans)
    for name in dict.fromkeys((*_names(CameraMove), *(_names(SpatialMove) if in_space else ()))):
        found[f"camera.{_spoken(name)}"] = [_camera_value(plan, name) for plan in plans]
    for name in _names(Look):
        found[f"look.{name}"] = [float(np.mean(getattr(plan.look, name))) for plan in plans]
    for clip in dict.fromkeys(film.engine.clip_models):
        weights = [dict(plan.look.clip_weights).get(clip, (1.0,)) for plan in plans]
        found[f"look.clip_weights.{clip}"] = [float(np.mean(values)) for values in weights]
    return {name: Curve(name, np.array(values, float)) for name, values in found.items()}


def choose(
    film: Film, asked: Sequence[str], named: Mapping[str, np.ndarray] | None = None
) -> tuple[tuple[Curve, ...], tuple[str, ...]]:
    """Return the curves to draw, those asked for or the first that vary; and the names of others that vary too.

    Convention: `named` are numbers that no plan has, such as `let.sway` and `signal.kick`, which may be asked for
        without what stands before the dot.
    Shapes: named (n_frames,) each.
    Raises: UsageError for a name that is none.
    """
    known = curves_of(film) | {name: Curve(name, values) for name, values in (named or {}).items()}
    short = {name.partition(".")[2]: name for name in reversed(list(named or {}))}
    asked = [short.get(name, name) if name not in known else name for name in asked]
    for name in asked:
        if name not in known:
            raise UsageError(f"--curve {name}: the film has no such number; use one of {', '.join(known)}")
    # the first frame of a shot takes steps that no other does, so its means differ where nothing changes over time
    carried = np.array([plan.camera is not None for shot in film.shots for plan in shot.plans])
    varying = [name for name, curve in known.items() if curve.varies(carried)]
    shown = list(dict.fromkeys(asked)) or varying[:SHOWN]
    return tuple(known[name] for name in shown), tuple(name for name in varying if name not in shown)


class Strip:
    """The picture of the curves and of the bar, and what moves over it."""

    def __init__(self, film: Film, curves: Sequence[Curve], *, width: int, px: int) -> None:
        self.curves, self.px, self.n_frames = curves, px, film.n_frames
        self.row = 2 * line_height(px) + px // 3
        self.left = min(width // 3, round(px * 9.5))
        self.right = width - px
        self.bar_top = len(curves) * self.row + px // 3
        self.bar_height = line_height(px) + 2
        has_labels = any(0 <= label.frame < len(shot.plans) for shot in film.shots for label in shot.labels)
        self.height = self.bar_top + self.bar_height + px // 2 + (line_height(px) + px // 3 if has_labels else 0)
        self.still = np.full((self.height, width, 3), PAPER, np.uint8)
        for index, curve in enumerate(curves):
            self._draw_curve(film, curve, index * self.row)
        self._draw_bar(film)

    def draw(self, canvas: np.ndarray, number: int) -> None:
        """Put the strip onto a canvas of its size, with the cursor and the values at a frame."""
        canvas[:] = self.still
        for index, curve in enumerate(self.curves):
            y = index * self.row + line_height(self.px)
            put(canvas, line(elide(curve.at(number), self.px, self.left - 2 * self.px), self.px), self.px, y)
        x = round(self._x(number + 0.5))
        canvas[: self.bar_top + self.bar_height + 2, max(0, x - 1) : x + 1] = (255, 255, 255)

    def _x(self, number: float) -> float:
        """Return where a moment lies; whole numbers are the beginnings of frames."""
        return self.left + (self.right - self.left) * number / self.n_frames

    def _draw_curve(self, film: Film, curve: Curve, y: int) -> None:
        import cv2

        top, bottom = y + 2, y + self.row - self.px // 3
        self.still[top:bottom, self.left : self.right] = GROUND
        name = elide(curve.name.split(".", 1)[1], self.px, self.left - 2 * self.px)
        put(self.still, line(name, self.px, ink=FAINT), self.px, y)
        known = curve.values[~np.isnan(curve.values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
        spread = high - low if high - low > 1e-9 else 0.0
        share = (curve.values - low) / spread if spread else np.full_like(curve.values, 0.5)
        ys = bottom - 4 - share * (bottom - top - 8)
        first = 0
        for shot in film.shots:
            here = np.arange(first, first + len(shot.plans))
            here = here[~np.isnan(ys[here])]
            first += len(shot.plans)
            if here.size:
                points = np.stack(
                    [[self._x(n) for n in (*(here + 0.0), here[-1] + 1.0)], [*ys[here], ys[here[-1]]]], -1
                )
                cv2.polylines(self.still, [np.rint(points * 16).astype(np.int32)], False, CURVE, 1, cv2.LINE_AA, 4)

    def _draw_bar(self, film: Film) -> None:
        top, bottom = self.bar_top, self.bar_top + self.bar_height
        first, free = 0, self.left
        for index, shot in enumerate(film.shots):
            start, end = round(self._x(first)), round(self._x(first + len(shot.plans)))
            shade = SHADES[index % len(SHADES)]
            self.still[top:bottom, start:end] = shade
            name = elide(shot.name, self.px, end - start - 6)
            if end - start > 2 * self.px and len(name) > 1:
                put(self.still, line(name, self.px, ink=INK, paper=shade), start + 4, top + 1)
            if index:
                self.still[: bottom + 2, start : start + 1] = MARK
            for label in shot.labels:
                if 0 <= label.frame < len(shot.plans):
                    free = self._draw_label(label.name, round(self._x(first + label.frame)), bottom, free)
            first += len(shot.plans)

    def _draw_label(self, name: str, x: int, y: int, free: int) -> int:
        """Mark a moment below the bar, with its name where there is room; return where the next name may begin."""
        for row in range(5):
            self.still[y + 1 + row, max(0, x - row // 2) : x + row // 2 + 1] = MARK
        start = min(max(free, x - 2), self.right - text_width(name, self.px))
        if start < free or start > x + 4 * self.px:
            return free
        put(self.still, line(name, self.px, ink=FAINT), start, y + 6)
        return start + text_width(name, self.px) + self.px


def _names(kind: type[CameraMove | SpatialMove | Look]) -> list[str]:
    without = ("clip_weights", "fov_before_deg", "depth_frame")
    return [field.name for field in fields(kind) if field.type != "str" and field.name not in without]  # have no curves


def _spoken(name: str) -> str:
    """Return the name that the keyframe file has for a field."""
    return name.removesuffix("_deg")


def _camera_value(plan: FramePlan, name: str) -> float:
    return float(getattr(plan.camera, name, "nan"))
