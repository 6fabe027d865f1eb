"""The subjects of the painted world: `PORTRAITS` has every one by name; `placing` joins them to their picture."""

from __future__ import annotations

from typing import Final

from . import landmarks, travellers
from .portrait import Portrait

PORTRAITS: Final[dict[str, Portrait]] = {**landmarks.PORTRAITS, **travellers.PORTRAITS}

__all__ = ["PORTRAITS", "Portrait"]
