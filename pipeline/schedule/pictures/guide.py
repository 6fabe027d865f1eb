"""Read pictures over time: a path, or times with paths, become for each frame digests with weights whose sum is 1.

From one time to the next the pictures cross-fade in a straight line; the first one also holds before its time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import Any

from ...types import Conditioning
from ..sections import ShotSettings
from ..source import Complaints, Mapping, Node, refuse

Weighted = tuple[tuple[str, float], ...]


def pictures_over_frames(name: str, settings: ShotSettings) -> list[Weighted]:
    """Return the pictures of a setting at each frame; none where it is not written.

    Raises: KeyframeError with all complaints about it.
    """
    n_frames = settings.scope.clock.frames
    if name not in settings.words:
        return [()] * n_frames
    keys = _keys(name, settings.words[name], settings)
    frames = sorted(keys)
    return [_mixed(keys, frames, frame) for frame in range(n_frames)]


def guided(conditionings: list[Conditioning], settings: ShotSettings) -> list[Conditioning]:
    """Return what is done to the frame before together with the pictures that it looks at.

    Raises: KeyframeError for pictures that are wanted and not named, or that cannot be read.
    """
    complaints = Complaints()
    guide, match = (complaints.attempt(pictures_over_frames, f"frame.{name}", settings) for name in _NAMES)
    complaints.settle()
    assert guide is not None and match is not None
    pulls = any(one.guide_strength > 0 for one in conditionings)
    matches = any(one.color_match != "off" and one.color_match_to == "image" for one in conditionings)
    for is_used, key, by, is_there in (
        (pulls, "frame.guide", "frame.guide_strength", any(guide)),
        (matches, "frame.color_match_image", "frame.color_match_to", any(match)),
    ):
        if is_used and not is_there:
            node = settings.words[by] if by in settings.words else settings.scope.parameters[by].node
            refuse(node.mark, f"{by} wants a picture and there is none", f"write {key.split('.')[1]}: mood.png")
        if is_there and not is_used:
            what = f"{key} does nothing{settings.scope.clock.where}"
            wanted = (
                "a guide_strength above 0" if by == "frame.guide_strength" else "color_match and color_match_to: image"
            )
            settings.scope.notices.add("without-effect", settings.words[key].mark, what, f"write {wanted}")
    known: dict[Any, Conditioning] = {}
    found = []
    for row in zip(conditionings, guide, match, strict=True):
        if row not in known:
            one, pull, colour = row
            known[row] = replace(
                one, guide=pull if one.guide_strength > 0 else (), color_match_image=colour if matches else ()
            )
        found.append(known[row])
    return found


_NAMES = ("guide", "color_match_image")


def _keys(name: str, node: Node, settings: ShotSettings) -> dict[int, str]:
    if not isinstance(node, Mapping):
        return {0: settings.pictures.digest(node)}
    if not node.items:
        refuse(node.mark, f"{name} names no picture", f"write {name.split('.')[1]}: {{0: a.png, 2s: b.png}}")
    complaints = Complaints()
    keys: dict[int, str] = {}
    for time, value in node.items:
        frame = complaints.attempt(settings.scope.moment, time)
        digest = complaints.attempt(settings.pictures.digest, value)
        if frame is None or digest is None:
            continue
        if frame < 0:
            complaints.add(time.mark, f"a picture cannot come at frame {frame}", "choose a frame from 0 on")
        elif frame in keys:
            complaints.add(time.mark, f"a second picture at frame {frame}", "keep one of them")
        keys[frame] = digest
    complaints.settle()
    return keys


def _mixed(keys: dict[int, str], frames: list[int], frame: int) -> Weighted:
    index = bisect_right(frames, frame) - 1
    here = frames[max(0, index)]
    if index < 0 or index + 1 == len(frames) or keys[here] == keys[frames[index + 1]]:
        return ((keys[here], 1.0),)
    after = frames[index + 1]
    share = (frame - here) / (after - here)
    return ((keys[here], 1.0),) if share == 0 else ((keys[here], 1.0 - share), (keys[after], share))
