"""See a film before it is rendered: stills, frames in their context, sheets, comparisons and animatics.

Nothing here writes into a film's frames. What needs cv2, Pillow or torch imports it when it is called.
"""

from .compare import Comparison, compare, comparison_sheet, load_all, read_comparison
from .depths import DepthMaps, depth_map
from .in_context import Context, Origin, Sketch, easels, preview_sheet
from .sheets import contact_sheet, drawn_of, film_sheet, labelled_sheet, save_picture, steps_sheet
from .stills import SHEET_PERCENT, Preview, Stage, place_of, plan_of, preview, still
from .takes import takes_sheet
from .watching import LivePicture, Partials, read_partials

__all__ = [
    "SHEET_PERCENT",
    "Comparison",
    "Context",
    "DepthMaps",
    "LivePicture",
    "Origin",
    "Partials",
    "Preview",
    "Sketch",
    "Stage",
    "compare",
    "comparison_sheet",
    "contact_sheet",
    "depth_map",
    "drawn_of",
    "easels",
    "film_sheet",
    "labelled_sheet",
    "load_all",
    "place_of",
    "plan_of",
    "preview",
    "preview_sheet",
    "read_comparison",
    "read_partials",
    "save_picture",
    "steps_sheet",
    "still",
    "takes_sheet",
]
