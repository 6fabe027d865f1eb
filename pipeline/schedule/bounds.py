"""Name every number of `camera:`, `frame:`, `follow:`, `look:` and `init:`, and the values it may take.

The tables are the single source for what the sections may hold; each rule is checked at every frame and step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Mark
from .clock import Clock
from .fields import ANY_NUMBER
from .language.tree import Unit
from .progress import N_LEVELS
from .source import refuse

HUGE = 1e9


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number may be; `says` completes 'keep it ...'."""

    low: float
    high: float
    says: str
    without_low: bool = False
    without_high: bool = False
    is_whole: bool = False

    def check(self, found: np.ndarray, what: str, t: np.ndarray, clock: Clock, mark: Mark) -> np.ndarray:
        """Return the values, rounded half up where they must be whole; refuse the first that is out of bounds.

        Shapes: found, t (points,) -> (points,).
        """
        if self.is_whole:
            found = np.floor(found + 0.5)
        is_low = found <= self.low if self.without_low else found < self.low
        is_high = found >= self.high if self.without_high else found > self.high
        bad = np.flatnonzero(is_low | is_high)
        if bad.size:
            first = int(bad[0])
            value = f"{found[first]:.6g}"
            refuse(mark, f"{what} is {value} at frame {int(t[first])}{clock.where}", f"keep it {self.says}")
        return found


ANY = Bounds(-HUGE, HUGE, f"between {-HUGE:g} and {HUGE:g}")
FACTOR = Bounds(0, HUGE, "above 0", without_low=True)
SCALE = Bounds(0, HUGE, f"between 0 and {HUGE:g}")
SHARE = Bounds(0, 1, "between 0 and 1")
COUNT = Bounds(0, 1000, "between 0 and 1000", is_whole=True)
RADIUS = Bounds(0, 100, "above 0 and up to 100", without_low=True)
VIEW = Bounds(1, 170, "between 1 and 170")
TILT = Bounds(-90, 90, "between -90 and 90, without the ends", without_low=True, without_high=True)
SHEAR = Bounds(-90, 90, "between -90 and 90, without the ends", without_low=True, without_high=True)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number an artist may set: the values it may take, its unit, and what it does."""

    bounds: Bounds
    unit: str
    says: str

    @property
    def measures(self) -> Unit:
        """What an expression for it must come to."""
        return Unit.ANGLE if self.unit == "degrees" else Unit.NUMBER


CAMERA = {
    "zoom": Parameter(FACTOR, "factor per frame", "above 1 goes in"),
    "roll": Parameter(ANY, "degrees", "turns the picture counter-clockwise, per frame"),
    "translation_x": Parameter(
        ANY, "per cent of the width; 200ths of a unit in 3d", "moves the picture right, in 3d the camera, per frame"
    ),
    "translation_y": Parameter(
        ANY, "per cent of the height; 200ths of a unit in 3d", "moves the picture down, per frame"
    ),
    "center_x": Parameter(ANY, "share of the width", "centre of roll, zoom, stretch and shear; 0.5 is the middle"),
    "center_y": Parameter(ANY, "share of the height", "centre of roll, zoom, stretch and shear; 0.5 is the middle"),
    "stretch_x": Parameter(FACTOR, "factor per frame", "above 1 widens the picture"),
    "stretch_y": Parameter(FACTOR, "factor per frame", "above 1 heightens the picture"),
    "shear_x": Parameter(SHEAR, "degrees", "leans the picture sideways, per frame"),
    "shear_y": Parameter(SHEAR, "degrees", "leans the picture up and down, per frame"),
    "flip_x": Parameter(TILT, "degrees", "tilts the picture, its lower edge nearer, per frame"),
    "flip_y": Parameter(TILT, "degrees", "tilts the picture, its left edge nearer, per frame"),
    "flip_z": Parameter(ANY, "degrees", "turns the picture clockwise before it is tilted, per frame"),
    "flip_fov": Parameter(VIEW, "degrees", "lens that a tilted picture is seen through; wider makes it steeper"),
}
SPACE = {  # of mode: 3d
    "translation_x": CAMERA["translation_x"],
    "translation_y": CAMERA["translation_y"],
    "translation_z": Parameter(ANY, "200ths of a scene unit", "moves the camera forward, per frame"),
    "rotation_x": Parameter(ANY, "degrees", "turns the camera up, per frame"),
    "rotation_y": Parameter(ANY, "degrees", "turns the camera right, per frame"),
    "rotation_z": Parameter(ANY, "degrees", "turns the picture counter-clockwise, per frame"),
    "fov": Parameter(VIEW, "degrees", "angle from the picture's upper edge to its lower; a change zooms"),
    "near": Parameter(FACTOR, "scene units", "where the nearest thing is"),
    "far": Parameter(FACTOR, "scene units", "where the farthest thing is"),
    "aspect": Parameter(FACTOR, "factor", "divides what moves sideways; acts in warp: deforum alone"),
}
MODES = ("2d", "3d")
CAMERA_WORDS = {
    "mode": MODES,
    "border": ("reflect", "wrap", "replicate", "zeros", "smear", "noise"),
    "warp": ("splat", "march", "disco", "deforum"),
    "flip_about": ("center", "deforum"),
}
BORDERS = {"2d": ("reflect", "wrap", "replicate", "zeros"), "3d": ("reflect", "wrap", "smear", "noise")}
DEPTHS = ("model", "plane")  # or a file's path
DEPTH_BRIGHT = ("near", "far")

FRAME = {
    "color_match_amount": Parameter(SHARE, "share", "how far colours are moved to those of the reference"),
    "hold": Parameter(SHARE, "share", "draws broad light and colour back to those of the shot's first frame"),
    "contrast": Parameter(Bounds(0, 100, "between 0 and 100"), "factor", "about mid-grey; 1 changes nothing"),
    "sharpen": Parameter(Bounds(0, 100, "between 0 and 100"), "factor", "how much of the fine detail is added again"),
    "sharpen_radius": Parameter(RADIUS, "pixels", "how broad the detail is that is sharpened"),
    "sharpen_threshold": Parameter(SHARE, "share of black to white", "detail weaker than this is left alone"),
    "noise": Parameter(SHARE, "share of black to white", "root mean square of fresh noise; for deforum, its weight"),
    "perlin_octaves": Parameter(
        Bounds(1, 8, "between 1 and 8", is_whole=True), "count", "layers of perlin noise, each twice as fine"
    ),
    "perlin_persistence": Parameter(SHARE, "factor", "weight of each layer of perlin noise against the one before"),
    "steady": Parameter(SHARE, "share", "holds light, contrast and strength of colour, but while prompts change"),
    "guide_strength": Parameter(SHARE, "share", "how far each frame is pulled to the pictures under guide"),
}
FRAME_PICTURES = ("color_match_image", "guide")
FRAME_WORDS = {
    "color_match": ("off", "rgb", "hsv", "lab", "mean"),
    "color_match_to": ("shot", "previous", "image"),
    "noise_kind": ("gaussian", "perlin", "deforum"),
}

FOLLOW = {
    "blend": Parameter(SHARE, "share", "of the moved frame before over the clip's picture; 0 is the picture alone"),
    "factor": Parameter(ANY, "factor", "how far things are moved, against how far they go in the clip"),
    "consistency": Parameter(SHARE, "share", "how much what cannot be trusted is left to the clip's picture"),
    "missed": Parameter(SHARE, "share", "of doubt where the ways there and back do not agree"),
    "overshot": Parameter(SHARE, "share", "of doubt where something comes in from outside"),
    "undershot": Parameter(SHARE, "share", "of doubt where something has moved away"),
    "mask_blur": Parameter(Bounds(0, 100, "between 0 and 100"), "pixels", "over which trust fades towards doubt"),
    "after_blend": Parameter(SHARE, "share", "of the frame before in the finished one, as after says"),
}
FOLLOW_WORDS = {
    "mode": ("stylise", "motion"),
    "motion": ("flow", "affine", "perspective", "off"),
    "flow": ("dis", "raft", "raft_small"),
    "after": ("off", "linear", "flow"),
}

LEVELS = Bounds(1, N_LEVELS, f"between 1 and {N_LEVELS}", is_whole=True)
LOOK_OVER_FRAMES = {
    "steps": Parameter(LEVELS, "count", "steps from noise to picture"),
    "skip": Parameter(
        Bounds(0, 1, "from 0 to below 1", without_high=True),
        "share of the steps",
        "left out when a frame starts from the one before it",
    ),
    "cutn_batches": Parameter(
        Bounds(1, 1000, "between 1 and 1000", is_whole=True), "count", "batches of cuts that each step is judged by"
    ),
    "seed_schedule": Parameter(ANY, "count", "added to the seed where seed_mode is schedule; between whole ones a mix"),
    "fuzzy": Parameter(
        Bounds(0, 100, "between 0 and 100"), "length", "noise on what each prompt means to a CLIP, which has length 1"
    ),
    "fuzzy_copies": Parameter(
        Bounds(1, 1000, "between 1 and 1000", is_whole=True), "count", "noisy copies that stand for a fuzzy prompt"
    ),
    "kaleidoscope": Parameter(
        Bounds(2, 64, "between 2 and 64", is_whole=True), "count", "equal parts of a kaleidoscope, each a mirror image"
    ),
    "variety": Parameter(
        Bounds(0, 1, "between 0 and 1"),
        "share",
        "how far the seed leans what a model is told, and mirrors, moves and enlarges its sketch; 0: not at all",
    ),
    "renew": Parameter(
        Bounds(0, 1, "between 0 and 1"),
        "share",
        "how far a later frame begins on the broad shapes and colours that its texts suggest to a model with a sketch",
    ),
    "cadence": Parameter(
        Bounds(1, 50, "between 1 and 50", is_whole=True),
        "frames",
        "from one denoised frame to the next; those between are made of the two, 1 denoises all",
    ),
}
LOOK_OVER_STEPS = {
    "eta": Parameter(SHARE, "share", "fresh noise in each step, 1 is all; ddpm takes 1; plms, euler, heun, dpmpp_2m 0"),
    "guidance_scale": Parameter(SCALE, "factor", "how strongly CLIP pulls the picture towards the prompts"),
    "cfg_scale": Parameter(
        Bounds(0, 100, "between 0 and 100"),
        "factor",
        "how strongly a model that takes texts follows the prompts; 1 as it was taught, 0 tells it nothing",
    ),
    "clamp_grad": Parameter(SCALE, "root mean square", "limit of the pull; 0 does not clamp"),
    "guidance_limit": Parameter(
        SHARE, "share of black to white", "how far a step's pull moves the picture at most; 0 does not limit"
    ),
    "guidance_area": Parameter(
        SHARE, "share of the shorter side", "the parts that guidance_limit holds, each by itself; 0: the whole picture"
    ),
    "recall": Parameter(
        SHARE, "share", "how far broad shapes and colours are held at those of the frame before, moved; 0: not at all"
    ),
    "tv_scale": Parameter(SCALE, "factor", "smooths the picture"),
    "range_scale": Parameter(SCALE, "factor", "keeps colours in range"),
    "sat_scale": Parameter(SCALE, "factor", "keeps colours from saturating"),
    "cut_overview": Parameter(COUNT, "count", "cuts of the whole picture in a batch"),
    "cut_innercut": Parameter(COUNT, "count", "cuts of parts of the picture in a batch"),
    "cut_ic_pow": Parameter(FACTOR, "exponent", "above 1 makes inner cuts smaller"),
    "cut_icgray_p": Parameter(SHARE, "share", "inner cuts that are grey"),
    "cut_hue": Parameter(SHARE, "share of the circle", "largest turn of a cut's colours"),
    "symmetry_strength": Parameter(SHARE, "share", "how far each predicted picture is made symmetric"),
}
SAMPLERS_ETA = {  # by sampler: the one eta that it can have, or None where eta acts
    "ddim": None,
    "ddpm": 1.0,
    "plms": 0.0,
    "euler": 0.0,
    "euler_ancestral": None,
    "heun": 0.0,
    "dpmpp_2m": 0.0,
    "dpmpp_2m_sde": None,
}
CLIP_WEIGHT = Parameter(SCALE, "factor", "how much this CLIP's pull counts; 0 leaves it out of a step")
LOOK_WORDS = {
    "sampler": (*SAMPLERS_ETA,),
    "guidance_path": ("unet", "detached", "secondary"),
    "thresholding": ("none", "static"),
    "class": ("none", "random", ANY_NUMBER),
    "augmentations": ("soft", "still", "motion", "video", "none"),
    "cut_draws": ("each", "batch"),
    "cut_edges": ("full", "dark"),
    "cut_grey_rule": ("share", "disco"),
    "range_loss": ("acts", "inert"),
    "saved_picture": ("guided", "unguided"),
    "unsaid": ("open", "seed"),
    "schedule_by": ("noise", "steps"),
    "weight_in_text": ("left-out", "kept"),
    "prompt_weights": ("sum", "abs_sum", "l2"),
    "seed_mode": ("frame", "fixed", "ladder", "alternate", "schedule"),
    "symmetry": ("off", "horizontal", "vertical", "both", "kaleidoscope"),
    "blend": ("flow", "cross"),
}

INIT_PATHS = ("image", "mask")
INIT_WORDS = {
    "fit": ("cover", "contain", "stretch"),
    "perlin": ("off", "color", "gray", "mixed"),
    "distance": ("clip", "lpips"),
}
INIT_OVER_FRAMES = {
    "skip": Parameter(
        Bounds(0, 1, "from 0 to below 1", without_high=True),
        "share of the steps",
        "left out when a shot's first frame starts from a picture or clouds",
    ),
    "mask_feather": Parameter(
        Bounds(0, 1000, "between 0 and 1000"), "pixels", "over which what is painted fades in from what is kept"
    ),
}
INIT_OVER_STEPS = {
    "scale": Parameter(SCALE, "factor", "pulls a shot's first frame towards the picture that it starts from"),
    "frames_scale": Parameter(SCALE, "factor", "pulls every later frame towards the moved one before it"),
}
PARAMETERS: dict[str, Parameter] = {
    **{f"camera.{name}": parameter for name, parameter in (CAMERA | SPACE).items()},
    **{f"frame.{name}": parameter for name, parameter in FRAME.items()},
    **{f"follow.{name}": parameter for name, parameter in FOLLOW.items()},
    **{f"look.{name}": parameter for name, parameter in (LOOK_OVER_FRAMES | LOOK_OVER_STEPS).items()},
    **{f"init.{name}": parameter for name, parameter in (INIT_OVER_FRAMES | INIT_OVER_STEPS).items()},
}
WORDS = {
    **{f"camera.{name}": known for name, known in CAMERA_WORDS.items()},
    "camera.depth": DEPTHS,
    **{f"frame.{name}": known for name, known in FRAME_WORDS.items()},
    **{f"follow.{name}": known for name, known in FOLLOW_WORDS.items()},
    **{f"look.{name}": known for name, known in LOOK_WORDS.items()},
    **{f"init.{name}": known for name, known in INIT_WORDS.items()},
}
PATHS = tuple(f"init.{name}" for name in INIT_PATHS)
NO_PICTURE = "none"
