"""What Stable Diffusion's signs in a prompt come to, pinned by literals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.importing.sd_syntax import LONGEST, held, parted, texts, written

LITERALS = [
    ("a red fox", [("a red fox", 1)], ""),
    ("a (red:1.3) fox", [("a red fox", 1), ("red", 0.3)], "(x:1.3)"),
    ("a ((red)) fox", [("a red fox", 1), ("red", 0.21)], "(x:1.3)"),
    ("a (big (red:1.5):1.2) fox", [("a big red fox", 1), ("big", 0.2), ("red", 0.8)], "(x:1.3)"),
    ("a [red] fox", [("a red fox", 1)], "[x], (x:0.7)"),
    ("a (red:0.7) fox", [("a red fox", 1)], "[x], (x:0.7)"),
    ("a (red:0) fox", [("a fox", 1)], "(x:0)"),
    (r"a \(red\) \[fox\] \\", [("a (red) [fox] \\", 1)], ""),
    ("a [fox:hound:0.3]", [("a hound", 1)], "[a:b:0.5]"),
    ("a [fox:hound:0.7]", [("a fox", 1)], "[a:b:0.5]"),
    ("a [fox:hound:20]", [("a fox", 1)], "[a:b:0.5]"),
    ("a [red :0.2]fox", [("a red fox", 1)], "[a:b:0.5]"),
    ("a [red ::0.2]fox", [("a fox", 1)], "[a:b:0.5]"),
    ("a [fox|hound] in snow", [("a fox in snow", 1 / 2), ("a hound in snow", 1 / 2)], "[a|b]"),
    ("[a|b] [c|d]", [("a c", 1 / 2), ("b d", 1 / 2)], "[a|b]"),
    ("a fox BREAK snow, night", [("a fox", 1 / 2), ("snow, night", 1 / 2)], "BREAK"),
    ("a fox, <lora:old film_v2:0.8>, grain", [("a fox, grain", 1)], "<lora:old film_v2:0.8>"),
    ("at 12:30", [("at 12:30", 1)], ""),
    ("a (fox", [("a (fox", 1)], ""),
    ("a fox]", [("a fox]", 1)], ""),
    ("BREAKING <hypernet:x:1>", [("BREAKING", 1)], "<hypernet:x:1>"),
    ("", [], ""),
]


@pytest.mark.parametrize(("said", "wanted", "kind"), LITERALS)
def test_each_sign(said: str, wanted: list, kind: str) -> None:
    told = []
    found = texts(said, lambda verdict, what, why: told.append(what))
    assert [text for text, _ in found] == [text for text, _ in wanted]
    assert [share for _, share in found] == pytest.approx([share for _, share in wanted])
    assert set(told) == ({kind} if kind else set())


def test_backticks_are_held_and_written_in_braces() -> None:
    told: list[str] = []
    expressions: list[str] = []
    text = held("a `t/2` (`sin(t)`) `import os;` \ue000", expressions, lambda verdict, what, why: told.append(what))
    assert expressions == ["t/2", "sin(t)"]
    assert told == ["`import os;`"]
    ((found, share), *loud) = texts(text, lambda *told: None)
    assert written(found, expressions) == "a {t/2} {sin(t)}"
    assert share == 1
    assert [written(one, expressions) for one, _ in loud] == ["{sin(t)}"]


def test_signs_inside_of_brackets_part_nothing() -> None:
    assert parted("a:(b:c):[d:e]", ":") == ["a", "(b:c)", "[d:e]"]
    assert parted(r"a\:b:c", ":") == [r"a\:b", "c"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab ()[]:|\\<>`.,1", max_size=60))
def test_any_text_has_an_answer_whose_shares_sum_to_one(said: str) -> None:
    found = texts(said, lambda *told: None)
    assert all(share > 0 and text == " ".join(text.split()) for text, share in found)


@pytest.mark.parametrize("said", ["(" * 100_000, "(" * 900 + "x" + ")" * 900, "[a|b]" * 400, "(x:" + "9" * 500 + ")"])
def test_hostile_texts_are_answered(said: str) -> None:
    assert len(texts(said, lambda *told: None)) <= 12 * LONGEST
