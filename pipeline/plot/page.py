"""Lay rows of given heights on one page, all over the same frames; measure and shorten texts that must fit.

Everything is counted in pixels of a page 1600 wide, from its top, because a text's size is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, LEFT, RIGHT, EDGE, DPI = 1600, 262, 26, 20, 100
INK, SOFT, FAINT, BAND, CUT = "#1f2328", "#6b7280", "#e3e5e8", "#f5f6f7", "#9aa1ab"


@dataclass(slots=True)
class Page:
    """A page of a height known beforehand, filled from the top."""

    height: int
    n_frames: int
    figure: Figure = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        from matplotlib.figure import Figure

        self.figure = Figure(figsize=(WIDTH / DPI, self.height / DPI), dpi=DPI, facecolor="white")

    def row(self, height: float, *, gap: float = 0.0) -> Axes:
        """Return axes over all frames, `height` pixels high, and leave a gap below."""
        top = self.at
        self.at += height + gap
        box = (LEFT / WIDTH, 1 - (top + height) / self.height, (WIDTH - LEFT - RIGHT) / WIDTH, height / self.height)
        axes = self.figure.add_axes(box)
        axes.set_xlim(-0.5, self.n_frames - 0.5)
        axes.set_ylim(0, 1)
        axes.set_yticks([])
        axes.set_xticks([])
        axes.set_facecolor("none")
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def write(self, text: str, x: float, y: float, **style: Any) -> None:
        """Write text at a place of the page, from its left and top edges unless the style says otherwise."""
        said = {"size": 9, "color": INK, "va": "top", "ha": "left", **style}
        self.figure.text(x / WIDTH, 1 - y / self.height, text, parse_math=False, **said)

    @property
    def per_frame(self) -> float:
        """Pixels from one frame to the next."""
        return (WIDTH - LEFT - RIGHT) / self.n_frames


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Return how wide a text comes out, in pixels."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    font = get_font(fontManager.findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(size, DPI)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0] / 64)


def fitted(text: str, size: float, room: float, weight: str = "normal") -> str:
    """Return a text cut, with three dots, to what has room; nothing where not even a few letters have."""
    text = text[:400]
    if text_width(text, size, weight) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + "…", size, weight) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…" if low > 1 else ""
