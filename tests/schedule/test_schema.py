"""The schema and the reader agree: on names, on words, on what they refuse and on what they accept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import KeyframeError
from pipeline.schedule import load, schema
from pipeline.schedule.bounds import (
    BORDERS,
    CAMERA,
    FRAME_PICTURES,
    INIT_WORDS,
    PARAMETERS,
    SAMPLERS_ETA,
    SPACE,
    WORDS,
)
from pipeline.schedule.fields import ANY_NUMBER
from pipeline.schedule.language.easing import EASES
from pipeline.schedule.notices import CODES
from pipeline.schedule.preset import CAMERA_KEYS, FRAME_KEYS, INIT_KEYS, LOOK_KEYS
from pipeline.schedule.preset import FILM_KEYS as FILM_SECTION
from pipeline.schedule.prompt import FADES
from pipeline.schedule.shot import FILM_KEYS, SHOT_KEYS
from pipeline.types import Film

ReadFilm = Callable[..., Film]
ROOT = Path(__file__).resolve().parents[2]
PLAIN = Path(__file__).parent / "plain.yaml"
EXAMPLES = sorted(path for path in (ROOT / "keyframes").glob("*.yaml") if ".beats" not in path.suffixes)
SCHEMA = schema.schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def named(node: Any) -> Any:
    """Return what YAML made of a file with every name as a text, as JSON has it."""
    if isinstance(node, dict):
        return {str(key): named(value) for key, value in node.items()}
    return [named(item) for item in node] if isinstance(node, list) else node


def schema_says(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(named(yaml.safe_load(text)))]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_reference_leads_somewhere() -> None:
    def walk(node: Any) -> set[str]:
        if isinstance(node, dict):
            here = {node["$ref"]} if "$ref" in node else set()
            return here.union(*(walk(value) for value in node.values()))
        return set().union(*(walk(item) for item in node)) if isinstance(node, list) else set()

    assert walk(SCHEMA) == {f"#/$defs/{name}" for name in SCHEMA["$defs"]}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path) -> None:
    assert schema_says(path.read_text(encoding="utf-8")) == []


def test_it_has_the_readers_keys_and_no_others() -> None:
    defs, top = SCHEMA["$defs"], SCHEMA["properties"]
    assert tuple(top) == FILM_KEYS
    assert tuple(top["shots"]["items"]["properties"]) == ("name", *SHOT_KEYS)
    assert set(defs["camera"]["properties"]) == set(CAMERA_KEYS)
    assert set(defs["frame"]["properties"]) == set(FRAME_KEYS)
    assert set(defs["look"]["properties"]) == {"base", *LOOK_KEYS}
    assert set(defs["init"]["properties"]) == set(INIT_KEYS)
    assert set(top["film"]["properties"]) == set(FILM_SECTION)
    for closed in (
        SCHEMA,
        top["shots"]["items"],
        defs["camera"],
        defs["frame"],
        defs["look"],
        defs["init"],
        top["film"],
    ):
        assert closed["additionalProperties"] is False
    assert set(schema.SAYS) == {*FILM_KEYS, *SHOT_KEYS, "name"}


def test_it_has_the_readers_words() -> None:
    for name, known in WORDS.items():
        section, _, key = name.partition(".")
        if name == "camera.depth":  # or a picture's path
            continue
        said = SCHEMA["$defs"][section]["properties"][key]
        if ANY_NUMBER in known:
            said, number = said["anyOf"]
            assert number["anyOf"][0] == {"type": "integer", "minimum": 0, "maximum": 999_999}
        assert [word for word in known if word != ANY_NUMBER] == said["enum"]
    codes = SCHEMA["properties"]["silence"]["anyOf"][0]["anyOf"]
    assert {one["const"]: one["description"] for one in codes} == CODES
    fades = set(SCHEMA["properties"]["prompt_fade"]["anyOf"][0]["enum"])
    assert fades == set(FADES) - {"cubic-bezier", "steps"}  # which need values


def test_numbers_tell_their_unit_and_range() -> None:
    for name, parameter in PARAMETERS.items():
        section, _, key = name.partition(".")
        said = SCHEMA["$defs"][section]["properties"][key]["description"]
        assert parameter.unit in said
        assert parameter.says in said
        assert parameter.bounds.says in said


BOTH_REFUSE = [
    "fps: 12",
    "prompts: a\nfsp: 3",
    "prompts: a\nzoom: 3",
    "prompts: a\nframes: 3\nduration: 3s",
    "prompts: a\nframes: 0",
    "prompts: a\nframes: many",
    "prompts: a\nfps: 500",
    "prompts: a\nfps: fast",
    "prompts: a\nbpm: no",
    "prompts: a\nseed: -1",
    "prompts: a\nseed: [3]",
    "prompts: a\nsize: large",
    "prompts: a\nsize: {height: 64}",
    "prompts: a\nsize: {height: 64, width: 64, depth: 3}",
    "prompts: a\ncamera: {mode: 3d, depth: {model: a, file: b.png}}",
    "prompts: a\ncamera: {mode: 3d, depth: {bright: far}}",
    "prompts: a\ncamera: {mode: 3d}\nfilm: {stereo: sideways}",
    "prompts: a\ncamera: {mode: 3d}\nfilm: {eye_distance: 0}",
    "prompts: a\ncamera: {flip_x: 90}",
    "prompts: a\nlet: [a]",
    "prompts: a\nlet: {sin: 3}",
    "prompts: a\nlet: {my name: 3}",
    "prompts: a\nlet: {slow: [1]}",
    "prompts: a\nlabels: {t: 3}",
    "prompts: a\nlabels: {drop: {}}",
    "prompts: a\nlabels: {drop: []}",
    "prompts: a\nlabels: 3s",
    "prompts: a\nprompt_fade: soft",
    "prompts: a\nprompt_fade: spherical soft",
    "prompts: a\nprompt_fade: spline",
    "prompts: a\nprompt_prefix: [b]",
    "prompts: a\ncamera:",
    "prompts: a\ncamera: {zom: 1}",
    "prompts: a\ncamera: {zoom: 0}",
    "prompts: a\ncamera: {zoom: [1, 2]}",
    "prompts: a\ncamera: {zoom: {}}",
    "prompts: a\ncamera: {zoom: {0: 1, 5: 2 ease-inn}}",
    "prompts: a\ncamera: {zoom: {0: 1, 5: 2 (1) ease}}",
    "prompts: a\ncamera: {shear_x: 90}",
    "prompts: a\ncamera: {border: mirror}",
    "prompts: a\nlook: {steps: 0}",
    "prompts: a\nlook: {skip: 1}",
    "prompts: a\nlook: {eta: 1.5}",
    "prompts: a\nlook: {cut_overview: [12, 4]}",
    "prompts: a\nlook: {cut_overview: 1000.5}",
    "prompts: a\nlook: {sampler: plmss}",
    "prompts: a\nlook: {clip_weights: 0.5}",
    "prompts: a\nlook: {clip_weights: {painted-clip-a: [1]}}",
    "prompts: a\nlook: {clip_weights: {painted-clip-a: -1}}",
    "prompts: a\nlook: {prompt_weights: l3}",
    "prompts: [{text: a, only: []}]",
    "prompts: [{text: a, only: {painted-clip-a: 1}}]",
    "prompts: a\nlook: {symmetry: diagonal}",
    "prompts: a\nlook: {symmetry: kaleidoscope, kaleidoscope: 1}",
    "prompts: a\ninit: {image: [a.png]}",
    "prompts: a\ninit: {perlin: grey}",
    "prompts: a\ninit: {perlin: gray, skip: 1}",
    "prompts: a\ninit: {frames_scale: -1}",
    "prompts: a\nfilm: {crf: 99}",
    "prompts: a\nfilm: {enlarge: 1.5}",
    "prompts: a\nfilm: {audio: mp3}",
    "prompts: a\nfilm: {codec: mpeg2}",
    "prompts: a\nfilm: {crf: fast}",
    "prompts: a\nfilm: {interpolate: 2}",
    "prompts: a\nfilm: {upscale: 3x}",
    "prompts: a\nfilm: {audio_bitrate: 5}",
    "prompts: a\nmusic: [a.mp3]",
    "prompts: a\nmusic:",
    "prompts: a\nmusic: {start: 1s}",
    "prompts: a\nmusic: {file: a.mp3, loudness: 1}",
    "prompts: a\nmusic: {file: a.mp3, volume: 5}",
    "prompts: a\nsilence: noise",
    "prompts: a\nsilence: [unused-name, noise]",
    "prompts: a\nshots: []",
    "prompts: a\nshots: {name: a}",
    "prompts: a\nshots: [a]",
    "prompts: a\nshots: [{name: My Shot}]",
    "prompts: a\nshots: [{fps: 3}]",
    "shots: [{prompts: a}, {frames: 2}]",
    "prompts: []",
    "prompts: {}",
    "prompts: ''",
    "prompts: [[a]]",
    "prompts: [{weight: 2}]",
    "prompts: [{text: a, wieght: 2}]",
    "prompts: [{text: a, image: b.png}]",
    "prompts: [{text: a, weight: [1]}]",
    "prompts: [{a: 1, b: 2}]",
    "prompts: {0: a, 3: {prompts: b, fades: hold}}",
    "prompts: {0: a, 3: {prompts: b, fade: soft}}",
    "prompts: {0: a, 3: []}",
]


@pytest.mark.parametrize("text", BOTH_REFUSE)
def test_both_refuse(read_film: ReadFilm, text: str) -> None:
    with pytest.raises(KeyframeError):
        read_film(text)
    assert schema_says(text)


BOTH_ACCEPT = [
    "prompts: no",
    "prompts: 1984",
    "title: 2024\nprompts: [on, 3.5]",
    "prompts: a\nfps: '12'\nseed: '007'\nframes: ' 3 '",
    "prompts: a\nduration: 0:02",
    "prompts: a\nduration: 1:30\nfps: 1",
    "prompts: a\nfps: 1e1",
    "prompts: {0:00.5: a, 0:03: b, 4s: c}",
    "prompts: {0: a, 20: {b: 0.5}, 30: [c, {d: 2}, 'e: 3', {text: f, weight: {0: 1, 40: 2 ease-in}}]}",
    "prompts: {prompts: [a, b], fade: spherical ease-in-out-back}",
    "prompts: {0: a, 9: {prompts: b, fade: 'cubic-bezier(0.2, 0, 0.4, 1)'}}",
    "prompts: {text: a, weight: t+1}",
    "prompts: a\nprompt_prefix:\nprompt_suffix: ''",
    "prompts: a\nprompt_fade: spring(2)",
    "prompts: a\nlabels: {drop: 2s, hit: [1, 0:02, every 8], fall: drop + 5}",
    "prompts: a\nlet: {slow: 0.3, wave: 'sin(t, 2s)', up: {0: 0, 9: 1 ease-in}, fine: 'where(p < 0.4, 1, 0)'}",
    "prompts: a\nlabels: {drop: 5}\ncamera: {zoom: {0: 1, drop: 2 spline, drop + 9: 1}, roll: -2deg}",
    "prompts: a\ncamera: {zoom: {0: 1, 9: '1 + 0 * (t > 3 and t)', 20: '1 + (not t)'}, mode: 2d}",
    "prompts: a\ncamera: {zoom: {0: 1, 5: 't > 2 and sin(t) * 0 + 1', 9: 2}, roll: {0: 1, 9: 2 steps(4)}}",
    "prompts: a\ncamera: {zoom: '0: (1.0), 24: (1.02)', roll: \"0:(0)\"}",
    "prompts: a\nlook: {steps: 9.6, cut_overview: '[12]*400+[4]*600', cut_innercut: 0.4, thresholding: none}",
    "prompts: a\nlook: {clip_weights: {painted-clip-a: {0: 1, 9: 'where(p < 0.5, 1, 0) ease-in'}}}",
    "prompts: [{text: a, only: painted-clip-a}, {text: b, only: [painted-clip-a]}]",
    "prompts: a\ninit: {image: none, mask: none, perlin: mixed, skip: 0.3 + 0*t, scale: '[9]*400+[0]*600'}",
    "prompts: a\nlook: {symmetry: both, symmetry_strength: 'where(p < 0.4, 1, 0)', kaleidoscope: {0: 3, 9: 8}}",
    "prompts: a\nfilm: {crf: '20'}\nsilence: unused-name",
    "prompts: a\nfilm: {codec: vp9, crf: auto, quality: draft, interpolate: 2x, upscale: 4x, upscaler: lanczos}",
    "prompts: a\ncamera: {mode: 3d, depth: {model: own}}\nfilm: {stereo: crossed, eye_distance: 4.5, convergence: 0}",
    "prompts: a\ncamera: {flip_x: 3, flip_y: -89.5 + 0*t, flip_z: 400, flip_fov: 100, flip_about: deforum}",
    "prompts: a\nsilence: []",
    "shots: [{prompts: a, name: no}, {prompts: b, name: 7}]",
    "prompts: a\nframes: 5\nshots: [{duration: 1s}, {name: x}]",
    "prompts: a\nsize: 96 x 64",
    "prompts: a\nsize: {height: 64, width: '96'}",
]


@pytest.mark.parametrize("text", BOTH_ACCEPT)
def test_both_accept(read_film: ReadFilm, text: str) -> None:
    read_film(text)
    assert schema_says(text) == []


WAYS = st.sampled_from(["", *(f" {name}" for name in EASES), " spline", " steps(3)", " spring"])
WISHES = st.sampled_from(["a fox", {"text": "a fox", "weight": 0.5}, {"snow": 2}, "rain: 0.4"])
TOP: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["A film", 1984, False]),
    "fps": st.floats(1, 60),
    "size": st.sampled_from(["64x32", {"height": 64, "width": 96}]),
    "bpm": st.integers(30, 300),
    "seed": st.integers(0, 2**63 - 1),
    "frames": st.integers(1, 20),
    "prompt_fade": st.sampled_from(sorted(set(FADES) - {"cubic-bezier", "steps"})),
    "labels": st.dictionaries(st.sampled_from(["drop", "hit"]), st.integers(0, 9)),
    "let": st.dictionaries(st.sampled_from(["slow", "fast_2"]), st.floats(-9, 9) | st.just("sin(t)")),
    "film": st.fixed_dictionaries({}, optional={"crf": st.integers(0, 51), "enlarge": st.integers(1, 16)}),
    "silence": st.sampled_from(sorted(CODES)) | st.lists(st.sampled_from(sorted(CODES))),
}


def values_of(name: str) -> st.SearchStrategy[Any]:
    """Return values of a parameter in each form, all within its bounds."""
    if name == "look.sampler":  # beside any eta; what the others ask of it is no matter of form
        return st.sampled_from([sampler for sampler, eta in SAMPLERS_ETA.items() if eta is None])
    if name == "look.clip_weights":
        return st.fixed_dictionaries({}, optional={"painted-clip-a": values_of("look.tv_scale")})
    if name == "look.guidance_path":  # the tests' preset has no secondary model
        return st.sampled_from(["unet", "detached"])
    if name == "frame.color_match_to":  # with a picture another time
        return st.sampled_from(["shot", "previous"])
    if name == "frame.guide_strength":
        return st.just(0)
    if name in WORDS:
        return st.sampled_from([7 if word == ANY_NUMBER else word for word in WORDS[name]])
    bounds = PARAMETERS[name].bounds
    low, high = max(bounds.low, -5) + (1 if "cut_" in name else 0.1), min(bounds.high, 5) - 0.1
    plain = st.floats(low, high).map(lambda value: round(value, 3)) if low < high else st.just(1)
    text = plain.map(lambda value: f"{value} + 0*sin(t)")
    held = plain.map(lambda value: f"0: ({value})")
    keys = st.tuples(plain, plain).map(lambda pair: {0: pair[0], 3: pair[1]})
    return (
        plain | text | held | keys | plain.flatmap(lambda value: WAYS.map(lambda way: {0: value, 2: f"{value}{way}"}))
    )


SECTIONS = {
    section: st.fixed_dictionaries(
        {}, optional={key: values_of(f"{section}.{key}") for key in keys if key not in FRAME_PICTURES}
    )
    for section, keys in (("frame", FRAME_KEYS), ("look", LOOK_KEYS))
}
SECTIONS["init"] = st.fixed_dictionaries(  # clouds, which need no file and excuse most of what acts on a picture
    {"perlin": st.sampled_from(INIT_WORDS["perlin"]).filter(lambda mode: mode != "off")},
    optional={key: values_of(f"init.{key}") for key in ("fit", "skip", "scale", "frames_scale")},
)
SECTIONS["camera"] = st.one_of(  # the schema does not know which keys go with which mode
    st.fixed_dictionaries(
        {"mode": st.just(mode), "border": st.sampled_from(BORDERS[mode])},
        optional={key: values_of(f"camera.{key}") for key in keys if key not in ("near", "far")},
    )
    for mode, keys in (("2d", CAMERA), ("3d", SPACE))
)
PROMPTS = WISHES.filter(lambda wish: wish != {"snow": 2}) | st.lists(WISHES, min_size=1, max_size=3)
TIMED = st.tuples(PROMPTS, WISHES).map(lambda pair: {0: pair[0], 3: {"prompts": pair[1], "fade": "hold"}})


class WithoutAliases(yaml.SafeDumper):
    """Writes equal things out each time they come."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@settings(max_examples=80, deadline=None)
@given(st.fixed_dictionaries({"prompts": PROMPTS | TIMED}, optional={**TOP, **SECTIONS}))
def test_files_made_of_valid_parts_are_accepted_by_both(tmp_path_factory: pytest.TempPathFactory, film: Any) -> None:
    text = yaml.dump(film, Dumper=WithoutAliases, sort_keys=False)
    path = tmp_path_factory.getbasetemp() / "made.yaml"
    path.write_text(text, encoding="utf-8")
    load(path, config=PLAIN)
    assert schema_says(text) == []
