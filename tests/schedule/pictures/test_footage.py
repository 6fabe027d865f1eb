"""What `source:` and `follow:` come to: lengths, rates, pictures, and every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import load
from pipeline.types import Film, Footage


@pytest.fixture(scope="module")
def clips(tmp_path_factory, write_film) -> Path:
    """A folder with a clip of 60 pictures at 29.97 a second, and one of 20 at 10, both with sound of their length."""
    folder = tmp_path_factory.mktemp("footage") / "clips"
    folder.mkdir()
    picture = np.zeros((16, 16, 3), np.uint8)
    sine = ("-f", "lavfi", "-i", "sine=duration={}", "-pix_fmt", "yuv420p")
    write_film(folder / "ntsc.mp4", [picture] * 60, "30000/1001", *(word.format(2.002) for word in sine))
    write_film(folder / "ten.mp4", [picture] * 20, "10", *(word.format(2) for word in sine))
    write_film(folder / "mute.mp4", [picture] * 20, "10", "-pix_fmt", "yuv420p")
    (folder / "text.mp4").write_text("prompts: a fox\n" * 50)
    return folder


@pytest.fixture
def read(clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Film]:
    monkeypatch.setenv("PIPELINE_CLIPS", str(clips.with_name("seen")))  # each clip is looked at once for all tests

    def read_film(text: str, **options) -> Film:
        for clip in clips.iterdir():
            (tmp_path / clip.name).unlink(missing_ok=True)
            (tmp_path / clip.name).symlink_to(clip)
        path = tmp_path / "film.yaml"
        path.write_text(text if "prompts" in text or "shots" in text else f"prompts: a fox\n{text}", encoding="utf-8")
        return load(path, **options)

    return read_film


def footage(film: Film, shot: int = 0) -> list[Footage | None]:
    return [plan.footage for plan in film.shots[shot].plans]


def test_a_film_takes_length_rate_and_sound_from_its_clip(read) -> None:
    film = read("source: ntsc.mp4\n")
    assert (film.n_frames, film.fps) == (60, 30000 / 1001)
    first, second, *_ = footage(film)
    assert (first.index, first.before, second.index, second.before) == (0, -1, 1, 0)
    assert first.clip == film.clips[0].digest
    assert film.music is not None
    assert (film.music.start_s, round(film.music.length_s, 2)) == (0, 2.0)
    assert film.shots[0].plans[0].skip == 0.5  # as init says of any picture


def test_every_start_and_length_choose_pictures(read) -> None:
    film = read("source: {file: ten.mp4, every: 3, start: 0.5s, length: 10, fit: stretch}\n")
    assert [one.index for one in footage(film)] == [5, 8, 11, 14]
    assert [one.before for one in footage(film)] == [-1, 5, 8, 11]
    assert film.fps == pytest.approx(10 / 3)
    assert footage(film)[2].fit == "stretch"
    assert film.music.start_s == 0.5
    assert film.music.length_s == pytest.approx(1.2)


def test_what_the_film_says_of_its_rate_and_length_counts(read) -> None:
    film = read("source: ten.mp4\nfps: 5\nframes: 4\n")
    assert (film.fps, film.n_frames, film.music) == (5, 4, None)
    (notice,) = film.notices
    assert notice.code == "clip-sound"
    assert "at 5 frames a second it would not keep step" in notice.what
    assert read("source: ten.mp4\nfps: 5\nsilence: clip-sound\n").notices == ()
    assert read("source: mute.mp4\nfps: 5\n").notices == ()
    assert read("source: mute.mp4\n").music is None


def test_music_of_its_own_takes_the_place_of_the_clips(read) -> None:
    film = read("source: ten.mp4\nmusic: {file: ntsc.mp4, start: 1s}\n")
    assert film.n_frames == 20  # the clip's, not the song's
    assert film.music is not None and film.music.path.endswith("ntsc.mp4")


def test_the_films_source_runs_on_through_its_shots(read) -> None:
    film = read("source: ten.mp4\nshots: [{prompts: a, frames: 6}, {prompts: b}]\n")
    assert [len(shot.plans) for shot in film.shots] == [6, 14]
    assert [one.index for one in footage(film, 1)[:2]] == [6, 7]
    assert footage(film, 1)[0].before == -1


def test_a_shots_own_source_begins_with_it_and_none_takes_it_back(read) -> None:
    text = "shots: [{prompts: a, source: {file: ten.mp4, length: 5}}, {prompts: b, source: none, frames: 2}]\n"
    film = read(text + "source: ntsc.mp4\nfollow: {blend: 0.5}\n")
    assert [len(shot.plans) for shot in film.shots] == [5, 2]
    assert [one.index for one in footage(film, 0)] == [0, 1, 2, 3, 4]
    assert footage(film, 1) == [None, None]
    assert len(film.clips) == 2


def test_follow_moves_with_time_and_idle_values_leave_no_trace(read) -> None:
    film = read("source: mute.mp4\nfollow: {blend: {0: 0.2, 10: 0.4}, after: linear, after_blend: 0.25}\n")
    assert [round(one.blend, 3) for one in footage(film)[1:4]] == [0.22, 0.24, 0.26]
    assert footage(film)[0] == Footage(film.clips[0].digest, 0)
    assert footage(film)[3].after == "linear"
    plain = read("source: mute.mp4\nfollow: {motion: off, after_blend: 0.9, factor: 3, flow: raft}\n")
    assert footage(plain)[3] == Footage(film.clips[0].digest, 3, before=2, motion="off")
    assert plain.engine.flow_model == ""
    moved = read("source: mute.mp4\nfollow: {mode: motion, motion: affine, factor: 2, blend: 0.3}\n")
    assert footage(moved)[0] is None
    assert footage(moved)[1] == Footage(film.clips[0].digest, 1, before=0, mode="motion", motion="affine", factor=2.0)


def test_a_network_that_looks_for_flow_belongs_to_the_engine(read) -> None:
    film = read("source: mute.mp4\nfollow: {flow: raft}\n")
    assert film.engine.flow_model == "raft-large"
    assert footage(film)[1].search == "raft-large"
    assert read("source: mute.mp4\n").engine.flow_model == ""


def test_a_film_over_a_film_lets_light_go_unless_it_says_otherwise(read) -> None:
    steady = {
        text: read(f"source: mute.mp4\n{text}").shots[0].plans[3].conditioning.steady
        for text in ("", "frame: {steady: 0.5}\n", "follow: {mode: motion}\n")
    }
    assert list(steady.values()) == [0, 0.5, 1]


def test_films_without_a_source_are_what_they_were(read) -> None:
    plan = read("frames: 3\n").shots[0].plans[2]
    assert plan.footage is None and "footage" not in plan.canonical()


FAULTS = {
    "source: clp.mp4\n": (2, 9, "there is no clip 'clp.mp4'; did you mean"),
    "source: ten.mp3\n": (2, 9, "did you mean 'ten.mp4'"),
    "source: text.mp4\n": (2, 9, "'text.mp4': the file is no film that can be read"),
    "source: {every: 2}\n": (2, 9, "source names no file"),
    "source: {file: ten.mp4, evry: 2}\n": (2, 25, "unknown key 'evry' in source; did you mean 'every'"),
    "source: {file: ten.mp4, every: 0}\n": (2, 32, "every is out of range"),
    "source: {file: ten.mp4, fit: crop}\n": (2, 30, "unknown fit 'crop'; use one of: cover, contain, stretch"),
    "source: {file: ten.mp4, start: 2s}\n": (2, 32, "the clip begins after its end (it has 20 pictures, 2.000 s)"),
    "source: {file: ten.mp4, start: 1s, length: 3s}\n": (2, 44, "the clip has 10 pictures, 1.000 s from its start"),
    "source: {file: ten.mp4, start: 2b}\n": (2, 32, "beats and bars need a tempo"),
    "source: {file: ten.mp4, start: soon}\n": (2, 32, "not a time"),
    "source: [ten.mp4]\n": (2, 9, "source must be a single value"),
    "source: ten.mp4\nframes: 21\n": (2, 9, "the clip has pictures for 20 frames"),
    "follow: {blend: 0.5}\n": (2, 17, "there is no film to follow"),
    "source: ten.mp4\nfollow: {blend: 1.5}\n": (3, 17, "follow.blend is 1.5 at frame 0; keep it between 0 and 1"),
    "source: ten.mp4\nfollow: {motion: slow}\n": (3, 18, "unknown follow.motion 'slow'; did you mean 'flow'"),
    "source: ten.mp4\nlook: {cadence: 2}\n": (3, 17, "a film over a film has no cadence"),
    "source: ten.mp4\ninit: {perlin: color}\n": (3, 16, "the shot starts from the first picture of its clip"),
    "source: ten.mp4\ninit: {mask: a.png}\n": (3, 14, "there is no picture 'a.png'"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_mistakes_are_told_with_their_place(read, text: str) -> None:
    with pytest.raises(KeyframeError) as fault:
        read(text)
    line, column, what = FAULTS[text]
    told = [(one.mark.line, one.mark.column, f"{one.what}; {one.do}") for one in fault.value.complaints]
    assert any((row, col) == (line, column) and what in said for row, col, said in told), told
    assert len(told) == 1


def test_two_networks_for_flow_are_refused(read) -> None:
    shots = "[{prompts: a, follow: {flow: raft}, frames: 3}, {prompts: b, follow: {flow: raft_small}, frames: 3}]"
    with pytest.raises(KeyframeError, match="look for flow by raft-large and by raft-small"):
        read(f"source: ten.mp4\nshots: {shots}\n")


def test_a_clip_that_is_faster_than_films_may_be(read, tmp_path: Path, write_film) -> None:
    write_film(tmp_path / "fast.mkv", [np.zeros((16, 16, 3), np.uint8)] * 20, "1000", "-c:v", "ffv1")
    with pytest.raises(KeyframeError, match="1000 pictures per second, more than a film may; write every: 5 or more"):
        read("source: fast.mkv\n")
    assert read("source: {file: fast.mkv, every: 5}\n").fps == 200


def test_settings_of_the_command_line_lie_over_it(read) -> None:
    film = read("source: {file: mute.mp4, every: 2}\n", overrides=["source.every=5", "follow.blend=0.25"])
    assert [one.index for one in footage(film)] == [0, 5, 10, 15]
    assert footage(film)[1].blend == 0.25
