"""Three tiny films against the frames they had when somebody last looked at them.

Seeded networks draw them, so a change here is a change of the pipeline: of the schedule, the camera, the guidance or
the sampler. `make golden` takes the new frames for right; what it changed is then seen in the pictures of the commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest
from torch import Tensor
from torch.nn import functional

from pipeline.preview import save_picture
from pipeline.render import render
from pipeline.sample.denoiser import Denoiser, Prediction, from_x0
from pipeline.sample.steps import Step
from pipeline.store import FrameStore
from pipeline.types import Film

HERE = Path(__file__).parent
NEAR = 2  # of 255: another processor rounds otherwise
SHARE_BEYOND = 0.001

COMMON = f"""\
preset: {HERE.parent / "schedule" / "plain.yaml"}
size: 64x32
fps: 6
film: {{crf: 20, enlarge: 1}}
"""

FILMS: dict[str, tuple[tuple[int, ...], str]] = {
    "a camera that wraps around": (
        (8,),
        """\
frames: 6
seed: 11
prompts: a red fox
camera: {zoom: 1+0.02*t, roll: 5, translation_x: 12, translation_y: "0: (0), 5: (9)", shear_x: 3, border: wrap}
look: {steps: 5, skip: 0.8, cut_overview: 1, cut_innercut: 2}
""",
    ),
    "prompts and values that change": (
        (12,),
        """\
frames: 5
seed: 12
prompts:
  0: a red fox
  1: {text: a red fox, weight: 1}
  4: [snow on a hill, "a wolf: -0.4"]
camera: {zoom: 0.98, center_x: 0.2, border: replicate}
look:
  steps: 6
  skip: {0: 0.5, 4: 0.7}
  guidance_scale: where(p < 0.7, 9000, 3000 + 1000*t)
  cut_overview: "[3]*600+[1]*400"
  cut_innercut: 2
  clamp_grad: {0: 0.3, 4: 1.5}
  eta: 1-p
""",
    ),
    "detached guidance by two perceptors": (
        (8, 12),
        """\
look:
  {steps: 4, skip: 0.5, guidance_path: detached, guidance_scale: 3000, clamp_grad: 1, cutn_batches: 2, cut_overview: 2,
  cut_innercut: 2, cut_icgray_p: 0.5, cut_ic_pow: 3, tv_scale: 20, range_scale: 200, sat_scale: 50, eta: 0}
camera: {stretch_y: 1.1, border: zeros}
shots:
  - {name: first, seed: 13, frames: 3, prompts: a red fox}
  - {name: second, seed: 14, frames: 2, prompts: [snow on a hill, a house]}
""",
    ),
}


def control_path(name: str) -> Path:
    return HERE / f"{name.replace(' ', '-')}.png"


@dataclass(frozen=True, slots=True)
class Painter:
    """Sees broad coloured patches in the noise and keeps the picture where there is little of it.

    The seeded network alone would draw one texture over whatever the camera brings.
    """

    network: Denoiser

    def __call__(self, x: Tensor, step: Step) -> Prediction:
        patches = x
        for _ in range(3):
            patches = functional.avg_pool2d(functional.pad(patches, (2, 2, 2, 2), mode="circular"), 5, stride=1)
        seen = step.signal * x + step.sigma * patches + 0.2 * self.network(x, step).x0
        return from_x0(x, 0.9 * seen.tanh(), step)


@pytest.fixture(params=FILMS)
def drawn(request, tmp_path: Path, film_of: Callable[..., Film], tiny_engine, make_easel) -> tuple[str, np.ndarray]:
    """The film's name, and its frames one below the other."""
    sizes, text = FILMS[request.param]
    easel = make_easel(*sizes)
    tiny_engine.easel = replace(easel, denoiser=Painter(easel.denoiser))
    film = film_of(COMMON + text)
    path = render(film, tmp_path / "out")
    assert path is not None
    assert imageio_ffmpeg.count_frames_and_secs(str(path))[0] == film.n_frames
    store = FrameStore(tmp_path / "out")
    frames = [store.read(shot.name, plan.frame).pixels for shot in film.shots for plan in shot.plans]
    return request.param, np.vstack(frames)


def test_a_film_is_as_it_was(drawn: tuple[str, np.ndarray], tmp_path: Path) -> None:
    name, frames = drawn
    if os.environ.get("REWRITE_GOLDEN") == "1":
        save_picture(frames, control_path(name))
    control = cv2.imread(str(control_path(name)))
    assert control is not None, f"{control_path(name)} is not there; make golden writes it"
    control = control[..., ::-1]
    assert len(frames) == len(control), f"{len(frames) // 32} frames, it had {len(control) // 32}"
    distance = np.abs(frames.astype(int) - control)
    if (distance > NEAR).mean() > SHARE_BEYOND:
        sheet = tmp_path / "then-now-difference.png"
        save_picture(np.hstack([control, frames, np.minimum(distance * 8, 255).astype(np.uint8)]), sheet)
        first = int(np.argwhere((distance > NEAR).any(axis=(1, 2)))[0][0]) // 32
        pytest.fail(
            f"{(distance > NEAR).mean():.1%} of the values are more than {NEAR} off, the first in frame {first}, the "
            f"furthest by {distance.max()}; see {sheet}; if it is meant to be so, run make golden"
        )


def test_the_control_frames_are_few_and_all_in_use() -> None:
    found = sorted(HERE.glob("*.png"))
    assert found == sorted(control_path(name) for name in FILMS)
    assert sum(path.stat().st_size for path in found) < 200_000
