"""The nouns every stage speaks: small frozen values, no behaviour beyond naming themselves.

Nothing here imports torch or numpy at run time, so the schedule, the store and the command line stay light. The one
surprise: a value that may change *inside* one frame's denoising is a `StepValues` tuple, already evaluated.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

StepValues = tuple[float, ...]
"""One value per executed sampling step, or a single value that holds for all of them."""


@dataclass(frozen=True, slots=True)
class Size:
    """Picture size in pixels, height first."""

    height: int
    width: int


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a text file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """A warning about one place of a file; `code` is what silences its kind."""

    mark: Mark
    what: str
    do: str
    code: str

    def __str__(self) -> str:
        return f"{self.mark}: warning: {self.what}; {self.do} [{self.code}]"


@dataclass(frozen=True, slots=True)
class CameraMove:
    """How the camera moved between the previous frame and this one, in the picture's plane.

    Convention: `roll_deg` > 0 turns the picture counter-clockwise; `zoom` > 1 goes in; translation in per cent of the
        picture's width (x, content moves right) and height (y, content moves down); the centre of roll, zoom, stretch
        and shear in fractions of width and height, (0.5, 0.5) being the middle; `stretch_*` factors per axis;
        `shear_*` in degrees. Content is translated first, then sheared, stretched, zoomed and rolled about the centre.
    """

    roll_deg: float = 0.0
    zoom: float = 1.0
    translation_x: float = 0.0
    translation_y: float = 0.0
    center_x: float = 0.5
    center_y: float = 0.5
    stretch_x: float = 1.0
    stretch_y: float = 1.0
    shear_x_deg: float = 0.0
    shear_y_deg: float = 0.0
    border: str = "reflect"


@dataclass(frozen=True, slots=True)
class SpatialMove:
    """How the camera moved in space between the previous frame and this one.

    Convention: the camera first turns, then moves along its new axes. What one sees: translation x > 0 moves content
        left, y > 0 down, z > 0 towards the eye, in 200ths of a scene unit; rotation x > 0 turns content down, y > 0
        left, z > 0 counter-clockwise. `fov_deg` is the angle from the picture's upper to its lower edge,
        `fov_before_deg` that of the frame before. `near` and `far` are where the nearest and the farthest thing lie, in
        scene units. `depth` is "model", "plane" or the SHA-256 of a picture, bright where things are near. `warp` is
        how pixels are carried, "disco" and "deforum" by their own formulas, which know neither near nor far; `aspect`
        divides what moves sideways in "deforum".
    """

    translation_x: float = 0.0
    translation_y: float = 0.0
    translation_z: float = 0.0
    rotation_x_deg: float = 0.0
    rotation_y_deg: float = 0.0
    rotation_z_deg: float = 0.0
    fov_deg: float = 40.0
    fov_before_deg: float = 40.0
    near: float = 1.0
    far: float = 30.0
    aspect: float = 1.0
    depth: str = "model"
    warp: str = "splat"
    border: str = "reflect"


@dataclass(frozen=True, slots=True)
class Blend:
    """What a prompt is turning into, and how far it has come.

    Convention: `image` as in `WeightedPrompt`; `share` from 0, still the prompt itself, to 1, wholly this.
    """

    text: str
    image: str
    share: float


@dataclass(frozen=True, slots=True)
class WeightedPrompt:
    """What the picture is drawn to, and how strongly (negative: pushed away).

    Convention: `image` is the SHA-256 of a picture's file, as hex, and then `text` is empty; "" for a text. With a
        `blend` the picture is drawn to one direction on the great circle between the embeddings of the two.
    """

    text: str
    weight: float
    image: str = ""
    blend: Blend | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that shapes one frame's sampling, evaluated for that frame.

    Convention: `skip` is the share of `steps` left out when a frame starts from the frame before it, 0 <= skip < 1
        (Disco's `frames_skip_steps`); fields typed `StepValues` may follow the denoising. `cut_overview` and
        `cut_innercut` count cuts per batch, `cutn_batches` batches per step; `cut_ic_pow` and `cut_icgray_p` are
        Disco's size exponent and grey share of the inner cuts, `cut_hue` the largest turn of a cut's colours as a
        share of the colour circle. `guidance_path` is "unet" (the gradient passes through
        the denoiser) or "detached" (it stops at the predicted picture); `thresholding` is "static" (every predicted
        picture is clamped to [-1, 1], guidance included) or "none".
    """

    sampler: str
    steps: int
    skip: float
    eta: StepValues
    guidance_scale: StepValues
    guidance_path: str
    thresholding: str
    clamp_grad: StepValues
    tv_scale: StepValues
    range_scale: StepValues
    sat_scale: StepValues
    cut_overview: StepValues
    cut_innercut: StepValues
    cut_ic_pow: StepValues
    cut_icgray_p: StepValues
    cut_hue: StepValues
    cutn_batches: int


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What happens to the warped picture of the frame before, ahead of the sampler; by default nothing.

    Convention: in this order: colours are matched, light is held, contrast, sharpening, noise. Amounts are shares of
        black-to-white: `noise` is the noise's root mean square, `sharpen_threshold` the least difference that is
        sharpened. `sharpen_radius` is the blur's deviation in pixels.
    """

    color_match: str = "off"
    color_match_to: str = "shot"
    color_match_amount: float = 1.0
    hold: float = 0.0
    contrast: float = 1.0
    sharpen: float = 0.0
    sharpen_radius: float = 1.0
    sharpen_threshold: float = 0.0
    noise: float = 0.0
    noise_kind: str = "gaussian"
    perlin_octaves: int = 4
    perlin_persistence: float = 0.5

    @property
    def rests_on_first(self) -> bool:
        """Whether the shot's first frame is looked at."""
        matches = self.color_match != "off" and self.color_match_to == "shot" and self.color_match_amount > 0
        return matches or self.hold > 0


@dataclass(frozen=True, slots=True)
class Engine:
    """Which models draw, and on what; chosen by a preset in `configs/`, the same for a whole film.

    Convention: `depth_model` is "" for a film that never asks how far things are.
    """

    diffusion_model: str
    clip_models: tuple[str, ...]
    device: str
    threads: int
    depth_model: str = ""


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """How frames become a film: constant rate factor of x264 and the whole-number enlargement of the picture."""

    crf: int
    enlarge: int


@dataclass(frozen=True, slots=True)
class FramePlan:
    """Everything frame `frame` of a shot needs but pixels.

    Convention: `frame` counts from 0 inside the shot; `camera` is None where no earlier frame is carried over (the
        first frame of a shot), and then the frame is drawn from pure noise and there is nothing to condition.
    """

    shot: str
    frame: int
    seed: int
    size: Size
    prompts: tuple[WeightedPrompt, ...]
    camera: CameraMove | SpatialMove | None
    look: Look
    conditioning: Conditioning | None = None

    def canonical(self) -> str:
        """Return the plan as JSON with sorted keys and shortest-round-trip floats: equal plans, equal text."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class Label:
    """A name for a moment of a shot; `frame` counts from 0 inside the shot and may lie beyond its end."""

    name: str
    frame: int


@dataclass(frozen=True, slots=True)
class Shot:
    """A run of frames without a cut; `plans[n]` is frame n. `labels` are in order of time and only for the eye."""

    name: str
    plans: tuple[FramePlan, ...]
    labels: tuple[Label, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that prompts name by its digest: the SHA-256 of the file at `path`, as hex."""

    digest: str
    path: str


@dataclass(frozen=True, slots=True)
class Film:
    """What a keyframe file means once read with a preset: named shots in order, and how they are shown.

    Convention: `pictures` are those that prompts name, each once, sorted by digest; where they lie, and what the
        reader warned of (`notices`), is no part of what the film is.
    """

    name: str
    source: str
    fps: float
    size: Size
    shots: tuple[Shot, ...]
    engine: Engine
    format: FilmFormat
    pictures: tuple[PictureFile, ...] = field(default=(), compare=False)
    notices: tuple[Notice, ...] = field(default=(), compare=False)

    @property
    def n_frames(self) -> int:
        """Number of frames of all shots together."""
        return sum(len(shot.plans) for shot in self.shots)


@dataclass(frozen=True, slots=True)
class Frame:
    """A finished picture and what it is.

    Shapes: pixels uint8 (H, W, 3), RGB.
    """

    pixels: np.ndarray
    key: str
