"""What a questionnaire is made of, and what is a valid answer to it. Pure: no database, no clock.

Texts come in several languages as `{"nb": "…", "nn": "…"}`; an easy-to-read variant has the language's code with `-easy`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

DONT_KNOW = "dk"
"""What stands in an answer for «don't know / not relevant»: a valid choice, and no valid value in a mean."""
SCALE = range(1, 7)
THREE_POINTS = range(1, 4)
EASY = "-easy"


class SurveyKind(models.TextChoices):
    CITIZEN = "citizen", _("Citizen survey")
    USER = "user", _("User survey of a service")
    EMPLOYEE = "employee", _("Employee survey")


class Stage(models.TextChoices):
    """Where a survey stands. It goes one way: what has been fielded is never edited, what is closed takes no answers."""

    DRAFT = "draft", _("Draft")
    FIELDED = "fielded", _("Fielded")
    CLOSED = "closed", _("Closed")
    PUBLISHED = "published", _("Published")


class QuestionKind(models.TextChoices):
    SCALE = "scale", _("Scale 1–6")
    THREE_POINTS = "three_points", _("Three points")
    SINGLE = "single", _("One choice")
    MULTIPLE = "multiple", _("Several choices")
    RANKING = "ranking", _("Ranking")
    TEXT = "text", _("Text")


WITH_OPTIONS = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.RANKING})


def text_in(texts: Mapping[str, str], language: str, *, easy: bool = False) -> str:
    """Return the text in `language`, easy to read where that is asked for and there is one.

    Where the language is missing: bokmål and nynorsk stand in for each other, then any that there is.
    """
    languages = [language, *({"nb": ["nn"], "nn": ["nb"]}.get(language, [])), "nb", *texts]
    for code in languages:
        if easy and texts.get(code + EASY):
            return texts[code + EASY]
        if texts.get(code):
            return texts[code]
    return ""


@dataclass(frozen=True)
class Option:
    key: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Item:
    """One question as the pages, the checks and the figures need it, without the database.

    `show_if` names an earlier question and the values (as strings) with which this one is asked.
    """

    key: str
    kind: str
    texts: Mapping[str, str]
    area: str = ""
    options: Sequence[Option] = ()
    background: bool = False
    dont_know: bool = True
    at_most: int | None = None
    show_if: tuple[str, frozenset[str]] | None = None
    help: Mapping[str, str] = field(default_factory=dict)

    def is_asked(self, values: Mapping[str, Any]) -> bool:
        """Whether this question is to be asked of somebody who has given `values` so far."""
        if self.show_if is None:
            return True
        other, wanted = self.show_if
        given = values.get(other)
        given_all = given if isinstance(given, (list, tuple)) else [given]
        return any(str(one) in wanted for one in given_all if one is not None)


def condition_of(kept: Mapping[str, Any]) -> tuple[str, frozenset[str]] | None:
    """Return what a question's `show_if` says, as an Item has it."""
    return (kept["question"], frozenset(kept["values"])) if kept else None


class InvalidAnswer(Exception):
    """A value that no answer to the question can be. `key` is the question's."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def cleaned_value(item: Item, raw: Any) -> Any:
    """Return `raw` (a string, or a list of strings) as it is stored, None where nothing was answered.

    A number for a scale, `DONT_KNOW`, an option's key, a list of keys (in order for a ranking), or a text. Raises
    InvalidAnswer.
    """
    if item.kind == QuestionKind.TEXT:
        # Neither null characters nor halves of a surrogate pair: no database keeps them.
        text = str(raw or "").replace("\x00", "").encode(errors="replace").decode().strip()
        return text or None
    if item.kind in (QuestionKind.MULTIPLE, QuestionKind.RANKING):
        return _several(item, raw)
    first = (raw or [""])[0] if isinstance(raw, (list, tuple)) else raw
    one = "" if first is None else str(first).strip()  # a 0 is no answer that was left out
    if not one:
        return None
    if one == DONT_KNOW and item.dont_know:
        return DONT_KNOW
    if item.kind == QuestionKind.SINGLE:
        if one not in {option.key for option in item.options}:
            raise InvalidAnswer(item.key)
        return one
    points = SCALE if item.kind == QuestionKind.SCALE else THREE_POINTS
    if not (one.isascii() and one.isdigit() and len(one) < 10 and int(one) in points):
        raise InvalidAnswer(item.key)
    return int(one)


def _several(item: Item, raw: Any) -> list[str] | str | None:
    given = [str(one) for one in (raw if isinstance(raw, (list, tuple)) else [raw]) if one not in (None, "")]
    if not given:
        return None
    if given == [DONT_KNOW] and item.dont_know:
        return DONT_KNOW
    known = {option.key for option in item.options}
    if len(set(given)) != len(given) or not set(given) <= known or (item.at_most and len(given) > item.at_most):
        raise InvalidAnswer(item.key)
    return given


def without_unasked(items: Sequence[Item], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` without answers to questions that the other answers say are not asked, in the items' order."""
    kept: dict[str, Any] = {}
    for item in items:
        if item.key in values and values[item.key] is not None and item.is_asked(kept):
            kept[item.key] = values[item.key]
    return kept
