"""Reads on what people wrote: only of surveys that are closed and that enough have answered."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.db.models.expressions import OrderBy

from feedback.models import Story
from feedback.workflow import CloseResult
from feedback.workflow import State as CardState
from surveys.coding import public_number
from surveys.models import Answer, Area, Comment, Question, Survey
from surveys.questionnaires import QuestionKind, Stage, text_in

State = Comment.State
RELEASED = (State.KEPT, State.CODED, State.SENT)
"""What others than those who look comments through may read."""
RATED = (QuestionKind.SCALE, QuestionKind.THREE_POINTS)


def may_be_read(survey: Survey) -> bool:
    """Whether the survey's comments may be read at all.

    While it runs, a comment that is new since yesterday is by one of the few who answered since; and of fewer answers than
    a figure needs, each is nearly somebody's (docs/decisions/0017-comments-to-the-services.md).
    """
    if survey.stage not in (Stage.CLOSED, Stage.PUBLISHED):
        return False
    return Answer.objects.filter(survey=survey).order_by()[: survey.smallest_group].count() >= survey.smallest_group


def comments_of(survey: Survey) -> QuerySet[Comment]:
    """Return the survey's comments in their random order, with what a row shows."""
    found = Comment.objects.filter(survey=survey).select_related("area", "unit", "category", "card__unit", "survey")
    return found.order_by("id")


def comment_of(survey: Survey, pk: uuid.UUID) -> Comment | None:
    """Return one comment, or None where it is not there or not to be read."""
    return comments_of(survey).filter(pk=pk).first() if may_be_read(survey) else None


def neighbour(found: QuerySet[Comment], pk: uuid.UUID, *, after: bool = True) -> Comment | None:
    """Return the next of these comments after `pk` (or the one before it), and after the last the first again."""
    beyond, way = (Q(id__gt=pk), "id") if after else (Q(id__lt=pk), "-id")
    return found.exclude(pk=pk).order_by(_first_those(beyond), way).first()


def first_from(found: QuerySet[Comment], start: uuid.UUID) -> Comment | None:
    """Return the first of these comments from `start` on, and after the last the first again."""
    return found.order_by(_first_those(Q(id__gte=start)), "id").first()


def _first_those(condition: Q) -> OrderBy:
    return ExpressionWrapper(condition, output_field=BooleanField()).desc()


@dataclass(frozen=True)
class Progress:
    """How far the work has come. `coded` are those that were sent too; `all` is what is to be coded when all is done."""

    held: int = 0
    kept: int = 0
    coded: int = 0
    sent: int = 0
    removed: int = 0

    @property
    def done(self) -> int:
        return self.coded + self.sent

    @property
    def all(self) -> int:
        return self.held + self.kept + self.done

    @property
    def came(self) -> int:
        return self.all + self.removed


def progress_of(survey: Survey) -> Progress:
    """Return how far the survey's comments are looked through, coded and sent (one query)."""
    rows = Comment.objects.filter(survey=survey).order_by().values_list("state").annotate(Count("pk"))
    return Progress(**{str(state): number for state, number in rows})


@dataclass(frozen=True)
class Followed:
    """What came of a survey's comments. `outcomes` counts the cards by what became of them, in words."""

    progress: Progress
    outcomes: dict[str, int] = field(default_factory=dict)
    considered: int = 0
    stories: list[Story] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return self.progress.sent - self.considered


def followed_up(survey: Survey) -> Followed | None:
    """Return what came of the survey's comments, or None where they may not be read or there are none (four queries).

    A card that has been put away when its time was over was considered before.
    """
    if not may_be_read(survey):
        return None
    progress = progress_of(survey)
    if not progress.came:
        return None
    sent = Comment.objects.filter(survey=survey, state=State.SENT)
    outcomes: Counter[str] = Counter()
    considered = 0
    for state, result, number in sent.order_by().values_list("card__state", "card__close_result").annotate(Count("pk")):
        done = state not in (CardState.REGISTERED, CardState.FORWARDED)
        considered += number if done else 0
        if done:
            outcomes[str(CloseResult(result).label if result else CardState(state or "closed").label)] += number
    stories = Story.objects.filter(card__survey_comment__survey=survey, state=Story.State.PUBLISHED)
    return Followed(
        progress, dict(outcomes.most_common()), considered, list(stories.select_related("category").order_by("-published_at"))
    )  # fmt: skip


@dataclass(frozen=True)
class PublicNumbers:
    """What everybody is told of a survey's comments: numbers to the nearest five, None where they are too small."""

    came: int | None
    sent: int | None
    considered: int | None
    stories: list[Story]

    def told(self, today: date) -> dict[str, Any]:
        """Return the numbers as the open data name them, with the day of the count."""
        numbers = {"written": self.came, "sent": self.sent, "considered": self.considered}
        return {"as_of": today.isoformat(), "numbers": numbers}


def public_follow_up(survey: Survey) -> PublicNumbers | None:
    """Return what may be told to everybody of what came of the comments, or None where that is nothing."""
    found = followed_up(survey)
    if found is None:
        return None
    numbers = (found.progress.came, found.progress.sent, found.considered)
    came, sent, considered = (public_number(number, survey.smallest_group) for number in numbers)
    return PublicNumbers(came, sent, considered, found.stories) if came or found.stories else None


class Questions:
    """A survey's text questions in the reader's words, and which of them may be named beside a comment.

    A question that is asked only of some says of whom: it is named where enough have written in it.
    """

    def __init__(self, survey: Survey) -> None:
        """Read them in two queries."""
        questions = Question.objects.filter(area__survey=survey, kind=QuestionKind.TEXT).select_related("area")
        self._all = {question.key: question for question in questions}
        rows = Comment.objects.filter(survey=survey).order_by().values_list("question").annotate(Count("pk"))
        self.numbers = dict(rows)
        self._smallest = survey.smallest_group

    def __iter__(self):
        return iter(self._all.values())

    def area_of(self, key: str) -> Area | None:
        return self._all[key].area if key in self._all else None

    def words(self, key: str, language: str) -> str:
        """The question, for whoever codes."""
        return text_in(self._all[key].texts, language) if key in self._all else ""

    def named(self, key: str, language: str) -> str:
        """The question, for everybody else: empty where it would say too much of who wrote."""
        if key in self._all and self._all[key].show_if and self.numbers.get(key, 0) < self._smallest:
            return ""
        return self.words(key, language)


@dataclass
class AreaComments:
    """The released comments of one area, or of none."""

    title: str
    comments: list[Comment]

    @cached_property
    def by_unit(self) -> list[tuple[str, int]]:
        return Counter(comment.unit.name for comment in self.comments if comment.unit).most_common()


def by_area(survey: Survey, language: str) -> list[AreaComments]:
    """Return the released comments by area, in the survey's order; those without an area last (two queries)."""
    found: dict[int | None, list[Comment]] = {}
    for comment in comments_of(survey).filter(state__in=RELEASED):
        found.setdefault(comment.area_id, []).append(comment)
    areas = [
        AreaComments(text_in(area.titles, language) or area.key, found[area.pk])
        for area in survey.areas.order_by("position", "id")
        if area.pk in found
    ]
    return [*areas, *([AreaComments("", found[None])] if None in found else [])]


def areas_to_code(survey: Survey) -> list[Area]:
    """Return the areas that a comment can be about: those with rated questions, not those that only ask who one is."""
    rated = Question.objects.filter(kind__in=RATED, background=False, area__survey=survey).values("area")
    found = list(survey.areas.filter(pk__in=rated).order_by("position", "id"))
    return found or list(survey.areas.order_by("position", "id"))
