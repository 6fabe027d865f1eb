"""`film:` says how a film is packed; what cannot be made is told by its line, before anything is drawn."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import film_format, load
from pipeline.schedule.film_format import encoders, settled
from pipeline.store.keys import frame_key
from pipeline.types import Film, FilmFormat
from pipeline.types.codec import CODECS, names_model

ReadFilm = Callable[..., Film]


def test_all_of_it_is_read(read_film: ReadFilm) -> None:
    text = "prompts: a\nfilm: {codec: vp9, quality: best, crf: auto, audio: opus, interpolate: 4x, upscale: 2x, "
    text += "enlarge: 3}"
    wanted = FilmFormat(None, 3, "opus", 192, "vp9", "best", interpolate=4, upscale=2)
    assert read_film(text).format == wanted


def test_options_lie_over_it(read_film: ReadFilm) -> None:
    found = read_film("prompts: a\nfilm: {crf: 20}", overrides=["film.codec=av1", "film.crf=63"])
    assert (found.format.codec, found.format.settled_crf) == ("av1", 63)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            "{codec: mpeg2}",
            "2:15: unknown film.codec 'mpeg2'; use one of: h264, h265, vp9, av1, prores, gif, webp, png",
        ),
        ("{codec: gif, crf: 20}", "2:25: gif has no rate factor; write crf: auto, and say quality"),
        ("{codec: vp9, crf: 64}", "2:25: film.crf is out of range (found '64'); choose a value between 0 and 63"),
        ("{interpolate: 3x}", "2:21: unknown film.interpolate '3x'; use one of: off, 2x, 4x"),
        ("{quality: fine}", "2:17: unknown film.quality 'fine'; use one of: draft, good, best"),
        (
            "{crf: auto, codec: gif, interpolate: 4x}\nfps: 24",
            "2:44: gif shows at most 50 frames a second (this would be 96); choose another codec or a lower rate",
        ),
        (
            "{upscale: 4x, enlarge: 16}\nsize: 512x64",
            "2:17: the film would have a side of 32768 pixels, h264 takes 16384; make it at most 32 times as large, "
            "all in all",
        ),
    ],
)
def test_what_cannot_be_is_told(read_film: ReadFilm, said: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: a\nfilm: {said}")
    assert str(caught.value).split("\n")[0] == f"film.yaml:{wanted}"


def test_what_ffmpeg_cannot_write_is_told(read_film: ReadFilm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_format, "encoders", lambda: frozenset({"libx264", "aac"}))
    with pytest.raises(
        KeyframeError, match=r"2:15: this ffmpeg cannot write av1 \(it has no libsvtav1\); choose another"
    ):
        read_film("prompts: a\nfilm: {codec: av1, crf: auto}")
    assert read_film("prompts: a\nfilm: {codec: h264}").format.codec == "h264"


def test_the_ffmpeg_that_is_shipped_writes_everything() -> None:
    assert {codec.encoder for codec in CODECS.values()} | {"aac", "libopus"} <= encoders()


@pytest.fixture
def song(tmp_path: Path, write_sound: Callable[..., Path], read_film: ReadFilm) -> Path:
    return write_sound(tmp_path / "song.mp3", [[0.1]] * 8000 * 3, 8000)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            "{codec: vp9, crf: auto, audio: aac}",
            r"3:38: a film in vp9 cannot hold aac \(only opus\); write audio: auto",
        ),
        (
            "{codec: gif, crf: auto, audio: aac}",
            r"3:38: a film in gif cannot hold aac \(no sound at all\); write audio",
        ),
        ("{audio: opus, audio_bitrate: 300}", r"3:36: opus takes at most 256 kbit/s \(found 300\)"),
        ("{codec: vp9, crf: auto, audio: copy}", r"the music's mp3 cannot be copied into a film \(only opus\)"),
    ],
)
def test_sound_that_a_film_cannot_hold(read_film: ReadFilm, song: Path, said: str, wanted: str) -> None:
    with pytest.raises(KeyframeError, match=wanted):
        read_film(f"prompts: a\nmusic: song.mp3\nfilm: {said}")


def test_a_codec_brings_its_own_sound(read_film: ReadFilm, song: Path) -> None:
    for codec, wanted in (("h264", "aac"), ("vp9", "opus"), ("prores", "aac"), ("gif", "none"), ("png", "none")):
        film = read_film(f"prompts: a\nmusic: song.mp3\nfilm: {{codec: {codec}, crf: auto, audio: auto}}")
        assert film.format.settled_audio == wanted


def test_a_network_wants_its_file_and_its_package(
    read_film: ReadFilm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "spandrel" else real(name))
    with pytest.raises(KeyframeError) as caught:
        read_film("prompts: a\nfilm: {upscale: 2x, upscaler: nets/x.pth}")
    said = str(caught.value)
    assert "2:31: there is no file '" in said and "nets/x.pth'; check the path, or write upscaler: lanczos" in said
    assert "2:31: networks that enlarge need the package spandrel, which is not installed; install it" in said
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: real("json") if name == "spandrel" else real(name))
    (tmp_path / "x.pth").write_bytes(b"weights")
    assert (
        Path(read_film("prompts: a\nfilm: {upscale: 2x, upscaler: x.pth}").format.upscaler).read_bytes() == b"weights"
    )


def test_a_network_is_named_or_lies_somewhere(read_film: ReadFilm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain word is a model's name and needs no package; with a slash or an ending it is a path, and stays one."""

    def upscaler(said: str) -> str:
        return read_film(f"prompts: a\nfilm: {{upscale: 2x, upscaler: {said}}}").format.upscaler

    assert (upscaler("painted-upscaler"), upscaler("lanczos")) == ("painted-upscaler", "lanczos")
    monkeypatch.setattr(film_format, "_faults_of_upscaler", lambda format: ())
    for path in ("./net", "nets/net", "./lanczos", "net.pth", "net.SAFETENSORS"):
        found = upscaler(path)
        assert not names_model(found) and found != "lanczos"
        assert Path(found).name == Path(path).name


def test_a_named_network_with_nothing_to_do_is_told(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError, match="2:18: the upscaler has nothing to do; write upscale: 2x or 4x"):
        read_film("prompts: a\nfilm: {upscaler: painted-upscaler}")


def test_how_a_film_is_packed_is_no_part_of_a_frame(read_film: ReadFilm) -> None:
    films = [
        read_film(f"prompts: a\nframes: 2\nfilm: {said}")
        for said in (
            "{}",
            "{upscale: 4x, upscaler: painted-upscaler}",
            "{codec: gif, crf: auto, quality: draft, interpolate: 2x, upscale: 2x, enlarge: 1}",
        )
    ]
    first, *others = ([frame_key(None, plan, {}) for plan in film.shots[0].plans] for film in films)
    assert others == [first, first]
    assert len({film.format for film in films}) == 3


def test_what_is_told_lies_over_a_format() -> None:
    found = FilmFormat(6, 2, "aac", codec="h264")
    assert settled(found, upscale=2, crf=None) == replace(found, upscale=2)
    assert settled(found, codec="h264") == found
    assert settled(found, codec="vp9") == replace(found, codec="vp9", crf=None, audio="auto")
    assert settled(found, codec="vp9", crf=30) == replace(found, codec="vp9", crf=30, audio="auto")
    assert settled(found, quality="draft") == replace(found, quality="draft", crf=None)
    assert settled(replace(found, audio="none"), codec="vp9").audio == "none"


def test_a_film_may_switch_off_the_enlarging_of_its_preset(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("prompts: a\nfilm: {upscale: off}\n", encoding="utf-8")
    format = load(path).format
    assert (format.upscale, format.upscaler) == (1, "painted-upscaler")
