"""The loop that makes a film: what is drawn, what is kept, and that both come to the same bytes."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

from pipeline.errors import AssembleError, BusyError, ModelError, StoreError
from pipeline.identity import chain_keys
from pipeline.render import Progress, render, set_up_for
from pipeline.sample.easel import Easel
from pipeline.store import FrameStore, State, hold, read_film_record, read_timings
from pipeline.types import Film, Frame
from pipeline.warp import Sight

SHOTS = """\
shots:
  - {name: day, frames: 3}
  - {name: night, frames: 2, prompts: a dark house}
  - {name: dawn, frames: 2}
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def drawn(out: Path) -> Callable[..., list[int]]:
    """Render into a folder and return the numbers of the frames that were drawn; all others were kept."""

    def run(film: Film, folder: Path = out, **options: Any) -> list[int]:
        seen: dict[str, list[int]] = {"kept": [], "stored": []}

        def watch(now: Progress) -> None:
            if now.doing in seen:
                seen[now.doing].append(now.number)

        render(film, folder, watch=watch, **options)
        assert not set(seen["kept"]) & set(seen["stored"])
        return seen["stored"]

    return run


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file but those that say who renders and how long it took."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (".lock", ".timings"))
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


def pictures(folder: Path, film: Film) -> list[np.ndarray]:
    store = FrameStore(folder)
    return [store.read(shot.name, plan.frame).pixels for shot in film.shots for plan in shot.plans]


@pytest.fixture
def three_shots(film_of: Callable[..., Film], tiny_text: str, tiny_film: Film) -> Film:
    return film_of(tiny_text.replace("frames: 6\n", SHOTS).replace("  3: snow on a hill\n", ""))


def test_what_loading_takes_is_no_part_of_a_frames_time(
    tiny_film: Film, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]

    def tools() -> tuple[Easel, Sight]:
        clock[0] += 100
        return set_up_for(tiny_film)

    def on_progress(now: Progress) -> None:
        clock[0] += now.doing == "drawing"

    monkeypatch.setattr(sys.modules["pipeline.render"], "monotonic", lambda: clock[0])
    render(tiny_film, out, tools=tools, watch=on_progress, frames=range(2))
    assert [timing.seconds for timing in read_timings(out)] == [timing.steps for timing in read_timings(out)]
    assert len(read_timings(out)) == 2


def test_all_frames_and_the_film_are_there(tiny_film: Film, out: Path) -> None:
    path = render(tiny_film, out)
    assert path == out / "tiny.mp4"
    frames = [f"frames/tiny/{number:05d}.png" for number in range(6)]
    assert list(digests(out)) == ["film.json", *frames, "tiny.mp4"]
    assert imageio_ffmpeg.count_frames_and_secs(str(path))[0] == 6
    seen = pictures(out, tiny_film)
    assert {picture.shape for picture in seen} == {(32, 32, 3)}
    assert all(picture.std() > 5 for picture in seen)
    assert all(not np.array_equal(a, b) for a, b in pairwise(seen))


def test_rendering_again_draws_nothing_and_loads_nothing(tiny_film: Film, tiny_engine, out: Path, drawn) -> None:
    assert drawn(tiny_film) == [0, 1, 2, 3, 4, 5]
    assert tiny_engine.asked == [tiny_film.engine]
    before = digests(out)
    assert drawn(tiny_film) == []
    assert len(tiny_engine.asked) == 1
    assert digests(out) == before


def test_the_watcher_sees_every_step(tiny_film: Film, out: Path) -> None:
    seen: list[Progress] = []
    render(tiny_film, out, watch=seen.append)
    steps = [(now.number, now.step, now.n_steps) for now in seen if now.doing == "drawing"]
    first = [(0, step, 4) for step in (1, 2, 3, 4)]
    assert steps == first + [(number, step, 2) for number in range(1, 6) for step in (1, 2)]
    assert Counter(now.doing for now in seen) == {"drawing": 14, "stored": 6, "assembling": 1}
    assert seen[-1] == Progress("assembling", 6, 6)
    seen.clear()
    render(tiny_film, out, watch=seen.append)
    assert seen == [*(Progress("kept", number, 6) for number in range(6)), Progress("assembling", 6, 6)]


def delete(path: Path) -> None:
    path.unlink()


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def take_the_neighbours(path: Path) -> None:
    path.write_bytes((path.parent / "00003.png").read_bytes())


def link(path: Path) -> None:
    path.rename(path.with_suffix(".kept"))
    path.symlink_to(path.with_suffix(".kept"))


@pytest.mark.goal("R5")
@pytest.mark.parametrize("harm", [delete, flip_a_bit, cut_short, empty, take_the_neighbours, link])
def test_a_frame_that_is_not_right_is_made_again(tiny_film: Film, out: Path, drawn, harm) -> None:
    drawn(tiny_film)
    before = digests(out)
    harm(out / "frames/tiny/00002.png")
    assert drawn(tiny_film) == [2]
    after = digests(out)
    after.pop("frames/tiny/00002.kept", None)
    assert after == before


def test_frames_after_one_that_was_made_again_are_kept(tiny_film: Film, out: Path, drawn) -> None:
    drawn(tiny_film)
    (key, *_), store = (chain_keys(shot, {"engine": "tiny"}) for shot in tiny_film.shots), FrameStore(out)
    for number in (0, 4):
        store.path("tiny", number).unlink()
    assert [store.find("tiny", n, key[n]).state is State.VALID for n in range(6)] == [False, *[True] * 3, False, True]
    assert drawn(tiny_film) == [0, 4]


@pytest.mark.goal("R20")
def test_editing_a_prompt_draws_from_there_on(film_of, tiny_film: Film, tiny_text: str, out: Path, drawn) -> None:
    drawn(tiny_film)
    before = pictures(out, tiny_film)
    edited = film_of(tiny_text.replace("3: snow", "3: rain"))
    assert drawn(edited) == [3, 4, 5]
    same = [np.array_equal(a, b) for a, b in zip(before, pictures(out, edited), strict=True)]
    assert same == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seed: 3\n", "seed: 4\n"),
        ("steps: 4", "steps: 5"),
        ("0: a red fox", "0: a blue fox"),
        ("size: 32x32", "size: 64x32"),
    ],
)
def test_an_edit_of_the_whole_draws_the_whole(film_of, tiny_film: Film, tiny_text, out, drawn, old, new) -> None:
    drawn(tiny_film)
    assert tiny_text.count(old) == 1
    edited = film_of(tiny_text.replace(old, new))
    assert drawn(edited) == [0, 1, 2, 3, 4, 5]
    render(edited, out.with_name("fresh"))
    found, fresh = digests(out), digests(out.with_name("fresh"))
    assert {name: found[name] for name in fresh} == fresh
    assert sum(name.startswith("takes/") for name in found) == 6 == len(found) - len(fresh)


def test_an_edit_of_the_camera_keeps_the_first_frame(film_of, tiny_film: Film, tiny_text: str, drawn) -> None:
    drawn(tiny_film)
    assert drawn(film_of(tiny_text.replace("roll: 4", "roll: -4"))) == [1, 2, 3, 4, 5]


def test_a_longer_film_keeps_the_frames_it_has(film_of, tiny_film: Film, tiny_text: str, drawn) -> None:
    drawn(tiny_film)
    assert drawn(film_of(tiny_text.replace("frames: 6", "frames: 8"))) == [6, 7]


@pytest.mark.goal("R20")
def test_comments_and_the_order_of_keys_draw_nothing(film_of, tiny_film: Film, tiny_text: str, out, drawn) -> None:
    drawn(tiny_film)
    before = digests(out)
    lines = tiny_text.replace("  3: snow on a hill\n", "").splitlines()
    moved = "\n".join(line for line in reversed(lines) if "red fox" not in line and line != "prompts:")
    text = f"{moved}\nprompts:\n  3: snow on a hill   # late\n  0: 'a red fox'\n"
    assert drawn(film_of(text)) == []
    after = digests(out)
    for name in ("film.json", "tiny.mp4"):  # both have the file's text in them
        assert after.pop(name) != before.pop(name)
    assert after == before


@pytest.mark.goal("R19")
def test_another_engine_is_asked_for_and_then_draws_everything_again(tiny_film: Film, drawn, monkeypatch) -> None:
    drawn(tiny_film)
    monkeypatch.setattr(sys.modules["pipeline.render"], "engine_facts", lambda engine: {"engine": "another"})
    with pytest.raises(StoreError, match="6 of its frames were drawn with another engine"):
        drawn(tiny_film)
    assert drawn(tiny_film, other_engine="redraw") == [0, 1, 2, 3, 4, 5]


def test_a_range_draws_what_it_needs(tiny_film: Film, out: Path, drawn) -> None:
    assert render(tiny_film, out, frames=range(0)) is None
    assert drawn(tiny_film, frames=range(2, 2)) == []
    assert drawn(tiny_film, frames=range(1, 3)) == [0, 1, 2]  # frame 1 is drawn from frame 0
    assert render(tiny_film, out, frames=range(1, 3)) is None
    assert not (out / "tiny.mp4").exists()
    assert drawn(tiny_film, frames=range(3, 5)) == [3, 4]
    assert render(tiny_film, out, frames=range(5, 6)) == out / "tiny.mp4"
    render(tiny_film, out.with_name("fresh"))
    assert digests(out) == digests(out.with_name("fresh"))


def test_a_range_draws_no_shot_that_it_does_not_touch(three_shots: Film, out: Path, drawn) -> None:
    assert drawn(three_shots, frames=range(4, 5)) == [3, 4]
    assert sorted(path.name for path in (out / "frames").iterdir()) == ["night"]
    assert drawn(three_shots, frames=range(2, 4)) == [0, 1, 2]
    assert drawn(three_shots) == [5, 6]


@pytest.mark.goal("R18")
def test_two_folders_hold_the_same_bytes(tiny_film: Film, tiny_engine, make_easel, out: Path) -> None:
    render(tiny_film, out)
    tiny_engine.easel = make_easel(8)
    render(tiny_film, out.with_name("another name"))
    assert digests(out) == digests(out.with_name("another name"))


class TornAwayError(Exception):
    """Nothing the program knows."""


@pytest.mark.parametrize("fault", [TornAwayError, KeyboardInterrupt])
@pytest.mark.parametrize("at", [("drawing", 3, 1), ("stored", 2, 0)])
def test_an_interrupted_render_goes_on(tiny_film: Film, out: Path, drawn, fault, at) -> None:
    def watch(now: Progress) -> None:
        if (now.doing, now.number, now.step) == at:
            raise fault

    with pytest.raises(fault):
        render(tiny_film, out, watch=watch)
    assert [path.name for path in sorted((out / "frames/tiny").iterdir())] == ["00000.png", "00001.png", "00002.png"]
    assert drawn(tiny_film) == [3, 4, 5]
    render(tiny_film, out.with_name("fresh"))
    assert digests(out) == digests(out.with_name("fresh"))


def test_what_is_carried_over_is_read_back_from_the_store(tiny_film: Film, out: Path, monkeypatch) -> None:
    """The disk gives back another picture: frame 1 must be drawn from that one."""
    seen: list[int] = []

    def put(store: FrameStore, frame: Frame, plan, facts) -> Frame:
        return Frame(np.full((32, 32, 3), 40 * (plan.frame + 1), np.uint8), frame.key)

    def warp(pixels: np.ndarray, move) -> None:
        seen.append(int(pixels[0, 0, 0]))

    monkeypatch.setattr(FrameStore, "put", put)
    monkeypatch.setattr("pipeline.warp.way.warp", warp)
    monkeypatch.setattr("pipeline.sample.easel.Easel.draw", lambda easel, plan, start, **_: np.zeros((32, 32, 3)))
    assert render(tiny_film, out, frames=range(5)) is None
    assert seen == [40, 80, 120, 160]


def test_a_held_folder_is_busy(tiny_film: Film, tiny_engine, out: Path) -> None:
    with hold(out), pytest.raises(BusyError, match=rf"another render holds this folder \(pid {os.getpid()} on host "):
        render(tiny_film, out)
    assert tiny_engine.asked == []
    assert digests(out) == {}
    render(tiny_film, out)


def test_a_film_whose_models_are_not_there_leaves_no_folder(tiny_film: Film, out: Path, monkeypatch) -> None:
    monkeypatch.undo()  # the catalogue's own facts
    film = replace(tiny_film, engine=replace(tiny_film.engine, diffusion_model="nobody"))
    with pytest.raises(ModelError, match="nobody"):
        render(film, out)
    assert not out.exists()


def test_shots_are_hard_cuts_that_know_nothing_of_one_another(three_shots: Film, film_of, tiny_text, out) -> None:
    render(three_shots, out)
    assert [shot.n_frames for shot in read_film_record(out).shots] == [3, 2, 2]
    assert imageio_ffmpeg.count_frames_and_secs(str(out / "tiny.mp4"))[0] == 7
    alone = replace(three_shots, shots=three_shots.shots[1:2])
    render(alone, out.with_name("alone"))
    shared = {name: digest for name, digest in digests(out).items() if name.startswith("frames/night/")}
    assert len(shared) == 2
    assert shared.items() <= digests(out.with_name("alone")).items()


@pytest.mark.goal("R20")
def test_an_edit_of_one_shot_draws_that_shot(three_shots: Film, film_of, tiny_text: str, drawn) -> None:
    drawn(three_shots)
    text = tiny_text.replace("frames: 6\n", SHOTS).replace("  3: snow on a hill\n", "")
    assert drawn(film_of(text.replace("a dark house", "a darker house"))) == [3, 4]


def test_keys_chain_inside_a_shot(tiny_film: Film) -> None:
    (shot,), facts = tiny_film.shots, {"engine": "tiny"}
    keys = chain_keys(shot, facts)
    assert len(set(keys)) == 6
    assert keys == chain_keys(shot, facts)
    plans = [replace(plan, seed=99) if plan.frame == 2 else plan for plan in shot.plans]
    changed = chain_keys(replace(shot, plans=tuple(plans)), facts)
    assert [a == b for a, b in zip(keys, changed, strict=True)] == [True, True, False, False, False, False]
    cut = [replace(plan, camera=None) if plan.frame == 4 else plan for plan in plans]  # a frame that carries nothing
    after_cut = chain_keys(replace(shot, plans=tuple(cut)), facts)
    assert after_cut[4:] == chain_keys(replace(shot, plans=(*shot.plans[:4], *cut[4:])), facts)[4:]
    assert chain_keys(shot, {"engine": "another"})[0] != keys[0]


def test_the_record_says_what_the_frames_are(tiny_film: Film, out: Path) -> None:
    render(tiny_film, out)
    store, (shot,) = FrameStore(out), tiny_film.shots
    keys = read_film_record(out).shots[0].keys
    assert keys == chain_keys(shot, {"engine": "tiny"})
    for plan, key in zip(shot.plans, keys, strict=True):
        stored = store.read("tiny", plan.frame)
        assert stored.key == key
        assert json.loads(stored.facts["plan"]) == json.loads(plan.canonical())
        assert stored.facts["engine"] == "tiny"


@pytest.mark.goal("R21")
def test_a_film_is_never_assembled_from_two_versions(film_of, tiny_film: Film, tiny_text: str, out: Path) -> None:
    from pipeline.assemble import assemble

    render(tiny_film, out)
    assert render(film_of(tiny_text.replace("3: snow", "3: rain")), out, frames=range(4)) is None
    with pytest.raises(AssembleError, match=r"00004\.png: the frame is of another version of the film"):
        assemble(out)
