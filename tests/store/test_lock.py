"""One holder for each folder."""

from __future__ import annotations

import os
import re
import socket
import time
from pathlib import Path

import pytest

from pipeline.errors import BusyError, StoreError
from pipeline.store.commit import temp_name
from pipeline.store.lock import hold


def test_second_holder_is_refused_at_once_and_told_by_whom(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    with hold(folder):
        start = time.monotonic()
        expected = (
            f"{folder}: another render holds this folder (pid {os.getpid()} on host {socket.gethostname()}); "
            "wait for it or choose another --out"
        )
        with pytest.raises(BusyError, match=re.escape(expected)), hold(folder):
            pass
        assert time.monotonic() - start < 1
    with hold(folder):
        pass


def test_released_on_any_fault(tmp_path: Path) -> None:
    with pytest.raises(KeyError), hold(tmp_path):
        raise KeyError
    with hold(tmp_path):
        pass


def test_two_folders_are_two_locks(tmp_path: Path) -> None:
    with hold(tmp_path / "a"), hold(tmp_path / "b"):
        pass


def test_holder_sweeps_the_film_and_its_shots_and_nothing_else(tmp_path: Path) -> None:
    swept = [tmp_path, tmp_path / "frames" / "one"]
    kept = [tmp_path / "other", tmp_path / "frames" / "one" / "deeper"]
    for place in swept + kept:
        place.mkdir(parents=True, exist_ok=True)
        (place / temp_name("00001.png")).write_bytes(b"torn")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / temp_name("x")).write_bytes(b"of another program")
    (tmp_path / "frames" / "linked").symlink_to(tmp_path / "outside")
    with hold(tmp_path):
        assert not any((place / temp_name("00001.png")).exists() for place in swept)
    assert all((place / temp_name("00001.png")).exists() for place in kept)
    assert (tmp_path / "outside" / temp_name("x")).exists()


@pytest.mark.parametrize("left", [b"", b"\xff\xfe", b"[" * 5000, b'{"pid": "x"}', b"[]", b'{"pid": 1}'])
def test_text_left_in_the_lock_file_means_nothing(tmp_path: Path, left: bytes) -> None:
    (tmp_path / ".lock").write_bytes(left)
    with hold(tmp_path):
        (tmp_path / ".lock").write_bytes(left)
        with pytest.raises(BusyError, match="only just begun"), hold(tmp_path):
            pass


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "film").mkdir()
    (tmp_path / "film" / ".lock").symlink_to(tmp_path / "precious")
    with pytest.raises(StoreError), hold(tmp_path / "film"):
        pass
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "film").symlink_to(tmp_path / "large disk")
    with hold(tmp_path / "film"):
        assert (tmp_path / "large disk" / ".lock").exists()
