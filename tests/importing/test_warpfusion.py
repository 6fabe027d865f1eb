"""WarpFusion's schedules as data: lists by frame, values at frames, and texts of Python's that are never run."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import KeyframeError
from pipeline.importing.formula import NoFormula
from pipeline.importing.literal import literal

SETTINGS = {
    "text_prompts": {"0": ["a fox:2", "fog"], "20": ["a fox:1", "snow"]},
    "negative_prompts": {"0": ["ugly"]},
    "style_strength_schedule": [0.7, 0.7, 0.5],
    "cfg_scale_schedule": {"0": 7, "10": 14},
    "steps_schedule": {"0": 25},
    "flow_blend_schedule": [0.8],
    "latent_scale_schedule": [0, 0],
    "blend_json_schedules": True,
    "max_frames": 24,
    "width_height": [640, 384],
    "seed": 5,
    "dynamic_thresh": 30,
    "some_other_key": 1,
}


def test_schedules_have_their_values_at_each_frame(bring, verdicts) -> None:
    found = bring(SETTINGS)
    plans = found.film.shots[0].plans
    assert (found.report.kind, len(plans), found.film.size.width) == ("WarpFusion", 24, 640)
    assert [plan.look.skip for plan in plans[1:]] == pytest.approx([0.3, *[0.5] * 22])
    scale = np.interp(range(24), [0, 10], [7, 14])
    assert [plan.look.guidance_scale[0] for plan in plans] == pytest.approx(scale / 7 * 5000)
    for n in (0, 10, 20):
        first, second = plans[n].prompts[:2]
        assert first.weight / second.weight == pytest.approx(2 - n / 20)
    assert [one.text for one in plans[20].prompts] == ["a fox", "snow", "ugly"]
    said = verdicts(found)
    assert (said["flow_blend_schedule"], said["latent_scale_schedule"]) == ("unsupported", "dropped")
    assert "2 other keys" in said


def test_values_at_frames_are_held_where_they_are_not_blended(bring) -> None:
    found = bring(SETTINGS | {"blend_json_schedules": False})
    scales = [plan.look.guidance_scale[0] for plan in found.film.shots[0].plans]
    assert scales == pytest.approx([5000] * 10 + [10000] * 14)


def test_texts_of_pythons_are_read_and_not_run(bring) -> None:
    found = bring(
        SETTINGS
        | {
            "style_strength_schedule": "[0.9]*3+[0.4]",
            "cfg_scale_schedule": "{0: 7, 10: 14,}",
            "text_prompts": "{0: ['a fox'], 20: ['snow <lora:x:0.5>']}",
        }
    )
    plans = found.film.shots[0].plans
    assert [plan.look.skip for plan in plans[1:5]] == pytest.approx([0.1, 0.1, 0.6, 0.6])
    assert plans[20].prompts[0].text == "snow"
    assert found.report.entries["text_prompts: <lora:x:0.5>"].verdict == "unsupported"
    with pytest.raises(KeyframeError, match="style_strength_schedule is no plain value: '__import__"):
        bring(SETTINGS | {"style_strength_schedule": "__import__('os').system('true')"})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[0.1]*3+[0.9]*2", [0.1, 0.1, 0.1, 0.9, 0.9]),
        ("2*[1, -.5]", [1, -0.5, 1, -0.5]),
        ("{0: 0.7, '24': [1, True, None],}", {0: 0.7, "24": [1, True, None]}),
        ("(1+2)*3-4", 5),
        ("(1, 2)", [1, 2]),
        (r"'it\'s'", "it's"),
        ("[[1, 2], []]", [[1, 2], []]),
        ("1e-3", 0.001),
    ],
)
def test_a_literal_is_what_python_makes_of_it(text: str, value: object) -> None:
    assert literal(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "[", "[1", "{1}", "{[1]: 2}", "[1] + 2", "'a'*3", "[1]*[2]", "1 2", "x", "[x for x in (1,)]", "9**9"),
        *(
            "[0]*100001",
            "[[0]*1000]*101 + [[0]*1000]*101" + "*1000",
            "[" * 30,
            "1e308*1e308",
            "-'a'",
            "lambda: 1",
            "1j",
        ),
    ],
)
def test_what_is_no_literal_is_refused(text: str) -> None:
    with pytest.raises(NoFormula):
        literal(text)


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("text_prompts", {"x": ["a"]}, "text_prompts must be frames"),
        ("text_prompts", {"0": 3}, "text_prompts must be frames"),
        ("text_prompts", {}, "there are no prompts"),
        ("style_strength_schedule", {"x": 1}, "must be a number, a list of them, or values at frames"),
        ("style_strength_schedule", [[1, 2]], "must be a number, a list of them, or values at frames"),
        ("width_height", [1], "width_height must be two numbers"),
        ("max_frames", "many", "max_frames must be a number"),
    ],
)
def test_what_is_wrong_is_told(bring, key: str, value: object, wanted: str) -> None:
    with pytest.raises(KeyframeError, match=wanted):
        bring(SETTINGS | {key: value})
