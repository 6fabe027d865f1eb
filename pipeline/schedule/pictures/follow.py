"""Read `follow:`, frame by frame: what each frame takes from the picture of the clip that belongs to it, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...types import Footage, Shot
from ..bounds import FOLLOW, FOLLOW_WORDS
from ..sections import ShotSettings, over_frames, words_of
from ..source import Complaints, refuse

if TYPE_CHECKING:
    from .footage import Cut

MODELS = {"dis": "dis", "raft": "raft-large", "raft_small": "raft-small"}
"""What the plan calls the ways to look for flow: models go by their names in the catalogue."""
SEARCHING = ("factor", "consistency", "missed", "overshot", "undershot", "mask_blur")
NOTHING = Footage("", 0)


def is_stylised(settings: ShotSettings) -> bool:
    """Say whether a shot is drawn over the pictures of a clip, and not only moved by them."""
    node = settings.words.get("follow.mode")
    return settings.footage is not None and getattr(node, "text", "stylise").strip() != "motion"


def followings(settings: ShotSettings, cadence: Sequence[float]) -> list[Footage | None]:
    """Return what each frame takes from the clip; None where that is nothing.

    Raises: KeyframeError, also where there is no clip to follow or it is too short, or a cadence.
    """
    n_frames, cut = settings.scope.clock.frames, settings.footage
    if cut is None:
        _refuse_nothing_to_follow(settings)
        return [None] * n_frames
    left = cut.n_frames - settings.footage_from
    if n_frames > left:
        where = settings.scope.clock.where
        what = f"the clip has pictures for {max(0, left)} frames{where}, which has {n_frames}"
        do = "give the shot a shorter duration or none, or the source a smaller every or an earlier start"
        refuse(cut.mark, what, do)
    _refuse_cadence(settings, cadence)
    complaints = Complaints()
    words = words_of("follow", FOLLOW_WORDS, settings, complaints)
    columns: dict[str, list[float]] = {}
    for name in FOLLOW:
        if f"follow.{name}" in settings.scope.parameters:
            columns[name] = complaints.attempt(over_frames, f"follow.{name}", settings.scope) or []
    complaints.settle()
    said: dict[str, Any] = {name: word for name, word in words.items() if word and name != "flow"}
    said["search"] = MODELS[words.get("flow") or "dis"]
    rows = zip(*columns.values(), strict=True) if columns else iter([()] * n_frames)
    found = [
        Footage(cut.clip.digest, index, fit=cut.fit, **said, **dict(zip(columns, row, strict=True)))
        for index, row in zip(_indices(cut, settings.footage_from, n_frames), rows, strict=True)
    ]
    first = replace(NOTHING, clip=found[0].clip, index=found[0].index, fit=cut.fit)
    later = [_without_idle(replace(one, before=last.index)) for last, one in pairwise(found)]
    return [first if is_stylised(settings) else None, *later]


def _refuse_cadence(settings: ShotSettings, cadence: Sequence[float]) -> None:
    """Refuse frames between denoised ones where each has a picture of its own."""
    if max(cadence, default=1) > 1:
        do = "write cadence: 1; film: {interpolate: 2x} makes frames between those of every second picture"
        mark = settings.scope.parameters["look.cadence"].node.mark
        refuse(mark, "a film over a film has no cadence", do)


def flow_models(shots: Iterable[Shot]) -> tuple[str, ...]:
    """Return the names of the networks that are asked how things move, each once."""
    plans = (plan.footage for shot in shots for plan in shot.plans)
    return tuple(dict.fromkeys(one.search for one in plans if one is not None and one.search != "dis"))


def _indices(cut: Cut, start: int, n_frames: int) -> list[int]:
    return [cut.index(start + frame) for frame in range(n_frames)]


def _without_idle(one: Footage) -> Footage:
    """Put everything that does not act in a frame at its default, so that it is not drawn anew for it."""
    idle: set[str] = set()
    if one.after == "off" or one.after_blend == 0:
        idle |= {"after", "after_blend"}
    if one.mode == "motion":
        idle |= {"blend"}
    is_blended = one.mode == "motion" or one.blend > 0
    if one.motion == "off" or not (is_blended or one.after == "flow"):
        idle |= {*SEARCHING, "search"}
    if one.motion == "off" and one.mode == "stylise":
        idle |= {"blend"}
    return replace(one, **{name: getattr(NOTHING, name) for name in idle})


def _refuse_nothing_to_follow(settings: ShotSettings) -> None:
    said = [parameter.node for name, parameter in settings.scope.parameters.items() if name.startswith("follow.")]
    said += [node for name, node in settings.words.items() if name.startswith("follow.")]
    if said and not settings.footage_taken_back:
        mark = min(node.mark for node in said)
        refuse(mark, f"there is no film to follow{settings.scope.clock.where}", "write source: clip.mp4")
