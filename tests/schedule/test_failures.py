"""Broken files and the whole of what is said about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.types import Film


def blocks() -> dict[str, tuple[str, list[str]]]:
    """Read `failures.txt`."""
    table = {}
    for block in (Path(__file__).parent / "failures.txt").read_text(encoding="utf-8").split("\n=== ")[1:]:
        name, rest = block.split("\n", 1)
        text, wanted = rest.split("\n---\n")
        table[name] = (text, wanted.strip().split("\n"))
    return table


TABLE = blocks()


@pytest.mark.parametrize(("text", "wanted"), TABLE.values(), ids=TABLE)
def test_broken_files_are_explained(read_film: Callable[..., Film], text: str, wanted: list[str]) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(text)
    assert str(caught.value).split("\n") == [f"film.yaml:{line}" for line in wanted]
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"overrides": ["camera.zoom=1+tt"]}, "--set:1:15: unknown name 'tt' in expression; "),
        ({"overrides": ["camera.zoom={0: 1, 5: 2 eese}"]}, "--set:1:25: unknown way 'eese' after a key's value; "),
        ({"overrides": ["look.etta=1"]}, "--set:1:6: unknown key 'etta' in look; did you mean 'eta'? "),
        ({"overrides": ["foo=1"]}, "--set:1:1: unknown key 'foo' in the keyframe file; "),
        ({"overrides": ["fps"]}, "--set:1:1: not KEY=VALUE (found 'fps'); write it as fps=10 or look.steps=20"),
        ({"overrides": ["device=gpu"]}, "--set:1:8: unknown device 'gpu'; "),
        ({"seed": -1}, "--seed:1:1: seed is out of range (found '-1'); "),
        ({"size": "10x128"}, "--size:1:1: a side of 10 pixels does not fit the model; "),
        ({"config": "huge"}, "--config:1:1: there is no preset 'huge'; use one of: "),
        (
            {"config": "no/such.yaml"},
            "no/such.yaml:1:1: the file cannot be read (no such file or directory); check the path",
        ),
    ],
)
def test_broken_options_are_explained(read_film: Callable[..., Film], options: dict[str, object], wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film("prompts: a tree\nframes: 2", **options)
    assert str(caught.value).startswith(wanted)


def test_a_missing_file_is_explained(read_film: Callable[..., Film]) -> None:
    from pipeline.schedule import load

    with pytest.raises(KeyframeError) as caught:
        load("none.yaml", overrides=["x"])
    assert str(caught.value).split("\n") == [
        "--set:1:1: not KEY=VALUE (found 'x'); write it as fps=10 or look.steps=20",
        "none.yaml:1:1: the file cannot be read (no such file or directory); check the path",
    ]
