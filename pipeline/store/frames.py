"""A film's frames by shot, number and key: looked up before any is made, and read back once one is.

What `put` returns is what the disk gives back, never what it was handed: the stored picture is the only thing carried
to the next frame. A file that is damaged or has another key counts as absent and is replaced by the next `put`; a
whole one is first kept as a take, which `recall` finds again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..errors import StoreError
from ..types import Frame, FramePlan
from .commit import commit, make_folder, naming, remove
from .frame_file import (
    DamagedFrame,
    FrameRecord,
    MissingFrame,
    StoredFrame,
    decode,
    encode,
    load,
    pixel_digest,
    read,
    read_record,
)
from .layout import FRAMES, TAKES, checked_shot_name, frame_path, refuse_links, take_path

NOT_ENGINE = ("plan", "script")
"""Facts inside a frame that say nothing about the engine which drew it."""


class State(Enum):
    """What the store holds in a frame's place."""

    VALID = "valid"
    MISSING = "missing"
    DAMAGED = "damaged"
    FOREIGN = "foreign"  # whole, but made from another plan, frame or engine
    TAKE = "take"  # not in its place, but kept as a take


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to a look-up: `frame` is there where the state is VALID, and `why` says what is wrong elsewhere."""

    state: State
    path: Path
    why: str = ""
    frame: Frame | None = None


def place_of(record: FrameRecord | StoredFrame) -> tuple[str, int] | None:
    """Return the shot and frame that a file was made for, or None where it does not say."""
    try:
        found = json.loads(record.facts["plan"])
        return found["shot"], found["frame"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def engine_in(record: FrameRecord | StoredFrame) -> dict[str, str]:
    """Return the facts about the engine that are written inside a frame."""
    return {name: text for name, text in sorted(record.facts.items()) if name not in NOT_ENGINE}


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

    def glance(self, shot: str, frame: int, key: str) -> tuple[State, FrameRecord | None]:
        """Say what is there without decoding a pixel, and what it says of itself; also whether a take is kept.

        Raises: StoreError where the disk refuses to be read.
        """
        state, record = State.MISSING, None
        self._refuse_links(shot)
        try:
            record = read_record(self.path(shot, frame))
            state = State.VALID if record.key == key else State.FOREIGN
        except MissingFrame:
            pass
        except DamagedFrame:
            state = State.DAMAGED
        if state is not State.VALID and self._take(shot, frame, key) is not None:
            state = State.TAKE
        return state, record

    def recall(self, shot: str, frame: int, key: str) -> Frame | None:
        """Return the frame with this key; a take of it is put back into its place.

        Convention: the caller holds the folder's lock, since this may write.
        Raises: StoreError.
        """
        found = self.look_up(shot, frame, key)
        if found is not None:
            return found
        take = self._take(shot, frame, key)
        if take is None:
            return None
        self._replace(shot, frame, key, load(take))
        remove(take)  # nothing is lost if this does not last: a take beside its frame is only superfluous
        return self.look_up(shot, frame, key)

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
        self._replace(plan.shot, plan.frame, frame.key, data)
        stored = read(path)
        if stored.key != frame.key or stored.digest != pixel_digest(frame.pixels):
            raise StoreError(f"{path}: the disk gave back another frame than was written; check it, then render again")
        return Frame(pixels=stored.pixels, key=stored.key)

    def _replace(self, shot: str, frame: int, key: str, data: bytes) -> None:
        """Put a file into a frame's place; keep what lies there as a take, if it is whole, another, and made for it."""
        path = self.path(shot, frame)
        make_folder(path.parent)
        self._refuse_links(shot)
        try:
            old = load(path)
            found = decode(old)
            take = take_path(self.root, shot, frame, found.key)
        except (MissingFrame, DamagedFrame, ValueError):
            pass  # nothing that could be wanted again
        else:
            if found.key != key and place_of(found) == (shot, frame):
                make_folder(take.parent)
                self._refuse_links(shot)
                commit(take, old)
        commit(path, data)

    def _take(self, shot: str, frame: int, key: str) -> Path | None:
        """Return the path of the take with this key where there is one, whole."""
        self._refuse_links(shot)
        path = take_path(self.root, shot, frame, key)
        try:
            return path if read(path).key == key else None
        except (MissingFrame, DamagedFrame):
            return None

    def _refuse_links(self, shot: str) -> None:
        name = checked_shot_name(shot)
        refuse_links(*(self.root / kind / rest for kind in (FRAMES, TAKES) for rest in ("", name)))
