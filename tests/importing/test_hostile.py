"""Each program's files, broken in every way that people and programs break them: a clear answer or a sound film."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest

from pipeline.errors import KeyframeError, PipelineError
from tests.importing.test_deforum import FLAT
from tests.importing.test_disco import OLD, V57
from tests.importing.test_parseq import manifest as rendered
from tests.importing.test_parseq_formulas import line, manifest
from tests.importing.test_warpfusion import SETTINGS

ART = {
    "text_prompts": ["a fox:2", "fog"],
    "width_height": [640, 384],
    "clip_models": ["RN50::openai"],
    "steps": 100,
    "init_scale": 1000,
    "cut_overview": "[12]*400+[4]*600",
    "clip_models_schedules": {"RN50::openai": "[True]*1000"},
}
PYTTI = {
    "scenes": "a fox | fog:-1 || snow:1+t",
    "steps_per_scene": 600,
    "steps_per_frame": 50,
    "animation_mode": "2D",
    "translate_x": "3*t",
    "zoom_x_2d": "2",
    "input_audio_filters": [{"variable_name": "low", "f_center": 100, "f_width": 20}],
}
FIZZ = {"text": '"0": "a fox `t`", "12": "snow"', "max_frames": 24, "pre_text": "oil", "pw_a": 0.5}
PARSEQ = manifest({0: "L+sin(p=4b)", 10: "bez()"}, lambda at: line(at.f))
BASES: dict[str, dict[str, Any]] = {
    "disco": V57,
    "disco v3": OLD,
    "discoart": ART,
    "deforum": FLAT,
    "parseq": PARSEQ,
    "parseq, rendered": rendered(),
    "pytti": PYTTI,
    "fizz": FIZZ,
    "warpfusion": SETTINGS,
}
WHOLE = {
    "disco": "steps",
    "disco v3": "steps",
    "discoart": "steps",
    "deforum": "max_frames",
    "pytti": "steps_per_scene",
}
WHOLE |= {"fizz": "max_frames", "warpfusion": "max_frames"}
IDS = [*BASES]


@pytest.mark.parametrize("name", IDS)
def test_what_is_no_json_has_its_place(bring, name: str) -> None:
    text = json.dumps(BASES[name], indent=1)
    for broken, wanted in (
        (text.replace('": ', '": NaN, "x": ', 1), "NaN is no number"),
        (text.replace('": ', '": -Infinity, "x": ', 1), "-Infinity is no number"),
        (text.replace('": ', '": ' + "[" * 101 + "]" * 101 + ', "x": ', 1), "nested deeper than 100 levels"),
        (text.replace('"', "“", 1), "a typographic quote (“) stands where a straight one must"),
        (text[: len(text) // 2], "not valid JSON"),
        (text + "}", "not valid JSON"),
        (text.replace('": ', f'": {"9" * 5000}, "x": ', 1), "a number in it has thousands of digits"),
    ):
        with pytest.raises(KeyframeError) as caught:
            bring(broken)
        assert wanted in str(caught.value)
        assert caught.value.complaints[0].mark.line >= 1


@pytest.mark.parametrize("name", IDS)
def test_commas_too_many_and_names_twice_are_told_of(bring, name: str) -> None:
    text = json.dumps(BASES[name], indent=1)
    first = next(iter(BASES[name]))
    twice = text.replace("{", "{" + f'"{first}": 0, ', 1).rstrip()[:-1] + ",}"
    found = bring(twice)
    assert "commas before a closing bracket are passed over" in found.report.notes
    assert f"'{first}' is written twice; the last one counts, as it did there" in found.report.notes


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_number_may_be_written_otherwise(bring, name: str) -> None:
    key = WHOLE[name]
    value = BASES[name][key]
    lengths = {
        bring(BASES[name] | {key: said}).film.n_frames for said in (value, f"{value}.0", float(value), f" {value} ")
    }
    assert len(lengths) == 1
    with pytest.raises(KeyframeError, match=f"{key} must be a"):
        bring(BASES[name] | {key: f"{value}.5"})


@pytest.mark.parametrize("column", ["rotation_3d_y_delta", "translation_z_delta"])
@pytest.mark.parametrize("value", [1e300, -1e9, "x", None, True, [1]])
def test_a_manifests_number_that_cannot_be_is_told(bring, column: str, value: Any) -> None:
    broken = json.loads(json.dumps(PARSEQ))
    broken["rendered_frames"][7][column] = value
    with pytest.raises(KeyframeError, match=f"{column} is not a number, or too large a one, in frame 7"):
        bring(broken, mode="3D")


def test_a_manifest_above_our_bounds_or_our_length_is_told(bring) -> None:
    rows = rendered()["rendered_frames"]
    with pytest.raises(KeyframeError, match=r"camera\.zoom is -3"):
        bring(rendered(rendered_frames=[row | {"zoom_delta": -3 if row["frame"] == 4 else 1.01} for row in rows]))
    chance = random.Random(1)
    names = [f"rotation_3d_{axis}" for axis in "xyz"] + ["translation_x", "translation_y", "translation_z"]
    long = [{"frame": n, **{f"{name}": 0 for name in names}} for n in range(2500)]
    for row in long:
        row |= {f"{name}_delta": chance.random() for name in names}
    with pytest.raises(KeyframeError, match="the film that comes of it is larger than 256 KiB"):
        bring({"rendered_frames": long, "options": {"output_fps": 12}}, mode="3D")


JUNK: list[Any] = [
    *(
        None,
        True,
        0,
        -1,
        1e9,
        -1e9,
        1e300,
        10**30,
        0.5,
        [],
        [None],
        [[1]],
        ["a"],
        {},
        {"a": 1},
        {"0": "a"},
        {"-5": "a"},
    ),
    *("", "x", "1.0", "1e400", "\x00", "{", "(((", ")", "0: (1e9)", "0:(1),", "0:(foo)", "9**9**9", "1/0", "“0”: (1)"),
    *("a" * 3000, "a|" * 2000, "[9]*100000", "nan", "`t`", "{x}", "a: b #c", ": ", "- x", "\n\n", "'", '"', "\\", "%s"),
    *({"0": ["a"]}, {"999999999": "a"}, "0:(-1e9)", "t**t**t", "\ufeff", "-0"),
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value in values, of lists to the first three."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    return [path, *(each for key, one in inner for each in places(one, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy


@pytest.mark.parametrize("name", IDS)
def test_no_value_anywhere_is_a_bug(bring, name: str) -> None:
    chance = random.Random(f"junk {name}")
    known = places(BASES[name])
    n_films = 0
    for _ in range(14):
        broken = replaced(BASES[name], chance.choice(known), chance.choice(JUNK))
        try:
            found = bring(json.dumps(broken), program=None)
        except PipelineError as fault:
            assert fault.exit_code == 2, str(fault)
            assert str(fault)
        else:
            n_films += 1
            assert math.isfinite(found.film.fps)
    assert n_films < 14
