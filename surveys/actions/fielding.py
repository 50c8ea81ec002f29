"""Field a survey: from then on its questions stand, and its codes open it between two moments."""

from __future__ import annotations

from dataclasses import dataclass
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
from surveys.queries import invitation_of_code
from surveys.questionnaires import QuestionKind, Stage
from surveys.rules import require_manager
from surveys.sample_queries import due_for_mail, reachable

MOST_REMINDERS = 5


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


class PaperTooEarly(Refused):
    code = "paper_too_early"
    field = "paper_until"
    message = _("Paper comes after the closing: write a day that is later than it, or nothing.")


class ImpossibleReminders(Refused):
    code = "impossible_reminders"
    field = "reminders_at_most"
    message = _("Write a number from 0 to %(most)s.")


class OpenAlready(Refused):
    code = "open_already"
    field = "opens_at"
    message = _("The survey has opened already.")


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


class CodeOfAnother(Refused):
    code = "code_of_another"
    field = "code"
    message = _("That code is for another survey: «%(survey)s».")


class StillAsked(Refused):
    code = "still_asked"
    message = _("A survey that is not closed has its sample from these people.")


@dataclass(frozen=True)
class Ways:
    """How people answer besides by their code, and how often at most they are reminded."""

    open_to_all: bool
    kiosk: bool
    reminders_at_most: int


def field_survey(
    survey: Survey,
    opens_at: datetime,
    closes_at: datetime,
    *,
    paper_until: datetime | None = None,
    ways: Ways | None = None,
    by: Person | None,
    now: datetime,
) -> Survey:
    """Freeze the questionnaire and let the codes open the survey from `opens_at` to `closes_at` (aware).

    With `paper_until` it waits that long for the post before it is closed. No `ways`: as they stand on the survey. Raises
    NotAllowed, AlreadyFielded, NoQuestions, NobodyAsked, ClosesTooEarly, PaperTooEarly, ImpossibleReminders.
    """
    require_manager(by)
    with transaction.atomic():
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        if locked.stage != Stage.DRAFT:
            raise AlreadyFielded
        if ways is not None:
            if not 0 <= ways.reminders_at_most <= MOST_REMINDERS:
                raise ImpossibleReminders(most=MOST_REMINDERS)
            locked.open_to_all, locked.kiosk = ways.open_to_all, ways.kiosk
            locked.reminders_at_most = ways.reminders_at_most
        if not Question.objects.filter(area__survey=locked).exclude(kind=QuestionKind.TEXT).exists():
            raise NoQuestions
        if not (locked.takes_answers_without_code or Invitation.objects.filter(survey=locked).exists()):
            raise NobodyAsked
        _set_times(locked, opens_at, closes_at, paper_until, now)
        locked.stage, locked.fielded_at = Stage.FIELDED, now
        locked.save()
        return locked


def move_times(
    survey: Survey,
    closes_at: datetime,
    *,
    opens_at: datetime | None = None,
    paper_until: datetime | None = None,
    by: Person | None,
    now: datetime,
) -> Survey:
    """Let a fielded survey open (while it has not), close, and stop to wait for paper at other moments.

    No `opens_at`: as it was. Raises NotAllowed, NotFielded, OpenAlready, ClosesTooEarly, PaperTooEarly.
    """
    require_manager(by)
    with transaction.atomic():
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        if locked.stage != Stage.FIELDED or locked.opens_at is None:
            raise NotFielded
        if opens_at is not None and opens_at != locked.opens_at and locked.opens_at <= now:
            raise OpenAlready
        _set_times(locked, opens_at or locked.opens_at, closes_at, paper_until, now)
        locked.save(update_fields=["opens_at", "closes_at", "paper_until"])
        return locked


def open_now(survey: Survey, *, by: Person | None, now: datetime) -> Survey:
    """Let a fielded survey open at once. Raises NotAllowed, NotFielded, OpenAlready, ClosesTooEarly."""
    require_manager(by)
    if survey.opens_at is None or survey.closes_at is None:
        raise NotFielded
    if survey.opens_at <= now:
        raise OpenAlready
    return move_times(survey, survey.closes_at, opens_at=now, paper_until=survey.paper_until, by=by, now=now)


def _set_times(
    survey: Survey, opens_at: datetime, closes_at: datetime, paper_until: datetime | None, now: datetime
) -> None:
    if closes_at <= max(opens_at, now):
        raise ClosesTooEarly
    if paper_until is not None and paper_until <= closes_at:
        raise PaperTooEarly
    survey.opens_at, survey.closes_at, survey.paper_until = opens_at, closes_at, paper_until


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
    """Write down that a letter came back. Raises NotAllowed, NotFielded, NotACode, UnknownCode, CodeOfAnother."""
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
    # Only its own columns are written: whether it was answered is for those who empty the spent codes.
    return Invitation.objects.select_for_update().get(pk=invitation_of(survey, typed).pk)


def invitation_of(survey: Survey, typed: str) -> Invitation:
    """Return the survey's invitation whose code that is. Raises NotACode, UnknownCode, CodeOfAnother."""
    code = parse_code(typed)
    if code is None:
        raise NotACode
    found = invitation_of_code(code)
    if found is None:
        raise UnknownCode
    if found.survey_id != survey.pk:
        raise CodeOfAnother(survey=found.survey.title(municipality().language))
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
