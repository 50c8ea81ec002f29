"""Meetings: what was said is written down as it was, and becomes a card or an action once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from feedback.deadlines import Contact
from feedback.models import Card
from organisation.errors import NotAllowed, Refused
from organisation.history_door import erasing
from organisation.models import Change
from reporting.actions.initiatives import Plan, plan_initiative
from reporting.actions.meetings import (
    AsCard,
    Held,
    change_meeting,
    make_card,
    remove_meeting,
    take_input_away,
    write_inputs,
)
from reporting.models import Meeting, MeetingInput
from reporting.plan_queries import meetings
from tests.factories import FULL_CONTACT, RuleFactory, Solvik, UnitFactory, mails, make_solvik
from tests.reporting.plans import NOW, TODAY, a_meeting, an_action
from tests.threads import at_once, errors

pytestmark = pytest.mark.django_db


def refused(act: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as info:
        act()
    return info.value.code, info.value.field


def test_a_meeting_is_written_down_and_put_right(solvik: Solvik) -> None:
    meeting, _said = a_meeting(solvik.roads, by=solvik.roads_leader, title=" Råd  for vei ", participants=12)
    assert (meeting.title, meeting.participants) == ("Råd for vei", 12)
    held = Held("Råd for vei", date(2026, 11, 10), "dialogue", "Rådhuset", solvik.roads)
    change_meeting(meeting, held, by=solvik.roads_leader, now=NOW, today=TODAY)
    meeting.refresh_from_db()
    assert (meeting.held_on, meeting.kind, meeting.participants) == (date(2026, 11, 10), "dialogue", None)
    assert list(Change.objects.order_by("id").values_list("what", "kind")) == [
        ("created", "reporting.meeting"),
        ("changed", "reporting.meeting"),
    ]
    assert refused(lambda: a_meeting(None, title=" ")) == ("meeting_untitled", "title")
    assert refused(lambda: a_meeting(None, held_on=date(2026, 11, 17))) == ("meeting_ahead", "held_on")
    assert refused(lambda: a_meeting(None, kind="party")) == ("unfit", "kind")
    assert Meeting.objects.count() == 1


def test_inputs_are_all_written_or_none(solvik: Solvik) -> None:
    meeting, said = a_meeting(None, "Én", "To")
    assert [each.text for each in said] == ["Én", "To"]
    assert [each.text for each in write_inputs(meeting, ["To", "Tre", "Tre"], by=None)] == ["Tre"]
    for typed, code in (
        ([], "no_inputs"),
        (["Fire", "x" * 2001], "input_too_long"),
        ([f"Nummer {n}" for n in range(101)], "too_many_inputs"),
    ):
        assert refused(lambda typed=typed: write_inputs(meeting, typed, by=None)) == (code, "inputs")
    assert list(MeetingInput.objects.values_list("text", flat=True)) == ["Én", "To", "Tre"]


def test_an_input_becomes_an_anonymous_card_of_the_meetings_unit(solvik: Solvik) -> None:
    _meeting, (said,) = a_meeting(solvik.roads, "Gangfeltet er for mørkt", held_on=date(2026, 11, 9))
    card = make_card(said, by=solvik.roads_leader, now=NOW)
    assert (card.channel, card.text, card.unit, card.source) == ("meeting", said.text, solvik.roads, "Brukerrådet")
    assert (card.received_on, card.registered_by, card.callback_owed) == (
        date(2026, 11, 9), solvik.roads_leader, False,
    )  # fmt: skip
    assert not hasattr(card, "submitter")
    assert mails() == [("card_forwarded", "roads@solvik.test")]
    said.refresh_from_db()
    assert make_card(said, by=solvik.roads_leader, now=NOW) == card
    assert Card.objects.count() == 1
    with erasing():
        Card.objects.all().delete()
    assert refused(lambda: make_card(said, by=None, now=NOW))[0] == "card_put_away"
    assert meetings().get().card_count == 1


def test_the_rules_choose_where_the_meeting_has_no_answering_unit(solvik: Solvik) -> None:
    RuleFactory(unit=solvik.water, words=["lekkasje"])
    closed = UnitFactory(code="old", closed_on=TODAY, successor=solvik.roads)
    for unit, text, lies_with in (
        (None, "Lekkasje i gata", solvik.water), (solvik.sector, "Lekkasje på torget", solvik.water),
        (closed, "Noe annet", solvik.centre),
    ):  # fmt: skip
        assert make_card(a_meeting(unit, text)[1][0], by=None, now=NOW).unit == lies_with
    _meeting, (said,) = a_meeting(solvik.roads, "Brøyting")
    for unit in (solvik.sector, closed):
        assert refused(lambda unit=unit: make_card(said, AsCard(unit=unit), by=None, now=NOW)) == (
            "not_an_answering_unit", "unit",
        )  # fmt: skip
    card = make_card(said, AsCard(unit=solvik.water, kind="request", contact=FULL_CONTACT), by=None, now=NOW)
    assert (card.unit, card.kind, card.callback_owed) == (solvik.water, "request", True)
    assert card.submitter.name == FULL_CONTACT.name


def test_a_refused_card_leaves_nothing(solvik: Solvik) -> None:
    _meeting, (said,) = a_meeting(solvik.roads, "Hei")
    wrong = AsCard(contact=Contact(name="x" * 200))
    assert refused(lambda: make_card(said, wrong, by=None, now=NOW))[0] == "too_long"
    said.refresh_from_db()
    assert (said.card, said.card_made, Card.objects.count(), mails()) == (None, False, 0, [])


def test_an_input_becomes_an_action_once_and_then_stays(solvik: Solvik) -> None:
    meeting, (first, second) = a_meeting(solvik.roads, "Én", "To")
    action = an_action(solvik.roads, meeting_input=first)
    first.refresh_from_db()
    assert first.initiative == action
    assert refused(lambda: an_action(solvik.roads, meeting_input=first))[0] == "input_has_action"
    assert action.__class__.objects.count() == 1
    assert refused(lambda: take_input_away(first, by=None))[0] == "input_used"
    assert refused(lambda: remove_meeting(meeting, by=None, now=NOW))[0] == "input_used"
    take_input_away(second, by=None)
    take_input_away(second, by=None)
    assert MeetingInput.objects.get() == first
    empty, _none = a_meeting(solvik.roads, "Bare prat")
    remove_meeting(empty, by=solvik.roads_leader, now=NOW)
    assert Meeting.objects.get() == meeting


def test_who_may(solvik: Solvik) -> None:
    ours, (said,) = a_meeting(solvik.roads, "Vei")
    whole, _none = a_meeting(None)
    for person, keeps_ours, keeps_whole in (
        (solvik.clerk, True, True), (solvik.administrator, True, True), (solvik.roads_leader, True, False),
        (solvik.sector_leader, True, False), (solvik.water_leader, False, False), (solvik.handler, False, False),
        (solvik.chief, False, False), (solvik.reader, False, False),
    ):  # fmt: skip
        for meeting, keeps in ((ours, keeps_ours), (whole, keeps_whole)):
            for act in (
                lambda meeting=meeting, person=person: a_meeting(meeting.unit, by=person),
                lambda meeting=meeting, person=person: write_inputs(meeting, [f"Fra {person}"], by=person),
            ):
                if keeps:
                    act()
                else:
                    with pytest.raises(NotAllowed):
                        act()
    for person in (solvik.water_leader, solvik.handler, solvik.chief):
        for act in (
            lambda person=person: make_card(said, by=person, now=NOW),
            lambda person=person: take_input_away(said, by=person),
            lambda person=person: remove_meeting(ours, by=person, now=NOW),
        ):
            with pytest.raises(NotAllowed):
                act()
    plan = Plan(title="x", unit=solvik.roads, due_on=TODAY)
    with pytest.raises(NotAllowed):
        plan_initiative(plan, by=solvik.clerk, now=NOW, today=TODAY, meeting_input=said)
    assert not Card.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_make_one_card() -> None:
    solvik = make_solvik()
    _meeting, (said,) = a_meeting(solvik.roads, "Hull i veien")
    answers = at_once(*[lambda: make_card(said, by=None, now=NOW).reference] * 3)
    assert errors(answers) == []
    assert len(set(answers)) == Card.objects.count() == 1
