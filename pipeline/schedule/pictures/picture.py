"""Find the pictures that a film names: a path beside the keyframe file becomes a digest, proven to be a picture."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ...types import PictureFile
from ..fields import describe
from ..source import Node, Scalar, refuse

MAX_BYTES = 64 * 2**20
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")


@dataclass(slots=True)
class Pictures:
    """The pictures of a film, each read once; `beside` is the folder that paths start from."""

    beside: Path = Path()
    found: dict[str, PictureFile] = field(default_factory=dict)

    def digest(self, node: Node, what: str = "an image") -> str:
        """Return the SHA-256 of the picture a node names.

        Raises: KeyframeError for a file that is missing, too large or no picture.
        """
        if not isinstance(node, Scalar) or not node.text.strip():
            refuse(node.mark, f"{what} wants the path of a picture ({describe(node)})", "write image: mood.png")
        if node.text not in self.found:
            self.found[node.text] = _read(node, self.beside / node.text.strip())
        return self.found[node.text].digest

    @property
    def files(self) -> tuple[PictureFile, ...]:
        """Every picture once, sorted by digest."""
        return tuple(sorted({file.digest: file for file in self.found.values()}.values(), key=lambda file: file.digest))


def _read(node: Scalar, path: Path) -> PictureFile:
    try:
        if not path.is_file():
            refuse(node.mark, f"there is no picture '{node.text[:200]}'", _nearest(node.text.strip(), path))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(node.mark, f"the picture cannot be read ({reason.lower()})", "check the path")
    if len(content) > MAX_BYTES:
        refuse(node.mark, f"the picture is larger than {MAX_BYTES // 2**20} MiB", "make it smaller")
    import cv2
    import numpy as np

    if not content or cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) is None:
        refuse(node.mark, f"'{node.text[:200]}' is no picture that can be read", "give a PNG, JPEG or WebP file")
    return PictureFile(hashlib.sha256(content).hexdigest(), str(path))


def _nearest(text: str, path: Path) -> str:
    """Return advice that names the picture of the same folder whose name is closest."""
    advice = "give a path from the keyframe file's folder"
    if not path.parent.is_dir():
        return advice
    known = [one.name for one in path.parent.iterdir() if one.suffix.lower() in SUFFIXES]
    close = difflib.get_close_matches(path.name, known, n=1, cutoff=0.6)
    if not close:
        return advice
    meant = text[: len(text) - len(path.name)] + close[0]
    return f"did you mean '{meant}'? ({advice})"
