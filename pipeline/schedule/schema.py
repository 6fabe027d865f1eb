"""Describe keyframe files as a JSON Schema (draft 2020-12), from the tables that the reader itself reads by.

It is for editors: it knows names, words, ranges and forms, but no expressions, so what it passes may still be wrong;
what it refuses is wrong. The one exception is a name or text that YAML takes for nothing or for a truth value
(`null`, and in a number's place `true`), which the reader takes as it is written.
"""

from __future__ import annotations

from ..types.codec import AUDIO, CODECS, FACTORS, QUALITIES, STEREO
from . import preset
from .bounds import (
    CAMERA,
    CAMERA_WORDS,
    CLIP_WEIGHT,
    DEPTH_BRIGHT,
    FOLLOW,
    FOLLOW_WORDS,
    FRAME,
    FRAME_PICTURES,
    FRAME_WORDS,
    INIT_OVER_FRAMES,
    INIT_OVER_STEPS,
    INIT_PATHS,
    INIT_WORDS,
    LOOK_OVER_FRAMES,
    LOOK_OVER_STEPS,
    LOOK_WORDS,
    SPACE,
    Parameter,
)
from .clips import KEY as CLIP_WEIGHTS
from .clock import MAX_FRAMES
from .fields import MAX_SIDE
from .film_format import FARTHEST, LEAST_APART, MOST_APART
from .film_settings import MAX_LETS
from .forms import TEXT_TYPES, Schema, by_clip, definitions, fade, number, ref, section, value, whole, words
from .labels import WORDS as RESERVED
from .language.tokens import LABEL
from .named_look import BASE
from .notices import CODES
from .pictures.footage import MOST, SOURCE_KEYS
from .pictures.footage import TIMES as CUT
from .shot import FILM_KEYS, MAX_SEED, MAX_SHOTS, SHOT_KEYS
from .song.cue_files import MAX_FILES
from .song.cue_files import SUFFIXES as CUE_FILES
from .song.music import LOUDEST, MUSIC_KEYS, TIMES
from .song.signals import GRIDS, HIGHEST_HZ, LENGTHS, MAX_SIGNALS, NUMBERS, ON_OFF, SHAPE_KEYS, SOURCES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SAYS = {
    "title": "The film's title, one line.",
    "preset": "Engine preset: a name from configs/, or a path that ends in .yaml.",
    "fps": "Frames per second.",
    "size": "Picture size, WIDTHxHEIGHT or {height, width}; both in multiples that the model needs.",
    "bpm": "Beats per minute; beats and bars are only known where it is given.",
    "beats_per_bar": "Beats in a bar.",
    "let": "Your own names for values, which every expression may use.",
    "duration": "Length of a shot, as a time; instead of frames.",
    "frames": "Length of a shot in frames; instead of duration.",
    "seed": "Seed of the noise; shots without one count on from the film's.",
    "labels": "Names for moments of a shot: a time, a list of times, or 'every 4b from 2s until 8s'.",
    "prompts": "What is drawn: a text, a list of texts and pictures with weights, or times with either.",
    "prompt_fade": "How prompts give way to the next: a way such as ease-in-out, spherical, or both.",
    "prompt_prefix": "Words before every text that is wanted.",
    "prompt_suffix": "Words after every text that is wanted.",
    "camera": "How the camera moves from frame to frame.",
    "frame": "What happens to the frame before, once the camera has moved it, ahead of the sampling.",
    "source": "The film that this one is made over: a video file, from the keyframe file's folder; or part of it.",
    "follow": "What each frame takes from the film under source, and how.",
    "look": "How each frame is sampled.",
    "music": "The film's sound: a sound file or video, from the keyframe file's folder; or which part of it, and how.",
    "signals": "Your own signals: what is heard in the music, shaped.",
    "init": "The picture that a shot starts from, stays like, or keeps in part.",
    "film": "How frames become a film.",
    "shots": "The film's shots, with hard cuts between them; what stands at the top holds for each.",
    "silence": "Kinds of warnings that are not shown.",
    "name": "The shot's name: small letters, digits, '.', '_' and '-'; its folder is called so.",
}
"""What each key of a film or a shot means."""


def schema() -> Schema:
    """Return the schema of keyframe files."""
    of_all_shots = {"shots": {"items": {"required": ["prompts"]}}}
    return {
        "$schema": DRAFT,
        "title": "Keyframe file",
        "description": "What a film is made from: shots, prompts over time, a camera that moves, a look.",
        **section({key: film_key(key) for key in FILM_KEYS}),
        **_one_length(),
        "anyOf": [{"required": ["prompts"]}, {"required": ["shots"], "properties": of_all_shots}],
        "$defs": {
            **definitions(),
            "camera": _camera(),
            "frame": _frame(),
            "follow": _numbers(FOLLOW_WORDS, FOLLOW, {}),
            "look": _look(),
            "init": _init(),
        },
    }


def film_key(key: str) -> Schema:
    """Return the schema of what stands under a key of the film or of a shot."""
    return {**_FORMS[key](), "description": SAYS[key]}


def _one_length() -> Schema:
    return {"not": {"required": ["frames", "duration"]}}


def _numbers(
    known_words: dict[str, tuple[str, ...]], over_frames: dict[str, Parameter], over_steps: dict[str, Parameter]
) -> Schema:
    return section(
        {
            **{key: words(known) for key, known in known_words.items()},
            **{key: value(parameter, in_sampler=False) for key, parameter in over_frames.items()},
            **{key: value(parameter, in_sampler=True) for key, parameter in over_steps.items()},
        }
    )


def _look() -> Schema:
    look = _numbers(LOOK_WORDS, LOOK_OVER_FRAMES, LOOK_OVER_STEPS)
    return {**look, "properties": {BASE: _look_name(), **look["properties"], CLIP_WEIGHTS: by_clip(CLIP_WEIGHT)}}


def _init() -> Schema:
    path = {"type": TEXT_TYPES, "minLength": 1, "description": "Path of a picture, from the file's folder; or none."}
    found = _numbers(INIT_WORDS, INIT_OVER_FRAMES, INIT_OVER_STEPS)
    return section({**dict.fromkeys(INIT_PATHS, path), **found["properties"]})


def _look_name() -> Schema:
    return {"type": TEXT_TYPES, "minLength": 1, "description": "A look of configs/looks/, a path, or none."}


def _frame() -> Schema:
    """Return what stands under `frame:`, pictures over time included."""
    path = {"type": TEXT_TYPES}
    shown = {"anyOf": [path, {"type": "object", "minProperties": 1, "additionalProperties": path}]}
    found = _numbers(FRAME_WORDS, FRAME, {})
    return {**found, "properties": {**found["properties"], **dict.fromkeys(FRAME_PICTURES, shown)}}


def _camera() -> Schema:
    found = _numbers(CAMERA_WORDS, CAMERA | SPACE, {})
    says = (
        "Where distances come from in mode 3d: model, plane, or the path of a grey picture or clip, white being near."
    )
    text = {"type": TEXT_TYPES, "minLength": 1}
    bright = {**words(DEPTH_BRIGHT), "description": "What is bright: near, linear in 1/distance, or far, in distance."}
    file = {**section({"file": text, "bright": bright}), "required": ["file"]}
    model = {**section({"model": text}), "required": ["model"]}
    found["properties"]["depth"] = {"anyOf": [text, file, model], "description": says}
    return found


def _names() -> Schema:
    return {"pattern": f"^(?:{LABEL.pattern})$", "not": {"enum": sorted(RESERVED)}}


def _size() -> Schema:
    sides = {side: whole(1, MAX_SIDE) for side in ("height", "width")}
    written = {"type": "string", "pattern": r"^\s*[0-9]{1,6}\s*[x×]\s*[0-9]{1,6}\s*$"}
    return {"anyOf": [written, {**section(sides), "required": ["height", "width"]}]}


def _shots() -> Schema:
    name = {"type": TEXT_TYPES, "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$", "description": SAYS["name"]}
    shot = {**section({"name": name, **{key: film_key(key) for key in SHOT_KEYS}}), **_one_length()}
    return {"type": "array", "minItems": 1, "maxItems": MAX_SHOTS, "items": shot}


def _silence() -> Schema:
    codes = {"anyOf": [{"const": code, "description": says} for code, says in CODES.items()]}
    return {"anyOf": [codes, {"type": "array", "items": codes}]}


def _film() -> Schema:
    numbers = {
        "enlarge": (1, 16, "times larger"),
        "audio_bitrate": (32, 512, "kbit/s, of aac and opus"),
    }
    found: Schema = {key: {**whole(low, high), "description": says} for key, (low, high, says) in numbers.items()}
    factor = {"anyOf": [{"const": "auto"}, whole(0, max(codec.max_crf for codec in CODECS.values()))]}
    found["crf"] = {**factor, "description": "constant rate factor, less is better; auto is what quality says"}
    found["codec"] = {**words(tuple(CODECS)), "description": "how the film is packed"}
    found["quality"] = {**words(QUALITIES), "description": "how much is kept, where crf does not say"}
    found["audio"] = {**words(AUDIO), "description": "how the music is packed; copy leaves it as it is in its file"}
    found["interpolate"] = {**words(tuple(FACTORS)), "description": "how many times as many frames"}
    found["upscale"] = {**words(tuple(FACTORS)), "description": "how many times larger, before enlarge"}
    found["stereo"] = {**words(STEREO), "description": "a picture for each eye, and how they are joined"}
    apart = {"eye_distance": (LEAST_APART, MOST_APART, "200ths of a scene unit between the eyes")}
    apart["convergence"] = (0, FARTHEST, "how far away, in scene units, both eyes see things in one place; 0 nowhere")
    found |= {key: {**number(low, high), "description": says} for key, (low, high, says) in apart.items()}
    says = "what enlarges for upscale: lanczos, the name of a model that enlarges, or the path of a network's weights"
    found["upscaler"] = {"type": TEXT_TYPES, "minLength": 1, "description": says}
    return section({key: found[key] for key in preset.FILM_KEYS})


def _music() -> Schema:
    file = {"type": TEXT_TYPES, "minLength": 1, "description": "Path of the file."}
    times = {key: {**ref("time"), "description": f"{says}; seconds or beats"} for key, says in TIMES.items()}
    volume = {**number(0, LOUDEST), "description": "A factor."}
    path = {"type": TEXT_TYPES, "minLength": 1}
    some = {"type": "array", "minItems": 1, "maxItems": MAX_FILES, "items": path}
    says = f"What happens in it, by other programs: a file ({', '.join(CUE_FILES)}), or a list of them."
    cues = {"anyOf": [path, some], "description": says}
    spelled = section({"file": file, "cues": cues, **times, "volume": volume})
    assert tuple(spelled["properties"]) == MUSIC_KEYS
    return {"anyOf": [{"type": TEXT_TYPES, "minLength": 1}, {**spelled, "required": ["file"]}]}


def _source() -> Schema:
    file = {"type": TEXT_TYPES, "minLength": 1, "description": "Path of the video file."}
    every = {**whole(1, MOST), "description": "Takes each so many-th of its pictures."}
    times = {key: {**ref("time"), "description": f"{says}; a bare number counts pictures"} for key, says in CUT.items()}
    spelled = section({"file": file, "every": every, **times, "fit": words(INIT_WORDS["fit"])})
    assert tuple(spelled["properties"]) == SOURCE_KEYS
    return {"anyOf": [{"type": TEXT_TYPES, "minLength": 1}, {**spelled, "required": ["file"]}]}


def _signals() -> Schema:
    """Return what stands under `signals:`, a shape for each name."""
    time = {**ref("time"), "description": "seconds or beats"}
    found: Schema = {key: {**time, "description": f"{says}; seconds or beats"} for key, says in LENGTHS.items()}
    found |= {key: {**number(low, high), "description": says} for key, (low, high, says) in NUMBERS.items()}
    found |= {"of": {"type": "string", "minLength": 1, "description": SOURCES["of"]}}
    pair = {"type": "array", "minItems": 2, "maxItems": 2, "items": number(0, HIGHEST_HZ)}
    found |= {"band": {**pair, "description": SOURCES["band"]}}
    found |= {"quantise": words(GRIDS), "lead": {**time, "description": "comes so much earlier, or auto"}}
    found |= {"accumulate": {"anyOf": [words(ON_OFF), {"type": "boolean"}]}}
    shape = section({key: found[key] for key in SHAPE_KEYS}) | {"oneOf": [{"required": [key]} for key in SOURCES]}
    return {
        "type": "object",
        "maxProperties": MAX_SIGNALS,
        "propertyNames": _names(),
        "additionalProperties": shape,
    }


def _anything() -> Schema:
    return {"type": [*TEXT_TYPES, "null"]}


_FORMS = {
    "title": lambda: {"type": TEXT_TYPES, "minLength": 1},
    "preset": lambda: {"type": TEXT_TYPES, "minLength": 1},
    "fps": lambda: number(0.01, 240),
    "size": _size,
    "bpm": lambda: number(1, 1000),
    "beats_per_bar": lambda: number(1, 64),
    "let": lambda: {
        "type": "object",
        "maxProperties": MAX_LETS,
        "propertyNames": _names(),
        "additionalProperties": ref("any_value"),
    },
    "duration": lambda: ref("time"),
    "frames": lambda: whole(1, MAX_FRAMES),
    "seed": lambda: whole(0, MAX_SEED),
    "labels": lambda: {"type": "object", "propertyNames": _names(), "additionalProperties": ref("label")},
    "prompts": lambda: ref("prompts"),
    "prompt_fade": fade,
    "prompt_prefix": _anything,
    "prompt_suffix": _anything,
    "camera": lambda: ref("camera"),
    "frame": lambda: ref("frame"),
    "music": _music,
    "signals": _signals,
    "init": lambda: ref("init"),
    "source": _source,
    "follow": lambda: ref("follow"),
    "look": lambda: {"anyOf": [ref("look"), _look_name()]},
    "film": _film,
    "shots": _shots,
    "silence": _silence,
}
