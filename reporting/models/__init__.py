"""Indicators with their values, scorecards, groups to compare with, assessments, themes, and what is counted at the desk."""

from reporting.models.assessments import AreaPoints, Assessment, Evidence
from reporting.models.desk import DeskContact
from reporting.models.feeds import Feed, Fetched
from reporting.models.groups import Group, GroupMember
from reporting.models.indicators import Counting, Elsewhere, Indicator, Value
from reporting.models.scorecards import Goal, Scorecard, ScorecardRow, SuccessFactor, Threshold
from reporting.models.themes import Theme, ThemeLink

__all__ = [
    "AreaPoints",
    "Assessment",
    "Counting",
    "DeskContact",
    "Elsewhere",
    "Evidence",
    "Feed",
    "Fetched",
    "Goal",
    "Group",
    "GroupMember",
    "Indicator",
    "Scorecard",
    "ScorecardRow",
    "SuccessFactor",
    "Theme",
    "ThemeLink",
    "Threshold",
    "Value",
]
