"""A part knows the way back to its whole, and does not hold it."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from feedback.models import Card, Submitter
from tests.factories import Solvik, a_card


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads)


def test_the_way_back_costs_no_query_while_the_whole_lives(card: Card, django_assert_num_queries) -> None:
    joined = Card.objects.select_related("submitter").get()
    with django_assert_num_queries(0):
        assert joined.submitter.card is joined
        assert Submitter.card.is_cached(joined.submitter)


def test_the_whole_goes_when_nobody_holds_it_any_more(card: Card, django_assert_num_queries) -> None:
    joined = Card.objects.select_related("submitter").get()
    submitter, whole = joined.submitter, ref(joined)
    gc.disable()
    try:
        del joined
        assert whole() is None
    finally:
        gc.enable()
    assert not Submitter.card.is_cached(submitter)
    with django_assert_num_queries(1):
        assert submitter.card == card
    with django_assert_num_queries(0):
        assert submitter.card == card
    submitter.name = "Ola Nordmann"
    submitter.save()
    assert Card.objects.get().submitter.name == "Ola Nordmann"


def test_a_whole_that_was_joined_to_its_part_is_held(card: Card, django_assert_num_queries) -> None:
    [submitter] = Submitter.objects.select_related("card")
    gc.collect()
    with django_assert_num_queries(0):
        assert submitter.card == card
    [submitter] = Submitter.objects.prefetch_related("card")
    gc.collect()
    with django_assert_num_queries(0):
        assert submitter.card == card
        assert submitter.card.submitter is submitter


def test_a_new_part_is_written_with_its_whole(solvik: Solvik) -> None:
    whole = a_card(unit=solvik.roads)
    Submitter.objects.filter(card=whole).delete()
    made = Submitter(card=Card.objects.get(pk=whole.pk))
    gc.collect()
    made.save()
    assert Submitter.objects.get().card_id == whole.pk
