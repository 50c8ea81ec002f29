"""Remind those who have not answered, and nobody more often than the survey says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Person
from organisation.outbox.queueing import queue_mails
from organisation.queries import municipality
from surveys import mails
from surveys.actions.fielding import NotFielded
from surveys.actions.spending import flush_spent
from surveys.models import Invitation, Survey
from surveys.questionnaires import Stage
from surveys.rules import require_manager
from surveys.sample_queries import reminder_rounds, to_remind


class NoMoreReminders(Refused):
    code = "no_more_reminders"
    message = _("Reminders have gone out %(rounds)s times, and this survey has no more.")


class NotOpen(Refused):
    code = "not_open"
    message = _("The survey is not open now. Reminders go out while it can be answered.")


class RemindedMeanwhile(Refused):
    code = "changed_meanwhile"
    message = _("Reminders have gone out since you opened this page. Look at it again before you go on.")


class NobodyToRemind(Refused):
    code = "nobody_to_remind"
    message = _("There is nobody to remind: all who can be reached have answered.")


@dataclass(frozen=True)
class Reminded:
    """How many were reminded: by e-mail (queued), and by letter (to be printed)."""

    round: int
    mails: int
    letters: int


def send_reminders(
    survey: Survey, *, by: Person | None, now: datetime, after: int | None = None, dry_run: bool = False
) -> Reminded:
    """Remind all who have not answered, once more: by e-mail where it is known, else by a letter to print.

    `after` is how many rounds whoever asks has seen, so that two clicks are one reminder. Raises NotAllowed, NotFielded,
    NotOpen, NoMoreReminders, RemindedMeanwhile, NobodyToRemind.
    """
    require_manager(by)
    flush_spent(survey)
    with transaction.atomic():
        locked = Survey.objects.select_for_update().get(pk=survey.pk)
        if locked.stage != Stage.FIELDED or locked.opens_at is None or locked.closes_at is None:
            raise NotFielded
        rounds = reminder_rounds(locked)
        if after is not None and after != rounds:
            raise RemindedMeanwhile
        if rounds >= locked.reminders_at_most:
            raise NoMoreReminders(rounds=rounds)
        if not locked.opens_at <= now < locked.closes_at:
            raise NotOpen
        chosen = list(to_remind(locked))
        if not chosen:
            raise NobodyToRemind
        by_mail = [one for one in chosen if one.resident and one.resident.email]
        reminded = Reminded(rounds + 1, len(by_mail), len(chosen) - len(by_mail))
        if not dry_run:
            house = municipality()
            Invitation.objects.filter(pk__in=[one.pk for one in chosen]).update(reminders=F("reminders") + 1)
            queue_mails((mails.reminder(locked, one, house, round=rounds + 1) for one in by_mail), now=now)
        return reminded
