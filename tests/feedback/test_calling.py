"""Reaching the submitter: rule 6 of Larvik's routine, another agreed way, the preliminary answer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feedback.actions.answering import record_callback
from feedback.actions.base import ImpossibleMoment, TextMissing
from feedback.actions.calling import (
    ContactCardMadeAlready,
    ImpossibleExpected,
    ImpossiblePosted,
    NoCallbackOwed,
    NoContactCard,
    NoSuchAttempt,
    NoWayToAnswer,
    TooFewAttempts,
    agree_other_way,
    attempts_made,
    give_preliminary_answer,
    make_contact_card,
    post_contact_card,
    record_contact_attempt,
    undo_contact_attempt,
)
from feedback.actions.closing import reopen_card
from feedback.actions.intake import UnknownChoice
from feedback.deadlines import Contact
from feedback.errors import NotAllowed, WrongState
from feedback.models import Card, ContactAttempt, ContactCard, PreliminaryAnswer, Submitter
from feedback.workflow import State
from tests.factories import MONDAY, NO_PHONE, Solvik, a_card, day, events, mails, oslo
from tests.feedback.steps import called_back, closed, posted, try_three_times
from tests.refusals import refuses

TUESDAY = oslo(2026, 11, 3, 10)


@pytest.fixture
def card(solvik: Solvik) -> Card:
    """A card with the roads unit that is owed a callback."""
    return a_card(unit=solvik.roads)


def test_attempt_is_written_with_its_time_and_who_made_it(solvik: Solvik, card: Card) -> None:
    queued = mails()
    made = record_contact_attempt(card, by=solvik.handler, now=TUESDAY, made_at=oslo(2026, 11, 2, 15), note=" Opptatt ")
    assert ContactAttempt.objects.values().get() == {
        "id": made.pk, "card_id": card.pk, "cycle": 1, "recorded_at": TUESDAY, "recorded_by_id": solvik.handler.pk,
        "made_at": oslo(2026, 11, 2, 15), "note": "Opptatt", "undone_at": None, "undone_by_id": None,
    }  # fmt: skip
    assert events(card)[-1] == ("contact_attempted", "", "1")
    assert card.events.last().details == {"attempt": made.pk}
    assert mails() == queued
    card.refresh_from_db()
    assert (card.state, card.completed_at) == ("forwarded", None)


@pytest.mark.parametrize(
    "made_at",
    [
        pytest.param(TUESDAY + timedelta(seconds=1), id="in the future"),
        pytest.param(MONDAY - timedelta(seconds=1), id="before the registration"),
    ],
)
def test_attempt_at_an_impossible_time_is_refused(solvik: Solvik, card: Card, made_at: datetime) -> None:
    with refuses(ImpossibleMoment, field="made_at"):
        record_contact_attempt(card, by=solvik.handler, now=TUESDAY, made_at=made_at)


def test_contact_card_before_three_attempts_is_refused_with_the_reason(solvik: Solvik, card: Card) -> None:
    """Rule 6: «at least three calls are made within the deadline. If none succeeds, a contact card is sent.»"""
    for made in range(3):
        with refuses(TooFewAttempts, f"after 3 calls that failed. So far there are {made}."):
            make_contact_card(card, by=solvik.handler, now=TUESDAY)
        record_contact_attempt(card, by=solvik.handler, now=TUESDAY)
    contact_card = make_contact_card(card, by=solvik.handler, now=TUESDAY)
    assert (contact_card.attempts, contact_card.posted_on, contact_card.posted_at) == (3, None, None)
    assert events(card)[-1] == ("contact_card_made", "", "3")


def test_number_of_attempts_is_a_setting(solvik: Solvik, card: Card) -> None:
    solvik.municipality.minimum_attempts = 1
    solvik.municipality.save()
    record_contact_attempt(card, by=solvik.handler, now=TUESDAY)
    assert make_contact_card(card, by=solvik.handler, now=TUESDAY).attempts == 1


def test_attempts_count_late_ones_too(solvik: Solvik, card: Card) -> None:
    """«Attempts count from the registration or the last reopening, late ones too.»"""
    long_after = oslo(2026, 12, 24)
    try_three_times(card, by=solvik.handler, now=long_after)
    assert make_contact_card(card, by=solvik.handler, now=long_after).attempts == 3


def test_attempts_before_a_reopening_do_not_count(solvik: Solvik, card: Card) -> None:
    """«Attempts count from the registration or the last reopening»"""
    posted(card, by=solvik.handler, now=TUESDAY)
    reopen_card(card, reason="Ringte igjen", by=solvik.clerk, now=TUESDAY + timedelta(days=1))
    card.refresh_from_db()
    assert attempts_made(card) == 0
    with refuses(TooFewAttempts, "So far there are 0."):
        make_contact_card(card, by=solvik.handler, now=TUESDAY + timedelta(days=2))
    with refuses(ImpossibleMoment):
        record_contact_attempt(card, by=solvik.handler, now=TUESDAY + timedelta(days=2), made_at=TUESDAY)


def test_made_contact_card_does_not_complete_the_card_but_the_posted_one_does(solvik: Solvik, card: Card) -> None:
    """«a contact card *posted* after at least three attempts»"""
    try_three_times(card, by=solvik.handler, now=TUESDAY)
    make_contact_card(card, by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert (card.state, card.completed_at) == (State.FORWARDED, None)
    contact_card = post_contact_card(card, posted_on=day("2026-11-04"), by=solvik.handler, now=oslo(2026, 11, 5, 9))
    card.refresh_from_db()
    assert (card.state, card.completed_at) == (State.CONTACT_CARD_POSTED, oslo(2026, 11, 4, 12))
    assert (contact_card.posted_on, contact_card.attempts, contact_card.posted_by) == (
        day("2026-11-04"),
        3,
        solvik.handler,
    )
    assert events(card)[-1] == ("contact_card_posted", "", "2026-11-04")
    assert card.events.last().details == {"attempts": 3}


@pytest.mark.parametrize(
    ("posted_on", "now", "at"),
    [
        pytest.param("2026-11-03", oslo(2026, 11, 3, 9, 30), oslo(2026, 11, 3, 9, 30), id="today, before noon"),
        pytest.param("2026-11-03", oslo(2026, 11, 3, 15), oslo(2026, 11, 3, 12), id="today, after noon"),
        pytest.param("2026-11-04", oslo(2026, 11, 6, 9), oslo(2026, 11, 4, 12), id="written down later"),
    ],
)
def test_posted_date_counts_as_noon_but_never_in_the_future(
    solvik: Solvik, card: Card, posted_on: str, now: datetime, at: datetime
) -> None:
    made_at = oslo(2026, 11, 3, 8)
    try_three_times(card, by=solvik.handler, now=made_at)
    make_contact_card(card, by=solvik.handler, now=made_at)
    assert post_contact_card(card, posted_on=day(posted_on), by=solvik.handler, now=now).posted_at == at


@pytest.mark.parametrize(
    "posted_on", [pytest.param("2026-11-02", id="before it was made"), pytest.param("2026-11-06", id="tomorrow")]
)
def test_impossible_posted_date_is_refused(solvik: Solvik, card: Card, posted_on: str) -> None:
    try_three_times(card, by=solvik.handler, now=TUESDAY)
    make_contact_card(card, by=solvik.handler, now=TUESDAY)
    with refuses(ImpossiblePosted, field="posted_on"):
        post_contact_card(card, posted_on=day(posted_on), by=solvik.handler, now=oslo(2026, 11, 5))


def test_contact_card_once_and_not_without_one(solvik: Solvik, card: Card) -> None:
    with refuses(NoContactCard):
        post_contact_card(card, posted_on=day("2026-11-03"), by=solvik.handler, now=TUESDAY)
    try_three_times(card, by=solvik.handler, now=TUESDAY)
    make_contact_card(card, by=solvik.handler, now=TUESDAY)
    with refuses(ContactCardMadeAlready):
        make_contact_card(card, by=solvik.handler, now=TUESDAY)


def test_no_contact_card_where_no_callback_is_owed(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    try_three_times(card, by=solvik.handler, now=TUESDAY)
    with refuses(NoCallbackOwed):
        make_contact_card(card, by=solvik.handler, now=TUESDAY)


def test_submitter_who_rings_after_the_contact_card_is_called_back_and_keeps_the_completion(
    solvik: Solvik, card: Card
) -> None:
    posted(card, by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    completed = card.completed_at
    called_back(card, by=solvik.handler, now=oslo(2026, 11, 20))
    card.refresh_from_db()
    assert (card.state, card.completed_at) == (State.CALLED_BACK, completed)


def test_attempt_after_the_posted_contact_card_is_written_too(solvik: Solvik, card: Card) -> None:
    posted(card, by=solvik.handler, now=TUESDAY)
    record_contact_attempt(card, by=solvik.handler, now=oslo(2026, 11, 5))
    assert events(card)[-1] == ("contact_attempted", "", "4")
    assert ContactCard.objects.get().attempts == 3


# --- Undoing --------------------------------------------------------------------------------------------------------


def test_undone_attempt_stays_and_no_longer_counts(solvik: Solvik, card: Card) -> None:
    first, second = (record_contact_attempt(card, by=solvik.handler, now=TUESDAY) for _ in range(2))
    undo_contact_attempt(card, attempt=first, by=solvik.roads_leader, now=oslo(2026, 11, 4))
    assert attempts_made(card) == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.undone_at, first.undone_by) == (oslo(2026, 11, 4), solvik.roads_leader)
    assert second.undone_at is None
    assert events(card)[-1] == ("attempt_undone", "", "1")


def test_undoing_takes_back_a_contact_card_that_now_has_too_few_attempts(solvik: Solvik, card: Card) -> None:
    attempts = try_three_times(card, by=solvik.handler, now=TUESDAY)
    make_contact_card(card, by=solvik.handler, now=TUESDAY)
    undo_contact_attempt(card, attempt=attempts[0], by=solvik.handler, now=TUESDAY)
    assert not ContactCard.objects.exists()
    with refuses(TooFewAttempts, "So far there are 2."):
        make_contact_card(card, by=solvik.handler, now=TUESDAY)


def test_undoing_a_fourth_attempt_keeps_the_contact_card(solvik: Solvik, card: Card) -> None:
    attempts = try_three_times(card, by=solvik.handler, now=TUESDAY)
    record_contact_attempt(card, by=solvik.handler, now=TUESDAY)
    make_contact_card(card, by=solvik.handler, now=TUESDAY)
    undo_contact_attempt(card, attempt=attempts[0], by=solvik.handler, now=TUESDAY)
    assert ContactCard.objects.get().posted_on is None


def test_undoing_what_is_not_there_is_refused(solvik: Solvik, card: Card) -> None:
    other = a_card(unit=solvik.roads)
    anothers = record_contact_attempt(other, by=solvik.handler, now=TUESDAY)
    own = record_contact_attempt(card, by=solvik.handler, now=TUESDAY)
    with refuses(NoSuchAttempt):
        undo_contact_attempt(card, attempt=anothers, by=solvik.handler, now=TUESDAY)
    undo_contact_attempt(card, attempt=own, by=solvik.handler, now=TUESDAY)
    with refuses(NoSuchAttempt):
        undo_contact_attempt(card, attempt=own, by=solvik.handler, now=TUESDAY)


def test_attempts_behind_a_posted_contact_card_cannot_be_undone(solvik: Solvik, card: Card) -> None:
    posted(card, by=solvik.handler, now=TUESDAY)
    with refuses(WrongState, "Contact card posted"):
        undo_contact_attempt(card, attempt=card.contactattempts.first(), by=solvik.handler, now=TUESDAY)


# --- Another way ----------------------------------------------------------------------------------------------------


def test_who_cannot_use_the_phone_may_agree_on_another_way(solvik: Solvik) -> None:
    """«an agreed written answer counts as the callback»"""
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    assert card.callback_owed is False
    submitter = agree_other_way(card, way="written", note="E-post", by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert card.callback_owed is True
    assert (submitter.other_way, submitter.other_way_note) == ("written", "E-post")
    assert events(card)[-1] == ("other_way_agreed", "", "written")
    record_callback(
        card, held_at=TUESDAY, summary="Svart på e-post", reaction=5, way="written", by=solvik.handler, now=TUESDAY
    )
    card.refresh_from_db()
    assert (card.state, card.completed_at) == (State.CALLED_BACK, TUESDAY)


def test_agreement_may_be_taken_back(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    agree_other_way(card, way="visit", note="", by=solvik.handler, now=TUESDAY)
    agree_other_way(card, way="", note="left over", by=solvik.handler, now=TUESDAY)
    card.refresh_from_db()
    assert card.callback_owed is False
    assert Submitter.objects.values_list("other_way", "other_way_note").get() == ("", "")
    assert events(card)[-2:] == [("other_way_agreed", "", "visit"), ("other_way_agreed", "visit", "")]


def test_another_way_needs_something_to_reach_the_submitter_by(solvik: Solvik) -> None:
    anonymous = a_card(unit=solvik.roads, contact=Contact())
    with refuses(NoWayToAnswer, field="note"):
        agree_other_way(anonymous, way="written", note="  ", by=solvik.handler, now=TUESDAY)
    agree_other_way(anonymous, way="visit", note="Torsdag kl. 10 på rådhuset", by=solvik.handler, now=TUESDAY)
    assert Submitter.objects.get().other_way_note == "Torsdag kl. 10 på rådhuset"


def test_unknown_other_way_is_refused(solvik: Solvik, card: Card) -> None:
    with refuses(UnknownChoice, "«pigeon»", field="way"):
        agree_other_way(card, way="pigeon", note="", by=solvik.handler, now=TUESDAY)


# --- Preliminary answer ---------------------------------------------------------------------------------------------


def test_preliminary_answer_does_not_move_the_deadline(solvik: Solvik, card: Card) -> None:
    due, queued = card.due_on, mails()
    answer = give_preliminary_answer(
        card, reason=" Venter på asfalt ", expected_on=day("2026-12-01"), by=solvik.handler, now=TUESDAY
    )
    card.refresh_from_db()
    assert (card.due_on, card.expected_on, card.state, card.completed_at) == (due, day("2026-12-01"), "forwarded", None)
    assert PreliminaryAnswer.objects.values_list("reason", "expected_on", "recorded_by").get() == (
        "Venter på asfalt", day("2026-12-01"), solvik.handler.pk,
    )  # fmt: skip
    assert events(card)[-1] == ("preliminary_answer", "", "2026-12-01")
    assert mails() == [*queued, ("preliminary_answer", "kari@example.test")]
    give_preliminary_answer(card, reason="Mer", expected_on=day("2026-12-08"), by=solvik.handler, now=TUESDAY)
    assert mails()[-1] == ("preliminary_answer", "kari@example.test")
    assert len(mails()) == len(queued) + 2
    assert answer.pk != PreliminaryAnswer.objects.last().pk


def test_preliminary_answer_without_an_address_queues_none(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=Contact(name="Kari", address="Storgata 1", phone="33181000"))
    queued = mails()
    give_preliminary_answer(card, reason="Venter", expected_on=day("2026-12-01"), by=solvik.handler, now=TUESDAY)
    assert mails() == queued


def test_preliminary_answer_needs_a_reason_and_a_day_to_come(solvik: Solvik, card: Card) -> None:
    with refuses(TextMissing, field="reason"):
        give_preliminary_answer(card, reason=" ", expected_on=day("2026-12-01"), by=solvik.handler, now=TUESDAY)
    with refuses(ImpossibleExpected, field="expected_on"):
        give_preliminary_answer(card, reason="x", expected_on=day("2026-11-03"), by=solvik.handler, now=TUESDAY)


# --- Who and when ---------------------------------------------------------------------------------------------------

CALLS = {
    "attempt": lambda card, by: record_contact_attempt(card, by=by, now=TUESDAY),
    "undo": lambda card, by: undo_contact_attempt(card, attempt=ContactAttempt.objects.first(), by=by, now=TUESDAY),
    "contact card": lambda card, by: make_contact_card(card, by=by, now=TUESDAY),
    "post": lambda card, by: post_contact_card(card, posted_on=day("2026-11-03"), by=by, now=TUESDAY),
    "other way": lambda card, by: agree_other_way(card, way="written", note="x", by=by, now=TUESDAY),
    "preliminary": lambda card, by: give_preliminary_answer(
        card, reason="x", expected_on=day("2026-12-01"), by=by, now=TUESDAY
    ),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("person", ["water_leader", "chief", "reader", "administrator", "mayors_secretary"])
def test_others_than_the_units_own_people_are_refused(solvik: Solvik, card: Card, call: str, person: str) -> None:
    try_three_times(card, by=solvik.handler, now=TUESDAY)
    with refuses(NotAllowed):
        CALLS[call](card, getattr(solvik, person))


@pytest.mark.parametrize("call", CALLS)
def test_nothing_of_it_on_a_closed_card(solvik: Solvik, card: Card, call: str) -> None:
    try_three_times(card, by=solvik.handler, now=TUESDAY)
    closed(card, by=solvik.clerk, now=TUESDAY)
    with refuses(WrongState, "«Closed»"):
        CALLS[call](card, solvik.handler)
