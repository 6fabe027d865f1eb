"""Stored frames in, a film out, with sound if it has music: verified, in order, each exactly once."""

from .encode import assemble_stream, rational_fps
from .ffmpeg import comment_of
from .film import Wishes, assemble, enlargement
from .sound import Sound, assemble_film

__all__ = [
    "Sound",
    "Wishes",
    "assemble",
    "assemble_film",
    "assemble_stream",
    "comment_of",
    "enlargement",
    "rational_fps",
]
