"""Paint a numbered set of pictures once, into one memory-mapped file that every trainer reads.

Picture i of a set is `paint(first_seed + i)`, so a set is reproduced by two numbers and may be painted by several
processes in any order. Only the seed range is stored beside the pixels: scenes and captions are imagined again from it.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .world import Scene, imagine, paint

HELD_OUT_SEED = 900_000_000  # seeds from here on are never trained on


@dataclass(frozen=True, slots=True)
class Pictures:
    """Painted pictures and the scenes they show.

    Shapes: pixels uint8 (N, S, S, 3), RGB, memory-mapped.
    """

    pixels: np.ndarray
    scenes: tuple[Scene, ...]


def paint_set(folder: Path, *, count: int, first_seed: int, size: int, processes: int = 1) -> Pictures:
    """Return `count` square pictures of `size` pixels, painting those that `folder` does not hold yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pictures-{size}px-{first_seed}-{count}.npy"
    if not path.exists():
        unfinished = path.with_suffix(".part")
        shape = (count, size, size, 3)
        np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.uint8, shape=shape).flush()
        chunks = [(unfinished, start, min(start + 500, count), first_seed) for start in range(0, count, 500)]
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            for _ in pool.imap_unordered(_paint_chunk, chunks):
                pass
        unfinished.rename(path)
    scenes = tuple(imagine(first_seed + i) for i in range(count))
    return Pictures(np.load(path, mmap_mode="r"), scenes)


def reduce(pictures: Pictures, size: int) -> Pictures:
    """Return the pictures in a smaller size that divides theirs, each pixel the mean of a square of theirs."""
    count, side = pictures.pixels.shape[:2]
    factor = side // size
    small = np.empty((count, size, size, 3), np.uint8)
    for start in range(0, count, 1000):
        part = pictures.pixels[start : start + 1000].reshape(-1, size, factor, size, factor, 3)
        sums = part.sum(axis=(2, 4), dtype=np.uint32)
        small[start : start + 1000] = (sums + factor**2 // 2) // factor**2
    return Pictures(small, pictures.scenes)


def _paint_chunk(chunk: tuple[Path, int, int, int]) -> None:
    path, start, stop, first_seed = chunk
    pixels = np.load(path, mmap_mode="r+")
    size = pixels.shape[1]
    for i in range(start, stop):
        pixels[i] = paint(first_seed + i, height=size, width=size).pixels
    pixels.flush()
