"""Modules and functions stay short enough to read, and say what they are for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public(tree: ast.Module | ast.ClassDef) -> Iterator[Named]:
    """Yield what a module offers: its public functions and classes, and their public methods.

    What `torch.autograd.Function` asks for is the same in all that is built on it, and goes without.
    """
    for node in tree.body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef) and "torch.autograd.Function" not in map(ast.unparse, node.bases):
                yield from public(node)


def test_every_module_says_what_it_is(sources) -> None:
    wrong = [str(source.path) for source in sources if len(ast.get_docstring(source.tree) or "") < 20]
    assert wrong == []


def test_everything_public_says_what_it_does(sources) -> None:
    wrong = [
        f"{source.path}:{node.lineno}: {node.name}"
        for source in sources
        for node in public(source.tree)
        if not ast.get_docstring(node) and ast.unparse(node.body) != "..."  # what a protocol only declares
    ]
    assert wrong == []


def test_summaries_are_sentences(sources) -> None:
    wrong = []
    for source in sources:
        for node in (source.tree, *public(source.tree)):
            summary = (ast.get_docstring(node) or ".").split("\n\n")[0].strip()
            if summary[-1] not in ".:":
                wrong.append(f"{source.path}:{getattr(node, 'lineno', 1)}: {summary[:60]}")
    assert wrong == []


def test_no_module_is_too_long(sources) -> None:
    wrong = [
        f"{source.path}: {source.text.count(chr(10))} lines"
        for source in sources
        if source.text.count("\n") > LONGEST_MODULE
    ]
    assert wrong == []


def test_no_function_is_too_long(sources) -> None:
    wrong = [
        f"{source.path}:{node.lineno}: {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert wrong == []


def test_no_name_says_nothing(sources) -> None:
    empty = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "handler"}
    assert [str(source.path) for source in sources if empty & set(source.name.split("."))] == []


def test_nothing_is_left_for_later(sources) -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    wrong = [
        f"{source.path}:{number}"
        for source in sources
        for number, line in enumerate(source.text.splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert wrong == []
