"""Closing, reopening, and «not reached»."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from feedback.actions.base import TextMissing
from feedback.actions.closing import (
    CallbackStillOwed,
    DuplicateOfWhat,
    NotClosedThatWay,
    close_card,
    close_not_reached,
    reopen_card,
)
from feedback.actions.moving import return_card
from feedback.errors import NotAllowed, WrongState
from feedback.models import Card, CardNote
from feedback.workflow import CloseResult, State
from organisation.models.municipality import DeadlineKind
from tests.factories import (
    NO_PHONE,
    CategoryFactory,
    Solvik,
    UnitFactory,
    a_card,
    day,
    events,
    mails,
    make_solvik,
    oslo,
)
from tests.feedback.steps import called_back, closed, followed_up, posted, referred
from tests.refusals import refuses
from tests.threads import at_once, errors

TUESDAY = oslo(2026, 11, 3, 10)
FRIDAY = oslo(2026, 11, 6, 10)


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads)


@pytest.mark.parametrize("result", sorted(set(CloseResult) - {"withdrawn", "duplicate"}))
def test_card_that_is_owed_a_callback_is_not_closed_without_it(solvik: Solvik, card: Card, result: str) -> None:
    """«closed only after the callback or a posted contact card, or as withdrawn by the submitter or as a duplicate»"""
    with refuses(CallbackStillOwed, "The submitter is owed a callback.", field="result"):
        close_card(card, result=result, by=solvik.clerk, now=FRIDAY)


def test_withdrawn_by_the_submitter(solvik: Solvik, card: Card) -> None:
    queued = mails()
    close_card(card, result="withdrawn", note=" Ringte og sa det ", by=solvik.handler, now=FRIDAY)
    card.refresh_from_db()
    assert (card.state, card.close_result, card.closed_at, card.completed_at, card.duplicate_of) == (
        State.CLOSED, "withdrawn", FRIDAY, FRIDAY, None,
    )  # fmt: skip
    assert events(card)[-1] == ("closed", "forwarded", "withdrawn")
    assert CardNote.objects.get().text == "Ringte og sa det"
    assert mails() == queued


def test_duplicate_names_the_other_card(solvik: Solvik, card: Card) -> None:
    other = a_card(unit=solvik.roads)
    with refuses(DuplicateOfWhat, field="duplicate_of"):
        close_card(card, result="duplicate", by=solvik.handler, now=FRIDAY)
    with refuses(DuplicateOfWhat):
        close_card(card, result="duplicate", duplicate_of=card, by=solvik.handler, now=FRIDAY)
    with refuses(DuplicateOfWhat):
        close_card(card, result="withdrawn", duplicate_of=other, by=solvik.handler, now=FRIDAY)
    close_card(card, result="duplicate", duplicate_of=other, by=solvik.handler, now=FRIDAY)
    card.refresh_from_db()
    assert (card.state, card.close_result, card.duplicate_of) == (State.CLOSED, "duplicate", other)
    assert card.events.last().details == {"duplicate_of": other.reference}


def test_cards_are_not_duplicates_of_each_other_in_a_ring(solvik: Solvik) -> None:
    """Each would be closed by the other, and nobody answered."""
    first, second, third = (a_card(unit=solvik.roads) for _ in range(3))
    close_card(first, result="duplicate", duplicate_of=second, by=solvik.handler, now=FRIDAY)
    close_card(second, result="duplicate", duplicate_of=third, by=solvik.handler, now=FRIDAY)
    with refuses(DuplicateOfWhat):
        close_card(third, result="duplicate", duplicate_of=first, by=solvik.handler, now=FRIDAY)


@pytest.mark.django_db(transaction=True)
def test_two_who_close_two_cards_as_duplicates_of_each_other_close_one() -> None:
    solvik = make_solvik()
    one, other = a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    answers = at_once(
        lambda: close_card(one, result="duplicate", duplicate_of=other, by=solvik.fresh(solvik.handler), now=FRIDAY),
        lambda: close_card(other, result="duplicate", duplicate_of=one, by=solvik.fresh(solvik.clerk), now=FRIDAY),
    )
    assert errors(answers) == ["DuplicateOfWhat"]
    assert Card.objects.filter(state=State.CLOSED).count() == 1


STEPS: dict[str, tuple[Callable[..., object], bool, str]] = {
    "called back": (called_back, True, "answered"),
    "followed up": (followed_up, False, "followed_up"),
    "referred": (referred, True, "referred"),
    "contact card posted": (posted, True, "not_reached"),
}


@pytest.mark.parametrize("way", STEPS)
def test_card_is_closed_with_what_was_done(solvik: Solvik, way: str) -> None:
    step, owed, result = STEPS[way]
    card = a_card(unit=solvik.roads) if owed else a_card(unit=solvik.roads, contact=NO_PHONE)
    step(card, by=solvik.clerk, now=TUESDAY)
    card.refresh_from_db()
    completed = card.completed_at
    wrong = "noted" if result != "noted" else "answered"
    with refuses(NotClosedThatWay, field="result"):
        close_card(card, result=wrong, by=solvik.clerk, now=FRIDAY)
    close_card(card, result=result, by=solvik.clerk, now=FRIDAY)
    card.refresh_from_db()
    assert (card.state, card.close_result, card.closed_at, card.completed_at) == ("closed", result, FRIDAY, completed)


def test_card_that_is_owed_nothing_may_be_taken_note_of(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    with refuses(NotClosedThatWay):
        close_card(card, result="answered", by=solvik.handler, now=FRIDAY)
    with refuses(NotClosedThatWay):
        close_card(card, result="nonsense", by=solvik.handler, now=FRIDAY)
    assert closed(card, by=solvik.handler, now=FRIDAY, result="noted").close_result == "noted"


def test_closed_card_is_not_closed_again(solvik: Solvik, card: Card) -> None:
    closed(card, by=solvik.clerk, now=TUESDAY)
    with refuses(WrongState, "«Closed»"):
        closed(card, by=solvik.clerk, now=FRIDAY)


@pytest.mark.parametrize("person", ["water_leader", "chief", "reader", "administrator", "mayors_secretary"])
def test_others_neither_close_nor_reopen(solvik: Solvik, card: Card, person: str) -> None:
    by = getattr(solvik, person)
    with refuses(NotAllowed):
        closed(card, by=by, now=FRIDAY)
    closed(card, by=solvik.clerk, now=FRIDAY)
    with refuses(NotAllowed):
        reopen_card(card, reason="x", by=by, now=FRIDAY)


# --- Reopening ------------------------------------------------------------------------------------------------------


def test_reopened_card_counts_from_the_day_it_was_reopened(solvik: Solvik, card: Card) -> None:
    called_back(card, by=solvik.handler, now=TUESDAY)
    closed(card, by=solvik.handler, now=TUESDAY, result="answered")
    queued = mails()
    reopen_card(card, reason=" Hullet er der igjen ", by=solvik.clerk, now=oslo(2026, 12, 1, 23, 30))
    card.refresh_from_db()
    assert (card.state, card.cycle, card.reopened_at, card.due_on) == (
        State.FORWARDED, 2, oslo(2026, 12, 1, 23, 30), day("2026-12-11"),
    )  # fmt: skip
    assert (card.completed_at, card.closed_at, card.close_result, card.expected_on) == (None, None, "", None)
    assert events(card)[-2:] == [("reopened", "closed", "forwarded"), ("deadline_set", "2026-11-12", "2026-12-11")]
    assert CardNote.objects.get().text == "Hullet er der igjen"
    assert mails() == [*queued, ("card_reopened", "roads@solvik.test")]


def test_reopened_card_uses_its_categorys_deadline(solvik: Solvik) -> None:
    quick = CategoryFactory(deadline_days=2, deadline_kind=DeadlineKind.WORKING_DAYS)
    card = a_card(unit=solvik.roads, category=quick)
    closed(card, by=solvik.handler, now=TUESDAY)
    reopen_card(card, reason="x", by=None, now=oslo(2026, 11, 20))
    card.refresh_from_db()
    assert card.due_on == day("2026-11-24")


@pytest.mark.parametrize("way", STEPS)
def test_every_completed_card_may_be_reopened(solvik: Solvik, way: str) -> None:
    step, owed, _result = STEPS[way]
    card = a_card(unit=solvik.roads) if owed else a_card(unit=solvik.roads, contact=NO_PHONE)
    step(card, by=solvik.clerk, now=TUESDAY)
    reopen_card(card, reason="x", by=solvik.clerk, now=FRIDAY)
    card.refresh_from_db()
    assert (card.state, card.cycle, card.completed_at) == (State.FORWARDED, 2, None)


def test_open_card_is_not_reopened_nor_without_a_reason(solvik: Solvik, card: Card) -> None:
    with refuses(WrongState, "«With the unit»"):
        reopen_card(card, reason="x", by=solvik.clerk, now=FRIDAY)
    closed(card, by=solvik.clerk, now=TUESDAY)
    with refuses(TextMissing, field="reason"):
        reopen_card(card, reason=" ", by=solvik.clerk, now=FRIDAY)


def test_reopened_duplicate_is_a_duplicate_no_more(solvik: Solvik, card: Card) -> None:
    other = a_card(unit=solvik.roads)
    close_card(card, result="duplicate", duplicate_of=other, by=solvik.handler, now=TUESDAY)
    reopen_card(card, reason="x", by=solvik.clerk, now=FRIDAY)
    card.refresh_from_db()
    assert card.duplicate_of is None


def test_reopened_card_of_a_closed_unit_goes_to_its_successor(solvik: Solvik) -> None:
    unit = UnitFactory()
    card = a_card(unit=unit)
    closed(card, by=solvik.clerk, now=TUESDAY)
    Card.objects.update(handler=solvik.handler)
    unit.closed_on, unit.successor = day("2026-11-04"), solvik.water
    unit.save()
    reopen_card(card, reason="x", by=solvik.clerk, now=FRIDAY)
    card.refresh_from_db()
    assert (card.unit, card.state, card.handler) == (solvik.water, State.FORWARDED, None)
    assert mails()[-1] == ("card_reopened", "water@solvik.test")


def test_reopened_card_at_the_service_centre_waits_there_and_is_misrouted_no_more(solvik: Solvik, card: Card) -> None:
    return_card(card, reason="x", by=solvik.handler, now=TUESDAY)
    closed(card, by=solvik.clerk, now=TUESDAY)
    reopen_card(card, reason="x", by=solvik.clerk, now=FRIDAY)
    card.refresh_from_db()
    assert (card.unit, card.state, card.returned_at) == (solvik.centre, State.REGISTERED, None)


# --- Not reached ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        pytest.param(oslo(2026, 12, 2, 23, 59), 0, id="day 29"),
        pytest.param(oslo(2026, 12, 3, 0, 0), 1, id="day 30, from midnight here"),
        pytest.param(oslo(2026, 12, 9, 2), 1, id="a job that did not run for a week"),
    ],
)
def test_no_word_after_a_posted_contact_card_is_closed_as_not_reached_after_30_days(
    solvik: Solvik, card: Card, now: datetime, closes: int
) -> None:
    """«No word after a posted contact card: closed after 30 days as «not reached»»"""
    posted(card, by=solvik.handler, now=TUESDAY)
    untouched = a_card(unit=solvik.roads)
    queued = mails()
    assert close_not_reached(now=now) == closes
    card.refresh_from_db()
    untouched.refresh_from_db()
    assert card.close_result == ("not_reached" if closes else "")
    assert untouched.state == State.FORWARDED
    assert mails() == queued
    assert close_not_reached(now=now) == 0


def test_days_until_not_reached_are_a_setting(solvik: Solvik, card: Card) -> None:
    posted(card, by=solvik.handler, now=TUESDAY)
    solvik.municipality.not_reached_after_days = 3
    solvik.municipality.save()
    assert close_not_reached(now=FRIDAY) == 1
    card.refresh_from_db()
    assert (card.closed_at, card.events.last().by) == (FRIDAY, None)


def test_who_rang_after_the_contact_card_is_not_closed_as_not_reached(solvik: Solvik, card: Card) -> None:
    posted(card, by=solvik.handler, now=TUESDAY)
    called_back(card, by=solvik.handler, now=FRIDAY)
    assert close_not_reached(now=oslo(2027, 1, 1)) == 0


def test_contact_card_of_an_earlier_cycle_closes_nothing(solvik: Solvik, card: Card) -> None:
    posted(card, by=solvik.handler, now=TUESDAY)
    reopen_card(card, reason="x", by=solvik.clerk, now=FRIDAY)
    posted(card, by=solvik.handler, now=oslo(2026, 12, 1))
    assert close_not_reached(now=oslo(2026, 12, 10)) == 0
    assert close_not_reached(now=oslo(2026, 12, 31)) == 1


def test_submitter_who_rings_and_wants_no_answer_has_withdrawn(solvik: Solvik, card: Card) -> None:
    posted(card, by=solvik.handler, now=TUESDAY)
    assert closed(card, by=solvik.handler, now=FRIDAY, result="withdrawn").close_result == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_close_each_card_once() -> None:
    solvik = make_solvik()
    cards = [a_card(unit=solvik.roads) for _ in range(4)]
    for card in cards:
        posted(card, by=solvik.handler, now=TUESDAY)
    late = oslo(2027, 1, 1)
    answers = at_once(lambda: close_not_reached(now=late), lambda: close_not_reached(now=late))
    assert errors(answers) == []
    assert sum(answers) == 4
    assert [[what for what, _f, _t in events(card)].count("closed") for card in cards] == [1] * 4
