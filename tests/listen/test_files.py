"""Sound files of every kind, the beats file beside one, and what is remembered of them."""

from __future__ import annotations

import json
import os
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.bench.songs import RATE_HZ, clicks, drums, even
from pipeline.errors import SoundError, UsageError
from pipeline.listen import listen, studio
from pipeline.listen.beats_file import beats_path, read_beats, write_beats
from pipeline.listen.decode import decode

Write = Callable[..., Path]
BEATS = even(120, 6.0, start_s=0.5)


@pytest.fixture
def song(sound: Write) -> Path:
    """Six seconds of clicks at 120 bpm, from half a second on."""
    return sound(clicks("clicks", BEATS).samples)


def convert(source: Path, name: str, *options: str) -> Path:
    """Return the file that ffmpeg makes of another."""
    path = source.with_name(name)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-nostdin", "-y", "-i", str(source), *options]
    subprocess.run([*command, str(path)], check=True)
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("song.mp3", ()),
        ("song.m4a", ()),
        ("song.flac", ()),
        ("slow.wav", ("-ar", "8000")),
        ("fast.wav", ("-ar", "192000")),
        ("wide.wav", ("-ac", "8")),
        ("loud.wav", ("-af", "volume=30dB")),
    ],
)
def test_a_sound_of_any_kind_has_its_blows_at_the_same_moments(song: Path, name: str, options: tuple[str, ...]) -> None:
    found = listen(convert(song, name, *options))
    assert found.duration_s == pytest.approx(6.0, abs=0.06)
    late = [found.onsets.times_s[np.abs(found.onsets.times_s - beat).argmin()] - beat for beat in BEATS]
    assert np.abs(late).max() < 0.01


def test_sound_that_waits_in_a_video_is_where_the_film_has_it(song: Path) -> None:
    path = song.with_name("late.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-nostdin", "-y"]
    command += ["-f", "lavfi", "-i", "color=s=32x32:r=10:d=8", "-itsoffset", "1.25", "-i", str(song), str(path)]
    subprocess.run(command, check=True)
    found = listen(path)
    assert np.abs(found.onsets.times_s - (BEATS[0] + 1.25)).min() < 0.01
    assert found.onsets.times_s[0] > 1.5


def test_a_start_and_a_length_cut_to_the_sample(song: Path) -> None:
    whole = decode(song)
    part = decode(song, start_s=1.25, length_s=2.0)
    assert len(part) == 2 * RATE_HZ
    assert np.abs(part - whole[round(1.25 * RATE_HZ) :][: len(part)]).max() < 1e-4
    found = listen(song, start_s=1.25, length_s=3.0)
    assert found.duration_s == pytest.approx(3.0)
    assert np.abs(found.tempo.beats - 0.25).min() < 0.005  # that at 1.5 s of the file


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("text.mp3", b"this is no music\n", "no sound or video that ffmpeg knows; give a file with sound"),
        ("empty.wav", b"", "no sound or video that ffmpeg knows"),
        ("list.mp3", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "no sound or video that ffmpeg knows"),
    ],
)
def test_what_is_no_sound_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SoundError, match=rf"{name}: this is {said}"):
        listen(path)


def test_files_without_sound_in_them_are_refused(tmp_path: Path, song: Path) -> None:
    with pytest.raises(SoundError, match=r"none\.mp3: cannot be read \(no such file or directory\); check the path"):
        listen(tmp_path / "none.mp3")
    silent = tmp_path / "silent.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", "color=s=32x32:r=10:d=1"]
    subprocess.run([*command, str(silent)], check=True)
    with pytest.raises(SoundError, match=r"silent\.mp4: there is no sound in it"):
        listen(silent)
    with pytest.raises(SoundError, match=r"song\.wav: no sound from 60 s on; choose an earlier start"):
        listen(song, start_s=60.0)


def test_a_file_that_was_cut_off_is_heard_as_far_as_it_goes(song: Path) -> None:
    whole = convert(song, "whole.mp3").read_bytes()
    cut = song.with_name("cut.mp3")
    cut.write_bytes(whole[: len(whole) // 2])
    assert 2.0 < listen(cut).duration_s < 4.0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"start_s": -1.0}, "start -1 is no moment"),
        ({"start_s": float("nan")}, "start nan is no moment"),
        ({"length_s": 0.0}, "length 0 is no stretch"),
        ({"beats_per_bar": 0}, "a bar of 0 beats"),
    ],
)
def test_a_stretch_that_is_none_is_refused(song: Path, options: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        listen(song, **options)


# --- what is remembered -----------------------------------------------------------------------------------------------


def test_a_song_is_listened_to_once(song: Path, heard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = listen(song)
    assert len(list(heard.iterdir())) == 1
    monkeypatch.setattr(studio, "decode", None)  # whoever listens now is no longer able to
    again = listen(song)
    at = np.arange(150) / 25
    assert again.tempo.beats.tolist() == first.tempo.beats.tolist()
    assert (again.digest, again.key, again.sections) == (first.digest, first.key, first.sections)
    for name in first.signal_names:
        assert again.signal(name, at, 1 / 25) == pytest.approx(first.signal(name, at, 1 / 25), abs=1e-5)
    assert again.band(100, 900).at(at, 0.04) == pytest.approx(first.band(100, 900).at(at, 0.04), abs=1e-5)
    with pytest.raises(TypeError):
        listen(song, start_s=1.0)
    song.write_bytes(song.read_bytes() + b"\0\0")
    with pytest.raises(TypeError):
        listen(song)


def test_a_damaged_memory_is_made_again_and_one_that_cannot_be_kept_is_no_fault(song: Path, heard: Path) -> None:
    first = listen(song)
    (kept,) = heard.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    assert listen(song).tempo.beats.tolist() == first.tempo.beats.tolist()
    kept.unlink()
    heard.rmdir()
    heard.write_text("a file stands where the folder should be")
    assert listen(song).tempo.beats.tolist() == first.tempo.beats.tolist()


# --- the beats file ---------------------------------------------------------------------------------------------------


def test_beats_that_were_written_are_read_again(sound: Write) -> None:
    path = sound(drums("rock", even(100, 12.0)).samples)
    first = listen(path)
    beats_path(path).write_text(write_beats(first, path.name), encoding="utf-8")
    again = listen(path)
    assert again.tempo.beats == pytest.approx(first.tempo.beats, abs=0.0006)
    assert again.tempo.bar_starts.tolist() == first.tempo.bar_starts.tolist()
    assert [one.name for one in again.sections] == [one.name for one in first.sections]


CORRECTED = """\
beats_per_bar: 3
pickup: [0.5]
bars:
- [1.0, 1.5, 2.0]
- [2.5, 3.0]
sections: {0.0: intro, 2.5: chorus one}
"""


def test_a_correction_is_used_in_place_of_what_was_heard(song: Path) -> None:
    beats_path(song).write_text(CORRECTED, encoding="utf-8")
    found = listen(song)
    assert found.tempo.beats.tolist() == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert found.tempo.downbeats.tolist() == [1.0, 2.5]
    assert found.tempo.beats_per_bar == 3
    assert [(one.name, one.start_s) for one in found.sections] == [("intro", 0.0), ("chorus one", 2.5)]
    later = listen(song, start_s=1.25)
    assert later.tempo.beats.tolist() == [0.25, 0.75, 1.25, 1.75]
    assert later.tempo.downbeats.tolist() == [1.25]
    assert [(one.name, one.start_s) for one in later.sections] == [("intro", 0.0), ("chorus one", 1.25)]
    with pytest.raises(SoundError, match=r"song\.beats\.yaml: none of its 6 beats lies in the"):
        listen(song, start_s=4.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bars: [[1, 2], [2, 3]]", r":1:17: 2 does not come after 2; write seconds in rising order"),
        ("bars:\n- [1.0, two]", r":2:9: 'two' is not a number; write seconds"),
        ("bars:\n- [1.0, .nan]", r":2:9: '.nan' is not a number"),
        ("bars:\n- 1.0", r":2:3: this is no list; write beats in brackets"),
        ("bars:\n- [1, 2]\n- []", r":3:3: a bar without a beat"),
        ("bars: [[-1, 2]]", r":1:9: -1 does not come after 0"),
        ("bras: [[1, 2]]", r":1:1: unknown name 'bras'; choose one of beats_per_bar, pickup, bars, sections"),
        ("bars: [[1, 2]]\nbars: [[1, 2]]", r":2:1: 'bars' is given twice"),
        ("beats_per_bar: 3.5\nbars: [[1, 2]]", r":1:16: 3.5 beats in a bar"),
        ("bars: [[1]]", r":1:1: 1 beats are no tempo"),
        ("bars: [[1, 2]]\nsections: [a]", r":2:11: sections are no list"),
        ("bars: [[1, 2]]\nsections: {1: }", r":2:14: a section without a name"),
        ("bars: [[1, 2", r":1:13: not valid YAML"),
        ("", r":1:1: there are no beats in it"),
    ],
)
def test_mistakes_in_a_beats_file_are_told_with_their_place(song: Path, text: str, said: str) -> None:
    beats_path(song).write_text(text, encoding="utf-8")
    with pytest.raises(SoundError, match=r"song\.beats\.yaml" + said):
        listen(song)


def test_a_beats_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.beats.yaml"
    assert read_beats(path) is None
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SoundError, match="not UTF-8 text"):
        read_beats(path)
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(SoundError, match="larger than 1024 KiB"):
        read_beats(path)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_tells_and_writes_what_was_heard(song: Path, command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(song.parent)
    told = json.loads(command("listen", "song.wav", "--json").out)
    assert told["bpm"] == pytest.approx(120, abs=0.5)
    assert told["beats"] == pytest.approx(BEATS.tolist(), abs=0.01)
    assert set(told["downbeats"]) < set(told["beats"])
    assert told["sections"][0]["start"] == 0
    answer = command("listen", "song.wav", "--plot", "heard.png", "--click", "click.wav", "--write-beats")
    assert answer.code == 0
    assert answer.out.startswith("song.wav: 0:06.0, 120.0 bpm, 4 beats a bar, ")
    assert answer.out.endswith("heard.png: written\nclick.wav: written\nsong.beats.yaml: written\n")
    assert Path("heard.png").read_bytes().startswith(b"\x89PNG")
    again = command("listen", "song.wav", "--write-beats")
    assert (again.code, again.out) == (2, "")
    assert again.err.startswith("song.beats.yaml: is there already; correct it, or remove it")
    assert command("listen", "song.wav", "--click", "click.mp3").code == 2
    assert command("listen", "none.wav").code == 2
    Path("hits.txt").write_text("0.5\t0.75\tBig hit\n")
    said = command("listen", "song.wav", "--cues", "hits.txt", "--plot", "cued.png")
    assert "  label   big_hit      0:00.50  (hits.txt)\n" in said.out
    assert "  signal  big_hit      while the label 'Big hit' lasts  (hits.txt)\n" in said.out
    assert Path("cued.png").read_bytes() != Path("heard.png").read_bytes()
    told = json.loads(command("listen", "song.wav", "--cues", "hits.txt", "--json").out)
    assert (told["labels"], told["signals"][-1]) == ({"big_hit": [0.5]}, "big_hit")
    assert "leave --start and --length out" in command("listen", "song.wav", "--start", "1", "--cues", "hits.txt").err
    with wave.open("click.wav") as file:
        played = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    assert len(played) == pytest.approx(6.0 * RATE_HZ, abs=2)
    tones = [np.abs(np.fft.rfft(played[round(at * RATE_HZ) :][:880])).argmax() * RATE_HZ / 880 for at in told["beats"]]
    is_down = np.isin(told["beats"], told["downbeats"])
    assert np.mean(np.array(tones)[is_down]) > np.mean(np.array(tones)[~is_down])


def test_another_place_for_what_is_remembered(heard: Path, song: Path) -> None:
    assert os.environ["PIPELINE_SONGS"] == str(heard)
    listen(song)
    assert [path.suffix for path in heard.iterdir()] == [".npz"]
