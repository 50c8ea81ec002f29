"""Surveys: the questionnaire, who is asked, and the answers that can be led back to nobody."""

from surveys.models.answers import Answer, Comment, Draft, SpentCode
from surveys.models.imports import ResponseFile
from surveys.models.questionnaire import Area, Question, Survey
from surveys.models.results import Comparator, ComparatorValue, Publication, PublicationDraft
from surveys.models.sample import Draw, GroupAsked, Invitation, Population, Resident

__all__ = [
    "Answer",
    "Area",
    "Comment",
    "Comparator",
    "ComparatorValue",
    "Draft",
    "Draw",
    "GroupAsked",
    "Invitation",
    "Population",
    "Publication",
    "PublicationDraft",
    "Question",
    "Resident",
    "ResponseFile",
    "SpentCode",
    "Survey",
]
