"""Films over films, from the keyframe file and the clip to the stored frames and the sound."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from pipeline import preview
from pipeline.errors import ClipError
from pipeline.preview.in_context import Context
from pipeline.render import render
from pipeline.schedule import load
from pipeline.store import FrameStore
from pipeline.types import Film

ROOT = Path(__file__).resolve().parents[1]
HEAD = "prompts: a red fox\nlook: {steps: 2, skip: 0.5, cut_overview: 1, cut_innercut: 1}\nsize: 32x32\nseed: 3\n"
HEAD += f"preset: {ROOT / 'tests' / 'schedule' / 'plain.yaml'}\nfilm: {{crf: 20, enlarge: 1}}\n"


def wall(seed: int, count: int) -> list[np.ndarray]:
    """Return pictures of a wall that goes three pixels to the right in each."""
    rng = np.random.default_rng(seed)
    wide = cv2.resize(rng.integers(10, 245, (8, 20, 3), np.uint8), (160, 64))
    return [wide[:, 60 - 3 * n : 124 - 3 * n] for n in range(count)]


@pytest.fixture(scope="module")
def clips(tmp_path_factory, write_film) -> Path:
    """A folder with clips of twelve pictures, made by the seeds that they are named after; `mute` has no sound."""
    folder = tmp_path_factory.mktemp("following") / "clips"
    folder.mkdir()
    sound = ("-f", "lavfi", "-i", "sine=duration=2")
    for name, seed, options in (("1", 1, sound), ("2", 2, sound), ("mute", 1, ())):
        write_film(folder / f"{name}.mp4", wall(seed, 12), "12", *options, "-pix_fmt", "yuv420p", "-crf", "10")
    return folder


@pytest.fixture
def seen(clips: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is known of the clips, the same for all tests, each of which may lose it; no weights are asked for."""
    folder = clips.with_name("seen")
    monkeypatch.setenv("PIPELINE_CLIPS", str(folder))
    monkeypatch.setattr(import_module("pipeline.render.means"), "refuse_absent", lambda engine, also=(): None)
    return folder


@pytest.fixture
def over(tmp_path: Path, clips: Path, seen: Path, film_of, tiny_engine) -> Callable[..., Film]:
    """Return a function that loads a film of six frames over a clip."""

    def load_over(text: str = "", *, clip: str = "1", steps: int = 2) -> Film:
        path = tmp_path / "clip.mp4"
        path.unlink(missing_ok=True)
        path.symlink_to(clips / f"{clip}.mp4")
        return film_of(f"{HEAD}source: {{file: clip.mp4, every: 2}}\n{text}", overrides=[f"look.steps={steps}"])

    return load_over


def drawn(film: Film, out: Path, **options) -> list[int]:
    numbers: list[int] = []
    render(film, out, watch=lambda now: numbers.append(now.number) if now.doing == "stored" else None, **options)
    return numbers


def frames(out: Path, count: int, shot: str = "tiny") -> list[np.ndarray]:
    return [FrameStore(out).read(shot, n).pixels for n in range(count)]


@pytest.mark.parametrize("text", ["follow: {mode: motion, motion: affine}\n", "follow: {after: flow}\n"])
def test_a_stop_changes_nothing(over, tmp_path: Path, seen: Path, text: str) -> None:
    film, whole, parts = over(text), tmp_path / "whole", tmp_path / "parts"
    assert drawn(film, whole, frames=range(4)) == [0, 1, 2, 3]
    assert drawn(film, parts, frames=range(2)) == [0, 1]
    shutil.rmtree(seen)  # and nothing rests on what is kept of the clip
    assert drawn(film, parts, frames=range(4)) == [2, 3]
    for one, other in zip(frames(whole, 4), frames(parts, 4), strict=True):
        assert np.array_equal(one, other)
    assert drawn(film, whole, frames=range(4)) == []


def test_another_clip_under_the_same_name_draws_all_frames_anew(over, tmp_path: Path, seen: Path) -> None:
    film = over()
    drawn(film, tmp_path / "out", frames=range(2))
    assert drawn(over(clip="2"), tmp_path / "out", frames=range(2)) == [0, 1]
    shutil.rmtree(seen)  # what is kept of a clip goes by its digest, and so stays true
    with pytest.raises(ClipError, match="is not the clip the film was planned with"):
        render(film, tmp_path / "other")


def test_a_value_that_changes_costs_the_frames_from_there_on(over, tmp_path: Path) -> None:
    part = range(4)
    drawn(over("follow: {blend: {0: 0.5, 3: 0.5}}\n"), tmp_path / "out", frames=part)
    assert drawn(over("follow: {blend: {0: 0.5, 2: 0.5, 3: 0.8}}\n"), tmp_path / "out", frames=part) == [3]


def test_what_follows_says_is_in_the_frames(over, tmp_path: Path) -> None:
    """The pull of the raw picture, its own strength and the mix afterwards all change what is drawn.

    The first frame is another one where something is said of it, or it is not drawn over the clip, and only there.
    """
    texts = {
        "plain": "",
        "blend": "follow: {blend: 0.2}\n",
        "off": "follow: {motion: off}\n",
        "consistency": "follow: {consistency: 0}\n",
        "after": "follow: {after: linear, after_blend: 0.5}\n",
        "scale": "init: {frames_scale: 500}\n",
        "first": "init: {skip: 0}\n",
        "motion": "follow: {mode: motion}\n",
    }
    found = {}
    for name, text in texts.items():
        film = over(text, steps=4)  # in one step alone a pull of 500 changes no pixel
        if name != "plain":
            shutil.copytree(tmp_path / "plain", tmp_path / name)
        assert drawn(film, tmp_path / name, frames=range(2)) == (
            [0, 1] if name in ("plain", "first", "motion") else [1]
        )
        found[name] = frames(tmp_path / name, 2)
    for name, pictures in found.items():
        same_first = np.array_equal(pictures[0], found["plain"][0])
        assert same_first == (name not in ("first", "motion")), name
        assert name == "plain" or not np.array_equal(pictures[1], found["plain"][1]), name
    mixed = (found["after"][1].astype(int) * 2 - found["after"][0]).clip(0, 255)
    assert np.abs(mixed - found["plain"][1]).max() <= 2  # half of the frame before is in it


def sound_of(path: Path) -> str:
    import subprocess

    done = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-i", path], capture_output=True, text=True, check=False)
    return done.stderr


def test_the_clips_sound_is_kept_and_ends_with_the_picture(over, tmp_path: Path) -> None:
    path = render(over("frames: 3\n"), tmp_path / "out")
    assert path is not None
    said = sound_of(path)
    assert "Audio: aac" in said and "Duration: 00:00:00.5" in said


def test_without_a_sound_the_film_is_silent(over, tmp_path: Path) -> None:
    path = render(over("frames: 1\n", clip="mute"), tmp_path / "out")
    assert path is not None and "Audio" not in sound_of(path)


def test_previews_start_from_the_clip(over, tmp_path: Path) -> None:
    film = over()
    drawn(film, tmp_path / "out", frames=range(3))
    context = Context(film, tmp_path / "out")
    stored, exact, near = (context.sketch(number) for number in (2, 3, 5))
    assert [one.kind for one in (stored, exact, near)] == ["stored", "exact", "composed"]
    drawn(film, tmp_path / "out", frames=range(4))
    assert np.array_equal(exact.pixels, FrameStore(tmp_path / "out").read("tiny", 3).pixels)
    alone = Context(film, None).sketch(4)
    assert (alone.kind, alone.how) == ("noise", "from the clip's picture alone: as asked")
    assert np.array_equal(preview(film, 4).pixels, alone.pixels)
    assert np.array_equal(preview(film, 0).pixels, FrameStore(tmp_path / "out").read("tiny", 0).pixels)


def test_commands_tell_of_it(over, tmp_path: Path, command) -> None:
    film = over("follow: {blend: 0.5}\n")
    told = command("explain", film.source, "--frame", "2")
    assert "follow.blend" in told.out and "0.5" in told.out and "tiny.yaml:8:17" in told.out
    assert "starts from the picture of its clip" in command("explain", film.source).out
    assert "clip.mp4 from 0 s" in command("check", film.source).out
    (tmp_path / "raft.yaml").write_text(f"{HEAD}source: clip.mp4\nfollow: {{flow: raft}}\n")
    answer = command("check", tmp_path / "raft.yaml")
    assert answer.code == 3
    assert "follow.flow" in answer.err and "raft_large_C_T_SKHT_V2-ff5fadd5.pth" in answer.err
    assert "or write flow: dis" in answer.err
    drawn(film, tmp_path / "out", frames=range(3))
    over("follow: {blend: 0.6}\n")
    why = command("why", film.source, "--frame", "2", "--out", tmp_path / "out")
    assert "follow.blend" in why.out and "0.6" in why.out


def test_a_clip_that_is_gone_is_one_line(over, tmp_path: Path, command) -> None:
    film = over()
    (tmp_path / "clip.mp4").unlink()
    answer = command("check", film.source)
    assert answer.code == 2
    assert "tiny.yaml:7:16: there is no clip 'clip.mp4'" in answer.err


def test_the_stylised_example_at_a_tiny_size(tiny_engine, tmp_path: Path) -> None:
    film = load(ROOT / "keyframes" / "stylised.yaml", overrides=["look.steps=2", "look.cfg_scale=0", "size=32x32"])
    assert film.n_frames == 24 and film.music is not None
    assert drawn(film, tmp_path / "out", frames=range(2)) == [0, 1]
    one, other = frames(tmp_path / "out", 2, film.shots[0].name)
    assert not np.array_equal(one, other)
