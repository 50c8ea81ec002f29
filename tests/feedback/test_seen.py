"""A form acts on the card as it was seen: of two at once the second meets what the first did."""

from __future__ import annotations

import pytest

from feedback.actions.calling import record_contact_attempt
from feedback.actions.seen import latest_event, unless_changed
from feedback.errors import ChangedMeanwhile
from feedback.models import Card, CardEvent, ContactAttempt
from tests.factories import MONDAY, a_card, make_solvik, oslo
from tests.threads import at_once, errors

LATER = oslo(2026, 11, 3)


@pytest.mark.django_db(transaction=True)
def test_four_presses_of_one_button_at_once_log_one_call() -> None:
    solvik = make_solvik()
    card = a_card(unit=solvik.roads)
    seen = latest_event(card)

    def press() -> ContactAttempt:
        return unless_changed(card, seen, lambda: record_contact_attempt(card, by=solvik.handler, now=LATER))

    answers = at_once(press, press, press, press)
    assert errors(answers) == ["ChangedMeanwhile"] * 3
    assert ContactAttempt.objects.count() == 1


@pytest.mark.django_db
def test_what_the_weekly_run_writes_is_no_change() -> None:
    card = a_card(unit=make_solvik().roads)
    seen = latest_event(card)
    CardEvent.objects.create(card=card, what=CardEvent.What.LISTED, at=LATER)
    assert unless_changed(card, seen, lambda: "done") == "done"
    assert latest_event(Card.objects.get(pk=card.pk)) == seen
    CardEvent.objects.create(card=card, what=CardEvent.What.NOTE_ADDED, at=MONDAY)
    with pytest.raises(ChangedMeanwhile):
        unless_changed(card, seen, lambda: "done")
