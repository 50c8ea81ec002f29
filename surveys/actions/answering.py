"""Take an answer: once for each invitation, with nothing that leads back. See `docs/decisions/0016-survey-anonymity.md`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.queries import municipality
from surveys.actions.spending import hold_open, spend
from surveys.models import Answer, Comment, Draft, Invitation, Survey
from surveys.queries import is_spent, survey_as_it_is, survey_to_check
from surveys.questionnaires import InvalidAnswer, Item, QuestionKind, Stage, cleaned_value, without_unasked
from surveys.screening import found_in

LONGEST_COMMENT = 4000
"""Characters of one text answer."""


class NotOpenYet(Refused):
    code = "survey_not_open_yet"
    message = _("The survey has not opened yet.")


class SurveyClosed(Refused):
    code = "survey_closed"
    message = _("The survey is closed. Thank you for wanting to answer.")


class AlreadyAnswered(Refused):
    code = "already_answered"
    message = _("This code has been used. An answer can be sent once.")


class NotByLink(Refused):
    """An answer without a code to a survey that only the invited may answer."""

    code = "not_by_link"
    message = _("Only those who got a letter with a code can answer this survey.")


class ImpossibleValue(Refused):
    """A value that no answer to the question can be, such as a 7 on a scale from 1 to 6. `field` is the question's key."""

    code = "impossible_value"
    message = _("That is not a possible answer to this question.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class NothingAnswered(Refused):
    code = "nothing_answered"
    message = _("Nothing is answered yet. Answer at least one question before you send.")


def check_open(survey: Survey, *, now: datetime, paper: bool = False) -> None:
    """Raise NotOpenYet or SurveyClosed where no answer is taken at `now`.

    Paper is typed in from the moment of fielding, for whoever gets the letter early may answer it at once, and until the
    survey is closed: with `paper_until` that is some days after the last answer by net.
    """
    if survey.stage == Stage.DRAFT or (not paper and survey.opens_at and now < survey.opens_at):
        raise NotOpenYet
    if survey.stage != Stage.FIELDED or (not paper and survey.closes_at and now >= survey.closes_at):
        raise SurveyClosed


def submit_answer(
    survey: Survey,
    values: Mapping[str, Any],
    *,
    invitation: Invitation | None = None,
    source: str = Answer.Source.INVITED,
    language: str = "",
    now: datetime,
) -> None:
    """Store one answer. `values` is `{question key: raw or cleaned value}` with the texts among them; `now` is not stored.

    Answers to questions that the others say are not asked are dropped, texts go apart. Returns nothing: no caller is to
    hold the person and the answer's key together. Raises NotOpenYet, SurveyClosed, AlreadyAnswered, NotByLink,
    ImpossibleValue, NothingAnswered.
    """
    with transaction.atomic():
        hold_open(survey)
        survey, items = survey_to_check(survey.pk)
        check_open(survey, now=now, paper=source == Answer.Source.PAPER)
        if invitation is None and (source == Answer.Source.INVITED or not survey.takes_answers_without_code):
            raise NotByLink
        kept = without_unasked(items, checked(items, values))
        if not kept:
            raise NothingAnswered
        if invitation is not None and (invitation.survey_id != survey.pk or not spend(invitation)):
            raise AlreadyAnswered
        texts = {item.key: kept.pop(item.key) for item in items if item.kind == QuestionKind.TEXT and item.key in kept}
        Answer.objects.create(
            survey=survey,
            # Without a code it belongs to no sample, whatever it was written on.
            source=source if invitation else Answer.Source.OPEN,
            stratum=invitation.stratum if invitation else "",
            values=kept,
        )
        for question, text in texts.items():
            _keep_text(survey, question, text, language, invitation)
        if invitation is not None:
            Draft.objects.filter(pk=invitation.pk).delete()


def checked(items: list[Item], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` as they are stored, without what was not answered. Raises ImpossibleValue."""
    kept = {}
    for item in items:
        try:
            value = cleaned_value(item, values.get(item.key))
        except InvalidAnswer as error:
            raise ImpossibleValue(error.key) from None
        if item.kind == QuestionKind.TEXT and len(value or "") > LONGEST_COMMENT:
            raise ImpossibleValue(item.key)
        if value is not None:
            kept[item.key] = value
    return kept


def save_draft(invitation: Invitation, values: Mapping[str, Any], *, language: str, easy: bool, now: datetime) -> None:
    """Keep what an invited person has answered so far, in the table that no backup has.

    Raises NotOpenYet, SurveyClosed, AlreadyAnswered.
    """
    with transaction.atomic():
        hold_open(invitation.survey)
        check_open(survey_as_it_is(invitation.survey_id), now=now)
        if is_spent(invitation):
            raise AlreadyAnswered
        Draft.objects.bulk_create(
            [Draft(pk=invitation.pk, values=dict(values), language=language, easy=easy)],
            update_conflicts=True, unique_fields=["invitation"], update_fields=["values", "language", "easy"],
        )  # fmt: skip


def _keep_text(survey: Survey, question: str, text: str, language: str, invitation: Invitation | None) -> None:
    house = municipality()
    resident = invitation.resident if invitation else None
    found = found_in(
        text,
        name=resident.name if resident else "",
        address=resident.address if resident else "",
        country=house.country,
        ours=(house.phone, house.email),
    )
    state = Comment.State.HELD if found else Comment.State.KEPT
    Comment.objects.create(survey=survey, question=question, text=text, language=language, found=found, state=state)
