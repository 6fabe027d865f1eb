"""How long frames or a whole film will take, and how much memory: what is asked for times what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from ..types import Film, FramePlan, Size
from .costs import (
    ASSEMBLE,
    ASSEMBLE_FRAME,
    BEGIN,
    DEPTH,
    LOAD,
    SETTLE,
    STORE,
    Costs,
    needs_depth,
    place,
    recall,
    step_name,
)
from .work import demand


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a film will take on this machine.

    Convention: `parts` are seconds by what they are spent on; `peak_bytes` is all that is held at the worst moment, of
        which `parameters` are the models' weights, and on a graphics card both are those of the card; `measured` is
        when the oldest measurement was made, in seconds since 1970.
    """

    n_frames: int
    n_drawn: int
    n_evaluations: int
    size: Size
    parts: Mapping[str, float]
    peak_bytes: int
    parameters: int
    measured: float

    @property
    def seconds(self) -> float:
        """Seconds from the first model that is loaded to the finished film."""
        return sum(self.parts.values())

    @property
    def per_frame(self) -> float:
        """Seconds for a frame of the film, on average, without the models' loading."""
        return (self.seconds - self.parts["load"]) / max(1, self.n_frames)


def outlook(film: Film, costs: Costs, plans: Iterable[FramePlan] | None = None) -> Outlook | None:
    """Return what the film takes, or its frames `plans` and then the film's assembling; None where a cost is unknown.

    Convention: the film counts whole where it is assembled, whichever frames of it are drawn.
    Raises: ModelError for a model that nobody knows.
    """
    asked = demand(all_plans(film) if plans is None else plans, film.engine)
    if costs.missing(asked):
        return None
    known = costs.known

    def of(name: str) -> float:
        return known[name].seconds

    denoise, peaks = 0.0, [0]
    for kind, counts in asked.steps.items():
        for cuts, times in counts.items():
            cost = costs.of_step(kind, cuts)
            assert cost is not None, f"{step_name(kind, cuts)} is not missing"
            denoise += times * cost.seconds
            peaks.append(cost.peak_bytes)
    draws = asked.n_drawn > 0
    parts = {
        "load": (of(LOAD) + of(SETTLE) if draws else 0.0) + (of(DEPTH) if needs_depth(asked) else 0.0),
        "denoise": denoise,
        "begin": asked.n_drawn * of(BEGIN) if draws else 0.0,
        "move": sum(times * of(way) for way, times in asked.ways.items()),
        "store": asked.n_frames * of(STORE),
        "assemble": of(ASSEMBLE) + film.n_frames * of(ASSEMBLE_FRAME),
    }
    weights = known[LOAD].parameters if draws else 0
    numbers = (asked.n_frames, asked.n_drawn, asked.n_evaluations)
    return Outlook(*numbers, film.size, parts, max(peaks), weights, costs.measured)


def remembered(film: Film, facts: Mapping[str, str], plans: Iterable[FramePlan]) -> Outlook | None:
    """Return what frames of a film will take by what was measured before; None where that does not say it."""
    return outlook(film, recall(place(film, facts)), plans)


def all_plans(film: Film) -> Iterable[FramePlan]:
    """Return the plans of all frames of a film."""
    return chain.from_iterable(shot.plans for shot in film.shots)
