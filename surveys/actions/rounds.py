"""Take in a round that was run elsewhere: its survey, where it is to be made, and all its answers, or nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from surveys.models import Answer, Area, Question, ResponseFile, Survey
from surveys.questionnaires import Stage

AT_A_TIME = 2000


@dataclass(frozen=True)
class NewQuestion:
    key: str
    area: str
    kind: str
    texts: Mapping[str, str]
    options: Sequence[Mapping[str, Any]] = ()
    background: bool = False


@dataclass(frozen=True)
class NewSurvey:
    """A survey to be made for a round that was run elsewhere. `previous` is the code of the round before it."""

    kind: str
    titles: Mapping[str, str]
    languages: Sequence[str]
    areas: Mapping[str, Mapping[str, str]]
    questions: Sequence[NewQuestion]
    previous: str = ""


@dataclass(frozen=True)
class Round:
    """What is known of the round beside its answers. Days are local."""

    opened: date
    closed: date
    sha256: str
    invited: int | None = None
    population: int | None = None
    strata: Sequence[Mapping[str, Any]] = field(default_factory=list)


class NotADraft(Refused):
    """The survey was fielded here: its answers are its own."""

    code = "not_a_draft"
    message = _("«%(survey)s» has been fielded here. Answers from elsewhere belong to a survey of their own.")


class HasAnswers(Refused):
    """Another file was read into the survey."""

    code = "has_answers"
    message = _("«%(survey)s» has the answers of another file already. Nothing was changed.")


class NoSuchRound(Refused):
    code = "no_such_survey"
    message = _("There is no survey «%(survey)s».")


class MoreAnswersThanInvited(Refused):
    code = "more_answers_than_invited"
    message = _("There are %(answers)s answers, and only %(invited)s were invited.")


def make_survey(code: str, new: NewSurvey, *, now: datetime) -> Survey:
    """Write a draft with its questions. Raises NoSuchRound for an unknown earlier round."""
    previous = None
    if new.previous:
        previous = Survey.objects.filter(code=new.previous).exclude(code=code).first()
        if previous is None:
            raise NoSuchRound(survey=new.previous)
    survey = Survey.objects.create(
        code=code,
        kind=new.kind,
        titles=dict(new.titles),
        languages=list(new.languages),
        previous=previous,
        created_at=now,
    )
    areas = {
        key: Area.objects.create(survey=survey, key=key, titles=dict(titles), position=place)
        for place, (key, titles) in enumerate(new.areas.items())
    }
    Question.objects.bulk_create(
        Question(
            area=areas[question.area],
            key=question.key,
            kind=question.kind,
            texts=dict(question.texts),
            options=[dict(option) for option in question.options],
            background=question.background,
            position=place,
        )
        for place, question in enumerate(new.questions)
    )
    return survey


def take_in(
    survey: Survey, found: Round, rows: Sequence[tuple[str, Mapping[str, Any]]], *, now: datetime, zone: tzinfo
) -> int:
    """Write the answers (stratum and values) of a round and close its survey. Return how many came in.

    The same file a second time changes nothing (0). Raises NotADraft, HasAnswers, MoreAnswersThanInvited. Runs in the
    caller's transaction.
    """
    with transaction.atomic():
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        before = ResponseFile.objects.filter(survey=locked).first()
        if before is not None:
            if before.sha256 == found.sha256:
                return 0
            raise HasAnswers(survey=locked.code)
        if locked.stage != Stage.DRAFT:
            raise NotADraft(survey=locked.code)
        for most in (found.invited, found.population):
            if most is not None and len(rows) > most:
                raise MoreAnswersThanInvited(answers=len(rows), invited=most)
        shuffled = list(rows)
        random.SystemRandom().shuffle(shuffled)  # the file's order is the order in which people answered
        Answer.objects.bulk_create(
            (Answer(survey=locked, stratum=stratum, values=dict(values)) for stratum, values in shuffled), AT_A_TIME
        )
        ResponseFile.objects.create(
            survey=locked,
            sha256=found.sha256,
            rows=len(rows),
            invited=found.invited,
            strata=[dict(one) for one in found.strata],
            read_at=now,
        )
        locked.stage = Stage.CLOSED
        locked.opens_at = locked.fielded_at = datetime.combine(found.opened, time(0, 0), zone)
        locked.closes_at = locked.closed_at = datetime.combine(found.closed, time(23, 59), zone)
        locked.population_size = found.population or locked.population_size
        locked.save(update_fields=["stage", "opens_at", "fielded_at", "closes_at", "closed_at", "population_size"])
    return len(rows)
