"""Find looks that ask for what the engine does not have."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Engine
from .plan import Score
from .source import Complaints


def refuse_unguided(scores: Sequence[Score], engine: Engine) -> None:
    """Refuse guidance through a secondary model where the engine names none.

    Raises: KeyframeError, each place once.
    """
    if engine.secondary_model:
        return
    complaints = Complaints()
    asked = {node.mark: node for score in scores if (node := score.words.get("look.guidance_path"))}
    for node in asked.values():
        if node.text.strip() == "secondary":
            what = "look.guidance_path is secondary, and the preset's models.secondary is none"
            complaints.add(node.mark, what, "name one there or by --set models.secondary=secondary, or write detached")
    complaints.settle()
