"""The grounds of the painted world: all of the land from its far skyline to the lower edge, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..terrain import Terrain
from .earths import paint_canyon, paint_desert, paint_lava
from .greens import paint_forest, paint_jungle, paint_meadow
from .heights import paint_clouds, paint_mountains, paint_snow
from .town import paint_city
from .waters import paint_lake, paint_sea

PAINTERS: Final[dict[str, Callable[[Terrain], None]]] = {
    "sea": paint_sea,
    "desert": paint_desert,
    "meadow": paint_meadow,
    "snow": paint_snow,
    "mountains": paint_mountains,
    "city": paint_city,
    "forest": paint_forest,
    "lava": paint_lava,
    "lake": paint_lake,
    "canyon": paint_canyon,
    "jungle": paint_jungle,
    "clouds": paint_clouds,
}
