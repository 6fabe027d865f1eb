"""Read a shot's sections frame by frame: words, numbers, the camera's moves, what is done to the last frame.

`look:` has a module of its own, because its values may also follow the denoising.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import CameraMove, Conditioning, Mark, Size, SpatialMove
from .bounds import CAMERA, CAMERA_WORDS, FRAME, FRAME_WORDS, PARAMETERS
from .fields import word
from .pictures.picture import Pictures
from .prompt import Fade
from .scope import Scope
from .source import Complaints, Node
from .space import refuse_other_mode, spatial_moves

if TYPE_CHECKING:
    from .pictures.footage import Cut


@dataclass(frozen=True, slots=True)
class ShotSettings:
    """What a shot says; `words` holds the nodes of settings that are no numbers, by name (`camera.border`).

    Convention: `clips` names the engine's CLIPs, none where the engine itself could not be read; `clip_weights` holds
        the nodes of their weights, by name; `init_said`, `frame_said` and `look_said` name what the film itself says
        under `init:`, `frame:` and `look:`, apart from the preset. `footage` is the film that the shot follows, from
        its frame `footage_from` on; one that is taken back is none, and excuses what the film says of it.
        `depth_models` takes up the depth network that the film names, for all of its shots.
    """

    name: str
    size: Size
    scope: Scope
    prompts: Node
    fade: Fade
    prefix: Node | None
    suffix: Node | None
    words: dict[str, Node]
    pictures: Pictures
    depth_models: dict[str, Mark] = field(default_factory=dict)
    places: dict[str, Mark] = field(default_factory=dict)
    clips: tuple[str, ...] = ()
    clip_weights: dict[str, Node] = field(default_factory=dict)
    init_said: frozenset[str] = frozenset()
    frame_said: frozenset[str] = frozenset()
    look_said: frozenset[str] = frozenset()
    footage: Cut | None = None
    footage_from: int = 0
    footage_taken_back: bool = False


def frame_numbers(scope: Scope) -> np.ndarray:
    """Return the numbers of a shot's frames, (frames,)."""
    return np.arange(scope.clock.frames, dtype=np.float64)


def over_frames(name: str, scope: Scope) -> list[float]:
    """Return one checked value for each frame."""
    found = scope.curve(name)
    t = frame_numbers(scope) if found.is_timed else np.zeros(1)
    checked = PARAMETERS[name].bounds.check(found.sample(scope, t), name, t, scope.clock, found.text.mark).tolist()
    return checked if found.is_timed else checked * scope.clock.frames


def words_of(
    section: str, table: dict[str, tuple[str, ...]], settings: ShotSettings, complaints: Complaints
) -> dict[str, str | None]:
    """Return the words of a section that are written somewhere."""
    names = {name: f"{section}.{name}" for name in table}
    return {
        name: complaints.attempt(word, settings.words[full], full, table[name])
        for name, full in names.items()
        if full in settings.words
    }


def moves(settings: ShotSettings) -> Sequence[CameraMove | SpatialMove]:
    """Return the camera's move from the frame before, for each frame."""
    complaints, scope = Complaints(), settings.scope
    words = words_of("camera", CAMERA_WORDS, settings, complaints)
    mode = words.get("mode") or "2d"
    complaints.attempt(refuse_other_mode, mode, settings, words)
    if mode == "3d":
        complaints.settle()
        return spatial_moves(settings, words)
    columns: dict[str, list[float]] = {}
    for name, parameter in CAMERA.items():
        if f"camera.{name}" in scope.parameters:
            field = f"{name}_deg" if parameter.unit == "degrees" else name
            columns[field] = complaints.attempt(over_frames, f"camera.{name}", scope) or []
    complaints.settle()
    said: dict[str, Any] = {name: word for name, word in words.items() if word and name != "mode"}
    if not columns:
        return [CameraMove(**said)] * scope.clock.frames
    rows = zip(*columns.values(), strict=True)
    return [CameraMove(**dict(zip(columns, row, strict=True)), **said) for row in rows]


def conditionings(settings: ShotSettings) -> list[Conditioning]:
    """Return what is done to the picture of the frame before, for each frame; equal ones are one object."""
    complaints = Complaints()
    words: dict[str, Any] = dict(words_of("frame", FRAME_WORDS, settings, complaints))
    columns = {name: complaints.attempt(over_frames, f"frame.{name}", settings.scope) or [] for name in FRAME}
    complaints.settle()
    columns["perlin_octaves"] = [int(value) for value in columns["perlin_octaves"]]
    make = cache(lambda row: Conditioning(**words, **dict(zip(columns, row, strict=True))))
    return [make(row) for row in zip(*columns.values(), strict=True)]
