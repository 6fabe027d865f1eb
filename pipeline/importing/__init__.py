"""Other programs' settings, turned into keyframe files: what each said, and what became of every key of it."""

from .front import Imported, import_settings

__all__ = ["Imported", "import_settings"]
