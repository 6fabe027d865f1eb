"""Pictures for the eye: where they lie, that each is whole at every moment, and what a killed run leaves of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.errors import StoreError
from pipeline.store import hold, put_partial, refresh
from pipeline.store.commit import temp_name

RED_LEFT = np.zeros((4, 6, 3), np.uint8)
RED_LEFT[:, :3, 0] = 250


def test_a_partial_lies_beside_the_frames_in_red_green_blue(tmp_path) -> None:
    path = put_partial(tmp_path, "day", 12, 3, RED_LEFT)
    assert path == tmp_path / "partials" / "day" / "00012-003.png"
    assert np.array_equal(cv2.imread(str(path))[..., ::-1], RED_LEFT)


def test_what_a_killed_run_left_of_a_partial_is_swept(tmp_path) -> None:
    path = put_partial(tmp_path, "day", 0, 1, RED_LEFT)
    left = path.with_name(temp_name(path.name))
    left.write_bytes(b"half")
    with hold(tmp_path):
        assert not left.exists()
    assert path.exists()


def test_a_partial_is_not_written_through_a_link_or_under_a_bad_name(tmp_path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "partials").mkdir()
    (tmp_path / "partials" / "day").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="a symbolic link stands in its place"):
        put_partial(tmp_path, "day", 0, 1, RED_LEFT)
    with pytest.raises(StoreError, match="cannot be a folder's"):
        put_partial(tmp_path, "../day", 0, 1, RED_LEFT)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "begins"), [("now.png", b"\x89PNG"), ("now.JPG", b"\xff\xd8"), ("now.jpeg", b"\xff\xd8")]
)
def test_a_picture_is_put_in_place_of_the_one_before(tmp_path, name, begins) -> None:
    path = tmp_path / "new" / name
    for picture in (RED_LEFT, RED_LEFT[:, ::-1].copy()):
        refresh(path, picture)
        shown = cv2.imread(str(path))[..., ::-1].astype(int)
        assert np.abs(shown[..., 0] - picture[..., 0]).mean() < 60
    assert path.read_bytes().startswith(begins)
    assert [one.name for one in path.parent.iterdir()] == [name]


def test_what_a_killed_run_left_does_not_stand_in_the_way(tmp_path) -> None:
    (tmp_path / temp_name("now.png")).write_bytes(b"half")
    refresh(tmp_path / "now.png", RED_LEFT)
    assert [one.name for one in tmp_path.iterdir()] == ["now.png"]
