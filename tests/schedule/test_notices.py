"""Warnings: what is noted, where, and how it is silenced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.notices import CODES
from pipeline.types import Film

ReadFilm = Callable[..., Film]


def notices(film: Film) -> list[str]:
    return [f"{notice.mark.line}:{notice.mark.column} {notice.code}" for notice in film.notices]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("camera: {roll: {0: 1, 9: 2}}", ["3:23 key-beyond-end"]),
        ("camera: {roll: '0: (1), 9: (2)'}", ["3:25 key-out-of-range"]),
        ("camera: {roll: '0: (1), 0: (2)'}", ["3:25 duplicate-key"]),
        ("camera: {roll: '0: (1),'}", ["3:23 empty-key"]),
        ("let: {x: 1}", ["3:7 unused-name"]),
        ("let: {x: 1, y: x}", ["3:7 unused-name", "3:13 unused-name"]),  # nothing rests on y, so nothing on x
        ("let: {y: x, x: 1}", ["3:7 unused-name", "3:13 unused-name"]),
        ("let: {x: 1, y: x}\ncamera: {roll: y}", []),
        ("labels: {a: 1}", ["3:10 unused-label"]),
        ("labels: {a: 1, c: a + 1}", ["3:16 unused-label"]),
        ("labels: {a: 1, c: 2}\ncamera: {roll: \"since('*')\"}", []),
        ("labels: {a: 1}\ncamera: {roll: {a: 1}}", []),
        ("let: {x: since(a)}\nlabels: {a: 1}", ["3:7 unused-name", "4:10 unused-label"]),
        ("silence: unused-name\nlet: {x: 1}\nlabels: {a: 1}", ["5:10 unused-label"]),
        ("silence: [unused-name, unused-label]\nlet: {x: 1}\nlabels: {a: 1}", []),
    ],
)
def test_what_is_noted(read_film: ReadFilm, text: str, wanted: list[str]) -> None:
    assert notices(read_film(f"prompts: a\nframes: 4\n{text}")) == wanted


def test_prompts_beyond_the_end_are_noted(read_film: ReadFilm) -> None:
    assert notices(read_film("frames: 4\nprompts: {0: a, 9: b}")) == ["2:17 key-beyond-end"]


def test_a_warning_reads_like_a_complaint(read_film: ReadFilm) -> None:
    film = read_film("prompts: a\nframes: 4\nlet: {slow: 1}")
    wanted = "film.yaml:3:7: warning: the value 'slow' is not used; remove it, or check its name [unused-name]"
    assert [str(notice) for notice in film.notices] == [wanted]


def test_what_several_shots_share_is_noted_once(read_film: ReadFilm) -> None:
    text = "prompts: a\ncamera: {roll: {0: 1, 9: 2}}\nlet: {x: 1}\nshots: [{frames: 4}, {frames: 5}, {frames: 20}]"
    assert notices(read_film(text)) == ["2:23 key-beyond-end", "3:7 unused-name"]


def test_the_command_line_may_silence_and_use(read_film: ReadFilm) -> None:
    text = "prompts: a\nframes: 4\nlet: {x: 1}"
    assert notices(read_film(text, overrides=["silence=unused-name"])) == []
    assert notices(read_film(text, overrides=["silence=[unused-name, unused-label]"])) == []
    assert notices(read_film(text, overrides=["camera.roll=x"])) == []
    film = read_film(text, overrides=["camera.roll=x", "let.x=5"])
    assert film.shots[0].plans[1].camera is not None
    assert film.shots[0].plans[1].camera.roll_deg == 5


def test_only_known_warnings_can_be_silenced(read_film: ReadFilm) -> None:
    with pytest.raises(KeyframeError, match="3:10: unknown warning 'unused-nam'; did you mean 'unused-name'"):
        read_film("prompts: a\nframes: 4\nsilence: unused-nam")
    assert all(code == code.lower() and says for code, says in CODES.items())


def test_warnings_are_no_part_of_what_a_film_is(read_film: ReadFilm) -> None:
    text = "prompts: a\nframes: 4\n"
    assert read_film(text + "let: {x: 1}") == read_film(text)
