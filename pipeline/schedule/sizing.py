"""Round a picture's size to what the model can take, and say so.

The model halves a picture several times, so both sides must be multiples of some number of pixels.
"""

from __future__ import annotations

from ..types import Mark, Size
from .fields import MAX_SIDE, size
from .notices import Notices
from .source import Node, refuse


def fitting_size(node: Node, *, multiple: int, notices: Notices) -> Size:
    """Return the size that is written, each side rounded to the nearest multiple, halves upwards.

    Raises: KeyframeError where nothing would be left of a side, or it would be larger than any may be.
    """
    written = size(node)
    fitted = Size(height=rounded(written.height, multiple), width=rounded(written.width, multiple))
    for was, side in ((written.height, fitted.height), (written.width, fitted.width)):
        if not multiple <= side <= MAX_SIDE:
            do = f"use multiples of {multiple} between {multiple} and {MAX_SIDE // multiple * multiple}"
            refuse(node.mark, f"a side of {was} pixels does not fit the model", do)
    if fitted != written:
        _notice(notices, node.mark, written, fitted, multiple)
    return fitted


def rounded(side: int, multiple: int) -> int:
    """Return the multiple nearest to a side, of two the larger."""
    return (2 * side + multiple) // (2 * multiple) * multiple


def shown(size: Size) -> str:
    """Return a size as people write it."""
    return f"{size.width}x{size.height}"


def _notice(notices: Notices, mark: Mark, written: Size, fitted: Size, multiple: int) -> None:
    what = f"size {shown(written)} is drawn as {shown(fitted)}, because the model takes multiples of {multiple}"
    notices.add("size-rounded", mark, what, f"write size: {shown(fitted)}")
