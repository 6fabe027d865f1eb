"""Films, written as settings of other programs: what those can hold, and a report on all that they cannot."""

from .front import PROGRAMS, Exported, export_settings

__all__ = ["PROGRAMS", "Exported", "export_settings"]
