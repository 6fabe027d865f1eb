"""What is shown of frames while they are drawn, as the options of `render` ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..show import say

if TYPE_CHECKING:
    from ..render import Progress, See, Watch
    from ..sample.draw import DrawStep
    from ..types import Film, FramePlan


def with_depth_maps(watch: Watch, film: Film, folder: Path) -> Watch:
    """Return what shows progress and also keeps how near things are in each frame that is there.

    Raises: UsageError for a film whose cameras stay in their planes.
    """
    from ..preview import DepthMaps

    maps = DepthMaps(film, folder)

    def both(now: Progress) -> None:
        maps.watch(now)
        watch(now)

    return both


@contextmanager
def watching(live: Path | None, partials: str | None) -> Iterator[Callable[[Path], See]]:
    """Lend what shows the steps of the film in a folder to whoever asked: the running picture, chosen steps.

    Raises: UsageError for options that cannot be followed.
    """
    with ExitStack() as open_:
        shown: list[See] = []
        chosen = None
        if live is not None or partials is not None:
            from ..preview import LivePicture, read_partials

            chosen = None if partials is None else read_partials(partials)
            shown += [] if live is None else [open_.enter_context(LivePicture(live, say))]

        def keeper(folder: Path) -> See:
            seers = [*shown, *([] if chosen is None else [chosen.keeper(folder)])]

            def see(plan: FramePlan, step: DrawStep) -> None:
                for one in seers:
                    one(plan, step)

            return see

        yield keeper
