"""What is no film is told from what is one, and what is known is not looked for twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.footage import ClipFault, PictureCache, look_at


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is no film that can be read"),
        (b"frames: 3\nprompts: a fox\n" * 40, "the file is no film that can be read"),
        (bytes(range(256)) * 40, "the file is no film that can be read"),
    ],
    ids=["empty", "text", "noise"],
)
def test_a_file_that_is_no_film(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(ClipFault, match=what):
        look_at(tmp_path / "clip.mp4")


def test_sound_alone_one_picture_a_folder_and_nothing(tmp_path: Path, clip_of, write_sound) -> None:
    write_sound(tmp_path / "tone.m4a", [[0.1]] * 8000, 8000)
    for path, what in (
        (tmp_path / "tone.m4a", "there is no picture in the file"),
        (clip_of("one.png", 1, "10"), "there is one picture in the file and no film"),
        (tmp_path, "it is not an ordinary file"),
        (tmp_path / "nothing.mp4", r"cannot be read \(no such file or directory\)"),
    ):
        with pytest.raises(ClipFault, match=what):
            look_at(path)


def test_a_film_that_was_cut_off_is_as_long_as_what_is_left(clip_of) -> None:
    path = clip_of("cut.mkv", 100, "24", "-pix_fmt", "yuv420p", "-g", "10")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert 30 < look_at(path).n_frames < 90
    headless = clip_of("cut.mp4", 100, "24", "-pix_fmt", "yuv420p")  # whose table of contents comes last
    headless.write_bytes(headless.read_bytes()[: headless.stat().st_size // 2])
    with pytest.raises(ClipFault, match="the file is no film that can be read"):
        look_at(headless)


def test_sound_is_told_of(tmp_path: Path, clip_of, write_sound) -> None:
    tone = write_sound(tmp_path / "tone.wav", [[0.1]] * 8000, 8000)
    assert look_at(clip_of("loud.mp4", 8, "8", "-i", str(tone), "-pix_fmt", "yuv420p")).has_sound
    assert not look_at(clip_of("mute.mp4", 8, "8", "-pix_fmt", "yuv420p")).has_sound


def test_a_film_is_probed_once_until_it_changes(clip_of, monkeypatch: pytest.MonkeyPatch, clips_seen: Path) -> None:
    path = clip_of("clip.mp4", 8, "8", "-pix_fmt", "yuv420p")
    first = look_at(path)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.footage.probe._probe", lambda path: pytest.fail("it was known"))
        assert look_at(path) == first
    (memory,) = clips_seen.glob("*.json")
    for content in (b"{}", b"no json", b'{"digest": 1}', b"[]"):
        memory.write_bytes(content)
        assert look_at(path) == first
    clip_of("clip.mp4", 9, "8", "-pix_fmt", "yuv420p")
    assert look_at(path).n_frames == 9


def test_pictures_are_kept_up_to_a_bound_the_oldest_going_first(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    pictures = {f"{n}": rng.integers(0, 255, (20, 30, 3), np.uint8) for n in range(8)}
    cache = PictureCache(tmp_path / "kept", most_bytes=9000)  # some four of them
    for name, picture in pictures.items():
        cache.keep(name, picture)
    known = [name for name in pictures if cache.look_up(name) is not None]
    assert 2 <= len(known) <= 4 and known[-1] == "7" and "0" not in known
    assert sum(path.stat().st_size for path in (tmp_path / "kept").iterdir()) <= 9000
    found = cache.look_up("7")
    assert found is not None and np.array_equal(found, pictures["7"])
    for path in (tmp_path / "kept").iterdir():
        path.write_bytes(b"damaged")
    assert cache.look_up("7") is None
    PictureCache(tmp_path / "kept" / "file.png").keep("x", pictures["0"])  # cannot be, and does not matter
