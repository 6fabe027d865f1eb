"""A film's frames by shot, number and key: looked up before any is made, and read back once one is.

What `put` returns is what the disk gives back, never what it was handed: the stored picture is the only thing carried
to the next frame. A file that is damaged or has another key counts as absent and is replaced by the next `put`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..errors import StoreError
from ..types import Frame, FramePlan
from .commit import commit, make_folder, naming
from .frame_file import DamagedFrame, MissingFrame, StoredFrame, encode, pixel_digest, read
from .layout import FRAMES, checked_shot_name, frame_path, refuse_links


class State(Enum):
    """What the store holds in a frame's place."""

    VALID = "valid"
    MISSING = "missing"
    DAMAGED = "damaged"
    FOREIGN = "foreign"  # whole, but made from another plan, frame or engine


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to a look-up: `frame` is there where the state is VALID, and `why` says what is wrong elsewhere."""

    state: State
    path: Path
    why: str = ""
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class FrameStore:
    """The frames under one film's folder."""

    root: Path

    def path(self, shot: str, frame: int) -> Path:
        """Return where a frame lies, whether or not it does."""
        return frame_path(self.root, shot, frame)

    def is_there(self, shot: str, frame: int) -> bool:
        """Tell whether anything at all lies in a frame's place, sound or not."""
        path = self.path(shot, frame)
        with naming(path, doing="read"):
            return path.is_symlink() or path.exists()

    def find(self, shot: str, frame: int, key: str) -> Finding:
        """Look in a frame's place and say what is there.

        Raises: StoreError where the disk refuses to be read.
        """
        path = self.path(shot, frame)
        try:
            stored = self.read(shot, frame)
        except MissingFrame as fault:
            return Finding(State.MISSING, path, str(fault))
        except DamagedFrame as fault:
            return Finding(State.DAMAGED, path, str(fault))
        if stored.key != key:
            return Finding(State.FOREIGN, path, f"{path}: made as {stored.key[:12]}, wanted is {key[:12]}")
        return Finding(State.VALID, path, frame=Frame(pixels=stored.pixels, key=key))

    def look_up(self, shot: str, frame: int, key: str) -> Frame | None:
        """Return the frame with this key where the store has it whole, else None."""
        return self.find(shot, frame, key).frame

    def read(self, shot: str, frame: int) -> StoredFrame:
        """Read what lies in a frame's place, whatever its key.

        Raises: MissingFrame; DamagedFrame; StoreError.
        """
        path = self.path(shot, frame)
        self._refuse_links(shot)
        return read(path)

    def put(self, frame: Frame, plan: FramePlan, facts: Mapping[str, str]) -> Frame:
        """Store a new frame in its plan's place; return it as read back.

        Convention: `facts` are the engine's, as given to `frame_key`; the plan joins them as `plan`.
        Raises: StoreError where it cannot be written, or the disk gave back something else.
        """
        path = self.path(plan.shot, plan.frame)
        data = encode(frame, facts={**facts, "plan": plan.canonical()})
        make_folder(path.parent)
        self._refuse_links(plan.shot)
        commit(path, data)
        stored = read(path)
        if stored.key != frame.key or stored.digest != pixel_digest(frame.pixels):
            raise StoreError(f"{path}: the disk gave back another frame than was written; check it, then render again")
        return Frame(pixels=stored.pixels, key=stored.key)

    def _refuse_links(self, shot: str) -> None:
        refuse_links(self.root / FRAMES, self.root / FRAMES / checked_shot_name(shot))
