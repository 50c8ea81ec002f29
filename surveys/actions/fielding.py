"""Field a survey: from then on its questions stand, and its codes open it between two moments."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.errors import NotAllowed, Refused
from organisation.models import Person
from organisation.outbox.queueing import queue_mails
from organisation.permissions import Permission
from organisation.queries import grants_of, municipality
from surveys import mails
from surveys.actions.sampling import AlreadyFielded
from surveys.codes import parse_code
from surveys.models import Draw, Invitation, Population, Question, Resident, Survey
from surveys.questionnaires import QuestionKind, Stage
from surveys.rules import require_manager
from surveys.sample_queries import due_for_mail, reachable


class NoQuestions(Refused):
    code = "no_questions"
    message = _("The questionnaire has no questions to be answered by a choice. Make it before you field the survey.")


class NobodyAsked(Refused):
    code = "nobody_asked"
    message = _("Nobody is asked: draw a sample, or let the survey be open to everybody by link.")


class ClosesTooEarly(Refused):
    code = "closes_too_early"
    field = "closes_at"
    message = _("The survey must close after it opens, and later than now.")


class NotFielded(Refused):
    code = "not_fielded"
    message = _("That is for surveys that are fielded and not closed.")


class NotACode(Refused):
    code = "not_a_code"
    field = "code"
    message = _("That is not a code: look at the letters again. It reads like K7QM-2XPD-4.")


class UnknownCode(Refused):
    code = "unknown_code"
    field = "code"
    message = _("No invitation of this survey has that code.")


class StillAsked(Refused):
    code = "still_asked"
    message = _("A survey that is not closed has its sample from these people.")


def field_survey(
    survey: Survey, opens_at: datetime, closes_at: datetime, *, by: Person | None, now: datetime
) -> Survey:
    """Freeze the questionnaire and let the codes open the survey from `opens_at` to `closes_at` (aware).

    Raises NotAllowed, AlreadyFielded, NoQuestions, NobodyAsked, ClosesTooEarly.
    """
    require_manager(by)
    with transaction.atomic():
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        if locked.stage != Stage.DRAFT:
            raise AlreadyFielded
        if not Question.objects.filter(area__survey=locked).exclude(kind=QuestionKind.TEXT).exists():
            raise NoQuestions
        if not (locked.open_to_all or locked.kiosk or Invitation.objects.filter(survey=locked).exists()):
            raise NobodyAsked
        if closes_at <= max(opens_at, now):
            raise ClosesTooEarly
        locked.stage = Stage.FIELDED
        locked.opens_at, locked.closes_at, locked.fielded_at = opens_at, closes_at, now
        locked.save(update_fields=["stage", "opens_at", "closes_at", "fielded_at"])
        return locked


def move_closing(survey: Survey, closes_at: datetime, *, by: Person | None, now: datetime) -> Survey:
    """Let a fielded survey close at another moment. Raises NotAllowed, NotFielded, ClosesTooEarly."""
    require_manager(by)
    with transaction.atomic():
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        if locked.stage != Stage.FIELDED or locked.opens_at is None:
            raise NotFielded
        if closes_at <= max(locked.opens_at, now):
            raise ClosesTooEarly
        locked.closes_at = closes_at
        locked.save(update_fields=["closes_at"])
        return locked


def mail_invitations(*, now: datetime) -> int:
    """Queue the invitations by e-mail of each survey that has opened, once. Return how many mails were queued."""
    queued = 0
    for due in due_for_mail(now):
        with transaction.atomic():
            draw = Draw.objects.select_for_update().get(pk=due.pk)
            if draw.mailed_at is not None:
                continue
            house = municipality()
            invited = reachable(due.survey).exclude(resident__email="")
            queued += queue_mails((mails.invitation(due.survey, one, house) for one in invited), now=now)
            draw.mailed_at = now
            draw.save(update_fields=["mailed_at"])
    return queued


def mark_returned(survey: Survey, typed: str, *, by: Person) -> Invitation:
    """Write down that a letter came back. Raises NotAllowed, NotFielded, NotACode, UnknownCode."""
    with transaction.atomic():
        found = _invitation(survey, typed, by)
        found.returned = True
        found.save(update_fields=["returned"])
        return found


def mark_reserved(survey: Survey, typed: str, *, by: Person) -> Invitation:
    """Write down that somebody does not want to be asked: no more reminders. Raises as `mark_returned`."""
    with transaction.atomic():
        found = _invitation(survey, typed, by)
        if found.resident_id is not None:
            Resident.objects.filter(pk=found.resident_id).update(reserved=True)
        return found


def _invitation(survey: Survey, typed: str, by: Person) -> Invitation:
    grants = grants_of(by)
    if not (grants.allows(Permission.MANAGE_SURVEYS) or grants.somewhere(Permission.TYPE_ANSWERS)):
        raise NotAllowed
    if Survey.objects.get(pk=survey.pk).stage != Stage.FIELDED:
        raise NotFielded
    code = parse_code(typed)
    if code is None:
        raise NotACode
    # Only its own columns are written: whether it was answered is for those who empty the spent codes.
    found = Invitation.objects.select_for_update().filter(survey=survey, code=code).first()
    if found is None:
        raise UnknownCode
    return found


def delete_people(population: Population, *, by: Person | None) -> int:
    """Delete the people of a population; how many they were stays. Return how many went.

    Raises NotAllowed, StillAsked while a survey that is not closed has its sample from them.
    """
    require_manager(by)
    with transaction.atomic():
        Population.objects.select_for_update().get(pk=population.pk)
        if Draw.objects.filter(population=population, survey__stage__in=[Stage.DRAFT, Stage.FIELDED]).exists():
            raise StillAsked
        return Resident.objects.filter(population=population).delete()[1].get("surveys.Resident", 0)
