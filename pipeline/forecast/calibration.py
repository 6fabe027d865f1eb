"""A film in, its outlook out: what is known of this machine is taken from the cache, the rest is measured and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from ..render import identify, set_up_for
from ..types import Film
from .costs import DEPTH, LOAD, SETTLE, Costs, place, recall, remember
from .outlook import Outlook, all_plans, outlook
from .work import demand

if TYPE_CHECKING:
    from ..sample.easel import Easel
    from ..warp import Sight

OF_ENGINE = (LOAD, SETTLE, DEPTH)  # what takes the same time at every size


class Calibration:
    """The measurements of one engine, for films that differ in size and look; models are loaded once, if at all.

    Convention: with `again` nothing is taken from the cache; `watch` is told what is being measured; `clock` counts
        seconds.
    """

    def __init__(
        self,
        film: Film,
        *,
        again: bool = False,
        watch: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.film, self.again, self.watch, self.clock = film, again, watch, clock
        # what another clock counted must not be taken for time
        beside = {} if clock is perf_counter else {"clock": clock.__name__}
        self.facts = {**identify(film).facts, **beside}
        self.of_engine = Costs()
        self.fresh: set[Path] = set()

    def outlook(self, film: Film) -> Outlook:
        """Return what a film takes, by the engine of the first.

        Raises: PipelineError of the stage that failed in what had to be measured.
        """
        path = place(film, self.facts)
        costs = Costs() if self.again and path not in self.fresh else recall(path)
        if self.of_engine.known:
            costs = Costs({**self.of_engine.known, **costs.known}, costs.measured or self.of_engine.measured)
        asked = demand(all_plans(film), film.engine)
        if costs.missing(asked):
            from .measure import measure

            costs = measure(film, asked, costs, tools=lambda: self.tools, watch=self.watch, clock=self.clock)
            remember(path, costs)
            self.fresh.add(path)
        known = {name: cost for name, cost in costs.known.items() if name in OF_ENGINE}
        self.of_engine = Costs({**self.of_engine.known, **known}, costs.measured)
        found = outlook(film, costs)
        assert found is not None, "nothing is missing once it is measured"
        return found

    @cached_property
    def tools(self) -> tuple[Easel, Sight]:
        """Load what the films are drawn with."""
        return set_up_for(self.film)
