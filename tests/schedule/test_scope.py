"""What the values of a file may say of one another."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.types import Film

ReadFilm = Callable[..., Film]


def rolls(film: Film) -> list[float]:
    return [plan.camera.roll_deg for plan in film.shots[0].plans[1:] if plan.camera]


def test_a_value_may_name_a_definition_and_another_setting(read_film: ReadFilm) -> None:
    text = """prompts: a
frames: 4
let: {slow: 0.5, sway: t*slow}
camera: {roll: sway*2 + look.steps, zoom: 1 + camera.roll/100}
look: {sat_scale: camera.zoom*100, eta: slow, range_scale: look.eta*8}
"""
    plans = read_film(text).shots[0].plans
    assert rolls(read_film(text)) == [31, 32, 33]
    assert [plan.camera.zoom for plan in plans[1:] if plan.camera] == [1.31, 1.32, 1.33]
    assert plans[2].look.sat_scale == (132,)
    assert plans[2].look.range_scale == (4,)


def test_definitions_are_known_to_values_positions_durations_texts_and_weights(read_film: ReadFilm) -> None:
    text = """fps: 10
bpm: 120
let: {half: 2, wait: 1b, loud: {0: 1, 4: 3}}
duration: half*1s
labels: {drop: wait + 1}
prompts: ['{half} birds', {text: b, weight: loud*half}]
camera: {roll: {0: 0, wait: 10, drop + wait: half}}
"""
    film = read_film(text)
    assert film.n_frames == 20
    assert [(prompt.text, prompt.weight) for prompt in film.shots[0].plans[2].prompts] == [("2 birds", 1), ("b", 4)]
    assert rolls(film)[:11] == pytest.approx([2, 4, 6, 8, 10, 10 - 8 / 6, 10 - 16 / 6, 6, 10 - 32 / 6, 10 - 40 / 6, 2])
    assert film.notices == ()


def test_a_value_that_follows_the_denoising_may_use_one_that_does_not(read_film: ReadFilm) -> None:
    text = "prompts: a\nframes: 3\nlet: {base: 10+t, dose: p*base}\nlook: {steps: 3, skip: 0, guidance_scale: dose*2}"
    plans = read_film(text).shots[0].plans
    assert [plan.look.guidance_scale for plan in plans] == [
        pytest.approx((0, scale * 499 / 999, scale)) for scale in (20, 22, 24)
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "let: {a: x+1, x: c, c: 2*a}\ncamera: {roll: a}",
            ["3:26: values go round in a circle: a -> x -> c -> a; let one of them be a number"],
        ),
        ("camera: {roll: camera.roll}", ["3:16: values go round in a circle: camera.roll -> camera.roll; let one of "]),
        ("let: {dose: p}\ncamera: {roll: dose}", ["4:16: 'dose' follows the denoising (p), this value does not; use "]),
        ("let: {x: 1s}\ncamera: {roll: x}", ["4:16: camera.roll wants degrees, not a time (found 'x'); divide it by "]),
        ("camera: {roll: 3s}", ["3:16: camera.roll wants degrees, not a time (found '3s'); leave the unit out"]),
        ("camera: {zoom: 30deg}", ["3:16: camera.zoom wants a plain number, not an angle (found '30deg'); leave the "]),
        ("camera: {roll: camera.border}", ["3:16: camera.border is a word, not a number; only numbers can be used "]),
        ("camera: {roll: camera.rol}", ["3:16: unknown name 'camera.rol' in expression; did you mean 'camera.roll'? "]),
        (
            "let: {slow: 1}\ncamera: {roll: slw}",
            ["4:16: unknown name 'slw' in expression; did you mean 'slow'? "],
        ),
        ("camera: {zoom: 1, roll: zoom}", ["3:25: unknown name 'zoom' in expression; did you mean 'camera.zoom'? "]),
        ("let: {slow: 1}\ncamera: {roll: slow(2)}", ["4:16: 'slow' is a value, not a function; "]),
        ("let: {m: t}\ncamera: {roll: {m: 1}}", ["4:17: 'm' moves with time; a key's position must stand still"]),
        ("let: {sin: 1}", ["3:7: 'sin' means something already; give a value another name"]),
        ("let: {a b: 1}", ["3:7: a value cannot be called 'a b'; use letters, digits and _"]),
        ("let: 3", ["3:6: let must hold names and values (found '3'); write let: {slow: 0.3}"]),
        ("let: {x: 1}\nlabels: {x: 1s}", ["4:10: 'x' is also a value under let; rename one of them"]),
        ("let: {x: 1+}", ["3:12: a value is missing before the end; "]),
        ("let: {x: foo}\ncamera: {roll: x, zoom: x}", ["3:10: unknown name 'foo' in expression; "]),
        ("labels: {drop: 1}\ncamera: {roll: drop}", ["4:16: 'drop' is a label; write since(drop), until(drop) or "]),
        ("labels: {drop: 1}\ncamera: {roll: since(drap)}", ["4:22: there is no label 'drap'; did you mean 'drop'? "]),
        ("camera: {roll: since(drop)}", ["3:22: there is no label 'drop'; place it under 'labels:', as in {drop: 8s}"]),
        ("camera: {roll: since(3)}", ["3:22: a label is wanted here (found '3'); write its name, or a part of it "]),
        (
            "camera: {roll: since()}",
            ["3:16: since takes 1 or 2 values (found 0); write since(label) or since(label, never)"],
        ),
    ],
)
def test_mistakes_are_placed_and_explained_once(read_film: ReadFilm, text: str, messages: list[str]) -> None:
    with pytest.raises(KeyframeError) as caught:
        read_film(f"prompts: a\nframes: 9\n{text}")
    lines = str(caught.value).split("\n")
    assert len(lines) == len(messages)
    assert all(line.startswith(f"film.yaml:{message}") for line, message in zip(lines, messages, strict=True))


def chain(length: int) -> str:
    return "".join(f"  a{n}: a{n + 1} + 1\n" for n in range(length - 1)) + f"  a{length - 1}: t\n"


def test_values_may_rest_on_one_another_eight_deep(read_film: ReadFilm) -> None:
    assert rolls(read_film(f"prompts: a\nframes: 3\nlet:\n{chain(7)}camera: {{roll: a0}}")) == [7, 8]
    with pytest.raises(KeyframeError, match="values rest on one another more than 8 deep; write some of them out"):
        read_film(f"prompts: a\nframes: 3\nlet:\n{chain(8)}camera: {{roll: a0}}")


def test_a_web_of_values_that_follow_the_denoising_is_refused(read_film: ReadFilm) -> None:
    rows = ["  a0_0: p", "  a0_1: p"]
    rows += [f"  a{n}_{m}: a{n - 1}_0 + a{n - 1}_1" for n in range(1, 7) for m in range(2)]
    with pytest.raises(KeyframeError, match="rests on values that follow the denoising \\(p\\) in more than 100 ways"):
        read_film("prompts: a\nframes: 3\nlet:\n" + "\n".join(rows) + "\nlook: {sat_scale: a6_0}")
    timed = "\n".join(rows).replace(": p", ": t")
    assert read_film(f"prompts: a\nframes: 3\nlet:\n{timed}\nlook: {{sat_scale: a6_0}}").n_frames == 3


def test_labels_are_known_to_values_by_name_and_by_pattern(read_film: ReadFilm) -> None:
    text = 'prompts: a\nframes: 9\nlabels: {verse_1: 1, verse_2: 6, drop: 4}\ncamera: {roll: "%s"}'
    assert rolls(read_film(text % "section('verse*')")) == [1, 1, 1, 0, 0, 1, 1, 1]
    assert rolls(read_film(text % "count(@drop)")) == [0, 0, 0, 1, 1, 1, 1, 1]
    assert rolls(read_film(text % "since(drop, 50)")) == [50, 50, 50, 0, 1, 2, 3, 4]
    assert rolls(read_film(text % "until('*2', 0)")) == [5, 4, 3, 2, 1, 0, 0, 0]
    assert rolls(read_film(text % "decay(since('*'), 1)")) == [1, 0.5, 0.25, 1, 0.5, 1, 0.5, 0.25]


def test_keys_may_stand_at_labels(read_film: ReadFilm) -> None:
    text = "prompts: a\nfps: 10\nbpm: 120\nframes: 21\nlabels: {drop: 1s, kick: [2, 4]}\ncamera: {roll: {%s}}"
    assert rolls(read_film(text % "kick(1): 0, kick(2): 8, drop + 1b: 19"))[:15] == [
        *(0, 0, 4, 8),
        *(9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19),
    ]
    assert rolls(read_film(text % "0: 0, '@drop': 10"))[:11] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]
    with pytest.raises(KeyframeError, match=r"the label 'kick' comes 2 times in this shot; write kick\(1\)"):
        read_film(text % "1f + kick: 1")


def test_a_label_that_comes_often_gives_a_key_each_time(read_film: ReadFilm) -> None:
    text = "prompts: a\nfps: 10\nframes: 12\nlabels: {kick: [2, 4], tick: every 5f}\ncamera: {roll: {%s}}"
    assert rolls(read_film(text % "0: 0, kick: 8 hold, kick + 1f: 6"))[:6] == [0, 8, 6, 8, 6, 6]
    film = read_film(text % "'@tick': 3, kick(2): 1")
    assert rolls(film)[:6] == [2.5, 2, 1.5, 1, 3, 3]
    assert film.notices == ()  # what comes every so often also comes behind the end
    with pytest.raises(KeyframeError, match=r"a second key at frame 4 \(first at 5:17, 'kick'\)"):
        read_film(text % "kick: 1, 4: 2")


def test_a_label_that_opens_a_shot_comes_before_the_number_0(read_film: ReadFilm) -> None:
    """All shots share `{0: ..., drop: ...}`; where the label opens one, it says how that one begins."""
    text = """prompts: {0: a, drop: b}
frames: 4
camera: {roll: {%s}}
shots: [{name: x, labels: {drop: 2, kick: 3}}, {name: y, labels: {drop: 0, kick: 0}}]
"""
    for keys in ("0: 1, drop: 5 hold", "drop: 5 hold, 0: 1"):
        one, two = read_film(text % keys).shots
        assert [plan.camera.roll_deg for plan in one.plans[1:] if plan.camera] == [1, 5, 5]
        assert [plan.camera.roll_deg for plan in two.plans[1:] if plan.camera] == [5, 5, 5]
        assert [prompt.text for prompt in one.plans[0].prompts + two.plans[0].prompts] == ["a", "b"]
    later = read_film((text % "0: 1").replace("{0: a, drop: b}", "{drop: b, 0: a}"))
    assert [prompt.text for prompt in later.shots[1].plans[0].prompts] == ["b"]
    for keys in ("0: 1, 0s: 3, drop: 5", "drop: 5, kick: 6", "0: 1, drop: 5, kick: 6"):
        with pytest.raises(KeyframeError, match="a second key at frame 0"):
            read_film(text % keys)


def test_a_label_of_one_shot_is_known_in_all(read_film: ReadFilm) -> None:
    text = """prompts: a
frames: 4
camera: {roll: count(drop)}
shots:
- {name: x, labels: {drop: 2}}
- {name: y}
"""
    one, two = read_film(text).shots
    assert [plan.camera.roll_deg for plan in one.plans[1:] if plan.camera] == [0, 1, 1]
    assert [plan.camera.roll_deg for plan in two.plans[1:] if plan.camera] == [0, 0, 0]
    assert [(label.name, label.frame) for label in one.labels] == [("drop", 2)]


FILM = {
    "let": ["slow: 0.5", "sway: sin(t, drop_in)*slow", "drop_in: 1s", "up: {0: 0, drop: 4 spline, fall: 2 spline}"],
    "labels": ["drop: 4", "fall: drop + slow*4f", "kick: every 3f"],
    "camera": ["roll: {fall: 3, 0: 0, drop: up}", "zoom: 1 + abs(sway)", "translation_x: count(kick)*up"],
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6))
def test_the_order_in_the_file_does_not_matter(read_film: ReadFilm, seed: int) -> None:
    source = random.Random(seed)

    def text(*, shuffled: bool) -> str:
        sections = []
        for name, rows in FILM.items():
            rows = source.sample(rows, len(rows)) if shuffled else rows
            sections.append(f"{name}:\n" + "".join(f"  {row}\n" for row in rows))
        sections = source.sample(sections, len(sections)) if shuffled else sections
        return "prompts: a\nframes: 9\n" + "".join(sections)

    assert read_film(text(shuffled=True)) == read_film(text(shuffled=False))


NUMBERS = st.floats(-100, 100).map(lambda value: round(value, 3))
TERMS = ["x", "x*t", "sin(x+t)", "clip(x, -1, t)", "where(t > 2, x, 0)", "noise(x)", "x/(1+t)", "-x", "x*x"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NUMBERS, st.sampled_from(TERMS))
def test_a_definition_that_is_a_number_is_that_number(read_film: ReadFilm, number: float, term: str) -> None:
    named = read_film(f"prompts: a\nframes: 6\nlet: {{x: {number!r}}}\ncamera: {{roll: '{term}'}}")
    written = term.replace("x", f"({number!r})").replace("(e", "e")
    assert rolls(named) == rolls(read_film(f"prompts: a\nframes: 6\ncamera: {{roll: '{written}'}}"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["t*2-3", "sin(t)", "random(4)", "t > 2", "saw(t, 4)"]), st.sampled_from(TERMS))
def test_a_reference_means_what_stands_in_its_place(read_film: ReadFilm, inner: str, term: str) -> None:
    named = read_film(f"prompts: a\nframes: 6\nlet: {{x: '{inner}'}}\ncamera: {{roll: '{term}'}}")
    written = term.replace("x", f"({inner})")
    assert rolls(named) == pytest.approx(
        rolls(read_film(f"prompts: a\nframes: 6\ncamera: {{roll: '{written}'}}")), abs=1e-12
    )


def test_a_change_follows_names_and_is_nothing_in_the_first_frame(read_film: ReadFilm) -> None:
    text = """fps: 10
prompts: a
frames: 8
let: {heading: {0: 0, 4: 8}, there: heading + 0.5*t}
camera: {roll: change(there), zoom: "0: (1 + change(heading)/100), 6: (2)"}
look: {sat_scale: change(there) + 1}
"""
    plans = read_film(text).shots[0].plans
    assert rolls(read_film(text)) == [2.5, 2.5, 2.5, 2.5, 0.5, 0.5, 0.5]
    assert [plan.camera.zoom for plan in plans[1:] if plan.camera] == [1.02, 1.02, 1.02, 1.02, 1, 2, 2]
    assert plans[0].look.sat_scale == (1,)
    with pytest.raises(KeyframeError, match="a change of a change; give the inner one a name"):
        read_film(text.replace("change(there) + 1", "change(change(there))"))
