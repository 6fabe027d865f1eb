from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import preset
from pipeline.schedule.source import parse
from pipeline.types import Engine, Film, Mark

EMBEDDED = Path(__file__).resolve().parents[2] / "configs" / "embedded.yaml"
TEXT = (Path(__file__).parent / "plain.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(EMBEDDED.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_presets_that_come_along_are_complete(path: Path) -> None:
    assert set(preset.check(preset.read_tree(path)).defaults) == set(preset.DEFAULT_KEYS)


def test_a_preset_names_an_engine_and_defaults() -> None:
    found = preset.check(parse(TEXT, "p"))
    assert found.engine == Engine("painted-world-128", ("painted-clip-a",), "cpu", 0, "", "float32", "painted-depth")
    assert found.size_multiple == 32
    assert set(found.defaults) == set(preset.DEFAULT_KEYS)


def test_presets_are_found_by_name_and_by_path(tmp_path: Path) -> None:
    mark = Mark("f", 3, 9)
    assert preset.find("embedded", mark, tmp_path) == EMBEDDED
    assert preset.find("my/own.yaml", mark, tmp_path) == tmp_path / "my" / "own.yaml"
    with pytest.raises(
        KeyframeError, match=r"^f:3:9: there is no preset 'embeded'; did you mean 'embedded'\? \(known: "
    ):
        preset.find("embeded", mark, tmp_path)


def keys_of(text: str) -> list[tuple[str, int]]:
    return [(line.split(":")[0].strip(), n) for n, line in enumerate(text.splitlines()) if ":" in line.split("#")[0]]


@pytest.mark.parametrize(("key", "number"), keys_of(TEXT))
def test_every_key_is_required(key: str, number: int) -> None:
    lines = TEXT.splitlines()
    indent = len(lines[number]) - len(lines[number].lstrip())
    end = number + 1
    while end < len(lines) and len(lines[end]) - len(lines[end].lstrip()) > indent:
        end += 1  # a section goes with all that is in it
    with pytest.raises(KeyframeError, match=rf"lacks {key}; presets are complete: give every key"):
        preset.check(parse("\n".join(lines[:number] + lines[end:]), "p"))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("threads: 0", "threads: many", "threads must be a whole number (found 'many')"),
        ("compile: off", "compile: yes", "unknown compile 'yes'"),
        ("batch: 1", "batch: 0", "batch is out of range (found '0')"),
        ("device: cpu", "device: gpu", "unknown device 'gpu'; did you mean 'cpu'? (known: cpu, cuda, auto)"),
        ("[painted-clip-a]", "[]", "models.clip is empty; name at least one CLIP model"),
        ("size_multiple: 32", "size_multiple: 0", "size_multiple is out of range (found '0')"),
        ("  eta: 0.5", "  etta: 0.5", "unknown key 'etta' in look; did you mean 'eta'?"),
        ("preset: embedded", "preset: embedded\nsize_multipel: 32", "unknown key 'size_multipel' in preset; "),
    ],
)
def test_mistakes_are_explained(before: str, after: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        preset.check(parse(TEXT.replace(before, after), "p"))
    assert message in str(caught.value)


def test_a_film_may_use_a_preset_of_its_own(read_film: Callable[..., Film]) -> None:
    Path("own.yaml").write_text(TEXT.replace("fps: 12", "fps: 9").replace("steps: 30", "steps: 8"), encoding="utf-8")
    film = read_film("prompts: a tree\npreset: ./own.yaml")
    assert (film.fps, film.n_frames, film.shots[0].plans[0].look.steps) == (9, 36, 8)
    assert read_film("prompts: a tree\npreset: embedded", config="own.yaml").fps == 9
    assert read_film("prompts: a tree\npreset: ./own.yaml", config="embedded").fps != 9


def test_mistakes_of_preset_and_film_are_reported_together(read_film: Callable[..., Film]) -> None:
    Path("own.yaml").write_text(TEXT.replace("device: cpu", "device: gpu"), encoding="utf-8")
    with pytest.raises(KeyframeError) as caught:
        read_film("prompts: a tree\npreset: ./own.yaml\nfsp: 3")
    assert [complaint.mark.file for complaint in caught.value.complaints] == ["film.yaml", "own.yaml"]
