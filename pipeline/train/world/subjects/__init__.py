"""The subjects of the painted world: `PORTRAITS` has every one by name; `placing` joins them to their picture."""

from __future__ import annotations

from typing import Final

from . import (
    astronaut,
    beasts,
    buildings,
    creatures,
    dwellings,
    flyers,
    hideaways,
    landmarks,
    monuments,
    plants,
    ships,
    swimmers,
    tame,
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
    **creatures.PORTRAITS,
    **beasts.PORTRAITS,
    **tame.PORTRAITS,
    **swimmers.PORTRAITS,
    **plants.PORTRAITS,
}

__all__ = ["PORTRAITS", "Portrait"]
