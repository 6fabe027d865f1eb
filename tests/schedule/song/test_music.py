"""Music is heard before anything is drawn: which part, how long to the frame, and what is wrong with it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.schema import schema
from pipeline.schedule.song import sound_file
from pipeline.schedule.song.music import frames_left
from pipeline.schedule.song.sound_file import listen_to
from pipeline.types import Film, FilmFormat, Mark, Music

ReadFilm = Callable[..., Film]
RATE = 8000


def hum(seconds: float, rate: int = RATE, channels: int = 1) -> np.ndarray:
    wave = 0.4 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1)


@pytest.fixture
def song(tmp_path: Path, write_sound: Callable[..., Path]) -> Path:
    """Twenty seconds and 7/8000: at 12 fps 240.01 frames."""
    return write_sound(tmp_path / "song.wav", hum(20 + 7 / RATE), RATE)


def test_a_film_lasts_as_long_as_its_music(read_film: ReadFilm, song: Path) -> None:
    film = read_film("prompts: a\nfps: 12\nmusic: song.wav")
    assert film.n_frames == 240
    assert film.music is not None
    assert (film.music.start_s, film.music.length_s, film.music.codec) == (0, 20.000875, "pcm_s16le")
    assert film.music.digest == sound_file.digest_of(song)


@pytest.mark.parametrize(
    ("fps", "length", "frames"),
    [
        ("12", "9.96s", 120),  # 119.52
        ("12", "9.95s", 119),  # 119.4
        ("10", "1.25s", 13),  # half a frame counts
        ("29.97", "10s", 300),  # 299.7003
        ("23.976", "9.99s", 240),  # 239.52
        ("59.94", "0:12.5", 749),  # 749.25
    ],
)
def test_the_number_of_frames_is_the_nearest(read_film: ReadFilm, song, fps: str, length: str, frames: int) -> None:
    film = read_film(f"prompts: a\nfps: {fps}\nmusic: {{file: song.wav, length: {length}}}")
    assert film.n_frames == frames


@given(st.integers(1, 4_000_000), st.sampled_from([8000, 44100, 48000]), st.sampled_from([12.0, 24.0, 29.97, 59.94]))
def test_no_float_moves_the_last_frame(n_samples: int, rate: int, fps: float) -> None:
    """The same number as exact fractions give, whatever the length in samples."""
    exact = {29.97: Fraction(30000, 1001), 59.94: Fraction(60000, 1001)}.get(fps, Fraction(fps))
    wanted = int(Fraction(n_samples, rate) * exact + Fraction(1, 2))
    music = Music("", "", "", start_s=0, length_s=float(Fraction(n_samples, rate)))
    if 1 <= wanted <= 100_000:
        assert frames_left(music, 0, fps, Mark("f", 1, 1)) == wanted


def test_every_field_is_read(read_film: ReadFilm, song: Path) -> None:
    more = "start: 2.5s, offset: 250ms, fade_in: 1b, fade_out: bar 2, volume: 0.5"
    film = read_film(f"prompts: a\nfps: 12\nbpm: 120\ntitle: Low  song\nmusic: {{file: ./song.wav, {more}}}")
    music = film.music
    assert music is not None
    assert (music.start_s, music.length_s, music.offset_s) == (2.5, 17.500875, 0.25)
    assert (music.fade_in_s, music.fade_out_s, music.volume) == (0.5, 2.0, 0.5)
    assert film.n_frames == 213  # (17.500875 + 0.25) * 12
    assert film.title == "Low song"


def test_the_last_shot_goes_on_to_the_end_of_the_music(read_film: ReadFilm, song: Path) -> None:
    shots = "shots: [{name: a, duration: 3s}, {name: b}, {name: c}]"
    film = read_film(f"prompts: a\nfps: 12\nmusic: song.wav\n{shots}")
    by_preset = len(film.shots[1].plans)
    assert [len(shot.plans) for shot in film.shots] == [36, by_preset, 240 - 36 - by_preset]


@pytest.mark.parametrize("said", ["duration: 3s", "frames: 36"])
def test_a_length_that_is_said_holds(read_film: ReadFilm, song: Path, said: str) -> None:
    assert read_film(f"prompts: a\nfps: 12\nmusic: song.wav\n{said}").n_frames == 36
    assert read_film("prompts: a\nfps: 12\nmusic: song.wav", overrides=[said.replace(": ", "=")]).n_frames == 36
    assert read_film(f"prompts: a\nfps: 12\nmusic: song.wav\nshots: [{{{said}}}]").n_frames == 36


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "flac", "ogg", "wav"])
@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44100, 2)])
def test_any_file_is_as_long_as_it_sounds(tmp_path: Path, write_sound, suffix: str, rate: int, channels: int) -> None:
    """Encoders pad; what they pad does not count. A frame of 60 fps has 16.7 ms, and so much is allowed to none."""
    found = listen_to(write_sound(tmp_path / f"a.{suffix}", hum(3.21, rate, channels), rate))
    assert abs(float(found.length_s) - 3.21) < 0.002


@pytest.mark.parametrize(("rate", "channels"), [(192_000, 2), (48_000, 8), (8000, 1)])
def test_unusual_sounds_are_heard(tmp_path: Path, write_sound, rate: int, channels: int) -> None:
    found = listen_to(write_sound(tmp_path / "a.flac", hum(0.1, rate, channels), rate))
    assert (found.rate, found.n_samples) == (rate, rate // 10)


def test_the_track_of_a_video(tmp_path: Path, write_sound) -> None:
    picture = ("-f", "lavfi", "-i", "testsrc=size=32x32:rate=10:duration=2", "-shortest")
    path = write_sound(tmp_path / "clip.mp4", hum(2, 48000), 48000, *picture)
    assert listen_to(path).codec == "aac"
    assert abs(float(listen_to(path).length_s) - 2) < 0.002


def test_what_a_videos_sound_waits_is_silence(tmp_path: Path, write_sound) -> None:
    """A time in the sound is one of the video, as its player shows it."""
    picture = ("-f", "lavfi", "-i", "testsrc=size=32x32:rate=10:duration=2", "-shortest")
    write_sound(tmp_path / "clip.mp4", hum(2, 48000), 48000, *picture)
    late = ["-i", "clip.mp4", "-itsoffset", "0.75", "-i", "clip.mp4", "-map", "0:v", "-map", "1:a", "-c", "copy"]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", *late, "late.mp4"], cwd=tmp_path, check=True)
    assert abs(float(listen_to(tmp_path / "late.mp4").length_s) - 2.75) < 1024 / 48000  # a packet


def test_a_file_that_was_cut_off_is_as_long_as_what_is_left(tmp_path: Path, write_sound) -> None:
    whole = write_sound(tmp_path / "a.mp3", hum(10, 44100), 44100)
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert 4.5 < listen_to(whole).length_s < 5.5


def test_a_song_is_decoded_once(tmp_path: Path, write_sound, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_sound(tmp_path / "a.wav", hum(1), RATE)
    first = listen_to(path)
    with monkeypatch.context() as patch:
        patch.setattr(sound_file, "_decode", lambda path: pytest.fail("decoded again"))
        assert listen_to(path) == first
    write_sound(path, hum(2), RATE)
    assert listen_to(path).length_s == 2


@pytest.mark.parametrize("memory", ["", "[]", "{", '{"digest": "x", "codec": "a", "n_samples": 1, "rate": 1}'])
def test_a_memory_that_is_damaged_is_none(tmp_path: Path, heard: Path, write_sound, memory: str) -> None:
    path = write_sound(tmp_path / "a.wav", hum(1), RATE)
    first = listen_to(path)
    (kept,) = heard.iterdir()
    kept.write_text(memory)
    assert listen_to(path) == first


@pytest.mark.parametrize(
    "music",
    [
        "song.wav",
        "{file: song.wav, start: 0:02.5, length: 500ms, offset: 0, fade_in: 1b, fade_out: '2s', volume: '0.5'}",
    ],
)
def test_editors_know_it(read_film: ReadFilm, song: Path, music: str) -> None:
    text = f"prompts: a\nbpm: 120\nmusic: {music}\nfilm: {{audio: none, audio_bitrate: 96}}"
    jsonschema.Draft202012Validator(schema()).validate(yaml.safe_load(text))
    assert read_film(text).format == FilmFormat(crf=17, enlarge=4, audio="none", audio_bitrate=96)


def refused(read_film: ReadFilm, music: str, more: str = "") -> str:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: a\nfps: 12\nmusic: {music}\n{more}")
    return str(caught.value)


@pytest.mark.parametrize(
    ("music", "wanted"),
    [
        ("sogn.wav", "3:8: there is no sound file 'sogn.wav'; did you mean 'song.wav'? (known: song.wav)"),
        ("no/song.wav", "3:8: there is no sound file 'no/song.wav'; give a path from the keyframe file's folder (.)"),
        (".", "3:8: there is no sound file '.'; "),
        ("text.mp3", "3:8: 'text.mp3': the file is no sound that can be read; give an mp3, "),
        ("empty.mp3", "3:8: 'empty.mp3': the file is no sound that can be read; give an mp3, "),
        ("mute.mp4", "3:8: 'mute.mp4': there is no sound in the file; give an mp3, "),
        ("[a, b]", "3:8: music must be a single value (found a list); write one value"),
        ("{start: 1s}", "3:8: music names no file; write music: song.mp3, or file: song.mp3 in it"),
        ("{file: song.wav, stat: 1s}", "3:25: unknown key 'stat' in music; did you mean 'start'? "),
        ("{file: song.wav, start: 12}", "3:32: start is a time of the music, not a frame (found '12'); write 12s"),
        ("{file: song.wav, start: 12f}", "3:32: start is a time of the music, not a frame (found '12f'); write 12s"),
        ("{file: song.wav, start: soon}", "3:32: not a time (found 'soon'); "),
        ("{file: song.wav, fade_in: 1b}", "3:34: beats and bars need a tempo; "),
        ("{file: song.wav, start: 20.1s}", "3:32: the music begins after its end (it has 20.001 s); "),
        ("{file: song.wav, start: 15s, length: 6s}", "3:45: the music has 5.001 s from its start (found '6s'); "),
        ("{file: song.wav, length: 0}", "3:33: the music has 20.001 s from its start (found '0'); "),
        ("{file: song.wav, length: 40ms}", "3:8: the music ends at frame 0, and the shot that shall last as long "),
        ("{file: song.wav, volume: 5}", "3:33: volume is out of range (found '5'); choose a value between 0 and 4"),
    ],
)
def test_what_is_wrong_is_told(read_film: ReadFilm, song: Path, music: str, wanted: str) -> None:
    folder = song.parent
    (folder / "text.mp3").write_text("not a sound\n" * 100)
    (folder / "empty.mp3").write_bytes(b"")
    mute = ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=32x32:rate=10:duration=1", str(folder / "mute.mp4")]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *mute], check=True)
    if "known" in wanted:
        for name in ("text.mp3", "empty.mp3", "mute.mp4"):
            (folder / name).unlink()
    assert refused(read_film, music).startswith(f"film.yaml:{wanted}")


def test_all_that_is_wrong_is_told_at_once(read_film: ReadFilm, song: Path) -> None:
    said = refused(read_film, "{file: no.wav, start: soon, volume: loud}", "camera: {zoom: tt}")
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        f"film.yaml:{place}" for place in ("3:15", "3:30", "3:44", "4:16")
    ]


def test_a_shot_that_begins_after_the_music(read_film: ReadFilm, song: Path) -> None:
    said = refused(read_film, "song.wav", "shots: [{duration: 20s}, {name: b}]")
    assert "3:8: the music ends at frame 240, and the shot that shall last as long begins at frame 240; " in said


def test_a_program_that_is_missing(read_film: ReadFilm, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/nonexistent/ffmpeg")
    assert "3:8: 'song.wav': ffmpeg cannot be started; " in refused(read_film, "song.wav")


@pytest.mark.parametrize(
    ("music", "more", "wanted"),
    [
        ("song.wav", "", "the music's pcm_s16le cannot be copied into a film (only aac, mp3, "),
        ("{file: song.mp3, start: 1s, volume: 2}", "", "music is copied as it is, without start, volume; "),
        ("{file: song.mp3, fade_out: 1s}", "", "music is copied as it is, without fade_out; "),
        ("song.mp3", "duration: 5s", "the music ends 2.000 s before the film, and nothing can be added to a copy; "),
    ],
)
def test_copies_are_copies(read_film, song, write_sound, music: str, more: str, wanted: str) -> None:
    write_sound(song.with_suffix(".mp3"), hum(3, 44100), 44100)
    assert wanted in refused(read_film, music, f"{more}\nfilm: {{audio: copy}}")
    assert read_film("prompts: a\nmusic: song.mp3\nfilm: {audio: copy}").format.audio == "copy"


def test_a_playlist_reaches_nothing_else(tmp_path: Path, read_film: ReadFilm, song: Path) -> None:
    """What looks like a song may name addresses; none of them is asked for."""
    (tmp_path / "list.mp3").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    assert "list.mp3': the file is no sound that can be read; " in refused(read_film, "list.mp3")


def test_where_it_lies_is_no_part_of_what_it_is(read_film: ReadFilm, song: Path) -> None:
    first = read_film("prompts: a\nmusic: song.wav")
    song.rename(song.with_name("other.wav"))
    assert read_film("prompts: a\nmusic: other.wav") == first
