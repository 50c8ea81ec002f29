"""What can be laid on a theme, by name: areas and questions of surveys, areas of assessments, indicators, categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from feedback.queries import all_categories
from reporting.assessment_versions import versions
from reporting.models import ThemeLink
from reporting.queries import indicators
from reporting.scales import Perspective
from surveys.library import library
from surveys.models import Area, Question
from surveys.questionnaires import QuestionKind, SurveyKind, text_in

Side = ThemeLink.Side


class Group(NamedTuple):
    """Things that are offered together: pairs of key and name. `key` tells it from the others of its side."""

    side: str
    key: str
    title: str
    things: list[tuple[str, str]]


def offered(language: str) -> list[Group]:
    """Return all that can be laid on a theme, in groups by side (four queries)."""
    return [*_survey(language), *_assessment(language), *_indicators(language), _cards()]


def _survey(language: str) -> list[Group]:
    found = []
    known: set[str] = set()
    for area in library():
        rated = [item for item in area.items if item.kind == QuestionKind.SCALE and not item.background]
        known |= {area.key, *(item.key for item in area.items)}
        if rated:
            things = [(area.key, text_in(area.titles, language))]
            things += [(item.key, text_in(item.texts, language)) for item in rated]
            found.append(Group(Side.SURVEY, area.key, text_in(area.titles, language), things))
    own = {
        key: text_in(titles, language)
        for key, titles in Area.objects.exclude(key__in=known)
        .exclude(survey__kind=SurveyKind.EMPLOYEE)
        .values_list("key", "titles")
    }
    own |= {
        key: text_in(texts, language)
        for key, texts in Question.objects.filter(kind=QuestionKind.SCALE)
        .exclude(key__in=known)
        .exclude(area__survey__kind=SurveyKind.EMPLOYEE)
        .values_list("key", "texts")
    }
    if own:
        found.append(Group(Side.SURVEY, "own", "", sorted(own.items(), key=lambda each: each[1])))
    return found


def survey_names(language: str) -> Mapping[str, str]:
    """Return the library's names of areas and questions (no query)."""
    names = {area.key: text_in(area.titles, language) for area in library()}
    return names | {item.key: text_in(item.texts, language) for area in library() for item in area.items}


def assessment_names(language: str) -> Mapping[str, str]:
    """Return the name of each area, of the newest form that has it (no query)."""
    names: dict[str, str] = {}
    for version in versions().values():
        for area in version.areas:
            names.setdefault(area.key, text_in(area.titles, language))
    return names


def _assessment(language: str) -> list[Group]:
    """An area that goes on under its key from one form to the next is offered once, with the newest."""
    found: list[Group] = []
    known: set[str] = set()
    for version in versions().values():
        things = [(area.key, text_in(area.titles, language)) for area in version.areas if area.key not in known]
        known |= {key for key, _title in things}
        found.append(Group(Side.ASSESSMENT, version.key, text_in(version.names, language), things))
    return found


def _indicators(language: str) -> list[Group]:
    all_there = list(indicators())
    groups = [
        Group(
            Side.INDICATOR,
            code,
            str(label),
            [(one.key, one.name_in(language)) for one in all_there if one.perspective == code],
        )
        for code, label in Perspective.choices
    ]
    return [group for group in groups if group.things]


def _cards() -> Group:
    return Group(Side.CARDS, "all", str(Side.CARDS.label), [(one.code, str(one)) for one in all_categories()])
