"""What the files beside the code promise: commands that exist, presets that load, examples that open with a comment."""

from __future__ import annotations

import re
from pathlib import Path

import mido
import pytest
import typer.main
import yaml

from pipeline import load
from pipeline.schedule.language.easing import FAMILIES, FORMS, WORDS
from pipeline.schedule.language.functions import FUNCTIONS
from pipeline.schedule.language.vocabulary import ANGLES, NAMES, SPANS
from pipeline.schedule.notices import CODES
from pipeline.schedule.preset import PRESET_KEYS
from pipeline.schedule.shot import FILM_KEYS

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PRESETS = sorted((ROOT / "configs").glob("*.yaml"))
FILMS = sorted(path for path in (ROOT / "keyframes").glob("*.yaml") if ".beats" not in path.suffixes)


def readme() -> str:
    if not README.exists():
        pytest.skip("there is no README here")
    return README.read_text(encoding="utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"(?m)^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8")))


def commands() -> dict[tuple[str, ...], set[str]]:
    """Return every command of the program with its options."""
    from pipeline.cli import app

    found: dict[tuple[str, ...], set[str]] = {}

    def walk(command, path: tuple[str, ...]) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found[path] = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
        for name, one in (inner or {}).items():
            walk(one, (*path, name))

    walk(typer.main.get_command(app), ())
    return found


def test_the_readmes_make_targets_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(code(readme()))))
    assert {"demo", "test"} <= named
    assert named <= make_targets()


def test_the_readmes_commands_and_options_exist() -> None:
    known = commands()
    lines = [line for line in code(readme()) if re.match(r"\s*(python -m )?pipeline [a-z]", line)]
    assert len(lines) >= len(known) - 1
    for line in lines:
        words = re.sub(r"\s*(python -m )?pipeline ", "", line).split()
        path = next((tuple(words[:n]) for n in (2, 1) if tuple(words[:n]) in known), None)
        assert path is not None, line
        assert set(re.findall(r"--[a-z][a-z-]*", line)) <= known[path], line


def test_the_readmes_paths_exist() -> None:
    named = re.findall(r"`((?:pipeline|keyframes|configs|tests)/[\w./-]*)`", readme())
    named += re.findall(r"\]\(([\w./-]+)\)", readme())
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def code(text: str) -> list[str]:
    """Return the lines of indented and of fenced code, and each piece of code inside a line."""
    fenced = re.findall(r"(?s)```\w*\n(.*?)```", text)
    indented = [line for line in text.splitlines() if line.startswith("    ")]
    return [*"\n".join(fenced).splitlines(), *indented, *re.findall(r"`([^`\n]+)`", text)]


def test_the_makefiles_help_names_its_targets() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = set(re.findall(r'@echo "make ([a-z-]+)', text))
    assert told <= make_targets()
    assert {"demo", "test", "lint", "bench", "golden"} <= told
    for module in set(re.findall(r"-m (pipeline[.\w]*)", text)):
        path = ROOT.joinpath(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_key_of_a_preset_is_known_and_loads(path: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.yaml"
    film.write_text("prompts: a fox\n")
    loaded = load(film, config=path)
    assert loaded.n_frames > 0
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(said) == set(PRESET_KEYS)
    assert said["preset"] == path.stem
    assert path.read_text(encoding="utf-8").startswith("# ")
    sides = [int(side) for side in said["size"].split("x")]
    assert [loaded.size.width, loaded.size.height] == sides


@pytest.mark.parametrize("path", FILMS, ids=lambda path: path.stem)
def test_an_example_opens_with_a_comment(path: Path) -> None:
    assert re.match(r"# \S.{20,}", path.read_text(encoding="utf-8"))


LANGUAGE = ROOT / "keyframes" / "README.md"


def test_the_language_is_told_in_full() -> None:
    page = LANGUAGE.read_text(encoding="utf-8")
    rows = [f"| `{function.form}` | {function.says} |" for function in FUNCTIONS.values()]
    rows += [f"| `{code}` | {says} |" for code, says in CODES.items()]
    assert [row for row in rows if row not in page] == []
    words = set(re.findall(r"[\w-]+", page)) | set(re.findall(r"\d([a-z]+)", page))
    assert {*NAMES, *FAMILIES, *FORMS, *SPANS, *ANGLES} - words == set()
    assert {word for word in WORDS if word.count("-") < 2 or word == "ease-in-out"} - words == set()
    assert {*FILM_KEYS} - {"beats_per_bar", "frames"} - words == set()


def test_the_pages_examples_are_films(tmp_path: Path, write_sound) -> None:
    """Each piece of YAML on the page is read, with what the page leaves open."""
    write_sound(tmp_path / "song.mp3", [[0.1]] * 8000 * 43, 8000)
    for name in ("wreck.png", "edge.png"):
        (tmp_path / name).write_bytes((ROOT / "keyframes" / "lighthouse.png").read_bytes())
    found = re.findall(r"(?s)```yaml\n(.*?)```", LANGUAGE.read_text(encoding="utf-8"))
    film, prompts, music, *followed, start, led = found
    open_ones = r"(?m)^(camera|frame|look|init|source|follow|music|signals|shots|prompts): .*\.\.\..*$"
    pieces = [re.sub(open_ones, "", film) + "\nprompts: a tree\n"]
    pieces += [f"labels: {{storm: 3s}}\nduration: 8s\n{piece}" for piece in prompts.split("---\n")]
    pieces += [f"prompts: a tree\nduration: 8s\n{piece}" for piece in music.split("---\n")]
    pieces.append(f"duration: 8s\n{start}")
    assert len(pieces) == 7
    for piece in pieces:
        path = tmp_path / "film.yaml"
        path.write_text(piece, encoding="utf-8")
        assert load(path).n_frames == 96
    (tmp_path / "wreck.mp4").write_bytes((ROOT / "keyframes" / "clip.mp4").read_bytes())
    for piece, n_frames in zip(led.split("---\n"), (48, 12), strict=True):
        path.write_text(piece, encoding="utf-8")
        assert load(path).n_frames == n_frames
    for name in ("song.mp3", "song.beats.yaml"):
        (tmp_path / name).write_bytes((ROOT / "keyframes" / name).read_bytes())
    (tmp_path / "lyrics.lrc").write_text("[00:01.00]a red sea\n[00:04.00]\n", encoding="utf-8")
    (tmp_path / "hits.txt").write_text("2\t2\tCrash\n3\t5\tBuild-up\n", encoding="utf-8")
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="Lead"), mido.Message("note_on", time=0)])
    track.append(mido.Message("note_off", time=1920))
    notes = mido.MidiFile(tracks=[track])
    notes.save(tmp_path / "song.mid")
    for piece, n_frames in zip(followed, (240, 288, 288), strict=True):
        path.write_text(piece if "prompts:" in piece else f"prompts: a tree\n{piece}", encoding="utf-8")
        read = load(path)
        assert read.n_frames == n_frames
        assert read.notices == ()


def test_the_readmes_keyframe_file_is_a_film(tmp_path: Path) -> None:
    (example,) = re.findall(r"(?s)```yaml\n(.*?)```", readme())
    path = tmp_path / "film.yaml"
    path.write_text(example, encoding="utf-8")
    film = load(path)
    assert film.n_frames == 72
    assert film.notices == ()


def test_no_file_names_a_place_of_one_machine(tracked: list[Path]) -> None:
    place = re.compile(rb"(?<![\w.])/(?:ro{2}t|wor[k]|hom[e]/\w|User[s]/\w|workspac[e])/[\w.]|[A-Z]:\\User[s]\\")
    wrong = []
    for path in tracked:
        if path.suffix in {".png", ".safetensors", ".mp4", ".mp3"}:
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if place.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert wrong == []


def test_no_large_file_is_kept_by_accident(tracked: list[Path]) -> None:
    large = [path for path in tracked if path.stat().st_size > 1_000_000 and "embedded" not in path.parts]
    assert large == []
