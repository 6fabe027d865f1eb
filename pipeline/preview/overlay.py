"""What stands below the picture of an animatic: where in the film this is, what is drawn there, and the numbers.

All that does not change is drawn once; a frame costs a copy and a few texts, most of which were rendered before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..types import Film, Shot, WeightedPrompt
from . import captions
from .captions import FAINT, INK, PAPER, Colour, line, line_height, put, text_width
from .strip import MARK, Curve, Strip

TOWARDS: Colour = (96, 178, 122)
AWAY: Colour = (226, 112, 96)
GROOVE: Colour = (44, 46, 56)
MOST_PROMPTS = 4
FLASH = 4  # frames for which a cut is seen at the border of the picture


class Overlay:
    """The panel below the picture: heading, prompts with their weights, curves and the bar of the film."""

    def __init__(self, film: Film, curves: Sequence[Curve], *, width: int) -> None:
        self.film, self.width = film, width
        self.px = max(11, round(width / 640 * 13))
        self.strip = Strip(film, curves, width=width, px=max(10, round(self.px * 0.85)))
        prompts = [plan.prompts for shot in film.shots for plan in shot.plans]
        self.n_prompts = min(MOST_PROMPTS, max(map(len, prompts)))
        self.n_lines = max(self.n_prompts, 3)  # few prompts may take several lines each
        self.heaviest = max((abs(prompt.weight) for some in prompts for prompt in some), default=0.0) or 1.0
        self.row = line_height(self.px) + self.px // 6
        self.prompts_top = self.px // 2 + line_height(self.px) + self.px // 2
        self.strip_top = self.prompts_top + self.n_lines * self.row + self.px // 3
        height = self.strip_top + self.strip.height + self.px // 2
        self.height = height + height % 2
        self.still = np.full((self.height, width, 3), PAPER, np.uint8)

    def draw(self, canvas: np.ndarray, shot: Shot, index: int, number: int) -> None:
        """Fill a canvas of the panel's size for frame `index` of a shot, the film's frame `number`."""
        canvas[:] = self.still
        self._head(canvas, shot, index, number)
        prompts = shot.plans[index].prompts
        y, n_shown = self.prompts_top, min(len(prompts), self.n_prompts)
        for row, prompt in enumerate(prompts[:n_shown]):
            left_out = len(prompts) - n_shown if row == n_shown - 1 else 0
            y += self.row * self._prompt(canvas, prompt, y, left_out, self.n_lines // n_shown)
        self.strip.draw(canvas[self.strip_top : self.strip_top + self.strip.height], number)

    def _head(self, canvas: np.ndarray, shot: Shot, index: int, number: int) -> None:
        px, y = self.px, self.px // 2
        time = line(captions.clock_time(number / self.film.fps), px, bold=True)
        count = line(f"frame {number} of {self.film.n_frames}", px, ink=FAINT)
        x = self.width - px - time.shape[1]
        put(canvas, time, x, y)
        x -= count.shape[1] + px
        put(canvas, count, x, y)
        name = line(captions.elide(shot.name, px, x // 2), px, bold=True)
        put(canvas, name, px, y)
        here = px + name.shape[1] + px // 2
        inside = line(f"{index} / {len(shot.plans)}", px, ink=FAINT)
        if here + inside.shape[1] < x:
            put(canvas, inside, here, y)
            here += inside.shape[1] + px
        passed = [label.name for label in shot.labels if label.frame <= index]
        if passed and x - here > 4 * px:
            put(canvas, line(captions.elide(passed[-1], px, x - here - px), px, ink=MARK), here, y)

    def _prompt(self, canvas: np.ndarray, prompt: WeightedPrompt, y: int, left_out: int, n_lines: int) -> int:
        """Write one prompt: its weight as number and bar, and what it asks for; return how many lines that took."""
        px, high = self.px, line_height(self.px)
        number = f"{prompt.weight:.2f}".replace("-", "\u2212")
        put(canvas, line(number, px), round(px * 4.2) - text_width(number, px), y)
        left, length = round(px * 4.8), px * 4
        top, bottom = y + high // 2 - px // 5, y + high // 2 + px // 5
        canvas[top:bottom, left : left + length] = GROOVE
        filled = round(length * min(1.0, abs(prompt.weight) / self.heaviest))
        canvas[top:bottom, left : left + filled] = AWAY if prompt.weight < 0 else TOWARDS
        x = left + length + px
        more = f"  and {left_out} more" if left_out > 0 else ""
        room = self.width - px - x - (text_width(more, px) if more else 0)
        lines = captions.wrap(captions.describe(prompt), px, room, n_lines)
        for row, text in enumerate(lines):
            put(canvas, line(text, px, ink=INK), x, y + row * self.row)
        if more:
            put(canvas, line(more, px, ink=FAINT), x + room, y)
        return max(1, len(lines))


def flash(picture: np.ndarray, index: int) -> None:
    """Mark the first frames after a cut by a border that fades."""
    if index < FLASH:
        share = 1 - index / FLASH
        wide = max(3, min(picture.shape[:2]) // 90)
        for side in (picture[:wide], picture[-wide:], picture[:, :wide], picture[:, -wide:]):
            side[:] = np.rint(side * (1 - share) + np.array(MARK) * share)
