"""Indicators with their values, scorecards, groups to compare with, assessments, themes, actions, meetings, reports, and
what is counted at the desk."""

from reporting.models.assessments import AreaPoints, Assessment, CriterionFile, Evidence
from reporting.models.desk import DeskContact
from reporting.models.feeds import Feed, Fetched
from reporting.models.groups import Group, GroupMember
from reporting.models.indicators import Counting, Elsewhere, Indicator, Value
from reporting.models.initiatives import Initiative, InitiativeEvent, InitiativeEvidence, InitiativeNote
from reporting.models.interviews import InterviewDraw, Interviewee
from reporting.models.meetings import Meeting, MeetingInput
from reporting.models.overview import OverviewFigure
from reporting.models.reports import Report, ReportVersion
from reporting.models.scorecards import Goal, Scorecard, ScorecardRow, SuccessFactor, Threshold
from reporting.models.themes import Theme, ThemeLink

__all__ = [
    "AreaPoints",
    "Assessment",
    "Counting",
    "CriterionFile",
    "DeskContact",
    "Elsewhere",
    "Evidence",
    "Feed",
    "Fetched",
    "Goal",
    "Group",
    "GroupMember",
    "Indicator",
    "Initiative",
    "InitiativeEvent",
    "InitiativeEvidence",
    "InitiativeNote",
    "InterviewDraw",
    "Interviewee",
    "Meeting",
    "MeetingInput",
    "OverviewFigure",
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
