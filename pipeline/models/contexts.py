"""Texts that are longer than a CLIP's context, found while a film is checked: their ends would be cut off silently.

All CLIPs this program builds read texts by CLIP's own tokenizer. Architectures with another, such as SigLIP's, and
towers from Hugging Face are refused when they are loaded, so nothing is said of them here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ModelError
from ..schedule.source import shorten
from ..schedule.trace import wish_of
from ..types import Mark, Notice
from .architectures import clip_architecture, clip_architectures
from .catalogue import PACKAGED, find_written
from .entry import ClipArchitecture
from .tokens import Overlong, overlong

if TYPE_CHECKING:
    from ..schedule import Reading, Score

CODE = "text-cut"
LONGEST = 120  # characters of lost words that are quoted


def cut_texts(reading: Reading, *, catalogue: Path = PACKAGED) -> tuple[Notice, ...]:
    """Return a warning for each prompt that is too long for CLIPs that see it; of a changing text the longest counts.

    Raises: ModelError where open_clip's vocabulary cannot be read, or the catalogue.
    """
    if CODE in reading.silenced:
        return ()
    readers = _readers(reading.film.engine.clip_models, catalogue)
    worst: dict[tuple[Mark, tuple[str, ...]], tuple[Overlong, Notice]] = {}
    for text, only, score, t in _texts(reading):
        for context, clips in readers.items():
            seeing = tuple(clip for clip in clips if not only or clip in only)
            found = overlong(text, context) if seeing else None
            if found is None:
                continue
            wish = wish_of(score, t, text, "", only)
            mark = wish.place.mark if wish else score.prompts[0].place.mark
            known = worst.get((mark, seeing))
            if known is None or found.n_cut > known[0].n_cut:
                worst[mark, seeing] = (
                    found,
                    _notice(mark, found, context, seeing, f"frame {t}{score.scope.clock.where}"),
                )
    return tuple(notice for _, notice in worst.values())


def context_length(name: str, *, catalogue: Path = PACKAGED) -> int | None:
    """Return the number of tokens to which the CLIP called `name` cuts a text; None where it cannot be built."""
    entry = find_written(name, catalogue=catalogue)
    if entry is not None:
        return entry.architecture.context_length if isinstance(entry.architecture, ClipArchitecture) else None
    architecture, slash, _ = name.partition("/")
    if not slash or architecture not in clip_architectures():
        return None
    try:
        return clip_architecture(architecture, where=name).context_length
    except ModelError:  # its parts would have to be fetched; whoever loads it says so
        return None


def _readers(clips: Collection[str], catalogue: Path) -> dict[int, tuple[str, ...]]:
    """Return the CLIPs by the length of their contexts."""
    found: dict[int, tuple[str, ...]] = {}
    for clip in dict.fromkeys(clips):
        length = context_length(clip, catalogue=catalogue)
        if length is not None:
            found[length] = (*found.get(length, ()), clip)
    return found


def _texts(reading: Reading) -> Iterator[tuple[str, tuple[str, ...], Score, int]]:
    """Yield each text of the film with those who see it, and the shot and frame where it first stands."""
    for score in reading.scores:
        known, last = set(), None
        for t, plan in enumerate(score.shot.plans):
            if plan.prompts is last:  # equal ones are one object
                continue
            last = plan.prompts
            for prompt in plan.prompts:
                for text in (prompt.text, prompt.blend.text if prompt.blend else ""):
                    if text and (text, prompt.only) not in known:
                        known.add((text, prompt.only))
                        yield text, prompt.only, score, t


def _notice(mark: Mark, found: Overlong, context: int, clips: tuple[str, ...], at: str) -> Notice:
    reads = f"{', '.join(clips)} read{'' if len(clips) > 1 else 's'} {context - 2}"
    lost = f"{found.n_cut} {'is' if found.n_cut == 1 else 'are'} cut off: '{shorten(found.words, LONGEST)}'"
    what = f"the text has {found.n_tokens} tokens at {at} and {reads}, so {lost}"
    return Notice(mark, what, "shorten it, or say first what matters most", CODE)
