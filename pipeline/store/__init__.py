"""What survives a crash: frames and films under an output folder, each whole under its name or not there at all.

The only stage that writes below `outputs/`. It never imports torch, and numpy and cv2 only where pixels are touched.
`commit.commit` is not listed, since a function of that name would hide its module.
"""

from .commit import adopt, make_folder, staged, sweep
from .film_record import FilmRecord, ShotRecord, read_film_record, write_film_record
from .frame_file import DamagedFrame, MissingFrame, StoredFrame, encode, pixel_digest, read
from .frames import Finding, FrameStore, State
from .keys import frame_key
from .layout import film_path, frame_path, refuse_unwritable
from .lock import hold
from .partials import put_partial, refresh

__all__ = [
    "DamagedFrame",
    "FilmRecord",
    "Finding",
    "FrameStore",
    "MissingFrame",
    "ShotRecord",
    "State",
    "StoredFrame",
    "adopt",
    "encode",
    "film_path",
    "frame_key",
    "frame_path",
    "hold",
    "make_folder",
    "pixel_digest",
    "put_partial",
    "read",
    "read_film_record",
    "refresh",
    "refuse_unwritable",
    "staged",
    "sweep",
    "write_film_record",
]
