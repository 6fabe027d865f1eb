"""Several shots at once, of one film or of several takes, each drawn by a process of its own or all by one network.

Frames of a shot rest on one another, shots do not, so a frame is the same whoever draws it and whatever is drawn beside
it. All that is kept is kept by this process, one frame after the other, as in a render of one shot after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..types import Film
from . import Frames, Order, Rendering, answered, opened, parts
from .company import Companion, Company
from .crew import Crew, Hand, hired
from .means import refuse_missing
from .progress import OtherEngine, Progress, Watch


@dataclass(frozen=True, slots=True)
class Going:
    """A shot that is being drawn: its orders, and what shows its progress."""

    orders: Frames
    watch: Watch
    rendering: Rendering


def render_abreast(
    films: Sequence[Film],
    folders: Sequence[Path],
    *,
    parallel: int,
    watches: Sequence[Watch],
    frames: range | None = None,
    other_engine: OtherEngine = "refuse",
) -> list[Path | None]:
    """Render films of one engine, each into its folder, up to `parallel` shots at once; return the films' paths.

    Convention: everything else is as `render` has it. Where the engine's `batch` is above 1, frames of so many shots
        are drawn by one call of the network, in this process; else each shot has a process. A script that calls this
        must keep its own work under `if __name__ == "__main__"`, since processes that draw import it.
    Raises: PipelineError of the stage that failed; frames finished by then are kept.
    """
    with ExitStack() as open_:
        renderings = [
            open_.enter_context(opened(film, out, other_engine=other_engine))
            for film, out in zip(films, folders, strict=True)
        ]
        with hired(films[0], parallel) as crew:
            _draw(_shots(films, renderings, watches, frames), crew)
        return [rendering.finish(frames, watch=watch) for rendering, watch in zip(renderings, watches, strict=True)]


def lanes(films: Iterable[Film], frames: range | None = None) -> int:
    """Return how many shots can be drawn at once."""
    return sum(1 for film in films for _ in parts(film, frames))


def _shots(
    films: Sequence[Film], renderings: Sequence[Rendering], watches: Sequence[Watch], frames: range | None
) -> Iterator[Going]:
    for film, rendering, watch in zip(films, renderings, watches, strict=True):
        for shot, first, plans in parts(film, frames):
            yield Going(rendering.frames(shot, first, plans, watch=watch), watch, rendering)


def _draw(shots: Iterator[Going], crew: Crew | Company) -> None:
    """Keep all that draw busy until no shot orders a frame any more."""
    going: dict[Hand | Companion, Going] = {}
    while True:
        while len(going) < crew.size and (begun := _next(shots)) is not None:
            if not going:
                refuse_missing(begun[0].rendering.film)  # before anything is begun
            _give(crew, going, *begun)
        if not going:
            return
        for hand in crew.heard():
            said = hand.hear()
            if isinstance(said, Progress):
                going[hand].watch(said)
                continue
            shot = going.pop(hand)
            shot.rendering.abreast = len(going) + 1
            order = answered(shot.orders, said)
            if order is not None:
                _give(crew, going, shot, order)


def _next(shots: Iterator[Going]) -> tuple[Going, Order] | None:
    """Return the next shot that orders a frame, with its order; those that have all their frames are gone through."""
    for shot in shots:
        if (order := next(shot.orders, None)) is not None:
            return shot, order
    return None


def _give(crew: Crew | Company, going: dict[Hand | Companion, Going], shot: Going, order: Order) -> None:
    hand = crew.free()
    assert hand is not None, "fewer shots are drawn than there are hands"
    hand.give(order)
    going[hand] = shot
