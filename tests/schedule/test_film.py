"""Laws of whole films."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.types import Film

ReadFilm = Callable[..., Film]
LENGTHS = st.one_of(
    st.integers(1, 40).map(lambda n: (f"frames: {n}", n)),
    st.integers(1, 40).map(lambda n: (f"duration: {n}f", n)),
    st.integers(1, 8).map(lambda n: (f"duration: {n}b", 6 * n)),
    st.integers(1, 8).map(lambda n: (f"duration: {n}*half", 6 * n)),
    st.integers(1, 8).map(lambda n: (f"duration: half + {n}b - 1f", 6 * n + 5)),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LENGTHS, min_size=1, max_size=4))
def test_a_film_has_a_plan_for_each_of_its_frames(read_film: ReadFilm, lengths: list[tuple[str, int]]) -> None:
    shots = "\n".join(f"- {{{text}}}" for text, _ in lengths)
    film = read_film(f"fps: 12\nbpm: 120\nlet: {{half: 500ms}}\nprompts: a\nshots:\n{shots}")
    assert [len(shot.plans) for shot in film.shots] == [frames for _, frames in lengths]
    assert film.n_frames == sum(frames for _, frames in lengths)
    assert [[plan.frame for plan in shot.plans] for shot in film.shots] == [list(range(n)) for _, n in lengths]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("duration: 1000000s", "2:11: the time is too far away (found '1000000s'); stay within 100000 frames"),
        ("duration: 20000s", "2:11: the duration is 240000 frames; choose between 1 and 100000"),
        ("duration: 1s*9999999", "2:11: a key cannot stand at frame 1.2e+08; stay within 100000 frames"),
        ("duration: max_f", "2:11: unknown name 'max_f' in expression; say how long the shot is without it"),
        ("duration: frames/2", "2:11: unknown name 'frames' in expression; say how long the shot is without it"),
        ("duration: 1s - 2s", "2:11: the duration is -12 frames; choose between 1 and 100000"),
        ("labels: 3", "2:9: labels must hold names and times (found '3'); write labels: {drop: 8s}"),
        ("labels: {1a: 1}\ncamera: {roll: since(a)}", "2:10: a label cannot be called '1a'; "),
        ("let: {slow: 1, 'a b': 2}\ncamera: {roll: slow}", "2:16: a value cannot be called 'a b'; "),
    ],
)
def test_mistakes_are_placed_and_explained(read_film: ReadFilm, text: str, message: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: a\n{text}")
    assert str(caught.value).startswith("film.yaml:" + message)


def test_there_are_only_so_many_names_and_labels(read_film: ReadFilm) -> None:
    rows = "".join(f"  a{n}: 1\n" for n in range(201))
    with pytest.raises(KeyframeError, match=r"^film.yaml:203:3: more than 200 names under let; split the film$"):
        read_film(f"prompts: a\nlet:\n{rows}")
    with pytest.raises(KeyframeError, match=r"^film.yaml:203:3: more than 200 labels; leave some out$"):
        read_film(f"prompts: a\nlabels:\n{rows}")
