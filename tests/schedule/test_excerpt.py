"""Lines with carets: the caret stands under the place, whatever the line is made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import study
from pipeline.schedule.excerpt import illustrated, illustrated_notices, pointed
from pipeline.types import Film


@pytest.mark.parametrize(
    ("line", "column", "wanted"),
    [
        ("zoom: 1 +", 10, ["    zoom: 1 +", "             ^"]),
        ("zoom: 1 +", 99, ["    zoom: 1 +", "             ^"]),
        ("\tzoom: x", 8, ["     zoom: x", "           ^"]),
        ("text: 雪山, x", 11, ["    text: 雪山, x", "                ^"]),  # wide letters take two columns
        ("e\u0301: x", 5, ["    e\u0301: x", "       ^"]),  # an accent takes none
        ("a\x1b[31mb", 7, ["    a [31mb", "          ^"]),
        ("x" * 300, 201, ["    ..." + "x" * 100 + "...", " " * 57 + "^"]),
    ],
)
def test_the_caret_stands_under_the_place(line: str, column: int, wanted: list[str]) -> None:
    assert pointed(line, column) == wanted


def test_every_complaint_has_its_line(read_film: Callable[..., Film]) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film("prompts: a tree\nframes: 2\ncamera: {zoom: 1 +}\n", overrides=["look.skip=2", "look.steps=many"])
    assert illustrated(caught.value).split("\n") == [
        "--set:1:11: look.skip is 2 at frame 0; keep it from 0 to below 1",
        "    look.skip=2",
        "              ^",
        *illustrated(caught.value).split("\n")[3:4],
        "    look.steps=many",
        "               ^",
        "film.yaml:3:19: a value is missing before the end; write a number, a name or '('",
        "    camera: {zoom: 1 +}",
        "                      ^",
    ]
    assert illustrated(caught.value).split("\n")[3].startswith("--set (2):1:12: unknown name 'many' in expression; ")


def test_a_file_that_is_gone_is_not_shown(read_film: Callable[..., Film]) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film("fpss: 3\nprompts: a tree")
    Path("film.yaml").unlink()
    assert illustrated(caught.value) == str(caught.value)


def test_only_so_many_are_shown(read_film: Callable[..., Film]) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film("prompts: a tree\n" + "".join(f"x{n}: 1\n" for n in range(23)))
    lines = illustrated(caught.value).split("\n")
    assert len(lines) == 3 * 20 + 1
    assert lines[-1] == "... and 3 more"


def test_warnings_have_their_lines_and_codes(read_film: Callable[..., Film]) -> None:
    read_film("prompts: a tree\nframes: 2\ncamera: {zoom: '0: (1), 9: (2)'}\n")
    reading = study("film.yaml")
    assert illustrated_notices(reading.film.notices, reading.texts).split("\n") == [
        "film.yaml:3:25: warning: camera.zoom has a key at frame 9, outside the shot's 0 to 1; it is left out; "
        "move it into the shot [key-out-of-range]",
        "    camera: {zoom: '0: (1), 9: (2)'}",
        "                            ^",
    ]
