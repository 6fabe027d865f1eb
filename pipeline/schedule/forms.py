"""The forms that what stands in a keyframe file can have, as pieces of a JSON Schema: numbers, ways, times, prompts.

Patterns are those of the reader, written so that JavaScript understands them too.
"""

from __future__ import annotations

from typing import Any

from .bounds import Bounds, Parameter
from .fields import ANY_NUMBER, MAX_NUMBER, NUMBER, WHOLE
from .language.easing import EASES, FORMS, SPLINE
from .language.easing import WORDS as WAYS
from .language.functions import FUNCTIONS
from .language.vocabulary import NAMES
from .prompt import FADES, FIELDS, SPHERICAL

Schema = dict[str, Any]

TEXT_TYPES = ["string", "number", "boolean"]  # YAML makes numbers and truth values of `1984` and `no`


def section(properties: Schema) -> Schema:
    """Return the schema of a mapping that has no other names than these."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def ref(name: str) -> Schema:
    """Return a reference to a shared form."""
    return {"$ref": f"#/$defs/{name}"}


# --- numbers, words and times -----------------------------------------------------------------------------------------


def number(low: float, high: float) -> Schema:
    """Return the schema of a plain number, which may stand in quotes."""
    return {"anyOf": [{"type": "number", "minimum": low, "maximum": high}, _matching(NUMBER.pattern)]}


def whole(low: int, high: int) -> Schema:
    """Return the schema of a whole number, which may stand in quotes."""
    return {"anyOf": [{"type": "integer", "minimum": low, "maximum": high}, _matching(WHOLE.pattern)]}


def _matching(pattern: str) -> Schema:
    return {"type": "string", "pattern": rf"^\s*(?:{_plain(pattern)})\s*$"}


def _plain(pattern: str) -> str:
    """Return a pattern with digits as the reader means them: some engines let \\d stand for those of all scripts."""
    return pattern.replace(r"\d", "[0-9]")


def words(known: tuple[str, ...]) -> Schema:
    """Return the schema of a word out of a table."""
    named = {"type": "string", "enum": [each for each in known if each != ANY_NUMBER]}
    return {"anyOf": [named, whole(0, MAX_NUMBER)]} if ANY_NUMBER in known else named


def value(parameter: Parameter, *, in_sampler: bool) -> Schema:
    """Return the schema of a number that may move."""
    says = f"{parameter.says} ({parameter.unit}; keep it {parameter.bounds.says})"
    number = {"type": "number", **_range(parameter.bounds)}
    form = ref("stepped" if in_sampler else "moving")
    return {"description": says, "anyOf": [number, form, ref("keys")]}


def _range(bounds: Bounds) -> Schema:
    """Return the limits of a written number; one that must be whole is rounded first, halves upwards."""
    if bounds.is_whole:
        return {"minimum": bounds.low - 0.5, "exclusiveMaximum": bounds.high + 0.5}
    low = "exclusiveMinimum" if bounds.without_low else "minimum"
    high = "exclusiveMaximum" if bounds.without_high else "maximum"
    return {low: bounds.low, high: bounds.high}


def by_clip(parameter: Parameter) -> Schema:
    """Return the schema of one number for each CLIP, by name."""
    return {"type": "object", "propertyNames": _clip_name(), "additionalProperties": value(parameter, in_sampler=True)}


def _clip_name() -> Schema:
    return {"type": TEXT_TYPES, "minLength": 1}


def fade() -> Schema:
    """Return the schema of a way for prompts; words come first, so that editors complete them."""
    plain = [word for word in FADES if word not in FORMS or FORMS[word][1] == 0]
    way = "|".join([*EASES, rf"(?:{'|'.join(FORMS)})(?:\([^()]*\))?"])
    return {"anyOf": [words(tuple(plain)), _matching(rf"(?:{SPHERICAL}\s+)?(?:{way})")]}


def _eased() -> Schema:
    """Return the schema of a text under a key: where a word stands behind its value, that must be a way.

    Convention: as `curve.WAY_AT_END`; names and functions may end an expression.
    """
    inner = "|".join(sorted({*NAMES, *FUNCTIONS, "and", "or", "not"}))
    known = rf"\s(?:{'|'.join(sorted(WAYS, key=len, reverse=True))}|{inner})(?:\([^()]*\))?\s*$"
    joined = r"\b(?:and|or|not)\s+[A-Za-z-]+(?:\([^()]*\))?\s*$"
    at_end = r"[A-Za-z0-9_.)\]]\s+[A-Za-z]+(?:-[A-Za-z]+)*(?:\([^()]*\))?\s*$"
    return {
        "description": f"An expression, and the way that leads to it: {', '.join((*EASES, SPLINE, *FORMS))}.",
        "type": "string",
        "minLength": 1,
        "if": {"pattern": at_end},
        "then": {"anyOf": [{"pattern": known}, {"pattern": joined}]},
    }


def definitions() -> Schema:
    """Return the forms that several keys share."""
    names = ", ".join(name for name in NAMES if name != "p")
    text = {"type": "string", "minLength": 1}
    return {
        "moving": {"description": f"An expression over {names}, or a key string '0: (1.0), 48: (1.02)'.", **text},
        "stepped": {
            "description": "An expression, which may use p (progress of the denoising), a key string, or a list of "
            "1000 values such as [12]*400+[4]*600 in quotes.",
            **text,
        },
        "key": {"anyOf": [{"type": "number"}, _eased()]},
        "keys": {
            "description": "Times with values: {0: 1.0, 2s: 1.04 ease-in-out}.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"minLength": 1},
            "additionalProperties": ref("key"),
        },
        "any_value": {"anyOf": [{"type": "number"}, ref("stepped"), ref("keys")]},
        "time": {
            "description": "A frame (12), seconds (2.5s), minutes (0:12.5), beats (4b), a bar (bar 17), or a sum of "
            "times and labels.",
            "anyOf": [{"type": "number", "minimum": 0}, text],
        },
        "label": {
            "anyOf": [{"type": "number"}, text, {"type": "array", "minItems": 1, "items": ref("label")}],
        },
        **_prompt_definitions(),
    }


# --- prompts ----------------------------------------------------------------------------------------------------------


def _prompt_definitions() -> Schema:
    weight = {**ref("any_value"), "description": "How strongly; below 0 pushes away."}
    fields = {
        "text": {"type": TEXT_TYPES, "minLength": 1, "description": "The words."},
        "image": {"type": TEXT_TYPES, "minLength": 1, "description": "Path of a picture, from the file's folder."},
        "weight": weight,
        "only": {
            "description": "The CLIPs that see it, by the names of the preset; all of them without it.",
            "anyOf": [_clip_name(), {"type": "array", "minItems": 1, "items": _clip_name()}],
        },
    }
    assert set(fields) == set(FIELDS)
    spelled = {**section(fields), "oneOf": [{"required": ["text"]}, {"required": ["image"]}]}
    pair = {
        "description": "Words and their weight: yellow: 0.4",
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"minLength": 1, "not": {"enum": [*FIELDS]}},
        "additionalProperties": weight,
    }
    faded = section({"prompts": ref("wishes"), "fade": fade()}) | {"required": ["prompts"]}
    return {
        "text": {"description": "Words, perhaps with a weight: 'yellow: 0.4'.", "type": TEXT_TYPES, "minLength": 1},
        "spelled": spelled,
        "wish": {"anyOf": [ref("text"), ref("spelled"), pair]},
        "wishes": {"anyOf": [ref("wish"), {"type": "array", "minItems": 1, "items": ref("wish")}]},
        "faded": {"description": "Prompts, and how the ones before give way to them.", **faded},
        "timed": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"minLength": 1, "not": {"enum": ["text", "image", "prompts"]}},
            "additionalProperties": {"anyOf": [ref("wishes"), ref("faded")]},
        },
        "prompts": {
            "anyOf": [
                ref("text"),
                {"type": "array", "minItems": 1, "items": ref("wish")},
                ref("spelled"),
                ref("faded"),
                ref("timed"),
            ]
        },
    }
