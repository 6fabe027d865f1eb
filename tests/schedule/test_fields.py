from __future__ import annotations

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import fields
from pipeline.schedule.source import Complaints, Mapping, Node, parse
from pipeline.types import Size


def node(text: str) -> Node:
    tree = parse(f"a: {text}", "f")
    assert isinstance(tree, Mapping)
    return tree.items[0][1]


@pytest.mark.parametrize(("text", "value"), [("010", 10), ("+3", 3), ("-0", 0), ("'7'", 7)])
def test_whole_numbers_have_their_plain_meaning(text: str, value: int) -> None:
    assert fields.whole(node(text), "x", low=-9, high=99) == value


@pytest.mark.parametrize(("text", "value"), [("010", 10), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("-2.5E-1", -0.25)])
def test_numbers_have_their_plain_meaning(text: str, value: float) -> None:
    assert fields.number(node(text), "x") == value


@pytest.mark.parametrize(
    "text", ["1:30", "0x10", "1_000", "no", "nan", ".inf", "inf", "1e999", "٣", "", "[1]", "{b: 1}", "1 2"]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    with pytest.raises(KeyframeError):
        fields.number(node(text), "x")
    with pytest.raises(KeyframeError):
        fields.whole(node(text), "x", low=0, high=9)


def test_a_time_is_no_number_and_the_message_says_so() -> None:
    with pytest.raises(KeyframeError) as caught:
        fields.number(node("1:30"), "fps")
    assert "fps must be a number (found '1:30'); minutes and seconds are only read where a time is wanted" in str(
        caught.value
    )


def test_sizes_are_width_by_height_as_text_and_named_as_fields() -> None:
    assert fields.size(node("192x64")) == Size(height=64, width=192)
    assert fields.size(node("192 × 64")) == Size(height=64, width=192)
    assert fields.size(node("{height: 64, width: 192}")) == Size(height=64, width=192)


@pytest.mark.parametrize("text", ["192", "192x", "64x0", "64x8192", "{height: 64}", "[64, 64]", "-64x64"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(KeyframeError):
        fields.size(node(text))


@pytest.mark.parametrize(
    ("text", "name"), [("Three Shots!", "three-shots"), ("a.b_c-d", "a.b_c-d"), ("Käse", "k-se"), ("---", "film")]
)
def test_slugs_can_be_folders(text: str, name: str) -> None:
    assert fields.slug(text) == name


@pytest.mark.parametrize("text", ["A", "-a", "a b", "..", "a/b", "a" * 65, "%05d"])
def test_names_that_cannot_be_folders_are_refused(text: str) -> None:
    with pytest.raises(KeyframeError):
        fields.name(node(f"'{text}'"), "shot name")


def test_unknown_names_get_the_nearest_known_one() -> None:
    complaints = Complaints()
    found = fields.as_mapping(
        parse("{zom: 1, angle: 2, fish: 3}", "f"), "camera", ("zoom", "roll"), complaints, elsewhere={"fish": "sea"}
    )
    assert found == {}
    assert [str(complaint) for complaint in complaints.found] == [
        "f:1:2: unknown key 'zom' in camera; did you mean 'zoom'? (known: zoom, roll)",
        "f:1:10: unknown key 'angle' in camera; did you mean 'roll'? (known: zoom, roll)",
        "f:1:20: unknown key 'fish' in camera; put it under 'sea:'",
    ]
