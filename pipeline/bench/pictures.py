"""Draw what a benchmark found, one row of panels for each machine, with what was aimed at as a line or a band.

What meets its aim is blue, what misses it red, what only stands beside it grey.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import singledispatch
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from .findings import Bar, Bars, Lines, Panel, Ranges

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, SOFT, FAINT, BAND = "#1f2328", "#6b7280", "#e3e5e8", "#eaf2ec"
GOOD, BAD, BESIDE, AIM = "#2b6a9b", "#b3261e", "#b9bfc7", "#4c7a34"
SHADES: Final = ("#1d4f78", "#2b6a9b", "#6aa0c7", "#b5cfe2", "#dbe7f0", "#eef3f7")  # of the parts of one bar
COLOURS: Final = (
    *("#2b6a9b", "#b06a1e", "#4c7a34", "#8a4b86", "#2a7f7a", "#b3261e"),
    *("#6b7280", "#c9a227", "#6aa0c7", "#d58a94", "#7fb069", "#3d3d5c"),
)
WIDTH, DPI = 10.5, 120  # inches, and pixels in one
HEADING, AROUND, ROOM, LEAST = 0.4, 0.9, 0.31, 1.1  # of a row of panels: inches above and around, for a bar, at least
_SMALL: Final[Any] = {"fontsize": 7.5, "va": "bottom", "textcoords": "offset points"}
STYLE: Final[Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.edgecolor": BESIDE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.6,
    "lines.markersize": 4,
    "text.parse_math": False,
}


def picture(rows: Sequence[tuple[str, Sequence[Panel]]]) -> bytes:
    """Return a PNG of rows of panels, each under its heading; the same for the same findings."""
    import matplotlib
    from matplotlib.figure import Figure

    heights = [HEADING + AROUND + max(_height(panel) for panel in panels) for _, panels in rows]
    data = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure(figsize=(WIDTH, sum(heights)), dpi=DPI, facecolor="white", layout="constrained")
        parts = figure.subfigures(len(rows), 1, squeeze=False, height_ratios=heights)[:, 0]
        for part, (heading, panels) in zip(parts, rows, strict=True):
            part.suptitle(heading, x=0.01, ha="left", fontsize=9, color=SOFT)
            for axes, panel in zip(part.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
                axes.set_title(panel.title)
                draw(panel, axes)
        figure.savefig(data, format="png", metadata={"Software": None})
    return data.getvalue()


def _height(panel: Panel) -> float:
    if isinstance(panel, Lines):
        return 2.4
    rows = panel.bars if isinstance(panel, Bars) else panel.rows
    return max(LEAST, (ROOM if isinstance(panel, Bars) else 2 * ROOM) * len(rows))


@singledispatch
def draw(panel: Panel, axes: Axes) -> None:
    """Draw one panel into its axes."""
    raise NotImplementedError(f"no way to draw {type(panel).__name__}")


@draw.register(Bars)
def _bars(panel: Bars, axes: Axes) -> None:
    named = list(dict.fromkeys(part for bar in panel.bars for part in bar.parts if part))
    ends = [max(bar.whole, bar.could, bar.aim or 0.0) for bar in panel.bars]
    furthest, least = max(ends) or 1.0, min(0.0, *(bar.whole for bar in panel.bars))
    for row, (bar, end) in enumerate(zip(panel.bars, ends, strict=True)):
        if bar.could:
            axes.barh(row, bar.could, height=0.62, color=FAINT)
        left = 0.0
        for part, length in bar.parts.items():
            axes.barh(row, length, left=left, height=0.62, color=_colour(bar, part, named))
            left += length
        if bar.aim is not None:
            axes.plot([bar.aim] * 2, [row - 0.42, row + 0.42], color=AIM, lw=2.2, solid_capstyle="butt")
            said = f"at {'least' if bar.at_least else 'most'} {panel.form.format(bar.aim)}"
            axes.annotate(said, (bar.aim, row - 0.42), (0, 1.5), **_SMALL, color=AIM, ha="center")
        is_clear = bar.aim is not None and bar.whole < 0.7 * bar.aim
        near, colour = bar.whole if is_clear else end, BAD if bar.misses else SOFT if bar.beside else INK
        axes.annotate(_number(panel, bar), (near, row), (5, 0), textcoords="offset points", va="center", color=colour)
    axes.set_yticks(range(len(panel.bars)), [bar.name for bar in panel.bars], color=INK)
    axes.set_ylim(len(panel.bars) - 0.5, -0.5 if panel.bars[0].aim is None else -0.8)
    axes.set_xlim(1.15 * least, furthest * (1.12 + 0.03 * max(len(_number(panel, bar)) for bar in panel.bars)))
    axes.set_xlabel(panel.unit)
    _only_across(axes)
    if named:
        from matplotlib.patches import Patch

        shown = [Patch(color=SHADES[n % len(SHADES)], label=name) for n, name in enumerate(named)]
        axes.legend(handles=shown, ncols=len(shown), loc="lower right", bbox_to_anchor=(1.0, 1.0), borderpad=0.1)


def _number(panel: Bars, bar: Bar) -> str:
    return f"{panel.form.format(bar.whole)}  {bar.note}".rstrip()


def _only_across(axes: Axes) -> None:
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=FAINT, lw=0.8)


def _colour(bar: Bar, part: str, named: Sequence[str]) -> str:
    if bar.beside:
        return BESIDE
    if part:
        return SHADES[named.index(part) % len(SHADES)]
    return BAD if bar.misses else GOOD


@draw.register(Lines)
def _lines(panel: Lines, axes: Axes) -> None:
    if panel.band is not None:
        axes.axhspan(*panel.band, color=BAND, lw=0, label="aim: inside")
    if panel.aim is not None:
        axes.axhline(panel.aim, color=AIM, lw=2.2, label="aim, at most")
    for line, colour in zip(panel.lines, _colours(len(panel.lines)), strict=True):
        if panel.is_fitted:
            ends = np.array([0.0, max(line.x)])
            axes.plot(ends, np.polyval(np.polyfit(line.x, line.y, 1), ends), color=BESIDE)
            axes.plot(line.x, line.y, "o", color=colour, ms=5.5, label=line.name or None)
        else:
            axes.plot(line.x, line.y, "o-" if len(line.x) <= 40 else "-", color=colour, label=line.name or None)
    if panel.is_log:
        axes.loglog()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:,g}")
    elif panel.band is not None:
        reach = 1.15 * max(*map(abs, panel.band), *(abs(value) for line in panel.lines for value in line.y))
        axes.set_ylim(-reach, reach)
    else:
        axes.set_ylim(0, 1.12 * max(max(line.y) for line in panel.lines) or 1.0)
    axes.set_xlabel(panel.x_unit)
    axes.set_ylabel(panel.y_unit)
    axes.grid(color=FAINT, lw=0.8)
    handles, labels = axes.get_legend_handles_labels()
    if len(handles) > 5:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    elif labels:
        axes.legend(loc="best")


def _colours(count: int) -> list[str]:
    return [COLOURS[n % len(COLOURS)] for n in range(count)]


@draw.register(Ranges)
def _ranges(panel: Ranges, axes: Axes) -> None:
    axes.axvspan(*panel.band, color=BAND, lw=0, label="aim: inside")
    axes.axvline(0.0, color=BESIDE, lw=1.0)
    for row, values in enumerate(panel.rows.values()):
        middle = median(values)
        colour = GOOD if panel.band[0] <= middle <= panel.band[1] else BAD
        reach = [[middle - min(values)], [max(values) - middle]]
        axes.errorbar(middle, row, xerr=reach, fmt="o", color=colour, ms=7, capsize=5, elinewidth=2, capthick=2)
        axes.annotate(f"{middle:+.1f}", (middle, row), (0, 9), textcoords="offset points", ha="center", color=colour)
    axes.set_yticks(range(len(panel.rows)), [*panel.rows], color=INK)
    axes.set_ylim(len(panel.rows) - 0.4, -0.6)
    furthest = max(abs(value) for value in (*panel.band, *(one for row in panel.rows.values() for one in row)))
    axes.set_xlim(-1.15 * furthest, 1.15 * furthest)
    axes.set_xlabel(panel.unit)
    _only_across(axes)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.99), borderpad=0.1)
