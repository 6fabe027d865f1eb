"""`python -m pipeline.train`: paint the world and train the embedded models on it, from seeds, resumably."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from .denoiser import DenoiserRun, train_denoiser
from .perceptor import PerceptorRun, train_perceptor
from .pictures import paint_set

TRAINING_SET = {"count": 20_000, "first_seed": 0, "size": 128}
RUNS = {
    "painted-clip-a": PerceptorRun("painted-clip-a", seed=1, steps=5000),
    "painted-clip-b": PerceptorRun("painted-clip-b", seed=2, steps=3000),
    "painted-world-128": DenoiserRun("painted-world-128", seed=3, steps=9000),
}


def main() -> None:
    """Train one named model, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.train", description=__doc__)
    parser.add_argument("model", choices=[*RUNS, "paint", "all"])
    parser.add_argument("--folder", type=Path, default=Path("training"), help="pictures, states and logs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--float32", action="store_true", help="no bfloat16: for processors that lack it")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    pictures = paint_set(options.folder, **TRAINING_SET, processes=options.threads)
    for name in RUNS if options.model == "all" else [options.model]:
        if name == "paint":
            continue
        run = RUNS[name]
        train = train_denoiser if isinstance(run, DenoiserRun) else train_perceptor
        train(run, pictures, folder=options.folder, autocast=not options.float32)


if __name__ == "__main__":
    main()
