"""How many frames a shot has: as many as it or the film says, or as its clip has pictures, or up to the music's end."""

from __future__ import annotations

from dataclasses import dataclass

from . import fields
from .clock import MAX_FRAMES, Clock
from .film_settings import FilmSettings
from .pictures.footage import Cut
from .song.music import frames_left
from .source import Node, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The film's frame at which a shot starts, and whether it is the last."""

    start: int
    is_last: bool


def followed_clip(own: dict[str, Node], settings: FilmSettings) -> Cut | None:
    """Return the film that a shot follows: its own, or the whole film's."""
    return settings.clips_read.read(own["source"]) if "source" in own else settings.footage


def ends_with_clip(own: dict[str, Node], settings: FilmSettings, at: Start, footage: Cut | None) -> bool:
    """Tell whether a shot that is not told its length lasts as long as its clip: one of its own, or the film's last."""
    is_told = any(key in layer for layer in (own, settings.own) for key in ("frames", "duration"))
    return footage is not None and ("source" in own or at.is_last) and not is_told


def ends_with_music(own: dict[str, Node], settings: FilmSettings, at: Start) -> bool:
    """Tell whether a shot that is not told its length lasts as long as the music: the film's last."""
    is_told = any(key in layer for layer in (own, settings.own) for key in ("frames", "duration"))
    return settings.music is not None and at.is_last and not is_told


def length_of(own: dict[str, Node], settings: FilmSettings, seed: int, at: Start, footage: Cut | None) -> int:
    """Return a shot's frames, from the innermost place that says how many; else it ends with its clip or the music."""
    layers = (own, settings.own, settings.defaults)
    if footage is not None and ends_with_clip(own, settings, at, footage):
        left = footage.n_frames - (0 if "source" in own else at.start)
        if not 1 <= left <= MAX_FRAMES:
            do = f"leave it from 1 to {MAX_FRAMES} frames: by start, length and every, or the duration of shots before"
            refuse(footage.mark, f"the clip has pictures for {left} frames of this shot", do)
        return left
    if settings.music is not None and ends_with_music(own, settings, at):
        return frames_left(settings.music, at.start, settings.tempo.fps, settings.own["music"].mark)
    for layer in layers:
        if "frames" in layer and "duration" in layer:
            refuse(layer["frames"].mark, "both frames and duration are given", "keep one of them")
    for layer in layers:
        if "frames" in layer:
            return fields.whole(layer["frames"], "frames", low=1, high=MAX_FRAMES)
        if "duration" in layer:
            text = fields.scalar(layer["duration"], "duration")
            found = settings.scope(Clock(settings.tempo, 0, seed, at.start)).end(text)
            if not 1 <= found <= MAX_FRAMES:
                refuse(text.mark, f"the duration is {found} frames", f"choose between 1 and {MAX_FRAMES}")
            return found
    raise AssertionError("presets always give a duration")
