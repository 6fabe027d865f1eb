"""A sketch gets the pictures that come nearest to an album's, told what those show."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch.nn import functional as F

from pipeline.models.sketch import Sketch
from pipeline.train.solved import solve_pictures

SIDE, COUNT = 8, 600


@dataclass
class Shown:
    """An album of pictures that are made of what they show: a broad one for each name, strokes for each pair."""

    count: int = COUNT
    device: str = "cpu"
    generator: torch.Generator = field(default_factory=lambda: torch.Generator().manual_seed(3))

    def __post_init__(self) -> None:
        draw = self.generator
        self.shown = {
            "subject": torch.randint(-1, 3, (COUNT,), generator=draw),
            "style": torch.randint(2, (COUNT,), generator=draw),
        }
        broad = F.interpolate(torch.rand(4, 3, 2, 2, generator=draw) * 0.4, scale_factor=4.0)
        strokes = torch.rand(4, 2, 3, SIDE, SIDE, generator=draw) * 0.4
        self.pictures = broad[self.shown["subject"]] + strokes[self.shown["subject"], self.shown["style"]]

    def images(self, chosen: torch.Tensor) -> torch.Tensor:
        return self.pictures[chosen]

    def labels(self, chosen: torch.Tensor) -> dict[str, torch.Tensor]:
        return {kind: shown[chosen] for kind, shown in self.shown.items()}


def sketch(*, fine: int) -> Sketch:
    torch.manual_seed(1)
    return Sketch(text=8, hidden=16, names=(3, 2), pairs=((0, 1),), features=8, fine=fine, side=SIDE)


def drawn_of(sketch: Sketch, album: Shown) -> torch.Tensor:
    """Return the sketches of what each picture shows, which are sure of it."""
    labels = album.labels(torch.arange(COUNT))
    counts = dict(zip(labels, sketch.kinds, strict=True))
    named = [100.0 * F.one_hot(found.remainder(counts[kind]), counts[kind]).float() for kind, found in labels.items()]
    with torch.no_grad():
        return sketch.drawn(named) / 2 + 0.5


def test_pictures_of_names_and_pairs_are_found() -> None:
    """-1, which stands for none, is the last of a kind, here and in the album's own lists."""
    album, solved = Shown(), sketch(fine=8)
    reading = {name: value.clone() for name, value in solved.reading.state_dict().items()}
    solve_pictures(solved, album)
    error = (drawn_of(solved, album) - album.pictures).abs()
    assert error.max() < 0.03  # a ridge draws all towards the mean
    assert album.pictures.std(0).mean() > 0.1
    assert all(torch.equal(value, reading[name]) for name, value in solved.reading.state_dict().items())


def test_few_pictures_are_the_ones_that_matter_most() -> None:
    album, errors = Shown(), []
    for fine in (8, 3, 1):
        solved = sketch(fine=fine)
        solve_pictures(solved, album)
        errors.append(float((drawn_of(solved, album) - album.pictures).square().mean().sqrt()))
    assert errors[0] < 0.02 < errors[1] < errors[2] < album.pictures.std(0).mean()
