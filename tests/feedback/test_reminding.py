"""The daily reminder, two days before a deadline."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from feedback.actions.closing import reopen_card
from feedback.actions.moving import delegate_card
from feedback.actions.reminding import remind_of_deadlines
from feedback.models import Card, CardEvent
from organisation.history_door import erasing
from organisation.models import OutgoingMail
from organisation.models.municipality import DeadlineKind
from tests.factories import (
    AbsenceFactory,
    CategoryFactory,
    PersonFactory,
    Solvik,
    UnitFactory,
    a_card,
    day,
    events,
    mails,
    make_solvik,
    many_cards,
    oslo,
)
from tests.feedback.steps import called_back, closed
from tests.threads import at_once, errors

TWO_BEFORE = oslo(2026, 11, 10, 7)
"""Two days before the deadline of a card of Monday 2 November."""


def reminded() -> list[str]:
    return sorted(to for kind, to in mails() if kind == "reminder")


@pytest.mark.parametrize(
    ("now", "how_many"),
    [
        pytest.param(oslo(2026, 11, 9, 7), 0, id="three days before"),
        pytest.param(TWO_BEFORE, 1, id="two days before"),
        pytest.param(oslo(2026, 11, 9, 23, 59), 0, id="the last minute of the third day"),
        pytest.param(oslo(2026, 11, 10, 0, 0), 1, id="midnight here is 23:00 UTC the day before"),
        pytest.param(oslo(2026, 11, 11, 7), 1, id="made up the day after"),
        pytest.param(oslo(2026, 11, 12, 7), 1, id="the last day"),
        pytest.param(oslo(2026, 11, 13, 7), 0, id="too late: it is the overdue list's now"),
    ],
)
def test_reminded_two_days_before_the_deadline(solvik: Solvik, now: datetime, how_many: int) -> None:
    card = a_card(unit=solvik.roads)
    assert remind_of_deadlines(now=now) == how_many
    assert reminded() == ["roads_leader@solvik.test"] * how_many
    assert (events(card)[-1] == ("reminded", "", "2026-11-12")) is bool(how_many)


def test_one_mail_a_person_with_all_their_cards_and_once(solvik: Solvik) -> None:
    cards = many_cards(3, unit=solvik.roads)
    other = a_card(unit=solvik.water)
    assert remind_of_deadlines(now=TWO_BEFORE) == 4
    assert reminded() == ["roads_leader@solvik.test", "water_leader@solvik.test"]
    text = OutgoingMail.objects.get(kind="reminder", to="roads_leader@solvik.test").text
    assert [card.reference in text for card in (*cards, other)] == [True, True, True, False]
    assert remind_of_deadlines(now=oslo(2026, 11, 11, 7)) == 0
    assert len(reminded()) == 2


def test_handler_is_reminded_and_in_the_handlers_absence_the_leader(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=oslo(2026, 11, 3))
    AbsenceFactory(person=solvik.handler, first_on=day("2026-11-11"), last_on=day("2026-11-20"))
    assert remind_of_deadlines(now=TWO_BEFORE) == 1
    assert reminded() == ["handler@solvik.test"]
    with erasing():
        CardEvent.objects.filter(what="reminded").delete()
    assert remind_of_deadlines(now=oslo(2026, 11, 11, 7)) == 1
    assert reminded() == ["handler@solvik.test", "roads_leader@solvik.test"]


def test_completed_cards_are_not_reminded_of(solvik: Solvik) -> None:
    called_back(a_card(unit=solvik.roads), by=solvik.handler, now=oslo(2026, 11, 3))
    closed(a_card(unit=solvik.roads), by=solvik.handler, now=oslo(2026, 11, 3))
    assert remind_of_deadlines(now=TWO_BEFORE) == 0
    assert reminded() == []


def test_reopened_card_is_reminded_of_anew(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    remind_of_deadlines(now=TWO_BEFORE)
    closed(card, by=solvik.handler, now=oslo(2026, 11, 11))
    reopen_card(card, reason="x", by=solvik.clerk, now=oslo(2026, 11, 20))
    assert remind_of_deadlines(now=oslo(2026, 11, 28, 7)) == 1
    assert len(reminded()) == 2


def test_second_run_of_the_day_mails_what_came_since(solvik: Solvik) -> None:
    a_card(unit=solvik.roads)
    remind_of_deadlines(now=TWO_BEFORE)
    urgent = CategoryFactory(deadline_days=1, deadline_kind=DeadlineKind.CALENDAR_DAYS)
    card = a_card(unit=solvik.roads, category=urgent, now=oslo(2026, 11, 10, 9))
    assert remind_of_deadlines(now=oslo(2026, 11, 10, 10)) == 1
    assert card.reference in OutgoingMail.objects.filter(kind="reminder").last().text
    assert len(reminded()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one_mail_with_every_card() -> None:
    solvik = make_solvik()
    cards = many_cards(30, unit=solvik.roads)
    answers = at_once(*[lambda: remind_of_deadlines(now=TWO_BEFORE)] * 3)
    assert errors(answers) == []
    assert sorted(answers) == [0, 0, 30]
    text = OutgoingMail.objects.get(kind="reminder").text
    assert [card.reference for card in cards if card.reference not in text] == []
    assert CardEvent.objects.filter(what="reminded").count() == Card.objects.count()


@pytest.mark.parametrize(("units", "cards"), [(1, 1), (1, 20), (8, 2)])
def test_reminding_takes_the_same_statements_whatever_the_number_of_cards_and_units(
    solvik: Solvik, units: int, cards: int, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    for number in range(units):
        people = {"leader": PersonFactory(), "deputy": PersonFactory()}
        many_cards(cards, unit=UnitFactory(code=f"unit-{number:02}", parent=solvik.sector, **people))
    with django_assert_num_queries(9):
        assert remind_of_deadlines(now=TWO_BEFORE) == units * cards
