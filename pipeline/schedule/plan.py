"""Turn a shot's settings into one `FramePlan` for each of its frames, every value evaluated and within bounds.

The first frame is drawn from pure noise, so it has no camera move and executes all its steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..types import FramePlan, Label, Mark, Shot
from .fields import scalar
from .guide import guided, steadied
from .look import looks
from .prompt import PromptKey, PromptReader
from .scope import Scope
from .sections import ShotSettings, conditionings, moves
from .source import Complaints, Node, Scalar
from .template import Template
from .template import parse as read_template
from .weigh import weigh


@dataclass(frozen=True, slots=True)
class Score:
    """A shot as it was written, beside the plan it came to: for whoever explains or draws it.

    Convention: `places` says where its seed and its length (`frames`) are written.
    """

    shot: Shot
    scope: Scope
    prompts: tuple[PromptKey, ...]
    words: dict[str, Scalar]
    places: dict[str, Mark] = field(default_factory=dict)


def plan(settings: ShotSettings) -> Score:
    """Plan every frame of a shot.

    Raises: KeyframeError with all complaints about it.
    """
    complaints, scope = Complaints(), settings.scope
    reader = PromptReader(scope, settings.pictures, settings.fade)
    around = [
        complaints.attempt(_around, node, what, scope)
        for what, node in (("prompt_prefix", settings.prefix), ("prompt_suffix", settings.suffix))
    ]
    keys = complaints.attempt(reader.keys, settings.prompts)
    prompts = keys and complaints.attempt(weigh, keys, scope, before=around[0], after=around[1])
    moved = complaints.attempt(moves, settings)
    conditioned = complaints.attempt(conditionings, settings)
    conditioned = conditioned and complaints.attempt(guided, conditioned, settings)
    seen = complaints.attempt(looks, settings)
    for name in scope.lets if scope.clock.start == 0 else ():  # once for the film
        complaints.attempt(_look_over, name, scope)
    complaints.settle()
    assert keys and prompts and moved and conditioned and seen
    conditioned = steadied(conditioned, prompts)
    seed = scope.clock.seed
    frames = tuple(
        FramePlan(
            settings.name,
            frame,
            seed,
            settings.size,
            texts,
            move if frame else None,
            look,
            conditioning if frame else None,
        )
        for frame, (texts, move, look, conditioning) in enumerate(zip(prompts, moved, seen, conditioned, strict=True))
    )
    labels = sorted((frame, name) for name, found in scope.labels.items() for frame in found)
    shot = Shot(settings.name, frames, tuple(Label(name, frame) for frame, name in labels))
    said = {name: node for name, node in settings.words.items() if isinstance(node, Scalar)}
    return Score(shot, scope, keys, said, settings.places)


def _around(node: Node | None, what: str, scope: Scope) -> Template | None:
    """Read what stands before or after every text; nothing written is nothing, which a shot may want."""
    if node is None or (isinstance(node, Scalar) and not node.text.strip()):
        return None
    return read_template(scalar(node, what), scope)


def _look_over(name: str, scope: Scope) -> None:
    """Read a definition that nothing may rest on, so that its mistakes are found too."""
    used = set(scope.used)
    try:
        scope.curve(name)
    finally:
        scope.used.intersection_update(used)
