"""Paint albums of pictures, page by page, and hand them to the trainers.

A page is a file of pictures with captions in tokens, labels and depth; picture i of an album is painted from the seed
`first_seed + i`, so an album is reproduced by its plan, and pages may be painted by several processes in any order,
while trainers already learn from those that are there.
"""

from __future__ import annotations

import multiprocessing
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..models.entry import ClipArchitecture
from ..models.networks import build_tokenizer
from .attributes import labels
from .edition import planned
from .world import Scene, imagine, render, seen_from_near
from .world.captions import caption
from .world.composition import Purpose, stream
from .world.vocabulary import KINDS

HELD_OUT_SEED = 900_000_000  # seeds from here on are never trained on
CAPTIONS = 4  # of each picture
CONTEXT = 32  # tokens of a caption
REFRESH = 50  # steps of a training from one look at what has been painted meanwhile to the next
BARE = 0.2  # of the pictures from near show land and sky alone


@dataclass(frozen=True, slots=True)
class AlbumPlan:
    """Which pictures an album holds.

    Convention: `height` and `width` are in pixels; a page, which one process paints at a time, has `page` pictures;
    where `near`, they show the subjects of their seeds' scenes alone and large, all turned the same way, and a share
    `bare` of them the land without any.
    """

    name: str
    height: int
    width: int
    first_seed: int
    count: int
    page: int = 250
    near: bool = False
    bare: float = 0.0

    def scene(self, seed: int) -> Scene:
        """Return what the picture of a seed shows."""
        scene = imagine(seed)
        if not self.near:
            return scene
        is_bare = stream(seed, Purpose.SUBJECT_LEFT_OUT).random() < self.bare
        return seen_from_near(replace(scene, subject=None) if is_bare else scene)

    def pages(self) -> int:
        """Return the number of pages."""
        return -(-self.count // self.page)


def plan_albums(squares: int) -> dict[str, AlbumPlan]:
    """Return the albums that the embedded models learn from, around a number of square pictures of 128 px."""

    def share(part: int) -> int:
        return max(1, squares // part)

    return {
        "square": AlbumPlan("square", 128, 128, 0, squares),
        "wide": AlbumPlan("wide", 96, 160, 200_000_000, share(8), near=True, bare=BARE),
        "tall": AlbumPlan("tall", 160, 96, 300_000_000, share(8), near=True, bare=BARE),
        "near": AlbumPlan("near", 128, 128, 500_000_000, squares, near=True, bare=BARE),
        "large": AlbumPlan("large", 512, 512, 400_000_000, share(12), page=16, near=True, bare=BARE),
    }


def paint_albums(folder: Path, plans: Iterable[AlbumPlan], *, processes: int) -> None:
    """Paint every page that `folder` does not hold yet; all albums grow side by side."""
    jobs = [(page / plan.pages(), folder, plan, page) for plan in plans for page in range(plan.pages())]
    jobs.sort(key=lambda job: job[0])
    due = [(where, plan, page) for _, where, plan, page in jobs if not page_file(where, plan, page).exists()]
    for _, plan, _ in due:
        (folder / plan.name).mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for _ in pool.imap_unordered(_paint_page, due):
            pass


def page_file(folder: Path, plan: AlbumPlan, page: int) -> Path:
    """Return where a page lies or will lie."""
    return folder / plan.name / f"{page:05d}.npz"


def _paint_page(job: tuple[Path, AlbumPlan, int]) -> None:
    folder, plan, page = job
    first = plan.first_seed + page * plan.page
    seeds = range(first, min(first + plan.page, plan.first_seed + plan.count))
    scenes = [plan.scene(seed) for seed in seeds]
    painted = [render(scene, plan.height, plan.width) for scene in scenes]
    told = labels(scenes)
    path = page_file(folder, plan, page)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            pixels=np.stack([pixels for pixels, _ in painted]),
            depth=np.stack([depth.astype(np.float16) for _, depth in painted]),
            tokens=np.stack([_captions(scene) for scene in scenes]),
            labels=np.stack([told[kind] for kind in KINDS], axis=1).astype(np.int16),
        )
    unfinished.replace(path)


def _captions(scene: Scene) -> np.ndarray:
    rng = np.random.default_rng([scene.seed, 1001])
    return tokenize([caption(scene, rng) for _ in range(CAPTIONS)]).astype(np.int32)


def tokenize(texts: list[str]) -> np.ndarray:
    """Return CLIP's tokens of texts as all embedded models read them, int64 (N, CONTEXT)."""
    return _tokenizer()(texts).numpy()


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    architecture = planned("painted-clip-a", ClipArchitecture)
    assert architecture.context_length == CONTEXT
    return build_tokenizer(architecture)


class Album:
    """The pages of one album that are there, on the device that trains.

    `pixels` uint8 (N, H, W, 3), `depth` float16 (N, H, W) in metres, `labels` int64 (N, kinds) with -1 for none,
    `tokens` int32 (N, CAPTIONS, CONTEXT), the last one always in main memory.
    """

    def __init__(self, folder: Path, plan: AlbumPlan, *, device: str = "cpu") -> None:
        shape = (plan.count, plan.height, plan.width)
        self.plan = plan
        self.device = device
        self.count = 0
        self.tokens = np.zeros((plan.count, CAPTIONS, CONTEXT), np.int32)
        self._folder = folder
        self._pixels = torch.empty((*shape, 3), dtype=torch.uint8, device=device)
        self._depth = torch.empty(shape, dtype=torch.float16, device=device)
        self._labels = torch.empty((plan.count, len(KINDS)), dtype=torch.int64, device=device)
        self._next = 0
        self.refresh()

    def refresh(self) -> int:
        """Take in the pages painted since, in their order; return the number of pictures."""
        while self._next < self.plan.pages():
            path = page_file(self._folder, self.plan, self._next)
            if not path.exists():
                break
            try:
                with path.open("rb") as file, np.load(file) as page:
                    last = self.count + len(page["pixels"])
                    self._pixels[self.count : last] = torch.from_numpy(page["pixels"])
                    self._depth[self.count : last] = torch.from_numpy(page["depth"])
                    self._labels[self.count : last] = torch.from_numpy(page["labels"].astype(np.int64))
                    self.tokens[self.count : last] = page["tokens"]
            except (zipfile.BadZipFile, KeyError, ValueError) as fault:
                raise RuntimeError(f"{path}: is no page of this album ({fault}); delete it and paint again") from fault
            self.count, self._next = last, self._next + 1
        return self.count

    def images(self, chosen: Tensor, *, size: int | None = None) -> Tensor:
        """Return chosen pictures in [0, 1], reduced over areas so that the shorter side has `size` pixels.

        Shapes: chosen int64 (B,) -> (B, 3, H, W), channels last in memory.
        """
        images = self._pixels[chosen].permute(0, 3, 1, 2).float() / 255
        shorter = min(self.plan.height, self.plan.width)
        return images if size in (None, shorter) else F.avg_pool2d(images, shorter // int(size or shorter))

    def distances(self, chosen: Tensor) -> Tensor:
        """Return how far everything is in chosen pictures, in metres.

        Shapes: (B,) -> (B, 1, H, W).
        """
        return self._depth[chosen][:, None].float()

    def labels(self, chosen: Tensor) -> dict[str, Tensor]:
        """Return the index of each attribute in its kind, -1 where a picture has none.

        Shapes: each int64 (B,).
        """
        found = self._labels[chosen]
        return {kind: found[:, i] for i, kind in enumerate(KINDS)}


def album_of(albums: Mapping[str, Album], shares: Sequence[tuple[str, float]], rng: np.random.Generator) -> Album:
    """Return one of the albums, by the share that each has of the batches; shares come to 1."""
    names, likely = zip(*shares, strict=True)
    return albums[names[int(rng.choice(len(names), p=likely))]]


def choose(album: Album, rng: np.random.Generator, count: int, device: str) -> Tensor:
    """Return the numbers of `count` pictures of an album."""
    return torch.from_numpy(np.sort(rng.choice(album.count, count, replace=count > album.count))).to(device)
