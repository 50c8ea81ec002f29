"""Indicators with their values, scorecards, and what is counted at the desk."""

from reporting.models.desk import DeskContact
from reporting.models.indicators import Counting, Elsewhere, Indicator, Value
from reporting.models.scorecards import Goal, Scorecard, ScorecardRow, SuccessFactor, Threshold

__all__ = [
    "Counting",
    "DeskContact",
    "Elsewhere",
    "Goal",
    "Indicator",
    "Scorecard",
    "ScorecardRow",
    "SuccessFactor",
    "Threshold",
    "Value",
]
