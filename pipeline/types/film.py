"""What is rendered: shots of planned frames, the engine that draws them, how they are shown, and a finished frame."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from .codec import CODECS, LANCZOS, QUALITIES, STEREO
from .place import Notice, Size
from .plan import FramePlan

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Engine:
    """Which models draw, and on what; chosen by a preset in `configs/`, the same for a whole film.

    Convention: `secondary_model` is "" where guidance has none, `depth_model` for a film that never asks how far things
        are, `flow_model` for one that asks no network how things move; `precision` "auto" is half on a graphics card,
        and on a processor that is faster in it; `batch` is how many frames, of different shots or takes, one call of
        the diffusion network draws, and `compile` "on" where torch compiles it first, "graphs" where a graphics card
        also replays what it compiled.
    """

    diffusion_model: str
    clip_models: tuple[str, ...]
    device: str
    threads: int
    secondary_model: str = ""
    precision: str = "auto"
    depth_model: str = ""
    flow_model: str = ""
    batch: int = 1
    compile: str = "off"


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """How frames become a film: how they are packed, and how many and how large they are made before.

    Convention: `crf` is the codec's constant rate factor, None where `quality` chooses; `enlarge` is a whole-number
        enlargement. `audio` is "auto" (the codec's own, none where it has none), "aac", "opus", "copy" (the file's own
        packets) or "none"; `audio_bitrate` in kbit/s. `interpolate` and `upscale` are 1, 2 or 4 times as many and as
        large; `upscaler` is "lanczos", the name of a model that enlarges, or the path of a network's weights, which
        holds from here (`names_model` tells which). `stereo` is "off" or how a left and a right picture are joined:
        "side-by-side", "crossed" (the right one on the left) or "top-bottom" (the left one above); `eye_distance` in
        200ths of a scene unit, `convergence` the distance in scene units at which both see things in one place, 0 for
        none.
    """

    crf: int | None
    enlarge: int
    audio: str = "aac"
    audio_bitrate: int = 192
    codec: str = "h264"
    quality: str = "good"
    interpolate: int = 1
    upscale: int = 1
    upscaler: str = LANCZOS
    stereo: str = STEREO[0]
    eye_distance: float = 5.0
    convergence: float = 2.0

    @property
    def settled_crf(self) -> int | None:
        """Return the number that acts, None for codecs that have none."""
        presets = CODECS[self.codec].crf
        if not presets:
            return None
        return presets[QUALITIES.index(self.quality)] if self.crf is None else self.crf

    @property
    def settled_audio(self) -> str:
        """Return how sound is packed: "aac", "opus", "copy" or "none"."""
        if self.audio != "auto":
            return self.audio
        return next(iter(CODECS[self.codec].audio), "none")


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
    """A picture or film that plans name by its digest: the SHA-256 of the file at `path`, as hex."""

    digest: str
    path: str


@dataclass(frozen=True, slots=True)
class ClipFile:
    """A film that plans name by its digest, as it was found: the SHA-256 of the file at `path`, and its pictures.

    Convention: `size` is that of the upright picture. Pictures are counted from 0 at `rate` in a second; no two that
        are shown one after the other, nor two that can be decoded by themselves, are more than `gap_s` seconds apart.
    """

    digest: str
    path: str
    size: Size
    rate: Fraction
    n_frames: int
    gap_s: float
    has_sound: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """The texts that a film was read from, kept inside every frame so that each can say what made it.

    Convention: `preset` as it was named; `settings` are the command line's, as KEY=VALUE.
    """

    keyframes: str
    preset: str
    preset_text: str
    settings: tuple[str, ...] = ()

    def canonical(self) -> str:
        """Return all but the preset's own text as JSON with sorted keys; the preset comes with the film's record."""
        said = {"keyframes": self.keyframes, "preset": self.preset, "settings": self.settings}
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file that says where something happens in a film's music: the SHA-256 of what lies at `path`, as hex."""

    digest: str
    path: str


@dataclass(frozen=True, slots=True)
class Music:
    """The sound of a film: `length_s` of the first track of the file at `path`, from its second `start_s` on.

    Convention: `digest` is the file's SHA-256, as hex, and `codec` ffmpeg's name of how it is packed; where it lies is
        no part of what it is. The music sets in at second `offset_s` of the film, comes up in `fade_in_s` and goes
        down in the last `fade_out_s` before its end or the film's; `volume` is a factor. `beside` are the files that
        the film's values followed it by: its beats, if somebody has written them, and its cues.
    """

    digest: str
    path: str = field(compare=False)
    codec: str
    start_s: float
    length_s: float
    offset_s: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    volume: float = 1.0
    beside: tuple[SideFile, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Film:
    """What a keyframe file means once read with a preset: named shots in order, and how they are shown.

    Convention: `pictures` and `clips` are those that plans name, each once, sorted by digest; where they lie, what the
        reader warned of (`notices`) and the texts it was read from (`script`) are no part of what the film is. `title`
        is for players, "" where none is given.
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
    title: str = ""
    music: Music | None = None
    script: Script | None = field(default=None, compare=False)
    clips: tuple[ClipFile, ...] = field(default=(), compare=False)

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
