"""Indicators with their values, scorecards, assessments, themes, and what is counted at the desk."""

from reporting.models.assessments import AreaPoints, Assessment, Evidence
from reporting.models.desk import DeskContact
from reporting.models.indicators import Counting, Elsewhere, Indicator, Value
from reporting.models.interviews import InterviewDraw, Interviewee
from reporting.models.scorecards import Goal, Scorecard, ScorecardRow, SuccessFactor, Threshold
from reporting.models.themes import Theme, ThemeLink

__all__ = [
    "AreaPoints",
    "Assessment",
    "Counting",
    "DeskContact",
    "Elsewhere",
    "Evidence",
    "Goal",
    "Indicator",
    "InterviewDraw",
    "Interviewee",
    "Scorecard",
    "ScorecardRow",
    "SuccessFactor",
    "Theme",
    "ThemeLink",
    "Threshold",
    "Value",
]
