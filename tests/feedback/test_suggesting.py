"""What a message seems to be about: the pure part by tables, and the page's door to it."""

from __future__ import annotations

import pytest
from django.test import Client

from feedback.models import Card
from feedback.routing import Rule
from feedback.suggesting import Subject, suggest_category, suggest_kind
from tests.factories import CategoryFactory, RuleFactory, Solvik

ROADS, SNOW, LIGHT, WATER, PARK, PARKING = range(1, 7)
VEI, VANN, RENO = 10, 20, 30
SUBJECTS = [
    Subject(ROADS, ("Vei og fortau", "Gator och trottoarer", "Roads and pavements")),
    Subject(SNOW, ("Brøyting og strøing",)),
    Subject(LIGHT, ("Gatelys",)),
    Subject(WATER, ("Vann og avløp",)),
    Subject(PARK, ("Parker",)),
    Subject(PARKING, ("Parkering",)),
]
RULES = [
    Rule(1, VANN, words=("kloakk", "kumlokk")),
    Rule(2, VEI, words=("brøyt", "lyktestolpe")),
    Rule(3, VEI, category_id=ROADS),
    Rule(4, VEI, category_id=SNOW),
    Rule(5, VANN, category_id=WATER),
    Rule(6, VEI, category_id=LIGHT, words=("mørkt",)),
    Rule(7, RENO, words=("søppel",)),
    Rule(8, RENO, kind="praise", words=("gjenvinning",)),
]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        pytest.param(
            "Det ligger kloakk i veien", WATER, id="a rule's word goes before a name: the unit's one category"
        ),
        pytest.param("Ingen brøytet i går", SNOW, id="a rule of a unit with several: the one that is named"),
        pytest.param("En lyktestolpe ved parken står skjevt", None, id="a rule of a unit with several, none named"),
        pytest.param("Det er mørkt her", LIGHT, id="a rule with a category"),
        pytest.param("Søppel i parken", PARK, id="a rule whose unit has no category: the names decide"),
        pytest.param("Gjenvinning", None, id="a rule that asks for more than words is none of words"),
        pytest.param("Hull i veien", ROADS, id="a name begins a word"),
        pytest.param("Hål i gatan", ROADS, id="a name in another language, another ending"),
        pytest.param("Ulovlig parkering", PARKING, id="the longer word of two that fit"),
        pytest.param("Hvor er rådhuset?", None, id="nothing"),
        pytest.param("", None, id="empty"),
    ],
)
def test_category(text: str, category: int | None) -> None:
    assert suggest_category(text, RULES, SUBJECTS) == category


def test_a_category_that_is_not_offered_is_not_suggested() -> None:
    assert suggest_category("Det er mørkt her", RULES, [Subject(ROADS, ("Vei",))]) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Lampen er ØDELAGT", "fault_report"),
        ("Jeg vil klage på brøytingen", "complaint"),
        ("Tusen takk for ny benk", "praise"),
        ("Et forslag: flere benker", "suggestion"),
        ("Jag föreslår fler bänkar", "suggestion"),
        ("Lampen er ikke ødelagt", ""),
        ("Jeg har et forslag, men lampen er knust", ""),
        ("Når kommer brøytebilen?", ""),
    ],
)
def test_kind_only_where_it_is_said_outright(text: str, kind: str) -> None:
    assert suggest_kind(text) == kind


def ask(client: Client, text: str, **extra):
    return client.post("/suggest/", {"text": text}, **extra)


def test_the_page_is_told_the_codes_and_nothing_is_kept(
    solvik: Solvik, client: Client, django_assert_num_queries
) -> None:
    RuleFactory(category=CategoryFactory(code="lights", name="Gatelys"), unit=solvik.roads, words=["lykt"])
    CategoryFactory(code="old", name="Gammelt", is_active=False)
    with django_assert_num_queries(3):
        answer = ask(client, "Lykten er ødelagt")
    assert answer.json() == {"category": "lights", "kind": "fault_report"}
    assert "no-store" in answer.headers["Cache-Control"]
    assert ask(client, "Gammelt nytt").json() == {"category": "", "kind": ""}
    assert ask(client, "x\x00" * 30_000).json() == {"category": "", "kind": ""}
    assert not Card.objects.exists()


def test_the_text_goes_by_post_alone_and_only_from_our_page(solvik: Solvik) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/suggest/?text=Hull").status_code == 405
    assert ask(client, "Hull").status_code == 403


@pytest.mark.slow
def test_who_asks_too_often_gets_no_more_suggestions(solvik: Solvik, client: Client) -> None:
    assert {ask(client, "Hull i veien").status_code for _ in range(600)} == {200}
    answer = ask(client, "Hull i veien")
    assert (answer.status_code, answer.json()) == (429, {})
    assert ask(client, "Hull i veien", REMOTE_ADDR="192.0.2.7").status_code == 200
