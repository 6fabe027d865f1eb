"""One call of the network for pictures of several frames: always of so many rows, whoever is there to fill them.

Kernels round otherwise for another number of rows, so a call that has fewer pictures repeats one: then a frame is the
same whatever is drawn beside it. Each frame has a seat, whose picture goes into a call and comes back as if alone; its
gradient through the network is asked for, since autograd would do each one by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .denoiser import Denoiser, Prediction, Telling, UnetDenoiser
from .lanes import ask
from .slopes import brought_back
from .steps import Step

Told = dict[str, Tensor]


class Together(nn.Module):
    """A UNet whose calls have `rows` pictures; by itself a denoiser that fills them up with the picture it is given."""

    def __init__(self, model: UnetDenoiser, rows: int) -> None:
        super().__init__()
        self.model = model
        self.rows = rows
        self._calls: dict[tuple[bool, torch.Size, frozenset[str]], Call] = {}

    def forward(self, x: Tensor, step: Step) -> Prediction:
        """Predict from x (1, 3, H, W) at the noise level of `step`."""
        n = len(x)
        told = self.model.told(x, step)
        answer = self.model.answer(_filled([x], self.rows), _stacked([told], self.rows))[:n]
        return self.model.complete(x, answer, step)

    def call(self, shape: torch.Size, told: Told, *, keeps: bool) -> Call:
        """Return what answers pictures of one shape that are told the same kinds of things.

        Those that need a gradient go apart too, since kernels may differ.
        """
        return self._calls.setdefault((keeps, shape, frozenset(told)), Call(self.model, self.rows, keeps=keeps))


@dataclass(frozen=True, slots=True)
class Row:
    """A picture's place in a call whose graph is kept, where it is."""

    answer: Tensor
    back: Back | None
    number: int


class Call:
    """A call of the network forward, for pictures (1, 3, H, W) that are each told of a time of their own."""

    comes_first = False

    def __init__(self, model: UnetDenoiser, rows: int, *, keeps: bool) -> None:
        self.model = model
        self.most = rows
        self.keeps = keeps

    def answers(self, asked: Sequence[tuple[Tensor, Told]]) -> Sequence[Row]:
        """Return what the network answers to each picture."""
        with torch.set_grad_enabled(self.keeps):
            x = _filled([x.detach() for x, _ in asked], self.most).requires_grad_(self.keeps)
            answer = self.model.answer(x, _stacked([told for _, told in asked], self.most))
        back = Back(x, answer, len(asked)) if self.keeps else None
        return [Row(_taken(answer.detach(), n), back, n) for n in range(len(asked))]


class Back:
    """The same call backward, once: what is not asked for has no slope."""

    comes_first = True

    def __init__(self, x: Tensor, answer: Tensor, most: int) -> None:
        self.x = x
        self.answer = answer
        self.most = most

    def answers(self, asked: Sequence[tuple[int, Tensor]]) -> Sequence[Tensor]:
        """Return for each row, with the slope (1, 3, H, W) at what the network answered, that at its picture."""
        slopes = torch.zeros_like(self.answer)
        for number, slope in asked:
            slopes[number] = slope[0]
        (found,) = brought_back(self.answer, [self.x], slopes)
        return [_taken(found, number) for number, _ in asked]


class Seat:
    """A denoiser for one frame, which shares its calls with the frames that are drawn beside it."""

    def __init__(self, together: Together) -> None:
        self.together = together
        self.n_classes = together.model.n_classes
        self.label: int | None = None
        self.telling: Telling | None = None
        self._row: Row | None = None

    def __call__(self, x: Tensor, step: Step) -> Prediction:
        """Predict from x (1, 3, H, W); the graph of what is predicted ends at the network's answer."""
        model, keeps = self.together.model, x.requires_grad and torch.is_grad_enabled()
        told = model.told(x, step, self.label, self.telling)
        row: Row = ask(self.together.call(x.shape, told, keeps=keeps), (x.detach(), told))
        row.answer.requires_grad_(keeps)
        self._row = row if keeps else None
        return model.complete(x, row.answer, step)

    def pull(self, y: Tensor, x: Tensor, slope: Tensor) -> Tensor:
        """Return the slope at x of what was last predicted from it, from that at y, which was made of both."""
        row, self._row = self._row, None
        assert row is not None and row.back is not None, "this is asked once for each prediction that needs it"
        direct, at_answer = brought_back(y, [x, row.answer], slope)
        return direct + ask(row.back, (row.number, at_answer))


def seated(denoiser: Denoiser) -> Denoiser:
    """Return what draws one frame with a denoiser."""
    return Seat(denoiser) if isinstance(denoiser, Together) else denoiser


def _filled(pictures: Sequence[Tensor], rows: int) -> Tensor:
    """Put pictures under one another, the first again where there are too few; nothing of them but numbers counts."""
    plain = [picture.contiguous() for picture in pictures]
    return torch.cat([*plain, *[plain[0]] * (rows - len(plain))])


def _stacked(told: Sequence[Told], rows: int) -> Told:
    return {name: _filled([one[name] for one in told], rows) for name in told[0]}


def _taken(stack: Tensor, number: int) -> Tensor:
    """Return a row in memory of its own, laid out like any other."""
    return stack[number : number + 1].clone(memory_format=torch.contiguous_format)
