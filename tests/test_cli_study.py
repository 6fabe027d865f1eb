"""The commands that study a film: what they print, and how they refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from pipeline.cli.study import shown

ROOT = Path(__file__).resolve().parents[1]
SPIN = ROOT / "keyframes" / "spin.yaml"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, tiny_text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder with one keyframe file, at a terminal of a hundred columns."""
    (tmp_path / "tiny.yaml").write_text(tiny_text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def row(text: str, name: str) -> list[str]:
    """Return the cells of a table's row."""
    line = next(line for line in text.splitlines() if line.split()[:1] == [name])
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_explain_prints_a_table_that_fits(command) -> None:
    answer = command("explain", SPIN, "--frame", 27, "--set", "look.eta=0.3")
    assert (answer.code, answer.err) == (0, "")
    assert max(map(len, answer.out.splitlines())) <= 100
    assert answer.out.startswith(f"{SPIN}: frame 27 of 0 to 47, shot 'spin' frame 27 of 0 to 47, 2.25 s\n")
    assert row(answer.out, "camera.border") == ["camera.border", "wrap", "spin.yaml:16:11"]
    assert row(answer.out, "look.eta") == ["look.eta", "0.3", "--set"]
    assert row(answer.out, "look.guidance_scale")[1] == "3000 for 2 steps, then 2000 for 2"
    assert row(answer.out, "prompts") == ["prompts", "between the prompts at frame 18 and 30, linear, 75 %"]
    assert row(answer.out, "prompts.1.text")[1] == "a stained glass window of a windmill at sunset"
    assert "has no camera move" not in answer.out


def test_explain_begins_with_the_first_frame_and_says_what_is_special_about_it(command) -> None:
    answer = command("explain", "tiny.yaml")
    assert "the first frame of a shot is drawn from noise: it has no camera move" in answer.out
    assert row(answer.out, "camera.zoom") == ["camera.zoom", "1.05", "tiny.yaml:11:16"]


def test_long_texts_are_cut_in_the_table_only(command) -> None:
    Path("long.yaml").write_text(f"prompts: {'very ' * 50}long\nframes: 2\n")
    assert "…" in command("explain", "long.yaml").out
    assert json.loads(command("explain", "long.yaml", "--json").out)["prompts.0.text"] == "very " * 50 + "long"


def test_explain_as_json_is_flat(command) -> None:
    told = json.loads(command("explain", SPIN, "--frame", 27, "--json").out)
    assert {type(value) for value in told.values()} <= {str, int, float, list}
    assert (told["shot"], told["frame"], told["sec"], told["look.steps"]) == ("spin", 27, 2.25, 10)
    assert told["look.guidance_scale"] == [3000] * 2 + [2000] * 2
    assert told["prompts.0.weight"] == 0.25
    assert not any(name.endswith((".from", ".how")) for name in told)


def test_where_adds_places(command) -> None:
    told = json.loads(command("explain", "tiny.yaml", "--json", "--where").out)
    assert told["camera.zoom"] == 1.05
    assert (told["camera.zoom.from"], told["camera.zoom.how"]) == ("tiny.yaml:11:16", "constant")
    assert (told["camera.shear_x.from"], told["camera.shear_x.how"]) == (None, "not set")


def test_a_curve_is_a_table(command) -> None:
    lines = command("explain", SPIN, "--curve", "camera.roll").out.splitlines()
    assert lines[0].split() == ["shot", "frame", "seconds", "value"]
    assert len([line for line in lines[1:] if line.strip()[:1].isdigit() or line.startswith("spin")]) == 48
    assert lines[1].split()[:5] == ["spin", "0", "0.000", "0", "*"]
    assert sum(" * " in line for line in lines) == 2
    assert max(map(len, lines)) <= 100


def test_a_curve_as_json_is_a_list(command) -> None:
    told = json.loads(command("explain", SPIN, "--curve", "look.guidance_scale", "--json").out)
    assert len(told) == 48
    assert told[1] == {"shot": "spin", "frame": 1, "value": [3000.0] * 2 + [2000.0] * 2}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--frame", 6), "--frame 6: tiny.yaml has frames 0 to 5; choose one of them"),
        (("--curve", "camera.rol"), "--curve camera.rol: there is no such value; did you mean 'camera.roll'?"),
        (("--frame", 1, "--curve", "camera.roll"), "--curve camera.roll: tells of every frame, so --frame 1 says"),
        (("--where",), "--where: belongs to the object that --json prints for a frame; add --json, or leave it out"),
        (("--set", "look.etta=1"), "--set:1:6: unknown key 'etta' in look; did you mean 'eta'?"),
    ],
)
def test_explain_refuses(command, arguments: tuple[object, ...], message: str) -> None:
    answer = command("explain", "tiny.yaml", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (1 / 3, "0.333333"),
        (25, "25"),
        ([], "none"),
        (["a", "b"], "a, b"),
        ([12, 12, 4], "12 for 2 steps, then 4 for 1"),
        ([1.5, 2.0, 2.0, 3.0], "1.5 for 1 step, then 2 for 2, then 3 for 1"),
        ([0.1, 0.2, 0.3, 0.4], "0.1 to 0.4 over 4 steps"),
    ],
)
def test_values_are_shown_in_short(value: object, text: str) -> None:
    assert shown(value) == text


def test_plot_writes_a_picture_and_names_it(command) -> None:
    assert command("plot", "tiny.yaml").out == "outputs/tiny-plot.png\n"
    assert Path("outputs/tiny-plot.png").read_bytes().startswith(b"\x89PNG")
    assert command("plot", "tiny.yaml", "--out", "there/one.svg", "--curve", "camera.roll").out == "there/one.svg\n"
    assert "camera.roll" in Path("there/one.svg").read_text()


def test_plot_refuses(command) -> None:
    answer = command("plot", "tiny.yaml", "--curve", "look.step")
    assert (answer.code, answer.out) == (2, "")
    assert "--curve look.step: there is no such value; did you mean 'look.steps'?" in answer.err
    assert "choose a name that ends in .png or .svg" in command("plot", "tiny.yaml", "--out", "x.gif").err
    assert not Path("outputs").exists()


def test_schema_is_one_and_its_help_says_how_to_use_it(command) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(command("schema").out))
    assert "# yaml-language-server: $schema=keyframes.schema.json" in command("schema", "--help").out


def test_studying_loads_no_torch() -> None:
    commands = [["explain", str(SPIN)], ["plot", str(SPIN), "--out", "spin.svg"], ["schema"]]
    probe = "import sys; from typer.testing import CliRunner; from pipeline.cli import app\n"
    probe += f"codes = [CliRunner().invoke(app, command).exit_code for command in {commands!r}]\n"
    probe += "print(codes, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.stdout == "[0, 0, 0] False\n", done.stderr
