"""Choose round moments for a ruler, in frames, seconds and bars, so that their texts do not touch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..schedule.song.beat_grid import BAR, BeatGrid
from .page import CUT, EDGE, INK, SOFT, Page
from .tracks import Sheet

FRAMES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600)
BARS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
APART = 76


def draw_ruler(page: Page, sheet: Sheet) -> None:
    """Draw the rows of the ruler below the panels; bars only where there is a tempo."""
    rows = [("frame", frame_ticks(sheet, page.per_frame)), ("second", second_ticks(sheet, page.per_frame))]
    if sheet.bpm is not None:
        rows.append(("bar (and beat)", bar_ticks(sheet, page.per_frame)))
    for name, ticks in rows:
        axes = page.row(20, gap=2)
        axes.axhline(1, color=CUT, lw=0.8)
        for x, text in ticks:
            axes.plot([x, x], [0.78, 1], color=CUT, lw=0.8)
            axes.text(x, 0.68, text, size=8, color=INK, va="top", ha="center", clip_on=False)
        page.write(name, EDGE, page.at - 12, size=8, color=SOFT, va="center")


def moments(sheet: Sheet, per_frame: float) -> list[float]:
    """Return where fine lines go through the panels: at bars where there is a tempo, else at seconds."""
    ticks = second_ticks(sheet, per_frame) if sheet.bpm is None else bar_ticks(sheet, per_frame)
    return [x for x, _ in ticks]


def frame_ticks(sheet: Sheet, per_frame: float) -> list[tuple[float, str]]:
    """Return places and texts of round frames."""
    step = _step(FRAMES, per_frame)
    return [(float(x), str(x)) for x in range(0, sheet.n_frames, int(step))]


def second_ticks(sheet: Sheet, per_frame: float) -> list[tuple[float, str]]:
    """Return places and texts of round seconds, with minutes in films that have one."""
    step = _step(SECONDS, per_frame * sheet.fps)
    last = (sheet.n_frames - 1) / sheet.fps
    return [(s * sheet.fps, _clock(s, last)) for s in _places(step, last)]


def bar_ticks(sheet: Sheet, per_frame: float) -> list[tuple[float, str]]:
    """Return places and texts of bars, from 1, and of the beats in them where there is room."""
    if sheet.grid is not None:
        return _song_ticks(sheet, sheet.grid, per_frame)
    assert sheet.bpm is not None
    beat = sheet.fps * 60 / sheet.bpm
    last = (sheet.n_frames - 1) / beat
    per_bar = sheet.beats_per_bar
    if per_bar == int(per_bar) and beat * per_frame >= APART:
        return [(b * beat, _bar(int(b), int(per_bar))) for b in _places(1, last)]
    step = _step(BARS, beat * per_bar * per_frame)
    return [(bar * per_bar * beat, f"{bar + 1:g}") for bar in _places(step, last / per_bar)]


def _song_ticks(sheet: Sheet, grid: BeatGrid, per_frame: float) -> list[tuple[float, str]]:
    """Return places and texts of the music's bars, those before its first downbeat left out."""
    per_bar = sheet.fps * 60 / grid.bpm * grid.tempo.beats_per_bar * per_frame
    step, last = _step(BARS, per_bar), float(sheet.n_frames - 1)
    first, end = np.ceil(grid.number(BAR, np.array([0.0, last])) / step - 1e-6) * step
    bars = np.arange(max(first, 0.0), end + step, step)
    return [(x, f"{bar + 1:g}") for bar, x in zip(bars, grid.frame(BAR, bars).tolist(), strict=True) if 0 <= x <= last]


def _bar(beat: int, per_bar: int) -> str:
    bar, rest = divmod(beat, per_bar)
    return f"{bar + 1}.{rest + 1}" if rest else str(bar + 1)


def _clock(seconds: float, last: float) -> str:
    if last < 60:
        return f"{seconds:g}"
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:02.0f}" if rest == int(rest) else f"{int(minutes)}:{rest:04.1f}"


def _places(step: float, last: float) -> Iterator[float]:
    return (round(index * step, 6) for index in range(int(np.floor(last / step + 1e-9)) + 1))


def _step(known: tuple[float, ...], pixels: float) -> float:
    """Return the least step whose marks are far enough from one another; `pixels` is how far a step of 1 goes."""
    return next((step for step in known if step * pixels >= APART), known[-1])
