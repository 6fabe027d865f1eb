"""Tell whose settings a file holds, by the keys that are in it and by what stands under them.

A file may be as short as one prompt. Where it could be two programs', the one that knows more of its keys is taken, and
the others are named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

from ..schedule.source import refuse, shorten
from ..types import Mark
from .known_keys import DEFORUM, DISCO, DISCOART, PYTTI, WARP_SCHEDULES
from .reading import Document


@dataclass(frozen=True, slots=True)
class Signs:
    """How a program's settings look.

    Convention: `word` is what `--as` calls it; `keys` are all that it wrote; `fits` says whether what stands in a file
        can be its; `asks` completes 'looked for'.
    """

    name: str
    word: str
    keys: frozenset[str]
    fits: Callable[[dict], bool]
    asks: str


def recognise(document: Document, programs: tuple[Signs, ...], wanted: str | None = None) -> tuple[Signs, str]:
    """Return whose settings these are, and what to tell of it, "" where it is plain.

    Convention: of two programs that know as many keys the one that stands first is taken.
    Raises: KeyframeError for a file that is nobody's.
    """
    if wanted is not None:
        return next(one for one in programs if one.word == wanted), ""
    found = [one for one in programs if one.fits(document.values)]
    if not found:
        _refuse(document, programs)
    known = {one.word: len(one.keys & document.values.keys()) for one in found}
    best = max(found, key=lambda one: known[one.word])
    others = [one for one in found if one is not best]
    if not others:
        return best, ""
    listed = " or ".join(f"{one.name} (--as {one.word})" for one in others)
    return best, f"read as settings of {best.name}, which knows {known[best.word]} of its keys; may also be {listed}"


def _refuse(document: Document, programs: tuple[Signs, ...]) -> NoReturn:
    names = [shorten(str(key)) for key in list(document.values)[:5]]
    shown = f" (found: {', '.join(names)}{', ...' if len(document.values) > 5 else ''})" if names else ""
    known = sorted({key for one in programs for key in one.keys})
    like = get_close_matches(names[0], known, n=1) if names and names[0] not in known else []
    asked = "; ".join(f"{one.name}: {one.asks}" for one in programs)
    what = f"these are the settings of no known program{shown}; looked for {asked}"
    more = f"; did you mean {like[0]!r}?" if like else ""
    words = "|".join(one.word for one in programs)
    refuse(Mark(document.label, 1, 1), what, f"give the file that the program wrote, or say --as {words}{more}")


def fits_disco(values: dict) -> bool:
    """Say whether settings may be Disco Diffusion's: prompts by frame, or a list of them in its first versions."""
    said = values.get("text_prompts", values.get("image_prompts"))
    if fits_warp(values) or not {"text_prompts", "image_prompts"} & values.keys():
        return False
    if isinstance(said, dict):
        return bool(said) and "prompts" not in said
    if "width_height" in values:  # DiscoArt's, which has no prompts by frame
        return False
    own = {"clip_guidance_scale", "cutn_batches", "range_scale"}
    return len(own & values.keys()) >= 2 or (isinstance(said, list | str) and not values.keys() - DISCO)


def fits_discoart(values: dict) -> bool:
    """Say whether settings may be DiscoArt's: one list of prompts, and no key that it refused unless one is its own."""
    said = values.get("text_prompts")
    is_list = isinstance(said, list | str) or (isinstance(said, dict) and "prompts" in said)
    if not is_list or fits_warp(values):
        return False
    own = {"width_height", "clip_models", "clip_models_schedules", "n_batches", "cut_schedules_group"}
    return bool(own & values.keys()) or all(key in DISCOART or key.startswith("_") for key in values)


def fits_deforum(values: dict) -> bool:
    """Say whether settings may be Deforum's: prompts in the file or in one that it names, or two of its schedules."""
    said = values.get("prompts", values.get("animation_prompts"))
    if isinstance(said, dict) and said and all(isinstance(text, str) for text in said.values()):
        return True
    own = DEFORUM - DISCO - PYTTI - {*WARP_SCHEDULES, "sampler", "fps", "prompts"}
    return len(own & values.keys()) >= 2


def fits_pytti(values: dict) -> bool:
    """Say whether settings may be PyTTI's: scenes, or two keys that no other program has."""
    return isinstance(values.get("scenes"), str) or len((PYTTI - DISCO - DEFORUM) & values.keys()) >= 2


def fits_warp(values: dict) -> bool:
    """Say whether settings may be WarpFusion's, which shares most of its keys with Disco Diffusion."""
    own = {*WARP_SCHEDULES, "blend_json_schedules", "prompt_patterns_sched", "missed_consistency_weight"} - DEFORUM
    return bool(own & values.keys())
