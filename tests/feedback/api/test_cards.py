"""Cards by the API: registering, listing, reading."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from rest_framework.test import APIClient

from feedback.actions.intake import Intake
from feedback.actions.registration import register_card
from feedback.deadlines import Contact
from feedback.models import Card, RoutingRule
from organisation.actions.api_keys import create_api_key
from organisation.models import OutgoingMail, Unit
from tests.feedback.api.conftest import NOW, Town, hours
from tests.feedback.same_card import columns_of

CARDS = "/api/v1/cards/"
CONTACT = {
    "name": "Kari Nordmann",
    "address": "Storgata 1",
    "phone": "33 00 00 00",
    "email": "kari@example.com",
}
WHOLE: dict[str, Any] = {
    "text": "Lyset ved skolen er slukket.\r\nHele uka.",
    "channel": "fax",
    "kind": "fault_report",
    "category": "lights",
    "language": "nn",
    "received_on": "2026-11-13",
    "place": "Skolegata 4",
    "area": "Sentrum",
    "latitude": 59.0532,
    "longitude": 10.0352,
    "political": False,
    "submitter": CONTACT,
}


def walk(client: APIClient, url: str) -> list[str]:
    """Follow `next` to the end and return the references in order."""
    found: list[str] = []
    while url:
        page = client.get(url).json()
        found += [card["reference"] for card in page["results"]]
        url = page["next"] and f"{urlsplit(page['next']).path}?{urlsplit(page['next']).query}"
    return found


# --- Registering -----------------------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_create_registers_routes_and_answers_with_the_card(town: Town, centre: APIClient) -> None:
    answer = centre.post(CARDS, WHOLE)
    card = Card.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver/api/v1/cards/{card.reference}/"
    assert answer.json() == {
        "reference": card.reference,
        "url": f"http://testserver/api/v1/cards/{card.reference}/",
        "state": "forwarded",
        "channel": "fax",
        "kind": "fault_report",
        "category": "lights",
        "unit": "roads",
        "handler": None,
        "text": "Lyset ved skolen er slukket.\nHele uka.",
        "language": "nn",
        "political": False,
        "place": "Skolegata 4",
        "area": "Sentrum",
        "latitude": 59.0532,
        "longitude": 10.0352,
        "received_on": "2026-11-13",
        "registered_at": "2026-11-16T10:30:00+01:00",
        "callback_owed": True,
        "due_on": "2026-11-26",
        "expected_on": None,
        "attempts": 0,
        "completed_at": None,
        "closed_at": None,
        "close_result": "",
        "submitter": CONTACT | {"other_way": "", "other_way_note": ""},
        "status_url": f"{settings.SITE_URL}/card/{card.secret}/",
    }
    assert set(OutgoingMail.objects.values_list("kind", "to")) == {
        ("card_forwarded", "roads@solvik.example"),
        ("receipt", "kari@example.com"),
    }


@time_machine.travel(NOW, tick=False)
def test_create_with_text_alone_is_an_anonymous_card_with_the_service_centre(town: Town, centre: APIClient) -> None:
    answer = centre.post(CARDS, {"text": "Takk for lekeplassen!"}).json()
    assert {key: answer[key] for key in ("channel", "unit", "state", "language", "callback_owed", "submitter")} == {
        "channel": "api",
        "unit": "centre",
        "state": "registered",
        "language": "nb",
        "callback_owed": False,
        "submitter": None,
    }


@time_machine.travel(NOW, tick=False)
def test_create_takes_the_municipalitys_language_where_none_is_given(town: Town, centre: APIClient) -> None:
    town.municipality.language = "sv"
    town.municipality.save()
    assert centre.post(CARDS, {"text": "Tack!"}).json()["language"] == "sv"


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("body", [WHOLE, {"text": "Bare tekst"}], ids=["whole", "text alone"])
def test_card_by_api_and_by_action_are_equal_rows(town: Town, centre: APIClient, body: dict[str, Any]) -> None:
    centre.post(CARDS, body)
    by_api = Card.objects.get()
    given = {key: value for key, value in body.items() if key not in ("submitter", "category", "received_on")}
    by_action = register_card(
        Intake(
            **({"channel": "api"} | given),
            category=town.lights if "category" in body else None,
            received_on=by_api.received_on,
            contact=Contact(**body.get("submitter", {})),
        ),
        by=town.people["service_centre"],
        now=NOW,
    )
    assert columns_of(by_api) == columns_of(by_action)


def test_the_comparison_of_cards_sees_every_table(town: Town) -> None:
    one = town.card(contact=Contact(**CONTACT), unit=town.roads)
    for other, column in [
        (town.card("Noe annet", contact=Contact(**CONTACT), unit=town.roads), "text"),
        (town.card(contact=Contact(**CONTACT | {"phone": "33 00 00 01"}), unit=town.roads), "submitter.phone_key"),
        (town.card(contact=Contact(**CONTACT), unit=town.schools), "events.1.to_value"),
    ]:
        assert columns_of(one)[column] != columns_of(other)[column]
    assert "by" not in {key.rpartition(".")[2] for key in columns_of(one, without={"by"})}


def test_create_takes_eight_statements_whatever_the_number_of_units_and_rules(
    town: Town, centre: APIClient, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        unit = Unit.objects.create(code=f"unit-{number}", name=f"Enhet {number}")
        RoutingRule.objects.create(position=100 + number, name=f"Regel {number}", words=[f"ord{number}"], unit=unit)
    # the municipality; the token with its person; the category; the client's key; units and rules; a transaction's two;
    # the card with its number and all that comes with it, mails and what other systems are told among it
    with django_assert_num_queries(8):
        assert centre.post(CARDS, WHOLE, headers={"Idempotency-Key": "a"}).status_code == 201


def test_create_takes_eleven_at_most_with_a_narrow_key_and_a_unit_without_an_address(
    town: Town, client_of: Any, django_assert_num_queries: Any
) -> None:
    Unit.objects.filter(pk=town.roads.pk).update(email="")
    made = create_api_key(
        name="Kartet", acts_as=town.people["service_centre"], scopes=["cards:write"], units=[town.roads, town.schools],
        today=NOW.date(), by=None, now=NOW,
    )  # fmt: skip
    client = APIClient(headers={"Authorization": f"Bearer {made.secret}"})
    client.get(CARDS)  # the day's first use is written down
    # besides those above: the unit that is named; who stands for it, and their absences
    with django_assert_num_queries(11):
        answer = client.post(CARDS, WHOLE | {"unit": "roads"}, headers={"Idempotency-Key": "a"})
    assert answer.status_code == 201
    assert OutgoingMail.objects.get(kind="card_forwarded").to == "unit_leader@solvik.example"


def test_a_new_card_is_answered_as_it_is_read_afterwards(town: Town, centre: APIClient) -> None:
    for body in (WHOLE, {"text": "Bare tekst"}, {"text": "Til enheten", "unit": "schools", "submitter": {"name": "K"}}):
        answer = centre.post(CARDS, body).json()
        answer.pop("status_url")
        assert answer == centre.get(f"{CARDS}{answer['reference']}/").json()


def test_what_the_administrator_changes_holds_for_the_next_card(town: Town, centre: APIClient) -> None:
    """Nothing of the house is kept from one card to the next."""

    def sent() -> dict[str, Any]:
        found: dict[str, Any] = centre.post(CARDS, WHOLE).json()
        return found

    first = sent()
    RoutingRule.objects.create(position=0, name="Først", words=["lyset"], unit=town.schools)
    town.municipality.deadline_days += 7
    town.municipality.save()
    second = sent()
    assert (first["unit"], second["unit"]) == ("roads", "schools")
    assert first["due_on"] < second["due_on"]
    RoutingRule.objects.filter(name="Først").update(unit=Unit.objects.get(kind=Unit.Kind.SECTOR))
    assert sent()["unit"] == "centre"  # a rule that leads to a sector leads to the service centre, not to the next rule
    town.lights.is_active = False
    town.lights.save()
    assert centre.post(CARDS, WHOLE).status_code == 400


# --- Idempotency-Key -------------------------------------------------------------------------------------------------


def test_same_key_and_body_make_one_card_and_give_the_same_answer(town: Town, centre: APIClient) -> None:
    key = str(uuid.uuid4())
    first = centre.post(CARDS, WHOLE, headers={"Idempotency-Key": key})
    again = centre.post(CARDS, WHOLE, headers={"Idempotency-Key": key})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert (Card.objects.count(), OutgoingMail.objects.count()) == (1, 2)


def test_same_key_with_another_body_is_refused(town: Town, centre: APIClient) -> None:
    centre.post(CARDS, WHOLE, headers={"Idempotency-Key": "one"})
    again = centre.post(CARDS, WHOLE | {"text": "Noe annet"}, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")
    assert Card.objects.count() == 1


def test_keys_of_two_people_do_not_meet(town: Town, client_of: Any) -> None:
    other = town.people["reader"]
    other.role_assignments.update(role="service_centre")
    for who in ("service_centre", "reader"):
        assert client_of(who).post(CARDS, WHOLE, headers={"Idempotency-Key": "one"}).status_code == 201
    assert Card.objects.count() == 2


@pytest.mark.parametrize("key", ["", "two words", "å", "x" * 256])
def test_a_key_that_is_none_is_refused(town: Town, centre: APIClient, key: str) -> None:
    answer = centre.post(CARDS, WHOLE, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert Card.objects.count() == 0


# --- Who may what ----------------------------------------------------------------------------------------------------

#                   create  list  a card of roads  one of schools
MATRIX = {
    None: (401, 401, 401, 401),
    "gone": (401, 401, 401, 401),
    "nobody": (403, 403, 403, 403),
    "administrator": (403, 403, 403, 403),
    "service_centre": (201, 2, 200, 200),
    "unit_leader": (403, 1, 200, 404),
    "case_handler": (403, 1, 200, 404),
    "mayors_office": (403, 0, 404, 404),
    "chief_executive": (403, 0, 404, 404),
    "quality_adviser": (403, 2, 200, 200),
    "reader": (403, 2, 200, 200),
    "privacy": (403, 403, 403, 403),
}


@pytest.mark.parametrize("who", MATRIX, ids=str)
def test_each_role_gets_what_is_its_own_and_a_denial_writes_nothing(
    town: Town, client_of: Any, who: str | None
) -> None:
    of_roads, of_schools = town.card(unit=town.roads), town.card(unit=town.schools)
    before = (Card.objects.count(), OutgoingMail.objects.count())
    client = client_of(who)
    created, listed = client.post(CARDS, WHOLE), client.get(CARDS)
    ones = [client.get(f"{CARDS}{card.reference}/").status_code for card in (of_roads, of_schools)]
    if created.status_code != 201:
        assert (Card.objects.count(), OutgoingMail.objects.count()) == before
        found: Any = listed.status_code if listed.status_code != 200 else len(listed.json()["results"])
    else:
        found = len(listed.json()["results"]) - 1
    assert (created.status_code, found, *ones) == MATRIX[who]
    for card in (of_roads, of_schools):
        assert card.secret not in listed.content.decode()


def test_every_role_is_in_the_matrix(town: Town) -> None:
    assert {who for who in MATRIX if who} == set(town.people)


def test_a_card_that_is_not_to_be_seen_answers_like_one_that_is_not_there(town: Town, client_of: Any) -> None:
    hidden, client = town.card(unit=town.schools), client_of("unit_leader")
    there, nowhere = client.get(f"{CARDS}{hidden.reference}/"), client.get(f"{CARDS}26-999999-0/")
    assert there.json() | {"instance": ""} == nowhere.json() | {"instance": ""}


def test_a_row_number_is_no_address(town: Town, centre: APIClient) -> None:
    card = town.card()
    assert centre.get(f"{CARDS}{card.pk}/").status_code == 404


def test_a_reference_is_read_as_people_write_it(town: Town, centre: APIClient) -> None:
    card = town.card()
    assert centre.get(f"{CARDS}{card.reference.replace('-', '')}/").json()["reference"] == card.reference


def test_one_never_shows_the_secret(town: Town, centre: APIClient) -> None:
    card = town.card()
    assert card.secret not in centre.get(f"{CARDS}{card.reference}/").content.decode()


# --- Lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how_many", [1, 3])
def test_list_takes_four_queries_whatever_its_length(
    town: Town, centre: APIClient, django_assert_num_queries: Any, how_many: int
) -> None:
    for number in range(how_many):
        town.card(f"Kort {number}", category=town.lights, contact=Contact(**CONTACT))
    # the municipality; the token with its person; the cards; the look is written down
    with django_assert_num_queries(4):
        assert len(centre.get(CARDS).json()["results"]) == how_many


def test_one_takes_as_many_queries_as_a_list(town: Town, centre: APIClient, django_assert_num_queries: Any) -> None:
    card = town.card(contact=Contact(**CONTACT))
    with django_assert_num_queries(4):
        centre.get(f"{CARDS}{card.reference}/")


def test_list_is_newest_first_and_pages_stand_still_while_cards_come_in(town: Town, centre: APIClient) -> None:
    same_moment = [town.card(f"Importert {number}") for number in range(7)]
    newer = [town.card(f"Nyere {number}", at=NOW + hours(number)) for number in (1, 2, 3)]
    expected = [card.reference for card in [*reversed(newer), *reversed(same_moment)]]
    assert walk(centre, f"{CARDS}?page_size=3") == expected

    first = centre.get(f"{CARDS}?page_size=4").json()
    late = [town.card("Kom imens", at=NOW + hours(9)), town.card("Etterregistrert, eldre", at=NOW - hours(9))]
    rest = walk(centre, f"{CARDS}?{urlsplit(first['next']).query}")
    assert [card["reference"] for card in first["results"]] + rest == [*expected, late[1].reference]


def test_next_keeps_the_filters(town: Town, centre: APIClient) -> None:
    mine = [town.card(unit=unit) for unit in (town.roads, town.schools, town.roads)]
    town.card()
    assert walk(centre, f"{CARDS}?page_size=1&unit=roads&unit=schools") == [card.reference for card in reversed(mine)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unit=roads", ["light"]),
        ("category=lights", ["light"]),
        ("kind=praise", ["praise"]),
        ("kind=praise&kind=fault_report", ["praise", "light"]),
        ("state=registered", ["praise", "old"]),
        ("channel=fax", ["light"]),
        ("q=lekeplass", ["praise"]),
        ("q=Nordmann", ["light"]),
        ("q=%27%26%28%3A*", []),
        ("q=", ["praise", "light", "old"]),
        ("callback_owed=true", ["light"]),
        ("callback_owed=false", ["praise", "old"]),
        ("received_until=2026-11-01", ["old"]),
        ("due=overdue", ["old"]),
        ("mine=true", []),
        ("political=true", []),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_filters_are_the_work_lists(town: Town, centre: APIClient, query: str, found: list[str]) -> None:
    cards = {
        "old": town.card("Gammel sak", at=NOW - hours(24 * 20)),
        "light": town.card(
            "Lyset er slukket", category=town.lights, kind="fault_report", channel="fax", contact=Contact(**CONTACT)
        ),
        "praise": town.card("Takk for lekeplassen", kind="praise"),
    }
    assert walk(centre, f"{CARDS}?{query}") == [cards[name].reference for name in found]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("stat=closed", "stat"),
        ("state=gone", "state"),
        ("unit=nowhere", "unit"),
        ("unit=%00", "unit"),
        ("q=%00", "q"),
        ("received_from=2026-02-30", "received_from"),
        ("handler=nobody-at-all@example.com", "handler"),
        ("mine=perhaps", "mine"),
        ("due=yesterday", "due"),
        ("due=", "due"),
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=ten", "page_size"),
        ("page_size=٣", "page_size"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%F0%9F%92%A9", "cursor"),
        ("cursor=MjAyNi0wMS0wMVQwMDowMDowMHwx", "cursor"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(town: Town, centre: APIClient, query: str, field: str) -> None:
    answer = centre.get(f"{CARDS}?{query}")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])
