"""Follow a named value, or the weight of a prompt, through the frames of a film: what tables and pictures show of it.

Values come from the plans where they stand there, so that what is shown is what is drawn. The one exception is what
some frames go without, camera, conditioning and init: there the values are those the curves would give.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..errors import KeyframeError, UsageError
from ..types import CameraMove, FramePlan, SpatialMove, StepValues
from .bounds import CAMERA, HUGE, INIT_OVER_FRAMES, PARAMETERS, SPACE, Bounds
from .clips import PREFIX as OF_CLIP
from .fields import nearest
from .film import Reading
from .keys import Curve
from .look import OF_ORDER, Executed
from .pictures.follow import NOTHING
from .plan import Score
from .prompt import PromptKey, Wish
from .template import Template

LET = "let."
HEARD = "signal."
BY_FRAME = {*(f"init.{name}" for name in INIT_OVER_FRAMES), *(f"look.{name}" for name in OF_ORDER)}
UNBOUND = Bounds(-np.inf, np.inf, f"within {HUGE:g}")


def value_names(reading: Reading) -> tuple[str, ...]:
    """Return the name of everything that has a value at each frame.

    Convention: the file's own names begin with `let.`, the signals that something uses with `signal.`.
    """
    clips = dict.fromkeys(reading.film.engine.clip_models)
    ours = (LET + name for name in reading.scores[0].scope.lets)
    return (*PARAMETERS, *(OF_CLIP + name for name in clips), *ours, *(HEARD + name for name in heard(reading)))


def heard(reading: Reading) -> tuple[str, ...]:
    """Return the signals of the music that something uses, in the order in which they are known."""
    song = reading.tempo.song
    return tuple(name for name in song.names if name in song.used) if song is not None and song.used else ()


def find_name(reading: Reading, wanted: str) -> str:
    """Return the full name of a value; one under `let:`, a signal and a CLIP's weight may be given as written there.

    Raises: UsageError with a suggestion.
    """
    known = value_names(reading)
    if wanted in known:
        return wanted
    for before in (LET, HEARD, OF_CLIP):
        if before + wanted in known:
            return before + wanted
    ends = [name for name in known if name.split(".")[1] == wanted]
    raise UsageError(f"--curve {wanted}: there is no such value; {nearest(ends[0] if ends else wanted, known)}")


def curve_of(score: Score, name: str) -> Curve | None:
    """Return how a value is written in a shot, or None where it is not."""
    if name.startswith(OF_CLIP):
        return score.clips.get(name.removeprefix(OF_CLIP))
    if name.startswith(HEARD):
        return None
    scope, plain = score.scope, name.removeprefix(LET)
    return scope.curve(plain) if plain in scope.lets or plain in scope.parameters else None


def field_of(name: str) -> str:
    """Return the field of `CameraMove` or `SpatialMove` that holds a number of `camera:`."""
    return f"{name}_deg" if (CAMERA | SPACE)[name].unit == "degrees" else name


def follow(score: Score, name: str) -> list[StepValues]:
    """Return a value at each frame of a shot: one number, or one for each executed step where they differ.

    Raises: KeyframeError where a value that nothing rests on is not a number.
    """
    plans, scope = score.shot.plans, score.scope
    section, _, field = name.partition(".")
    if name.startswith(OF_CLIP):
        clip = name.removeprefix(OF_CLIP)
        return [dict(plan.look.clip_weights).get(clip, (1.0,)) for plan in plans]
    if name.startswith(HEARD):
        values = scope.heard(name.removeprefix(HEARD), np.arange(len(plans), dtype=np.float64))
        return [(value,) for value in values.tolist()]
    if section == "look" and field not in OF_ORDER:
        return [_as_steps(getattr(plan.look, field)) for plan in plans]
    found = curve_of(score, name)
    if section in ("camera", "frame", "follow") or name in BY_FRAME:
        if found is None and section == "follow":
            return [(float(getattr(NOTHING, field)),)] * len(plans)
        if found is None:
            nothing = CameraMove() if field in CAMERA else SpatialMove()
            return [(float(getattr(nothing, field_of(field))),)] * len(plans)
        t = np.arange(len(plans), dtype=np.float64)
        checked = PARAMETERS[name].bounds.check(found.sample(scope, t), name, t, scope.clock, found.text.mark)
        if section == "frame":
            done = [plan.conditioning for plan in plans]
            return [(float(getattr(one, field)) if one else value,) for one, value in zip(done, checked, strict=True)]
        return [(value,) for value in checked.tolist()]
    assert found is not None, "a name under let is known in every shot"
    bounds = PARAMETERS[name].bounds if name in PARAMETERS else UNBOUND
    skips = [plan.skip for plan in plans]
    by = score.words["look.schedule_by"].text.strip()
    return Executed([plan.look.steps for plan in plans], skips, by).bake(found, name, bounds, scope)


def follow_all(reading: Reading, name: str) -> list[StepValues] | None:
    """Return a value at each frame of the film, or None where it is not a number in some of them."""
    try:
        return [value for score in reading.scores for value in follow(score, name)]
    except KeyframeError:
        return None


def named_values(reading: Reading) -> dict[str, np.ndarray]:
    """Return the file's own numbers and the signals that something uses at each frame of the film, by full name.

    Shapes: each (frames of the film,); of what follows the denoising the mean over its steps. What is no number in some
        frames is left out.
    """
    found = {}
    for name in value_names(reading):
        values = follow_all(reading, name) if name.startswith((LET, HEARD)) else None
        if values is not None:
            found[name] = np.array([sum(steps) / len(steps) for steps in values])
    return found


def _as_steps(value: StepValues | float) -> StepValues:
    return value if isinstance(value, tuple) else (float(value),)


# --- prompts ----------------------------------------------------------------------------------------------------------


def keys_at(score: Score, frame: int) -> tuple[PromptKey, PromptKey | None]:
    """Return the prompts that hold at a frame of a shot, and those they give way to."""
    keys = score.prompts
    index = max(0, bisect_right([key.frame for key in keys], frame) - 1)
    return keys[index], keys[index + 1] if index + 1 < len(keys) else None


def wish_of(score: Score, frame: int, text: str, image: str, only: tuple[str, ...] | None = None) -> Wish | None:
    """Return the prompt of the file that a planned text or picture came from; the longest fitting one if several do.

    Convention: `only` says who sees it, None that this does not matter.
    """
    here = [wish for key in keys_at(score, frame) if key for wish in key.wishes]
    here = [wish for wish in here if only is None or wish.only == only]
    if image:
        return next((wish for wish in here if wish.image == image), None)
    fits = [wish for wish in here if wish.text is not None and _pattern(wish.text).search(text)]
    return max(fits, key=lambda wish: len(wish.text.written) if wish.text else 0, default=None)


@cache
def _pattern(template: Template) -> re.Pattern[str]:
    """Return what finds a template's words in a finished text, which may have more before and after them."""
    pieces = [r"\s*".join(map(re.escape, p.split())) if isinstance(p, str) else ".*?" for p in template.pieces]
    return re.compile(r"\s*".join(pieces), re.DOTALL)


@dataclass(slots=True)
class Lane:
    """One prompt through the film; `label` is its text as written, or the path of its picture.

    Shapes: weight, shared (frames of the film,); `shared` is the part of the weight that is on the way from or to
        another prompt as one blended direction.
    """

    label: str
    is_image: bool
    weight: np.ndarray
    shared: np.ndarray


def lanes(reading: Reading) -> tuple[Lane, ...]:
    """Return every prompt of the film and its weight at each frame, in order of appearance.

    Convention: a blend gives its weight to both prompts, by share.
    """
    found: dict[tuple[str, bool], Lane] = {}
    paths = {file.digest: file.path for file in reading.film.pictures}
    n_frames, start = reading.film.n_frames, 0
    for score in reading.scores:
        labels: dict[tuple[int, str, str], str] = {}
        for t, plan in enumerate(score.shot.plans):
            for text, image, weight, is_shared in _parts(plan):
                known = (id(keys_at(score, t)[0]), text, image)
                if known not in labels:
                    labels[known] = paths.get(image, image) if image else _label(score, t, text)
                key = (labels[known], bool(image))
                lane = found.setdefault(key, Lane(*key, np.zeros(n_frames), np.zeros(n_frames)))
                lane.weight[start + t] += weight
                lane.shared[start + t] += weight if is_shared else 0
        start += len(score.shot.plans)
    return tuple(found.values())


def _parts(plan: FramePlan) -> Iterator[tuple[str, str, float, bool]]:
    """Yield text, picture and weight of what a frame is drawn to, and whether that is one side of a blend."""
    for prompt in plan.prompts:
        blend = prompt.blend
        if blend is None:
            yield prompt.text, prompt.image, prompt.weight, False
        else:
            yield prompt.text, prompt.image, prompt.weight * (1 - blend.share), True
            yield blend.text, blend.image, prompt.weight * blend.share, True


def _label(score: Score, t: int, text: str) -> str:
    wish = wish_of(score, t, text, "")
    return wish.text.written if wish and wish.text else text
