"""Every codec gives back the colours of the PNGs, every frame, and the sound that it can hold."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageSequence

from pipeline.assemble import Sound, Wishes, assemble, assemble_film, assemble_stream, comment_of
from pipeline.assemble.ffmpeg import frames_of_webp
from pipeline.errors import AssembleError, StoreError, UsageError
from pipeline.schedule.song.sound_file import listen_to
from pipeline.store import write_film_record
from pipeline.types import Film, FilmFormat, Music, Size
from pipeline.types.codec import CODECS, QUALITIES

SIZE = Size(72, 128)
RED, BLUE, GREEN = (210, 40, 30), (25, 60, 200), (40, 180, 60)
YUV = ("h264", "h265", "vp9", "av1", "prores")


def smooth(number: int, size: Size = SIZE) -> np.ndarray:
    """Slow waves, each colour its own, that no exchange of colours or sides leaves alike."""
    y, x = np.mgrid[0 : size.height, 0 : size.width]
    red = 120 + 100 * np.sin(x / 40 + number * 0.2)
    green = 110 + 90 * np.cos(y / 30 + x / 60)
    blue = 60 + 150 * (x / size.width) * (y / size.height)
    return np.clip(np.rint(np.stack([red, green, blue], axis=-1)), 0, 255).astype(np.uint8)


def halves(size: Size = SIZE) -> np.ndarray:
    pixels = np.zeros((size.height, size.width, 3), np.uint8)
    pixels[:, : size.width // 2], pixels[:, size.width // 2 :] = RED, BLUE
    pixels[size.height // 2 :, size.width // 2 :] = GREEN
    return pixels


def told(path: Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


def shown(path: Path, codec: str) -> list[np.ndarray]:
    """Decode a film as a careful player does, by the tags that it carries."""
    if codec == "png":
        return [np.array(Image.open(one).convert("RGB")) for one in sorted(path.iterdir())]
    if codec == "webp":
        with Image.open(path) as film:
            return [np.array(one.convert("RGB")) for one in ImageSequence.Iterator(film)]
    width, height = map(int, re.search(r"Video: \w+.*? (\d+)x(\d+)[, ]", told(path)).groups())  # type: ignore[union-attr]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-fps_mode", "passthrough"]
    command += ["-sws_flags", "accurate_rnd+full_chroma_int+full_chroma_inp", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    data = subprocess.run([*command, "pipe:1"], capture_output=True, check=True).stdout
    return list(np.frombuffer(data, np.uint8).reshape(-1, height, width, 3))


def film_in(codec: str, folder: Path, frames: list[np.ndarray], quality: str = "good", **more: object) -> Path:
    final = folder / f"f{CODECS[codec].suffix}"
    height, width, _ = frames[0].shape
    format = FilmFormat(None, 1, codec=codec, quality=quality, **more)  # type: ignore[arg-type]
    return assemble_stream(frames, final, size=Size(height, width), fps=12, format=format, title="Höhle")


@pytest.mark.parametrize("codec", YUV)
def test_a_film_is_the_same_whatever_lay_in_memory_before(
    tmp_path: Path, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = Size(80, 80)  # 5 macroblocks a row: x264 with AVX-512 reads on to the eighth
    rng = np.random.default_rng(3)
    frames = [(smooth(n, size) ^ rng.integers(0, 16, (80, 80, 3), np.uint8)) for n in range(12)]
    films = set()
    for fill in ("", "90", "165"):
        monkeypatch.setenv("MALLOC_PERTURB_", fill)  # glibc's: new memory is full of it
        format = FilmFormat(crf=20, codec=codec, enlarge=1)
        films.add(assemble_stream(frames, tmp_path / f"film{fill}", size=size, fps=12, format=format).read_bytes())
    assert len(films) == 1


@pytest.mark.parametrize("codec", CODECS)
def test_players_show_the_colours_of_the_pngs(tmp_path: Path, codec: str) -> None:
    """Smooth pictures, since 4:2:0 halves what is fine in colour; GIF dithers, so it is seen from a little farther."""
    frames = [smooth(number) for number in range(6)]
    found = shown(film_in(codec, tmp_path, frames), codec)
    assert len(found) == 6
    for made, wanted in zip(found, frames, strict=True):
        if codec == "gif":
            made, wanted = (one.reshape(18, 4, 32, 4, 3).mean(axis=(1, 3)) for one in (made, wanted))
        assert np.abs(made.astype(float) - wanted).mean() < 1.5
    assert np.abs(np.mean([made.astype(float) - wanted for made, wanted in zip(found, frames, strict=True)])) < 0.7


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("codec", CODECS)
def test_colours_are_pinned(tmp_path: Path, codec: str, quality: str) -> None:
    """BT.601 taken for BT.709 turns this red into (189, 54, 38), full range for limited loses 16 of the black."""
    found = shown(film_in(codec, tmp_path, [halves()] * 2, quality), codec)
    for made in found:
        for place, wanted in (((18, 32), RED), ((18, 96), BLUE), ((54, 96), GREEN)):
            assert np.abs(made[place].astype(int) - wanted).max() <= (2 if codec in ("gif", "png", "prores") else 5)


@pytest.mark.parametrize("codec", YUV)
def test_films_in_yuv_say_bt709_and_limited(tmp_path: Path, codec: str) -> None:
    said = told(film_in(codec, tmp_path, [halves()]))
    assert re.search(r"\(tv, bt709(, progressive)?\)", said), said  # one word: matrix, primaries and curve agree
    assert "Höhle" in said


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, codec: str) -> None:
    noise = list(np.random.default_rng(1).integers(0, 256, (5, 66, 98, 3), dtype=np.uint8))
    films = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        path = film_in(codec, tmp_path / name, noise)
        films.append([one.read_bytes() for one in (sorted(path.iterdir()) if path.is_dir() else [path])])
    assert films[0] == films[1]


@pytest.mark.parametrize("codec", CODECS)
def test_odd_sides_and_equal_frames(tmp_path: Path, codec: str) -> None:
    found = shown(film_in(codec, tmp_path, [smooth(0, Size(35, 67))] * 9), codec)
    assert len(found) == 9
    assert found[0].shape == ((36, 68, 3) if codec in YUV else (35, 67, 3))
    assert np.abs(found[8][:35, :67].astype(int) - smooth(0, Size(35, 67))).max() < 40


def test_quality_orders_what_is_kept(tmp_path: Path) -> None:
    frames = list(np.random.default_rng(1).integers(0, 256, (2, 32, 48, 3), dtype=np.uint8))
    for codec in CODECS:
        if codec != "png":
            sizes = [film_in(codec, tmp_path, frames, quality).stat().st_size for quality in QUALITIES]
            assert sizes[0] < sizes[2] and sizes[0] <= sizes[1] <= sizes[2] * 1.02, codec  # dither has no size


def test_a_number_takes_the_place_of_quality() -> None:
    assert [FilmFormat(None, 1, quality=quality).settled_crf for quality in QUALITIES] == [28, 17, 8]
    assert FilmFormat(3, 1, quality="draft").settled_crf == 3
    assert FilmFormat(None, 1, codec="gif").settled_crf is None


def test_a_gif_of_few_colours_is_exact(tmp_path: Path) -> None:
    (found,) = shown(film_in("gif", tmp_path, [halves()]), "gif")
    assert np.array_equal(found, halves())


def test_a_folder_of_pictures_is_replaced_whole(tmp_path: Path) -> None:
    path = film_in("png", tmp_path, [smooth(n) for n in range(7)])
    assert sorted(one.name for one in path.iterdir()) == [f"{n:06d}.png" for n in range(7)]
    film_in("png", tmp_path, [smooth(9)] * 2)
    assert sorted(one.name for one in path.iterdir()) == ["000000.png", "000001.png"]
    assert np.array_equal(shown(path, "png")[1], smooth(9))
    assert [one.name for one in tmp_path.iterdir()] == ["f-png"]


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "f-png").mkdir()
    (tmp_path / "f-png" / "letter.txt").write_text("dear")
    with pytest.raises(StoreError, match=r"holds 'letter\.txt' beside pictures"):
        film_in("png", tmp_path, [smooth(0)])
    assert [one.name for one in tmp_path.rglob("*")] == ["f-png", "letter.txt"]


def test_a_fault_leaves_the_old_folder(tmp_path: Path) -> None:
    path = film_in("png", tmp_path, [smooth(0)])
    with pytest.raises(AssembleError, match="frame 1 is"):
        film_in("png", tmp_path, [smooth(1), np.zeros((1, 1, 3), np.uint8)])
    assert np.array_equal(shown(path, "png")[0], smooth(0))
    assert [one.name for one in tmp_path.iterdir()] == ["f-png"]


def test_a_still_webp_is_one_frame(tmp_path: Path) -> None:
    assert frames_of_webp(film_in("webp", tmp_path, [smooth(0)])) == 1


@pytest.fixture
def music(tmp_path: Path, write_sound: Callable[..., Path]) -> Music:
    t = np.arange(3 * 44100) / 44100
    path = write_sound(tmp_path / "song.wav", 0.5 * np.sin(2 * np.pi * 440 * t)[:, None], 44100)
    found = listen_to(path)
    return Music(found.digest, str(path), found.codec, start_s=0.0, length_s=3.0)


@pytest.mark.parametrize(("codec", "packed"), [("h265", "aac"), ("vp9", "opus"), ("av1", "aac"), ("prores", "aac")])
def test_each_film_gets_its_own_sound_and_both_end_together(
    tmp_path: Path, music: Music, codec: str, packed: str
) -> None:
    format = FilmFormat(None, 1, "auto", codec=codec)
    path = tmp_path / f"f{CODECS[codec].suffix}"
    frames = [smooth(n) for n in range(30)]
    assemble_film(frames, path, size=SIZE, fps=23.976, format=format, sound=Sound(music, 30), comment="a = 1; ü")
    assert re.search(rf"Audio: {packed}.*48000 Hz", told(path))
    assert len(shown(path, codec)) == 30
    assert comment_of(path) == "a = 1; ü"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-ac", "1", "-f", "f32le", "pipe:1"]
    heard = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)
    assert abs(len(heard) / 48000 - 30 * 1001 / 24000) < 1001 / 24000
    assert np.sqrt(np.mean(heard[4800:24000] ** 2)) > 0.2


def test_a_film_is_packed_as_its_record_says(folder: Path, film: Film) -> None:
    write_film_record(folder, replace(film, format=FilmFormat(None, 2, "auto", codec="vp9", interpolate=2, upscale=2)))
    path = assemble(folder)
    assert path == folder / "tiny film.webm"
    found = shown(path, "vp9")
    assert len(found) == 10
    assert found[0].shape == (128, 192, 3)
    assert "24 fps" in told(path)


def test_no_in_between_crosses_a_cut_and_none_changes_a_frame(folder: Path) -> None:
    """Grey frames 20, 60, 100 | 140, 180: across the cut there would be 120."""
    found = shown(assemble(folder, wishes=Wishes(codec="png", interpolate=4)), "png")
    greys = [int(one.mean()) for one in found]
    assert greys == [20, 30, 40, 50, 60, 70, 80, 90, 100, 100, 100, 100, 140, 150, 160, 170, 180, 180, 180, 180]


@pytest.mark.parametrize("interpolate", [1, 2, 4])
def test_sound_stays_in_step_with_more_frames(folder: Path, film: Film, music: Music, interpolate: int) -> None:
    write_film_record(folder, replace(film, music=music))
    path = assemble(folder, wishes=Wishes(interpolate=interpolate))
    assert len(shown(path, "h264")) == 5 * interpolate
    assert re.search(r"Duration: 00:00:00\.4[12]", told(path))
    assert f"{12 * interpolate} fps" in told(path)


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        (Wishes(codec="gif", crf=3), "--crf: gif has no rate factor 3; write crf: auto, and say quality"),
        (Wishes(crf=60), "--crf: h264 has no rate factor 60; choose 0 to 51, or auto"),
        (Wishes(upscaler="lanczos.pth"), "--upscaler: the upscaler has nothing to do; write upscale: 2x"),
        (Wishes(upscale=2, upscaler="painted-x"), "--upscaler: no model that enlarges is called 'painted-x'; "),
        (
            Wishes(upscale=2, upscaler="painted-clip-a"),
            "--upscaler: painted-clip-a is a clip model; name an upscaler model",
        ),
        (Wishes(upscale=2, upscaler="no.pth"), r"--upscaler: there is no file 'no\.pth'; check the path"),
    ],
)
def test_wishes_that_cannot_be_made(folder: Path, wishes: Wishes, why: str) -> None:
    with pytest.raises(UsageError, match=f"^{why}"):
        assemble(folder, wishes=wishes)


def test_a_name_must_say_what_is_in_the_film(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"f\.mp4: a film in vp9 is a \.webm file"):
        assemble(folder, out=tmp_path / "f.mp4", wishes=Wishes(codec="vp9"))


def test_another_codec_begins_from_its_own_quality_and_sound(folder: Path, film: Film, music: Music) -> None:
    """The record's crf 6 is H.264's, and its AAC is nothing for a GIF."""
    write_film_record(folder, replace(film, music=music))
    assert shown(assemble(folder, wishes=Wishes(codec="gif")), "gif")[4].mean() == 180
    with pytest.raises(UsageError, match=r"--music .*: this film is silent"):
        assemble(folder, music=Path(music.path), wishes=Wishes(codec="gif"))
