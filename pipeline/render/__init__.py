"""One film: the loop that joins the stages. Look up a frame; if it is not there, warp the last one, draw, store.

The frame carried to the next is always the one read back from the store, so a render that was stopped and one that was
not are the same code. Models are loaded only when a frame has to be drawn. Who draws it is asked from outside: this
process, or one of several (`abreast`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from ..assemble import assemble
from ..errors import NotFiniteError, StoreError
from ..identity import (
    Identities,
    as_stored,
    drawn_by_another,
    in_order,
    in_single,
    of_one_engine,
    of_one_setting,
    refuse_seams,
)
from ..models import engine_facts
from ..stereo import pairs
from ..store import FrameStore, Timing, hold, note_timing, work_of, write_film_record
from ..types import Film, Frame, FramePlan, Shot
from .means import reels_of, set_up_for, sight_for, single
from .progress import Drawn, OtherEngine, Progress, Watch
from .starting import conditioned, noise_for

__all__ = ["OtherEngine", "Progress", "Watch", "conditioned", "reels_of", "render", "set_up_for", "sight_for", "single"]

if TYPE_CHECKING:
    import numpy as np

    from ..sample.draw import DrawStep
    from ..sample.easel import Easel
    from ..warp import Sight


Tools = Callable[[], "tuple[Easel, Sight]"]
"""Sets up what frames are drawn with; called once a frame has to be drawn."""

See = Callable[[FramePlan, "DrawStep"], None]
"""Shown every step of every frame that is drawn; what it raises stops the render."""


@dataclass(frozen=True, slots=True)
class Order:
    """A frame that has to be drawn: what it is, the frames it is drawn from, and whose film's engine it is for."""

    plan: FramePlan
    ends: Mapping[int, Frame]
    facts: Mapping[str, str]
    now: Progress


class Rendering:
    """A film on its way into its folder, which this process holds: what is kept of it is kept here.

    Convention: `abreast` says how many frames are being drawn at once, of this film or of others.
    """

    def __init__(self, film: Film, out: Path, found: Identities) -> None:
        self.film = film
        self.out = out
        self.abreast = 1
        self._found = found
        self._store = FrameStore(out)
        self._script = {} if film.script is None else {"script": film.script.canonical()}

    def frames(self, shot: Shot, first: int, plans: Iterable[FramePlan], *, watch: Watch) -> Frames:
        """Go through frames of a shot whose first one is the film's `first`: yield an order for each that is not there.

        Convention: what was drawn is sent back for each order, and stored before the next one is given.
        """
        ends: dict[int, Frame] = {}
        until = {number: plan.frame for plan in shot.plans for number in plan.looks_at}  # the last that looks at it
        for plan in plans:
            now = Progress("kept", first + plan.frame, self.film.n_frames)
            frame = self._store.recall(shot.name, plan.frame, self._found.keys[shot.name][plan.frame])
            if frame is None:
                facts = self._found.facts
                if not of_one_setting(facts, self._found.drawn_by[shot.name][plan.frame]):
                    path = self._store.path(shot.name, plan.frame)
                    do = "remove it, then render again with --accept-seam"
                    raise StoreError(f"{path}: damaged, and the engine that drew it is not the one of now; {do}")
                drawn = yield Order(plan, ends, facts, now)
                begin = monotonic()
                frame, now = self._keep(shot, plan, drawn), replace(now, doing="stored")
                took = drawn.seconds / self.abreast + monotonic() - begin
                note_timing(self.out, Timing(*work_of(plan, facts), took))
            watch(now)
            if plan.between is None:
                kept = (number for number in ends if number in plan.drawn_from or until.get(number, 0) > plan.frame)
                ends = {number: ends[number] for number in kept} | {plan.frame: frame}

    def finish(self, frames: range | None, *, watch: Watch) -> Path | None:
        """Assemble the film, once no frame is missing; return its path."""
        if frames is not None and not _is_whole(self.film, self._store, self._found.keys):
            return None
        watch(Progress("assembling", self.film.n_frames, self.film.n_frames))
        return assemble(self.out, pairs=pairs)

    def _keep(self, shot: Shot, plan: FramePlan, drawn: Drawn) -> Frame:
        engine = drawn.engine
        if engine != self._found.drawn_by[shot.name][plan.frame]:
            self._found = drawn_by_another(self.film, self._found, shot.name, plan.frame, engine)
            write_film_record(self.out, self.film, keys=self._found.keys, seams=self._found.seams)
        frame = Frame(drawn.pixels, self._found.keys[shot.name][plan.frame])
        return self._store.put(frame, plan, {**engine, **self._script})


Frames = Generator[Order, Drawn, None]


@contextmanager
def opened(film: Film, out: Path, *, other_engine: OtherEngine = "refuse") -> Iterator[Rendering]:
    """Hold the folder `out` for a film while the block runs, with the film's record written into it.

    Raises: PipelineError where the folder is another's, or has frames of another engine that nobody decided about.
    """
    found = identify(film)
    with hold(out):
        if other_engine != "redraw":
            found = identify(film, out, keep=True)
        if other_engine == "refuse":
            refuse_seams(film, found, out)
        write_film_record(out, film, keys=found.keys, seams=found.seams)
        yield Rendering(film, out, found)


def render(
    film: Film,
    out: Path,
    *,
    frames: range | None = None,
    watch: Watch = lambda _: None,
    see: See = lambda plan, step: None,
    tools: Tools | None = None,
    other_engine: OtherEngine = "refuse",
) -> Path | None:
    """Render a film into the folder `out`, keeping every frame that is already right; return the film's path.

    Convention: `frames` counts the film's frames from 0 and asks for those alone, and for whatever they are drawn from;
        the film is assembled, and its path returned, once no frame is missing. `tools` sets up what draws, where
        several films share it. Frames of `other_engine` are refused, kept beside those of this one with the seam
        written into the film's record, or drawn again; seams that the record knows are kept.
    Raises: PipelineError of the stage that failed; frames finished by then are kept.
    """
    hands = (tools or cache(lambda: set_up_for(film)), cache(lambda: set_up_for(single(film))))
    with opened(film, out, other_engine=other_engine) as rendering:
        for shot, first, plans in parts(film, frames):
            orders = rendering.frames(shot, first, plans, watch=watch)
            order = next(orders, None)
            while order is not None:
                drawn = painted(order.plan, order.ends, hands, order.facts, watch=watch, now=order.now, see=see)
                order = answered(orders, drawn)
        return rendering.finish(frames, watch=watch)


def answered(orders: Frames, drawn: Drawn) -> Order | None:
    """Give a shot the frame that it ordered; return its next order, None once it has no more."""
    try:
        return orders.send(drawn)
    except StopIteration:
        return None


def identify(film: Film, folder: Path | None = None, *, keep: bool = False) -> Identities:
    """Return what each frame of a film is.

    Convention: frames of other engines in `folder` keep what they are where its record speaks of all their seams, or
        `keep` says so.
    Raises: StoreError where the folder cannot be read.
    """
    facts = engine_facts(film.engine)
    if folder is not None:
        found = as_stored(film, facts, folder)
        if keep or not found.unaccepted:
            return found
    return of_one_engine(film, facts)


def painted(
    plan: FramePlan,
    ends: Mapping[int, Frame],
    hands: tuple[Tools, Tools],
    facts: Mapping[str, str],
    *,
    watch: Watch,
    now: Progress,
    see: See = lambda plan, step: None,
) -> Drawn:
    """Draw a frame; where half precision gives values that are not finite, once more in single precision.

    Convention: `hands` set up what draws in the film's precision, and in single precision; `facts` are of the former.
    Raises: SampleError, of the second try where there is one.
    """
    usual, careful = hands
    tools, begin = usual(), monotonic()
    try:
        return Drawn(draw_frame(plan, ends, *tools, watch=watch, now=now, see=see), facts, monotonic() - begin)
    except NotFiniteError:
        again = in_single(facts)
        if again is None:
            raise
    watch(replace(now, doing="again"))
    spent, tools, begin = monotonic() - begin, careful(), monotonic()
    return Drawn(draw_frame(plan, ends, *tools, watch=watch, now=now, see=see), again, spent + monotonic() - begin)


def draw_frame(
    plan: FramePlan,
    ends: Mapping[int, Frame],
    easel: Easel,
    sight: Sight,
    *,
    watch: Watch,
    now: Progress,
    see: See = lambda plan, step: None,
) -> np.ndarray:
    """Warp and condition the last frame, or start from noise; then denoise under guidance. Or blend two of them.

    Shapes: uint8 (H, W, 3), RGB.
    Convention: `ends` holds the frames of the shot that the plan is drawn from and looks at, by their numbers.
    """
    from ..warp import between, carry, follow, pictured, settled

    start, last = None, None
    if plan.between is not None:
        before, after = (ends[number].pixels for number in plan.drawn_from)
        blended = between(before, after, plan.moves, plan.between.ahead, sight, blend=plan.between.blend)
        return easel.hold(plan, blended)
    if plan.camera is not None:
        last, noise = ends[plan.drawn_from[0]], partial(noise_for, plan, "holes")
        is_led = plan.footage is not None
        moved = follow(last.pixels, plan, sight, noise) if is_led else carry(last.pixels, plan.moves, sight, noise)
        start = conditioned(moved, plan, last=last, seen=ends, gallery=easel.gallery)
    elif plan.footage is not None:
        start = pictured(plan, sight)

    def on_step(step: DrawStep) -> None:
        watch(replace(now, doing="drawing", step=step.index + 1, n_steps=step.n_steps))
        see(plan, step)

    pixels = easel.draw(plan, start, on_step=on_step)
    if last is None or plan.footage is None:
        return pixels
    return settled(pixels, last.pixels, plan, sight)


def parts(film: Film, frames: range | None) -> Iterator[tuple[Shot, int, list[FramePlan]]]:
    """Yield each shot, the film's number of its first frame, and those of its frames that must be there, in order."""
    first = 0
    for shot in film.shots:
        length = len(shot.plans)
        if frames is None:
            yield shot, first, list(in_order(shot.plans))
        elif frames and frames.start < first + length and frames.stop > first:
            last = shot.plans[min(length, frames.stop - first) - 1]
            reach = max((last.frame, *last.drawn_from))
            wanted = [plan for plan in shot.plans[: reach + 1] if plan.between is None or first + plan.frame in frames]
            yield shot, first, list(in_order(wanted))
        first += length


def _is_whole(film: Film, store: FrameStore, keys: Mapping[str, tuple[str, ...]]) -> bool:
    return all(
        store.look_up(shot.name, plan.frame, key) is not None
        for shot in film.shots
        for plan, key in zip(shot.plans, keys[shot.name], strict=True)
    )
