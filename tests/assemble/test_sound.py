"""The sound of a film: the right part of the song, at the right loudness, exactly as long as the picture; or a fault
that costs no frame."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.assemble import Sound, assemble, assemble_film
from pipeline.assemble.ffmpeg import streams
from pipeline.errors import AssembleError, StoreError, UsageError
from pipeline.schedule.rate import exact_rate
from pipeline.schedule.song.sound_file import listen_to
from pipeline.store import write_film_record
from pipeline.types import Film, FilmFormat, Music, Size

SIZE = Size(32, 48)
FORMAT = FilmFormat(crf=20, enlarge=1)
RATE = 44_100
NOTES = (300, 700, 1100, 1900, 2700, 3700)  # one for each second of the song


def song() -> np.ndarray:
    """Six seconds, each with a note of its own, twice as loud on the left."""
    t = np.arange(6 * RATE) / RATE
    wave = 0.4 * np.sin(2 * np.pi * np.take(NOTES, t.astype(int)) * t)
    return np.stack([wave, 0.5 * wave], axis=1)


@pytest.fixture
def music(tmp_path: Path, write_sound) -> Music:
    path = write_sound(tmp_path / "song.wav", song(), RATE)
    return Music(listen_to(path).digest, str(path), "pcm_s16le", start_s=0, length_s=6)


def frames(count: int) -> Iterator[np.ndarray]:
    return (np.full((32, 48, 3), 20 + n % 200, np.uint8) for n in range(count))


@pytest.fixture
def make(tmp_path: Path, music: Music) -> Callable[..., Path]:
    """Return the maker of films of some frames with changes to the music."""

    def film(count: int = 30, fps: float = 10, of: int = 0, first: int = 0, format=FORMAT, **changes) -> Path:
        sound = Sound(replace(music, **changes), of or count, first)
        return assemble_film(frames(count), tmp_path / "f.mp4", size=SIZE, fps=fps, format=format, sound=sound)

    return film


def notes(samples: np.ndarray, rate: int = 48000) -> list[int]:
    """Return the note in the middle of each half second, 0 where it is silent."""
    found = []
    for begin in range(0, len(samples) - rate // 2 + 1, rate // 2):
        piece = samples[begin + rate // 8 : begin + 3 * rate // 8]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece))))
        peak = int(np.argmax(spectrum)) * rate / len(piece)
        found.append(0 if np.abs(piece).max() < 1e-3 else min(NOTES, key=lambda note: abs(note - peak)))
    return found


def level(samples: np.ndarray, at_s: float) -> float:
    """Return the loudness there, as a share of the song's own."""
    piece = samples[round((at_s - 0.02) * 48000) : round((at_s + 0.02) * 48000)]
    return float(np.sqrt((piece**2).mean()) / 0.3)  # of 0.4 and 0.2, each 0.7071 of it when mixed


def ends(path: Path) -> tuple[float, float]:
    picture, sound = streams(path, final=path)
    assert picture.start_s == sound.start_s == 0
    return float(picture.end_s), float(sound.end_s)


def test_picture_and_sound_end_together(make, hear) -> None:
    path = make()
    assert ends(path) == (3, 3)
    assert len(hear(path)) == 3 * 48000
    assert notes(hear(path)) == [300, 300, 700, 700, 1100, 1100]
    assert [one.name for one in path.parent.glob("*.mp4")] == ["f.mp4"]


@pytest.mark.parametrize("fps", [10, 12.5, 23.976, 24, 25, 29.97, 59.94, 60])
@pytest.mark.parametrize("count", [1, 47])
def test_they_do_at_any_rate_and_length(make, fps: float, count: int) -> None:
    picture, sound = ends(make(count, fps))
    assert picture == pytest.approx(float(count / exact_rate(fps)), abs=1e-6)
    assert abs(sound - picture) <= 1 / 48000


def test_start_and_length(make, hear) -> None:
    heard = hear(make(start_s=2.5, length_s=1.0))
    assert notes(heard) == [1100, 1900, 0, 0, 0, 0]
    assert len(heard) == 3 * 48000


def test_the_cut_is_exact_to_the_sample(make, hear) -> None:
    """The third second's note begins where the song has it, and not a packet of some codec later."""
    heard = hear(make(start_s=1.9, length_s=4.0, volume=1.0))
    t = np.arange(4800, 48000) / 48000
    expected = 0.3 * np.sin(2 * np.pi * 1100 * (t + 1.9))
    got = heard[4800:48000]
    fit = np.correlate(got[2000:12000], expected[2000:12000], "full")
    assert abs(int(np.argmax(fit)) - 9999) <= 1


def test_offset(make, hear) -> None:
    assert notes(hear(make(offset_s=1.5))) == [0, 0, 0, 300, 300, 700]


def test_a_film_that_is_longer_ends_in_silence(make, hear) -> None:
    assert notes(hear(make(70))) == [note for note in NOTES for _ in range(2)] + [0, 0]


def test_fades_are_straight_and_end_with_the_film(make, hear) -> None:
    heard = hear(make(fade_in_s=1.0, fade_out_s=0.8))
    assert level(heard, 0.03) < 0.06
    assert level(heard, 0.5) == pytest.approx(0.5, abs=0.05)
    assert level(heard, 1.5) == pytest.approx(1, abs=0.05)
    assert level(heard, 2.6) == pytest.approx(0.5, abs=0.05)
    assert level(heard, 2.97) < 0.06


def test_a_fade_ends_with_music_that_ends_before_the_film(make, hear) -> None:
    heard = hear(make(length_s=2.0, offset_s=0.5, fade_out_s=1.0))
    assert level(heard, 2.0) == pytest.approx(0.5, abs=0.05)
    assert level(heard, 2.7) == 0


def test_fades_longer_than_the_music_fit_into_it(make, hear) -> None:
    heard = hear(make(fade_in_s=60.0))
    assert level(heard, 1.5) == pytest.approx(0.5, abs=0.05)


def test_volume(make, hear) -> None:
    assert level(hear(make(volume=0.25)), 1.5) == pytest.approx(0.25, abs=0.02)
    assert not hear(make(volume=0.0)).any()


def test_left_stays_left_and_one_channel_one(make, tmp_path: Path, write_sound) -> None:
    def peaks(path: Path) -> list[float]:
        read = imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "f32le", "pipe:1"
        data = np.frombuffer(subprocess.run(read, capture_output=True, check=True).stdout, np.float32)
        n_channels = round(len(data) / (3 * 48000))
        return [round(float(one), 1) for one in np.sqrt(2 * (data.reshape(-1, n_channels) ** 2).mean(axis=0))]

    assert peaks(make()) == [0.4, 0.2]
    mono = write_sound(tmp_path / "mono.flac", song()[:, :1], RATE)
    assert peaks(make(path=str(mono), digest=listen_to(mono).digest)) == [0.4]
    around = write_sound(tmp_path / "around.flac", np.repeat(song()[: 3 * RATE, :1] / 4, 8, axis=1), 96_000)
    assert len(peaks(make(path=str(around), digest=listen_to(around).digest))) == 2


def test_an_excerpt_hears_its_own_part(make, hear) -> None:
    """Frames 20 to 34 of 40, with fades of the whole film."""
    heard = hear(make(15, of=40, first=20, offset_s=0.5, fade_in_s=2.5, fade_out_s=0.6))
    assert notes(heard) == [700, 1100, 1100]
    assert level(heard, 0.5) == pytest.approx(0.8, abs=0.06)
    assert level(heard, 1.45) == pytest.approx(0.9, abs=0.12)
    assert len(heard) == 1.5 * 48000


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
def test_a_copy_has_the_files_own_packets(make, tmp_path: Path, write_sound, hear, kind: str) -> None:
    path = write_sound(tmp_path / f"song.{kind}", song(), RATE)
    known = listen_to(path)
    copy = replace(FORMAT, audio="copy")
    film = make(45, format=copy, path=str(path), digest=known.digest, codec=known.codec)
    first, second = hear(film), hear(path)
    assert notes(first)[:8] == [300, 300, 700, 700, 1100, 1100, 1900, 1900]
    fit = np.correlate(first[45_000:51_000], second[45_000:51_000], "full")  # where one note gives way to the next
    assert abs(int(np.argmax(fit)) - 5_999) <= 48  # a millisecond
    for fps in (24, 60):
        picture, sound = ends(make(71, fps, format=copy, path=str(path), digest=known.digest, codec=known.codec))
        assert abs(picture - sound) <= 1 / fps


def test_a_copy_that_is_too_short_is_a_fault(make, tmp_path: Path, write_sound) -> None:
    path = write_sound(tmp_path / "song.mp3", song(), RATE)
    with pytest.raises(AssembleError, match=r"do not agree within a frame .*ends -3\.99\d s off\); write audio: auto"):
        make(100, format=replace(FORMAT, audio="copy"), path=str(path), digest=listen_to(path).digest)


def test_same_song_same_bytes(make) -> None:
    assert make(fade_in_s=0.5).read_bytes() == make(fade_in_s=0.5).read_bytes()


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sounding(folder: Path, film: Film, music: Music) -> Path:
    """The folder of a rendered film of five grey frames, with music."""
    write_film_record(folder, replace(film, fps=5.0, title="A title", music=music))
    return folder


def test_the_record_is_enough(sounding: Path, hear, decoded) -> None:
    path = assemble(sounding)
    assert notes(hear(path))[0] == 300
    assert len(hear(path)) == 48000
    assert [round(float(frame.mean()) / 20) * 20 for frame in decoded(path)] == [20, 60, 100, 140, 180]
    assert b"A title" in path.read_bytes()


def test_the_record_holds_after_both_were_moved(
    sounding: Path, tmp_path: Path, music: Music, hear, monkeypatch
) -> None:
    (tmp_path / "new").mkdir()
    for path in (sounding, Path(music.path)):
        path.rename(tmp_path / "new" / path.name)
    monkeypatch.chdir("/")
    assert notes(hear(assemble(tmp_path / "new" / sounding.name)))[0] == 300


def test_a_silent_film_is_asked_for(folder: Path, film: Film, music: Music) -> None:
    write_film_record(folder, replace(film, music=music, format=replace(film.format, audio="none")))
    path = assemble(folder)
    assert len(streams(path, final=path)) == 1


def kept(fault: AssembleError, folder: Path, decoded) -> None:
    """Make sure that the film without sound is there, whole, and told of."""
    silent = folder / "tiny film.silent.mp4"
    assert f"\n{silent}: the film without its sound, whole; " in str(fault)
    assert [round(float(frame.mean()) / 20) * 20 for frame in decoded(silent)] == [20, 60, 100, 140, 180]
    assert sorted(path.name for path in folder.iterdir()) == ["film.json", "frames", silent.name]
    assert fault.exit_code == 7


def test_a_song_that_is_gone_costs_no_frame(sounding: Path, music: Music, tmp_path: Path, decoded, hear) -> None:
    moved = Path(music.path).rename(tmp_path / "moved.wav")
    with pytest.raises(AssembleError, match=r"song\.wav: the sound file cannot be read .*--music") as caught:
        assemble(sounding)
    kept(caught.value, sounding, decoded)
    path = assemble(sounding, music=moved)
    assert notes(hear(path))[0] == 300
    assert sorted(one.name for one in sounding.iterdir()) == ["film.json", "frames", "tiny film.mp4"]


def test_another_song_is_refused(sounding: Path, music: Music, write_sound, decoded) -> None:
    write_sound(Path(music.path), song()[::-1], RATE)
    with pytest.raises(AssembleError, match=r"song\.wav: another sound than the film was made with \(found ") as caught:
        assemble(sounding)
    kept(caught.value, sounding, decoded)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("print('no such codec', file=sys.stderr); sys.exit(3)", r"ffmpeg failed \(exit 3\)(.|\n)*no such codec"),
        ("open(sys.argv[-1][5:], 'wb').close()", "ffmpeg failed"),
        ("REAL('-i', SILENT, '-c', 'copy')", "did not write 5 frames and a sound"),
        (
            "REAL('-i', SILENT, '-f', 'lavfi', '-i', 'sine=d=1.25', '-c:v', 'copy')",
            r"sound begins .* ends \+0\.250 s off",
        ),
        (
            "REAL('-i', SILENT, '-f', 'lavfi', '-i', 'sine=d=0.75', '-c:v', 'copy')",
            r"sound begins .* ends -0\.250 s off",
        ),
    ],
)
def test_a_sound_step_that_breaks_costs_no_frame(
    sounding, tmp_path, monkeypatch, decoded, script: str, why: str
) -> None:
    """A stand-in for ffmpeg passes on all calls but the one that adds the sound."""
    real = imageio_ffmpeg.get_ffmpeg_exe()
    lines = [
        f"#!{sys.executable} -S",
        "import os, subprocess, sys",
        f"SILENT = {str(sounding / 'tiny film.silent.mp4')!r}",
        f"REAL = lambda *args: subprocess.run([{real!r}, '-v', 'error', '-y', *args, '-f', 'mp4', sys.argv[-1][5:]])",
        "if '-filter_complex' in sys.argv:",
        f"    {script}",
        "else:",
        f"    os.execv({real!r}, [{real!r}, *sys.argv[1:]])",
    ]
    (tmp_path / "stand-in").write_text("\n".join(lines) + "\n")
    (tmp_path / "stand-in").chmod(0o755)
    with monkeypatch.context() as patch, pytest.raises(AssembleError, match=why) as caught:
        patch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "stand-in"))
        assemble(sounding)
    kept(caught.value, sounding, decoded)


def test_frames_that_fail_leave_nothing(make, tmp_path: Path, music: Music) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield from frames(3)
        raise StoreError("frame 3: damaged")

    with pytest.raises(StoreError, match="damaged"):
        assemble_film(
            broken(), tmp_path / "f.mp4", size=SIZE, fps=10, format=FORMAT, sound=Sound(music, n_frames=30, first=0)
        )
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".mp4", ".tmp")] == []


def test_a_place_for_music_that_is_not_there(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"--music song\.mp3: the film has no music; "):
        assemble(folder, music=Path("song.mp3"))


def test_streams_are_told_as_players_show_them(make) -> None:
    path = make(47, 29.97)
    picture, sound = streams(path, final=path)
    assert (picture.n_packets, picture.end_s) == (47, Fraction(47 * 1001, 30000))
    assert sound.end_s == Fraction(round(Fraction(47 * 1001, 30000) * 48000), 48000)
