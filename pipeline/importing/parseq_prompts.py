"""Join prompts that were rendered anew for each frame: where the texts stay, their weights become one curve.

Every frame keeps the very weights that it had; only the file becomes short enough to read.
"""

from __future__ import annotations

import re

from .key_strings import needed_keys
from .sheet import number

BLOCK = re.compile(r"(\d+):", re.ASCII)
WEIGHED = re.compile(r'  - \{text: ("(?:[^"\\]|\\.)*"), weight: (-?[\d.]+)\}', re.ASCII)
PLAIN = re.compile(r"  - (?!\{)(.+)")
Block = tuple[int, list[tuple[str, float]]]


def merged(lines: list[str]) -> list[str]:
    """Return the lines of `prompts:`, with blocks of the same texts as one; as they are where they say more."""
    blocks: list[Block] = []
    for line in lines:
        if head := BLOCK.fullmatch(line):
            blocks.append((int(head[1]), []))
        elif blocks and (found := WEIGHED.fullmatch(line)):
            blocks[-1][1].append((found[1], float(found[2])))
        elif blocks and (found := PLAIN.fullmatch(line)):
            blocks[-1][1].append((found[1], 1.0))
        else:
            return lines
    shown: list[str] = []
    at = 0
    while at < len(blocks):
        end = at + 1
        while end < len(blocks) and _texts(blocks[end]) == _texts(blocks[at]):
            end += 1
        shown += _joined(blocks[at:end])
        at = end
    return shown


def _quoted(text: str) -> str:
    return text if text.startswith('"') else f'"{text}"'


def _texts(block: Block) -> list[str]:
    return [_quoted(text) for text, _ in block[1]]


def _joined(blocks: list[Block]) -> list[str]:
    """Return blocks of the same texts as one; a weight holds from its block to the next one."""
    start = blocks[0][0]
    lines = [f"{start}:"]
    for index, (text, first) in enumerate(blocks[0][1]):
        weights: list[float] = []
        for frame, items in blocks:
            weights += [weights[-1]] * (frame - start - len(weights)) if weights else []
            weights.append(items[index][1])
        if len(set(weights)) > 1:
            keys = ", ".join(f"{start + n}: ({number(weights[n])})" for n in needed_keys(weights))
            lines.append(f'  - {{text: {_quoted(text)}, weight: "{keys}"}}')
        elif first == 1 and not text.startswith('"'):
            lines.append(f"  - {text}")
        else:
            lines.append(f"  - {{text: {_quoted(text)}, weight: {number(first)}}}")
    return lines
