"""The examples in space, drawn by the embedded models at a tiny size: what is near moves more, and pairs are pairs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline import load
from pipeline.render import render
from pipeline.store import FrameStore
from pipeline.types import SpatialMove
from pipeline.warp import Sight, carry, looked_with

KEYFRAMES = Path(__file__).resolve().parents[1] / "keyframes"
TINY = ("frames=3", "size=32x32", "look.steps=6", "film.codec=png", "film.upscale=off", "film.enlarge=1")


def frames_of(film, out: Path) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Render a film; return its frames, and the pictures of what was assembled."""
    made = render(film, out)
    assert made is not None
    name = film.shots[0].name
    drawn = [FrameStore(out).read(name, index).pixels for index in range(film.n_frames)]
    return drawn, [cv2.imread(str(path))[..., ::-1] for path in sorted(made.glob("*.png"))]


def test_a_flight_goes_through_what_the_network_sees(tmp_path: Path) -> None:
    film = load(KEYFRAMES / "flight.yaml", overrides=TINY)
    drawn, shown = frames_of(film, tmp_path / "flight")
    assert [one.shape for one in shown] == [(32, 32, 3)] * 3
    assert all(np.array_equal(one, other) for one, other in zip(drawn, shown, strict=True))
    assert not np.array_equal(drawn[0], drawn[1])
    sight, plans = Sight(film.engine, film.pictures), film.shots[0].plans
    move = looked_with(plans, 0)
    assert isinstance(move, SpatialMove) and move.translation_z > 1
    nearness = sight.nearness(move, drawn[0])
    assert nearness[-8:].mean() > nearness[:8].mean() + 0.1  # the ground, and the sky
    moved = (carry(drawn[0], [move], sight)[0].permute(1, 2, 0).numpy() + 1) * 127.5
    assert np.abs(moved - drawn[1]).mean() < np.abs(moved - moved.mean()).mean()  # drawn from where it was moved to


def test_a_pair_has_the_frame_on_its_left_and_another_view_on_its_right(tmp_path: Path) -> None:
    film = load(KEYFRAMES / "vr.yaml", overrides=TINY)
    assert film.format.stereo == "side-by-side"
    drawn, shown = frames_of(film, tmp_path / "vr")
    assert [one.shape for one in shown] == [(32, 64, 3)] * 3
    for frame, pair in zip(drawn, shown, strict=True):
        assert np.array_equal(pair[:, :32], frame)
        apart = np.abs(pair[:, 32:].astype(int) - frame).mean()
        assert 0 < apart < 40
