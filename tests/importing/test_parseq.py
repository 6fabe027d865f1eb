"""Parseq's rendered manifests, by themselves and inside Deforum's settings: every frame has its own number."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.importing.key_strings import read_keys, within
from pipeline.importing.parseq import schedule_of
from tests.importing.test_deforum import FLAT

N = 18


def manifest(**changes) -> dict:
    rows = [
        {
            "frame": frame,
            "angle": 3 * math.sin(frame / 5),
            "angle_delta": 3 * math.sin(frame / 5) - (3 * math.sin((frame - 1) / 5) if frame else 0),
            "angle_pc": 1,
            "zoom": 1 + frame / 100,
            "zoom_delta": 1.01,
            "strength": 0.5 + 0.02 * (frame % 3),
            "seed": 10 + frame / 4,
            "subseed": math.ceil(10 + frame / 4),
            "subseed_strength": (frame / 4) % 1,
            "prompt_weight_1": 1 - frame / N,
            "deforum_prompt": "a fox:0.75 AND snow:0.25 --neg blur" if frame < 9 else "a cat --neg blur",
        }
        for frame in range(N)
    ]
    return {"options": {"output_fps": 24, "bpm": 120, "cadence": 1}, "rendered_frames": rows, "keyframes": []} | changes


def test_every_frame_has_the_rendered_number(bring, verdicts) -> None:
    values = manifest()
    rows = values["rendered_frames"]
    found = bring(values | {"rendered_frames": rows[::-1]})
    plans = found.film.shots[0].plans
    assert (found.film.fps, len(plans)) == (24, N)
    for row, plan in zip(rows[1:], plans[1:], strict=True):
        assert plan.camera.roll_deg == pytest.approx(row["angle_delta"], rel=1e-12)
        assert plan.camera.zoom == 1.01
        assert plan.look.skip == pytest.approx(row["strength"], rel=1e-12)
        assert plan.look.seed_schedule == pytest.approx(row["seed"])
    weighed = [(one.text, one.weight) for one in plans[0].prompts]
    assert [text for text, _ in weighed] == ["a fox", "snow", "blur"]
    assert [weight / weighed[0][1] for _, weight in weighed] == pytest.approx([1, 1 / 3, -2 / 3])
    assert [one.text for one in plans[9].prompts] == ["a cat", "blur"]
    assert verdicts(found)["keyframes"] == "approximated"
    assert verdicts(found)["rendered_frames.angle"] == "exact"


def test_inside_deforums_settings_it_takes_the_schedules_place(bring, verdicts) -> None:
    text = json.dumps(manifest())
    found = bring(FLAT | {"parseq_manifest": text, "parseq_use_deltas": False})
    plans = found.film.shots[0].plans
    assert len(plans) == 24
    assert plans[7].camera.zoom == pytest.approx(1.07)
    assert plans[7].camera.roll_deg == pytest.approx(3 * math.sin(7 / 5))
    assert plans[23].camera.zoom == pytest.approx(1.17)  # the last holds
    assert plans[7].camera.translation_y == pytest.approx(-400 / 512)  # the settings' own
    assert verdicts(found)["parseq_manifest"] == "exact"
    address = bring(FLAT | {"parseq_manifest": "https://example.org/a.json"})
    assert verdicts(address)["parseq_manifest"] == "unsupported"


@given(
    values=st.lists(st.sampled_from([0.0, 1.0, 0.1, -2.5, 1e-9, 123456.789]), min_size=1, max_size=30),
    slope=st.floats(-3, 3),
)
def test_a_schedule_has_every_value(values: list[float], slope: float) -> None:
    values = [*values, *(values[-1] + slope * n for n in range(9)), *values]
    keys = dict(within(read_keys(schedule_of(values)), len(values)))
    found = np.interp(range(len(values)), sorted(keys), [keys[frame] for frame in sorted(keys)])
    assert found == pytest.approx(values, rel=1e-13, abs=1e-15)
    assert len(keys) <= 2 * len(values[:-9]) + 2  # of a straight line only the ends


@pytest.mark.parametrize(
    "rows",
    [[], [3], [{"zoom": 1}], [{"frame": 1, "zoom": 1}], [{"frame": 0, "zoom": "x"}], [{"frame": 0, "zoom": None}]],
)
def test_broken_manifests_are_refused(bring, rows: list) -> None:
    with pytest.raises(KeyframeError):
        bring(manifest(rendered_frames=rows))


def test_a_field_that_moves_and_has_no_place_is_loud(bring, verdicts) -> None:
    values = manifest()
    for row in values["rendered_frames"]:
        row |= {"cn_1_weight": row["frame"], "hybrid_flow_factor": 1}
    said = verdicts(bring(values))
    assert said["rendered_frames.cn_1_weight"] == "unsupported"
    assert said["rendered_frames.hybrid_flow_factor"] == "dropped"
