"""Draw the rows of a plot: shots, words, labels, curves, prompts and the ruler, each a function of page and sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .page import BAND, CUT, EDGE, FAINT, INK, LEFT, RIGHT, SOFT, WIDTH, Page, fitted, text_width
from .ruler import moments
from .tracks import Lane, Sheet, Span, Track

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {
    "camera": "#2b6a9b",
    "frame": "#2a7f7a",
    "look": "#8a4b86",
    "let": "#4c7a34",
    "signal": "#9a4a2a",
    "prompts": "#b06a1e",
}
AGAINST = "#b3261e"
LINE = 1.6


def draw_shots(page: Page, sheet: Sheet) -> None:
    """Draw the shots as blocks with their names and lengths."""
    axes = page.row(26, gap=4)
    _aside(page, "shots", 26)
    for index, span in enumerate(sheet.shots):
        axes.axvspan(span.start - 0.5, span.start + span.length - 0.5, color=("#dfe3e8", "#eceef1")[index % 2], lw=0)
        frames = f"  {span.length} frames, {span.length / sheet.fps:.3g} s"
        _block_text(axes, span, span.text, page, frames)


def draw_words(page: Page, name: str, spans: Sequence[Span]) -> None:
    """Draw the runs in which a word holds."""
    axes = page.row(20, gap=4)
    _aside(page, name, 20, size=9)
    for index, span in enumerate(spans):
        axes.axvspan(span.start - 0.5, span.start + span.length - 0.5, color=("#e9eff5", "#f4f7fa")[index % 2], lw=0)
        _block_text(axes, span, span.text, page)


def _block_text(axes: Axes, span: Span, text: str, page: Page, more: str = "") -> None:
    room = span.length * page.per_frame - 10
    size = next((size for size in (9, 8, 7) if text_width(text, size, "bold") <= room), 7)
    shown = fitted(text, size, room, "bold")
    style: dict[str, Any] = {"va": "center", "ha": "left", "parse_math": False}
    x = span.start - 0.5 + 6 / page.per_frame
    axes.text(x, 0.46, shown, size=size, weight="bold", color=INK, **style)
    left = room - text_width(shown, size, "bold")
    if more and shown and text_width(more, 8) <= left:
        axes.text(x + text_width(shown, size, "bold") / page.per_frame, 0.46, more, size=8, color=SOFT, **style)


def draw_labels(page: Page, labels: dict[str, tuple[int, ...]]) -> None:
    """Draw a row for each label, with a mark wherever it comes; its name stands beside few marks, or in the margin."""
    for name, frames in labels.items():
        axes = page.row(16, gap=1)
        axes.plot(frames, [0.45] * len(frames), "v", ms=5, color=SOFT, clip_on=False)
        if len(frames) > 3:
            _aside(page, name, 16, size=8, weight="normal", colour=SOFT)
        else:
            for frame in frames:
                is_late = frame > page.n_frames * 0.9
                x = frame + (-8 if is_late else 8) / page.per_frame
                side = "right" if is_late else "left"
                axes.text(x, 0.45, name, size=8, color=SOFT, va="center", ha=side, parse_math=False)


def _aside(page: Page, text: str, height: float, *, size: float = 10, weight: str = "bold", colour: str = INK) -> None:
    """Write a row's name in the margin; the row was drawn just now."""
    y = _top(page) + height / 2
    page.write(
        fitted(text, size, LEFT - EDGE - 20, weight), EDGE, y, size=size, weight=weight, va="center", color=colour
    )


def _top(page: Page) -> float:
    """Return where the row drawn last begins."""
    box = page.figure.axes[-1].get_position()
    return (1 - box.y1) * page.height


def draw_track(page: Page, sheet: Sheet, track: Track, height: float) -> None:
    """Draw a value: a line for each shot, dots at its keys, and a band where it changes inside a frame's denoising."""
    axes = page.row(height, gap=12)
    colour = COLOURS[track.name.split(".")[0]]
    low, high = _range(track)
    axes.set_ylim(low, high)
    _ground(axes, sheet, page)
    if track.neutral is not None and low < track.neutral < high:
        axes.axhline(track.neutral, color=CUT, lw=0.7, dashes=(4, 3))
    drawn: Literal["steps-mid", "default"] = "steps-mid" if track.is_whole else "default"
    for span in sheet.shots:
        here = slice(span.start, span.start + span.length)
        x = np.arange(span.start, span.start + span.length)
        if track.is_banded:
            step: Literal["mid"] | None = "mid" if track.is_whole else None
            axes.fill_between(x, track.low[here], track.high[here], color=colour, alpha=0.16, lw=0, step=step)
        if span.length == 1:
            axes.plot(x, track.mean[here], ".", color=colour, ms=4)
        axes.plot(x, track.mean[here], color=colour, lw=LINE, solid_capstyle="butt", drawstyle=drawn)
    axes.plot(
        track.keys, track.mean[track.keys], "o", ms=5, color=colour, mec="white", mew=0.9, clip_on=False, zorder=5
    )
    _ticks(axes, track)
    top, unit = _top(page), track.unit
    if track.is_banded:
        unit = f"{unit}; band: over the steps" if unit else "band: over the steps"
    page.write(fitted(track.name, 10, LEFT - EDGE - 20, "bold"), EDGE, top + 2, size=10, weight="bold", color=colour)
    page.write(fitted(unit, 8, LEFT - EDGE - 62), EDGE, top + 21, size=8, color=SOFT)


def _range(track: Track) -> tuple[float, float]:
    low, high = float(track.low.min()), float(track.high.max())
    pad = (high - low) * 0.14 or abs(low) * 0.1 or 1.0
    return low - pad, high + pad


def _ticks(axes: Axes, track: Track) -> None:
    """Mark the least and the greatest value, and the neutral one where it has room between them."""
    low, high = float(track.low.min()), float(track.high.max())
    found = [low, high] if high > low else [low]
    neutral = track.neutral
    if neutral is not None and low < neutral < high and min(neutral - low, high - neutral) > 0.24 * (high - low):
        found.append(neutral)
    axes.set_yticks(found, [f"{value:.4g}" for value in found], size=8, color=SOFT)
    axes.tick_params(axis="y", length=3, color=CUT, pad=3)


def _ground(axes: Axes, sheet: Sheet, page: Page) -> None:
    """Draw what all panels share: the shots' ground, fine lines of time, cuts, and labels that come a few times."""
    for index, span in enumerate(sheet.shots):
        axes.axvspan(
            span.start - 0.5, span.start + span.length - 0.5, color=(BAND, "#fbfbfc")[index % 2], lw=0, zorder=-3
        )
        if index:
            axes.axvline(span.start - 0.5, color=CUT, lw=1.1, zorder=-1)
    for x in moments(sheet, page.per_frame):
        axes.axvline(x, color=FAINT, lw=0.8, zorder=-2)
    for frames in sheet.labels.values():
        for frame in frames if len(frames) <= 12 else ():
            axes.axvline(frame, color=SOFT, lw=0.8, ls=(0, (1, 3)), zorder=-1)


def draw_lane(page: Page, sheet: Sheet, lane: Lane, height: float, largest: float, *, is_first: bool) -> None:
    """Draw a prompt: its text, and under it its weight; the part that is on the way to another prompt is lighter."""
    axes = page.row(height, gap=6)
    axes.set_ylim(0, largest * height / (height - 17))
    _ground(axes, sheet, page)
    size, colour = np.abs(lane.weight), AGAINST if (lane.weight < 0).any() else COLOURS["prompts"]
    plain = np.maximum(size - np.abs(lane.shared), 0)
    for span in sheet.shots:
        here = slice(span.start, span.start + span.length)
        ends = [span.start - 0.5, *range(span.start, span.start + span.length), span.start + span.length - 0.5]
        x, whole, full = np.array(ends), np.pad(plain[here], 1, "edge"), np.pad(size[here], 1, "edge")
        is_there = np.convolve(full > 0, np.ones(3), "same") > 0
        axes.fill_between(x, 0, full, color=colour, alpha=0.2, lw=0)
        axes.fill_between(x, 0, whole, color=colour, alpha=0.3, lw=0)
        axes.plot(x, np.where(is_there, full, np.nan), color=colour, lw=1.2, solid_capstyle="butt")
    text = ("picture " if lane.is_image else "") + lane.label
    shown = fitted(text, 9, WIDTH - LEFT - RIGHT - 12)
    first = int(np.flatnonzero(size)[0]) if size.any() else 0
    latest = page.n_frames - (text_width(shown, 9) + 8) / page.per_frame
    place = max(-0.5 + 4 / page.per_frame, min(first - 0.5 + 4 / page.per_frame, latest))
    paper = {"facecolor": BAND, "edgecolor": "none", "pad": 0.6}
    axes.text(place, axes.get_ylim()[1], shown, size=9, color=INK, va="top", ha="left", parse_math=False, bbox=paper)
    if is_first:
        page.write("prompts", EDGE, _top(page) + 2, size=10, weight="bold", color=COLOURS["prompts"])
    page.write(_weight_note(lane), EDGE, _top(page) + 21, size=8, color=SOFT)


def _weight_note(lane: Lane) -> str:
    there = lane.weight[lane.weight != 0]
    if not len(there):
        return "weight 0"
    low, high = float(there.min()), float(there.max())
    said = (
        f"weight {high:.3g}"
        if high == low
        else f"weight up to {high:.3g}"
        if low >= 0
        else f"weight {low:.3g} to {high:.3g}"
    )
    return f"{said}, blended" if lane.shared.any() else said
