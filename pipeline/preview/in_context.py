"""One frame as the film would show it: read from the store, drawn from the frame before it, or as near as may be.

Where the frame before is stored, the very code of the render draws the frame, so it is exact. Where only an earlier one
is, the camera's moves from there on become one warp and the picture is denoised once, which is near but not the same.
Each sketch says which it is; none is ever stored as a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..errors import UsageError
from ..render import Progress, conditioned, identify, painted, sight_for, single
from ..store import FrameStore
from ..types import CameraMove, Engine, Film, Frame, FramePlan, PictureFile, Shot, SpatialMove
from .captions import clock_time
from .sheets import Enlarge, as_shown, labelled_sheet
from .stills import place_of, still

if TYPE_CHECKING:
    from ..sample.easel import Easel
    from ..warp import Sight

Kind = Literal["stored", "exact", "composed", "noise"]
SetUp = Callable[[Film], "Easel"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A stored frame that a later one of its shot can be drawn from; `number` counts the film's frames.

    Convention: `seen` are frames of the shot that the later one looks at, by their numbers there, as far as they are
        known.
    """

    frame: Frame
    index: int
    number: int
    seen: Mapping[int, Frame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A frame's picture, and how it came about: `kind` for programs, `how` for people.

    Shapes: pixels uint8 (H, W, 3), RGB.
    """

    pixels: np.ndarray
    kind: Kind
    how: str


def easels() -> SetUp:
    """Return a function that sets a film's engine up when it is first needed, and gives the same easel ever after."""

    @cache
    def set_up_once(engine: Engine, pictures: tuple[PictureFile, ...]) -> Easel:
        from ..sample.easel import set_up

        return set_up(engine, pictures=pictures)

    return lambda film: set_up_once(film.engine, film.pictures)


class Context:
    """A film, and the frames of it that the folder `stored` has; a film that is drawn from noise needs no folder."""

    def __init__(self, film: Film, stored: Path | None, *, easel_for: SetUp | None = None) -> None:
        self.film = film
        self.store = None if stored is None else FrameStore(stored)
        self.easel_for = easel_for or easels()
        self._sight: Sight | None = None
        found = identify(film, stored)
        self.facts = found.facts
        self.keys: Mapping[str, tuple[str, ...]] = {} if stored is None else found.keys

    def sketch(self, number: int) -> Sketch:
        """Return the film's frame `number` as exactly as what is stored allows.

        Raises: UsageError for a frame the film does not have; PipelineError of the stage that failed.
        """
        shot, plan = place_of(self.film, number)
        found = self._look_up(shot, plan.frame)
        if found is not None:
            return Sketch(found.pixels, "stored", "the stored frame")
        return self.draw(number, self.origin(number))

    def draw(self, number: int, origin: Origin | None) -> Sketch:
        """Draw the film's frame `number` from an earlier one of its shot, or from noise."""
        shot, plan = place_of(self.film, number)
        easel = self.easel_for(self.film)
        if plan.camera is None:
            begins = "starts from a picture of its own" if plan.init else "is drawn from noise"
            pixels = self._draw_exactly(plan, {}, number)
            return Sketch(pixels, "exact", f"exact, {begins} as the first frame of a shot")
        if origin is None:
            why = "as asked" if self.store is None else "no earlier frame of the shot is stored"
            alone = still(plan)
            says = "from noise" if alone.footage is None else "from the clip's picture alone"
            return Sketch(self._draw_exactly(alone, {}, number), "noise", f"{says}: {why}")
        seen = {**self.seen(number, {*plan.looks_at} - origin.seen.keys()), **origin.seen}
        lacking = {*plan.looks_at} - seen.keys()
        if origin.index == plan.drawn_from[0] and not lacking:
            ends = {**seen, origin.index: origin.frame}
            how = f"exact, from stored frame {origin.number}"
            for index in plan.drawn_from[1:]:
                there = number + index - plan.frame
                ends[index] = self._look_up(shot, index) or self._end(shot, index, origin, there)
                how = f"exact, between stored frame {origin.number} and frame {there}"
            return Sketch(self._draw_exactly(plan, ends, number), "exact", how)
        moves = _moves(shot, origin.index, plan.frame)
        how = f"from stored frame {origin.number}, {len(moves)} camera moves composed, denoised once"
        if lacking:
            how += ", its light held at that frame's"
        from ..warp import carry, follow, without_noise

        moves = [without_noise(move) for move in moves]
        if plan.footage is not None:
            led = replace(plan.footage, before=shot.plans[origin.index + 1].footage.before)  # type: ignore[union-attr]
            plan = replace(plan, footage=led, camera=moves[-1], passed=tuple(moves[:-1]))
            moved = follow(origin.frame.pixels, plan, self.sight)
        else:
            moved = carry(origin.frame.pixels, moves, self.sight)
        seen |= dict.fromkeys(lacking, origin.frame)
        pixels = easel.draw(plan, conditioned(moved, plan, last=origin.frame, seen=seen, gallery=easel.gallery))
        return Sketch(pixels, "composed", how)

    @property
    def sight(self) -> Sight:
        """What sees how far things are in this film's frames."""
        if self._sight is None:
            self._sight = sight_for(self.film)
        return self._sight

    def _draw_exactly(self, plan: FramePlan, ends: Mapping[int, Frame], number: int) -> np.ndarray:
        """Draw a frame as the render does."""
        hands = [lambda film=film: (self.easel_for(film), self.sight) for film in (self.film, single(self.film))]
        now = Progress("drawing", number, number + 1)
        return painted(plan, ends, (hands[0], hands[1]), self.facts, watch=lambda _: None, now=now).pixels

    def _end(self, shot: Shot, index: int, origin: Origin, number: int) -> Frame:
        """Draw the later of two frames that another lies between; it is drawn from the earlier one."""
        return Frame(self.draw(number, origin).pixels, self.keys[shot.name][index] if self.keys else "")

    def origin(self, number: int) -> Origin | None:
        """Return the nearest earlier frame of the same shot that is stored and right, where frame `number` rests on it.

        Raises: UsageError for a frame the film does not have.
        """
        shot, plan = place_of(self.film, number)
        for index in (*plan.drawn_from[:1], *range(plan.frame - 1, -1, -1)):
            if shot.plans[index + 1].camera is None:
                return None
            found = self._look_up(shot, index)
            if found is not None:
                return Origin(found, index, number - plan.frame + index)
        return None

    def seen(self, number: int, wanted: Collection[int]) -> dict[int, Frame]:
        """Return those of a shot's frames that are stored, of the shot that the film's frame `number` lies in.

        Convention: its first frame, which rests on no other, is drawn where it is wanted and not stored.
        """
        shot, _ = place_of(self.film, number)
        found = {index: frame for index in wanted if (frame := self._look_up(shot, index)) is not None}
        if 0 in wanted and 0 not in found:
            pixels = self._draw_exactly(shot.plans[0], {}, number)
            found[0] = Frame(pixels, self.keys[shot.name][0] if self.keys else "")
        return found

    def _look_up(self, shot: Shot, index: int) -> Frame | None:
        return None if self.store is None else self.store.look_up(shot.name, index, self.keys[shot.name][index])


def preview_sheet(
    context: Context, count: int, *, columns: int = 4, enlarged: Enlarge | None = None
) -> tuple[np.ndarray, tuple[Sketch, ...]]:
    """Lay out `count` frames evenly over the film, each with its shot, number and time under it.

    Convention: with `enlarged` they are shown as a network enlarges them, at twice their size.
    """
    film = context.film
    numbers = sorted({round(place) for place in np.linspace(0, film.n_frames - 1, min(count, film.n_frames))})
    sketches = tuple(context.sketch(number) for number in numbers)
    labels = []
    for number, sketch in zip(numbers, sketches, strict=True):
        shot, _ = place_of(film, number)
        mark = {"stored": "", "exact": "", "composed": " · near", "noise": " · from noise"}[sketch.kind]
        labels.append(f"{shot.name} · {number} · {clock_time(number / film.fps)}{mark}")
    pictures = [as_shown(sketch.pixels, enlarged) for sketch in sketches]
    return labelled_sheet(pictures, labels, columns=columns), sketches


def _moves(shot: Shot, start: int, end: int) -> list[CameraMove | SpatialMove]:
    """Return the camera's moves after frame `start` up to frame `end`.

    Raises: UsageError where a frame on the way carries nothing over.
    """
    moves = [plan.camera for plan in shot.plans[start + 1 : end + 1]]
    if None in moves:
        raise UsageError(f"shot {shot.name}: frame {end} does not rest on frame {start}; start from a later frame")
    return [move for move in moves if move is not None]
