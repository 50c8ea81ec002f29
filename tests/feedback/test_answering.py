"""The callback, the follow-up and the referral: rules 3, 5 and 7 of Larvik's routine, and «Reaction»."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from feedback.actions.answering import (
    AlternativeMissing,
    CallbackOwed,
    ContactMissing,
    ImpossibleReaction,
    ReasonMissing,
    WrittenNotAgreed,
    record_callback,
    record_follow_up,
    refer_card,
)
from feedback.actions.base import ImpossibleMoment, TextMissing
from feedback.actions.calling import agree_other_way
from feedback.actions.closing import reopen_card
from feedback.actions.intake import UnknownChoice
from feedback.deadlines import Contact
from feedback.errors import NotAllowed, WrongState
from feedback.models import Callback, Card, FollowUp, Referral
from feedback.workflow import State
from organisation.models import OutgoingMail
from tests.factories import (
    MONDAY,
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
from tests.feedback.steps import called_back, closed, followed_up
from tests.refusals import refuses
from tests.threads import at_once, errors

TUESDAY = oslo(2026, 11, 3, 10)
EARLIER = oslo(2026, 11, 3, 9)


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads)


def call_back(card: Card, solvik: Solvik, **given: Any) -> Callback:
    wanted = {"held_at": EARLIER, "summary": "Hullet tettes", "reaction": 5, "by": solvik.handler, "now": TUESDAY}
    return record_callback(card, **(wanted | given))


def test_callback_is_written_completes_the_card_and_is_reported_back(solvik: Solvik, card: Card) -> None:
    """Rule 7: «the unit tells the forwarder: date of contact, any measure taken, the submitter's reaction»"""
    queued = mails()
    made = call_back(card, solvik, summary=" Hullet tettes ", measures=" Asfalt fredag ")
    assert Callback.objects.values().get() == {
        "id": made.pk, "card_id": card.pk, "cycle": 1, "recorded_at": TUESDAY, "recorded_by_id": solvik.handler.pk,
        "held_at": EARLIER, "way": "voice", "summary": "Hullet tettes", "measures": "Asfalt fredag", "reaction": 5,
        "would_not_answer": False, "reason": "", "reason_not_given": False, "alternative": "",
        "alternative_not_given": False,
    }  # fmt: skip
    card.refresh_from_db()
    assert (card.state, card.completed_at, card.closed_at) == (State.CALLED_BACK, EARLIER, None)
    assert events(card)[-2:] == [("called_back", "", "5"), ("reported_back", "", "service-centre")]
    assert mails() == [*queued, ("report_back", "service-centre@solvik.test")]


def test_service_centre_does_not_report_back_to_itself(solvik: Solvik) -> None:
    card = a_card()
    queued = mails()
    call_back(card, solvik, by=solvik.clerk)
    assert events(card)[-1] == ("called_back", "", "5")
    assert mails() == queued


def test_callback_ends_the_new_expected_date(solvik: Solvik, card: Card) -> None:
    Card.objects.update(expected_on=day("2026-12-01"))
    call_back(card, solvik)
    card.refresh_from_db()
    assert card.expected_on is None


@pytest.mark.parametrize("reaction", [4, 5, 6])
def test_a_good_reaction_needs_no_reason(solvik: Solvik, card: Card, reaction: int) -> None:
    assert call_back(card, solvik, reaction=reaction).reaction == reaction


@pytest.mark.parametrize("reaction", [1, 2, 3])
def test_a_negative_reaction_is_followed_by_why_and_what_instead(solvik: Solvik, card: Card, reaction: int) -> None:
    """Rule 5: «A negative reaction is followed by why, and an invitation to propose alternatives: both are recorded.»"""
    with refuses(ReasonMissing, field="reason"):
        call_back(card, solvik, reaction=reaction, alternative="Fres hele veien")
    with refuses(ReasonMissing):
        call_back(card, solvik, reaction=reaction, reason="  ", alternative="Fres hele veien")
    with refuses(AlternativeMissing, field="alternative"):
        call_back(card, solvik, reaction=reaction, reason="For sent")
    made = call_back(card, solvik, reaction=reaction, reason="For sent", alternative="Fres hele veien")
    assert (made.reaction, made.reason, made.alternative) == (reaction, "For sent", "Fres hele veien")
    assert (made.reason_not_given, made.alternative_not_given) == (False, False)


def test_not_given_is_allowed_for_why_and_for_the_alternative(solvik: Solvik, card: Card) -> None:
    made = call_back(card, solvik, reaction=1, reason_not_given=True, alternative_not_given=True)
    assert (made.reason, made.reason_not_given, made.alternative, made.alternative_not_given) == ("", True, "", True)


def test_what_was_said_goes_before_not_given(solvik: Solvik, card: Card) -> None:
    made = call_back(
        card,
        solvik,
        reaction=1,
        reason="For sent",
        reason_not_given=True,
        alternative="Fres",
        alternative_not_given=True,
    )
    assert (made.reason_not_given, made.alternative_not_given) == (False, False)


def test_would_not_answer_is_allowed(solvik: Solvik, card: Card) -> None:
    made = call_back(card, solvik, reaction=None, would_not_answer=True)
    assert (made.reaction, made.would_not_answer) == (None, True)
    assert events(card)[-2] == ("called_back", "", "")


@pytest.mark.parametrize(
    ("reaction", "would_not_answer"),
    [
        pytest.param(0, False, id="0"),
        pytest.param(7, False, id="7"),
        pytest.param(-1, False, id="-1"),
        pytest.param(None, False, id="neither a number nor «would not answer»"),
        pytest.param(5, True, id="both"),
    ],
)
def test_impossible_reaction_is_refused(
    solvik: Solvik, card: Card, reaction: int | None, would_not_answer: bool
) -> None:
    with refuses(ImpossibleReaction, "a number from 1 to 6", field="reaction"):
        call_back(card, solvik, reaction=reaction, would_not_answer=would_not_answer)


def test_callback_without_words_is_refused(solvik: Solvik, card: Card) -> None:
    with refuses(TextMissing, field="summary"):
        call_back(card, solvik, summary=" ")


@pytest.mark.parametrize(
    "held_at",
    [
        pytest.param(TUESDAY + timedelta(seconds=1), id="in the future"),
        pytest.param(MONDAY - timedelta(seconds=1), id="before the registration"),
    ],
)
def test_callback_at_an_impossible_time_is_refused(solvik: Solvik, card: Card, held_at: datetime) -> None:
    with refuses(ImpossibleMoment, field="held_at"):
        call_back(card, solvik, held_at=held_at)


def test_callback_at_the_moment_of_registration_and_now_are_possible(solvik: Solvik, card: Card) -> None:
    assert call_back(card, solvik, held_at=MONDAY).held_at == MONDAY
    other = a_card(unit=solvik.roads)
    assert call_back(other, solvik, held_at=TUESDAY).held_at == TUESDAY


def test_callback_is_oral_unless_a_written_answer_was_agreed(solvik: Solvik, card: Card) -> None:
    """Rule 5: «It is oral.» «Somebody who cannot use the phone may agree on another way»"""
    with refuses(WrittenNotAgreed, "The callback is oral.", field="way"):
        call_back(card, solvik, way="written")
    agree_other_way(card, way="interpreter", note="", by=solvik.handler, now=TUESDAY)
    with refuses(WrittenNotAgreed):
        call_back(card, solvik, way="written")
    agree_other_way(card, way="written", note="", by=solvik.handler, now=TUESDAY)
    assert call_back(card, solvik, way="written").way == "written"


def test_anonymous_card_cannot_be_answered_in_writing(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=Contact())
    with refuses(WrittenNotAgreed):
        call_back(card, solvik, way="written")


def test_conversation_in_person_counts(solvik: Solvik, card: Card) -> None:
    assert call_back(card, solvik, way="visit").way == "visit"


def test_unknown_way_is_refused(solvik: Solvik, card: Card) -> None:
    with refuses(UnknownChoice, "«pigeon»", field="way"):
        call_back(card, solvik, way="pigeon")


def test_alternative_may_become_a_suggestion_card_of_its_own(solvik: Solvik) -> None:
    category = CategoryFactory()
    card = a_card(unit=solvik.roads, category=category, place="Storgata", area="Sentrum", language="nn")
    queued = mails()
    call_back(card, solvik, reaction=2, reason="For sent", alternative="Bygg fortau", register_alternative=True)
    made = Card.objects.get(origin=card)
    assert (made.text, made.kind, made.category, made.unit, made.place, made.area, made.language) == (
        "Bygg fortau", "suggestion", category, solvik.roads, "Storgata", "Sentrum", "nn",
    )  # fmt: skip
    assert (made.origin_kind, made.registered_at, made.registered_by, made.callback_owed) == (
        "alternative", TUESDAY, solvik.handler, False,
    )  # fmt: skip
    assert events(card)[-1] == ("alternative_registered", "", made.reference)
    assert mails() == [*queued, ("report_back", "service-centre@solvik.test"), ("card_forwarded", "roads@solvik.test")]


def test_no_card_where_no_alternative_was_given(solvik: Solvik, card: Card) -> None:
    call_back(card, solvik, reaction=2, reason="x", alternative_not_given=True, register_alternative=True)
    assert Card.objects.count() == 1


def test_alternative_of_a_card_at_a_closed_unit_goes_to_its_successor(solvik: Solvik) -> None:
    unit = UnitFactory()
    card = a_card(unit=unit)
    unit.closed_on, unit.successor = day("2026-11-02"), solvik.water
    unit.save()
    call_back(
        card, solvik, by=solvik.clerk, reaction=2, reason="x", alternative="Bygg fortau", register_alternative=True
    )
    assert Card.objects.get(origin=card).unit == solvik.water


def test_callback_is_allowed_where_none_is_owed(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    call_back(card, solvik)
    card.refresh_from_db()
    assert (card.state, card.callback_owed) == (State.CALLED_BACK, False)


def test_one_callback_a_cycle(solvik: Solvik, card: Card) -> None:
    call_back(card, solvik)
    with refuses(WrongState, "«Called back»"):
        call_back(card, solvik)
    reopen_card(card, reason="Hullet er der igjen", by=solvik.clerk, now=oslo(2026, 11, 4))
    second = called_back(card, by=solvik.handler, now=oslo(2026, 11, 5))
    assert [callback.cycle for callback in Callback.objects.order_by("id")] == [1, 2]
    assert second.held_at == oslo(2026, 11, 5)
    assert [mail for mail in mails() if mail[0] == "report_back"] == [("report_back", "service-centre@solvik.test")] * 2


@pytest.mark.django_db(transaction=True)
def test_two_people_who_call_back_at_once_make_one_callback() -> None:
    solvik = make_solvik()
    card = a_card(unit=solvik.roads)
    answers = at_once(
        lambda: called_back(card, by=solvik.fresh(solvik.handler), now=TUESDAY),
        lambda: called_back(card, by=solvik.fresh(solvik.roads_leader), now=TUESDAY),
    )
    assert errors(answers) == ["WrongState"]
    assert Callback.objects.count() == 1
    assert list(OutgoingMail.objects.filter(kind="report_back").values_list("to", flat=True)) == [
        "service-centre@solvik.test"
    ]
    assert [what for what, _from, _to in events(card)].count("called_back") == 1


# --- Follow-up ------------------------------------------------------------------------------------------------------


def test_follow_up_completes_a_card_that_is_owed_no_callback(solvik: Solvik) -> None:
    """«a follow-up registered where no callback is owed»"""
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    queued = mails()
    made = record_follow_up(
        card, done_at=EARLIER, summary=" Tettet ", measures=" Asfalt ", by=solvik.handler, now=TUESDAY
    )
    assert FollowUp.objects.values().get() == {
        "id": made.pk, "card_id": card.pk, "cycle": 1, "recorded_at": TUESDAY, "recorded_by_id": solvik.handler.pk,
        "done_at": EARLIER, "summary": "Tettet", "measures": "Asfalt", "told": "",
    }  # fmt: skip
    card.refresh_from_db()
    assert (card.state, card.completed_at) == (State.FOLLOWED_UP, EARLIER)
    assert events(card)[-2:] == [("followed_up", "", ""), ("reported_back", "", "service-centre")]
    assert mails() == [*queued, ("report_back", "service-centre@solvik.test")]


def test_follow_up_where_a_callback_is_owed_is_refused(solvik: Solvik, card: Card) -> None:
    with refuses(CallbackOwed):
        followed_up(card, by=solvik.handler, now=TUESDAY)


def test_follow_up_without_words_or_at_an_impossible_time_is_refused(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    with refuses(TextMissing, field="summary"):
        record_follow_up(card, done_at=TUESDAY, summary=" ", by=solvik.handler, now=TUESDAY)
    with refuses(ImpossibleMoment, field="done_at"):
        record_follow_up(card, done_at=TUESDAY + timedelta(minutes=1), summary="x", by=solvik.handler, now=TUESDAY)


# --- Referral -------------------------------------------------------------------------------------------------------


def test_rule_3_what_belongs_outside_is_not_forwarded_and_the_direct_contact_is_recorded(solvik: Solvik) -> None:
    """«the service centre contacts the submitter directly, and that is recorded»"""
    card = a_card()
    queued = mails()
    made = refer_card(
        card, body=" Statens vegvesen ", contacted_at=EARLIER, note=" Riksvei ", by=solvik.clerk, now=TUESDAY
    )
    assert Referral.objects.values().get() == {
        "id": made.pk, "card_id": card.pk, "cycle": 1, "recorded_at": TUESDAY, "recorded_by_id": solvik.clerk.pk,
        "body": "Statens vegvesen", "contacted_at": EARLIER, "text": "", "note": "Riksvei",
    }  # fmt: skip
    card.refresh_from_db()
    assert (card.state, card.unit, card.completed_at) == (State.REFERRED, solvik.centre, EARLIER)
    assert events(card) == [("registered", "", "web"), ("referred", "", "")]
    assert mails() == [*queued, ("referred", "kari@example.test")]


def test_referral_of_somebody_owed_a_callback_needs_the_moment_of_contact(solvik: Solvik) -> None:
    card = a_card()
    with refuses(ContactMissing, field="contacted_at"):
        refer_card(card, body="Statens vegvesen", contacted_at=None, by=solvik.clerk, now=TUESDAY)


def test_anonymous_card_is_referred_without_contact(solvik: Solvik) -> None:
    card = a_card(contact=Contact())
    refer_card(card, body="Statens vegvesen", contacted_at=None, by=solvik.clerk, now=TUESDAY)
    card.refresh_from_db()
    assert (card.state, card.completed_at, card.referrals.get().contacted_at) == (State.REFERRED, TUESDAY, None)
    assert mails() == []


def test_referral_without_a_body_or_at_an_impossible_time_is_refused(solvik: Solvik) -> None:
    card = a_card()
    with refuses(TextMissing, field="body"):
        refer_card(card, body=" ", contacted_at=TUESDAY, by=solvik.clerk, now=TUESDAY)
    with refuses(ImpossibleMoment, field="contacted_at"):
        refer_card(card, body="x", contacted_at=MONDAY - timedelta(seconds=1), by=solvik.clerk, now=TUESDAY)


@pytest.mark.parametrize("person", ["roads_leader", "handler", "mayors_secretary", "chief", "reader"])
def test_only_the_service_centre_refers(solvik: Solvik, card: Card, person: str) -> None:
    with refuses(NotAllowed):
        refer_card(card, body="Statens vegvesen", contacted_at=TUESDAY, by=getattr(solvik, person), now=TUESDAY)


# --- Who and when ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["water_leader", "chief", "reader", "administrator", "mayors_secretary"])
def test_others_than_the_units_own_people_cannot_answer(solvik: Solvik, card: Card, person: str) -> None:
    nobody_owed = a_card(unit=solvik.roads, contact=NO_PHONE)
    with refuses(NotAllowed):
        call_back(card, solvik, by=getattr(solvik, person))
    with refuses(NotAllowed):
        followed_up(nobody_owed, by=getattr(solvik, person), now=TUESDAY)


@pytest.mark.parametrize("person", ["handler", "roads_leader", "roads_deputy", "sector_leader", "clerk"])
def test_rule_4_the_leader_and_those_the_leader_relies_on_may_answer(solvik: Solvik, card: Card, person: str) -> None:
    assert call_back(card, solvik, by=getattr(solvik, person)).recorded_by == getattr(solvik, person)


def test_person_who_left_may_do_nothing(solvik: Solvik, card: Card) -> None:
    solvik.handler.is_active = False
    solvik.handler.save()
    with refuses(NotAllowed):
        call_back(card, solvik, by=solvik.fresh(solvik.handler))


def test_nothing_of_it_on_a_closed_card(solvik: Solvik, card: Card) -> None:
    nobody_owed = a_card(unit=solvik.roads, contact=NO_PHONE)
    for one in (card, nobody_owed):
        closed(one, by=solvik.clerk, now=TUESDAY)
    with refuses(WrongState, "«Closed»"):
        call_back(card, solvik)
    with refuses(WrongState, "«Closed»"):
        followed_up(nobody_owed, by=solvik.handler, now=TUESDAY)
    with refuses(WrongState, "«Closed»"):
        refer_card(card, body="x", contacted_at=TUESDAY, by=solvik.clerk, now=TUESDAY)
