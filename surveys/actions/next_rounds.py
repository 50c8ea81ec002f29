"""Remind the quality advisers of the next round of a survey that is held every so many years."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from organisation.outbox.queueing import queue_mails
from organisation.permissions import Role
from organisation.queries import municipality, people_with, working_calendar
from surveys.intervals import TOLD_BEFORE
from surveys.mails import next_round_due
from surveys.models import Survey
from surveys.queries import next_round, rounds_to_come


def remind_of_next_rounds(*, now: datetime) -> int:
    """Mail each quality adviser the surveys whose next round is due within three months. Return how many surveys.

    A survey is told of once for its interval. Where nobody is a quality adviser it is told of when somebody becomes one.
    """
    house = municipality()
    today = working_calendar(house).local_date(now)
    with transaction.atomic():
        advisers = list(people_with(Role.QUALITY_ADVISER))
        if not advisers:
            return 0
        told = 0
        for survey in rounds_to_come().select_for_update(skip_locked=True, of=("self",)):
            due = next_round(survey, house.zone)
            if due is None or due - TOLD_BEFORE > today:
                continue
            queue_mails([next_round_due(survey, due, person, house) for person in advisers], now=now)
            Survey.objects.filter(pk=survey.pk).update(next_round_told_at=now)
            told += 1
    return told
