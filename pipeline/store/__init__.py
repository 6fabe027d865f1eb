"""What survives a crash: frames and films under an output folder, each whole under its name or not there at all.

The only stage that writes below `outputs/`. It never imports torch, and numpy and cv2 only where pixels are touched.
`commit.commit` is not listed, since a function of that name would hide its module.
"""

from .commit import adopt, make_folder, staged, sweep
from .film_record import (
    FilmRecord,
    Seam,
    ShotRecord,
    read_film_record,
    recorded_seams,
    script_from,
    script_in,
    write_film_record,
)
from .frame_file import DamagedFrame, FrameRecord, MissingFrame, StoredFrame, encode, pixel_digest, read, read_record
from .frames import Finding, FrameStore, State, engine_in, place_of
from .keys import frame_key
from .layout import film_path, frame_path, refuse_unwritable
from .lock import hold
from .partials import has_depth, put_depth, put_partial, refresh
from .takes import Spare, chosen, discard, spares
from .timings import Timing, estimate, note_timing, read_timings, work_of

__all__ = [
    "DamagedFrame",
    "FilmRecord",
    "Finding",
    "FrameRecord",
    "FrameStore",
    "MissingFrame",
    "Seam",
    "ShotRecord",
    "Spare",
    "State",
    "StoredFrame",
    "Timing",
    "adopt",
    "chosen",
    "discard",
    "encode",
    "engine_in",
    "estimate",
    "film_path",
    "frame_key",
    "frame_path",
    "has_depth",
    "hold",
    "make_folder",
    "note_timing",
    "pixel_digest",
    "place_of",
    "put_depth",
    "put_partial",
    "read",
    "read_film_record",
    "read_record",
    "read_timings",
    "recorded_seams",
    "refresh",
    "refuse_unwritable",
    "script_from",
    "script_in",
    "spares",
    "staged",
    "sweep",
    "work_of",
    "write_film_record",
]
