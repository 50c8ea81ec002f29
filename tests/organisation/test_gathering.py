"""Rows gathered in their owner's statement stand as if they had been read one table at a time."""

from __future__ import annotations

from datetime import timedelta

from feedback.actions.calling import record_contact_attempt
from feedback.actions.correcting import add_note
from feedback.models import Card, CardEvent
from organisation.gathering import Gathering
from tests.factories import MONDAY, Solvik, a_card

NOW = MONDAY + timedelta(days=1, microseconds=7)


def test_gathered_rows_are_what_a_query_of_each_would_give(solvik: Solvik, django_assert_num_queries) -> None:
    first, second = a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    record_contact_attempt(first, by=solvik.handler, now=NOW, note="Ingen «svar» – \\ {1,2}\nto linjer")
    add_note(first, text="Æ, ø og å", by=solvik.clerk, now=NOW)
    newest = CardEvent.objects.order_by("-pk")
    gathering = Gathering(Card, "contactattempts", "notes", "callbacks", events=newest)
    with django_assert_num_queries(1):
        cards = gathering.read(Card.objects.order_by("pk"))
        assert [card.pk for card in cards] == [first.pk, second.pk]
        shown = {
            name: [vars(row) | {"_state": None} for row in getattr(cards[0], name).all()]
            for name in ("contactattempts", "notes", "callbacks", "events")
        }
        assert all(row.card is cards[0] for row in cards[0].contactattempts.all())
        assert list(cards[1].contactattempts.all()) == []
    for name, order in (("contactattempts", "made_at"), ("notes", "id"), ("callbacks", "id"), ("events", "-pk")):
        read = [vars(row) | {"_state": None} for row in getattr(first, name).order_by(order)]
        assert shown[name] == read


def test_what_is_filtered_of_a_gathered_relation_is_asked_for_anew(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    [found] = Gathering(Card, "contactattempts").read(Card.objects.filter(pk=card.pk))
    record_contact_attempt(card, by=solvik.handler, now=NOW)
    assert list(found.contactattempts.all()) == []
    assert found.contactattempts.filter(cycle=1).count() == 1
