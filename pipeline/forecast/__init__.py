"""What a film will take before it is begun: its plans' work, times what such work takes on this machine.

Only `measure` imports torch, and is not listed so that nobody does by accident.
"""

from .budget import Budget, Proposal
from .calibration import Calibration
from .costs import Cost, Costs, place, recall, remember
from .outlook import Outlook, all_plans, outlook, remembered
from .work import Demand, StepKind, StepWork, demand, steps_of, way_of

__all__ = [
    "Budget",
    "Calibration",
    "Cost",
    "Costs",
    "Demand",
    "Outlook",
    "Proposal",
    "StepKind",
    "StepWork",
    "all_plans",
    "demand",
    "outlook",
    "place",
    "recall",
    "remember",
    "remembered",
    "steps_of",
    "way_of",
]
