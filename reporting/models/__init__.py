"""Indicators with their values, scorecards, groups to compare with, assessments, themes, reports, the desk's counts."""

from reporting.models.assessments import AreaPoints, Assessment, Evidence
from reporting.models.desk import DeskContact
from reporting.models.groups import Group, GroupMember
from reporting.models.indicators import Counting, Elsewhere, Indicator, Value
from reporting.models.reports import Report, ReportVersion
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
    "Group",
    "GroupMember",
    "Indicator",
    "Report",
    "ReportVersion",
    "Scorecard",
    "ScorecardRow",
    "SuccessFactor",
    "Theme",
    "ThemeLink",
    "Threshold",
    "Value",
]
