"""What `render` says before it begins, and `status` and `why` at any time: what is kept, what is drawn, and why."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from pipeline.account import duration
from pipeline.store import Timing, estimate, note_timing, read_timings
from pipeline.store.layout import TIMINGS


@pytest.fixture
def status(command, tiny_engine, film_file):
    """Return what `pipeline status` says, without the folder's name and the estimate."""

    def ask(*options: str) -> str:
        answer = command("status", "film.yaml", *options)
        assert answer.code == 0, answer.err
        return answer.out.removeprefix("outputs/film: ").strip().split(", about")[0].split(", for how")[0]

    return ask


def test_first_what_is_there_then_what_is_missing(command, status) -> None:
    assert status() == "frames 0-6 to render (not there yet)"
    answer = command("render", "film.yaml", "--frames", ":3")
    assert "frames 0-2 to render (not there yet), for how long is not known yet" in answer.err
    assert status() == "frames 0-2 kept, 3-6 to render (not there yet)"
    answer = command("render", "film.yaml")
    assert "outputs/film: frames 0-2 kept, 3-6 to render (not there yet), about " in answer.err
    assert status() == "frames 0-6 kept; nothing to render"


EDITS = [
    (
        [("2: snow", "2: rain")],
        "frames 0-1 kept, 2-3 to render (prompt of shot 1 at line 9), "
        "4-5 kept, 6 to render (prompt of shot 2 at line 9)",
    ),
    ([("roll: 2", "roll: 3")], "frames 0-4 kept, 5-6 to render (camera.roll of shot 2 at line 17)"),
    (
        [("skip: 0.5", "skip: 0.25")],
        "frames 0-3 to render (look.skip of shot 1 at line 11), 4-6 to render (look.skip of shot 2 at line 11)",
    ),
    ([("frames: 3,", "frames: 4,")], "frames 0-6 kept, 7 to render (not there yet)"),
    (
        [("seed: 3", "seed: 4")],
        "frames 0-3 to render (seed of shot 1 at line 5), 4-6 to render (seed of shot 2 at line 5)",
    ),
]


@pytest.mark.goal("R20")
@pytest.mark.parametrize(("pairs", "said"), EDITS)
def test_an_edit_is_named_with_its_line_before_it_is_rendered(command, status, edit, pairs, said: str) -> None:
    command("render", "film.yaml")
    edit(*pairs)
    assert status() == said
    assert f"outputs/film: {status()}" in command("render", "film.yaml").err
    assert status().endswith(" kept; nothing to render")


SAME = {
    "comment": [("# Two shots.", "# Two shots,\n# told otherwise.")],
    "order": [("fps: 6\nseed: 3\n", "seed: 3\nfps: 6\n")],
    "spacing": [("{name: day, frames: 4}", "{ name:  day,\n   frames: 4 }")],
    "block for flow": [("camera: {zoom: 1.05, roll: 4}", "camera:\n  zoom: 1.050\n  roll: 4.0")],
    "label that nothing uses": [("dusk: 1", "dawn: 1")],
    "quotes": [("0: a red fox", "0: 'a red fox'")],
    "arithmetic": [("roll: 4}", "roll: 2*2}")],
    "seconds for frames": [("2: snow", "0.3333333333s: snow")],
}


@pytest.mark.goal("R20")
@pytest.mark.parametrize("kind", SAME)
def test_an_edit_that_says_the_same_draws_nothing(command, status, edit, kind: str) -> None:
    command("render", "film.yaml")
    edit(*SAME[kind])
    assert status() == "frames 0-6 kept; nothing to render"
    assert " 0 drawn, 7 kept" in command("render", "film.yaml").out


@pytest.mark.goal("R20")
@pytest.mark.parametrize("k", [0, 1, 3])
def test_an_edit_at_frame_k_draws_from_there_on(command, status, edit, k: int) -> None:
    edit(("  2: snow on a hill\n", f"  {max(k, 1)}: snow on a hill\n"))
    command("render", "film.yaml")
    edit(("red fox", "red wolf") if k == 0 else ("snow", "rain"))
    report = json.loads(command("render", "film.yaml", "--json").out)
    n_drawn = {0: 7, 1: 3 + 2, 3: 1}[k]
    assert (report["drawn"], report["kept"]) == (n_drawn, 7 - n_drawn)


@pytest.mark.goal("R20")
def test_undoing_an_edit_draws_nothing(command, status, edit) -> None:
    command("render", "film.yaml")
    frames = {path: path.read_bytes() for path in Path("outputs/film").rglob("frames/**/*.png")}
    film = Path("outputs/film/film.mp4").read_bytes()
    edit(("snow", "rain"))
    command("render", "film.yaml")
    edit(("rain", "snow"))
    assert (
        status()
        == "frames 0-1 kept, 2-3 kept from earlier takes, 4-5 kept, 6 kept from earlier takes; nothing to render"
    )
    assert " 0 drawn, 7 kept" in command("render", "film.yaml").out
    assert {path: path.read_bytes() for path in frames} == frames
    assert Path("outputs/film/film.mp4").read_bytes() == film


def test_status_of_a_folder_needs_no_keyframe_file(command, tiny_engine, film_file) -> None:
    command("render", "film.yaml")
    film_file.unlink()
    assert command("status", "outputs/film").out == "outputs/film: frames 0-6 kept; nothing to render\n"
    Path("outputs/film/frames/day/00002.png").unlink()
    Path("outputs/film/frames/night/00001.png").write_bytes(b"torn")
    found = json.loads(command("status", "outputs/film", "--json").out)
    assert (found["kept"], found["to_render"], found["seconds"] > 0) == (5, 2, True)
    runs = [(run["first"], run["last"], run["state"], run["cause"]) for run in found["runs"]]
    assert runs[1] == (2, 2, "missing", "not there yet")
    assert runs[3] == (5, 5, "damaged", "damaged")
    assert command("status", "outputs/film", "--seed", "3").code == 2
    assert command("status", "outputs/none").code == 2


def test_why_names_each_value_and_its_line(command, status, edit) -> None:
    command("render", "film.yaml")
    assert command("why", "film.yaml", "--frame", "6").out.endswith(
        "is kept: what is stored is what the file asks for\n"
    )
    edit(("snow", "rain"), ("roll: 2", "roll: 2.5"))
    said = command("why", "film.yaml", "--frame", "6").out.splitlines()
    assert said == [
        "frame 6 (shot 'night' frame 2) is another than the stored one",
        "  camera.roll: 2.0 is now 2.5  (film.yaml:17:43)",
        "  prompts.0.text: snow on a hill is now rain on a hill  (film.yaml:9:6)",
    ]
    found = json.loads(command("why", "film.yaml", "--frame", "5", "--json").out)
    assert [(one["name"], one["old"], one["new"]) for one in found["changes"]] == [("camera.roll", 2.0, 2.5)]
    assert command("why", "film.yaml", "--frame", "7").code == 2


def test_why_says_that_only_a_frame_before_changed(command, status, edit) -> None:
    edit(("  2: snow on a hill\n", "  2: snow on a hill\n  3: a red fox\n"))
    command("render", "film.yaml")
    edit(("snow", "rain"))
    said = command("why", "film.yaml", "--frame", "3").out
    assert said.splitlines()[1].startswith(
        "its own values are the same: a frame before it changed; see `pipeline status"
    )


@pytest.mark.goal("R19")
def test_an_engine_that_changed_is_named(command, status, monkeypatch) -> None:
    command("render", "film.yaml")
    monkeypatch.setattr(import_module("pipeline.render"), "engine_facts", lambda e: {"engine": "new"})
    said = "seam after frame 6 (engine: tiny before, new after), refused without --accept-seam or --redraw"
    assert status() == f"frames 0-6 kept; nothing to render; {said}"
    assert "  engine.engine: tiny is now new" in command("why", "film.yaml", "--frame", "0").out


# --- how long it takes ------------------------------------------------------------------------------------------------


def test_estimates_rest_on_frames_of_the_same_work() -> None:
    known = [Timing("a", 10, 5.0), Timing("a", 20, 10.0), Timing("a", 10, 5000.0), Timing("b", 5, 5.0)]
    assert estimate([("a", 4), ("a", 6), ("b", 2)], known) == pytest.approx(0.5 * 10 + 2)
    assert estimate([("c", 1)], known) is None
    assert estimate([], known) == 0


def test_timings_survive_torn_lines_and_grow_no_further(tmp_path: Path, monkeypatch) -> None:
    assert read_timings(tmp_path) == []
    (tmp_path / TIMINGS).write_bytes(b'{"work": "a", "steps": 0, "seconds": 1}\n{"work"\n[]\n\xff\n')
    note_timing(tmp_path, Timing("a", 3, 1.5))
    assert read_timings(tmp_path) == [Timing("a", 3, 1.5)]
    monkeypatch.setattr("pipeline.store.timings.MAX_BYTES", 1000)
    for number in range(100):
        note_timing(tmp_path, Timing("b", 1, float(number)))
    found = read_timings(tmp_path)
    assert (tmp_path / TIMINGS).stat().st_size < 1200
    assert [timing.seconds for timing in found[-5:]] == [95.0, 96.0, 97.0, 98.0, 99.0]
    note_timing(tmp_path / "nowhere", Timing("a", 1, 1.0))  # no fault


def test_lengths_of_time_in_words() -> None:
    assert [duration(s) for s in (0.2, 45, 840, 9000)] == ["about 1 s", "about 45 s", "about 14 min", "about 2.5 h"]
