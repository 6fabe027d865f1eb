"""See a film before it is rendered: stills, frames in their context, sheets, comparisons and animatics.

Nothing here writes into a film's frames. What needs cv2, Pillow or torch imports it when it is called.
"""

from .sheets import contact_sheet, film_sheet, save_picture, steps_sheet
from .stills import SHEET_PERCENT, Preview, Stage, plan_of, preview, still

__all__ = [
    "SHEET_PERCENT",
    "Preview",
    "Stage",
    "contact_sheet",
    "film_sheet",
    "plan_of",
    "preview",
    "save_picture",
    "steps_sheet",
    "still",
]
