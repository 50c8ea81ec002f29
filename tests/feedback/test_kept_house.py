"""The house that a page of the staff's is made with is the one that the database has."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.timezone import localdate

from feedback.kept_house import KeptHouse
from feedback.models import Category
from feedback.queries import rules_in_use, units_and_rules
from organisation.models import Unit
from tests.factories import CategoryFactory, RuleFactory, Solvik, UnitFactory, many_cards

pytestmark = pytest.mark.django_db


def test_units_rules_and_categories_are_those_of_the_database(solvik: Solvik, django_assert_num_queries: Any) -> None:
    out_of_use = CategoryFactory(is_active=False, names={"nn": "Vegar"})
    RuleFactory(words=["hull"], unit=solvik.roads, position=9)
    RuleFactory(words=["vann"], unit=solvik.water, position=3)
    RuleFactory(category=out_of_use, unit=solvik.water)
    RuleFactory(words=["av"], unit=solvik.water, is_active=False)
    UnitFactory(name="Gamle vei", closed_on=localdate(), successor=solvik.roads)
    units, rules = units_and_rules()
    KeptHouse()
    with django_assert_num_queries(1):
        house = KeptHouse()
        assert house.units() == units
        assert [unit.successor for unit in house.units()] == [unit.successor for unit in units]
        assert house.rules() == rules
        assert [row.code for row in house.answering] == [u.code for u in units if u.kind != Unit.Kind.SECTOR]
        shown = {str(one) for one in house.categories.values()}
    assert rules == rules_in_use()
    assert list(house.categories.values()) == list(Category.objects.all())
    assert shown == {str(one) for one in Category.objects.all()}


def test_a_unit_asked_for_alone_is_that_of_all_of_them(solvik: Solvik) -> None:
    house = KeptHouse()
    alone = house.unit(solvik.roads.pk)
    assert alone == solvik.roads
    assert alone in house.units()
    assert all(unit is not alone for unit in KeptHouse().units())
    assert KeptHouse().unit(solvik.roads.pk) is not alone
    assert house.unit(0) is None


def test_only_units_that_a_card_can_come_to_are_made_for_routing(
    solvik: Solvik, django_assert_num_queries: Any
) -> None:
    gone = UnitFactory(name="Gamle vei", closed_on=localdate(), successor=solvik.roads)
    RuleFactory(words=["hull"], unit=gone)
    RuleFactory(words=["alt"], unit=solvik.sector)
    KeptHouse()
    with django_assert_num_queries(1):
        house = KeptHouse()
        to_route = house.units_to_route(house.rules())
        assert set(to_route.values()) == {gone, solvik.mayor}
        assert to_route[gone.pk].successor == solvik.roads


def test_closed_units_that_lead_to_each_other_lead_nowhere(solvik: Solvik) -> None:
    one = UnitFactory(closed_on=localdate(), successor=solvik.roads)
    other = UnitFactory(closed_on=localdate(), successor=one)
    Unit.objects.filter(pk=one.pk).update(successor=other)
    found = KeptHouse().unit(one.pk)
    assert found is not None
    assert found.successor == other
    assert found.successor.successor is found


def test_cards_have_their_units_and_categories_without_asking(solvik: Solvik, django_assert_num_queries: Any) -> None:
    [card] = many_cards(1, unit=solvik.roads)
    fresh = type(card).objects.get(pk=card.pk)
    house = KeptHouse()
    with django_assert_num_queries(0):
        house.stand_on([fresh])
        assert fresh.unit.name == solvik.roads.name
        assert (fresh.category is None) == (card.category_id is None)
