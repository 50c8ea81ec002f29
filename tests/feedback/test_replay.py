"""The replay against a second implementation, written here in plain Python from `domain/README.md` alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.actions.listing import replay_overdue_lists, run_overdue_list
from feedback.models import Card
from organisation.calendar import IsoWeek
from tests.factories import OSLO, Solvik, a_card, day, oslo
from tests.feedback.steps import called_back
from tests.refusals import everything


@dataclass(frozen=True)
class Known:
    """What the reference knows of a card."""

    unit: str
    registered_at: datetime
    due_on: date
    completed_at: datetime | None
    reopened_at: datetime | None = None


Week = tuple[str, int, int, dict[str, int]]


def by_hand(cards: list[Known], first: date, last: date) -> list[Week]:
    """Count every Monday's lists from an empty history: (week, cards, repeats, cards by unit)."""
    times: dict[int, int] = {}
    weeks = []
    monday = first
    while monday.weekday() != 0:
        monday += timedelta(days=1)
    while monday <= last:
        moment = datetime(monday.year, monday.month, monday.day, 6, tzinfo=OSLO)
        per_unit: dict[str, int] = {}
        repeats = 0
        for number, card in enumerate(cards):
            happened = card.completed_at is not None and card.completed_at < moment
            if card.registered_at < moment and card.due_on < monday and not happened:
                per_unit[card.unit] = per_unit.get(card.unit, 0) + 1
                times[number] = times.get(number, 0) + 1
                repeats += times[number] > 1
        year, week, _ = monday.isocalendar()
        weeks.append((f"{year}-W{week:02d}", sum(per_unit.values()), repeats, per_unit))
        monday += timedelta(days=7)
    return weeks


def replayed(first: date, last: date) -> list[Week]:
    return [(str(one.week), one.cards, one.escalated, one.per_unit) for one in replay_overdue_lists(first, last)]


START = oslo(2020, 12, 1, 0)
MINUTES = st.integers(0, 120 * 24 * 60)


@st.composite
def known_cards(draw: st.DrawFn) -> Known:
    """A card of the four months around New Year 2021, which has a week 53; some reopened, some never completed."""
    registered_at = START + timedelta(minutes=draw(MINUTES))
    counted_from, reopened_at = registered_at, None
    if draw(st.booleans()):
        reopened_at = counted_from = registered_at + timedelta(minutes=draw(MINUTES))
    due_on = counted_from.astimezone(OSLO).date() + timedelta(days=draw(st.sampled_from([1, 3, 10, 14])))
    completed_at = None
    if draw(st.booleans()):
        completed_at = counted_from + timedelta(minutes=draw(MINUTES))
        if draw(st.booleans()):  # at a Monday's moment to the second: a boundary that chance seldom finds
            monday = completed_at.astimezone(OSLO).date() + timedelta(days=7)
            monday -= timedelta(days=monday.weekday())
            completed_at = datetime(monday.year, monday.month, monday.day, 6, tzinfo=OSLO)
    return Known(draw(st.sampled_from(["roads", "water"])), registered_at, due_on, completed_at, reopened_at)


def store(cards: list[Known], solvik: Solvik) -> None:
    units = {"roads": solvik.roads, "water": solvik.water}
    Card.objects.bulk_create(
        Card(
            reference=f"26-{number:06d}-0",
            secret=f"secret {number}",
            channel="web",
            text="Hull",
            received_on=known.registered_at.astimezone(OSLO).date(),
            registered_at=known.registered_at,
            unit=units[known.unit],
            state="called_back" if known.completed_at else "forwarded",
            callback_owed=True,
            due_on=known.due_on,
            completed_at=known.completed_at,
            cycle=2 if known.reopened_at else 1,
            reopened_at=known.reopened_at,
        )
        for number, known in enumerate(cards)
    )


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cards=st.lists(known_cards(), max_size=12),
    first=st.dates(date(2020, 12, 1), date(2021, 2, 1)),
    weeks=st.integers(0, 12),
)
def test_replay_counts_as_by_hand_and_as_the_runs_themselves(
    solvik: Solvik, cards: list[Known], first: date, weeks: int
) -> None:
    last = first + timedelta(weeks=weeks)
    with transaction.atomic():
        store(cards, solvik)
        expected = by_hand(cards, first, last)
        assert replayed(first, last) == expected
        ran = []
        for name, *_ in expected[:4]:
            week = IsoWeek.parse(name)
            report = run_overdue_list(now=oslo(2026, 1, 1), week=week, mail=False)
            ran.append((str(report.week), report.cards, report.escalated, report.per_unit))
        assert ran == expected[:4]
        transaction.set_rollback(True)


@pytest.fixture
def backlog(solvik: Solvik) -> list[Card]:
    """Two cards due on 12 November 2026, one answered on the 24th."""
    cards = [a_card(unit=solvik.roads), a_card(unit=solvik.water)]
    called_back(cards[0], by=solvik.handler, now=oslo(2026, 11, 24))
    return cards


@pytest.mark.usefixtures("backlog")
def test_replay_counts_both_end_mondays_and_starts_with_an_empty_history() -> None:
    assert replayed(day("2026-11-16"), day("2026-11-30")) == [
        ("2026-W47", 2, 0, {"roads": 1, "water": 1}),
        ("2026-W48", 2, 2, {"roads": 1, "water": 1}),
        ("2026-W49", 1, 1, {"water": 1}),
    ]
    assert replayed(day("2026-11-17"), day("2026-11-29")) == [("2026-W48", 2, 0, {"roads": 1, "water": 1})]
    assert replayed(day("2026-11-17"), day("2026-11-22")) == []


@pytest.mark.usefixtures("backlog")
def test_replay_knows_nothing_of_lists_that_are_stored_and_stores_nothing() -> None:
    run_overdue_list(now=oslo(2026, 11, 25), week=IsoWeek(2026, 47))
    before = everything()
    assert [one.escalated for one in replay_overdue_lists(day("2026-11-16"), day("2026-11-23"))] == [0, 2]
    assert everything() == before
