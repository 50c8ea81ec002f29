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
        assert list(house.units.values()) == units
        assert [unit.successor for unit in house.units.values()] == [unit.successor for unit in units]
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
    assert house.units[solvik.roads.pk] is alone
    assert KeptHouse().unit(solvik.roads.pk) is not alone
    assert house.unit(0) is None


def test_cards_have_their_units_and_categories_without_asking(solvik: Solvik, django_assert_num_queries: Any) -> None:
    [card] = many_cards(1, unit=solvik.roads)
    fresh = type(card).objects.get(pk=card.pk)
    house = KeptHouse()
    with django_assert_num_queries(0):
        house.stand_on([fresh])
        assert fresh.unit.name == solvik.roads.name
        assert (fresh.category is None) == (card.category_id is None)
