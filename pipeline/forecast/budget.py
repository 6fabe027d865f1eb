"""Some hours in, what could be changed so that a film fits into them out: fewer steps, a cadence, a smaller picture.

Nothing is changed. Each proposal is a list of `KEY=VALUE` as `--set` takes it, made of the file read anew with these
over it, so that what is promised is what a render with the same options would do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..errors import KeyframeError
from ..types import Film
from .calibration import Calibration
from .outlook import Outlook, all_plans

FEWEST_STEPS: Final = 8  # below, the embedded CLIPs no longer find in the picture what was asked for
CADENCES: Final = (2, 3, 4, 6)
SHARES: Final = (0.85, 0.75, 0.6, 0.5)  # of the sides
MISSHAPEN: Final = 0.15  # of a side against the other: rounding to what the model takes must not squeeze more
MIXED_STEPS: Final = 0.6  # share of the steps that is kept where more than one thing changes

Read = Callable[[Sequence[str]], Film]
"""Read the film with more `KEY=VALUE` over it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to set, and what the film then takes."""

    settings: tuple[str, ...]
    outlook: Outlook


class Budget:
    """So many seconds for a film: what of each thing alone would have to change, and, if none will do, of several."""

    def __init__(self, seconds: float, read: Read, calibration: Calibration) -> None:
        self.seconds, self.read, self.calibration = seconds, read, calibration

    def proposals(self, film: Film) -> tuple[list[Proposal], Proposal | None]:
        """Return what fits, the smallest change of each kind; and where nothing does, the nearest that was tried.

        Convention: where the film fits as it is, there is nothing to propose.
        Raises: PipelineError of the stage that failed in what had to be measured.
        """
        as_it_is = Proposal((), self.calibration.outlook(film))
        if self.fits(as_it_is):
            return [], None
        tried: list[Proposal] = []
        found = []
        for change in (self.fewer_steps(film), self.longer_cadences(film), self.smaller_sizes(film)):
            fitting = self.first_fitting(change, tried)
            if fitting is not None:
                found.append(fitting)
        if not found:
            mixed = self.first_fitting(self.mixtures(film), tried)
            found += [mixed] if mixed is not None else []
        nearest = min([as_it_is, *tried], key=lambda one: one.outlook.seconds)
        return found, None if found else nearest

    def fits(self, proposal: Proposal) -> bool:
        """Tell whether the film is done in time."""
        return proposal.outlook.seconds <= self.seconds

    def first_fitting(self, changes: Sequence[tuple[str, ...]], tried: list[Proposal]) -> Proposal | None:
        """Return the first of ever larger changes that fits; what is looked at joins `tried`.

        Convention: they are searched by halving, so few are measured; a change that cannot be read ends the list.
        """
        low, high, found = 0, len(changes), None
        while low < high:
            middle = (low + high) // 2
            proposal = self.propose(changes[middle])
            if proposal is None:
                high = middle
                continue
            tried.append(proposal)
            if self.fits(proposal):
                found, high = proposal, middle
            else:
                low = middle + 1
        return found

    def propose(self, settings: tuple[str, ...]) -> Proposal | None:
        """Return what the film takes with these settings; None where it cannot be made with them."""
        try:
            film = self.read(settings)
        except KeyframeError:
            return None
        return Proposal(settings, self.calibration.outlook(film))

    def fewer_steps(self, film: Film) -> list[tuple[str, ...]]:
        """Return ever fewer steps."""
        return [(f"look.steps={steps}",) for steps in range(_steps(film) - 1, FEWEST_STEPS - 1, -1)]

    def longer_cadences(self, film: Film) -> list[tuple[str, ...]]:
        """Return ever more frames that are not denoised."""
        now = _cadence(film)
        return [(f"look.cadence={cadence}",) for cadence in CADENCES if cadence > now]

    def smaller_sizes(self, film: Film) -> list[tuple[str, ...]]:
        """Return ever smaller pictures of about the same shape, as the model takes them."""
        return [(f"size={size}",) for size in self.sizes(film)]

    def sizes(self, film: Film) -> Iterator[str]:
        """Yield ever smaller sizes that the model takes."""
        told = {_told(film)}
        for share in SHARES:
            width, height = round(film.size.width * share), round(film.size.height * share)
            try:
                fitted = self.read((f"size={width}x{height}",))
            except KeyframeError:  # too small for the model
                return
            if _told(fitted) not in told and abs(math.log(_aspect(fitted) / _aspect(film))) < MISSHAPEN:
                told.add(_told(fitted))
                yield _told(fitted)

    def mixtures(self, film: Film) -> list[tuple[str, ...]]:
        """Return changes of all three, ever larger."""
        steps = [f"look.steps={max(FEWEST_STEPS, round(_steps(film) * MIXED_STEPS))}"]
        steps = steps if _steps(film) > FEWEST_STEPS else []
        cadences = [change[0] for change in self.longer_cadences(film)]
        sizes = [change[0] for change in self.smaller_sizes(film)]
        mixed = [(*steps, cadence) for cadence in cadences]
        last = [*steps, *cadences[-1:]]
        return mixed + [(*last, size) for size in sizes]


def _steps(film: Film) -> int:
    return max(plan.look.steps for plan in all_plans(film))


def _cadence(film: Film) -> int:
    return max(len(plan.moves) for plan in all_plans(film) if plan.between is None)


def _aspect(film: Film) -> float:
    return film.size.width / film.size.height


def _told(film: Film) -> str:
    return f"{film.size.width}x{film.size.height}"
