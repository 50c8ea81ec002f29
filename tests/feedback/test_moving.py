"""Sending a card where it belongs: rules 3 and 4, and «moving changes neither deadline nor list history»."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.actions.base import TextMissing
from feedback.actions.calling import agree_other_way
from feedback.actions.intake import NotAnAnsweringUnit
from feedback.actions.moving import (
    NotInTheUnit,
    SameUnit,
    delegate_card,
    forward_card,
    move_cards_of_closed_unit,
    reroute_card,
    return_card,
)
from feedback.errors import NotAllowed, WrongState
from feedback.models import Card, CardNote
from feedback.workflow import State
from organisation.models import OutgoingMail
from tests.factories import (
    NO_PHONE,
    PersonFactory,
    RoleFactory,
    Solvik,
    UnitFactory,
    a_card,
    day,
    events,
    mails,
    make_solvik,
    oslo,
)
from tests.feedback.steps import called_back, closed
from tests.refusals import refuses
from tests.threads import at_once, errors

TUESDAY = oslo(2026, 11, 3, 10)


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads, contact=NO_PHONE)


@pytest.fixture
def unrouted(solvik: Solvik) -> Card:
    return a_card(contact=NO_PHONE)


def where(card: Card) -> tuple[Any, ...]:
    card.refresh_from_db()
    return card.unit.code, card.state, card.handler, card.returned_at


def test_forwarding_from_the_service_centre_tells_the_unit(solvik: Solvik, unrouted: Card) -> None:
    due, queued = unrouted.due_on, mails()
    forward_card(unrouted, unit=solvik.roads, by=solvik.clerk, now=TUESDAY)
    assert where(unrouted) == ("roads", State.FORWARDED, None, None)
    assert unrouted.due_on == due
    assert events(unrouted)[-1] == ("forwarded", "service-centre", "roads")
    assert mails() == [*queued, ("card_forwarded", "roads@solvik.test")]


def test_moving_changes_neither_deadline_nor_list_history(solvik: Solvik, card: Card) -> None:
    from feedback.actions.listing import run_overdue_list

    run_overdue_list(now=oslo(2026, 11, 16, 6))
    card.refresh_from_db()
    due, entries = card.due_on, list(card.overdue_entries.values())
    assert [entry["times"] for entry in entries] == [1]
    delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=oslo(2026, 11, 16, 8))
    reroute_card(card, unit=solvik.water, reason=" Det er en kum ", by=solvik.clerk, now=oslo(2026, 11, 17))
    assert where(card) == ("water", State.FORWARDED, None, None)
    assert card.due_on == due
    assert list(card.overdue_entries.values()) == entries
    assert events(card)[-1] == ("rerouted", "roads", "water")
    assert CardNote.objects.get().text == "Det er en kum"
    assert mails()[-1] == ("card_forwarded", "water@solvik.test")
    run_overdue_list(now=oslo(2026, 11, 23, 6))
    assert list(card.overdue_entries.values_list("times", "overdue_list__unit__code").order_by("iso_week")) == [
        (1, "roads"),
        (2, "water"),
    ]


def test_each_sending_to_the_same_unit_has_its_mail(solvik: Solvik, card: Card) -> None:
    for unit in (solvik.water, solvik.roads, solvik.water):
        reroute_card(card, unit=unit, reason="x", by=solvik.clerk, now=TUESDAY)
    assert [to for kind, to in mails() if kind == "card_forwarded"] == [
        "roads@solvik.test", "water@solvik.test", "roads@solvik.test", "water@solvik.test",
    ]  # fmt: skip


def test_moving_to_the_service_centre_makes_it_its_own(solvik: Solvik, card: Card) -> None:
    reroute_card(card, unit=solvik.centre, reason="x", by=solvik.clerk, now=TUESDAY)
    assert where(card) == ("service-centre", State.REGISTERED, None, None)


def test_sending_back_as_misrouted(solvik: Solvik, card: Card) -> None:
    due = card.due_on
    delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=TUESDAY)
    return_card(card, reason=" Ikke vår vei ", by=solvik.handler, now=TUESDAY)
    assert where(card) == ("service-centre", State.REGISTERED, None, TUESDAY)
    assert card.due_on == due
    assert events(card)[-1] == ("returned", "roads", "service-centre")
    assert CardNote.objects.get().text == "Ikke vår vei"
    assert mails()[-1] == ("card_returned", "service-centre@solvik.test")
    forward_card(card, unit=solvik.water, by=solvik.clerk, now=TUESDAY)
    assert where(card) == ("water", State.FORWARDED, None, None)


def test_moving_and_sending_back_need_a_reason(solvik: Solvik, card: Card) -> None:
    with refuses(TextMissing, field="reason"):
        reroute_card(card, unit=solvik.water, reason=" ", by=solvik.clerk, now=TUESDAY)
    with refuses(TextMissing, field="reason"):
        return_card(card, reason="", by=solvik.handler, now=TUESDAY)


def test_card_cannot_go_where_it_is_or_where_nobody_answers(solvik: Solvik, card: Card, unrouted: Card) -> None:
    shut = UnitFactory(closed_on=day("2026-01-01"), successor=solvik.roads)
    with refuses(SameUnit, "«Vei»", field="unit"):
        reroute_card(card, unit=solvik.roads, reason="x", by=solvik.clerk, now=TUESDAY)
    with refuses(SameUnit, "«Servicesenteret»"):
        forward_card(unrouted, unit=solvik.centre, by=solvik.clerk, now=TUESDAY)
    for unit in (solvik.sector, shut):
        with refuses(NotAnAnsweringUnit, unit.name, field="unit"):
            forward_card(unrouted, unit=unit, by=solvik.clerk, now=TUESDAY)
        with refuses(NotAnAnsweringUnit):
            reroute_card(card, unit=unit, reason="x", by=solvik.clerk, now=TUESDAY)


def test_steps_need_their_state(solvik: Solvik, card: Card, unrouted: Card) -> None:
    with refuses(WrongState):
        forward_card(card, unit=solvik.water, by=solvik.clerk, now=TUESDAY)
    with refuses(WrongState):
        reroute_card(unrouted, unit=solvik.water, reason="x", by=solvik.clerk, now=TUESDAY)
    with refuses(WrongState):
        return_card(unrouted, reason="x", by=solvik.clerk, now=TUESDAY)
    closed(card, by=solvik.clerk, now=TUESDAY)
    with refuses(WrongState, "«Closed»"):
        delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=TUESDAY)


@pytest.mark.parametrize("person", ["roads_leader", "handler", "water_leader", "chief", "reader"])
def test_only_the_service_centre_forwards_and_moves(solvik: Solvik, card: Card, unrouted: Card, person: str) -> None:
    with refuses(NotAllowed):
        forward_card(unrouted, unit=solvik.water, by=getattr(solvik, person), now=TUESDAY)
    with refuses(NotAllowed):
        reroute_card(card, unit=solvik.water, reason="x", by=getattr(solvik, person), now=TUESDAY)


@pytest.mark.parametrize("person", ["water_leader", "chief", "reader", "mayors_secretary"])
def test_only_the_unit_itself_sends_back(solvik: Solvik, card: Card, person: str) -> None:
    with refuses(NotAllowed):
        return_card(card, reason="x", by=getattr(solvik, person), now=TUESDAY)


@pytest.mark.django_db(transaction=True)
def test_two_who_forward_at_once_forward_once() -> None:
    solvik = make_solvik()
    card = a_card(contact=NO_PHONE)
    answers = at_once(
        lambda: forward_card(card, unit=solvik.roads, by=solvik.fresh(solvik.clerk), now=TUESDAY),
        lambda: forward_card(card, unit=solvik.water, by=solvik.fresh(solvik.clerk), now=TUESDAY),
    )
    assert errors(answers) == ["WrongState"]
    assert OutgoingMail.objects.filter(kind="card_forwarded").count() == 1


# --- Delegation -----------------------------------------------------------------------------------------------------


def test_rule_4_leader_may_delegate_to_a_case_handler_and_take_back(solvik: Solvik, card: Card) -> None:
    delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=TUESDAY)
    assert where(card) == ("roads", State.FORWARDED, solvik.handler, None)
    assert events(card)[-1] == ("delegated", "", str(solvik.handler.pk))
    assert mails()[-1] == ("card_delegated", "handler@solvik.test")
    queued = mails()
    delegate_card(card, handler=None, by=solvik.roads_deputy, now=TUESDAY)
    assert where(card)[2] is None
    assert events(card)[-1] == ("delegated", str(solvik.handler.pk), "")
    assert mails() == queued


def test_who_takes_a_card_for_themselves_gets_no_mail(solvik: Solvik, card: Card) -> None:
    queued = mails()
    delegate_card(card, handler=solvik.roads_leader, by=solvik.roads_leader, now=TUESDAY)
    assert where(card)[2] == solvik.roads_leader
    assert mails() == queued


def test_card_is_delegated_only_within_its_unit(solvik: Solvik, card: Card) -> None:
    elsewhere = PersonFactory(name="Ola Vann")
    RoleFactory(person=elsewhere, role="case_handler", unit=solvik.water)
    gone = PersonFactory(is_active=False)
    RoleFactory(person=gone, role="case_handler", unit=solvik.roads)
    for person in (elsewhere, gone, solvik.water_leader, solvik.reader):
        with refuses(NotInTheUnit, f"{person.name} does not work with the cards of «Vei».", field="handler"):
            delegate_card(card, handler=person, by=solvik.roads_leader, now=TUESDAY)


@pytest.mark.parametrize(
    ("unit", "person", "by"),
    [
        ("roads", "roads_leader", "clerk"),
        ("roads", "roads_deputy", "clerk"),
        ("roads", "handler", "clerk"),
        ("centre", "clerk", "clerk"),
        ("mayor", "mayors_secretary", "mayors_secretary"),
    ],
)
def test_who_a_card_may_be_delegated_to(solvik: Solvik, unit: str, person: str, by: str) -> None:
    card = a_card(unit=getattr(solvik, unit))
    delegate_card(card, handler=getattr(solvik, person), by=getattr(solvik, by), now=TUESDAY)
    assert where(card)[2] == getattr(solvik, person)


@pytest.mark.parametrize("person", ["handler", "water_leader", "chief", "reader"])
def test_case_handlers_and_others_do_not_delegate(solvik: Solvik, card: Card, person: str) -> None:
    with refuses(NotAllowed):
        delegate_card(card, handler=solvik.handler, by=getattr(solvik, person), now=TUESDAY)


# --- Units that are closed ------------------------------------------------------------------------------------------


def test_cards_of_a_closed_unit_go_along_its_successors(solvik: Solvik) -> None:
    """«A unit that is closed or merged has a successor»"""
    old, middle = UnitFactory(code="old"), UnitFactory(code="middle")
    waiting, done = a_card(unit=old), a_card(unit=old)
    elsewhere = a_card(unit=solvik.roads)
    called_back(done, by=solvik.clerk, now=TUESDAY)
    due = waiting.due_on
    middle.closed_on, middle.successor = day("2026-11-01"), solvik.water
    middle.save()
    old.closed_on, old.successor = day("2026-11-03"), middle
    old.save()
    assert move_cards_of_closed_unit(old, by=solvik.administrator, now=TUESDAY) == 1
    assert where(waiting) == ("water", State.FORWARDED, None, None)
    assert waiting.due_on == due
    assert events(waiting)[-1] == ("rerouted", "old", "water")
    assert (where(done)[0], where(elsewhere)[0]) == ("old", "roads")
    assert move_cards_of_closed_unit(old, by=solvik.administrator, now=TUESDAY) == 0


def test_cards_of_an_open_unit_stay(solvik: Solvik, card: Card) -> None:
    assert move_cards_of_closed_unit(solvik.roads, by=solvik.administrator, now=TUESDAY) == 0
    assert where(card)[0] == "roads"


def test_agreement_on_another_way_moves_with_the_card(solvik: Solvik, card: Card) -> None:
    agree_other_way(card, way="written", note="", by=solvik.handler, now=TUESDAY)
    reroute_card(card, unit=solvik.water, reason="x", by=solvik.clerk, now=TUESDAY)
    card.refresh_from_db()
    assert (card.submitter.other_way, card.callback_owed) == ("written", True)
