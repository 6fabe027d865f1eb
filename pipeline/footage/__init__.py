"""Films as input: what is in a file, and its pictures one after the other or from any place on, never all at once."""

from .cache import PictureCache
from .decode import Reader
from .probe import ClipFault, look_at
from .reel import Reel, Reels
from .stills import Still, Stills, packed, unpacked

__all__ = ["ClipFault", "PictureCache", "Reader", "Reel", "Reels", "Still", "Stills", "look_at", "packed", "unpacked"]
