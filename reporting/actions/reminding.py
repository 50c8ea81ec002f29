"""Remind whoever is responsible for an action that is due, late, or of which nothing was written for long."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from organisation.models import Municipality, Unit
from organisation.outbox.queueing import queue_mails
from organisation.queries import (
    Recipient,
    is_away,
    list_recipient,
    municipality,
    open_successor,
    with_leaders,
    working_calendar,
)
from reporting.mails import Asked, initiatives_due
from reporting.models import Initiative, InitiativeEvent
from reporting.plan_queries import last_words_on
from reporting.plans import OPEN, reminders_due


def remind_of_initiatives(*, now: datetime) -> int:
    """Mail each responsible person, or in their place the unit's leader, the actions that wait for a word. Return how many
    actions.

    Each reason is told once (`reminders_due`); a day on which the job did not run is made up the next. What nobody can be
    told of stays untold, and is tried again tomorrow.
    """
    house = municipality()
    today = working_calendar(house).local_date(now)
    with transaction.atomic():
        # One run at a time: of two that shared out the actions, each would take a person's one mail for its own part.
        Municipality.objects.select_for_update(no_key=True).get()
        found = list(
            Initiative.objects.filter(status__in=sorted(OPEN))
            .select_related("person", "unit", "indicator")
            .prefetch_related("person__absences")
            .order_by("due_on", "pk")
        )
        words = last_words_on(found)
        told = set(
            InitiativeEvent.objects.filter(
                initiative__in=[each.pk for each in found], what=InitiativeEvent.What.REMINDED
            ).values_list("initiative", "to_value")
        )
        waiting = {}
        for each in found:
            last = words.get(each.pk) or each.started_on or each.made_on
            due = reminders_due(
                each.status, each.due_on, last, today, before=house.action_remind_days, quiet=house.action_quiet_days
            )
            if new := [(why, key) for why, key in due if (each.pk, key) not in told]:
                waiting[each.pk] = new
        if not waiting:
            return 0
        units = {unit.pk: unit for unit in with_leaders(Unit.objects.select_related("successor"))}
        by_recipient: dict[str, tuple[Recipient, list[Asked]]] = {}
        events = []
        for each in found:
            if each.pk not in waiting or (to := _recipient(each, units, today, house)) is None:
                continue
            why = tuple(reason for reason, _key in waiting[each.pk])
            by_recipient.setdefault(to.email, (to, []))[1].append(Asked(each, why))
            events += [
                InitiativeEvent(initiative=each, what=InitiativeEvent.What.REMINDED, at=now, to_value=key)
                for _why, key in waiting[each.pk]
            ]
        queue_mails(
            [initiatives_due(to, asked, house=house, today=today) for to, asked in by_recipient.values()], now=now
        )
        InitiativeEvent.objects.bulk_create(events)
        return sum(len(asked) for _to, asked in by_recipient.values())


def _recipient(initiative: Initiative, units: dict[int, Unit], today: date, house: Municipality) -> Recipient | None:
    """The responsible person who is there that day, else who stands for the unit that answers today; nobody of a closed
    one."""
    person = initiative.person
    if person is not None and person.is_active and not is_away(person, today):
        return Recipient(person, person.email, person.language)
    unit = units[open_successor(units[initiative.unit_id]).pk]
    return None if unit.closed_on is not None else list_recipient(unit, on=today, language=house.language)
