"""What lies in a film's folder beside what the film says: what is kept, what differs and why, what is damaged."""

from .bundle import bundle
from .compare import Change, Comparison, compare
from .replay import Match, Replay, replay
from .survey import Join, Run, Survey, duration, joins_of, survey, survey_folder
from .verify import Problem, verify

__all__ = [
    "Change",
    "Comparison",
    "Join",
    "Match",
    "Problem",
    "Replay",
    "Run",
    "Survey",
    "bundle",
    "compare",
    "duration",
    "joins_of",
    "replay",
    "survey",
    "survey_folder",
    "verify",
]
