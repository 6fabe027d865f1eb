"""Results that are kept: a file, a picture and rows of the page for each, and an error for whatever else lies there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pipeline.bench import kept
from pipeline.bench.__main__ import BENCHMARKS, main
from pipeline.bench.findings import Bar, Claim
from pipeline.bench.machine import machine, told
from pipeline.bench.page import page
from pipeline.errors import StoreError

ROOT = Path(__file__).resolve().parents[1]
HERE = {"processor": "One", "cores": 2, "threads": 2, "device": "cpu", "torch": "2.13.0"}
CARD = HERE | {"device": "A card"}


def stepped(ratio: float, where: dict | None = None) -> dict:
    parts = {"denoiser": 0.03, "perceptors": 0.04, "cutouts": 0.01, "rest": -0.001}
    told = {"command": "step a.yaml", "machine": where or HERE}
    return told | {"step": 0.08, "parts": parts, "floor": 0.08 / ratio, "ratio": ratio}


def rows_of(folder: Path, name: str) -> list[list[str]]:
    lines = (folder / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    return [row for row in rows if row[0] == f"[{name}](#{name})"]


def test_saving_writes_numbers_picture_and_page(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("pipeline.bench.__main__.FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "store", "--size", "64", "--runs", "1", "--save", "--json"])
    main()
    found = json.loads(capsys.readouterr().out)
    (one,) = json.loads((tmp_path / "results" / "store.json").read_text())["results"]
    assert one["ms"]["commit"] == pytest.approx(found["ms"]["commit"], rel=1e-5)
    assert one["machine"] == machine()
    assert one["date"] == kept.today()
    assert (tmp_path / "results" / "store.png").read_bytes().startswith(b"\x89PNG")
    ((_, what, aim, value, where, date, commit, command),) = rows_of(tmp_path, "store")
    assert what.endswith("packed and safe") and aim == "" and value.endswith(" ms")
    assert (where, date, commit) == (told(machine()), one["date"], one["commit"])
    assert command == "`python -m pipeline.bench store --size 64 --runs 1`"
    assert "![store](results/store.png)" in (tmp_path / "README.md").read_text()


def test_without_save_nothing_is_written(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("pipeline.bench.__main__.FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "store", "--size", "64", "--runs", "1"])
    main()
    assert told(machine()) in capsys.readouterr().out
    assert [*tmp_path.iterdir()] == []


def test_a_machine_takes_the_place_of_its_own_row_alone(tmp_path: Path) -> None:
    kept.save("step", stepped(1.1), tmp_path, BENCHMARKS)
    kept.save("step", stepped(1.2, CARD), tmp_path, BENCHMARKS)
    two = (tmp_path / "results" / "step.png").read_bytes()
    kept.save("step", stepped(1.3, HERE | {"torch": "3.0"}), tmp_path, BENCHMARKS)
    found = kept.read_all(tmp_path, BENCHMARKS)["step"]
    assert sorted((one["machine"]["device"], one["ratio"]) for one in found) == [("A card", 1.2), ("cpu", 1.3)]
    rows = {row[4]: (row[2], row[3]) for row in rows_of(tmp_path, "step")}
    assert rows == {
        "One, 2 cores, 2 threads, A card, torch 2.13.0": ("at most 1.15", "**1.20, missed by 0.05**"),
        "One, 2 cores, 2 threads, torch 3.0": ("at most 1.25", "**1.30, missed by 0.05**"),
    }
    assert (tmp_path / "results" / "step.png").read_bytes() != two


def test_an_aim_is_met_or_missed_by_so_much() -> None:
    assert Claim("x", 1.25, aim=1.25).found == "1.25"
    assert Claim("x", 1.5, aim=1.25).found == "1.50, missed by 0.25"
    assert Claim("x", 1.5, aim=2.0, at_least=True).found == "1.50, missed by 0.50"
    assert (Claim("x", 0.1, "{:.0%}", 0.15).aimed, Claim("x", 9.0).aimed) == ("at most 15%", "")
    assert [Bar("x", {"": 1.9}, aim=2.0, at_least=low).misses for low in (True, False)] == [True, False]


def test_peers_of_any_name_have_a_row_each() -> None:
    own = {"pipeline": 1.9, "pipeline, in bfloat16": 2.1, "pipeline, the film's own cuts": 4.5}
    ways = {"notebook": 1.0, "another": 0.9, **own}
    step = {name: 0.2 / times for name, times in ways.items()}
    found = {"machine": HERE, "step": step, "times_as_fast": {"notebook": ways, "another": ways}}
    claims = BENCHMARKS["peers"].claims(found)
    assert [(claim.aim, round(claim.missed_by, 2)) for claim in claims] == [(2.0, 0.1), (2.0, 0.0), (4.0, 0.0)] * 2
    assert len(BENCHMARKS["peers"].panels(found)) == 2
    card = BENCHMARKS["peers"].claims(found | {"machine": CARD})
    assert [claim.aim for claim in card] == [None] * 6


def test_the_page_says_what_bounds_a_number() -> None:
    seconds = {"wall_s": 0.4, "cpu_s": 0.3}
    found = {"command": "check", "machine": HERE, "commit": "abc", "date": "2026-01-02"}
    found |= {"check": {"wall_s": 0.9, "cpu_s": 0.8}, "libraries": seconds, "pass": seconds}
    text = page({"check": [found]}, BENCHMARKS)
    assert "`import numpy, numexpr, typer, yaml` alone takes 0.40 s of the 0.90 s." in text
    del found["libraries"]
    with pytest.raises(KeyError):
        page({"check": [found]}, BENCHMARKS)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("walk", "{}", "there is no benchmark of this name"),
        ("step", '{"results": [', "it cannot be read"),
        ("step", "[]", "there is no list of results"),
        ("step", '{"results": []}', "there is no list of results"),
        ("step", '{"results": [3]}', "result 1 has no names and values"),
        ("step", '{"results": [{"command": "step", "machine": {}, "date": "x"}]}', "result 1 has no commit"),
        (
            "step",
            json.dumps({"results": [stepped(1.1, {"cores": 2}) | {"commit": "", "date": "x"}]}),
            "no device",
        ),
        ("step", json.dumps({"results": [stepped(1.1) | {"commit": "", "date": "x", "ratio": "1"}]}), "lacks numbers"),
        ("film", json.dumps({"results": [stepped(1.1) | {"commit": "", "date": "x"}]}), "lacks numbers"),
    ],
)
def test_what_is_unknown_or_damaged_is_told_before_anything_is_measured(
    name: str, text: str, says: str, tmp_path: Path, monkeypatch, capsys
) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / f"{name}.json").write_text(text)
    monkeypatch.setattr("pipeline.bench.__main__.FOLDER", tmp_path)
    monkeypatch.setattr("pipeline.bench.store.run", lambda options: pytest.fail("it was measured"))
    for words in (["store", "--save"], ["report"]):
        monkeypatch.setattr(sys, "argv", ["bench", *words])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == StoreError.exit_code
        said = capsys.readouterr().err
        assert f"results/{name}.json: " in said and says in said
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_benchmark_that_was_not_kept_yet_takes_its_place_on_the_page(tmp_path: Path) -> None:
    later = dict.fromkeys(("first", "second"), BENCHMARKS["step"])
    for name in ("second", "first"):
        kept.save(name, stepped(1.1), tmp_path, later)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == page(kept.read_all(tmp_path, later), later)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.index("## first") < text.index("## second")


def test_the_page_and_pictures_are_written_anew(tmp_path: Path, monkeypatch) -> None:
    kept.save("step", stepped(1.1), tmp_path, BENCHMARKS)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert len(before) == 3
    for path in before:
        if path.suffix != ".json":
            path.unlink()
    monkeypatch.setattr("pipeline.bench.__main__.FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "report"])
    main()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_the_kept_page_is_what_the_kept_numbers_say() -> None:
    folder = ROOT / "benchmarks"
    results = kept.read_all(folder, BENCHMARKS)
    assert (folder / "README.md").read_text(encoding="utf-8") == page(results, BENCHMARKS)
    assert sorted(path.stem for path in folder.glob("results/*.png")) == sorted(results)
