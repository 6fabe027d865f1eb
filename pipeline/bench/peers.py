"""`python -m pipeline.bench peers`: seconds per guided step beside the Disco Diffusion notebook's way, on one machine.

Same weights, size, steps, cuts and algorithm, pictures drawn in turn; medians of their ratios are shown. Peers compute
in single precision on a processor, and so do we in the first row of ours; where the film would be drawn in bfloat16, a
row has the same algorithm in that. The last row but one is what the film itself asks for, which is fewer cuts, and the
last one the bare networks of the same algorithm in single precision.
The notebook's step is `pipeline/bench/notebook.py`, written from its description; with `--discoart PYTHON` DiscoArt
itself is drawn with, by that Python, which is that of an environment made so (its dependency jina, which serves it on
the web, is left out, and so is lpips, whose weights would be fetched):

    python3 -m venv there
    there/bin/pip install torch==2.13.0 torchvision==0.28.0 packaging "setuptools<81" uv
    there/bin/pip install --no-deps discoart==0.12.1 guided-diffusion-sdk resize-right-sdk openai-clip open_clip_torch
        timm
    there/bin/uv pip install --python there/bin/python "setuptools<81" "docarray[common]<0.30" ftfy regex tqdm blobfile
        wandb pyspellchecker safetensors huggingface_hub

pip alone takes many minutes to find versions for the last line.
`pipeline/bench/discoart.py` says what of DiscoArt is measured and what is replaced.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import torch

from ..models import load_clip, load_diffusion, settle
from ..sample.easel import Easel, set_up
from ..sample.steps import Steps
from ..types import Engine, FramePlan
from .findings import Bar, Bars, Claim, Panel
from .guest import Guest
from .machine import machine
from .notebook import Settings, notebook, thousand
from .step import floor_step

NOTEBOOK, DISCOART, PIPELINE, AS_FILMED = "notebook", "discoart", "pipeline", "pipeline, the film's own cuts"
NETWORKS = "the bare networks"
OVERVIEW, INNER = [(12, 400), (4, 600)], [(4, 400), (12, 600)]
SAME = {
    "eta": "0.8",
    "guidance_scale": "5000",
    "guidance_path": "unet",
    "thresholding": "none",
    "clamp_grad": "0.05",
    "guidance_limit": "0",
    "recall": "0",
    "tv_scale": "0",
    "range_scale": "150",
    "sat_scale": "0",
    "cut_overview": "[12]*400+[4]*600",
    "cut_innercut": "[4]*400+[12]*600",
    "cut_ic_pow": "1",
    "cut_icgray_p": "0.2",
    "cutn_batches": "4",
    "augmentations": "still",
    "cut_draws": "batch",
    "cfg_scale": "0",  # peers tell no model anything
}
AIM_SAME, AIM_FILMED = 2.0, 4.0  # times as fast as a peer, on a processor: with its algorithm, and as the film asks


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen on the command line."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("keyframes/lighthouse.yaml"))
    parser.add_argument("--size", help="such as 128x128 (default: the film's)")
    parser.add_argument("--threads", type=int, help="processor threads (default: the preset's)")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--discoart", type=Path, metavar="PYTHON", help="of an environment with discoart 0.12.1")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Draw the first frame's prompts the peers' ways and ours, in turn.

    Convention: on a processor peers compute in single precision, and so do we where the algorithm is theirs.
    Raises: UsageError where DiscoArt was asked for and cannot be drawn with.
    """
    from ..schedule import load

    given = ["look.sampler=ddim", f"look.steps={options.steps}"]
    given += [f"{key}={value}" for key in ("size", "threads") if (value := getattr(options, key)) is not None]
    same = load(options.file, overrides=[*given, *(f"look.{name}={value}" for name, value in SAME.items())])
    own = load(options.file, overrides=given)
    engine = settle(own.engine)
    filming = set_up(engine, pictures=own.pictures)
    alike = replace(engine, precision="float32") if engine.device == "cpu" else engine
    easel = set_up(alike, pictures=own.pictures)
    plan, as_filmed = same.shots[0].plans[0], own.shots[0].plans[0]
    ours = {PIPELINE: lambda: easel.draw(plan, None)}
    if alike != engine:
        ours[f"{PIPELINE}, in {engine.precision}"] = lambda: filming.draw(plan, None)
    ours[AS_FILMED] = lambda: filming.draw(as_filmed, None)
    versions: dict[str, str] = {"torch": torch.__version__}
    with ExitStack() as held:
        ways = {NOTEBOOK: clocked(as_notebook(easel, plan, engine), engine.device)}
        if options.discoart is not None:
            guest = held.enter_context(Guest(options.discoart, plan, engine, SAME))
            ways[DISCOART] = guest.draw
            versions |= {f"its {name}" if name in versions else name: one for name, one in guest.versions.items()}
        ways |= {name: clocked(way, engine.device) for name, way in ours.items()}
        ways[NETWORKS] = clocked(bare(easel, plan), engine.device)
        taken = in_turn(ways, options.rounds, options.steps)
    chosen = f"--size {own.size.width}x{own.size.height} --steps {options.steps} --rounds {options.rounds}"
    return {
        "command": f"peers {options.file} {chosen}",
        "machine": machine(engine.threads, engine.device),
        "versions": versions,
        "step": {name: median(seconds) for name, seconds in taken.items()},
        "times_as_fast": {peer: times_as_fast(taken, peer) for peer in (NOTEBOOK, DISCOART) if peer in taken},
    }


def in_turn(ways: dict[str, Callable[[], float]], rounds: int, steps: int) -> dict[str, list[float]]:
    """Return the seconds a step takes each way in every round but the first, which warms up allocators and kernels."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            seconds = way() / steps
            if number:
                taken[name].append(seconds)
    return taken


def times_as_fast(taken: dict[str, list[float]], peer: str) -> dict[str, float]:
    """Return how many times as fast as a peer each way is, by the rounds they were drawn in together."""
    return {
        name: median(theirs / ours for theirs, ours in zip(taken[peer], seconds, strict=True))
        for name, seconds in taken.items()
    }


def bare(easel: Easel, plan: FramePlan) -> Callable[[], None]:
    """Return what evaluates the bare networks as often as the pipeline does for a plan, and nothing else."""
    steps = Steps.plan(easel.schedule, plan.look.steps)
    least = floor_step(easel, plan)

    def networks() -> None:
        for step in steps:
            least(step)

    return networks


def as_notebook(easel: Easel, plan: FramePlan, engine: Engine) -> Callable[[], torch.Tensor]:
    """Return what draws a plan's prompts the notebook's way, with networks of its own as upstream builds them."""
    texts = [prompt.text for prompt in plan.prompts]
    loaded = [load_clip(name, device=engine.device) for name in engine.clip_models]
    directions = [perceptor.embed_text(texts) for perceptor in easel.perceptors]
    weights = tuple(prompt.weight for prompt in plan.prompts)
    settings = Settings(thousand(OVERVIEW), thousand(INNER), n_batches=4, clip_guidance_scale=5000, weights=weights)
    diffusion = load_diffusion(engine.diffusion_model, device=engine.device)
    return notebook(diffusion, loaded, directions, settings, plan.size, plan.look.steps)


def claims(found: dict[str, Any]) -> list[Claim]:
    """Return the numbers that are claimed, with their aims."""
    return [
        Claim(f"{name}, in times as fast as {peer}", of[name], "{:.2f}", aim, at_least=True)
        for peer, of in found["times_as_fast"].items()
        for name in of
        if (aim := _aim(found, name)) or name.startswith("pipeline")
    ]


def bound(found: dict[str, Any]) -> str:
    """Say what keeps the same algorithm from being faster."""
    least, ours, theirs = (1e3 * found["step"][name] for name in (NETWORKS, PIPELINE, NOTEBOOK))
    return (
        f"The bare networks of the same algorithm take {least:.0f} ms of the pipeline's {ours:.0f} ms a step in single "
        f"precision, so nothing that draws so could be more than {theirs / least:.2f} times as fast as the notebook."
    )


def panels(found: dict[str, Any]) -> list[Panel]:
    """Return what the picture shows."""
    return [
        Bars(f"Times as fast as {peer}", "times", [_bar(found, name, of[name]) for name in of])
        for peer, of in found["times_as_fast"].items()
    ]


def _bar(found: dict[str, Any], name: str, times: float) -> Bar:
    note, ours = f"{1e3 * found['step'][name]:.0f} ms a step", name.startswith("pipeline")
    return Bar(name.replace(", ", ",\n"), {"": times}, _aim(found, name), True, beside=not ours, note=note)


def _aim(found: dict[str, Any], name: str) -> float | None:
    if found["machine"]["device"] != "cpu" or not name.startswith("pipeline"):
        return None
    return AIM_FILMED if name == AS_FILMED else AIM_SAME


def table(found: dict[str, Any]) -> list[str]:
    """Return what was measured as lines of text."""
    lines = []
    for name, seconds in found["step"].items():
        times = (f"{of[name]:6.2f} times as fast as {peer}" for peer, of in found["times_as_fast"].items())
        lines.append(f"{name:<32}{seconds * 1e3:9.1f} ms a step{''.join(times)}")
    return lines


def clocked(work: Callable[[], object], device: str) -> Callable[[], float]:
    """Return what does a piece of work and gives the seconds it takes, the device's own included."""

    def timed() -> float:
        begin = time.perf_counter()
        work()
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        return time.perf_counter() - begin

    return timed
