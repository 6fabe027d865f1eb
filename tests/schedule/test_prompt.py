from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule.clock import Clock, Tempo
from pipeline.schedule.pictures.picture import Pictures
from pipeline.schedule.prompt import PromptReader, read_fade
from pipeline.schedule.scope import Scope
from pipeline.schedule.source import Mapping, Scalar, parse
from pipeline.schedule.weigh import weigh as weigh_keys


def weigh(text: str, frames: int = 5, *, fade: str = "linear") -> list[list[tuple[str, float]]]:
    tree = parse(f"a: {text}", "f")
    assert isinstance(tree, Mapping)
    scope = Scope(Clock(Tempo(10.0, 120.0, 4.0), frames, 7))
    fading = read_fade(Scalar(fade, tree.mark, range(1, len(fade) + 2)))
    found = weigh_keys(PromptReader(scope, Pictures(), fading).keys(tree.items[0][1]), scope)
    return [[(part.text, part.weight) for part in frame] for frame in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a tree", [("a tree", 1)]),
        ("[a tree, a house]", [("a tree", 1), ("a house", 1)]),
        ("{text: a tree, weight: 0.4}", [("a tree", 0.4)]),
        ("[{text: 'a tree: 5'}]", [("a tree: 5", 1)]),
        ("'yellow: 0.4'", [("yellow", 0.4)]),
        ("'yellow:.4'", [("yellow", 0.4)]),
        ("'yellow :-1'", [("yellow", -1)]),
        ("[yellow: 0.4]", [("yellow", 0.4)]),  # YAML takes this for a name and a value
        ("'ratio 16:9'", [("ratio 16:9", 1)]),
        ("'ratio 16: 9'", [("ratio 16: 9", 1)]),
        ("'a tree:'", [("a tree:", 1)]),
        ("'see http://x.y:80'", [("see http://x.y", 80)]),
        ("'a: b: 2'", [("a: b", 2)]),
        ("'a: 1e3'", [("a: 1e3", 1)]),
        ("no", [("no", 1)]),
        ("[x, y, x]", [("x", 2), ("y", 1)]),
        ("[x, 'y: 0']", [("x", 1)]),
        ("'  a \n  tree '", [("a tree", 1)]),
        ("{0: a tree}", [("a tree", 1)]),
        ("{3: a tree}", [("a tree", 1)]),  # holds before its frame, too
    ],
)
def test_forms_of_prompts(text: str, wanted: list[tuple[str, float]]) -> None:
    assert weigh(text) == [wanted] * 5


def test_texts_fade_into_one_another() -> None:
    assert weigh("{0: [x, {text: y, weight: 3}], 4: z}") == [
        [("x", 1), ("y", 3)],
        [("x", 0.75), ("y", 2.25), ("z", 0.25)],
        [("x", 0.5), ("y", 1.5), ("z", 0.5)],
        [("x", 0.25), ("y", 0.75), ("z", 0.75)],
        [("z", 1)],
    ]


def test_a_text_in_both_keys_keeps_its_weight() -> None:
    assert weigh("{0: [x, 'y: 0.4'], 3: [z, 'y: 0.4']}", 4) == [
        [("x", 1), ("y", 0.4)],
        [("x", 1 - 1 / 3), ("y", 0.4), ("z", 1 / 3)],
        [("x", 1 - 2 / 3), ("y", 0.4), ("z", 2 / 3)],
        [("z", 1), ("y", 0.4)],
    ]


def test_hold_changes_suddenly() -> None:
    assert weigh("{1: x, 3: y}", fade="hold") == [[("x", 1)]] * 3 + [[("y", 1)]] * 2


def test_keys_may_lie_beyond_the_end_and_stand_in_any_order() -> None:
    assert weigh("{8: y, 0: x}", 3) == [[("x", 1)], [("x", 0.875), ("y", 0.125)], [("x", 0.75), ("y", 0.25)]]


def test_weights_may_move() -> None:
    assert weigh("[x, {text: y, weight: t/4}]", 3) == [[("x", 1)], [("x", 1), ("y", 0.25)], [("x", 1), ("y", 0.5)]]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("''", "f:1:5: prompt is empty; write some words"),
        ("[]", "f:1:4: there are no prompts in this list; write at least one text"),
        ("{}", "f:1:4: there are no prompts; write at least one text"),
        ("[[a]]", "f:1:5: a prompt cannot be a list; write a text, or {text: ..., weight: ...}"),
        ("[{weight: 2, txet: a}]", "f:1:17: unknown key 'txet' in prompt; did you mean 'text'? (known: text, image, "),
        ("[{weight: 2}]", "f:1:5: a prompt has no text (found nothing); write {text: ..., weight: ...}"),
        ("{0: x, 0s: y}", "f:1:11: a second key at frame 0 (first at line 1, '0'); keep one of them"),
        ("{soon: x}", "f:1:5: not a time (found 'soon'); write a frame (12)"),
        ("'" + "x" * 501 + "'", "f:1:5: prompt has 501 characters; keep it to 500"),
        ('"a\\0b"', "f:1:6: prompt holds the control character U+0000; remove it"),
        ("{text: x, weight: y}", "f:1:22: unknown name 'y' in expression; use one of: t, "),
    ],
)
def test_mistakes_are_placed_and_explained(text: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        weigh(text)
    assert str(caught.value).startswith(wanted)


words = st.sampled_from(["x", "y", "z", "w"])
lists = st.dictionaries(words, st.integers(1, 9), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(0, 30), lists, min_size=1, max_size=4))
def test_weights_are_continuous_and_each_text_stands_once(keys: dict[int, dict[str, int]]) -> None:
    """With ten times as many frames, no weight moves by more than a tenth of the largest step between keys allows."""
    text = ", ".join(
        f"{frame * 10}: [" + ", ".join(f"{{text: {word}, weight: {weight}}}" for word, weight in texts.items()) + "]"
        for frame, texts in keys.items()
    )
    pairs = weigh(f"{{{text}}}", 320)
    frames = [dict(frame) for frame in pairs]
    assert [len(frame) for frame in frames] == [len(frame) for frame in pairs]
    for before, after in pairwise(frames):
        for word in {*before, *after}:
            assert abs(before.get(word, 0) - after.get(word, 0)) <= 0.9 + 1e-9
    for frame, texts in keys.items():
        assert frames[frame * 10] == {word: float(weight) for word, weight in texts.items()}
