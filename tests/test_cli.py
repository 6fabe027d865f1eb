"""The command line: what each command says, and with which code it leaves; never a traceback.

Most commands run in this process with the tiny engine, because an import of torch takes seconds.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import pytest

from pipeline import load
from pipeline.store import hold

ROOT = Path(__file__).resolve().parents[1]
LIGHTHOUSE = ROOT / "keyframes" / "lighthouse.yaml"


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, tiny_text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in an empty folder with one keyframe file, with a terminal so wide that no message is broken."""
    (tmp_path / "tiny.yaml").write_text(tiny_text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path


def child(*arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Run `python -m pipeline` as a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, arguments)],
        **{"env": env, "capture_output": True, "text": True, "check": False, "timeout": 120, **options},
    )


# --- what the commands do ---------------------------------------------------------------------------------------------


def test_render_names_the_film_and_counts(command, tiny_engine) -> None:
    answer = command("render", "tiny.yaml")
    assert answer.code == 0
    assert re.fullmatch(r"outputs/tiny/tiny\.mp4: 6 frames, 6 drawn, \d+\.\d\d s each, 0 kept\n", answer.out)
    assert Path("outputs/tiny/tiny.mp4").is_file()
    assert command("render", "tiny.yaml").out == "outputs/tiny/tiny.mp4: 6 frames, 0 drawn, 6 kept\n"


def test_render_reports_as_json(command, tiny_engine) -> None:
    part = command("render", "tiny.yaml", "--out", "there", "--frames", ":2", "--json")
    assert json.loads(part.out) == {"film": None, "folder": "there", "drawn": 2, "kept": 0, "frames": 6}
    whole = command("render", "tiny.yaml", "--out", "there", "--json")
    assert json.loads(whole.out) == {
        "film": "there/tiny.mp4",
        "folder": "there",
        "drawn": 4,
        "kept": 2,
        "frames": 6,
    }
    assert part.err == whole.err == ""


def test_render_of_a_part_says_so(command, tiny_engine) -> None:
    answer = command("render", "tiny.yaml", "--frames", "0:3")
    assert re.fullmatch(
        r"outputs/tiny: 6 frames, 3 drawn, .* s each, 0 kept; run without --frames for the whole film\n", answer.out
    )


def test_progress_in_a_file_is_a_line_for_every_tenth(command, tiny_engine) -> None:
    first, *lines = command("render", "tiny.yaml").err.splitlines()
    assert first == "outputs/tiny: frames 0-5 to render (not there yet), for how long is not known yet"
    assert len(lines) == 6
    assert re.fullmatch(r"frame 6/6  \d+\.\d\d s/frame, 0:00 left", lines[-1])
    assert "\x1b" not in "".join(lines)


def test_options_reach_the_film(command, tiny_engine) -> None:
    answer = command("render", "tiny.yaml", "--set", "frames=2", "--set", "size=64x32", "--seed", "9", "--out", "x")
    assert answer.code == 0
    assert cv2.imread("x/frames/tiny/00001.png").shape == (32, 64, 3)
    assert command("render", "tiny.yaml", "--set", "frames=2", "--seed", "8", "--frames", "0:1", "--json").code == 0
    again = command("render", "tiny.yaml", "--set", "frames=2", "--set", "size=64x32", "--set", "seed=9", "--out", "x")
    assert "0 drawn" in again.out


def test_preview_writes_a_picture_and_no_frame(command, tiny_engine) -> None:
    assert command("preview", "tiny.yaml", "--frame", "2").out == "outputs/tiny-preview-00002.png\n"
    assert cv2.imread("outputs/tiny-preview-00002.png").shape == (32, 32, 3)
    assert command("preview", "tiny.yaml", "--steps-sheet", "--out", "a/b.png").out == "a/b.png\n"
    assert cv2.imread("a/b.png").shape == (136, 408, 3)
    assert [path.name for path in Path("outputs").iterdir()] == ["tiny-preview-00002.png"]


def test_preview_shows_a_frame_as_large_as_the_film_by_the_network_that_enlarges_it(command, tiny_engine) -> None:
    larger = ("--set", "film.upscale=4x", "--set", "film.upscaler=painted-upscaler")
    answer = command("preview", "tiny.yaml", "--frame", "0", *larger)
    assert answer.err.endswith("; enlarged 4x by painted-upscaler, as in the film\n")
    shown = cv2.imread("outputs/tiny-preview-00000.png")
    assert shown.shape == (128, 128, 3)
    command("preview", "tiny.yaml", "--frame", "0", "--out", "small.png")
    small = cv2.imread("small.png")
    apart = cv2.resize(shown, (32, 32), interpolation=cv2.INTER_AREA).astype(float) - small
    assert abs(apart.mean()) < 8


def test_preview_says_how_it_was_drawn_and_leaves_the_films_frames_alone(command, tiny_engine) -> None:
    command("render", "tiny.yaml", "--frames", "0:2")
    before = sorted(Path("outputs/tiny").rglob("*"))
    for frame, how in (
        (1, "the stored frame"),
        (2, "exact, from stored frame 1"),
        (4, "from stored frame 1, 3 camera moves composed, denoised once"),
    ):
        answer = command("preview", "tiny.yaml", "--frame", frame)
        path = f"outputs/tiny-preview-{frame:05d}.png"
        assert (answer.code, answer.out, answer.err) == (0, f"{path}\n", f"{path}: {how}\n")
    assert sorted(Path("outputs/tiny").rglob("*")) == before
    near = Path("outputs/tiny-preview-00002.png").read_bytes()
    Path("outputs/tiny").rename("elsewhere")
    assert command("preview", "tiny.yaml", "--frame", 2).err.endswith("no earlier frame of the shot is stored\n")
    assert command("preview", "tiny.yaml", "--frame", 2, "--from", "elsewhere").err.endswith("from stored frame 1\n")
    assert Path("outputs/tiny-preview-00002.png").read_bytes() == near
    Path("elsewhere").rename("outputs/tiny")
    assert command("preview", "tiny.yaml", "--frame", 2, "--from-noise").err.endswith("from noise: as asked\n")


def test_preview_lays_out_a_film_and_several_settings(command, tiny_engine) -> None:
    command("render", "tiny.yaml", "--frames", "0:2")
    tiny_engine.asked.clear()
    answer = command("preview", "tiny.yaml", "--sheet", 6)
    assert answer.out == "outputs/tiny-preview-sheet.png\n"
    assert answer.err == "outputs/tiny-preview-sheet.png: 2 stored, 1 exact, 3 by composed moves\n"
    assert cv2.imread("outputs/tiny-preview-sheet.png").shape[1] == 4 * 232 + 8
    assert len(tiny_engine.asked) == 1
    answer = command("preview", "tiny.yaml", "--frame", 2, "--compare", "look.guidance_scale=1,where(p<0.5,9000,1)")
    assert answer.out == "outputs/tiny-preview-00002-compare.png\n"
    assert answer.err.endswith(": from stored frame 1, made without the setting\n")
    assert cv2.imread("outputs/tiny-preview-00002-compare.png").shape[1] == 2 * 232 + 8
    assert len(tiny_engine.asked) == 2


def test_compare_loads_nothing_when_one_setting_is_wrong(command, tiny_engine) -> None:
    answer = command("preview", "tiny.yaml", "--compare", "look.steps=4,many,8,0")
    assert (answer.code, answer.out) == (2, "")
    lines = answer.err.splitlines()
    assert [line.split(": ")[0] for line in lines[::3]] == [
        "--compare look.steps=0:1:12",
        "--compare look.steps=many:1:12",
    ]
    assert lines[4:] == ["    look.steps=many", "               ^"]
    assert tiny_engine.asked == []
    assert not Path("outputs").exists()


def test_animatic_shows_the_film_without_a_model(command, tiny_engine) -> None:
    answer = command("animatic", "tiny.yaml", "--width", 320)
    assert re.fullmatch(r"outputs/tiny-animatic\.mp4: 6 frames, 1\.00 s, 320x\d+\n", answer.out)
    assert answer.err.splitlines()[-1].startswith("frame 6/6")
    report = json.loads(command("animatic", "tiny.yaml", "--frames", "1:3", "--out", "a/b.mp4", "--json").out)
    assert report.pop("size")["width"] == 640
    assert report == {"film": "a/b.mp4", "frames": 2, "fps": 6.0, "sources": {"tiny": "card"}, "curves": []}
    assert tiny_engine.asked == []


def test_animatic_of_stills_says_which_are_missing(command, tiny_engine) -> None:
    shots = "shots: [{name: a, frames: 2}, {name: b, frames: 2}]\n"
    Path("two.yaml").write_text(
        Path("tiny.yaml").read_text().replace("frames: 6\n", shots).replace("  3: snow on a hill\n", "")
    )
    command("render", "two.yaml", "--frames", "2:3")
    answer = command("animatic", "two.yaml", "--stills", "--width", 320)
    assert "outputs/two: the first frame of a is not stored; the card stands in its place" in answer.err.splitlines()
    found = json.loads(command("animatic", "two.yaml", "--stills", "--from", "outputs/two", "--json").out)["sources"]
    assert found == {"a": "card", "b": "outputs/two/frames/b/00000.png"}


def test_check_says_what_the_film_is(command) -> None:
    answer = command("check", "tiny.yaml")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "tiny.yaml: good; 6 frames at 6 fps (1.00 s), 32x32, shots: tiny 6\n"
    report = json.loads(command("check", "tiny.yaml", "--set", "fps=4", "--json").out)
    assert report == {
        "file": "tiny.yaml",
        "name": "tiny",
        "frames": 6,
        "fps": 4.0,
        "seconds": 1.5,
        "size": {"height": 32, "width": 32},
        "shots": [{"name": "tiny", "frames": 6}],
        "warnings": [],
    }
    assert [path.name for path in Path().iterdir()] == ["tiny.yaml"]


def test_assemble_and_sheet_need_the_folder_alone(command, tiny_engine) -> None:
    command("render", "tiny.yaml")
    Path("tiny.yaml").unlink()
    before = Path("outputs/tiny/tiny.mp4").read_bytes()
    assert command("assemble", "outputs/tiny").out == "outputs/tiny/tiny.mp4\n"
    assert json.loads(command("assemble", "outputs/tiny", "--out", "other.mp4", "--json").out) == {"film": "other.mp4"}
    assert Path("other.mp4").read_bytes() == Path("outputs/tiny/tiny.mp4").read_bytes() == before
    assert command("sheet", "outputs/tiny", "--count", 4, "--columns", 2).out == "outputs/tiny/sheet.png\n"
    assert cv2.imread("outputs/tiny/sheet.png").shape == (72, 72, 3)
    Path("outputs/tiny/frames/tiny/00005.png").unlink()
    answer = command("sheet", "outputs/tiny", "--count", 4, "--columns", 2)
    assert answer.out == "outputs/tiny/sheet.png\n"
    assert answer.err == "outputs/tiny: 5 of 6 frames are drawn; the sheet is of these\n"


def test_models_are_listed(command) -> None:
    found = json.loads(command("models", "list", "--json").out)
    assert {"name", "kind", "purpose", "bytes", "sha256", "licence", "state"} <= set(found[0])
    names = [one["name"] for one in found]
    engine = load(LIGHTHOUSE).engine
    assert {engine.diffusion_model, *engine.clip_models} <= set(names)
    text = command("models", "list").out
    assert all(name in text for name in names)


def first(text: str) -> str:
    """Return the first line."""
    return text.split("\n")[0]


# --- the codes it leaves with -----------------------------------------------------------------------------------------

WRONG = [
    (["check", "none.yaml"], r"none\.yaml:1:1: the file cannot be read .*; check the path"),
    (["check", "tiny.yaml", "--set", "fps"], r"--set:1:1: not KEY=VALUE .*; write it as .*"),
    (["check", "tiny.yaml", "--set", "fsp=3"], r"--set:1:1: .*'fsp'.*; did you mean 'fps'.*"),
    (["check", "tiny.yaml", "--set", "look.steps=many"], r"--set:1:12: .*; .*"),
    (["check", "tiny.yaml", "--set", "camera.zoom=__import__('os')"], r"--set:1:\d+: .*; .*"),
    (["check", "tiny.yaml", "--config", "nothing"], r"--config:1:1: there is no preset 'nothing'; .*"),
    (["check", "tiny.yaml", "--config", "./no.yaml"], r"no\.yaml:1:1: the file cannot be read .*"),
    (["render", "tiny.yaml", "--seed", "-1"], r"--seed:1:1: .*; .*"),
    (["render", "tiny.yaml", "--frames", "3"], r"--frames 3: is not a range of frames; write A:B, such as 0:24"),
    (["render", "tiny.yaml", "--frames", "a:b"], r"--frames a:b: is not a range .*"),
    (["render", "tiny.yaml", "--frames", "-1:3"], r"--frames -1:3: is not a range .*"),
    (["render", "tiny.yaml", "--frames", "1:2:3"], r"--frames 1:2:3: is not a range .*"),
    (["render", "tiny.yaml", "--frames", "²:3"], r"--frames ²:3: is not a range .*"),
    (["render", "tiny.yaml", "--frames", "0:" + "9" * 5000], r"--frames 0:9+: is not a range .*"),
    (["render", "tiny.yaml", "--frames", "3:3"], r"--frames 3:3: the film has frames 0 to 5; choose .* inside 0:6"),
    (["render", "tiny.yaml", "--frames", "4:7"], r"--frames 4:7: the film has frames 0 to 5; choose .* inside 0:6"),
    (
        ["preview", "tiny.yaml", "--sheet", "3", "--frame", "2"],
        r"--frame and --sheet: they cannot go together; leave .*",
    ),
    (
        ["preview", "tiny.yaml", "--sheet", "3", "--compare", "look.steps=2,3"],
        r"--sheet and --compare: they cannot go together; leave one out",
    ),
    (["preview", "tiny.yaml", "--steps-sheet", "--sheet", "3"], r"--sheet and --steps-sheet: they cannot go .*"),
    (["preview", "tiny.yaml", "--steps-sheet", "--from", "x"], r"--from and --steps-sheet: they cannot go .*"),
    (["preview", "tiny.yaml", "--from-noise", "--from", "x"], r"--from and --from-noise: they cannot go .*"),
    (["preview", "tiny.yaml", "--compare", "look.steps=2"], r"--compare look\.steps=2: there is one value .*"),
    (["animatic", "tiny.yaml", "--width", "641"], r"--width 641: is not an even number from 320 to 1920; .*"),
    (["animatic", "tiny.yaml", "--curve", "zoom"], r"--curve zoom: the film has no such number; use one of .*"),
    (["animatic", "tiny.yaml", "--image", "no.png"], r"no\.png: cannot be read \(no such file or directory\); .*"),
    (["animatic", "tiny.yaml", "--image", "x", "--stills"], r"--image and --stills: they cannot go together; .*"),
    (["animatic", "tiny.yaml", "--from", "x"], r"--from: says where stills lie, .*; add --stills or leave it out"),
    (["animatic", "tiny.yaml", "--frames", "4:7"], r"--frames 4:7: the film has frames 0 to 5; .*"),
    (["preview", "tiny.yaml", "--frame", "6"], r"--frame 6: tiny\.yaml has frames 0 to 5; choose one of them"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(arguments)[:40] for arguments, _ in WRONG])
def test_what_the_artist_got_wrong_leaves_with_2(command, tiny_engine, arguments: list[str], said: str) -> None:
    answer = command(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert re.fullmatch(said, first(answer.err)), answer.err
    assert not Path("outputs").exists()
    assert tiny_engine.asked == []


def test_a_model_nobody_knows_is_found_by_check(command) -> None:
    answer = command("check", "tiny.yaml", "--set", "models.diffusion=painted-world-182")
    assert (answer.code, answer.out) == (3, "")
    assert "painted-world-182" in answer.err
    assert "painted-world-128" in answer.err


def test_a_model_that_enlarges_nothing_is_found_by_check(command, tiny_engine) -> None:
    text = Path("tiny.yaml").read_text().replace("film: {", "film: {upscale: 4x, upscaler: painted-clip-a, ")
    Path("tiny.yaml").write_text(text)
    for name in ("check", "render"):
        answer = command(name, "tiny.yaml")
        assert (answer.code, answer.out) == (2, "")
        assert "tiny.yaml:13:" in answer.err and "painted-clip-a is a clip model; name an upscaler model" in answer.err
    assert tiny_engine.asked == []


def test_all_mistakes_are_said_at_once_with_their_places(command) -> None:
    Path("tiny.yaml").write_text("prompts: a fox\nfpss: 12\ncamera: {zoom: 1 +, rol: 2}\nlook:\n  steps: many\n")
    answer = command("check", "tiny.yaml")
    assert answer.code == 2
    lines = answer.err.splitlines()
    assert [line.split(": ")[0] for line in lines[::3]] == [f"tiny.yaml:{at}" for at in ("2:1", "3:19", "3:21", "5:10")]
    assert lines[4:6] == ["    camera: {zoom: 1 +, rol: 2}", "                      ^"]


def test_warnings_are_said_and_can_be_silenced(command, tiny_engine) -> None:
    text = Path("tiny.yaml").read_text() + "let: {slow: 2}\n"
    Path("tiny.yaml").write_text(text)
    answer = command("check", "tiny.yaml")
    assert answer.code == 0
    assert answer.out.startswith("tiny.yaml: good with 1 warning; 6 frames")
    place = f"tiny.yaml:{text.count(chr(10))}:7"
    assert answer.err.splitlines() == [
        f"{place}: warning: the value 'slow' is not used; remove it, or check its name [unused-name]",
        "    let: {slow: 2}",
        "          ^",
    ]
    report = command("check", "tiny.yaml", "--json")
    assert report.err == ""
    assert json.loads(report.out)["warnings"] == [
        {
            "code": "unused-name",
            "place": place,
            "what": "the value 'slow' is not used",
            "do": "remove it, or check its name",
        }
    ]
    for quiet in (
        ["--set", "silence=[unused-name, size-far]"],
        ["--set", "silence=[unused-label, unused-name, size-far]"],
    ):
        assert command("check", "tiny.yaml", *quiet).err == ""
    assert command("render", "tiny.yaml", "--frames", ":1").err.startswith(f"{place}: warning: ")
    assert "did you mean 'unused-name'?" in command("check", "tiny.yaml", "--set", "silence=unused-names").err


@pytest.mark.parametrize(
    "arguments", [["rendr"], ["check"], ["check", "--fast"], ["check", "a", "b"], ["render", "x", "--seed", "ten"], []]
)
def test_a_command_that_is_none_leaves_with_2(command, arguments: list[str]) -> None:
    answer = command(*arguments)
    assert answer.code == 2
    assert "Usage: pipeline" in answer.out + answer.err
    assert "bug" not in answer.err


def test_text_that_looks_like_markup_stays_as_it_is(command) -> None:
    answer = command("check", "[red]x[/red].yaml")
    assert answer.err.startswith("[red]x[/red].yaml:1:1: ")


def test_a_model_that_is_not_there_leaves_with_3(command) -> None:
    answer = command("render", "tiny.yaml", "--set", "models.diffusion=nobody")
    assert answer.code == 3
    assert "nobody" in answer.err
    assert not Path("outputs").exists()


def test_a_folder_that_cannot_be_written_leaves_with_4(command, tiny_engine) -> None:
    Path("file").touch()
    answer = command("render", "tiny.yaml", "--out", "file/film")
    assert answer.code == 4
    assert re.match(
        r"file.*: something else stands in its place .*; move that away or choose another --out", answer.err
    )


def test_a_folder_that_is_no_film_is_left_as_it_is(command) -> None:
    Path("empty").mkdir()
    for name in ("empty", "nowhere"):
        for what in ("assemble", "sheet"):
            answer = command(what, name)
            assert answer.code == 4
            assert answer.err.startswith(f"{name}/film.json: no film is recorded here; ")
    assert list(Path("empty").iterdir()) == []
    assert not Path("nowhere").exists()


def test_a_picture_that_is_not_finite_leaves_with_5(command, tiny_engine, make_unet) -> None:
    import torch

    with torch.no_grad():
        next(tiny_engine.easel.denoiser.parameters()).fill_(float("nan"))
    answer = command("render", "tiny.yaml")
    assert answer.code == 5
    assert re.search(
        r"(?m)^frame 0000 step 0: the guidance gradient is not finite .*; lower guidance_scale", answer.err
    )


@pytest.mark.goal("R13")
def test_a_held_folder_leaves_with_6(command, tiny_engine) -> None:
    with hold(Path("outputs/tiny")):
        answer = command("render", "tiny.yaml")
    assert answer.code == 6
    assert re.fullmatch(
        r"outputs/tiny: another render holds this folder \(pid \d+ .*\); wait .*", answer.err.splitlines()[-1]
    )


def test_a_film_that_is_not_whole_leaves_with_7(command, tiny_engine) -> None:
    command("render", "tiny.yaml", "--frames", ":4")
    answer = command("assemble", "outputs/tiny")
    assert answer.code == 7
    assert answer.err.startswith("outputs/tiny/frames/tiny/00004.png: the frame is missing (2 of 6 frames are); ")


@pytest.mark.goal("R23")
def test_our_own_bugs_leave_with_70_and_a_report(command, tiny_engine, tmp_path: Path, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the cause")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(type(tiny_engine.easel), "draw", broken)
    answer = command("render", "tiny.yaml")
    assert answer.code == 70
    (report,) = tmp_path.glob("pipeline-bug-*.txt")
    assert answer.err.splitlines()[-1] == (
        "this is a bug of the program, not of your file (ZeroDivisionError); frames that are done are kept. "
        f"Please report it with {report}"
    )
    assert "ZeroDivisionError: the cause" in report.read_text()


@pytest.mark.goal("R12")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_stopped_render_says_how_to_go_on(command, tiny_engine, monkeypatch, number: int, code: int) -> None:
    draw = type(tiny_engine.easel).draw

    def stopped_at_frame_2(easel, plan, start, **named):
        if plan.frame == 2:
            os.kill(os.getpid(), number)
        return draw(easel, plan, start, **named)

    monkeypatch.setattr(type(tiny_engine.easel), "draw", stopped_at_frame_2)
    answer = command("render", "tiny.yaml")
    assert answer.code == code
    assert answer.err.splitlines()[-2:] == [
        "2 of 6 frames kept",
        "stopped; frames that are done are kept, run the same command to go on",
    ]
    monkeypatch.undo()


# --- the process as a whole -------------------------------------------------------------------------------------------


UNHEARD = """
import signal, sys, time, weakref
from pipeline.cli import program

def busy(prog_name):
    class Thing: pass
    thing = Thing()
    gone = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM))  # what this raises reaches nobody
    del thing
    time.sleep(60)

program.app = busy
program.main()
"""


@pytest.mark.goal("R12")
def test_a_request_to_end_that_comes_where_nobody_hears_it_is_made_again() -> None:
    answer = subprocess.run([sys.executable, "-c", UNHEARD], capture_output=True, text=True, timeout=30)
    assert answer.returncode == 143
    assert answer.stderr.splitlines() == ["stopped; frames that are done are kept, run the same command to go on"]


def test_both_ways_to_call_it_are_one_program() -> None:
    script = Path(sys.executable).parent / "pipeline"
    if not script.exists():
        pytest.skip("the console script is not installed beside this Python")
    module = child("--help")
    told = subprocess.run(
        [script, "--help"], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"}
    )
    assert module.returncode == 0
    assert module.stdout == told.stdout
    assert "Usage: pipeline [OPTIONS] COMMAND" in module.stdout


CHECK = """
import sys
from pipeline.cli import main
sys.argv = ["pipeline", "check", {path!r}]
try:
    main()
finally:
    print(sorted({{"torch", "cv2", "open_clip", "kornia", "scipy", "matplotlib"}} & set(sys.modules)))
"""


def test_check_imports_nothing_heavy() -> None:
    command = [sys.executable, "-c", CHECK.format(path=str(LIGHTHOUSE))]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_closed_pipe_is_no_fault() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = child("check", LIGHTHOUSE, capture_output=False, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1, "")
