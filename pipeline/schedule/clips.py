"""What a film says of the engine's CLIPs one by one: how much each counts, and which of them see a prompt.

Names are those of the preset's `models.clip`. Weights are laid over one another name by name: preset, film, shot.
"""

from __future__ import annotations

from .fields import describe, nearest, scalar
from .source import Complaints, Mapping, Node, Scalar, Sequence, refuse, shorten

KEY = "clip_weights"
PREFIX = f"look.{KEY}."


def overlaid_weights(looks: list[Node], clips: tuple[str, ...], complaints: Complaints) -> dict[str, Node]:
    """Return the nodes of the CLIPs' weights in sections `look:` laid over one another, the last on top."""
    found: dict[str, Node] = {}
    for look in looks:
        node = look.get(KEY) if isinstance(look, Mapping) else None
        if node is None:
            continue
        if not isinstance(node, Mapping):
            what = f"look.{KEY} must hold names and weights ({describe(node)})"
            complaints.add(node.mark, what, f"write {KEY}: {{{clips[0] if clips else 'NAME'}: 0.5}}")
            continue
        for name, value in node.items:
            if complaints.attempt(_known, name, f"look.{KEY}", clips):
                found[name.text] = value
    return found


def read_only(node: Node, clips: tuple[str, ...]) -> tuple[str, ...]:
    """Read which CLIPs see a prompt, a name or a list of names; all of them are the same as nothing written.

    Raises: KeyframeError.
    """
    complaints = Complaints()
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        refuse(node.mark, "no CLIP sees this prompt", "name at least one, or leave 'only' out")
    for item in items:
        complaints.attempt(_known_node, item, clips)
    complaints.settle()
    named = {scalar(item, "only").text for item in items}
    if not clips:
        return tuple(sorted(named))
    found = tuple(dict.fromkeys(name for name in clips if name in named))
    return () if len(found) == len(set(clips)) else found


def _known_node(node: Node, clips: tuple[str, ...]) -> None:
    _known(scalar(node, "only"), "only", clips)


def _known(name: Scalar, what: str, clips: tuple[str, ...]) -> bool:
    if clips and name.text not in clips:
        like = next((clip for clip in clips if clip.lower().startswith(name.text.lower())), name.text)
        refuse(name.mark, f"{what}: the preset has no CLIP '{shorten(name.text)}'", nearest(like, clips))
    return True
