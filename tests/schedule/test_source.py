from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.source import MAX_BYTES, Mapping, Node, Scalar, Sequence, parse, read
from pipeline.types import Mark


def values(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key.text: values(value) for key, value in node.items}
    return [values(item) for item in node.items] if isinstance(node, Sequence) else node.text


def complaint(text: str) -> str:
    with pytest.raises(KeyframeError) as caught:
        parse(text, "f")
    return str(caught.value)


def test_scalars_keep_their_raw_text() -> None:
    text = "a: no\nb: 010\nc: 1:30\nd: 1e3\ne: 2001-01-01\nf: ~\ng: 'x'\nh:\ni: [yes, 0x10, .inf]"
    wanted = ["no", "010", "1:30", "1e3", "2001-01-01", "~", "x", "", ["yes", "0x10", ".inf"]]
    assert values(parse(text, "f")) == dict(zip("abcdefghi", wanted, strict=True))


@pytest.mark.parametrize(
    ("text", "offset", "column"),
    [
        ("a: 1+x", 2, 6),
        ("a: '1+x'", 2, 7),
        ("a: '''+x'", 2, 8),  # a doubled quote is one character of text and two of the file
        ('a: "1+x"', 2, 7),
        (r'a: "\x41+x"', 2, 10),
        (r'a: "\n\u0041x"', 2, 13),
        ("ü: 1+x", 2, 6),
        ("a: 1+x  # why", 3, 7),
        ("a: 'x'", 1, 6),
    ],
)
def test_characters_know_their_columns(text: str, offset: int, column: int) -> None:
    node = parse(text, "f")
    assert isinstance(node, Mapping)
    scalar = node.items[0][1]
    assert isinstance(scalar, Scalar)
    assert scalar.at(offset) == Mark("f", 1, column)


def test_text_over_several_lines_stands_at_its_beginning() -> None:
    node = parse("a:\n  1 +\n  x", "f")
    assert isinstance(node, Mapping)
    scalar = node.items[0][1]
    assert isinstance(scalar, Scalar)
    assert (scalar.text, scalar.at(4)) == ("1 + x", Mark("f", 2, 3))


def test_parts_are_trimmed_and_keep_their_places() -> None:
    part = Scalar("ab  cd ef", Mark("f", 1, 10), range(10, 20)).part(2, 7)
    assert (part.text, part.mark, part.at(1)) == ("cd", Mark("f", 1, 14), Mark("f", 1, 15))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\na: 2", "f:2:1: 'a' is given twice (first at 1:1); keep one of them"),
        ("a: &x 1", "f:1:4: anchors and aliases (& and *) are not allowed; write the value out, or put it in quotes"),
        ("a: *x", "f:1:4: anchors and aliases (& and *) are not allowed; write the value out, or put it in quotes"),
        ("a: !x 1", "f:1:4: tags are not allowed (found !x); leave the tag out, or put the value in quotes"),
        ("a: 1\n---\nb: 2", "f:2:1: a second document begins; keep one film in a file"),
        ("<<: {a: 1}", "f:1:1: merge keys (<<) are not allowed; write the values out"),
        ("? [a]\n: 1", "f:1:3: a name must be plain text; write 'name: value'"),
        ("", "f:1:1: the file is empty; write at least 'prompts: ...'"),
        ("a: \x07", "f:1:4: character U+0007 is not allowed; remove it"),
        ("b: 1\na: \ud800", "f:2:4: character U+D800 is not allowed; remove it"),
    ],
)
def test_what_is_not_plain_is_refused(text: str, wanted: str) -> None:
    assert complaint(text) == wanted


def test_broken_yaml_is_placed() -> None:
    assert complaint("a: [1, 2\nb: 3").startswith("f:2:2: not valid YAML: while parsing a flow sequence ")
    assert complaint('a: "\\U99999999"').startswith("f:1:1: not valid YAML: ")


@pytest.mark.parametrize(
    "text", ["[" * 2000, "{a: " * 2000, "- " * 2000, "? " * 2000, "[\n" * 2000, "a: " + "[{" * 999]
)
def test_deep_nests_are_refused_early(text: str) -> None:
    assert "nested deeper than 20 levels" in complaint(text)


def test_depth_20_is_allowed_and_21_is_not() -> None:
    assert parse("[" * 20 + "]" * 20, "f")
    assert complaint("[" * 21 + "]" * 21) == "f:1:21: nested deeper than 20 levels; flatten it"


def test_many_brackets_in_text_are_fine() -> None:
    assert values(parse("- '" + "[" * 60 + "'\n- '" + "[" * 60 + "'", "f")) == ["[" * 60] * 2


def test_too_many_values_are_refused() -> None:
    assert "more than 10000 values" in complaint("- a\n" * 10_001)


def test_files_are_limited_and_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: \xc3\xbc")
    assert values(read(path, "f")) == {"a": "ü"}
    for content, wanted in [
        (b"a: 1\nb: \xff", "f:2:1: the file is not UTF-8 text; save it as UTF-8"),
        (b"#" * (MAX_BYTES + 1), "f:1:1: the file is larger than 256 KiB; split it into several films"),
    ]:
        path.write_bytes(content)
        with pytest.raises(KeyframeError) as caught:
            read(path, "f")
        assert str(caught.value) == wanted


def test_missing_files_are_complaints(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(KeyframeError, match=r"f:1:1: the file cannot be read \(.*\); check the path"):
            read(path, "f")
