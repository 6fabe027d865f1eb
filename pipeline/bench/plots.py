"""A figure of a benchmark into a file, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from ..store.commit import commit, make_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_plot(figure: Figure, path: Path) -> None:
    """Write a figure as the file's name says, PNG or SVG.

    Raises: StoreError.
    """
    figure.tight_layout()
    data = io.BytesIO()
    kind = path.suffix[1:] or "png"
    figure.savefig(data, format=kind, metadata={"Software": None} if kind == "png" else {"Date": None})
    make_folder(path.parent)
    commit(path, data.getvalue())
