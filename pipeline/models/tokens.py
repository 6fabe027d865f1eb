"""A text -> the tokens CLIP's byte-pair tokenizer makes of it, without importing open_clip, and so without torch.

The merges are read from the file open_clip brings. What would surprise: only texts that are plain ASCII go without
ftfy and regex, which open_clip cleans and splits all texts with, because for those the two change nothing.
"""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from ..errors import ModelError

MERGES: Final = "bpe_simple_vocab_16e6.txt.gz"
N_MERGES: Final = 49152 - 256 - 2  # the vocabulary without the bytes and the two special tokens, as in CLIP
READ: Final = 1_000_000  # characters of the file that surely hold as many
END: Final = "</w>"
SPECIAL: Final = ("<start_of_text>", "<end_of_text>")
_SHORT: Final = "'s|'t|'re|'ve|'m|'ll|'d"
ASCII: Final = re.compile(rf"{'|'.join(SPECIAL)}|{_SHORT}|[a-z]+|[0-9]|[^\sa-z0-9]+")
ANY: Final = rf"{'|'.join(SPECIAL)}|{_SHORT}|[\p{{L}}]+|[\p{{N}}]|[^\s\p{{L}}\p{{N}}]+"


@dataclass(frozen=True, slots=True)
class Overlong:
    """A text of more tokens than a model reads: how many there are, how many are cut off, and the words they are of."""

    n_tokens: int
    n_cut: int
    words: str


def overlong(text: str, context_length: int) -> Overlong | None:
    """Return what a model with this context does not see of a text, or None where it sees it whole.

    Convention: a context holds two tokens more than it reads of a text, for its beginning and its end. A word of which
        any token is cut off counts among the words, as the model would have read them: in small letters.
    """
    room = context_length - 2
    if _is_plain(text) and len(text) <= room:  # a token is a byte at least
        return None
    clean = cleaned(text)
    counts = [(start, len(symbols(piece))) for start, piece in pieces(clean)]
    n_tokens = sum(count for _, count in counts)
    if n_tokens <= room:
        return None
    seen = accumulate(count for _, count in counts)
    first_lost = next(start for (start, _), n_seen in zip(counts, seen, strict=True) if n_seen > room)
    return Overlong(n_tokens, n_tokens - room, clean[first_lost:])


def cleaned(text: str) -> str:
    """Return a text as the tokenizer reads it: mended, HTML's names replaced, blanks made single, in small letters."""
    if not _is_plain(text):
        import ftfy

        text = html.unescape(html.unescape(ftfy.fix_text(text)))
    return " ".join(text.split()).lower()


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "&" not in text


def pieces(clean: str) -> Iterator[tuple[int, str]]:
    """Yield the pieces of a cleaned text that are cut into tokens one by one, each with its place."""
    if clean.isascii():
        yield from ((found.start(), found[0]) for found in ASCII.finditer(clean))
        return
    yield from ((found.start(), found[0]) for found in _any_pattern().finditer(clean))


@cache
def _any_pattern():  # type: ignore[no-untyped-def]  # regex brings no types
    import regex

    return regex.compile(ANY, regex.IGNORECASE)


@lru_cache(maxsize=50_000)
def symbols(piece: str) -> tuple[str, ...]:
    """Return the tokens of one piece: its bytes, of which neighbours are joined, the most frequent pairs first.

    Source: Sennrich et al. 2016, algorithm 1; bytes stand for themselves as in Radford et al. 2019.
    """
    if piece in SPECIAL:
        return (piece,)
    ranks, found = _ranks(), [_letters()[byte] for byte in piece.encode("utf-8")]
    found[-1] += END
    while len(found) > 1:
        known = [(rank, pair) for pair in pairwise(found) if (rank := ranks.get(" ".join(pair))) is not None]
        if not known:
            break
        found = _joined(found, min(known)[1])
    return tuple(found)


def _joined(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """Return parts with every pair of neighbours like this one made into one, from the left."""
    found: list[str] = []
    index = 0
    while index < len(parts):
        is_pair = tuple(parts[index : index + 2]) == pair
        found.append("".join(pair) if is_pair else parts[index])
        index += 2 if is_pair else 1
    return found


@cache
def _letters() -> tuple[str, ...]:
    """Return the letter that stands for each byte: itself where it can be printed, else one from 256 on."""
    printed = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in printed else next(others)) for byte in range(0x100))


@cache
def _ranks() -> dict[str, int]:
    """Return the pairs of tokens that are joined, most frequent first, by the two with a blank between them."""
    package = find_spec("open_clip")
    folders = [] if package is None else list(package.submodule_search_locations or [])
    path = Path(folders[0] if folders else "open_clip", MERGES)
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            lines = file.read(READ).split("\n", N_MERGES + 1)[1 : N_MERGES + 1]
    except (OSError, EOFError, ValueError) as fault:
        raise ModelError(f"{path}: cannot be read ({fault}); install open_clip again") from fault
    if len(lines) < N_MERGES:
        raise ModelError(f"{path}: holds {len(lines)} merges, not {N_MERGES}; install open_clip again")
    return dict(zip(lines, range(N_MERGES), strict=True))
