from __future__ import annotations

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule.override import given, put, read_override, without
from pipeline.schedule.source import Mapping, Node, Scalar, parse
from pipeline.types import Mark


def values(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key.text: values(value) for key, value in node.items}
    return node.text if isinstance(node, Scalar) else [values(item) for item in node.items]


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("fps=10", ["fps"], "10"),
        (" look.eta = 0.5 ", ["look", "eta"], "0.5"),
        ("camera.zoom=1+0.02*sin(t)", ["camera", "zoom"], "1+0.02*sin(t)"),
        ("camera.zoom='1+t'", ["camera", "zoom"], "1+t"),
        ("camera.zoom=0: (1), 5: (2)", ["camera", "zoom"], "0: (1), 5: (2)"),
        ("camera.zoom={0: 1, 2s: 2 hold}", ["camera", "zoom"], {"0": "1", "2s": "2 hold"}),
        ("look.cut_overview=[12]*400+[4]*600", ["look", "cut_overview"], "[12]*400+[4]*600"),
        ("prompts=[a tree, 'b: 2']", ["prompts"], ["a tree", "b: 2"]),
        ("prompts=a = b: 0.5", ["prompts"], "a = b: 0.5"),
        ("shots.three-shots.seed=1", ["shots", "three-shots", "seed"], "1"),
        ("fps=", ["fps"], ""),
    ],
)
def test_key_and_value(text: str, path: list[str], value: object) -> None:
    override = read_override(text)
    assert [part.text for part in override.path] == path
    assert values(override.node) == value


def test_places_are_columns_of_the_text() -> None:
    override = read_override("camera.zoom={0: 1+x}")
    assert [part.mark for part in override.path] == [Mark("--set", 1, 1), Mark("--set", 1, 8)]
    assert isinstance(override.node, Mapping)
    value = override.node.items[0][1]
    assert isinstance(value, Scalar)
    assert value.at(2) == Mark("--set", 1, 19)
    assert given("seed", "-1", "--seed").node.mark == Mark("--seed", 1, 1)


@pytest.mark.parametrize("text", ["", "fps", "=3", "a b=3", "a..b=3", "9a=3", "a.=3", "ä=3", "a={", "a={b: &c 1}"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(KeyframeError, match=r"^--set:1:\d+: "):
        read_override(text)


def test_put_replaces_adds_and_reaches_into_lists() -> None:
    tree = parse("a: {b: 1, c: 2}\nshots:\n- {name: x, d: 1}\n- {d: 2}", "f")
    for text in ("a.b=5", "e.f=6", "shots.x.d=7", "shots.1.d=8", "a.c={g: 9}"):
        override = read_override(text)
        tree = put(tree, override.path, override.node)
    assert values(tree) == {
        "e": {"f": "6"},
        "shots": [{"name": "x", "d": "7"}, {"d": "8"}],
        "a": {"b": "5", "c": {"g": "9"}},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.b.c=1", "--set:1:5: there is nothing called 'c' here; set the whole value instead"),
        ("shots.2.d=1", "--set:1:7: there is no entry '2' in this list; count from 0, or give a shot's name"),
        ("shots.y.d=1", "--set:1:7: there is no entry 'y' in this list; count from 0, or give a shot's name"),
    ],
)
def test_put_explains_paths_that_lead_nowhere(text: str, message: str) -> None:
    override = read_override(text)
    with pytest.raises(KeyframeError) as caught:
        put(parse("a: {b: 1}\nshots:\n- {d: 1}\n- {d: 2}", "f"), override.path, override.node)
    assert str(caught.value) == message


def test_without_takes_away_what_is_there() -> None:
    tree = parse("a: {b: 1, c: 2}\nd: 3", "f")
    assert values(without(tree, ("a", "b"))) == {"a": {"c": "2"}, "d": "3"}
    assert values(without(tree, ("d",))) == {"a": {"b": "1", "c": "2"}}
    assert without(tree, ("x", "y")) == tree
    assert values(without(tree, ("d", "y"))) == values(tree)
