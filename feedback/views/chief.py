"""The chief executive's page: this week's cards that came up again, by unit, and how it has gone for twelve weeks."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.models import CardEvent, Escalation, OverdueEntry, PreliminaryAnswer
from feedback.queries import (
    delays_of,
    entries_of_escalation,
    escalation_of_week,
    latest_run,
    mailings_between,
    overdue_by_week,
    people_in_history,
    units_in_history,
    with_course,
)
from feedback.views.access import person_who_may
from feedback.views.telling import StaffTold, for_staff
from organisation.calendar import IsoWeek
from organisation.charts import Chart, Mark, Point, trend
from organisation.models import Person, Unit
from organisation.permissions import Permission
from organisation.queries import answering_units, list_recipient, with_leaders

NO_NEWS = {*CardEvent.OF_NO_WEIGHT, CardEvent.What.REPORTED_BACK, CardEvent.What.DELAY_EXPLAINED}
"""What is not the last that happened to a card: what the lists wrote, and what the page shows beside it."""


class Repeat(NamedTuple):
    """One card that came up again: its course, the latest first, and what the unit wrote of why."""

    entry: OverdueEntry
    days_over: int
    history: list[StaffTold]
    last: StaffTold | None
    delay: CardEvent | None
    preliminary: PreliminaryAnswer | None


class OfUnit(NamedTuple):
    """A unit's cards that came up again. `answers` is who stands for the unit today, None where nobody does."""

    unit: Unit
    answers: Person | None
    repeats: list[Repeat]


@login_required
@never_cache
@require_safe
def chief(request: HttpRequest) -> HttpResponse:
    """Show the latest week's repeats by unit, and the trend."""
    person = person_who_may(request, Permission.SEE_ESCALATIONS)
    run = latest_run()
    found = escalation_of_week(person, run.iso_year, run.iso_week) if run is not None else None
    units = _by_unit(found, person) if found is not None else []
    context = {
        "section": "escalations",
        "run": run,
        "escalation": found,
        "units": units,
        "open_ones": sum(not repeat.entry.is_solved for of_unit in units for repeat in of_unit.repeats),
        "trend": _trend(run.week) if run is not None else None,
    }
    return render(request, "feedback/unit/chief.html", context)


def _by_unit(escalation: Escalation, person: Person) -> list[OfUnit]:
    today = timezone.localdate()
    entries = list(with_course(entries_of_escalation(escalation, person)))
    cards = [entry.card for entry in entries]
    delays, names = delays_of(cards), (units_in_history(*cards), people_in_history(*cards))
    leaders = {unit.pk: unit for unit in with_leaders(answering_units())}
    by_unit = []
    for unit, theirs in groupby(entries, key=lambda entry: entry.overdue_list.unit):
        to = list_recipient(leaders.get(unit.pk, unit), on=today, language="") if unit.pk in leaders else None
        repeats = [_repeat(entry, names, delays.get(entry.card_id), today) for entry in theirs]
        by_unit.append(OfUnit(unit, to.person if to is not None else None, repeats))
    return by_unit


def _repeat(
    entry: OverdueEntry, names: tuple[dict[str, str], dict[str, str]], delay: CardEvent | None, today: date
) -> Repeat:
    card = entry.card
    history = for_staff(card, *names)
    news = (told for told, event in zip(history, card.events.all(), strict=True) if event.what not in NO_NEWS)
    answers = (answer for answer in card.preliminaryanswers.all() if answer.cycle == card.cycle)
    return Repeat(
        entry,
        days_over=(today - entry.due_on).days,
        history=history,
        last=next(news, None),
        delay=delay,
        preliminary=max(answers, key=lambda answer: answer.recorded_at, default=None),
    )


def _trend(last: IsoWeek) -> Chart:
    """Draw twelve weeks up to `last`, with the mailings of paper cards: each brought many cards, which fall due later."""
    weeks = overdue_by_week(last)
    places = {week: place for place, (week, _cards, _repeats) in enumerate(weeks)}
    sent, language = mailings_between(weeks[0][0].monday, last.day(7)), get_language() or "nb"
    return trend(
        [Point(str(week.week), repeats) for week, _cards, repeats in weeks],
        (_("All overdue"), [Point(str(week.week), cards) for week, cards, _repeats in weeks]),
        name=_("Second time or more"),
        marks=[Mark(places[IsoWeek.of(one.sent_on)], one.in_words(language)) for one in sent],
    )
