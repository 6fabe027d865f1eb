"""Files that are broken, hostile or something else: each has an answer with its place, and none costs much."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError, PipelineError, UsageError
from pipeline.importing import reading
from tests.importing.test_deforum import FLAT
from tests.importing.test_disco import V57

GOOD = json.dumps(V57, indent=4)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ":1:1: the file is empty"),
        ("hello", "settings are names and values"),
        ("[1, 2]", "settings are names and values"),
        ('{"a": 1}', "these are the settings of no known program (found: a); looked for Parseq: rendered_frames;"),
        (GOOD.replace('"steps": 100', "“steps”: 100"), ": a typographic quote (“) stands where a straight one must"),
        (GOOD.replace('"steps": 100', "'steps': 100"), ": single quotes stand where double ones must"),
        (GOOD.replace('"steps": 100,', '"steps": 100'), ": not valid JSON"),
        (GOOD[:200], ": not valid JSON"),
        (GOOD.replace('"steps": 100', '"steps": NaN'), ": NaN is no number"),
        (GOOD.replace('"steps": 100', '"steps": -Infinity'), ": -Infinity is no number"),
        (GOOD.replace('"steps": 100', '"steps": 1e999'), "steps must be a number (found 'inf')"),
        (GOOD.replace('"steps": 100', f'"steps": {"9" * 5000}'), "thousands of digits"),
        (GOOD.replace('"steps": 100', f'"steps": {"[" * 101}{"]" * 101}'), ": nested deeper than 100 levels"),
        ('{"a":' * 100_000, ": nested deeper than 100 levels"),
        (GOOD.replace('"max_frames": 24', '"max_frames": {}'), "max_frames must be a number (found names and values)"),
        (GOOD.replace('"max_frames": 24', '"max_frames": true'), "max_frames must be a number (found 'True')"),
        (GOOD.replace('"text_prompts": {', '"text_prompts": {"x": 3, '), "text_prompts must be frames"),
        (GOOD.replace('"zoom": "0: (1), 10: (1.05)"', '"zoom": "0: (__import__(1))"'), "is no number"),
    ],
)
def test_each_has_its_answer(bring, text: str, wanted: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        bring(text)
    assert wanted in str(caught.value)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (
            '{"text_promts": 1}',
            "say --as parseq|discoart|disco|deforum|pytti|fizz|warpfusion; did you mean 'text_prompts'?",
        ),
        (
            '{"text_prompts": 1}',
            "say --as parseq|discoart|disco|deforum|pytti|fizz|warpfusion",
        ),  # the name is not what is wrong
    ],
)
def test_a_file_of_no_program_is_answered_in_few_words(bring, text: str, ends: str) -> None:
    with pytest.raises(KeyframeError) as caught:
        bring(text)
    (complaint,) = caught.value.complaints
    assert str(complaint).splitlines()[0].endswith(ends)


def test_the_place_is_that_of_the_value(bring) -> None:
    with pytest.raises(KeyframeError) as caught:
        bring(GOOD.replace('"steps": 100', '"steps": "ten"'))
    (complaint,) = caught.value.complaints
    line = GOOD.splitlines()[complaint.mark.line - 1]
    assert line[complaint.mark.column - 1 :].startswith("100")


def test_commas_too_many_and_doubled_names_are_told(bring) -> None:
    text = GOOD.rstrip()[:-1].rstrip() + ',\n "steps": 50, "my, }": 1,\n}'
    found = bring(text)
    assert found.film.shots[0].plans[0].look.steps == 50
    assert found.report.notes[:2] == [
        "commas before a closing bracket are passed over",
        "'steps' is written twice; the last one counts, as it did there",
    ]
    assert found.report.entries["my, }"].verdict == "unsupported"


def test_large_files_are_not_read_whole(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1024)
    path = tmp_path / "large.txt"
    path.write_text("{" + " " * 2000)
    with pytest.raises(KeyframeError, match="the file is larger than"):
        reading.read_document(path)


@pytest.mark.parametrize("content", [b"\xff\xfe{", b'{"a": "\xe9"}'])
def test_other_encodings_are_told(tmp_path, content: bytes) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(content)
    with pytest.raises(KeyframeError, match="not UTF-8"):
        reading.read_document(path)


def test_no_file_is_replaced_and_none_is_left_behind(bring, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = bring(GOOD)
    folder = found.path.parent
    assert sorted(path.name for path in folder.iterdir()) == ["film-preset.yaml", "film.yaml", "old.txt"]
    from pipeline.importing import front, import_settings

    with pytest.raises(UsageError, match="is there already"):
        import_settings(folder / "old.txt", out=folder / "film.yaml")
    with pytest.raises(UsageError, match=r"ends in \.yaml"):
        import_settings(folder / "old.txt", out=folder / "film.txt")
    found.path.unlink()
    with pytest.raises(UsageError, match=r"film-preset\.yaml: is there already"):
        import_settings(folder / "old.txt", out=folder / "film.yaml")
    monkeypatch.setattr(front, "_head", lambda old, path: old.sheet.put("look.steps", "no number"))
    with pytest.raises(PipelineError, match="does not load, so nothing was written") as caught:
        import_settings(folder / "old.txt", out=folder / "other.yaml")
    assert "steps: no number" in str(caught.value)
    assert sorted(path.name for path in folder.iterdir()) == ["film-preset.yaml", "old.txt"]


def test_the_command_tells_what_became_of_every_key(command, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Time To Disco(0)_settings.txt").write_text(json.dumps(V57 | {"eta": 1.7, "my_key": 1}))
    answer = command("import", "Time To Disco(0)_settings.txt")
    assert (answer.code, answer.err) == (0, "")
    assert (tmp_path / "time-to-disco-0-_settings.yaml").exists()
    lines = answer.out.splitlines()
    assert lines[-1].endswith("24 frames; next: pipeline animatic time-to-disco-0-_settings.yaml")
    assert lines.index("ACTIVE THERE, BUT NOT SUPPORTED HERE: 2") == len(lines) - 4
    answer = command("import", "Time To Disco(0)_settings.txt", "--out", "b/other.yaml", "--json")
    found = json.loads(answer.out)
    assert (found["file"], found["frames"], found["kind"]) == ("b/other.yaml", 24, "Disco Diffusion")
    assert {entry["key"] for entry in found["unsupported"]} == {"eta", "my_key"}
    assert command("import", "Time To Disco(0)_settings.txt", "--mode", "4D").code == 2
    assert command("import", "gone.txt").code == 2


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), base=st.sampled_from([V57, FLAT]))
def test_no_value_is_a_bug(bring, data: st.DataObject, base: dict) -> None:
    keys = data.draw(st.lists(st.sampled_from(sorted(base)), min_size=1, max_size=4, unique=True))
    changed = base | {key: data.draw(JUNK, label=key) for key in keys}
    with contextlib.suppress(PipelineError):
        bring(changed)
