"""Draw a film's values over time as one picture: curves, prompts, shots and labels above a ruler of frames and beats.

No frame is rendered for it. What would surprise: a value at a shot's first frame is drawn although the camera does not
move there, and bars count through the whole film, as music does, not from each shot's start.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..schedule import Reading
from .picture import draw
from .tracks import Sheet, gather

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..listen import Song

FORMATS = {".png": {"Software": None}, ".svg": {"Date": None, "Creator": None}}

__all__ = ["Sheet", "gather", "plot", "plot_song", "save_plot"]


def plot(reading: Reading, curves: Sequence[str] = (), *, kind: str = ".png") -> bytes:
    """Return the picture as the bytes of a PNG or SVG file, the same for the same film.

    Convention: without `curves` all that moves is drawn; else those alone, and no prompts.
    Raises: UsageError for a curve that is not known, or another kind of file.
    """
    return _drawn(lambda: draw(gather(reading, curves)), kind, "--out")


def plot_song(song: Song, name: str, *, kind: str = ".png") -> bytes:
    """Return the picture of what was heard in a song, as `plot` does.

    Raises: UsageError for another kind of file.
    """
    from .song import draw_song

    return _drawn(lambda: draw_song(song, name), kind, "--plot")


def _drawn(make: Callable[[], Figure], kind: str, option: str) -> bytes:
    if kind.lower() not in FORMATS:
        raise UsageError(f"{option}: a plot cannot be written as '{kind}'; choose a name that ends in .png or .svg")
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    data = io.BytesIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn as a box, and that is all
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.hashsalt": "pipeline", "svg.fonttype": "none", "font.family": "DejaVu Sans"})
        figure = make()
        canvas = FigureCanvasSVG(figure) if kind.lower() == ".svg" else FigureCanvasAgg(figure)
        canvas.print_figure(data, format=kind[1:].lower(), dpi=figure.dpi, metadata=FORMATS[kind.lower()])
    return data.getvalue()


def save_plot(reading: Reading, path: Path, curves: Sequence[str] = ()) -> None:
    """Write the picture, whole or not at all; the name's ending says as what.

    Raises: UsageError; StoreError where it cannot be written.
    """
    from ..store.commit import commit, make_folder

    data = plot(reading, curves, kind=path.suffix)
    make_folder(path.parent)
    commit(path, data)
