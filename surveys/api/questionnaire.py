"""A questionnaire as JSON, and answers to it as they come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from surveys.actions.answering import LONGEST_COMMENT
from surveys.forms.answering import Questionnaire, understood
from surveys.models import Survey
from surveys.queries import areas_of
from surveys.questionnaires import DONT_KNOW, Item, QuestionKind, text_in

ON_A_SCALE = (QuestionKind.SCALE, QuestionKind.THREE_POINTS)
SEVERAL = (QuestionKind.MULTIPLE, QuestionKind.RANKING)


def paper_of(survey: Survey) -> Questionnaire:
    """Return the questionnaire in the caller's language where the survey has it, else in its first (two queries)."""
    wish, offered = get_language() or "nb", survey.languages
    return Questionnaire(survey, areas_of(survey), wish if wish in offered else offered[0] if offered else "nb")


def with_questions(survey: Survey) -> Survey:
    """Put on the survey what `QuestionnaireSerializer` reads (two queries)."""
    paper = paper_of(survey)
    told: Any = survey
    told.language, told.introduction = paper.language, text_in(survey.introductions, paper.language)
    with translation.override(paper.language):
        told.sections = [
            {
                "key": area.key,
                "title": paper.words(area.titles),
                "introduction": paper.words(area.introductions),
                "items": [_item(paper, item) for item in paper.items_in(area.key)],
            }
            for area in paper.areas
        ]
    return survey


def _item(paper: Questionnaire, item: Item) -> dict[str, Any]:
    low, high = paper.ends(item) if item.kind == QuestionKind.SCALE else ("", "")
    text, easy = paper.words(item.texts), text_in(item.texts, paper.language, easy=True)
    asked_if = None
    if item.show_if is not None:
        other = next((one for one in paper.items if one.key == item.show_if[0]), None)
        values = sorted(item.show_if[1])
        asked_if = {"item": item.show_if[0], "values": [_typed(other, value) for value in values]}
    return {
        "key": item.key,
        "type": item.kind,
        "text": text,
        "easy_text": easy if easy != text else "",
        "help": paper.words(item.help),
        "background": item.background,
        "choices": [{"value": _typed(item, value), "text": words} for value, words in paper.choices(item)],
        "low": low,
        "high": high,
        "dont_know": item.dont_know and item.kind != QuestionKind.TEXT,
        "at_most": item.at_most if item.kind in SEVERAL else None,
        "longest": LONGEST_COMMENT if item.kind == QuestionKind.TEXT else None,
        "asked_if": asked_if,
    }


def _typed(item: Item | None, value: str) -> int | str:
    """A point of a scale as a number, anything else as it is."""
    return int(value) if item is not None and item.kind in ON_A_SCALE and value != DONT_KNOW else value


def read_answers(paper: Questionnaire, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers as the action takes them. Raises ValidationError that names each item whose answer cannot be."""
    items = {item.key: item for item in paper.items}
    wrong: dict[str, list[ErrorDetail]] = {}
    for key in [key for key in given if key not in items][:20]:
        words = _("There is no item «%(name)s» in this survey.") % {"name": key[:100]}
        wrong[key[:100]] = [ErrorDetail(words, "unknown_item")]
    values: dict[str, Any] = {}
    for key, item in items.items():
        value = given.get(key)
        kept, impossible = understood([item], {key: value}) if _has_its_type(item, value) else ({}, [key])
        if impossible:
            wrong[key] = [ErrorDetail(paper.complaint(item), "impossible_value")]
        values |= kept
    if wrong:
        raise ValidationError({"answers": wrong})
    return values


def _has_its_type(item: Item, value: Any) -> bool:
    """Whether JSON of that type can answer the item: neither a text that looks like a number nor true is one."""
    if value is None or value == DONT_KNOW:
        return True
    if item.kind in ON_A_SCALE:
        return isinstance(value, int) and not isinstance(value, bool)
    if item.kind in SEVERAL:
        return isinstance(value, list) and all(_is_text(one) for one in value)
    return _is_text(value)


def _is_text(value: Any) -> bool:
    """Whether it is a text that the database takes: no null character, no half of a surrogate pair."""
    return isinstance(value, str) and "\x00" not in value and not any("\ud800" <= one <= "\udfff" for one in value)
