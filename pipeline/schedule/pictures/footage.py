"""Read `source:`, the film that a film or a shot is made over: which file, and which of its pictures.

Times are those of the clip: a bare number counts its pictures. What would surprise: the film's own source runs on
through all its shots, as its sound does; a shot's own begins with the shot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ...types import ClipFile, Mark
from ..bounds import INIT_WORDS
from ..clock import Tempo, nearest_frame, refuse_time
from ..fields import as_mapping, nearest, scalar, whole, word
from ..source import Complaints, Mapping, Node, Scalar, refuse, shorten

TIMES = {
    "start": "place in the clip where the film begins",
    "length": "how much of the clip is used; to its end unless it says so",
}
SOURCE_KEYS = ("file", "every", *TIMES, "fit")
NO_SOURCE = "none"
FASTEST = 240  # frames per second that a film may have
MOST = 10_000  # pictures that `every` may pass over
SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".gif", ".ts", ".mpg")


@dataclass(frozen=True, slots=True)
class Cut:
    """Part of a clip, `every`-th pictures of it; `mark` is where it is written.

    Convention: `start` and `stop` count the clip's pictures, the latter beyond the last one that is used.
    """

    clip: ClipFile
    start: int
    stop: int
    every: int
    fit: str
    mark: Mark

    @property
    def rate(self) -> Fraction:
        """Pictures per second that come of it."""
        return self.clip.rate / self.every

    @property
    def n_frames(self) -> int:
        """Number of pictures that come of it."""
        return -(-(self.stop - self.start) // self.every)

    def index(self, frame: int) -> int:
        """Return which of the clip's pictures belongs to a frame."""
        return self.start + frame * self.every


@dataclass(slots=True)
class Clips:
    """The clips of a film, each looked at once; `beside` is the folder that paths start from."""

    beside: Path = Path()
    found: dict[str, ClipFile] = field(default_factory=dict)

    def read(self, node: Node) -> Cut | None:
        """Read a source, a path or a section; None for one that is taken back.

        Raises: KeyframeError with everything that is wrong with it.
        """
        if isinstance(node, Scalar) and node.text.strip() == NO_SOURCE:
            return None
        complaints = Complaints()
        said = as_mapping(node, "source", SOURCE_KEYS, complaints) if isinstance(node, Mapping) else {"file": node}
        if "file" not in said:
            complaints.add(node.mark, "source names no file", "write source: clip.mp4, or file: clip.mp4 in it")
        every = complaints.attempt(whole, said["every"], "every", low=1, high=MOST) if "every" in said else 1
        fit = complaints.attempt(word, said["fit"], "fit", INIT_WORDS["fit"]) if "fit" in said else "cover"
        clip = complaints.attempt(self._clip, said["file"]) if "file" in said else None
        complaints.settle()
        assert clip is not None and every and fit
        times = {key: complaints.attempt(_picture_at, said[key], key, clip) for key in TIMES if key in said}
        complaints.settle()
        start = times.get("start") or 0
        left = clip.n_frames - start
        if left < 1:
            what = f"the clip begins after its end (it has {_told(clip.n_frames, clip)})"
            refuse(said["start"].mark, what, "choose an earlier start")
        length = times.get("length")
        if length is not None and not 1 <= length <= left:
            what = f"the clip has {_told(left, clip)} from its start (found '{_text(said['length'])}')"
            refuse(said["length"].mark, what, "choose a length above 0 and up to that, or leave it out")
        cut = Cut(clip, start, start + (left if length is None else length), every, fit, node.mark)
        if cut.rate > FASTEST:
            do = f"write every: {-(-clip.rate // FASTEST)} or more"
            refuse(node.mark, f"the clip has {float(clip.rate):g} pictures per second, more than a film may", do)
        return cut

    @property
    def files(self) -> tuple[ClipFile, ...]:
        """Every clip once, sorted by digest."""
        return tuple(sorted({clip.digest: clip for clip in self.found.values()}.values(), key=lambda one: one.digest))

    def _clip(self, node: Node) -> ClipFile:
        from ...footage.probe import ClipFault, look_at  # only where there is a clip: it brings a decoder along

        text = scalar(node, "source")
        if text.text in self.found:
            return self.found[text.text]
        path = self.beside / text.text
        try:
            if not path.exists():
                do = nearest(text.text, known) if (known := self._others(path.parent)) else ""
                do = do or f"give a path from the keyframe file's folder ({self.beside})"
                refuse(text.mark, f"there is no clip '{shorten(text.text)}'", do)
            self.found[text.text] = look_at(path)
        except ClipFault as fault:
            refuse(text.mark, f"'{shorten(text.text)}': {fault.what}", fault.do)
        except (OSError, ValueError) as fault:
            reason = (getattr(fault, "strerror", None) or str(fault)).lower()
            refuse(text.mark, f"'{shorten(text.text)}': the film cannot be read ({reason})", "check the path")
        return self.found[text.text]

    def _others(self, folder: Path) -> list[str]:
        """Return the paths of a folder's films, as they would be written."""
        try:
            found = sorted(one for one in folder.iterdir() if one.suffix.lower() in SUFFIXES)[:50]
            return [str(one.relative_to(self.beside)) for one in found]
        except (OSError, ValueError):
            return []


def clip_at(path: Path) -> ClipFile | None:
    """Return what a film's file holds, None for one that cannot be read."""
    from ...footage.probe import ClipFault, look_at

    try:
        return look_at(path)
    except ClipFault:
        return None


def _picture_at(node: Node, what: str, clip: ClipFile) -> int:
    """Return a time as a number of the clip's pictures."""
    text = scalar(node, what)
    found = Tempo(float(clip.rate), None, 4.0).time(text)
    if found is None:
        refuse_time(text)
    return nearest_frame(found)


def _told(n_pictures: int, clip: ClipFile) -> str:
    return f"{n_pictures} pictures, {float(n_pictures / clip.rate):.3f} s"


def _text(node: Node) -> str:
    return shorten(scalar(node, "length").text)
