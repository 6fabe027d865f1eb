"""Text as pixels, in the typeface that comes with matplotlib, and what is written about prompts and moments.

A rendered text is kept and given out again, so treat the array as fixed. Pillow draws; matplotlib itself, which is slow
to import, is only asked where it lies.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from ..types import WeightedPrompt

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

Colour = tuple[int, int, int]
PAPER: Colour = (20, 21, 26)
INK: Colour = (226, 228, 234)
FAINT: Colour = (138, 142, 156)
ELLIPSIS = "…"


@lru_cache(maxsize=64)
def font(px: int, *, bold: bool = False) -> FreeTypeFont:
    """Return DejaVu Sans of a size in pixels.

    Raises: UsageError where matplotlib's typefaces are not installed.
    """
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise UsageError("captions: matplotlib, whose typeface they use, is not installed; install the package again")
    path = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / name
    try:
        return ImageFont.truetype(str(path), px)
    except OSError as fault:
        raise UsageError(f"{path}: the typeface of the captions cannot be read; install matplotlib again") from fault


def line_height(px: int) -> int:
    """Return the height in pixels of one line of text."""
    ascent, descent = font(px).getmetrics()
    return ascent + descent


@lru_cache(maxsize=8192)
def text_width(text: str, px: int, *, bold: bool = False) -> int:
    """Return how wide a text of one line is, in whole pixels."""
    return int(np.ceil(font(px, bold=bold).getlength(text)))


@lru_cache(maxsize=4096)
def line(text: str, px: int, *, ink: Colour = INK, paper: Colour = PAPER, bold: bool = False) -> np.ndarray:
    """Render one line of text.

    Shapes: uint8 (line_height(px), width of the text, 3), not to be written to.
    """
    from PIL import Image, ImageDraw

    face = font(px, bold=bold)
    picture = Image.new("RGB", (max(1, text_width(text, px, bold=bold)), line_height(px)), paper)
    ImageDraw.Draw(picture).text((0, 0), text, fill=ink, font=face)
    pixels = np.asarray(picture)
    pixels.setflags(write=False)
    return pixels


def put(canvas: np.ndarray, pixels: np.ndarray, x: int, y: int) -> None:
    """Copy pixels onto a canvas with their upper left corner at (x, y); what would lie outside is left out."""
    height, width = canvas.shape[:2]
    left, top = max(0, x), max(0, y)
    right, bottom = min(width, x + pixels.shape[1]), min(height, y + pixels.shape[0])
    if left < right and top < bottom:
        canvas[top:bottom, left:right] = pixels[top - y : bottom - y, left - x : right - x]


@lru_cache(maxsize=4096)
def elide(text: str, px: int, width: int) -> str:
    """Return the text, or as much of it as fits into `width` pixels with an ellipsis after it."""
    if text_width(text, px) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + ELLIPSIS, px) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


@lru_cache(maxsize=1024)
def wrap(text: str, px: int, width: int, n_lines: int) -> tuple[str, ...]:
    """Break a text into at most `n_lines` lines of `width` pixels, between words where it can be; elide the rest."""
    words, lines = text.split(), list[str]()
    while words and len(lines) < n_lines - 1:
        if text_width(words[0], px) > width:
            fitting = max(1, len(elide(words[0], px, width)) - 1)
            words[:1] = [words[0][:fitting], words[0][fitting:]]
        taken = 1
        while taken < len(words) and text_width(" ".join(words[: taken + 1]), px) <= width:
            taken += 1
        lines.append(" ".join(words[:taken]))
        words = words[taken:]
    if words:
        lines.append(elide(" ".join(words), px, width))
    return tuple(lines)


def describe(prompt: WeightedPrompt) -> str:
    """Say in one line what a prompt asks for: its text, its picture by digest, and what it is turning into."""
    said = _named(prompt.text, prompt.image)
    if prompt.blend is None:
        return said
    return f"{prompt.blend.share:.0%} from {said} → {_named(prompt.blend.text, prompt.blend.image)}"


def clock_time(seconds: float) -> str:
    """Write seconds as minutes, seconds and hundredths: 1:02.50."""
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def _named(text: str, image: str) -> str:
    return f"picture {image[:8]}" if image else " ".join(text.split())
