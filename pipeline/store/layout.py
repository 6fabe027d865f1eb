"""Where things lie in a film's folder, and which names may become part of a path.

outputs/NAME/film.json                 what the film consists of
outputs/NAME/frames/SHOT/00012.png     frame 12 of a shot, counted from 0
outputs/NAME/partials/SHOT/00012-003.png   the same frame after three of its steps, where asked for
outputs/NAME/depths/SHOT/00012.png     how near things are in it, where asked for
outputs/NAME/takes/SHOT/00012-KEY.png  what lay there before an edit, kept until `pipeline clean`
outputs/NAME/NAME.mp4                  the film, once complete; or .webm, .mov, .gif, .webp, or NAME-png, a folder
outputs/NAME/NAME.silent.mp4           the film without its music, where that could not be added
outputs/NAME/.timings                  how long frames took, for estimates
outputs/NAME/.lock                     held by the render that writes here
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from ..errors import StoreError
from .commit import naming

FRAMES = "frames"
PARTIALS = "partials"
DEPTHS = "depths"
TAKES = "takes"
RECORD = "film.json"
TIMINGS = ".timings"
LOCK = ".lock"
KEY = re.compile(r"[0-9a-f]{64}")
SHOT_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FILM_NAME_BYTES = 238  # so that `.NAME.silent.webm.tmp` keeps to the 255 bytes a file name may have


def frame_path(root: Path, shot: str, frame: int) -> Path:
    """Return where a frame lies.

    Raises: StoreError where the shot's name may not become a folder; ValueError for a negative frame.
    """
    if frame < 0:
        raise ValueError(f"frames count from 0, this is {frame}")
    return root / FRAMES / checked_shot_name(shot) / f"{frame:05d}.png"


def partial_path(root: Path, shot: str, frame: int, step: int) -> Path:
    """Return where the picture of a frame after `step` of its steps lies.

    Raises: StoreError where the shot's name may not become a folder.
    """
    return root / PARTIALS / checked_shot_name(shot) / f"{frame:05d}-{step:03d}.png"


def depth_path(root: Path, shot: str, frame: int) -> Path:
    """Return where the map of how near things are in a frame lies.

    Raises: StoreError where the shot's name may not become a folder.
    """
    return root / DEPTHS / checked_shot_name(shot) / f"{frame:05d}.png"


def take_path(root: Path, shot: str, frame: int, key: str) -> Path:
    """Return where a frame lies that others have replaced.

    Raises: StoreError where the shot's name may not become a folder; ValueError for what is no place or key.
    """
    if frame < 0 or not KEY.fullmatch(key):
        raise ValueError(f"there is no take of frame {frame} and key {key!r}")
    return root / TAKES / checked_shot_name(shot) / f"{frame:05d}-{key}.png"


def film_path(root: Path, name: str, suffix: str = ".mp4") -> Path:
    """Return where the finished film lies, whose codec gives its name that ending.

    Raises: StoreError where the film's name cannot be a file's.
    """
    return root / f"{checked_film_name(name)}{suffix}"


def silent_path(final: Path) -> Path:
    """Return where a film lies while its music is not there yet."""
    return final.with_name(f"{final.stem}.silent{final.suffix}")


def checked_shot_name(name: str) -> str:
    """Return the shot's name where it can be a folder's on any disk.

    Raises: StoreError.
    """
    if not SHOT_NAME.fullmatch(name):
        raise StoreError(
            f"shot {name!r}: its name cannot be a folder's; use at most 64 of a-z, 0-9, '.', '_' and '-', "
            "beginning with a letter or digit"
        )
    return name


def checked_film_name(name: str) -> str:
    """Return the film's name where it can be a file's.

    Raises: StoreError.
    """
    size = len(name.encode("utf-8", "surrogatepass"))
    if not 1 <= size <= _FILM_NAME_BYTES or name.startswith(".") or "/" in name or "\0" in name:
        raise StoreError(
            f"film {name!r}: its name cannot be a file's; use 1 to {_FILM_NAME_BYTES} bytes, "
            "no '/' and no '.' at the beginning"
        )
    return name


def refuse_unwritable(folder: Path) -> None:
    """Say at once that a folder cannot be written, before anything that takes long; make and change nothing.

    Raises: StoreError.
    """
    place = folder
    with naming(folder):
        while not os.path.lexists(place) and place.parent != place:
            place = place.parent
        if not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
        if os.statvfs(place).f_flag & os.ST_RDONLY:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(place))
        if not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))


def shot_folders(root: Path, *, below: str = FRAMES) -> list[Path]:
    """Return the folders of all shots' frames, takes or partials under `root`, links left out.

    Raises: StoreError.
    """
    with naming(root / below, doing="read"):
        if not (root / below).is_dir() or (root / below).is_symlink():
            return []
        return sorted(place for place in (root / below).iterdir() if place.is_dir() and not place.is_symlink())


def refuse_links(*places: Path) -> None:
    """Refuse folders that lead out of the film's; the film's own folder may be a link.

    Raises: StoreError.
    """
    for place in places:
        with naming(place, doing="read"):
            is_link = place.is_symlink()
        if is_link:
            raise StoreError(f"{place}: a symbolic link stands in its place; move it away or choose another --out")
