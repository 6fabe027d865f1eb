"""The benchmarks run and say what they measured; what they measure is no business of a test."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline import load
from pipeline.bench.__main__ import BENCHMARKS, CHEAP, main
from pipeline.bench.drift import MEASURES, by_second, measure
from pipeline.bench.follow import VARIANTS
from pipeline.bench.guest import Guest
from pipeline.bench.peers import SAME
from pipeline.bench.pictures import picture
from pipeline.bench.scaling import shared, straightness
from pipeline.bench.songs import clicks, even
from pipeline.bench.turns import AS_IT_IS, NOT_RENEWED, STILLS, film_of
from pipeline.errors import UsageError
from pipeline.models.processor import has_bfloat16
from pipeline.train.clip import frames, write


def drawn(name: str, found: dict) -> list[str]:
    """Return what a benchmark claims of a result that came through JSON, after drawing it."""
    module = BENCHMARKS[name]
    assert picture([("here", module.panels(found))]).startswith(b"\x89PNG")
    return [claim.what for claim in module.claims(found)]


def test_an_animatic_is_measured_as_a_whole_and_by_part(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "animatic", "--seconds", "1", "--json"])
    main()
    found = json.loads(capsys.readouterr().out)
    assert found["frames"] == 24
    assert set(found["parts"]) == {"warp", "paint", "overlay", "encode"}
    assert min(found["process"], found["inside"], *found["parts"].values()) > 0
    assert len(BENCHMARKS["animatic"].table(found)) == 6
    assert drawn("animatic", found)


def test_curves_and_the_check_are_measured(monkeypatch, capsys) -> None:
    monkeypatch.setattr("pipeline.bench.curves.LENGTHS", (120, 240))
    found = {}
    for name, options in (("curves", ["--repeats", "1"]), ("check", ["--shots", "2", "--runs", "1"])):
        monkeypatch.setattr(sys, "argv", ["bench", name, *options, "--json"])
        main()
        found[name] = json.loads(capsys.readouterr().out)
    assert list(found["curves"]["seconds"]) == ["120", "240"]
    assert drawn("curves", found["curves"]) == ["30 curves over 240 frames"]
    assert found["check"]["check"]["cpu_s"] > found["check"]["pass"]["cpu_s"] > 0
    assert len(BENCHMARKS["check"].table(found["check"])) == 3
    assert "import numpy" in BENCHMARKS["check"].bound(found["check"])
    assert drawn("check", found["check"])


def test_samplers_are_compared_by_prompts_seen(monkeypatch, capsys) -> None:
    words = ["bench", "samplers", "--prompts", "1", "--steps", "1", "2", "--samplers", "plms", "ddim", "--json"]
    monkeypatch.setattr(sys, "argv", words)
    main()
    found = json.loads(capsys.readouterr().out)
    assert [[cell["steps"] for cell in row] for row in found["samplers"].values()] == [[1, 2], [1, 2]]
    assert all(0 <= cell["adherence"] <= 1 and cell["seconds"] > 0 for cell in found["samplers"]["plms"])
    assert len(BENCHMARKS["samplers"].table(found)) == 3
    assert drawn("samplers", found)
    assert "samplers" not in CHEAP


def test_listening_is_measured_by_songs_that_are_known(monkeypatch, capsys) -> None:
    monkeypatch.setattr("pipeline.bench.listen.catalogue", lambda seconds: (clicks("clicks", even(120, seconds)),))
    monkeypatch.setattr(sys, "argv", ["bench", "listen", "--seconds", "12", "--long", "12", "--longest", "8", "--json"])
    main()
    found = json.loads(capsys.readouterr().out)
    assert found["songs"]["clicks"]["beats"] >= 0.95
    assert found["first_s"] > found["again_s"] > 0
    assert found["megabytes"] > 0 < found["longest_megabytes"]
    assert len(BENCHMARKS["listen"].table(found)) == 4
    assert drawn("listen", found)


def test_the_store_is_measured_part_by_part(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "store", "--size", "64", "--runs", "2", "--json"])
    main()
    found = json.loads(capsys.readouterr().out)
    assert set(found["ms"]) == {"encode", "write", "commit", "read"}
    assert drawn("store", found)
    assert all(value > 0 for value in found["ms"].values())
    assert found["bytes"] > 1000


UNTOLD = ("--set", "look.cfg_scale=0")  # the tiny network takes no texts
PEERS = ["bench", "peers", "--size", "32x32", "--steps", "2", "--rounds", "1", "--threads", "1", "--json"]

IN_HALF = ["pipeline, in bfloat16"] if has_bfloat16() else []  # peers have single precision alone


def test_the_notebook_is_measured_in_turn(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", PEERS)
    main()
    found = json.loads(capsys.readouterr().out)
    assert list(found["times_as_fast"]) == ["notebook"]
    assert found["times_as_fast"]["notebook"]["notebook"] == 1
    assert all(value > 0 for value in found["step"].values())
    assert len(BENCHMARKS["peers"].table(found)) == 4 + len(IN_HALF)
    assert drawn("peers", found)
    times = found["step"]["notebook"] / found["step"]["the bare networks"]
    assert f"more than {times:.2f} times as fast" in BENCHMARKS["peers"].bound(found)


SPEAKS = """
import json, sys
from pathlib import Path
import numpy as np
isolated, runner, folder = sys.argv[1:]
assert isolated == "-I" and Path(runner).name == "discoart.py"
told = json.loads(Path(folder, "settings.json").read_text())
assert told["arguments"]["cut_innercut"] == "[4]*400+[12]*600" and len(told["alpha_bars"]) == 1000
for name in ("diffusion.npz", "clip-0.npz"):
    assert all(np.load(Path(folder, name))[key].size for key in np.load(Path(folder, name)))
print(json.dumps({"versions": {"discoart": "0.12.1", "torch": "1.0"}}), flush=True)
for number, line in enumerate(sys.stdin):
    print(json.dumps({"seconds": 20.0 + number}), flush=True)
"""


@pytest.fixture
def interpreter(tmp_path: Path):
    """Write what stands for the Python of another environment, whatever it is told to run."""

    def written(text: str) -> Path:
        path = tmp_path / "python"
        (tmp_path / "stands.py").write_text(text, encoding="utf-8")
        path.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{tmp_path / 'stands.py'}' \"$@\"\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return written


def test_discoart_is_measured_in_the_same_rounds(monkeypatch, capsys, interpreter) -> None:
    python = os.path.relpath(interpreter(SPEAKS))  # from here, not from where the guest is started
    monkeypatch.setattr(sys, "argv", [*PEERS, "--size", "64x64", "--discoart", python])
    main()
    found = json.loads(capsys.readouterr().out)
    rows = ["notebook", "discoart", "pipeline", *IN_HALF, "pipeline, the film's own cuts", "the bare networks"]
    assert list(found["step"]) == rows
    assert found["step"]["discoart"] == 21 / 2  # the first picture warms up
    times = found["times_as_fast"]["discoart"]
    assert times == {name: pytest.approx(10.5 / found["step"][name]) for name in rows}
    assert found["versions"]["discoart"] == "0.12.1" and found["versions"]["its torch"] == "1.0"
    lines = BENCHMARKS["peers"].table(found)
    assert [line.split("  ")[0] for line in lines] == rows
    assert lines[1].endswith("1.00 times as fast as discoart")


DIES = "import sys; print('no module named discoart', file=sys.stderr); sys.exit(3)"
DIES_LATER = f"print('{{\"versions\": {{}}}}', flush=True); input(); {DIES}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (DIES, "ended with status 3.*no module named discoart"),
        (DIES_LATER, "ended with status 3.*no module named discoart"),
        ("print('hello', flush=True); input()", "answers 'hello"),
        ("print('{}', flush=True); input()", "answers '{}"),
    ],
    ids=["at-once", "later", "no-json", "other-words"],
)
def test_a_guest_that_fails_says_why(text: str, told: str, interpreter, embedded_plan) -> None:
    plan, engine = embedded_plan("64x64")
    with pytest.raises(UsageError, match=f"(?s)--discoart.*{told}"), Guest(interpreter(text), plan, engine, SAME) as it:
        it.draw()


def test_a_guest_must_be_there_and_able(tmp_path: Path, interpreter, embedded_plan) -> None:
    with pytest.raises(UsageError, match=r"cannot be started \(no such file.*discoart==0.12.1"):
        Guest(tmp_path / "nowhere", *embedded_plan("64x64"), SAME)
    with pytest.raises(UsageError, match="32x64 would be cut; give a --size"):
        Guest(interpreter(SPEAKS), *embedded_plan("32x64"), SAME)


@pytest.fixture
def embedded_plan():
    """Return the first plan of an example at a size, and its engine."""

    def planned(size: str):
        film = load(Path("keyframes/lighthouse.yaml"), overrides=[f"size={size}", "threads=1"])
        return film.shots[0].plans[0], film.engine

    return planned


def test_the_cheap_ones_are_among_all() -> None:
    assert set(CHEAP) <= set(BENCHMARKS)


def test_drift_is_measured_by_second(monkeypatch, capsys, tmp_path, tiny_engine) -> None:
    words = [
        "bench",
        "drift",
        "--frames",
        "7",
        "--set",
        "fps=2",
        "--set",
        "size=32x32",
        "--set",
        "look.steps=2",
        "--set",
        "look.cfg_scale=0",
        "--json",
    ]
    monkeypatch.setattr(sys, "argv", [*words, "--out", str(tmp_path / "out")])
    main()
    found = json.loads(capsys.readouterr().out)
    assert [len(found["change"][name]) for name in MEASURES] == [3, 3, 3]
    assert [found["change"][name][0] for name in MEASURES] == [0, 0, 0]
    assert len(BENCHMARKS["drift"].table(found)) == 5
    assert drawn("drift", found)
    assert "drift" not in CHEAP


def test_what_is_seen_where_prompts_have_turned_is_compared(monkeypatch, capsys) -> None:
    monkeypatch.setattr("pipeline.bench.turns.FPS", 2)
    words = ["bench", "turns", "--prompts", "2", "--fade", "0.75", "--threads", "1", "--json"]
    monkeypatch.setattr(sys, "argv", words)
    main()
    found = json.loads(capsys.readouterr().out)
    assert [*found["seen"]] == [AS_IT_IS, NOT_RENEWED, STILLS]
    assert all(0 <= share <= 1 for kinds in found["kinds"].values() for share in kinds.values())
    assert len(BENCHMARKS["turns"].table(found)) == 3
    assert drawn("turns", found)
    assert "turns" not in CHEAP


def test_films_of_turns_hold_each_text_and_then_let_it_become_the_next() -> None:
    options = argparse.Namespace(fade=0.5, seed=4)
    film = film_of(["day", "night"], options, [])
    plans = film.shots[0].plans
    said = [{one.text: one.weight for one in plan.prompts} for plan in plans]
    assert len(plans) == 42
    assert said[15] == {"day": 1}
    assert said[18] == pytest.approx({"day": 0.5, "night": 0.5})
    assert said[21] == said[41] == {"night": 1}
    assert any(plan.look.renew for plan in plans)
    assert not any(plan.look.renew for plan in film_of(["day", "night"], options, ["look.renew=0"]).shots[0].plans)


def test_drift_speaks_of_light_colour_and_contrast() -> None:
    grey, red = np.full((4, 4, 3), 128, np.uint8), np.zeros((4, 4, 3), np.uint8)
    red[:2, :, 0] = 255
    assert measure(grey) == pytest.approx((53.6, 0, 0), abs=0.1)
    light, chroma, contrast = measure(red)
    assert (light, chroma, contrast) == pytest.approx((53.24 / 2, 104.55 / 2, 53.24 / 2), abs=0.1)
    assert by_second(np.array([[1.0], [3.0], [5.0], [7.0], [100.0]]), 2).tolist() == [[2.0], [6.0]]
    assert by_second(np.array([[1.0], [3.0]]), 12).tolist() == [[2.0]]


def test_warps_in_space_are_measured_beside_what_could_be_had() -> None:
    from pipeline.bench.space import CEILING, MOVES, WARPS, at_once, fidelity, table
    from pipeline.types import Size

    found = fidelity(MOVES["turning"], Size(36, 64))
    assert found[CEILING] == pytest.approx(found["splat"], abs=0.5)  # turning needs no distances
    assert found["splat"] > found["disco"] + 3
    once = at_once(MOVES["turning"], Size(36, 64))
    assert once["splat"] > found["splat"]
    row = {"size": "192x192", "path": "sideways", "splat": 32.5, "march": 33.0, "disco": 29.5, CEILING: 33.1}
    seconds = {"depth": 0.02, **dict.fromkeys(WARPS, 0.08)}
    found = {"rows": [row, row | {"disco": 20.0}], "seconds": seconds}
    lines = table(found)
    assert len(drawn("space", found)) == 2
    assert [line for line in lines if "dB to disco" in line] == [
        "  192x192 sideways: +3.0 dB to disco, of +3.6 that can be; all but that is lost to reading pictures"
    ]
    assert lines[-1].split() == [
        "with",
        "its",
        "distances",
        "100",
        "of",
        "which",
        "20",
        "for",
        "the",
        "embedded",
        "network",
    ]


def test_the_warping_error_of_a_film_over_a_film_is_measured(monkeypatch, capsys, tmp_path, tiny_engine) -> None:
    monkeypatch.setattr("pipeline.bench.follow.write", lambda path: write(path, frames(6, height=48, width=64)))
    words = ["bench", "follow", "--frames", "3", "--set", "size=32x32", "--set", "look.steps=2", *UNTOLD, "--json"]
    monkeypatch.setattr(sys, "argv", [*words, "--out", str(tmp_path / "out")])
    main()
    found = json.loads(capsys.readouterr().out)
    error = found["error"]
    assert list(error) == [*VARIANTS, "the clip itself"]
    assert min(error.values()) > 0
    assert error["the clip itself"] < min(error[name] for name in VARIANTS)
    assert len({error[name] for name in VARIANTS}) == 4  # each variant was drawn for itself
    assert len(BENCHMARKS["follow"].table(found)) == 6
    assert drawn("follow", found)
    assert "follow" not in CHEAP


def test_an_estimate_is_held_against_the_truth(monkeypatch, capsys, tiny_engine) -> None:
    monkeypatch.setattr("pipeline.forecast.measure.ENOUGH_S", 0.01)
    words = [
        "bench",
        "estimate",
        "--rounds",
        "1",
        "--set",
        "frames=2",
        "--set",
        "size=32x32",
        "--set",
        "look.steps=2",
        *UNTOLD,
    ]
    monkeypatch.setattr(sys, "argv", [*words, "--json"])
    main()
    found = json.loads(capsys.readouterr().out)
    (film,) = found["films"]
    (row,) = film["rows"]
    assert film["error"] == pytest.approx(abs(row["estimate"] / row["truth"] - 1))
    assert len(BENCHMARKS["estimate"].table(found)) == 3
    assert drawn("estimate", found)


def test_a_render_is_parted_and_its_memory_watched(monkeypatch, capsys, tiny_engine) -> None:
    monkeypatch.setattr("pipeline.bench.film.first_frame", lambda file, config, settings: 1.5)
    words = ["bench", "film", "--set", "frames=3", "--set", "size=32x32", "--set", "look.steps=2", *UNTOLD, "--json"]
    monkeypatch.setattr(sys, "argv", words)
    main()
    found = json.loads(capsys.readouterr().out)
    assert list(found["parts"]) == ["plan", "load", "move", "sample", "store", "assemble"]
    assert min(found["parts"].values()) > 0
    assert 0 < found["outside"] < 1
    assert len(found["memory"]) == 3
    assert min(found["memory"]) > 1e7
    assert len(BENCHMARKS["film"].table(found)) == 10
    assert drawn("film", found)


def test_scaling_is_held_against_a_straight_line(monkeypatch, capsys, tiny_engine, tiny_text, tmp_path) -> None:
    film = tmp_path / "film.yaml"
    film.write_text(tiny_text, encoding="utf-8")
    for name, sizes in {
        "FRAMES": (1, 2),
        "SIDES": (16, 32),
        "CUTS": (2, 4),
        "TAKES": (1, 2),
        "PICTURES": (1, 3),
    }.items():
        monkeypatch.setattr(f"pipeline.bench.scaling.{name}", sizes)
    monkeypatch.setattr(sys, "argv", ["bench", "scaling", str(film), "--rounds", "1", "--json"])
    main()
    found = json.loads(capsys.readouterr().out)
    assert {name: [int(size) for size, _ in row] for name, row in found["rows"].items()} == {
        "frames": [1, 2],
        "pixels": [256, 1024],
        "cuts": [2, 4],
        "takes": [1, 2],
        "pictures": [1, 3],
    }
    alone, three = (seconds for _, seconds in found["rows"]["pictures"])
    assert shared({"rows": {"takes": [[1, 2.0]]}}) == {}
    assert shared(found) == {3: pytest.approx(three / 3 / alone)}
    assert len(BENCHMARKS["scaling"].table(found)) == 6
    assert [claim.what for claim in BENCHMARKS["scaling"].claims(found)][-1].startswith("a picture in a call of 3 of")
    assert drawn("scaling", found)
    assert straightness([[1, 1.0], [2, 2.0], [3, 3.0]]) == pytest.approx(0)
    assert straightness([[1, 1.0], [2, 3.0], [3, 2.0]]) == pytest.approx(0.5)
    assert {"estimate", "film", "scaling"} & {*CHEAP} == set()


def test_a_step_is_measured_alone_and_beside_a_busy_program(monkeypatch, capsys, tmp_path, tiny_text) -> None:
    film = tmp_path / "film.yaml"
    film.write_text(tiny_text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["bench", "busy", str(film), "--rounds", "1", "--steps", "3", "--json"])
    main()
    found = json.loads(capsys.readouterr().out)
    assert min(found[way][where] for way in ("ours", "usual") for where in ("alone", "beside")) > 0
    assert found["machine"]["threads"] >= 1
    assert len(BENCHMARKS["busy"].table(found)) == 2
    assert drawn("busy", found)[2] == "a step beside a busy program, in steps alone"
    assert "busy" not in CHEAP
