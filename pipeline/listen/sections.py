"""The parts of a song, by where its bars stop resembling those before and which parts resemble one another.

Names are letters in order of appearance: the same letter is the same music, which only a listener can call a chorus.
"""

from __future__ import annotations

import numpy as np

from .song import Section
from .spectrum import STEPS_HZ

_KERNEL = 8  # bars to either side of a boundary
_LEAST = 4  # bars of a section
_CONTRAST = 0.35  # of the mean distance between bars: less is no boundary
_ALIKE = 0.6  # of the mean distance between bars: sections nearer than this are the same
_MOST_BARS = 2000


def find_sections(starts_s: np.ndarray, duration_s: float, rows: np.ndarray) -> tuple[Section, ...]:
    """Return the sections of a song, from its beginning to its end without a gap.

    Shapes: starts_s (m,), where bars begin; rows (b, n), what is heard at each step.
    Source: novelty by a checkerboard along the self-similarity matrix, Foote 2000.
    """
    inside = starts_s[(starts_s > 0) & (starts_s < duration_s)][:_MOST_BARS]
    edges = np.concatenate([[0.0], inside, [duration_s]])
    edges = edges[np.append(True, np.diff(edges) > 1e-3)]
    if duration_s <= 0:
        return ()
    if len(edges) < 2 * _LEAST + 1:
        return (Section("A", 0.0, duration_s),)
    distances = _distances(_bar_rows(edges, rows))
    cuts = _boundaries(distances)
    spans = list(zip([0, *cuts], [*cuts, len(distances)], strict=True))
    names = _names(distances, spans)
    return tuple(
        Section(name, float(edges[start]), float(edges[end])) for name, (start, end) in zip(names, spans, strict=True)
    )


def _bar_rows(edges: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the mean of what is heard in each bar, each row in deviations of its own.

    Shapes: edges (m + 1,) -> (m, b).
    """
    steps = np.clip(np.round(edges * STEPS_HZ).astype(int), 0, rows.shape[1])
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1, dtype=float)], axis=1)
    lengths = np.maximum(np.diff(steps), 1)
    means = (sums[:, steps[1:]] - sums[:, steps[:-1]]) / lengths
    return ((means - means.mean(axis=1, keepdims=True)) / (means.std(axis=1, keepdims=True) + 1e-9)).T


def _distances(bars: np.ndarray) -> np.ndarray:
    """Return how far each bar is from each other, 1 being the mean.

    A bar is compared together with the one after it, since two chords may take turns inside one section.
    """
    pairs = (bars + np.concatenate([bars[1:], bars[-1:]])) / 2
    squares = (pairs**2).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * pairs @ pairs.T, 0))
    return distances / (distances.mean() + 1e-9)


def _boundaries(distances: np.ndarray) -> list[int]:
    """Return the bars at which a section begins, the first one left out."""
    n = len(distances)
    novelty = np.zeros(n)
    for bar in range(2, n - 1):
        half = min(_KERNEL, bar, n - bar)
        before, after = slice(bar - half, bar), slice(bar, bar + half)
        across = distances[before, after].mean()
        inside = (distances[before, before].mean() + distances[after, after].mean()) / 2
        novelty[bar] = across - inside
    chosen: list[int] = []
    for bar in np.argsort(-novelty, kind="stable"):
        if novelty[bar] < _CONTRAST:
            break
        if all(abs(int(bar) - other) >= _LEAST for other in (*chosen, 0, n)):
            chosen.append(int(bar))
    return sorted(chosen)


def _names(distances: np.ndarray, spans: list[tuple[int, int]]) -> list[str]:
    """Return a letter for each section; one that resembles an earlier section gets that one's."""
    letters: list[int] = []
    for index, (start, end) in enumerate(spans):
        apart = {}
        for other, (low, high) in enumerate(spans[:index]):
            size = min(end - start, high - low)
            along = [
                float(distances[range(start + a, start + a + size), range(low + b, low + b + size)].mean())
                for a in range(end - start - size + 1)
                for b in range(high - low - size + 1)
            ]
            apart[other] = min(along)
        nearest = min(apart, key=apart.__getitem__, default=None)
        if nearest is not None and apart[nearest] < _ALIKE:
            letters.append(letters[nearest])
        else:
            letters.append(max(letters, default=-1) + 1)
    return [_letter(number) for number in letters]


def _letter(number: int) -> str:
    """Return A to Z, then AA and so on."""
    text = ""
    while number >= 0:
        text = chr(ord("A") + number % 26) + text
        number = number // 26 - 1
    return text
