"""Draw what was heard in a song: waveform, sections, bars and signals over one ruler of seconds.

Each column of pixels reads the signals as a frame would that is shown as long, so a short blow is never missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..listen import Song
from .page import BAND, CUT, EDGE, FAINT, INK, LEFT, RIGHT, SOFT, WIDTH, Page, fitted, text_width
from .ruler import APART, SECONDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = WIDTH - LEFT - RIGHT
WAVE, ROW, HEADING, RULER = 90, 40, 46, 40
COLOURS = {"level": "#2b6a9b", "colour": "#8a4b86", "blow": "#b06a1e", "note": "#4c7a34"}
KINDS = {"onset": "blow", "kick": "blow", "snare": "blow", "hat": "blow", "centroid": "colour", "flatness": "colour"}
KINDS |= {"pitch": "note", "key_hue": "note"}
_SHADES = ("#dfe3e8", "#e6ecf2", "#e9e4ee", "#e6eee2", "#f2ebe0", "#efe4e2")


def draw_song(song: Song, name: str) -> Figure:
    """Return the figure of a song."""
    names = [one for one in song.signal_names if not one.startswith("chroma_")]
    has_notes = len(names) < len(song.signal_names)
    height = HEADING + 30 + WAVE + 12 + (ROW + 8) * len(names) + (ROW + 44) * has_notes + RULER
    page = Page(height, COLUMNS)
    page.write(fitted(name, 14, 600, "bold"), EDGE, 12, size=14, weight="bold")
    left = EDGE + text_width(fitted(name, 14, 600, "bold"), 14, "bold") + 16
    page.write(fitted(song.about, 9, WIDTH - left - EDGE), left, 18, size=9, color=SOFT)
    page.at = HEADING
    width_s = song.duration_s / COLUMNS
    starts = np.arange(COLUMNS) * width_s
    _sections(page, song)
    _wave(page, song, starts, width_s)
    for one in names:
        axes = _panel(page, song, ROW, one)
        colour = COLOURS[KINDS.get(one, "level")]
        values = song.signal(one, starts, width_s)
        if one == "key_hue":
            axes.plot(np.arange(COLUMNS), values, ".", ms=1.5, color=colour)
        else:
            axes.fill_between(np.arange(COLUMNS), 0, values, color=colour, alpha=0.55, lw=0)
        axes.set_ylim(0, max(1.05, float(values.max(initial=0.0))))
    if has_notes:
        _notes(page, song, starts, width_s)
    _ruler(page, song)
    return page.figure


def _x(song: Song, seconds: np.ndarray | float) -> np.ndarray:
    return np.asarray(seconds) / max(song.duration_s, 1e-9) * COLUMNS - 0.5


def _panel(page: Page, song: Song, height: float, name: str) -> Axes:
    """Return axes over the whole song, with its bars or, where those are too near, its sections as fine lines."""
    axes = page.row(height, gap=8)
    axes.axhspan(0, 1, color=BAND, lw=0, zorder=-3)
    lines = _x(song, song.tempo.downbeats)
    if len(lines) > 1 and np.diff(lines).min() < 6:
        lines = _x(song, np.array([one.start_s for one in song.sections]))
    for x in lines:
        axes.axvline(x, color=FAINT, lw=0.8, zorder=-2)
    page.write(name, EDGE, page.at - 8 - height / 2, size=9, weight="bold", color=INK, va="center")
    return axes


def _sections(page: Page, song: Song) -> None:
    axes = page.row(26, gap=4)
    page.write("sections", EDGE, page.at - 17, size=10, weight="bold", va="center")
    shades: dict[str, str] = {}
    for section in song.sections:
        shade = shades.setdefault(section.name, _SHADES[len(shades) % len(_SHADES)])
        low, high = (float(_x(song, at)) for at in (section.start_s, section.end_s))
        axes.axvspan(low, high, color=shade, lw=0)
        axes.axvline(low, color=CUT, lw=0.8)
        text = fitted(section.name, 9, high - low - 10, "bold")
        axes.text(low + 6, 0.46, text, size=9, weight="bold", color=INK, va="center", parse_math=False)


def _wave(page: Page, song: Song, starts: np.ndarray, width_s: float) -> None:
    axes = _panel(page, song, WAVE, "waveform")
    level = song.signal("rms", starts, width_s)
    top = max(float(level.max(initial=0.0)), 1e-9)
    axes.fill_between(np.arange(COLUMNS), 0.5 - level / top / 2, 0.5 + level / top / 2, color=INK, alpha=0.6, lw=0)
    beats, downbeats = _x(song, song.tempo.beats), _x(song, song.tempo.downbeats)
    if len(beats) > 1 and np.diff(beats).min() >= 3:
        axes.vlines(beats, 0, 0.12, color=COLOURS["blow"], lw=0.8)
    axes.vlines(downbeats, 0, 0.25, color=COLOURS["blow"], lw=1.2)


def _notes(page: Page, song: Song, starts: np.ndarray, width_s: float) -> None:
    axes = _panel(page, song, ROW + 36, "chroma, c to b")
    rows = [song.signal(one, starts, width_s) for one in song.signal_names if one.startswith("chroma_")]
    shown = np.clip(np.stack(rows), 0, 1)
    axes.imshow(
        shown, aspect="auto", origin="lower", extent=(-0.5, COLUMNS - 0.5, 0, 1), cmap="Greens", interpolation="nearest"
    )


def _ruler(page: Page, song: Song) -> None:
    axes = page.row(20)
    axes.axhline(1, color=CUT, lw=0.8)
    step = next((one for one in SECONDS if one * COLUMNS / max(song.duration_s, 1e-9) >= APART), SECONDS[-1])
    for index in range(int(song.duration_s / step) + 1):
        seconds = round(index * step, 6)
        x = float(_x(song, seconds))
        axes.plot([x, x], [0.78, 1], color=CUT, lw=0.8)
        text = f"{seconds:g}" if song.duration_s < 60 else f"{int(seconds // 60)}:{seconds % 60:02.0f}"
        axes.text(x, 0.68, text, size=8, color=INK, va="top", ha="center", clip_on=False)
    page.write("second", EDGE, page.at - 10, size=8, color=SOFT, va="center")
