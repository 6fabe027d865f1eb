"""`pipeline estimate` measures once and then knows; `status` and `render` know it too."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

PARTS = {"load", "denoise", "begin", "move", "store", "assemble"}


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, tiny_text: str, tiny_engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the tiny film; measure no longer than it takes to have a number."""
    monkeypatch.setattr("pipeline.forecast.measure.ENOUGH_S", 0.01)
    (tmp_path / "tiny.yaml").write_text(tiny_text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_film_is_measured_once_and_then_known(command, tiny_engine, timed: Path) -> None:
    first = command("estimate", "tiny.yaml", "--json")
    found = json.loads(first.out)
    assert first.err == ""
    assert (found["frames"], found["denoised"], found["evaluations"]) == (6, 6, 14)
    assert found["parts"].keys() == PARTS
    assert found["seconds"] == pytest.approx(sum(found["parts"].values()), abs=0.01)
    assert found["memory_bytes"] > found["weights_bytes"] > 100_000
    assert not Path("outputs").exists()
    assert len([*timed.iterdir()]) == 1
    assert len(tiny_engine.asked) == 1
    assert json.loads(command("estimate", "tiny.yaml", "--json", "--set", "look.steps=8").out)["evaluations"] == 28
    assert len(tiny_engine.asked) == 1
    said = command("estimate", "tiny.yaml", "--again")
    assert len(tiny_engine.asked) == 2
    assert said.err.splitlines()[0] == "measuring: loading the models"
    assert said.out.startswith("tiny: 6 frames of 32x32: about ")


def test_only_what_is_new_is_measured(command, tiny_engine) -> None:
    command("estimate", "tiny.yaml")
    said = command("estimate", "tiny.yaml", "--set", "camera.border=wrap").err
    assert said == "measuring: carry plane wrap 1\n"
    assert len(tiny_engine.asked) == 1
    said = command("estimate", "tiny.yaml", "--set", "look.cut_overview=5").err
    assert said.splitlines()[-1].startswith("measuring: 6 cuts by ")
    assert command("estimate", "tiny.yaml", "--set", "look.cut_overview=3").err == ""  # between 2 and 6


def test_cost_goes_with_time(command) -> None:
    found = json.loads(command("estimate", "tiny.yaml", "--price-per-hour", "3600", "--json").out)
    assert found["cost"] == pytest.approx(found["seconds"], rel=0.01)
    assert "  costs about 0.00, at 0.5 an hour\n" in command("estimate", "tiny.yaml", "--price-per-hour", "0.5").out
    for price in ("-1", "nan", "inf"):
        answer = command("estimate", "tiny.yaml", "--price-per-hour", price)
        assert (answer.code, answer.out) == (2, "")
        assert f"--price-per-hour {price}: is no price" in answer.err


def test_status_and_render_know_what_was_measured(command) -> None:
    assert "for how long is not known yet" in command("status", "tiny.yaml").out
    command("estimate", "tiny.yaml")
    assert "frames 0-5 to render (not there yet), about " in command("status", "tiny.yaml").out
    assert "not known yet" in command("status", "tiny.yaml", "--set", "camera.border=wrap").out
    assert "frames 0-5 to render (not there yet), about " in command("render", "tiny.yaml").err


def test_another_engine_is_measured_anew(command, tiny_engine, monkeypatch) -> None:
    command("estimate", "tiny.yaml")
    monkeypatch.setattr(import_module("pipeline.render"), "engine_facts", lambda engine: {"engine": "other"})
    assert command("estimate", "tiny.yaml").err.startswith("measuring: loading the models\n")
    assert len(tiny_engine.asked) == 2


def test_every_kind_of_frame_can_be_measured(command, inside: Path) -> None:
    import numpy as np

    from pipeline.preview import save_picture

    save_picture(np.full((40, 40, 3), 90, np.uint8), inside / "init.png")
    text = (inside / "tiny.yaml").read_text().replace("camera: {zoom: 1.05, roll: 4}\n", "").replace("frames: 6\n", "")
    (inside / "all.yaml").write_text(
        text
        + "shots:\n"
        + "- {name: a, frames: 5, camera: {mode: 3d, depth: plane, translation_z: 3}, look: {cadence: 2}}\n"
        + "- {name: b, frames: 2, init: {image: init.png, scale: 500}, frame: {color_match: lab}}\n"
    )
    answer = command("estimate", "all.yaml", "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert (found["frames"], found["denoised"]) == (7, 6)  # frame 3 too: a prompt begins there
    assert min(found["parts"].values()) >= 0


def test_what_another_clock_counted_is_not_taken_for_time(tiny_engine, tiny_film) -> None:
    from time import process_time

    from pipeline.forecast import Calibration

    Calibration(tiny_film, clock=process_time).outlook(tiny_film)
    told: list[str] = []
    Calibration(tiny_film, watch=told.append).outlook(tiny_film)
    assert told[0] == "loading the models"
    told.clear()
    Calibration(tiny_film, watch=told.append).outlook(tiny_film)
    assert told == []
