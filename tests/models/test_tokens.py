"""Tokens are open_clip's own, for texts of every kind, and what is cut off is what open_clip cuts off."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.errors import ModelError
from pipeline.models import tokens
from pipeline.models.tokens import Overlong, cleaned, overlong, pieces, symbols
from pipeline.models.upstream import import_open_clip

TEXTS = (
    "a red fox",
    "A RED  fox\tin\nthe snow",
    "the painter's houses we've seen, they'll say it's 1,024 metres: isn't it?",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "12:30 -- (((very))) detailed!!! #trending on artstation, 8k; f/2.8 @night_sky ~ 50%",
    "salt & pepper &amp; &lt;b&gt; &eacute;t&eacute; &EACUTE; &amp;amp;amp; &#8217;s &nosuch;",
    "caf\u00e9 cr\u00e8me br\u00fbl\u00e9e, cafe\u0301 na\u00efve \u00c5ngstr\u00f6m stra\u00dfe STRASSE",
    "caf\u00c3\u00a9 \u00e2\u20ac\u0153quoted\u00e2\u20ac\u009d",  # UTF-8 read as something else
    "\u201ccurly\u201d \u2018quotes\u2019 it\u2019s \ufb01ne \ufb04uff \u2026 \u2013 \u2014",
    "\u5bcc\u5cb3\u4e09\u5341\u516d\u666f \u795e\u5948\u5ddd\u6c96\u6d6a\u88cf \u845b\u98fe\u5317\u658e",
    "\uc11c\uc6b8\uc758 \ubc24 \u0627\u0644\u0642\u0627\u0647\u0631\u0629 \u041c\u043e\u0441 \u05d0\u05d1",
    "\U0001f98a\U0001f30a a fox \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1ef\U0001f1f5 \u2764\ufe0f",
    "\u0130stanbul \u017f\u017f 's '\u017f \u212a\u212b \u00bd\u00b2 \u2167 \uff21\uff22\uff11\uff12 \u0958 \ud55c",
    "<start_of_text> a <end_of_text>b <|endoftext|> <START_OF_TEXT>",
    "\x1b[31mred\x1b[0m \x00 \x7f \x85 \xa0 \u3000 \u200b\ufeff end",
    "",
    "   ",
    "&",
)


@cache
def tokenizer() -> Any:
    return import_open_clip().SimpleTokenizer(context_length=77)


def ours(text: str) -> list[str]:
    return [symbol for _, piece in pieces(cleaned(text)) for symbol in symbols(piece)]


def theirs(text: str) -> list[str]:
    return [tokenizer().decoder[number] for number in tokenizer().encode(text)]


@pytest.mark.parametrize("text", TEXTS)
def test_texts_of_every_kind_have_open_clips_tokens(text: str) -> None:
    assert ours(text) == theirs(text)


CHOSEN = st.sampled_from(
    [*"aeglnrst'&;<>#_-.,:0123456789 \t", "'s", "'LL", "&lt;", "&amp;", "\u0130", "\u017f", "\ufb01"]
)


@settings(max_examples=250, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(CHOSEN, max_size=40).map("".join)
    | st.text("abcdefghijklmnop qrstuvwxyz", max_size=80)
)
@example("\ud7a3\u11a8")
def test_any_text_has_open_clips_tokens(text: str) -> None:
    assert ours(text) == theirs(text)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(TEXTS) | st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=60).map(" ".join),
    st.integers(3, 77),
)
def test_what_is_cut_off_is_what_open_clip_cuts_off(text: str, context: int) -> None:
    """Its tensor is filled up with the last token that fits, and then the end's."""
    found = overlong(text, context)
    all_numbers = tokenizer().encode(text)
    row = tokenizer()(text, context_length=context)[0].tolist()
    kept = row[1 : row.index(tokenizer().eot_token_id)] if "<" not in text else all_numbers[: context - 2]
    assert kept == all_numbers[: context - 2]
    if found is None:
        assert len(all_numbers) == len(kept)
        return
    assert (found.n_tokens, found.n_cut) == (len(all_numbers), len(all_numbers) - len(kept))
    # the words hold the tokens that are lost, and of those that are kept at most some of their first word
    lost = all_numbers[context - 2 :]
    is_clean = cleaned(found.words) == found.words  # else reading them again would mend them again
    words = tokenizer().encode(found.words) if is_clean else lost
    assert words[len(words) - len(lost) :] == lost


def test_lost_words_are_named_from_the_first_that_is_not_whole() -> None:
    assert overlong("a red fox in the snow", 8) is None  # six tokens and the two at the ends
    assert overlong("a red fox in the snow", 7) == Overlong(6, 1, "snow")
    assert overlong("A Red Fox  in the Snow, at NIGHT", 7) == Overlong(9, 4, "snow, at night")
    assert symbols("seahorses") == ("sea", "horses</w>")
    assert overlong("a seahorses", 4) == Overlong(3, 1, "seahorses")


@pytest.mark.parametrize("text", ["x" * 30, "a b c d e f g", "."])
def test_a_short_plain_text_is_not_even_cut_into_tokens(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "cleaned", None)
    assert overlong(text, 32) is None


def test_counting_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pipeline.models.tokens import overlong; assert overlong('a fox ' * 40, 77).n_cut == 5;"
        "assert not {'torch', 'open_clip', 'ftfy', 'regex'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_vocabulary_that_is_not_there_is_a_fault_with_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MERGES", "none.txt.gz")
    tokens._ranks.cache_clear()
    try:
        with pytest.raises(ModelError, match=r"none\.txt\.gz: cannot be read .*; install open_clip again"):
            overlong("zyxwvu " * 40, 77)
    finally:
        tokens._ranks.cache_clear()
