"""A film's camera, prompts and numbers in motion, without diffusion: seconds instead of hours.

The moves of a shot are composed by the warp of the render, frame by frame, and each frame is painted once from a test
card or a picture; so what is seen after hundreds of frames is where the camera is, not what resampling has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..assemble import Sound, assemble_film
from ..errors import UsageError
from ..render import Progress, identify
from ..store import FrameStore, make_folder
from ..types import CameraMove, Film, FilmFormat, Shot, Size
from . import strip
from .ahead import ahead
from .captions import PAPER
from .card import Card, Painter, Picture, View, cover, read_picture
from .overlay import Overlay, flash

TALLEST = 720
NARROWEST, WIDEST = 320, 1920
ENCODING = FilmFormat(crf=19, enlarge=1)
PRESET = "ultrafast"  # a third less work than superfast, for twice the bytes of a file that is looked at once
Stopwatch = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Animatic:
    """What was made: the film's path, its size and number of frames, and what stood in for pictures, shot by shot."""

    path: Path
    size: Size
    n_frames: int
    sources: Mapping[str, str]
    curves: tuple[str, ...]
    more_curves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A frame to paint: `number` counts the film's frames, `index` the shot's."""

    shot: Shot
    index: int
    number: int
    view: View


def animatic(
    film: Film,
    out: Path,
    *,
    image: Path | None = None,
    stills: Path | None = None,
    depth: bool = False,
    width: int = 640,
    curves: Sequence[str] = (),
    named: Mapping[str, np.ndarray] | None = None,
    frames: range | None = None,
    watch: Callable[[Progress], None] = lambda _: None,
    stopwatch: Stopwatch = lambda part: nullcontext(),
) -> Animatic:
    """Show a film's camera over a test card, over one picture, or over the stored first frame of each shot.

    Convention: `stills` is the folder of a film; a shot whose first frame is not there gets the card. `frames` counts
        the film's frames from 0. With `depth` it is shown how near things are in those pictures, as each shot's camera
        finds it at the beginning. `named` are numbers besides those of the plans, as
        `strip.choose` takes them.
    Raises: UsageError for what cannot be shown; AssembleError or StoreError where the film cannot be made.
    """
    shown, more = strip.choose(film, curves, named)
    picture = picture_size(film.size, width)
    overlay = Overlay(film, shown, width=width)
    painters, sources = _painters(film, picture, image, stills)
    if depth:
        painters, sources = _depths(film, picture, painters, sources)
    wanted = range(film.n_frames) if frames is None else frames
    size = Size(picture.height + overlay.height, width)

    def canvases() -> Iterator[np.ndarray]:
        places = ahead(_places(film, picture, wanted, stopwatch))
        try:
            for done, place in enumerate(places):
                with stopwatch("paint"):
                    painted = painters[place.shot.name](place.view)
                with stopwatch("overlay"):
                    canvas = _canvas(overlay, painted, place, size)
                watch(Progress("painted", done, len(wanted)))
                with stopwatch("encode"):  # until the next is asked for
                    yield canvas
        finally:
            places.close()

    make_folder(out.parent)
    path = assemble_film(
        canvases(),
        out,
        size=size,
        fps=film.fps,
        format=ENCODING,
        title=f"{film.title or film.name} animatic",
        preset=PRESET,
        sound=None if film.music is None else Sound(film.music, film.n_frames, first=wanted.start),
    )
    return Animatic(path, size, len(wanted), sources, tuple(curve.name for curve in shown), more)


def picture_size(film: Size, width: int) -> Size:
    """Return the picture's size inside a canvas so many pixels wide: the film's shape, even, and not too tall.

    Raises: UsageError for a width that is odd or out of reason.
    """
    if width % 2 or not NARROWEST <= width <= WIDEST:
        raise UsageError(
            f"--width {width}: is not an even number from {NARROWEST} to {WIDEST}; choose one, such as 640"
        )
    height = min(TALLEST, width * film.height / film.width)
    return Size(max(2, 2 * round(height / 2)), min(width, max(2, 2 * round(height * film.width / film.height / 2))))


def _painters(
    film: Film, size: Size, image: Path | None, stills: Path | None
) -> tuple[Mapping[str, Painter], Mapping[str, str]]:
    """Return for each shot what paints it, and what that is called."""
    if image is not None and stills is not None:
        raise UsageError("--image and --stills: they cannot go together; leave one out")
    names = [shot.name for shot in film.shots]
    if image is not None:
        picture = Picture(read_picture(image, size), size)
        return dict.fromkeys(names, picture), dict.fromkeys(names, str(image))
    card, found, sources = Card(size), {}, dict.fromkeys(names, "card")
    if stills is not None:
        store, keys = FrameStore(stills), identify(film, stills).keys
        for shot in film.shots:
            frame = store.look_up(shot.name, 0, keys[shot.name][0])
            if frame is not None:
                found[shot.name] = Picture(cover(frame.pixels, size), size)
                sources[shot.name] = str(store.path(shot.name, 0))
    return {name: found.get(name, card) for name in names}, sources


def _depths(
    film: Film, size: Size, painters: Mapping[str, Painter], sources: Mapping[str, str]
) -> tuple[Mapping[str, Painter], Mapping[str, str]]:
    """Put how near things are in the place of each picture, where the shot's camera moves in space.

    Raises: UsageError where a network shall see it and there is no picture to be looked at.
    """
    from ..warp import Sight, looked_with
    from .depths import shown

    sight, found, told = Sight(film.engine, film.pictures), dict(painters), dict(sources)
    spatial = {shot.name: move for shot in film.shots if (move := looked_with(shot.plans, 0)) is not None}
    if not spatial:
        raise UsageError("--depth: no camera of this film moves in space; write camera: {mode: 3d}")
    for name, move in spatial.items():
        painter = painters[name]
        if isinstance(painter, Picture):
            pixels = painter.levels[0]
        elif move.depth == "model":
            raise UsageError(
                f"--depth: shot {name} has no picture in which distances could be seen; add --image PATH, "
                "or --stills once its first frame is rendered"
            )
        else:
            pixels = np.zeros((size.height, size.width, 3), np.uint8)
        found[name] = Picture(shown(sight.nearness(move, pixels)), size)
        told[name] = f"{sources[name]}, how near things are"
    return found, told


def _places(film: Film, size: Size, wanted: range, stopwatch: Stopwatch) -> Iterator[Place]:
    """Carry the map of each shot on from frame to frame, and yield those that are wanted."""
    from ..warp import begin, travel
    from ..warp.camera import matrix
    from ..warp.spatial import plane_matrix

    with _one_thread():
        first = 0
        for shot in film.shots:
            route, plane = begin(size), np.eye(3)
            for index, plan in enumerate(shot.plans):
                number = first + index
                if number >= wanted.stop:
                    return
                with stopwatch("warp"):
                    if plan.camera is None:
                        route, plane = begin(size), np.eye(3)
                    elif plan.camera != CameraMove(border=plan.camera.border):
                        flat = matrix if isinstance(plan.camera, CameraMove) else plane_matrix
                        route, plane = travel(route, plan.camera), flat(plan.camera, size) @ plane  # type: ignore[arg-type]
                    if number not in wanted:
                        continue
                    x, y = route.where[0].float().numpy()
                    covered = None if route.covered is None else route.covered[0, 0].float().numpy()
                yield Place(shot, index, number, View(x, y, covered, route.wraps, plane))
            first += len(shot.plans)


def _canvas(overlay: Overlay, painted: np.ndarray, place: Place, size: Size) -> np.ndarray:
    """Put the picture above, in the middle, and the overlay below it."""
    canvas = np.empty((size.height, size.width, 3), np.uint8)
    height, width = painted.shape[:2]
    left = (size.width - width) // 2
    canvas[:height, :left] = canvas[:height, left + width :] = PAPER
    picture = canvas[:height, left : left + width]
    picture[:] = painted
    if place.number != place.index:
        flash(picture, place.index)
    overlay.draw(canvas[height:], place.shot, place.index, place.number)
    return canvas


@contextmanager
def _one_thread() -> Iterator[None]:
    """Compute in one thread: the other core paints and encodes meanwhile."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
