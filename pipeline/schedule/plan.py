"""Turn a shot's settings into one `FramePlan` for each of its frames, every value evaluated and within bounds.

The first frame is drawn from pure noise, so it has no camera move and executes all its steps; or it starts from a
picture of its own, and leaves out those that `init:` says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..types import FramePlan, Label, Mark, Shot
from .balance import refuse_cancelled
from .bounds import LOOK_WORDS
from .cadence import denoised, spaced
from .fields import scalar
from .holding import carryings, course_of, held
from .keys import Curve
from .look import clip_curves, looks
from .pictures.depth import spoken
from .pictures.follow import followings
from .pictures.guide import guided
from .pictures.init import inits, read_beginning
from .prompt import PromptKey, PromptReader
from .scope import Scope
from .sections import ShotSettings, conditionings, moves, over_frames, words_of
from .source import Complaints, Node, Scalar
from .template import Template
from .template import parse as read_template
from .weigh import weigh


@dataclass(frozen=True, slots=True)
class Score:
    """A shot as it was written, beside the plan it came to: for whoever explains or draws it.

    Convention: `places` says where its seed and its length (`frames`) are written; `clips` are the weights of the CLIPs
        that are given one.
    """

    shot: Shot
    scope: Scope
    prompts: tuple[PromptKey, ...]
    words: dict[str, Scalar]
    places: dict[str, Mark] = field(default_factory=dict)
    clips: dict[str, Curve] = field(default_factory=dict)


def plan(settings: ShotSettings) -> Score:
    """Plan every frame of a shot.

    Raises: KeyframeError with all complaints about it.
    """
    complaints, scope = Complaints(), settings.scope
    keeps = settings.words.get("look.weight_in_text")
    is_kept = isinstance(keeps, Scalar) and keeps.text.strip() == "kept"
    reader = PromptReader(scope, settings.pictures, settings.fade, settings.clips, is_kept)
    around = [
        complaints.attempt(_around, node, what, scope)
        for what, node in (("prompt_prefix", settings.prefix), ("prompt_suffix", settings.suffix))
    ]
    keys = complaints.attempt(reader.keys, settings.prompts)
    prompts = keys and complaints.attempt(weigh, keys, scope, before=around[0], after=around[1])
    moved = complaints.attempt(moves, settings)
    conditioned = complaints.attempt(conditionings, settings)
    conditioned = conditioned and complaints.attempt(guided, conditioned, settings)
    clips = complaints.attempt(clip_curves, settings)
    beginning = complaints.attempt(read_beginning, settings)
    first_skip = beginning.first_skip if beginning else 0.0
    seen = complaints.attempt(looks, settings, clips or {}, first_skip)
    course = course_of(settings, prompts, moved) if prompts and moved else None
    if keys and prompts:
        complaints.attempt(refuse_cancelled, keys, prompts, None if clips is None else seen, settings)
    cadence = complaints.attempt(over_frames, "look.cadence", scope)
    followed = complaints.attempt(followings, settings, cadence or [])
    begun = complaints.attempt(inits, settings, beginning, seen) if beginning and seen else None
    for name in scope.lets if scope.clock.start == 0 else ():  # once for the film
        complaints.attempt(_look_over, name, scope)
    complaints.settle()
    assert keys and prompts and moved and course and conditioned and seen and begun and cadence and followed
    drawn = denoised(cadence, {key.frame for key in keys})
    seen, conditioned = held(settings, seen, conditioned, course, drawn, is_shown=bool(beginning and beginning.image))
    frames = tuple(
        FramePlan(
            settings.name,
            frame,
            scope.clock.seed,
            settings.size,
            texts,
            move if frame else None,
            look,
            conditioning if frame else None,
            init,
            footage=footage,
            carried=carried,
        )
        for frame, (texts, move, look, conditioning, init, footage, carried) in enumerate(
            zip(prompts, moved, seen, conditioned, begun, followed, carryings(seen, course), strict=True)
        )
    )
    if max(cadence) > 1:
        blend = words_of("look", {"blend": LOOK_WORDS["blend"]}, settings, complaints)["blend"]
        frames = spaced(frames, drawn, blend or "")
    labels = sorted((frame, name) for name, found in scope.labels.items() for frame in found)
    shot = Shot(settings.name, frames, tuple(Label(name, frame) for frame, name in labels))
    return Score(shot, scope, keys, _said(settings), settings.places, clips or {})


def _said(settings: ShotSettings) -> dict[str, Scalar]:
    """Return the words of a shot's settings, by their keys."""
    said = {name: node for name, node in settings.words.items() if isinstance(node, Scalar)}
    if "camera.depth" in settings.words and (depth := spoken(settings.words["camera.depth"])):
        said["camera.depth"] = depth
    return said


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
