"""A whole render with weights that are not the pinned ones: refused before anything is drawn or written."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.models import find

CLIP = "RN50/openai"
FILM = """\
preset: embedded
frames: 2
prompts: a tree
"""
MODELS = ("--set", f"models.clip=[painted-clip-a, {CLIP}]")


class Marker:
    """Unpickled, it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


@pytest.mark.goal("R6", "R7")
@pytest.mark.parametrize("kind", ["empty", "noise", "pickle", "safetensors"])
def test_a_render_with_other_weights_ends_before_any_frame(
    command: Callable, fetched: Path, tmp_path: Path, kind: str
) -> None:
    marker, pinned = tmp_path / "marker", find(CLIP)
    contents = {
        "empty": b"",
        "noise": bytes(range(256)) * 64,
        "pickle": pickle.dumps(Marker(marker)),
        "safetensors": (2).to_bytes(8, "little") + b"{}",
    }
    fetched.mkdir()
    path = fetched / pinned.path.name
    path.write_bytes(contents[kind])
    (tmp_path / "film.yaml").write_text(FILM)
    done = command("render", tmp_path / "film.yaml", *MODELS, "--out", tmp_path / "out")
    assert done.code == 3, done.err
    assert f"{path}: " in done.err
    assert pinned.sha256 in done.err
    assert sha256(contents[kind]).hexdigest() in done.err
    assert not marker.exists()
    assert not list(tmp_path.rglob("*.png")) and not list(tmp_path.rglob("*.mp4"))
