"""The parts of a song, by where its bars stop resembling those before and which parts resemble one another.

Names are letters in order of appearance: the same letter is the same music, which only a listener can call a chorus.
"""

from __future__ import annotations

import numpy as np

from .song import Section
from .spectrum import STEPS_HZ

_SPANS = (4, 8)  # bars to either side of a boundary: as long as chords take to come round
_LEAST = 4  # bars of a section
_CONTRAST = 0.15  # of the usual distance between bars: less is no boundary
_OUTSTANDING = 0.5  # of a boundary's novelty: by so much it must stand above what is least near it on either side
_ALIKE = 0.35  # of the usual distance between bars: sections nearer than this are the same
_STILL = 0.05  # deviation from bar to bar of a signal from 0 to 1 that says nothing yet
_MOST_BARS = 2000


def find_sections(starts_s: np.ndarray, duration_s: float, rows: np.ndarray) -> tuple[Section, ...]:
    """Return the sections of a song, from its beginning to its end without a gap.

    Shapes: starts_s (m,), where bars begin; rows (b, n), what is heard at each step.
    Source: novelty along the bars after Foote 2000, with the means of whole phrases in place of single bars, so that
        chords that take turns inside a section are no news.
    """
    least = 0.5 * float(np.median(np.diff(starts_s))) if len(starts_s) > 1 else 0.0  # no scrap of a bar at either end
    inside = starts_s[(starts_s > least) & (starts_s < duration_s - least)][:_MOST_BARS]
    edges = np.concatenate([[0.0], inside, [duration_s]])
    if duration_s <= 0:
        return ()
    if len(edges) < 2 * _LEAST + 1:
        return (Section("A", 0.0, duration_s),)
    bars = _bar_rows(edges, rows)
    cuts = _boundaries(bars)
    spans = list(zip([0, *cuts], [*cuts, len(bars)], strict=True))
    names = _names(np.stack([bars[start:end].mean(axis=0) for start, end in spans]))
    return tuple(
        Section(name, float(edges[start]), float(edges[end])) for name, (start, end) in zip(names, spans, strict=True)
    )


def _bar_rows(edges: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the mean of what is heard in each bar, in units of the usual distance; what hardly moves counts little.

    Shapes: edges (m + 1,) -> (m, b).
    """
    steps = np.clip(np.round(edges * STEPS_HZ).astype(int), 0, rows.shape[1])
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1, dtype=float)], axis=1)
    lengths = np.maximum(np.diff(steps), 1)
    means = (sums[:, steps[1:]] - sums[:, steps[:-1]]) / lengths
    bars = ((means - means.mean(axis=1, keepdims=True)) / np.maximum(means.std(axis=1, keepdims=True), _STILL)).T
    usual = np.sqrt(2 * (bars**2).sum(axis=1).mean())  # root mean square distance of any two bars
    return bars / max(float(usual), 1.0)


def _boundaries(bars: np.ndarray) -> list[int]:
    """Return the bars at which a section begins, the first one left out."""
    n = len(bars)
    novelty = np.array([_news(bars, bar) for bar in range(n + 1)])
    chosen: list[int] = []
    for bar in np.argsort(-novelty, kind="stable"):
        if novelty[bar] < _CONTRAST:
            break
        if _stands_out(novelty, int(bar)) and all(abs(int(bar) - other) >= _LEAST for other in (*chosen, 0, n)):
            chosen.append(int(bar))
    return sorted(chosen)


def _news(bars: np.ndarray, bar: int) -> float:
    """Return how far the phrases after a bar's beginning are from those before."""
    spans = [span for span in _SPANS if span <= min(bar, len(bars) - bar)]
    changes = [bars[bar : bar + span].mean(axis=0) - bars[bar - span : bar].mean(axis=0) for span in spans]
    return float(np.mean([np.linalg.norm(change) for change in changes])) if changes else 0.0


def _stands_out(novelty: np.ndarray, bar: int) -> bool:
    """Tell whether news is little on both sides of a bar; where an end hides that, there must be much of it."""
    reach, last = _SPANS[-1], len(novelty) - 1
    sides = []
    if bar - _LEAST >= _LEAST:
        sides.append(novelty[max(bar - reach, _LEAST) : bar])
    if last - _LEAST - bar >= _LEAST:
        sides.append(novelty[bar + 1 : min(bar + reach, last - _LEAST) + 1])
    if len(sides) < 2 and novelty[bar] < _ALIKE:
        return False
    return all(float(side.min()) <= (1 - _OUTSTANDING) * novelty[bar] for side in sides)


def _names(means: np.ndarray) -> list[str]:
    """Return a letter for each section: that of the earlier section it resembles most, never its neighbour's."""
    letters: list[int] = []
    for index, mean in enumerate(means):
        apart = np.linalg.norm(means[:index] - mean, axis=1)
        apart[np.array(letters, dtype=int) == letters[-1] if letters else slice(0)] = np.inf
        if apart.min(initial=np.inf) < _ALIKE:
            letters.append(letters[int(apart.argmin())])
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
