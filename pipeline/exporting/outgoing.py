"""A film on its way out: its values by their names, what is written for the other program, and a verdict on each name.

What nobody speaks of is looked at in the end: it is told loudly where it acts in the film, so nothing goes missing in
silence.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..importing.report import ABOUT, EXACT, MISSING, OFF, Report
from ..schedule import Reading
from ..schedule.bounds import FRAME_PICTURES, INIT_PATHS, NO_PICTURE, PARAMETERS, WORDS
from ..schedule.preset import FILM_KEYS
from ..schedule.trace import field_of, follow_all
from ..types import CameraMove, Conditioning, FramePlan, Init, SpatialMove
from .sampled import key_string

LEADS = {  # values that act only where another one is not off
    **dict.fromkeys(("frame.sharpen_radius", "frame.sharpen_threshold"), "frame.sharpen"),
    **dict.fromkeys(("frame.noise_kind", "frame.perlin_octaves", "frame.perlin_persistence"), "frame.noise"),
    **{f"frame.color_match_{name}": "frame.color_match" for name in ("to", "amount", "image")},
    "frame.guide": "frame.guide_strength",
    "look.seed_schedule": "look.seed_mode",
    "look.fuzzy_copies": "look.fuzzy",
    "look.kaleidoscope": "look.symmetry",
    "look.symmetry_strength": "look.symmetry",
    "look.blend": "look.cadence",
    "init.fit": "init.image",
    "init.skip": "init.image",
    "init.mask_feather": "init.mask",
}
NAMES = (
    *PARAMETERS,
    *WORDS,
    *(f"init.{name}" for name in INIT_PATHS),
    *(f"frame.{name}" for name in FRAME_PICTURES),
    *(f"film.{name}" for name in FILM_KEYS),
)


class Outgoing:
    """The film that is read, and the values that are written; reports go by our names."""

    def __init__(self, reading: Reading, program: str, into: Path) -> None:
        self.reading, self.film, self.program, self.into = reading, reading.film, program, into
        self.values: dict[str, Any] = {}
        self.columns: dict[str, np.ndarray] = {}
        self.plans: tuple[FramePlan, ...] = tuple(plan for shot in self.film.shots for plan in shot.plans)
        self.starts = [0, *np.cumsum([len(shot.plans) for shot in self.film.shots])[:-1].tolist()]
        titles = {
            EXACT: "written exactly",
            ABOUT: "approximated",
            OFF: f"off here, or left to the preset, so not told to {program}",
            MISSING: f"ACTIVE HERE, BUT NOT HELD BY {program.upper()}",
        }
        self.report = Report(program, titles=titles)

    @property
    def n_frames(self) -> int:
        """Number of frames of the film."""
        return len(self.plans)

    @property
    def moves(self) -> Iterator[CameraMove | SpatialMove]:
        """The camera's moves, of the frames that have one."""
        return (plan.camera for plan in self.plans if plan.camera is not None)

    @property
    def in_space(self) -> bool:
        """Whether the camera moves in space, in any shot."""
        return any(isinstance(move, SpatialMove) for move in self.moves)

    def column(self, name: str) -> np.ndarray:
        """Return a value at each frame, (frames,); one that follows the denoising by its mean."""
        found = follow_all(self.reading, name)
        assert found is not None, "numbers of the film's sections are known in every frame"
        return np.array([sum(steps) / len(steps) for steps in found])

    def follows_denoising(self, name: str) -> bool:
        """Say whether a value changes within a frame."""
        return any(len(steps) > 1 for steps in follow_all(self.reading, name) or ())

    def still(self, name: str, now: str) -> float:
        """Return a value's first number for a program that has one for all frames, and tell where that is not all."""
        found = self.column(name)
        where = "its mean over the denoising" if self.follows_denoising(name) else ""
        if (found != found[0]).any():
            where = "it moves, and is one number there: its first"
        if where:
            self.report.about(name, now, where)
        else:
            self.report.exact(name, now)
        return tidy_or_whole(found[0])

    def words(self, name: str) -> list[str]:
        """Return a word of each shot."""
        return [
            score.words[name].text.strip() if name in score.words else WORDS.get(name, (NO_PICTURE,))[0]
            for score in self.reading.scores
        ]

    def word(self, name: str, now: str) -> str:
        """Return a word of the first shot, and tell where others have another one."""
        found = self.words(name)
        if len(set(found)) > 1:
            self.report.about(name, now, f"shots differ; the first one's holds, {found[0]}")
        return found[0]

    def schedule(self, key: str, values: np.ndarray) -> None:
        """Write a number for each frame under a key of theirs."""
        self.columns[key] = values
        self.values[key] = key_string(values)

    def path(self, digest: str) -> str:
        """Return the path of a picture of the film, as it holds from the written file's folder."""
        return self.relative(next(file.path for file in self.film.pictures if file.digest == digest))

    def relative(self, path: str) -> str:
        """Return a path as it holds from the written file's folder."""
        return os.path.relpath(Path(path).resolve(), self.into.resolve())

    def says(self, name: str) -> bool:
        """Say whether the film itself says a value, or the command line; what a preset says is its own matter."""
        if name.startswith("film."):
            place = self.reading.places.get(name)
            return place is not None and self._is_own(place.file)
        for score in self.reading.scores:
            node = score.scope.parameters[name].node if name in score.scope.parameters else score.words.get(name)
            if node is not None and self._is_own(node.mark.file):
                return True
        return False

    def _is_own(self, file: str) -> bool:
        return file == self.film.source or file.startswith("--")

    def acts(self, name: str) -> bool:
        """Say whether a value does something in the film."""
        section, _, field = name.partition(".")
        if section in ("look", "film"):
            return self.says(name)
        if section == "camera":
            return any(_differs(move, field) for move in self.moves)
        if section == "frame":
            nothing = Conditioning()
            found = (plan.conditioning for plan in self.plans)
            return any(one and getattr(one, field) != getattr(nothing, field) for one in found)
        if field == "frames_scale":
            return any(any(plan.init.scale) for plan in self.plans if plan.init and plan.camera)
        if section == "init":
            firsts = [self.plans[start].init or Init() for start in self.starts]
            return any(getattr(one, field) != getattr(Init(), field) for one in firsts)
        return self.says(name)

    def judge_mode(self) -> None:
        """Note the camera's mode, of which there is one for the whole film elsewhere."""
        if len(set(self.words("camera.mode"))) > 1:
            why = "shots of both modes; those in the plane stand still: export them by themselves"
            self.report.missing("camera.mode", why)
        else:
            self.report.exact("camera.mode", "animation_mode")

    def told(self, name: str) -> bool:
        """Say whether there is a verdict on a name."""
        return name in self.report.entries

    def _is_off(self, name: str) -> bool:
        return self.told(name) and self.report.entries[name].verdict == OFF

    def leftovers(self) -> None:
        """Note every name that nobody has spoken of."""
        for name in NAMES:
            if self.told(name):
                continue
            lead = LEADS.get(name)
            is_led = lead is None or (self.acts(lead) and not self._is_off(lead))
            if not (is_led and self.acts(name)):
                self.report.off(name)
            else:
                self.report.missing(name, f"has no place in {self.program}'s settings")
        named = [name for score in self.reading.scores for name in score.scope.lets]
        if named or any(shot.labels for shot in self.film.shots):
            self.report.notes.append("names under let and labels are gone: each frame has the number they came to")
        song = self.reading.tempo.song
        if song is not None and song.used:
            self.report.notes.append("signals of the music are gone: each frame has the number they came to")


def tidy_or_whole(value: float) -> float | int:
    """Return a number as JSON shall hold it: whole ones without a point."""
    return int(value) if value == int(value) else float(f"{value:.12g}")


def _differs(move: CameraMove | SpatialMove, name: str) -> bool:
    """Say whether a move has a number or word that is other than nothing; one of the other mode has none."""
    field = field_of(name) if f"camera.{name}" in PARAMETERS else name
    return hasattr(move, field) and getattr(move, field) != getattr(type(move)(), field)
