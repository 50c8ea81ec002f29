"""Texts that the municipality may word itself: the own one, else ours in the language that was asked for."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils.translation import gettext_lazy, override

from organisation.models import OwnWording
from organisation.queries import wording, wordings
from organisation.wordings import Wording, all_wordings, filled, register, unknown_names
from tests.factories import Solvik


def _a_wording(default: str = "Hello") -> Wording:
    return Wording("answer.preliminary", "g", "t", "a", default, names=("day",))  # type: ignore[arg-type]


def test_the_default_of_each_is_there_in_each_language(db: None) -> None:
    with override("en"):
        english = {found.key: str(found.default) for found in all_wordings()}
    for code, _name in settings.LANGUAGES:
        texts = wordings(english, code)
        assert texts.keys() == english.keys()
        assert (code == "en") == (texts == english)


def test_what_the_municipality_wrote_goes_before_ours_in_that_language_alone(solvik: Solvik) -> None:
    OwnWording.objects.create(key="answer.referred", language="nn", text="{body} svarar for dette.")
    assert wording("answer.referred", "nn", body="Fylket") == "Fylket svarar for dette."
    assert wording("answer.referred", "nb", body="Fylket", municipality="Solvik").startswith("Fylket")
    with override("nn"):
        assert wording("answer.referred", body="Fylket") == "Fylket svarar for dette."


def test_any_number_costs_one_query(solvik: Solvik, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        wordings([found.key for found in all_wordings()], "nb")


def test_a_key_that_nobody_registered_is_a_mistake(db: None) -> None:
    with pytest.raises(KeyError):
        wording("no.such")
    with pytest.raises(ValueError, match=r"answer\.preliminary"):
        register([_a_wording()])


def test_names_in_braces() -> None:
    assert filled("{day}: {what} {day}", {"day": 3}) == "3: {what} 3"
    assert filled("100 % {", {"day": 3}) == "100 % {"
    assert unknown_names("{day} {dya} {}", _a_wording()) == ["dya", ""]


def test_each_default_names_only_what_it_may() -> None:
    for code, _name in settings.LANGUAGES:
        with override(code):
            for found in all_wordings():
                assert unknown_names(str(found.default), found) == [], (code, found.key)


def test_the_defaults_are_translatable() -> None:
    assert all(isinstance(found.default, type(gettext_lazy("x"))) for found in all_wordings())
