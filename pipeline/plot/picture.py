"""Put the rows of a plot under one another on a page that is as high as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .page import EDGE, SOFT, WIDTH, Page, fitted, text_width
from .rows import draw_labels, draw_lane, draw_shots, draw_track, draw_words
from .ruler import draw_ruler
from .tracks import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADING, LANE, FOOT = 46, 46, 17
TALL, LOW = 92, 62  # a curve's height where there are few and where there are many


def draw(sheet: Sheet) -> Figure:
    """Return the figure of a film's values."""
    lines = footer_lines(sheet)
    tall = TALL if len(sheet.tracks) <= 10 else LOW
    page = Page(_height(sheet, len(lines), tall), sheet.n_frames)
    name = sheet.name
    page.write(name, EDGE, 12, size=14, weight="bold")
    left = EDGE + text_width(name, 14, "bold") + 16
    page.write(fitted(sheet.about, 9, WIDTH - left - EDGE), left, 18, size=9, color=SOFT)
    page.at = HEADING
    draw_shots(page, sheet)
    for word, spans in sheet.words.items():
        draw_words(page, word, spans)
    draw_labels(page, sheet.labels)
    page.at += 8
    for track in sheet.tracks:
        draw_track(page, sheet, track, tall)
    largest = max((float(np.abs(lane.weight).max()) for lane in sheet.lanes), default=1.0) or 1.0
    for number, lane in enumerate(sheet.lanes):
        draw_lane(page, sheet, lane, LANE, largest, is_first=number == 0)
    page.at += 2
    draw_ruler(page, sheet)
    for number, line in enumerate(lines):
        page.write(line, EDGE, page.at + 12 + number * FOOT, size=8, color=SOFT)
    return page.figure


def _height(sheet: Sheet, n_lines: int, tall: int) -> int:
    ruler = 22 * (2 if sheet.bpm is None else 3) + 2
    rows = 30 + 24 * len(sheet.words) + 17 * len(sheet.labels) + 8
    panels = (tall + 12) * len(sheet.tracks) + (LANE + 6) * len(sheet.lanes)
    return HEADING + rows + panels + ruler + (FOOT * n_lines + 12 if n_lines else 0) + 14


def footer_lines(sheet: Sheet) -> list[str]:
    """Return the notes on what is not drawn, joined into lines that fit the page."""
    lines: list[str] = []
    for note in sheet.notes:
        longer = f"{lines[-1]} · {note}" if lines else f"standing still: {note}"
        if lines and text_width(longer, 8) > WIDTH - 2 * EDGE:
            lines.append(note)
        else:
            lines[-1:] = [longer]
    return lines
