"""A music video from one command to the next: checked, seen before it is drawn, rendered, assembled again."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

RATE = 8000
FILM = "title: Three hums\nmusic: {file: hums.wav, start: 0.5s, fade_out: 0.1s}\n"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, tiny_text: str, write_sound, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with a film of as many frames as its music has, at 6 fps, and the music: 0.5, 1 and 1.25 s."""
    t = np.arange(round(2.75 * RATE)) / RATE
    wave = 0.4 * np.sin(2 * np.pi * np.select([t < 0.5, t < 1.5], [250, 500], 1000) * t)
    write_sound(tmp_path / "hums.wav", wave[:, None], RATE)
    (tmp_path / "tiny.yaml").write_text(tiny_text.replace("frames: 6\n", FILM))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path


def pitch(samples: np.ndarray, at_s: float) -> int:
    piece = samples[round((at_s - 0.05) * 48000) : round((at_s + 0.05) * 48000)]
    return round(int(np.argmax(np.abs(np.fft.rfft(piece * np.hanning(len(piece)))))) / 0.1)


def told_of(path: Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def test_check_says_how_long_the_music_makes_it(command) -> None:
    answer = command("check", "tiny.yaml")
    assert answer.out == (
        "tiny.yaml: good; 14 frames at 6 fps (2.33 s), 32x32, shots: tiny 14, music: hums.wav from 0.5 s\n"
    )
    report = json.loads(command("check", "tiny.yaml", "--json").out)
    assert (report["frames"], report["music"]["path"], report["music"]["length_s"]) == (14, "hums.wav", 2.25)


def test_a_missing_song_is_found_before_anything_is_drawn(command, tiny_engine) -> None:
    Path("hums.wav").rename("hum.wav")
    answer = command("render", "tiny.yaml")
    assert answer.code == 2
    assert answer.err.startswith("tiny.yaml:6:15: there is no sound file 'hums.wav'; did you mean 'hum.wav'? ")
    assert not Path("outputs").exists()
    assert command("render", "tiny.yaml", "--set", "music.file=hum.wav", "--frames", "0:1").code == 0


def test_explain_says_where_it_is_written(command) -> None:
    report = json.loads(command("explain", "tiny.yaml", "--json", "--where").out)
    assert (report["title"], report["title.from"]) == ("Three hums", "tiny.yaml:5:8")
    assert (report["music.start"], report["music.start.from"]) == (0.5, "tiny.yaml:6:32")
    assert (report["frames"], report["frames.from"]) == (14, "tiny.yaml:6:8")
    assert report["film.audio"] == "aac"


def test_a_render_has_sound_and_its_title(command, tiny_engine, hear) -> None:
    answer = command("render", "tiny.yaml", "--json")
    assert json.loads(answer.out)["drawn"] == 14
    film = Path("outputs/tiny/tiny.mp4")
    heard = hear(film)
    assert len(heard) == 14 * 8000
    assert [pitch(heard, at) for at in (0.5, 0.9, 1.2, 2.0)] == [500, 500, 1000, 1000]
    assert re.search(r"title +: Three hums\n", told_of(film))
    assert "Audio: aac (LC)" in told_of(film)
    assert json.loads(command("render", "tiny.yaml", "--json").out)["kept"] == 14


def test_assemble_needs_no_keyframe_file_and_a_song_that_is_gone_costs_no_frame(command, tiny_engine, hear) -> None:
    command("render", "tiny.yaml")
    film = Path("outputs/tiny/tiny.mp4")
    before = film.read_bytes()
    Path("tiny.yaml").unlink()
    assert command("assemble", "outputs/tiny").out == f"{film}\n"
    assert film.read_bytes() == before
    Path("hums.wav").rename("moved.wav")
    answer = command("assemble", "outputs/tiny")
    assert answer.code == 7
    assert "hums.wav: the sound file cannot be read (no such file or directory); check the path, or say" in answer.err
    assert "outputs/tiny/tiny.silent.mp4: the film without its sound, whole; " in answer.err
    assert film.read_bytes() == before
    assert command("assemble", "outputs/tiny", "--music", "moved.wav").code == 0
    assert film.read_bytes() == before
    assert not Path("outputs/tiny/tiny.silent.mp4").exists()


def test_a_film_may_be_silent_or_shorter_than_its_music(command, tiny_engine, hear) -> None:
    command("render", "tiny.yaml", "--set", "duration=1s", "--set", "film.audio=none")
    assert "Audio" not in told_of(Path("outputs/tiny/tiny.mp4"))
    command("render", "tiny.yaml", "--set", "duration=1s")
    assert len(hear(Path("outputs/tiny/tiny.mp4"))) == 48000


def test_the_animatic_has_the_sound_of_the_frames_it_shows(command, hear) -> None:
    assert command("animatic", "tiny.yaml", "--width", 320).code == 0
    assert [pitch(hear(Path("outputs/tiny-animatic.mp4")), at) for at in (0.5, 1.5)] == [500, 1000]
    command("animatic", "tiny.yaml", "--width", 320, "--frames", "3:9", "--out", "part.mp4")
    heard = hear(Path("part.mp4"))
    assert len(heard) == 48000
    assert [pitch(heard, at) for at in (0.25, 0.42, 0.6)] == [500, 500, 1000]
    assert re.search(r"title +: Three hums animatic\n", told_of(Path("part.mp4")))


def test_the_animatic_shows_signals_and_names_of_the_file(command) -> None:
    Path("hits.txt").write_text("1\t1.5\tHit\n")
    text = Path("tiny.yaml").read_text().replace("file: hums.wav", "file: hums.wav, cues: hits.txt")
    Path("tiny.yaml").write_text(f"{text}let: {{sway: 1 + hit, gone: 1/(t - 3)}}\nprompt_suffix: '{{sway}} {{t}}'\n")
    wanted = ("--curve", "sway", "--curve", "signal.hit", "--curve", "camera.zoom", "--width", 320, "--json")
    answer = command("animatic", "tiny.yaml", *wanted)
    assert answer.code == 0, answer.err
    report = json.loads(answer.out)
    assert report["curves"] == ["let.sway", "signal.hit", "camera.zoom"]
    answer = command("animatic", "tiny.yaml", "--width", 320)
    assert answer.code == 0, answer.err
    answer = command("animatic", "tiny.yaml", "--curve", "gone")  # at one frame it is no number
    assert answer.code == 2
    assert "--curve gone: the film has no such number; use one of camera." in answer.err
    assert "let.sway, signal.hit" in answer.err
