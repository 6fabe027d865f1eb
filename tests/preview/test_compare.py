"""Several settings of one frame: read before anything is drawn, and different in nothing but the setting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import KeyframeError, UsageError
from pipeline.preview import Context, compare, comparison_sheet, load_all, preview, read_comparison
from pipeline.render import render


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("look.steps=4,8", ("4", "8")),
        ("look.eta= 0.4 , where(p < 0.5, 1, 0),[1]*4+[0]*6", ("0.4", "where(p < 0.5, 1, 0)", "[1]*4+[0]*6")),
        ("prompts='a fox, red',\"snow, rain\"", ("'a fox, red'", '"snow, rain"')),
        ("camera.zoom={0: 1.0, 3: 1.1},1=2", ("{0: 1.0, 3: 1.1}", "1=2")),
    ],
)
def test_values_are_split_at_the_commas_outside(text: str, values: tuple[str, ...]) -> None:
    found = read_comparison(text)
    assert found.values == values
    assert found.settings == tuple(f"{found.key}={value}" for value in values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("look.steps", "is not KEY=V1,V2; write it as"),
        ("=1,2", "is not KEY=V1,V2"),
        ("look.steps=4", "there is one value and nothing to compare it with; give two or more"),
        ("look.steps=4,,8", "a value is empty"),
        ("look.steps=", "a value is empty"),
        ("look.steps=(4,8", "a bracket or quote has no partner; close what is open"),
        ("look.steps=4),8", "a bracket or quote has no partner"),
        ("look.steps='4,8", "a bracket or quote has no partner"),
    ],
)
def test_what_is_no_comparison(text: str, said: str) -> None:
    with pytest.raises(UsageError) as fault:
        read_comparison(text)
    assert str(fault.value).startswith(f"--compare {text}: ")
    assert said in str(fault.value)


def test_all_wrong_settings_are_named_at_once(film_of) -> None:
    comparison = read_comparison("look.steps=4,many,0")
    with pytest.raises(KeyframeError) as fault:
        load_all(comparison, lambda setting: film_of(overrides=[setting]))
    lines = str(fault.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("--compare look.steps=0:1:12: ")
    assert lines[1].startswith("--compare look.steps=many:1:12: ")


def films_of(film_of, text: str):
    return load_all(read_comparison(text), lambda setting: film_of(overrides=[setting]))


def test_all_start_from_the_same_stored_frame(film_of, tiny_film, tiny_engine, tmp_path: Path, monkeypatch) -> None:
    render(tiny_film, tmp_path / "out", frames=range(2))
    tiny_engine.asked.clear()
    starts = []
    draw = type(tiny_engine.easel).draw
    monkeypatch.setattr(
        type(tiny_engine.easel),
        "draw",
        lambda easel, plan, start, **named: starts.append(start) or draw(easel, plan, start, **named),
    )
    films = films_of(film_of, "look.guidance_scale=0,300,9000")
    sketches = compare(Context(tiny_film, tmp_path / "out"), films, 2)
    assert len(tiny_engine.asked) == 1
    assert all(start is not None and start.equal(starts[0]) for start in starts)
    assert {sketch.how for sketch in sketches} == {"from stored frame 1, made without the setting"}
    assert not np.array_equal(sketches[0].pixels, sketches[2].pixels)
    asked = read_comparison("look.guidance_scale=0,300,9000")
    sheet = comparison_sheet(asked, sketches, [None] * 3)
    for column in range(3):
        left = 8 + column * (224 + 8)
        assert np.array_equal(sheet[8 : 8 + 224 : 7, left : left + 224 : 7], sketches[column].pixels)
    sheet = comparison_sheet(asked, sketches, [lambda pixels: 255 - pixels.repeat(4, 0).repeat(4, 1)] * 3)
    for column in range(3):  # shown at twice the size, and four times that to fill a column
        left = 8 + column * (256 + 8)
        assert np.array_equal(sheet[8 : 8 + 256 : 8, left : left + 256 : 8], 255 - sketches[column].pixels)


def test_a_setting_that_the_stored_frame_does_not_fit_starts_from_noise(film_of, tiny_film, tmp_path: Path) -> None:
    render(tiny_film, tmp_path / "out", frames=range(2))
    sketches = compare(Context(tiny_film, tmp_path / "out"), films_of(film_of, "size=32x32,64x32"), 2)
    assert [sketch.kind for sketch in sketches] == ["exact", "noise"]
    assert sketches[1].how == "from noise: the setting changes size or shots"
    assert sketches[1].pixels.shape == (32, 64, 3)


def test_without_stored_frames_all_are_stills(film_of, tiny_film, tmp_path: Path) -> None:
    films = films_of(film_of, "seed=3,4")
    for folder in (tmp_path / "nothing", None):
        sketches = compare(Context(tiny_film, folder), films, 2)
        assert [sketch.kind for sketch in sketches] == ["noise", "noise"]
        assert np.array_equal(sketches[1].pixels, preview(films[1], 2).pixels)


def test_a_frame_that_one_setting_leaves_out_is_named_before_drawing(film_of, tiny_film, tiny_engine, tmp_path) -> None:
    with pytest.raises(UsageError, match=r"--frame 4: .* has frames 0 to 2"):
        compare(Context(tiny_film, tmp_path), films_of(film_of, "frames=6,3"), 4)
    assert tiny_engine.asked == []
