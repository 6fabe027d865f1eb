"""Pictures that are only for the eye: frames on their way and how near things are in them, and the one being drawn.

Nothing is ever made from them.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .commit import commit, make_folder, temp_name
from .layout import depth_path, partial_path, refuse_links

if TYPE_CHECKING:
    import numpy as np


def put_partial(root: Path, shot: str, frame: int, step: int, pixels: np.ndarray) -> Path:
    """Store the picture of a frame after `step` of its steps; return where.

    Shapes: pixels uint8 (H, W, 3), RGB.
    Raises: StoreError.
    """
    path = partial_path(root, shot, frame, step)
    make_folder(path.parent)
    refuse_links(path.parent.parent, path.parent)
    commit(path, _encoded(pixels, ".png"))
    return path


def put_depth(root: Path, shot: str, frame: int, levels: np.ndarray) -> Path:
    """Store how near things are in a frame; return where.

    Shapes: levels uint16 (H, W).
    Raises: StoreError.
    """
    path = depth_path(root, shot, frame)
    make_folder(path.parent)
    refuse_links(path.parent.parent, path.parent)
    commit(path, _encoded(levels, ".png"))
    return path


def has_depth(root: Path, shot: str, frame: int, beside: Path) -> bool:
    """Tell whether there is a map that was written after the frame `beside`."""
    try:
        return depth_path(root, shot, frame).stat().st_mtime_ns >= beside.stat().st_mtime_ns
    except OSError:
        return False


def refresh(path: Path, pixels: np.ndarray) -> None:
    """Put a picture in place of the one that was there, as PNG or JPEG by its name; readers find one or the other.

    Shapes: pixels uint8 (H, W, 3), RGB.
    Convention: what a killed process left of this is replaced, so nobody else may write the same file.
    Raises: StoreError.
    """
    make_folder(path.parent)
    with suppress(OSError):
        path.with_name(temp_name(path.name)).unlink()
    commit(path, _encoded(pixels, path.suffix.lower()))


def _encoded(pixels: np.ndarray, suffix: str) -> bytes:
    import cv2

    done, data = cv2.imencode(suffix, pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert done, "cv2 encodes any picture of whole numbers"
    return data.tobytes()
