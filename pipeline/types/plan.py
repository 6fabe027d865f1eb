"""What one frame is to be: its prompts, its camera move, its look, and all else it needs but pixels."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final

from .footage import Footage
from .look import LATER, Look, StepValues
from .place import Size


@dataclass(frozen=True, slots=True)
class CameraMove:
    """How the camera moved between the previous frame and this one, in the picture's plane.

    Convention: `roll_deg` > 0 turns the picture counter-clockwise; `zoom` > 1 goes in; translation in per cent of the
        picture's width (x, content moves right) and height (y, content moves down); the centre of roll, zoom, stretch
        and shear in fractions of width and height, (0.5, 0.5) being the middle; `stretch_*` factors per axis;
        `shear_*` in degrees. Content is translated first, then sheared, stretched, zoomed and rolled about the centre,
        and last tilted before a lens of `flip_fov_deg`: `flip_x_deg` > 0 brings the lower edge nearer, `flip_y_deg` > 0
        the left one, `flip_z_deg` > 0 turns clockwise. `flip_about` is "center", that of all else, or "deforum".
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
    flip_x_deg: float = field(default=0.0, metadata=LATER)
    flip_y_deg: float = field(default=0.0, metadata=LATER)
    flip_z_deg: float = field(default=0.0, metadata=LATER)
    flip_fov_deg: float = field(default=53.0, metadata=LATER)
    flip_about: str = field(default="center", metadata=LATER)


@dataclass(frozen=True, slots=True)
class SpatialMove:
    """How the camera moved in space between the previous frame and this one.

    Convention: the camera first turns, then moves along its new axes. What one sees: translation x > 0 moves content
        left, y > 0 down, z > 0 towards the eye, in 200ths of a scene unit; rotation x > 0 turns content down, y > 0
        left, z > 0 counter-clockwise. `fov_deg` is the angle from the picture's upper to its lower edge,
        `fov_before_deg` that of the frame before. `near` and `far` are where the nearest and the farthest thing lie, in
        scene units. `depth` is "model", "plane" or the SHA-256 of a picture or clip, whose frame `depth_frame` shows
        the frame before; what is bright in it is `depth_bright`: "near", linear in 1/distance, or "far", linear in
        distance. `warp` is how pixels are carried, "disco" and "deforum" by their own formulas, which know neither near
        nor far; `aspect` divides what moves sideways in "deforum".
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
    depth_frame: int = field(default=0, metadata=LATER)
    depth_bright: str = field(default="near", metadata=LATER)


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
        `blend` the picture is drawn to one direction on the great circle between the embeddings of the two. `only`
        names the CLIPs of the engine that see it; empty, all of them do.
    """

    text: str
    weight: float
    image: str = ""
    blend: Blend | None = None
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What happens to the warped picture of the frame before, ahead of the sampler; by default nothing.

    Convention: in this order: guide pictures pull, colours are matched, light is held, light and colour are steadied,
        contrast, sharpening, noise. Pictures are SHA-256 digests with weights whose sum is 1. Amounts are shares of
        black-to-white: `noise` is the noise's root mean square, `sharpen_threshold` the least difference that is
        sharpened. `sharpen_radius` is the blur's deviation in pixels. Colours are matched to those of the shot's first
        frame and light is held at its, light and colour are steadied to those of frame `steady_to`.
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
    steady: float = 0.0
    guide_strength: float = 0.0
    guide: tuple[tuple[str, float], ...] = ()
    color_match_image: tuple[tuple[str, float], ...] = ()
    steady_to: int = field(default=0, metadata=LATER)

    @property
    def looks_at(self) -> tuple[int, ...]:
        """Frames of the shot that are looked at, beside the one before."""
        matches = self.color_match != "off" and self.color_match_to == "shot" and self.color_match_amount > 0
        first = {0} if matches or self.hold > 0 else set()
        return tuple(sorted(first | ({self.steady_to} if self.steady > 0 else set())))


@dataclass(frozen=True, slots=True)
class Init:
    """The picture that a frame starts from, resembles or keeps in part.

    Convention: `image` and `mask` are digests as in `WeightedPrompt`; white of the mask is painted anew, fading in over
        `mask_feather` pixels. `skip` is the share of steps left out by a frame that starts from the image, or from
        `perlin` clouds. `scale` pulls the picture towards what it started from, by `distance`.
    """

    image: str = ""
    fit: str = "cover"
    perlin: str = "off"
    skip: float = 0.0
    scale: StepValues = (0.0,)
    distance: str = "clip"
    mask: str = ""
    mask_feather: float = 0.0


@dataclass(frozen=True, slots=True)
class Between:
    """How a frame comes about that is not denoised: from the denoised frames on either side, moved to where it is.

    Convention: `ahead` are the camera's moves after this frame up to the later of the two; `blend` is "cross", one
        picture fades into the other, or "flow", what is seen in both also moves from its one place to the other.
    """

    ahead: tuple[CameraMove | SpatialMove, ...]
    blend: str = "flow"


@dataclass(frozen=True, slots=True)
class Carried:
    """Where the camera has carried what was drawn: `growth` times as large, its middle `x`, `y` of the sides away.

    Convention: it is turned counter-clockwise by `roll_deg` about that middle; `x` goes right and `y` down.
    """

    growth: float = 1.0
    x: float = 0.0
    y: float = 0.0
    roll_deg: float = 0.0


HERE: Final = Carried()


@dataclass(frozen=True, slots=True)
class FramePlan:
    """Everything frame `frame` of a shot needs but pixels.

    Convention: `frame` counts from 0 inside the shot; `camera` is None where no earlier frame is carried over (the
        first frame of a shot), and then the frame is drawn from noise, or from what `init` says, and there is nothing
        to condition. `init` is None where no picture but that of the frame before has a say. `passed` are the moves of
        the frames between the denoised frame before and this one, ahead of `camera`; without a cadence there are none.
        `between` is None for a frame that is denoised. `footage` is None where no picture of a film has a say.
        `carried` is where what the prompts name is by now, since it was last drawn in its place.
    """

    shot: str
    frame: int
    seed: int
    size: Size
    prompts: tuple[WeightedPrompt, ...]
    camera: CameraMove | SpatialMove | None
    look: Look
    conditioning: Conditioning | None = None
    init: Init | None = None
    passed: tuple[CameraMove | SpatialMove, ...] = ()
    between: Between | None = None
    footage: Footage | None = field(default=None, metadata=LATER)
    carried: Carried = field(default=HERE, metadata=LATER)

    @property
    def moves(self) -> tuple[CameraMove | SpatialMove, ...]:
        """The camera's moves since the denoised frame before, in order."""
        return () if self.camera is None else (*self.passed, self.camera)

    @property
    def drawn_from(self) -> tuple[int, ...]:
        """Frames of the shot that this one is drawn from: none, the denoised one before, or those on either side."""
        if self.camera is None:
            return ()
        before = self.frame - len(self.moves)
        return (before,) if self.between is None else (before, self.frame + len(self.between.ahead))

    @property
    def looks_at(self) -> tuple[int, ...]:
        """Frames of the shot, all denoised before this one, whose light and colour are looked at."""
        return () if self.camera is None or self.conditioning is None else self.conditioning.looks_at

    @property
    def skip(self) -> float:
        """Share of the steps that this frame leaves out."""
        if self.camera is not None:
            return self.look.skip
        return self.init.skip if self.init else 0.0

    def canonical(self) -> str:
        """Return the plan as JSON with sorted keys and shortest-round-trip floats: equal plans, equal text."""
        return json.dumps(_said(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _said(value: Any) -> Any:
    """Return frozen nouns as plain mappings, without later fields that are at their default."""
    if is_dataclass(value):
        said = {one: getattr(value, one.name) for one in fields(value)}
        return {
            one.name: _said(inner)
            for one, inner in said.items()
            if not (one.metadata.get("is_later") and inner == one.default)
        }
    return [_said(inner) for inner in value] if isinstance(value, tuple) else value
