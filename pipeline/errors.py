"""Every fault the program can name, one class and one exit code for each kind.

Messages read `where: what is wrong (what was found); what to do`. Anything that is not one of these is our own bug and
leaves with exit code 70.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .types import Mark


class PipelineError(Exception):
    """Root of all faults that have a cause outside this program."""

    exit_code: ClassVar[int] = 70


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing wrong at one place of a file: `what` is wrong and what to `do` about it (lower case, no full stop)."""

    mark: Mark
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.mark}: {self.what}; {self.do}"


class KeyframeError(PipelineError):
    """The artist's file, preset or option asks for something that cannot be; carries every complaint, in file order.

    `texts` are those of options, by the labels that complaints use for them; files are read where they are shown.
    """

    exit_code = 2
    shown = 20  # a file with more mistakes than this has one cause, usually near the top

    def __init__(
        self, complaints: list[Complaint] | tuple[Complaint, ...], texts: Mapping[str, str] | None = None
    ) -> None:
        self.texts = dict(texts or {})
        self.complaints = tuple(sorted(set(complaints)))
        lines = [str(complaint) for complaint in self.complaints[: self.shown]]
        hidden = len(self.complaints) - self.shown
        if hidden > 0:
            lines.append(f"... and {hidden} more")
        super().__init__("\n".join(lines))


class UsageError(PipelineError):
    """A command or function was called with something that cannot be."""

    exit_code = 2


class PictureError(PipelineError):
    """A picture that a prompt names is missing, cannot be decoded, or is not the one the film was planned with."""

    exit_code = 2


class SoundError(PipelineError):
    """A sound is missing or cannot be decoded, or what is written beside it about its beats cannot be read."""

    exit_code = 2


class ClipError(PipelineError):
    """A film that is followed is missing, cannot be decoded, or is not the one that was planned with."""

    exit_code = 2


class ModelError(PipelineError):
    """A weight file is missing, damaged, of another architecture, or not the one that was pinned."""

    exit_code = 3


class StoreError(PipelineError):
    """The output folder cannot be written or holds something that cannot be replaced."""

    exit_code = 4


class SampleError(PipelineError):
    """The sampler produced a value that is not finite, or ran out of memory."""

    exit_code = 5


class NotFiniteError(SampleError):
    """A prediction, a gradient or a picture has values that are no numbers, or infinite."""


class BusyError(PipelineError):
    """Another render holds the output folder."""

    exit_code = 6


class AssembleError(PipelineError):
    """ffmpeg failed; its last lines are quoted."""

    exit_code = 7


OUT_OF_MEMORY = (
    *("DefaultCPUAllocator", "Insufficient memory", "can't start new thread", "failed to map segment"),
    *("cannot allocate memory", "Cannot allocate memory", "could not create a primitive"),
)
"""How torch, oneDNN in it, OpenCV, Python's threads, the loader and the system say that memory has run out."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether memory has run out, of a graphics card or of the machine; torch and OpenCV say so only in words."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"MemoryError", "OutOfMemoryError"}) or any(said in str(error) for said in OUT_OF_MEMORY)
