"""A painted frame is carried as things move in the clip, and gives way to the clip's picture where it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from pipeline.errors import ClipError, ModelError, UsageError
from pipeline.footage import Reels
from pipeline.models import add, build_network, find
from pipeline.sample.fitting import fit_picture
from pipeline.types import CameraMove, Engine, Footage, FramePlan, Look, Size, SpatialMove
from pipeline.warp import Sight, follow, pictured, settled
from pipeline.warp.follow import way, way_of
from pipeline.warp.raft import NetworkFlow

SIZE = Size(48, 72)
ENGINE = Engine("nobody", (), "cpu", 1)
ONE = (0.0,)
LOOK = Look("ddim", 4, 0.5, *([ONE] * 2), "unet", "none", *([ONE] * 9), cutn_batches=1)  # type: ignore[arg-type,misc]


def texture(height: int, width: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return cv2.resize(rng.integers(10, 245, (height // 6, width // 6, 3), np.uint8), (width, height))


WIDE = texture(96, 144, 2)


class Pictures:
    """Stands where a film's clips are: picture n of a wall that goes three pixels right and two down in each."""

    step = (3, 2)

    def picture(self, digest: str, index: int, size: Size, fit: str) -> np.ndarray:
        left, top = 24 - self.step[0] * index, 24 - self.step[1] * index
        small = WIDE[top : top + SIZE.height, left : left + SIZE.width]
        return cv2.resize(small, (size.width, size.height), interpolation=cv2.INTER_CUBIC)


class Square(Pictures):
    """A square of 16 pixels goes eight to the right before a wall that stands still."""

    def picture(self, digest: str, index: int, size: Size, fit: str) -> np.ndarray:
        small = WIDE[: SIZE.height, : SIZE.width] // 3
        small[16:32, 16 + 8 * index : 32 + 8 * index] = 120 + texture(18, 18, 7)[:16, :16] // 2
        return cv2.resize(small, (size.width, size.height), interpolation=cv2.INTER_CUBIC)


@pytest.fixture
def sight() -> Sight:
    return Sight(ENGINE, reels=Pictures())  # type: ignore[arg-type]


def plan_of(footage: Footage, camera=None) -> FramePlan:
    move = CameraMove() if camera is None else camera
    return FramePlan("shot", 1, 0, SIZE, (), move, LOOK, footage=footage)


PAINTED = texture(48, 72, 9)
BASE = Footage("clip", 1, before=0, blend=1.0, mask_blur=0.0)


def pixels(start: torch.Tensor) -> np.ndarray:
    return np.rint(((start[0].permute(1, 2, 0) + 1) * 127.5).numpy()).astype(int)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


INNER = np.s_[10:-6, 12:-6]


def shifted(x: int, y: int) -> np.ndarray:
    return np.roll(PAINTED, (y, x), (0, 1))


def test_paint_goes_where_the_picture_goes(sight: Sight) -> None:
    found = pixels(follow(PAINTED, plan_of(BASE), sight))
    assert apart(found[INNER], shifted(3, 2)[INNER]) < 4
    assert apart(found[INNER], shifted(-3, -2)[INNER]) > 25


def test_what_comes_in_is_the_clips_own(sight: Sight) -> None:
    raw = pixels(pictured(plan_of(BASE), sight))
    found = pixels(follow(PAINTED, plan_of(BASE), sight))
    assert apart(found[4:, :2], raw[4:, :2]) < 5
    kept = pixels(follow(PAINTED, plan_of(replace(BASE, overshot=0.0, missed=0.0, undershot=0.0)), sight))
    assert apart(kept[:, :2], raw[:, :2]) > 20
    also = pixels(follow(PAINTED, plan_of(replace(BASE, consistency=0.0)), sight))
    assert np.array_equal(also, kept)


def test_blend_goes_from_the_picture_to_the_paint(sight: Sight) -> None:
    raw = pixels(pictured(plan_of(BASE), sight))
    none, half, whole = (
        pixels(follow(PAINTED, plan_of(replace(BASE, blend=share)), sight)) for share in (0.0, 0.5, 1.0)
    )
    assert np.array_equal(none, raw)
    assert np.abs(half[INNER] - (raw + whole)[INNER] / 2).max() <= 1
    off = pixels(follow(PAINTED, plan_of(replace(BASE, motion="off")), sight))
    assert np.array_equal(off, raw)


@pytest.mark.parametrize("motion", ["flow", "affine", "perspective"])
def test_a_film_of_its_own_is_moved_as_the_clip_moves(sight: Sight, motion: str) -> None:
    led = replace(BASE, mode="motion", motion=motion)
    found = pixels(follow(PAINTED, plan_of(led), sight))
    assert apart(found[INNER], shifted(3, 2)[INNER]) < 4
    double = pixels(follow(PAINTED, plan_of(replace(led, factor=2.0)), sight))
    assert apart(double[INNER], shifted(6, 4)[INNER]) < 6
    none = pixels(follow(PAINTED, plan_of(replace(led, factor=0.0)), sight))
    assert np.array_equal(none, PAINTED)
    back = pixels(follow(PAINTED, plan_of(replace(led, factor=-1.0)), sight))
    assert apart(back[INNER], shifted(-3, -2)[INNER]) < 6


def test_the_films_own_camera_comes_first(sight: Sight) -> None:
    led = replace(BASE, mode="motion", motion="affine")
    right = CameraMove(translation_x=100 * 4 / 72)
    found = pixels(follow(PAINTED, plan_of(led, right), sight))
    assert apart(found[INNER], shifted(7, 2)[INNER]) < 5
    space = SpatialMove(depth="plane", rotation_z_deg=0.0)
    flat = pixels(follow(PAINTED, plan_of(led, space), sight))
    assert apart(flat[INNER], shifted(3, 2)[INNER]) < 4


def test_what_a_thing_lays_open_is_the_clips_and_what_it_carries_is_paint() -> None:
    sight = Sight(ENGINE, reels=Square())  # type: ignore[arg-type]
    plan = plan_of(BASE)
    found, raw = pixels(follow(PAINTED, plan, sight)), pixels(pictured(plan, sight))
    laid_open, carried, ground = np.s_[19:29, 18:22], np.s_[20:28, 28:36], np.s_[2:10, 50:68]
    assert apart(found[laid_open], raw[laid_open]) < 8
    assert apart(found[carried], shifted(8, 0)[carried]) < 10
    assert apart(found[ground], PAINTED[ground]) < 3
    assert way_of(plan, sight).trust[24, 19] < 0.3 < 0.9 < way_of(plan, sight).trust[5, 60]


def test_a_thing_that_goes_its_own_way_is_not_carried_by_the_camera_alone() -> None:
    sight = Sight(ENGINE, reels=Square())  # type: ignore[arg-type]
    found = way_of(plan_of(replace(BASE, motion="affine")), sight)
    assert np.abs(found.field).max() < 0.3
    assert found.trust[24, 32] == 0 and found.trust[5, 60] == 1


def test_the_mask_is_softened_in_the_films_pixels() -> None:
    sight = Sight(ENGINE, reels=Pictures())  # type: ignore[arg-type]
    sharp, soft = (way_of(plan_of(replace(BASE, mask_blur=blur)), sight).trust for blur in (0.0, 2.0))
    assert (soft <= sharp + 1e-6).all()
    assert sharp[24, 6] == 1 and 0 < soft[24, 4] < 1


def test_the_frame_before_is_mixed_into_the_finished_one(sight: Sight) -> None:
    drawn = np.full((48, 72, 3), 100, np.uint8)
    linear = settled(drawn, PAINTED, plan_of(replace(BASE, after="linear", after_blend=0.25)), sight)
    assert np.abs(linear - (75 + 0.25 * PAINTED)).max() <= 0.51
    flow = settled(drawn, PAINTED, plan_of(replace(BASE, after="flow", after_blend=0.25)), sight)
    assert apart(flow[INNER], 75 + 0.25 * shifted(3, 2)[INNER]) < 1.5
    assert (flow[24, 0] == 100).all()  # nothing of before is there
    assert settled(drawn, PAINTED, plan_of(BASE), sight) is drawn


def test_flow_is_looked_for_once_for_a_frame(sight: Sight, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def looked_for(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        asked.append(first)
        return np.zeros((*first.shape[:2], 2), np.float32)

    monkeypatch.setattr(import_module("pipeline.warp.follow"), "search", looked_for)
    plan = plan_of(replace(BASE, after="flow"))
    follow(PAINTED, plan, sight)
    settled(PAINTED, PAINTED, plan, sight)
    assert len(asked) == 2  # back and there


def test_a_real_clip_is_fitted_as_pictures_are(write_film: Callable[..., Path], tmp_path: Path) -> None:
    from pipeline.footage import look_at

    pictures = [texture(60, 120, seed) for seed in (1, 2)]
    clip = look_at(write_film(tmp_path / "clip.mkv", pictures, "10", "-c:v", "ffv1", "-pix_fmt", "bgr0"))
    sight = Sight(ENGINE, reels=Reels([clip], fit_picture))
    plan = plan_of(Footage(clip.digest, 1))
    larger = fit_picture(pictures[1], Size(48 * 6, 72 * 6), "cover")
    wanted = cv2.resize(larger, (72, 48), interpolation=cv2.INTER_AREA)
    assert np.abs(pixels(pictured(plan, sight)) - wanted).max() <= 1
    with pytest.raises(ClipError, match="no file is known for this digest"):
        pictured(plan_of(Footage("0" * 64, 1)), sight)
    with pytest.raises(UsageError, match="no file is known for the clip"):
        pictured(plan, Sight(ENGINE))


@pytest.mark.parametrize("name", ["mode", "motion", "after"])
def test_unknown_words_are_refused(sight: Sight, name: str) -> None:
    with pytest.raises(UsageError, match=rf"frame 0001: unknown follow.{name} 'melt'; use one of"):
        follow(PAINTED, plan_of(replace(BASE, **{name: "melt"})), sight)


def test_no_footage_is_refused(sight: Sight) -> None:
    with pytest.raises(UsageError, match="follows no clip"):
        follow(PAINTED, replace(plan_of(BASE), footage=None), sight)


# --- RAFT -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_raft(tmp_path: Path) -> str:
    """Add a RAFT of random weights in torchvision's own layout; return its name."""
    torch.manual_seed(3)
    network = build_network(find("raft-small").architecture)
    path = tmp_path / "raft_random.pth"
    torch.save(network.state_dict(), path)
    import hashlib

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    add(path, like="raft-small", name="raft-random", trust=f"sha256:{digest}")
    return "raft-random"


def test_raft_is_read_from_the_models_folder_and_answers_in_pixels_of_the_picture(
    small_raft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("pipeline.warp.follow"), "LEAST", 96)
    sight = Sight(ENGINE, reels=Pictures())  # type: ignore[arg-type]
    found = way_of(plan_of(replace(BASE, search=small_raft)), sight)
    assert found.field.shape == (48, 72, 2) and np.isfinite(found.field).all()
    (back, there) = next(iter(sight.ways.values()))
    assert back.shape == there.shape == (96, 144, 2)
    flow = sight.flow_by(small_raft)
    assert isinstance(flow, NetworkFlow)
    first, second = (Pictures().picture("", n, Size(61, 93), "cover") for n in (0, 1))
    odd = flow(first, second)
    assert odd.shape == (61, 93, 2) and odd.dtype == np.float32
    assert not np.array_equal(odd, flow(second, first))


def test_rafts_answer_is_taken_for_x_and_y(small_raft: str) -> None:
    flow = Sight(ENGINE).flow_by(small_raft)

    class Told(torch.nn.Module):
        def forward(self, first, second, num_flow_updates):
            assert first.shape == (1, 3, 128, 136) and float(first.max()) <= 1 and float(first.min()) >= -1
            return [torch.tensor([5.0, -2.0])[None, :, None, None].expand(1, 2, *first.shape[-2:])]

    flow.network = Told()
    found = flow(np.full((100, 130, 3), 200, np.uint8), np.zeros((100, 130, 3), np.uint8))
    assert found.shape == (100, 130, 2) and found[50, 60].tolist() == [5, -2]


def test_weights_that_are_not_there_are_named() -> None:
    with pytest.raises(ModelError, match=r"raft_large_C_T_SKHT_V2-ff5fadd5.pth.*are not there"):
        Sight(ENGINE).flow_by("raft-large")


def test_the_way_is_in_the_films_pixels() -> None:
    there = np.full((192, 288, 2), (12, 8), np.float32)
    found = way(-there, there, BASE, SIZE)
    assert found.field[30, 40].tolist() == [-3, -2]
    assert found.trust[30, 40] == 1 and found.trust[30, 0] == 0
