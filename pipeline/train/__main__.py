"""`python -m pipeline.train`: paint the world, train the embedded models on it from seeds, ship and score them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import torch

from .denoiser import DenoiserRun, train_denoiser
from .depth import DepthRun, train_depth
from .enlarger import UpscalerRun, train_upscaler
from .perceptor import PerceptorRun, train_perceptor
from .pictures import Album, AlbumPlan, paint_albums, plan_albums
from .progress import Means
from .ship import ship_averaged, ship_perceptor

SQUARES = 24_000
SHAPES = (("near", 0.8), ("square", 0.04), ("wide", 0.08), ("tall", 0.08))
SQUARE = (("square", 0.5), ("near", 0.5))
DENOISERS = {
    "painted-world-128": DenoiserRun("painted-world-128", seed=3, steps=30_000, albums=SHAPES),
}
PERCEPTORS = {
    "painted-clip-a": PerceptorRun("painted-clip-a", seed=1, steps=9000, albums=SQUARE, denoiser="painted-world-128"),
    "painted-clip-b": PerceptorRun("painted-clip-b", seed=2, steps=9000, albums=SQUARE),
}
DEPTHS = {"painted-depth": DepthRun("painted-depth", seed=4, steps=4000)}
UPSCALERS = {"painted-upscaler": UpscalerRun("painted-upscaler", seed=6, steps=5700, alone=5200)}
MODELS = (*PERCEPTORS, *DENOISERS, *DEPTHS, *UPSCALERS)
GUIDE, FIRST = "painted-clip-a", 3000
"""The CLIP whose words the diffusion model is told by, and the steps after which it waits for that model.

Then it goes on with pictures as the model guesses them from noise.
"""
ORDER = ((GUIDE, FIRST), *((name, None) for name in (*DENOISERS, *PERCEPTORS, *DEPTHS, *UPSCALERS)))


def main() -> None:
    """Paint, train one named model or all of them, ship what is trained, score what is shipped, or paint a film."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    parser.add_argument("what", choices=["all", "paint", *MODELS, "ship", "evaluate", "clip"])
    parser.add_argument("--out", type=Path, default=Path("keyframes/clip.mp4"), help="of clip [keyframes/clip.mp4]")
    parser.add_argument("--folder", type=Path, default=Path("training"), help="pictures, states and logs [training]")
    parser.add_argument(
        "--squares", type=int, default=SQUARES, help=f"square pictures painted, and as many from near [{SQUARES}]"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="that paint [one a core]")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--minutes", type=float, default=0, help="of training for each model [as many as its steps take]"
    )
    parser.add_argument("--onward", default="", help="a shipped model whose weights the training starts from")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--float32", action="store_true", help="no bfloat16: for processors that lack it")
    parser.add_argument("--compiled", action="store_true", help="compile the networks first: a minute, then faster")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.what == "clip":
        from .clip import write

        write(options.out)
    elif options.what == "evaluate":
        from .card import write_card

        write_card(options.folder)
    elif options.what == "ship":
        for name in MODELS:
            ship(name, folder=options.folder)
    else:
        means = Means(
            options.folder, options.device, not options.float32, options.minutes, options.compiled, options.onward
        )
        plans = plan_albums(options.squares)
        if options.what in ("all", "paint"):
            paint_albums(options.folder / "albums", plans.values(), processes=options.processes)
        if options.what in MODELS:
            train(options.what, plans, means=means)
        elif options.what == "all":
            for name, until in ORDER:
                train(name, plans, means=means, until=until)
                if until is None:
                    ship(name, folder=options.folder)


def train(name: str, plans: Mapping[str, AlbumPlan], *, means: Means, until: int | None = None) -> None:
    """Train one model to its end, a CLIP up to a step, on from where it was stopped, on what has been painted."""

    def album(which: str) -> Album:
        return Album(means.folder / "albums", plans[which], device=means.device)

    def albums(run: DenoiserRun | PerceptorRun | DepthRun) -> dict[str, Album]:
        return {which: album(which) for which, _ in run.albums}

    if name in DENOISERS:
        train_denoiser(DENOISERS[name], albums(DENOISERS[name]), means=means)
    elif name in PERCEPTORS:
        train_perceptor(PERCEPTORS[name], albums(PERCEPTORS[name]), means=means, until=until)
    elif name in DEPTHS:
        train_depth(DEPTHS[name], albums(DEPTHS[name]), means=means)
    else:
        train_upscaler(UPSCALERS[name], album("large"), means=means)


def ship(name: str, *, folder: Path) -> None:
    """Write a trained model as the weight file that the package loads, and pin it."""
    if name in PERCEPTORS:
        ship_perceptor(name, folder=folder)
    else:
        ship_averaged(name, folder=folder)


if __name__ == "__main__":
    main()
