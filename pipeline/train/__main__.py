"""`python -m pipeline.train`: paint the world, train the embedded models on it from seeds, ship and score them."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from .denoiser import DenoiserRun, train_denoiser
from .depth import DepthRun, train_depth
from .perceptor import PerceptorRun, train_perceptor
from .pictures import Pictures, paint_set
from .ship import ship_averaged, ship_perceptor

COUNT, FIRST_SEED, SIZE = 20_000, 0, 128
PERCEPTORS = {
    "painted-clip-a": PerceptorRun("painted-clip-a", seed=1, steps=2200),
    "painted-clip-b": PerceptorRun("painted-clip-b", seed=2, steps=1000),
}
DENOISERS = {"painted-world-64": DenoiserRun("painted-world-64", seed=3, steps=7500)}
DEPTHS = {"painted-depth": DepthRun("painted-depth", seed=4, steps=1400)}


def main() -> None:
    """Train one named model, or all of them; or score what is shipped; or paint a film."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    parser.add_argument("what", choices=["all", "paint", *PERCEPTORS, *DENOISERS, *DEPTHS, "score", "clip"])
    parser.add_argument("--out", type=Path, default=Path("keyframes/clip.mp4"), help="of clip [keyframes/clip.mp4]")
    parser.add_argument("--folder", type=Path, default=Path("training"), help="pictures, states and logs [training]")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--float32", action="store_true", help="no bfloat16: for processors that lack it")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.what == "clip":
        from .clip import write

        write(options.out)
        return
    if options.what == "score":
        from .card import write_card

        write_card(options.folder)
        return
    for name in DEPTHS:
        if options.what in ("all", name):
            train_depth(DEPTHS[name], folder=options.folder)
            ship_averaged(name, folder=options.folder)
    if options.what in DEPTHS:  # it paints its own
        return
    pictures = paint_set(options.folder, count=COUNT, first_seed=FIRST_SEED, size=SIZE, processes=options.threads)
    for name in (*PERCEPTORS, *DENOISERS):
        if options.what in ("all", name):
            train(name, pictures, folder=options.folder, autocast=not options.float32)


def train(name: str, pictures: Pictures, *, folder: Path, autocast: bool) -> None:
    """Train one model to its end, or on from where it was stopped, and ship it."""
    if name in DENOISERS:
        train_denoiser(DENOISERS[name], pictures, folder=folder, autocast=autocast)
        ship_averaged(name, folder=folder)
    else:
        train_perceptor(PERCEPTORS[name], pictures, folder=folder, autocast=autocast)
        ship_perceptor(name, pictures.scenes, folder=folder)


if __name__ == "__main__":
    main()
