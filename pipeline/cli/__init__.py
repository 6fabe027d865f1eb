"""The command line: the only place that prints, and that turns a fault into an exit code.

Commands are plain functions, grouped by subject in a module each; `commands` says which there are.
"""

from .commands import app
from .program import main

__all__ = ["app", "main"]
