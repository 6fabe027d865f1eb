"""A peer that lives in an environment of its own: started once, handed our weights, asked for one picture at a time.

What it runs is `pipeline/bench/discoart.py`, which says what is measured there and which words go to and fro.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from subprocess import PIPE
from typing import Any, Self

import numpy as np
from torch import nn

from ..errors import UsageError
from ..models import load_clip, load_diffusion
from ..models.architectures import MEAN, STD
from ..models.noise import alpha_bars
from ..types import Engine, FramePlan

RUNNER = Path(__file__).with_name("discoart.py")
BOTH_CALL_SO = (
    *("range_scale", "tv_scale", "sat_scale", "cutn_batches"),
    *("cut_overview", "cut_innercut", "cut_ic_pow", "cut_icgray_p"),
)
TOLD = ("unet", "unshuffle", "predicts", "learn_sigma", "detail", "sketch", "text")  # of the diffusion model
NEEDED = "it must be a Python with discoart==0.12.1, torch and torchvision"
MULTIPLE = 64  # DiscoArt cuts sides down to it
N_WORDS = 12  # lines of what a guest said last


class Guest:
    """DiscoArt drawing one plan's prompts in a process of its own; leaving the context ends it."""

    def __init__(self, interpreter: Path, plan: FramePlan, engine: Engine, asked: Mapping[str, str]) -> None:
        self.interpreter = interpreter.absolute()  # and no further: an environment's Python is a link
        with ExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
            pack(folder, plan, engine, asked)
            self._said = held.enter_context(tempfile.TemporaryFile())
            self._process = self._start(folder, engine.threads)
            held.callback(self._end)
            self.versions: dict[str, str] = dict(self._answer("versions"))
            self._held = held.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def draw(self) -> float:
        """Let one picture be drawn; return the seconds that its steps took.

        Raises: UsageError where the guest is gone, with its last words.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("draw\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._gone() from None
        return float(self._answer("seconds"))

    def _start(self, folder: Path, threads: int) -> subprocess.Popen[str]:
        command = [str(self.interpreter), "-I", str(RUNNER), str(folder)]  # -I: its folder is no place to import from
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        try:
            return subprocess.Popen(
                command, stdin=PIPE, stdout=PIPE, stderr=self._said, cwd=folder, text=True, env=environment
            )
        except OSError as fault:
            reason = (fault.strerror or str(fault)).lower()
            raise UsageError(f"--discoart: {self.interpreter} cannot be started ({reason}); {NEEDED}") from fault

    def _answer(self, word: str) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.endswith("\n"):
            raise self._gone()
        try:
            return json.loads(line)[word]
        except (ValueError, TypeError, KeyError) as fault:
            raise UsageError(f"--discoart: {self.interpreter} answers {line[:200]!r}; {NEEDED}") from fault

    def _gone(self) -> UsageError:
        status = self._process.wait()
        self._said.seek(0)
        words = self._said.read().decode("utf-8", "replace").strip().splitlines()[-N_WORDS:]
        told = "".join(f"\n  {word}" for word in words)
        return UsageError(f"--discoart: {self.interpreter} ended with status {status}; {NEEDED}{told}")

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # it was gone before it was asked


def pack(folder: Path, plan: FramePlan, engine: Engine, asked: Mapping[str, str]) -> None:
    """Write the models as arrays and what is to be drawn as JSON; `asked` are a look's settings by their names here.

    Raises: UsageError for a size, a device or a CLIP that DiscoArt cannot draw with.
    """
    width, height = plan.size.width, plan.size.height
    if width % MULTIPLE or height % MULTIPLE:
        raise UsageError(f"--discoart: {width}x{height} would be cut; give a --size of multiples of {MULTIPLE}")
    if engine.device != "cpu":
        raise UsageError(f"--discoart: is measured on a processor only (found {engine.device}); take an engine on cpu")
    loaded, clips = load_diffusion(engine.diffusion_model), [load_clip(name) for name in engine.clip_models]
    if any((tuple(clip.architecture.mean), tuple(clip.architecture.std)) != (MEAN, STD) for clip in clips):
        raise UsageError("--discoart: knows the mean and deviation of OpenAI's CLIPs only; take an engine with such")
    save(folder / "diffusion.npz", loaded.network)
    shapes = []
    for number, clip in enumerate(clips):
        save(folder / f"clip-{number}.npz", clip.model)
        shapes.append({k: v for k, v in asdict(clip.architecture).items() if k not in ("mean", "std")})
    arguments = {
        "text_prompts": [f"{prompt.text}:{prompt.weight}" for prompt in plan.prompts],
        "width_height": [width, height],
        "steps": plan.look.steps,
        "eta": float(asked["eta"]),
        "clip_guidance_scale": asked["guidance_scale"],
        "clamp_max": asked["clamp_grad"],
        **{name: asked[name] for name in BOTH_CALL_SO},
    }
    shape = loaded.architecture
    diffusion = {k: v for k, v in asdict(shape).items() if k in TOLD}
    told = {"diffusion": diffusion, "clips": shapes, "arguments": arguments, "threads": engine.threads}
    told["alpha_bars"] = alpha_bars(shape.schedule).tolist()
    (folder / "settings.json").write_text(json.dumps(told), encoding="utf-8")


def save(path: Path, network: nn.Module) -> None:
    """Write a network's weights as arrays by their names, without what takes texts: DiscoArt tells a model nothing."""
    weights = {name: value for name, value in network.state_dict().items() if "text_embed" not in name}
    np.savez(path, **{name: value.numpy() for name, value in weights.items()})  # type: ignore[arg-type]
