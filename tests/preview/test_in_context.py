"""A frame in its context: exact where it can be, and always said which it is."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.preview import Context, plan_of, preview, preview_sheet
from pipeline.render import render
from pipeline.store import FrameStore
from pipeline.types import Film
from pipeline.warp import compose, paint

SHOTS = "shots: [{name: a, frames: 3}, {name: b, frames: 4, prompts: a dark house}]\n"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def rendered(tiny_film: Film, out: Path) -> list[np.ndarray]:
    """All frames of the tiny film, which is stored in `out`."""
    render(tiny_film, out)
    return [FrameStore(out).read("tiny", number).pixels for number in range(6)]


def forget(out: Path, *numbers: int) -> None:
    for number in numbers:
        (out / f"frames/tiny/{number:05d}.png").unlink()


def test_a_frame_that_is_stored_is_shown_and_no_model_is_loaded(tiny_film, tiny_engine, rendered, out) -> None:
    tiny_engine.asked.clear()
    sketch = Context(tiny_film, out).sketch(4)
    assert (sketch.kind, sketch.how) == ("stored", "the stored frame")
    assert np.array_equal(sketch.pixels, rendered[4])
    assert tiny_engine.asked == []


def test_a_frame_after_a_stored_one_is_what_the_render_stores_bit_for_bit(tiny_film, rendered, out) -> None:
    forget(out, 3, 4, 5)
    sketch = Context(tiny_film, out).sketch(3)
    assert (sketch.kind, sketch.how) == ("exact", "exact, from stored frame 2")
    assert np.array_equal(sketch.pixels, rendered[3])
    assert not np.array_equal(sketch.pixels, preview(tiny_film, 3).pixels)
    assert not (out / "frames/tiny/00003.png").exists()


def test_a_frame_further_on_is_drawn_once_along_the_composed_moves(tiny_film, tiny_engine, rendered, out) -> None:
    forget(out, 2, 3, 4, 5)
    sketch = Context(tiny_film, out).sketch(4)
    assert sketch.how == "from stored frame 1, 3 camera moves composed, denoised once"
    plan = plan_of(tiny_film, 4)
    moves = [plan_of(tiny_film, number).camera for number in (2, 3, 4)]
    assert np.array_equal(sketch.pixels, tiny_engine.easel.draw(plan, paint(rendered[1], compose(moves, plan.size))))
    apart = [np.abs(sketch.pixels.astype(int) - other).mean() for other in (rendered[4], preview(tiny_film, 4).pixels)]
    assert 0 < apart[0] < apart[1]


def test_a_damaged_or_foreign_frame_is_no_origin(film_of, tiny_film, tiny_text: str, rendered, out) -> None:
    forget(out, 4, 5)
    path = out / "frames/tiny/00003.png"
    path.write_bytes(path.read_bytes()[:-9])
    assert Context(tiny_film, out).sketch(4).how.startswith("from stored frame 2, 2 camera moves")
    edited = film_of(tiny_text.replace("3: snow", "2: snow"))
    assert Context(edited, out).sketch(3).how.startswith("from stored frame 1, 2 camera moves")
    reseeded = film_of(tiny_text.replace("seed: 3", "seed: 4"))
    assert Context(reseeded, out).sketch(3).kind == "noise"


def test_without_stored_frames_it_is_the_still_and_says_why(tiny_film, out) -> None:
    nothing = Context(tiny_film, out).sketch(2)
    asked = Context(tiny_film, None).sketch(2)
    assert nothing.how == "from noise: no earlier frame of the shot is stored"
    assert asked.how == "from noise: as asked"
    still = preview(tiny_film, 2).pixels
    assert np.array_equal(nothing.pixels, still)
    assert np.array_equal(asked.pixels, still)
    assert not out.exists()


def test_first_frames_are_exact_and_shots_do_not_lean_on_one_another(film_of, tiny_film, tiny_text, out) -> None:
    film = film_of(tiny_text.replace("frames: 6\n", SHOTS).replace("  3: snow on a hill\n", ""))
    render(film, out, frames=range(3))
    context = Context(film, out)
    assert context.origin(4) is None
    first = context.sketch(3)
    assert first.how == "exact, is drawn from noise as the first frame of a shot"
    render(film, out, frames=range(3, 5))
    assert np.array_equal(first.pixels, FrameStore(out).read("b", 0).pixels)
    assert context.sketch(5).how == "exact, from stored frame 4"
    assert context.sketch(6).how.startswith("from stored frame 4, 2 camera moves")


def test_models_are_loaded_once_for_all_frames(tiny_film, tiny_engine, out) -> None:
    sheet, sketches = preview_sheet(Context(tiny_film, out), 4)
    assert len(tiny_engine.asked) == 1
    assert [sketch.kind for sketch in sketches] == ["exact", "noise", "noise", "noise"]
    assert sheet.shape[1] == 4 * (32 * 7 + 8) + 8
    assert np.array_equal(sheet[8 : 8 + 224 : 7, 8 : 8 + 224 : 7], sketches[0].pixels)
    assert sheet[8 + 224 + 4 :, :240].max() > 200  # its label


@pytest.mark.parametrize("number", [-1, 6])
def test_a_frame_the_film_does_not_have(tiny_film, tiny_engine, out, number: int) -> None:
    for ask in (Context(tiny_film, out).sketch, Context(tiny_film, out).origin):
        with pytest.raises(UsageError, match=rf"--frame {number}: .* has frames 0 to 5; choose one of them"):
            ask(number)
    assert tiny_engine.asked == []


def test_another_engines_frames_do_not_count(tiny_film, rendered, out, monkeypatch) -> None:
    monkeypatch.setattr(sys.modules["pipeline.render"], "engine_facts", lambda engine: {"engine": "another"})
    assert Context(tiny_film, out).sketch(3).kind == "noise"
