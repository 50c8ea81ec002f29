"""Draw whom to ring for an interview, write down what became of each, and let names and numbers go."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.changes import log_created, log_removed
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from reporting.interviews import due_to_put_away, willing
from reporting.models import InterviewDraw, Interviewee
from reporting.rules import require_interviewer
from surveys.actions.sampling import clean_seed
from surveys.statistics.sampling import METHOD, draw_simple

LONGEST_NAME = 100
SHOWN_AT_MOST = timedelta(days=180)
USUAL_NUMBER = 20
"""domain/README.md: Larvik interviewed 20 drawn at random."""


class NameMissing(Refused):
    code = "name_missing"
    field = "name"
    message = _("Write what the interviews are for, in at most 100 characters.")


class ImpossiblePeriod(Refused):
    code = "impossible_period"
    field = "last_on"
    message = _("The period ends on or after the day on which it begins, and not after today.")


class ImpossibleSize(Refused):
    code = "impossible_size"
    field = "size"
    message = _("Draw one person or more.")


class TooFewWilling(Refused):
    code = "too_few_willing"
    field = "size"
    message = _("Only %(people)s people who were answered in that period have said yes and have not been drawn before.")


class ImpossibleLastDay(Refused):
    code = "impossible_last_day"
    field = "contact_until"
    message = _("Names and numbers can be shown for half a year at most, from today on.")


class StatusUnknown(Refused):
    code = "status_unknown"
    field = "status"
    message = _("Choose what became of it.")


class RungAlready(Refused):
    code = "rung_already"
    message = _("Somebody on the list has been rung. The draw stands.")


def draw_interviews(
    *,
    name: str,
    first_on: date,
    last_on: date,
    size: int,
    contact_until: date,
    seed: str = "",
    by: Person | None,
    now: datetime,
) -> InterviewDraw:
    """Draw `size` people at random among those answered from `first_on` to `last_on` (local days) who said yes.

    An empty `seed` is drawn by lot. Raises NotAllowed, NameMissing, ImpossiblePeriod, ImpossibleSize, TooFewWilling,
    ImpossibleLastDay, ImpossibleSeed.
    """
    require_interviewer(by)
    name, seed = " ".join(name.replace("\x00", "").split()), clean_seed(seed)
    zone = municipality().zone
    today = now.astimezone(zone).date()
    if not name or len(name) > LONGEST_NAME:
        raise NameMissing
    if not first_on <= last_on <= today:
        raise ImpossiblePeriod
    if size < 1:
        raise ImpossibleSize
    if not today <= contact_until <= today + SHOWN_AT_MOST:
        raise ImpossibleLastDay
    with transaction.atomic():
        people = willing(first_on, last_on, zone)
        if size > len(people):
            raise TooFewWilling(people=len(people))
        lots = draw_simple(people, size, seed=seed)
        draw = InterviewDraw.objects.create(
            name=name,
            first_on=first_on,
            last_on=last_on,
            method=METHOD,
            seed=seed,
            people=len(people),
            drawn=size,
            contact_until=contact_until,
            drawn_at=now,
            drawn_by=by,
        )
        Interviewee.objects.bulk_create(
            Interviewee(draw=draw, card_id=people[reference], reference=reference, position=position)
            for position, reference in enumerate(lots.ids, start=1)
        )
        log_created(draw, by=by, now=now)
        return draw


def note_interview(interviewee: Interviewee, *, status: str, by: Person | None, now: datetime) -> Interviewee:
    """Write down what became of one who was drawn. Raises NotAllowed, StatusUnknown."""
    require_interviewer(by)
    if status not in Interviewee.Status.values:
        raise StatusUnknown
    with transaction.atomic():
        found = Interviewee.objects.select_for_update().get(pk=interviewee.pk)
        if found.status != status:
            found.status = status
            found.noted_at = None if status == Interviewee.Status.WAITING else now
            found.save(update_fields=["status", "noted_at"])
        return found


def throw_draw_away(draw: InterviewDraw, *, by: Person | None, now: datetime) -> None:
    """Throw a draw away of which nobody has been rung; the log of changes keeps that there was one.

    Raises NotAllowed, RungAlready.
    """
    require_interviewer(by)
    with transaction.atomic():
        locked = InterviewDraw.objects.select_for_update().get(pk=draw.pk)
        if Interviewee.objects.filter(draw=locked).exclude(status=Interviewee.Status.WAITING).exists():
            raise RungAlready
        log_removed(locked, by=by, now=now)
        locked.delete()


def put_interviews_away(*, now: datetime) -> int:
    """Let the lists whose last day is over lead to nobody any more. Return how many rows. Safe to run twice."""
    return due_to_put_away(now.astimezone(municipality().zone).date()).update(card=None)
