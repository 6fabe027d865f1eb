"""The flash test: a picture that jumps on each click of a song is seen when the click is heard.

The times of the clicks are written in the keyframe file; the film is decoded by the times that its own file gives.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.assemble import Sound, assemble_film
from pipeline.schedule import study
from pipeline.schedule.rate import exact_rate
from pipeline.schedule.trace import named_values
from pipeline.types import Film

RATE = 44_100
GRID = 600  # looks and listens in a second: a whole number in every frame but those of 29.97
CLICKS = (0.41, 1.02, 1.35, 2.2, 2.93, 3.1, 3.77, 12.83, 13.31, 13.5, 14.24, 14.98, 15.2, 15.85)  # no two gaps alike
START, LENGTH = 12.5, 4.0


def click_song() -> np.ndarray:
    """Seventeen seconds with bursts of 1500 Hz that die away in 30 ms."""
    t = np.arange(17 * RATE) / RATE
    sound = np.zeros_like(t)
    for click in CLICKS:
        after = t - click
        sound += np.where(after >= 0, np.exp(-after / 0.03) * np.sin(2 * np.pi * 1500 * after), 0)
    return 0.5 * np.stack([sound, 0.7 * sound], axis=1)


def clicked(film: Film) -> list[float]:
    """Return how bright the frames are that flash where a label comes: 0 or 1."""
    (shot,) = film.shots
    bright = {label.frame for label in shot.labels}
    return [float(number in bright) for number in range(film.n_frames)]


def pictures(film: Film, brightness: Sequence[float]) -> Iterator[np.ndarray]:
    """Yield frames from dark to bright."""
    for share in brightness:
        yield np.full((film.size.height, film.size.width, 3), 30 + round(190 * share), np.uint8)


def flashing(path: Path, film: Film, brightness: Sequence[float] = ()) -> Path:
    """Make the film that a render would make of frames that flash where a label comes, or are so bright."""
    assert film.music is not None
    sound = Sound(film.music, film.n_frames)
    return assemble_film(
        pictures(film, brightness or clicked(film)), path, size=film.size, fps=film.fps, format=film.format, sound=sound
    )


def seen_and_heard(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return brightness and loudness of a film over time, `GRID` values a second, by the times in its file."""

    def decoded(*options: str) -> bytes:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), *options, "pipe:1"]
        return subprocess.run(command, check=True, capture_output=True).stdout

    picture = decoded("-vf", f"scale=2:2,format=gray,fps={GRID}:start_time=0", "-f", "rawvideo")
    seen = np.frombuffer(picture, np.uint8).reshape(-1, 4).mean(axis=1)
    sound = decoded("-af", "aresample=48000:async=1:first_pts=0", "-ac", "1", "-f", "f32le")
    samples = np.abs(np.frombuffer(sound, np.float32))
    heard = samples[: len(samples) // (48000 // GRID) * (48000 // GRID)].reshape(-1, 48000 // GRID).max(axis=1)
    return seen, heard


def rises(signal: np.ndarray) -> np.ndarray:
    """Return where a signal goes up, as a share of its largest step."""
    step = np.maximum(np.diff(signal, prepend=signal[:1]), 0)
    return np.where(step > 0.3 * step.max(), step / step.max(), 0)


def lag_s(seen: np.ndarray, heard: np.ndarray) -> float:
    """Return by how much the picture comes after the sound, where their rises fit together best."""
    length = min(len(seen), len(heard))
    a, b = rises(seen[:length]), rises(heard[:length])
    wide = np.convolve(a, np.hanning(GRID // 20), "same")  # so that what lies half a frame apart still meets
    fit = np.correlate(wide, b, "full")
    best = np.flatnonzero(fit > fit.max() - 1e-9)
    return float(best.mean() - (length - 1)) / GRID


@pytest.fixture
def film_of_clicks(tmp_path: Path, film_of: Callable[..., Film], tiny_text: str, write_sound) -> Callable[..., Film]:
    """Return the maker of films with a label at each click of a song."""

    def make(fps: str, start: float, kind: str = "mp3", more: str = "", values: str = "") -> Film:
        write_sound(tmp_path / f"clicks.{kind}", click_song(), RATE)
        times = [f"{click - start:.3f}s" for click in CLICKS if start <= click < start + LENGTH]
        music = f"music: {{file: clicks.{kind}, start: {start}s, length: {LENGTH}s{more}}}\n"
        preset = tiny_text.split("preset: ")[1].split("\n")[0]
        text = f"preset: {preset}\nsize: 32x32\nfps: {fps}\nprompts: a\nlabels: {{click: [{', '.join(times)}]}}\n"
        return film_of(f"{text}{music}{values}film: {{crf: 20, enlarge: 1}}\n")

    return make


@pytest.mark.parametrize("fps", ["24", "25", "29.97", "60"])
@pytest.mark.parametrize("start", [0, START])
def test_flashes_are_seen_when_clicks_are_heard(tmp_path: Path, film_of_clicks, fps: str, start: float) -> None:
    film = film_of_clicks(fps, start)
    rate = exact_rate(film.fps)
    assert film.n_frames == round(LENGTH * rate)
    seen, heard = seen_and_heard(flashing(tmp_path / "film.mp4", film))
    assert abs(len(seen) / GRID - len(heard) / GRID) < 1 / rate
    jumps, clicks = (np.flatnonzero(rises(one) > 0.3) / GRID for one in (seen, heard))
    first = [click for n, click in enumerate(clicks) if n == 0 or click - clicks[n - 1] > 0.1]
    assert len(jumps) == len(first) == 7
    assert np.abs(jumps - first).max() < 1 / rate  # each of them, and
    assert abs(lag_s(seen, heard)) < 0.6 / rate  # all together: labels go to the nearest frame


@pytest.mark.parametrize("fps", ["24", "25", "29.97", "60"])
def test_flashes_by_an_expression_come_with_what_is_heard(tmp_path: Path, film_of_clicks, fps: str) -> None:
    """Nobody says where the clicks are: the brightness is `onset`, as an expression has it."""
    film_of_clicks(fps, START, values="let:\n  light: min(onset, 1)*(onset > 0.4)\n")
    reading = study(tmp_path / "tiny.yaml")
    light = named_values(reading)["let.light"].tolist()
    seen, heard = seen_and_heard(flashing(tmp_path / "film.mp4", reading.film, light))
    assert (rises(seen) > 0.3).sum() >= 7  # all of them; one between two frames may light both, each a little brighter
    assert abs(lag_s(seen, heard)) < 1 / exact_rate(reading.film.fps)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "m4a"])
def test_no_encoder_delays_the_sound(tmp_path: Path, film_of_clicks, kind: str) -> None:
    film = film_of_clicks("60", START, kind)
    assert abs(lag_s(*seen_and_heard(flashing(tmp_path / "film.mp4", film)))) < 0.6 / 60


@pytest.mark.parametrize("late", [2, 5])
def test_the_measure_sees_frames_that_are_missing(tmp_path: Path, film_of_clicks, late: int) -> None:
    """With the song set in late by so many frames, the picture is early by them."""
    film = film_of_clicks("25", START, more=f", offset: {late / 25}s")
    found = lag_s(*seen_and_heard(flashing(tmp_path / "film.mp4", film)))
    assert abs(found + late / 25) < 0.6 / 25
