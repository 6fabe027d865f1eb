"""Say in words where a value at a frame comes from: a constant, an expression, a key, or the way between two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Mark
from .keys import Curve, Key, Stretch
from .prompt import PromptKey
from .scope import Scope
from .source import Scalar
from .step_list import StepList


@dataclass(frozen=True, slots=True)
class Origin:
    """How a value comes about, and the place in a file that says so; None where no file does."""

    how: str
    mark: Mark | None


NOT_SET = Origin("not set", None)


def origin(curve: Curve, scope: Scope, t: int) -> Origin:
    """Return where a curve's value at frame `t` of a shot comes from."""
    if len(curve.keys) == 1 and curve.keys[0].text is curve.text:
        return Origin(_plain(curve.keys[0]), curve.text.mark)
    stretch = next(found for found in curve.stretches(np.array([float(t)])) if found.points.start < found.points.stop)
    return Origin(_keyed(stretch, scope, t), stretch.key.text.mark)


def is_key(curve: Curve, t: int) -> bool:
    """Say whether a key stands at frame `t`; a value without keys has none."""
    return curve.keys[0].text is not curve.text and any(key.frame == t for key in curve.keys)


def _plain(key: Key) -> str:
    if isinstance(key.value, StepList):
        return f"list over the denoising {written(key.value.text)}"
    return "constant" if key.value.constant is not None else f"expression {written(key.value.text)}"


def written(text: Scalar) -> str:
    """Return text as it stands in the file, on one line."""
    return " ".join(text.text.split())


def _keyed(stretch: Stretch, scope: Scope, t: int) -> str:
    key, after = stretch.key, stretch.after
    if t < key.frame:
        return f"before the first key, at frame {key.frame} ({_value(key, scope)})"
    if key.moves:
        until = f" until the one at {after.frame}" if after else ""
        return f"expression {written(key.value.text)} from the key at frame {key.frame}{until}"
    if t == key.frame:
        return f"key at frame {key.frame}"
    if after is None:
        return f"after the last key, at frame {key.frame} ({_value(key, scope)})"
    if key.holds:
        return f"held from the key at frame {key.frame} to the one at {after.frame}, as an expression of Deforum's is"
    share = (t - key.frame) / (after.frame - key.frame)
    ends = f"{key.frame} ({_value(key, scope)}) and {after.frame} ({_value(after, scope)})"
    return f"between the keys at frame {ends}, {after.ease.name}, {share:.0%}".replace("%", " %")


def _value(key: Key, scope: Scope) -> str:
    if isinstance(key.value, StepList) or key.value.uses_progress or not 0 <= key.frame < scope.clock.frames:
        return written(key.value.text)
    return f"{float(key.there(scope, 1, None)[0]):.6g}"


def prompt_origin(key: PromptKey, after: PromptKey | None, t: int, *, n_keys: int) -> Origin:
    """Return where the prompts at frame `t` of a shot come from: those of `key`, which give way to those of `after`."""
    mark = key.place.mark
    if n_keys == 1 and key.frame == 0:
        return Origin("constant", mark)
    if t < key.frame:
        return Origin(f"before the first prompts, at frame {key.frame}", mark)
    if t == key.frame:
        return Origin(f"key at frame {key.frame}", mark)
    if after is None:
        return Origin(f"after the last prompts, at frame {key.frame}", mark)
    share = (t - key.frame) / (after.frame - key.frame)
    how = f"between the prompts at frame {key.frame} and {after.frame}, {after.fade.name}, {share:.0%}"
    return Origin(how.replace("%", " %"), mark)
