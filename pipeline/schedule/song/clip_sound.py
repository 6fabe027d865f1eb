"""The sound of a film that was made over another: that one's own, cut to the part that is seen.

It plays at the speed it was recorded at; where the pictures do not, it is left out with a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ...types import Music, Shot
from ..notices import Notices
from ..pictures.footage import Cut
from ..rate import exact_rate
from .sound_file import SoundFault, listen_to

APART = Fraction(1, 1000)  # of the speed: 4 frames in an hour at 1, and nobody hears it


def sound_of(footage: Cut, shots: Sequence[Shot], fps: float, notices: Notices) -> Music | None:
    """Return the sound of the clip that a film follows from its first frame on; None where it has none to keep."""
    if not footage.clip.has_sound:
        return None
    do = "name it under music: to have it all the same, or write silence: [clip-sound]"
    speed = exact_rate(fps) / footage.rate
    if abs(speed - 1) > APART:
        what = f"the clip's sound is left out: at {fps:g} frames a second it would not keep step"
        notices.add("clip-sound", footage.mark, what, f"leave fps out, or {do}")
        return None
    try:
        sound = listen_to(Path(footage.clip.path))
    except SoundFault as fault:
        notices.add("clip-sound", footage.mark, f"the clip's sound is left out: {fault.what}", do)
        return None
    start = footage.start / footage.clip.rate
    length = min(sum(len(shot.plans) for shot in shots) / exact_rate(fps), sound.length_s - start)
    if length <= 0:
        return None
    return Music(sound.digest, footage.clip.path, sound.codec, start_s=float(start), length_s=float(length))
