"""Small tables that are kept in the process are read again as soon as one of their rows is another, whoever changed it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from organisation.kept_rows import KeptRows
from organisation.models import OwnWording, Unit
from tests.factories import Solvik, UnitFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def names(kept: KeptRows) -> list[str]:
    return [row.name for row in kept.current()[0].rows.values()]


def in_the_database() -> list[str]:
    return list(Unit.objects.values_list("name", flat=True))


def test_one_statement_while_nothing_changes(solvik: Solvik, django_assert_num_queries: Any) -> None:
    kept, expected = KeptRows(Unit, OwnWording), in_the_database()
    with django_assert_num_queries(3):
        assert names(kept) == expected
    with django_assert_num_queries(1):
        assert names(kept) == expected


def test_every_kind_of_change_is_seen_at_once(solvik: Solvik) -> None:
    kept = KeptRows(Unit)
    names(kept)
    Unit.objects.filter(pk=solvik.roads.pk).update(name="Veier")  # no signal tells of it
    assert names(kept) == in_the_database()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisation_unit SET name = 'Vann og vei' WHERE id = %s", [solvik.roads.pk])
    assert "Vann og vei" in names(kept)
    new = UnitFactory(name="Havna")
    assert "Havna" in names(kept)
    new.delete()
    assert names(kept) == in_the_database()


def test_what_was_rolled_back_is_not_kept(solvik: Solvik) -> None:
    kept, before = KeptRows(Unit), in_the_database()
    with transaction.atomic():
        UnitFactory(name="Havna")
        assert "Havna" in names(kept)
        transaction.set_rollback(True)
    assert names(kept) == before


def test_who_asks_has_models_of_its_own(solvik: Solvik) -> None:
    kept = KeptRows(Unit)
    first, second = (kept.current()[0].model(solvik.roads.pk) for _time in range(2))
    assert first == second == solvik.roads
    assert vars(first) | {"_state": 0} == vars(Unit.objects.get(pk=solvik.roads.pk)) | {"_state": 0}
    first.name = "Mitt"
    assert first.leader == solvik.roads_leader  # looked up, and remembered by this one alone
    assert (second.name, "leader" in second._state.fields_cache) == (solvik.roads.name, False)
    assert kept.current()[0].model(solvik.roads.pk).name == solvik.roads.name
    with pytest.raises(KeyError):
        kept.current()[0].model(0)


@pytest.mark.django_db(transaction=True)
def test_another_connections_change_is_seen_when_it_is_committed(solvik: Solvik) -> None:
    kept = KeptRows(Unit)
    before = names(kept)
    with transaction.atomic():
        UnitFactory(name="Havna")
        assert at_once(lambda: names(kept)) == [before]
        assert "Havna" in names(kept)
    assert at_once(lambda: names(kept)) == [in_the_database()]
    assert "Havna" in names(kept)
