"""The film's record goes to the disk and comes back the same, or is refused with what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store.film_record import read_film_record, write_film_record
from pipeline.store.layout import film_path, frame_path
from pipeline.types import Film, FilmFormat, Music, Size

FORMAT = {"crf": None, "enlarge": 1, "audio": "auto", "audio_bitrate": 192, "codec": "gif"}


def test_record_comes_back(tmp_path: Path, film: Film) -> None:
    keys = {"b-first": ["ab" * 32, "cd" * 32, "ef" * 32]}
    written = write_film_record(tmp_path / "new", film, keys=keys)
    record = read_film_record(tmp_path / "new")
    assert record == written
    assert [(shot.name, shot.n_frames) for shot in record.shots] == [("b-first", 3), ("a.second", 2)]  # not sorted
    assert record.shots[0].keys == tuple(keys["b-first"])
    assert record.shots[1].keys == ()
    assert (record.name, record.fps, record.size) == ("tiny", 12.0, Size(5, 7))
    assert record.format == FilmFormat(crf=18, enlarge=2)
    assert record.n_frames == 5


def test_the_whole_format_comes_back_and_its_path_from_here(tmp_path: Path, film: Film) -> None:
    net = str(tmp_path / "nets" / "ö.pth")
    format = FilmFormat(None, 3, "opus", 96, "vp9", "best", interpolate=4, upscale=2, upscaler=net)
    write_film_record(tmp_path / "out", replace(film, format=format))
    assert json.loads((tmp_path / "out" / "film.json").read_text())["format"]["upscaler"] == "../nets/ö.pth"
    assert read_film_record(tmp_path / "out").format == format


@pytest.mark.parametrize(
    ("upscaler", "written"),
    [
        ("painted-upscaler", "painted-upscaler"),
        ("lanczos", "lanczos"),
        ("{out}/net", "./net"),
        ("{out}/../net", "../net"),
    ],
)
def test_a_models_name_stays_a_name_and_a_path_a_path(tmp_path: Path, film: Film, upscaler: str, written: str) -> None:
    out = tmp_path / "out"
    format = FilmFormat(18, 1, upscale=4, upscaler=upscaler.format(out=out))
    write_film_record(out, replace(film, format=format))
    assert json.loads((out / "film.json").read_text())["format"]["upscaler"] == written
    found = read_film_record(out).format.upscaler
    assert found == (str((out / written).resolve()) if "net" in upscaler else upscaler)


def test_a_record_from_before_there_were_codecs_means_h264(tmp_path: Path, film: Film) -> None:
    write_film_record(tmp_path, film)
    path = tmp_path / "film.json"
    said = json.loads(path.read_text())
    said["format"] = {"crf": 18, "enlarge": 2, "audio": "aac", "audio_bitrate": 192}
    path.write_text(json.dumps(said))
    assert read_film_record(tmp_path).format == film.format


@pytest.fixture
def music(tmp_path: Path) -> Music:
    numbers = {"start_s": 12.5, "length_s": 30.1, "offset_s": 1.0, "fade_in_s": 0.5, "fade_out_s": 2.0, "volume": 0.8}
    return Music("ab" * 32, str(tmp_path / "songs" / "ö.mp3"), "mp3", **numbers)


def test_title_music_and_how_it_is_packed_come_back(tmp_path: Path, film: Film, music: Music) -> None:
    film = replace(film, title="Zwölf", music=music, format=FilmFormat(18, 2, "copy", 96))
    write_film_record(tmp_path / "out" / "tiny", film)
    record = read_film_record(tmp_path / "out" / "tiny")
    assert (record.title, record.format) == ("Zwölf", FilmFormat(18, 2, "copy", 96))
    assert record.music == music
    assert record.music.path == music.path
    said = json.loads((tmp_path / "out" / "tiny" / "film.json").read_text())
    assert said["music"]["path"] == "../../songs/ö.mp3"


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "AB" * 32},
        {"digest": None},
        {"codec": "a b"},
        {"path": ""},
        {"path": "a\0b"},
        {"path": 3},
        {"start_s": -1},
        {"length_s": float("inf")},
        {"volume": "1"},
        {"fade_in_s": True},
    ],
)
def test_music_that_cannot_be_is_refused(tmp_path: Path, film: Film, music: Music, change: dict) -> None:
    write_film_record(tmp_path, replace(film, music=music))
    said = json.loads((tmp_path / "film.json").read_text())
    for wrong in (said["music"] | change, {key: value for key, value in said["music"].items() if key not in change}):
        (tmp_path / "film.json").write_text(json.dumps(said | {"music": wrong}))
        with pytest.raises(StoreError, match=f"damaged film record .*{next(iter(change))}"):
            read_film_record(tmp_path)


@pytest.mark.parametrize("fps", [24000 / 1001, 0.1, 12, 1e-3])
def test_frame_rate_keeps_every_bit(tmp_path: Path, film: Film, fps: float) -> None:
    write_film_record(tmp_path, replace(film, fps=fps))
    assert read_film_record(tmp_path).fps == fps


def test_no_record(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"film\.json: no film is recorded here; give a folder"):
        read_film_record(tmp_path)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"version": 1}, "version"),
        ({"title": None}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"music": "song.mp3"}, "indices"),
        ({"format": {"crf": 1, "enlarge": 1, "audio": "mp3", "audio_bitrate": 192}}, "audio"),
        ({"format": {"crf": 1, "enlarge": 1, "audio": "aac", "audio_bitrate": 3}}, "audio_bitrate"),
        ({"name": "../up"}, "name"),
        ({"name": ".hidden"}, "name"),
        ({"name": ""}, "name"),
        ({"name": 5}, "int"),
        ({"fps": "12"}, "fps"),
        ({"fps": True}, "fps"),
        ({"fps": 0}, "fps"),
        ({"fps": float("nan")}, "fps"),
        ({"fps": float("inf")}, "fps"),
        ({"size": {"height": 4}}, "width"),
        ({"size": {"height": 4, "width": 16385}}, "width"),
        ({"size": [4, 4]}, "list"),
        ({"format": {"crf": 52, "enlarge": 1}}, "crf"),
        ({"format": {"crf": 1.0, "enlarge": 1}}, "crf"),
        ({"format": {"crf": 1, "enlarge": 0}}, "enlarge"),
        ({"format": {**FORMAT, "crf": 9}}, "crf"),  # GIF has none
        ({"format": {**FORMAT, "codec": "mpeg2"}}, "codec"),
        ({"format": {**FORMAT, "codec": ["gif"]}}, "codec|list"),
        ({"format": {**FORMAT, "quality": "fine"}}, "quality"),
        ({"format": {**FORMAT, "interpolate": 3}}, "interpolate"),
        ({"format": {**FORMAT, "upscale": True}}, "upscale"),
        ({"format": {**FORMAT, "upscaler": ""}}, "path"),
        ({"shots": {}}, None),
        ({"shots": [{"name": "A", "n_frames": 1, "keys": []}]}, "'A'"),
        ({"shots": [{"name": "..", "n_frames": 1, "keys": []}]}, "cannot be a folder's"),
        ({"shots": [{"name": "a", "n_frames": -1, "keys": []}]}, "n_frames"),
        ({"shots": [{"name": "a", "n_frames": 2, "keys": ["ab" * 32]}]}, "keys"),
        ({"shots": [{"name": "a", "n_frames": 1, "keys": ["AB" * 32]}]}, "keys"),
        ({"shots": [{"name": "a", "n_frames": 1}]}, "keys"),
        ({"shots": [{"name": "a", "n_frames": 1, "keys": []}] * 2}, "one name"),
        ({"shots": None}, "None"),
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, film: Film, change: dict, why: str | None) -> None:
    write_film_record(tmp_path, film)
    path = tmp_path / "film.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    if why is None:  # an empty mapping has no shots: harmless
        assert read_film_record(tmp_path).shots == ()
        return
    with pytest.raises(StoreError, match=why):
        read_film_record(tmp_path)


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 100_000, b"[]", b"null", b'"x"', b"{}", b"1"])
def test_what_is_no_record_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "film.json").write_bytes(data)
    with pytest.raises(StoreError, match="damaged film record"):
        read_film_record(tmp_path)


def test_every_truncation_is_refused(tmp_path: Path, film: Film) -> None:
    write_film_record(tmp_path, film)
    whole = (tmp_path / "film.json").read_bytes().rstrip()
    for length in range(len(whole)):
        (tmp_path / "film.json").write_bytes(whole[:length])
        with pytest.raises(StoreError):
            read_film_record(tmp_path)


def test_what_could_not_be_read_is_not_written(tmp_path: Path, film: Film) -> None:
    write_film_record(tmp_path, film)
    before = (tmp_path / "film.json").read_bytes()
    for wrong in (replace(film, fps=float("nan")), replace(film, name="a/b"), replace(film, format=FilmFormat(99, 1))):
        with pytest.raises(StoreError):
            write_film_record(tmp_path, wrong)
    assert (tmp_path / "film.json").read_bytes() == before


@pytest.mark.parametrize("name", ["a", "0", "a.b_c-d", "x" * 64])
def test_shot_names_that_may_become_folders(tmp_path: Path, name: str) -> None:
    assert frame_path(tmp_path, name, 0) == tmp_path / "frames" / name / "00000.png"


@pytest.mark.parametrize("name", ["", ".", "..", "-y", "_a", "A", "a b", "a/b", "ä", "a\n", "x" * 65, "ａ", "%d"])
def test_shot_names_that_may_not(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="cannot be a folder's"):
        frame_path(tmp_path, name, 0)


def test_negative_frames_are_our_own_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="count from 0"):
        frame_path(tmp_path, "a", -1)


@pytest.mark.parametrize("name", ["my film", "%05d", "-y", "ü\N{SPARKLES}", "a\nb", "x" * 238])
def test_film_names_that_may_become_files(tmp_path: Path, name: str) -> None:
    assert film_path(tmp_path, name) == tmp_path / f"{name}.mp4"


@pytest.mark.parametrize("name", ["", ".", "..", ".a", "a/b", "/etc/x", "a\0", "x" * 240, "ü" * 120])
def test_film_names_that_may_not(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="cannot be a file's"):
        film_path(tmp_path, name)
