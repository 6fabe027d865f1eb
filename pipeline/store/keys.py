"""What determines a frame in, the frame's identity out: a hash over the previous frame's identity, plan and engine.

Equal keys mean equal pixels, so resuming, re-making after an edit and verifying are one look-up. The keys of a whole
shot are known before a pixel is made, since they chain through identities and not through pictures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..types import FramePlan

VERSION = 1
"""Raised whenever the meaning of a plan or fact changes without its text changing: all older frames become foreign."""

NOTHING: Final[Mapping[int, str]] = MappingProxyType({})


def frame_key(
    previous: str | None,
    plan: FramePlan,
    engine_facts: Mapping[str, str],
    *,
    seen: Mapping[int, str] = NOTHING,
    after: str | None = None,
) -> str:
    """Return the identity of the frame that `plan` makes out of the frame `previous` with this engine, as hex.

    Convention: `previous` is the key of the frame carried over, None where there is none; `seen` are those of the
        shot's frames that the plan says are looked at, and `after` is that of the later one that a frame between two
        rests on; `engine_facts` names all else that can change a pixel (digests of the models, versions, device,
        threads), text to text.
    Raises: TypeError where a fact is not text, since `1`, `1.0` and `True` must not become one key by accident.
    """
    for name, value in engine_facts.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"engine fact {name!r} is {value!r}; both must be text")
    made_of = {"previous": previous, "plan": plan.canonical(), "engine": dict(engine_facts)}
    others: dict[str, Any] = {name: key for name, key in (("first", seen.get(0)), ("after", after)) if key is not None}
    if later := {str(number): key for number, key in seen.items() if number}:
        others["seen"] = later
    whole = {"version": VERSION, **made_of, **others}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
