"""A query whose SQL is made once gives what the queryset gives, and what is in the database now."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import F, Value
from django.db.models.expressions import RawSQL

from organisation.kept_queries import KeptQuery
from organisation.models import Unit
from organisation.queries import municipality, with_grants
from tests.factories import Solvik, UnitFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def of_code(code: Any) -> Any:
    return (
        with_grants(Unit.objects.select_related("leader", "parent"), "leader")
        .annotate(same=F("code"))
        .filter(code=code)
    )


def test_rows_are_those_of_the_queryset_with_relations_and_what_is_annotated(solvik: Solvik) -> None:
    kept = KeptQuery(of_code)
    for code in ("roads", "none", "water", "roads"):
        ours, theirs = kept.rows(code), list(of_code(code))
        assert [vars(one) | {"_state": 0} for one in ours] == [vars(one) | {"_state": 0} for one in theirs]
    assert [unit.code for unit in kept.rows("water")] == ["water"]


def test_it_asks_one_statement_for_all_that_is_joined(solvik: Solvik, django_assert_num_queries: Any) -> None:
    kept = KeptQuery(of_code)
    with django_assert_num_queries(1):
        [roads] = kept.rows("roads")
        assert roads.leader.name == solvik.roads_leader.name
    assert roads.leader is not kept.rows("roads")[0].leader


def test_what_was_changed_since_is_read(solvik: Solvik) -> None:
    kept = KeptQuery(of_code)
    assert kept.rows("roads")[0].name == solvik.roads.name
    Unit.objects.filter(pk=solvik.roads.pk).update(name="Noe annet")
    assert kept.rows("roads")[0].name == "Noe annet"
    first = municipality()
    type(first).objects.update(name="Ny")
    assert (municipality().name, first.name != "Ny") == ("Ny", True)


def test_a_queryset_stands_in_its_place_as_a_sub_query(solvik: Solvik, django_assert_num_queries: Any) -> None:
    def with_parent(ids: str, kind: str) -> Any:
        found = Unit.objects.filter(pk__in=RawSQL("%s", [ids])).exclude(kind=kind).annotate(share=Value("100 %"))
        return found.select_related("parent").order_by("code")

    kept, units = KeptQuery(with_parent), Unit.objects.order_by("-code").values("pk")
    for inner in (
        units.filter(code__in=["water", "roads"]),
        units[:3],
        units[:1].union(units.filter(code="roads")[:1]),
    ):
        expected = set(Unit.objects.filter(pk__in=[row["pk"] for row in inner]).exclude(kind="sector"))
        with django_assert_num_queries(1):
            found = kept.rows(inner, "sector")
        assert (set(found), {unit.share for unit in found}) == (expected, {"100 %"})
        assert [unit.code for unit in found] == sorted(unit.code for unit in expected)
    with django_assert_num_queries(0):
        assert kept.rows(units.filter(pk__in=[]), "sector") == []


def test_a_sign_that_looks_like_a_place_is_refused(solvik: Solvik) -> None:
    kept = KeptQuery(lambda code: Unit.objects.filter(code=code).annotate(more=RawSQL("'100 %%s'", [])))
    with pytest.raises(ValueError, match="place of a value"):
        kept.rows("roads")


def test_arguments_that_do_not_come_into_the_sql_as_they_are_are_refused(solvik: Solvik) -> None:
    kept = KeptQuery(lambda beginning: Unit.objects.filter(code__startswith=beginning))
    with pytest.raises(ValueError, match="in its order"):
        kept.rows("ro")


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection(solvik: Solvik) -> None:
    for number in range(8):
        UnitFactory(code=f"unit-{number}")
    kept = KeptQuery(of_code)
    asked = [lambda code=f"unit-{number}": [unit.code for unit in kept.rows(code)] for number in range(8)]
    assert at_once(*asked) == [[f"unit-{number}"] for number in range(8)]
