"""FizzNodes' schedules: prompts that blend from key to key by their weights, and values as they are written."""

from __future__ import annotations

import json

import pytest

from pipeline.errors import KeyframeError
from pipeline.schedule import study
from pipeline.schedule.trace import follow

PROMPTS = '"0": "a fox", "12": "a fox",\n"24": "snow --neg blur",\n'


def weights(plan) -> dict[str, float]:
    """Return the wanted texts of a frame, with weights that sum to 1."""
    found = {one.text: one.weight for one in plan.prompts if one.weight > 0}
    return {text: weight / sum(found.values()) for text, weight in found.items()}


def test_the_text_alone_is_a_film_whose_prompts_blend(bring, verdicts) -> None:
    found = bring(PROMPTS, name="prompts.txt")
    plans = found.film.shots[0].plans
    assert (found.report.kind, len(plans)) == ("FizzNodes", 25)
    assert weights(plans[11]) == weights(plans[12]) == {"a fox": 1}
    for n in range(13, 24):
        w = 1 - (n - 12) / 12
        assert weights(plans[n]) == pytest.approx({"a fox": w, "snow": 1 - w})
    assert {one.text for one in plans[24].prompts} == {"snow", "blur"}
    assert verdicts(found) == {"schedule": "approximated", "max_frames": "approximated"}


def test_a_nodes_inputs_have_length_and_texts_around(bring, verdicts) -> None:
    values = {
        "text": '"0": "a fox `t*pw_a`", "max_f/2": "snow",',
        "max_frames": 48,
        "pre_text": "oil painting of",
        "app_text": "at dusk --neg ugly",
        "pw_a": 0.5,
        "print_output": False,
    }
    found = bring(values)
    plans = found.film.shots[0].plans
    assert len(plans) == 48
    assert [one.text for one in plans[0].prompts] == ["oil painting of a fox 0 at dusk", "ugly"]
    assert plans[7].prompts[0].text == "oil painting of a fox 3.5 at dusk"
    assert plans[47].prompts[0].text == "oil painting of snow at dusk"
    said = verdicts(found)
    assert (said["pre_text"], said["max_frames"], said["print_output"]) == ("exact", "exact", "dropped")


def test_a_workflow_gives_its_schedules(bring, verdicts) -> None:
    nodes = {
        "3": {"class_type": "BatchPromptSchedule", "inputs": {"text": PROMPTS, "max_frames": 60, "clip": ["1", 1]}},
        "7": {"class_type": "ValueSchedule", "inputs": {"text": "0:(1), 10:(1+t/10)", "max_frames": 60}},
        "9": {"class_type": "PromptSchedule", "inputs": {"text": '"0": "a cat"', "max_frames": 60}},
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {}},
    }
    found = bring(nodes)
    assert len(found.film.shots[0].plans) == 60
    (score,) = study(found.path).scores
    ramp = [1 + n / 10 for n in range(10)] + [1 + n / 10 for n in range(10, 60)]
    assert [value for (value,) in follow(score, "let.value_7")] == pytest.approx(ramp)
    assert verdicts(found)["9"] == "unsupported"
    assert verdicts(found)["1"] == "dropped"


def test_a_schedule_of_values_is_a_name_of_its_own(bring, verdicts) -> None:
    found = bring("0:(1), 6:(t),\n12:(0.5*2)", name="values.txt")
    (score,) = study(found.path).scores
    there = [1 + 5 * n / 6 for n in range(6)] + [float(n) for n in range(6, 12)] + [1]
    assert [value for (value,) in follow(score, "let.value")] == pytest.approx(there)
    assert verdicts(found)["prompts"] == "unsupported"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"0": "a fox" "12": "snow"', "is not frames, each with a text"),
        ('"0": "a fox", "12": 3', "is not frames, each with a text"),
        ('"0": "a fox", "x": "snow"', "a prompt stands at 'x', which is no frame"),
        ('{"text": "0:(1)", "max_frames": "many"}', "max_frames must be a number"),
        ('{"text": "", "max_frames": 10}', "there is no schedule"),
        ('{"text": "\\"0\\": \\"a\\"", "max_frames": 10, "pw_a": "[1"}', None),
        ("0:(1), 10:(foo)", "old.txt:1:1: schedule: unknown name 'foo' in expression"),
        ("0:(1, 10:(2)", "old.txt:1:1: schedule: a comma can only stand between"),
    ],
)
def test_what_is_wrong_is_told(bring, verdicts, text: str, wanted: str | None) -> None:
    if wanted is None and "pw_a" in text:
        assert verdicts(bring(text))["pw_a"] == "unsupported"
        return
    with pytest.raises(KeyframeError, match=wanted):
        bring(text, name="old.txt")


def test_a_prompt_twice_at_a_frame_is_the_last_of_them(bring) -> None:
    found = bring(json.dumps({"text": '"0": "a fox", "11": "snow", "max_f": "a cat", "5.0": "hail"', "max_frames": 12}))
    plans = found.film.shots[0].plans
    assert [next(iter(weights(plans[n]))) for n in (0, 5, 11)] == ["a fox", "hail", "a cat"]
