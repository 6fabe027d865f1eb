"""The nouns every stage speaks: small frozen values, no behaviour beyond naming themselves.

Nothing here imports torch or numpy at run time, so the schedule, the store and the command line stay light.
"""

from .film import ClipFile, Engine, Film, FilmFormat, Frame, Label, Music, PictureFile, Script, Shot, SideFile
from .footage import Footage
from .look import Look, StepValues
from .place import Mark, Notice, Size
from .plan import (
    HERE,
    Between,
    Blend,
    CameraMove,
    Carried,
    Conditioning,
    FramePlan,
    Init,
    SpatialMove,
    WeightedPrompt,
)

__all__ = [
    "HERE",
    "Between",
    "Blend",
    "CameraMove",
    "Carried",
    "ClipFile",
    "Conditioning",
    "Engine",
    "Film",
    "FilmFormat",
    "Footage",
    "Frame",
    "FramePlan",
    "Init",
    "Label",
    "Look",
    "Mark",
    "Music",
    "Notice",
    "PictureFile",
    "Script",
    "Shot",
    "SideFile",
    "Size",
    "SpatialMove",
    "StepValues",
    "WeightedPrompt",
]
