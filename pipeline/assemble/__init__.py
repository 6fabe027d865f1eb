"""Stored frames in, a film out: verified, in order, each exactly once."""

from .encode import assemble_stream, rational_fps
from .film import assemble

__all__ = ["assemble", "assemble_stream", "rational_fps"]
