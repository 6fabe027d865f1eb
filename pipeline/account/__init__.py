"""What lies in a film's folder beside what the film says: what is kept, what differs and why, what is damaged."""

from .compare import Change, Comparison, compare
from .survey import Run, Survey, duration, survey, survey_folder
from .verify import Problem, verify

__all__ = [
    "Change",
    "Comparison",
    "Problem",
    "Run",
    "Survey",
    "compare",
    "duration",
    "survey",
    "survey_folder",
    "verify",
]
