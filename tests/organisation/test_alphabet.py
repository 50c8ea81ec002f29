"""The alphabet's order: the embedded PostgreSQL has no Norwegian collation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organisation.alphabet import sort_key
from organisation.models import Person, Unit
from tests.factories import PersonFactory, Solvik, UnitFactory


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["Anne", "Zara", "Ærlend", "Øystein", "Åse"], id="æ ø å come last, å the very last"),
        pytest.param(["Alnes", "Ålesund"], id="Å is no A"),
        pytest.param(["vann", "Vei", "Vær", "Vø", "Våg"], id="within words, whatever the case"),
        pytest.param(["Zorn", "Ängel", "Östberg", "Åkesson"], id="Swedish names in a Norwegian list: ä as æ, ö as ø"),
        pytest.param(["Aasen", "Abel"], id="Aa is left as two letters"),
        pytest.param(["Édith", "Egil", "Eide"], id="accents aside"),
        pytest.param(["Bok 1", "Bok 2", "Bok A"], id="digits before letters"),
    ],
)
def test_order_of_letters(names: list[str]) -> None:
    found = names[::-1]
    found.sort(key=sort_key)
    assert found == names


def test_combined_and_composed_letters_are_the_same() -> None:
    assert sort_key("A\u030ase") == sort_key("Åse")


@given(st.text(max_size=400))
def test_key_fits_its_column_whatever_the_name(name: str) -> None:
    assert len(sort_key(name)) <= 300
    assert sort_key(name.upper()) == sort_key(name.upper().casefold())


def test_units_and_people_come_in_the_alphabets_order(solvik: Solvik) -> None:
    for name in ("Økonomi", "Ålesund skole", "Ærfugl barnehage", "Zoologi"):
        UnitFactory(name=name)
        PersonFactory(name=name)
    found = ["Zoologi", "Ærfugl barnehage", "Økonomi", "Ålesund skole"]
    assert [unit.name for unit in Unit.objects.all()][-4:] == found
    assert [person.name for person in Person.objects.all()][-4:] == found


def test_new_name_moves_its_bearer(solvik: Solvik) -> None:
    solvik.water.name = "Åpent vann"
    solvik.water.save(update_fields=["name"])
    assert Unit.objects.last() == solvik.water
