"""What the moments of a label say about frames: how long ago, how long until, how many, how far between."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def since(moments: Values, others: Values, t: Values, never: Values) -> Values:
    """Return frames since the last moment at or before `t`, and `never` where there is none.

    Shapes: moments (m,) ascending, others (k,) ascending, t (n,), never () or (n,) -> (n,).
    """
    passed = np.searchsorted(moments, t, side="right")
    padded = np.concatenate(([0.0], moments))
    return np.where(passed > 0, t - padded[passed], never)


def until(moments: Values, others: Values, t: Values, never: Values) -> Values:
    """Return frames until the first moment after `t`, and `never` where there is none; shapes as `since`."""
    passed = np.searchsorted(moments, t, side="right")
    padded = np.concatenate((moments, [0.0]))
    return np.where(passed < len(moments), padded[passed] - t, never)


def count(moments: Values, others: Values, t: Values) -> Values:
    """Return the number of moments at or before `t`; shapes as `since`."""
    return np.searchsorted(moments, t, side="right").astype(np.float64)


def phase(moments: Values, others: Values, t: Values) -> Values:
    """Return how far `t` is from one moment to the next, 0 to below 1; shapes as `since`.

    Convention: the shot's first frame counts as a moment; after the last one the value stays 0.
    """
    bounds = np.union1d(moments, [0.0])
    passed = np.searchsorted(bounds, t, side="right")
    before, after = bounds[np.maximum(passed - 1, 0)], bounds[np.minimum(passed, len(bounds) - 1)]
    span = after - before
    return np.where(span > 0, (t - before) / np.where(span > 0, span, 1.0), 0.0)


def section(moments: Values, others: Values, t: Values) -> Values:
    """Return 1 where the last moment of all belongs to these and not to `others`, else 0; shapes as `since`."""
    nothing = np.full(len(t), np.inf)
    ours, theirs = since(moments, others, t, nothing), since(others, moments, t, nothing)
    return ((ours < np.inf) & (ours <= theirs)).astype(np.float64)


OF_LABELS: dict[str, Callable[..., Values]] = {
    "since": since,
    "until": until,
    "since_beat": since,
    "until_beat": until,
    "since_bar": since,
    "until_bar": until,
    "count": count,
    "phase": phase,
    "section": section,
}
