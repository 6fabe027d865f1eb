"""The subjects of the painted world: `PORTRAITS` has every one by name; `placing` joins them to their picture."""

from __future__ import annotations

from typing import Final

from . import (
    astronaut,
    buildings,
    dwellings,
    flyers,
    hideaways,
    landmarks,
    monuments,
    ships,
    travellers,
    vehicles,
    wilds,
)
from .portrait import Portrait

PORTRAITS: Final[dict[str, Portrait]] = {
    **landmarks.PORTRAITS,
    **travellers.PORTRAITS,
    **dwellings.PORTRAITS,
    **wilds.PORTRAITS,
    **buildings.PORTRAITS,
    **monuments.PORTRAITS,
    **hideaways.PORTRAITS,
    **vehicles.PORTRAITS,
    **ships.PORTRAITS,
    **flyers.PORTRAITS,
    **astronaut.PORTRAITS,
}

__all__ = ["PORTRAITS", "Portrait"]
