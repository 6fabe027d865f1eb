"""Read `camera: depth:`: a word, a network by name, or a grey picture or clip that says how far things are.

A clip is known by its content, like a picture, and looked at like one that is followed, so that one that ends before
its shot is told of before anything is drawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...types import PictureFile
from ..bounds import DEPTH_BRIGHT, DEPTHS
from ..fields import as_mapping, describe, nearest, scalar, word
from ..source import Complaints, Mapping, Node, Scalar, refuse, shorten
from .footage import SUFFIXES

if TYPE_CHECKING:
    from ..sections import ShotSettings

KEYS = ("model", "file", "bright")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}(/[A-Za-z0-9][A-Za-z0-9._-]{0,79})?")


@dataclass(frozen=True, slots=True)
class DepthSource:
    """Where a shot's distances come from: `depth` and `bright` as in `SpatialMove`, and whether it is a clip."""

    depth: str = DEPTHS[0]
    bright: str = DEPTH_BRIGHT[0]
    is_clip: bool = False


def read_depth(settings: ShotSettings) -> DepthSource:
    """Return where distances come from; a network's name is noted for the whole film.

    Raises: KeyframeError for a word that is not known, a file that is none, or a clip that is too short.
    """
    node = settings.words.get("camera.depth")
    if node is None:
        return DepthSource()
    if isinstance(node, Mapping):
        return _spelled_out(node, settings)
    if not isinstance(node, Scalar) or not node.text.strip():
        refuse(node.mark, f"camera.depth wants a word, a picture or a clip ({describe(node)})", "write depth: model")
    text = node.text.strip()
    if text in DEPTHS:
        return DepthSource(text)
    if "." not in text:
        refuse(node.mark, f"unknown camera.depth '{text[:80]}'", f"{nearest(text, DEPTHS)}, or a file's path")
    return _of_file(node, settings, DEPTH_BRIGHT[0])


def spoken(node: Node) -> Scalar | None:
    """Return `depth:` as one text, for whoever tells what is written."""
    if not isinstance(node, Mapping):
        return node if isinstance(node, Scalar) else None
    parts = [f"{key.text}: {value.text.strip()}" for key, value in node.items if isinstance(value, Scalar)]
    text = ", ".join(parts)
    return Scalar(text, node.mark, range(node.mark.column, node.mark.column + len(text) + 1))


def _spelled_out(node: Mapping, settings: ShotSettings) -> DepthSource:
    complaints = Complaints()
    said = as_mapping(node, "camera.depth", KEYS, complaints)
    complaints.settle()
    if ("model" in said) == ("file" in said):
        refuse(node.mark, "camera.depth wants a model or a file", "write {model: NAME} or {file: depth.png}")
    if "model" in said:
        if "bright" in said:
            refuse(said["bright"].mark, "bright is said of a file alone", "remove it")
        return _of_model(scalar(said["model"], "camera.depth.model"), settings)
    bright = word(said["bright"], "camera.depth.bright", DEPTH_BRIGHT) if "bright" in said else DEPTH_BRIGHT[0]
    return _of_file(scalar(said["file"], "camera.depth.file"), settings, bright)


def _of_model(node: Scalar, settings: ShotSettings) -> DepthSource:
    name = node.text.strip()
    if not NAME.fullmatch(name):
        refuse(node.mark, f"this is no model's name ({describe(node)})", "give one of `pipeline models list`")
    other = next((one for one in settings.depth_models if one != name), None)
    if other is not None:
        refuse(node.mark, f"a film has one depth model, and this one has '{other}' already", "name the same everywhere")
    settings.depth_models[name] = node.mark
    return DepthSource()


def _of_file(node: Scalar, settings: ShotSettings, bright: str) -> DepthSource:
    text = node.text.strip()
    if not text.lower().endswith(SUFFIXES):
        return DepthSource(settings.pictures.digest(node, "camera.depth"), bright)
    path = settings.pictures.beside / text
    n_frames = settings.scope.clock.frames
    from ...footage.probe import ClipFault, look_at  # only where there is a clip: it brings a decoder along

    try:
        if not path.is_file():
            refuse(node.mark, f"there is no clip '{shorten(text)}'", "give a path from the keyframe file's folder")
        found = look_at(path)
    except ClipFault as fault:
        refuse(node.mark, f"'{shorten(text)}': {fault.what}", "give a grey picture or a clip that ffmpeg reads")
    except (OSError, ValueError) as fault:
        refuse(node.mark, f"the clip cannot be read ({shorten(str(fault))})", "check the path")
    if found.n_frames < n_frames:
        what = f"the clip has {found.n_frames} frames, and the shot {n_frames}"
        refuse(node.mark, what, "give a longer clip, or make the shot shorter")
    settings.pictures.found[node.text] = PictureFile(found.digest, str(path))
    return DepthSource(found.digest, bright, is_clip=True)
