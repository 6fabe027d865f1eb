"""Whose a file is, told from as little as one prompt; what it might be else is said, and `--as` has the last word."""

from __future__ import annotations

import json

import pytest

from pipeline.errors import KeyframeError, UsageError
from pipeline.importing.front import PROGRAMS


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"text_prompts": {"0": ["a lighthouse"]}, "steps": 100}, "Disco Diffusion"),
        ({"text_prompts": {"0": ["a lighthouse"]}}, "Disco Diffusion"),
        ({"text_prompts": ["a lighthouse"], "cutn": 16, "skip_timesteps": 10}, "Disco Diffusion"),
        ({"text_prompts": ["a lighthouse"], "n_batches": 1}, "DiscoArt"),
        ({"text_prompts": "a lighthouse", "width_height": [640, 384]}, "DiscoArt"),
        ({"prompts": {"0": "a lighthouse"}}, "Deforum"),
        ({"prompts": {"0": "a lighthouse"}, "zoom": "0: (1.02)"}, "Deforum"),
        ({"animation_prompts": {"0": "a lighthouse"}, "max_frames": 9}, "Deforum"),
    ],
)
def test_little_is_enough(bring, values: dict, kind: str) -> None:
    found = bring(values)
    assert found.report.kind == kind
    assert found.film.shots[0].plans[0].prompts[0].text == "a lighthouse"


def test_what_could_be_two_is_said_and_can_be_said(bring) -> None:
    values = {"text_prompts": ["a lighthouse"], "steps": 100}
    found = bring(values)
    (note,) = [note for note in found.report.notes if note.startswith("read as settings of")]
    assert "DiscoArt, which knows 2 of its keys; may also be Disco Diffusion (--as disco)" in note
    found = bring(values, program="disco")
    assert found.report.kind == "Disco Diffusion"
    assert not [note for note in found.report.notes if note.startswith("read as")]
    assert found.film.shots[0].plans[0].look.steps == 100
    with pytest.raises(UsageError, match="--as dalle: there is no such program; write one of: parseq, discoart, disco"):
        bring(values, program="dalle")


def test_what_is_nobodys_says_what_was_looked_for(bring) -> None:
    with pytest.raises(KeyframeError) as caught:
        bring({"text_prompt": "a lighthouse"})
    said = str(caught.value)
    assert all(f"{one.name}: {one.asks}" in said and one.word in said for one in PROGRAMS)
    assert "did you mean 'text_prompts'?" in said


@pytest.mark.parametrize("word", [one.word for one in PROGRAMS])
@pytest.mark.parametrize("values", [{}, {"a": 1}, {"prompts": 3, "text_prompts": 4, "scenes": [], "keyframes": {}}])
def test_a_file_that_is_called_something_has_an_answer(bring, word: str, values: dict) -> None:
    with pytest.raises(KeyframeError):
        bring(json.dumps(values), program=word)
