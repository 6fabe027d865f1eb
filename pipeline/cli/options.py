"""Options that several commands share, and what becomes of their texts."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import UsageError
from ..show import say

if TYPE_CHECKING:
    from ..render import OtherEngine
    from ..schedule import Reading
    from ..types import Film

KeyframeFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A keyframe file, such as keyframes/lighthouse.yaml.")
]
Config = Annotated[Path | None, typer.Option(help="Engine preset; without it the keyframe file's own, or embedded.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one value; repeatable.")
]
Seed = Annotated[int | None, typer.Option(help="Seed of the film, in place of the keyframe file's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Frames = Annotated[str | None, typer.Option(metavar="A:B", help="Only frames A up to, not including, B.")]
Takes = Annotated[
    int | None,
    typer.Option(
        min=1, max=999, metavar="N", help="Render N variants into OUT/take-001, ...; take k adds k-1 to every seed."
    ),
]
DepthMaps = Annotated[
    bool, typer.Option("--depth-maps", help="Keep how near things are in each frame, beside the frames.")
]
Live = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Keep the running picture in this PNG or JPEG, renewed twice a second at most."),
]
PartialSteps = Annotated[
    str | None,
    typer.Option(
        "--partials", metavar="N|LIST", help="Keep N pictures of each frame on its way, or these: 0.2,0.5 or steps 3,8."
    ),
]
Stored = Annotated[
    Path | None, typer.Option("--from", metavar="DIR", help="Folder whose stored frames are used [outputs/NAME].")
]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `pipeline render` has written.")]


def known_word(option: str, text: str | None, known: Collection[str]) -> str | None:
    """Return an option's word where it is a known one, None where it is not given.

    Raises: UsageError.
    """
    if text is not None and text not in known:
        from ..schedule.fields import nearest

        raise UsageError(f"{option} {text}: there is no such word; {nearest(text, known)}")
    return text


AcceptSeam = Annotated[
    bool, typer.Option("--accept-seam", help="Keep frames that another engine drew, and go on with the one of now.")
]
Redraw = Annotated[bool, typer.Option("--redraw", help="Draw frames that another engine drew again.")]


def other_engine(accept_seam: bool, redraw: bool) -> OtherEngine:
    """Return what becomes of another engine's frames.

    Raises: UsageError for both options.
    """
    if accept_seam and redraw:
        raise UsageError("--accept-seam and --redraw: frames of another engine are kept or drawn again; give one")
    return "keep" if accept_seam else "redraw" if redraw else "refuse"


def study_film(
    file: Path,
    config: Path | None,
    settings: list[str] | None,
    seed: int | None,
    *,
    silent: bool = False,
    take: int = 0,
) -> Reading:
    """Read a keyframe file with the options of the command line over it; say what it warns of unless `silent`.

    Raises: KeyframeError with everything that is wrong; ModelError for models that nobody knows.
    """
    from ..models import cut_texts, fitted, refuse_unknown
    from ..schedule import study

    reading = study(file, config=config, overrides=tuple(settings or ()), seed=seed, take=take)
    refuse_unknown(reading.film.engine)
    notices = tuple(sorted((*reading.film.notices, *cut_texts(reading))))
    reading = fitted(replace(reading, film=replace(reading.film, notices=notices)))
    if reading.film.notices and not silent:
        from ..schedule.excerpt import illustrated_notices

        say(illustrated_notices(reading.film.notices, reading.texts))
    return reading


def load_film(
    file: Path,
    config: Path | None,
    settings: list[str] | None,
    seed: int | None,
    *,
    silent: bool = False,
    take: int = 0,
) -> Film:
    """Read a film as `study_film` does."""
    return study_film(file, config, settings, seed, silent=silent, take=take).film


def frame_range(text: str | None, n_frames: int) -> range | None:
    """Return the frames that `A:B` names, either side of which may be left out; None for no text.

    Raises: UsageError for what is no range of the film.
    """
    if text is None:
        return None
    found = re.fullmatch(r"(\d{0,9}):(\d{0,9})", text, re.ASCII)
    if not found:
        raise UsageError(f"--frames {text}: is not a range of frames; write A:B, such as 0:24")
    wanted = range(int(found[1] or 0), int(found[2] or n_frames))
    if not 0 <= wanted.start < wanted.stop <= n_frames:
        raise UsageError(
            f"--frames {text}: the film has frames 0 to {n_frames - 1}; choose a range inside 0:{n_frames}"
        )
    return wanted
