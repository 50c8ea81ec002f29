"""Lists as streams: CSV and NDJSON, whole or recognisably not, and no more than the list shows."""

from __future__ import annotations

import csv
import io
import json
import logging
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from feedback import streaming
from feedback.actions.calling import record_contact_attempt
from feedback.actions.moving import delegate_card
from feedback.api.exports import ExportFilter
from feedback.api.filtering import ListFilter
from feedback.deadlines import Contact
from feedback.filters import CardFilter
from feedback.models import Card
from feedback.streaming import Shape, in_parts, ndjson_lines, rows_of
from tests.feedback.api.conftest import NOW, Town, hours
from tests.feedback.steps import called_back, closed

CARDS = "/api/v1/cards/"
CSV, NDJSON = f"{CARDS}export.csv", f"{CARDS}export.ndjson"
CONTACT = Contact(name="=Kari", address="Storgata 1", phone="33 00 00 00", email="kari@example.com")


def lines(client: APIClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{NDJSON}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-ndjson; charset=utf-8")
    found = [json.loads(line) for line in b"".join(answer.streaming_content).decode().split("\n")[:-1]]
    assert found.pop() == {"end": True, "cards": len(found)}
    return found


def table(client: APIClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{CSV}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))
    last = rows.pop()
    assert (last["reference"], last["url"]) == ("#end", str(len(rows)))
    return rows


@pytest.fixture
def rich(town: Town) -> list[Card]:
    """Cards of all sorts: handled, called, closed, anonymous, with a place, with signs that a table must not take badly."""
    leader = town.people["unit_leader"]
    plain = town.card('Anonymt; "med" tegn,\nog linjer')
    placed = town.card(
        "=HYPERLINK(1)", contact=CONTACT, category=town.lights, kind="fault_report", channel="fax", place="Skolegata 4",
        latitude=Decimal("59.0532"), longitude=Decimal("10.035200"), at=NOW + hours(1),
    )  # fmt: skip
    done = town.card("Ferdig", contact=CONTACT, unit=town.roads, at=NOW + hours(2))
    delegate_card(placed, handler=town.people["case_handler"], by=leader, now=NOW + hours(3))
    record_contact_attempt(placed, by=leader, now=NOW + hours(4))
    called_back(done, by=leader, now=NOW + hours(4))
    closed(done, by=leader, now=NOW + hours(5), result="answered")
    return [done, placed, plain]


def test_each_line_is_the_card_as_the_list_has_it(town: Town, centre: APIClient, rich: list[Card]) -> None:
    assert lines(centre, "texts=true") == centre.get(CARDS).json()["results"]
    assert [card["reference"] for card in lines(centre)] == [card.reference for card in rich]


def test_a_table_has_the_same_values(town: Town, centre: APIClient, rich: list[Card]) -> None:
    listed, rows = centre.get(CARDS).json()["results"], table(centre, "texts=true")
    for card, row in zip(listed, rows, strict=True):
        for heading, cell in row.items():
            whole, _dot, part = heading.partition(".")
            value = (card[whole] or {}).get(part) if part else card[whole]
            plain = "" if value is None else json.dumps(value) if isinstance(value, bool) else str(value)
            assert cell == (f"'{plain}" if plain.startswith("=") else plain), heading
    assert (rows[1]["text"], rows[1]["submitter.name"]) == ("'=HYPERLINK(1)", "'=Kari")


def test_texts_and_people_come_only_where_they_are_asked_for(town: Town, centre: APIClient, rich: list[Card]) -> None:
    for address in (CSV, NDJSON):
        content = b"".join(centre.get(address).streaming_content).decode()
        assert rich[0].reference in content
        for personal in ("Kari", "Storgata", "33 00", "HYPERLINK", "Ferdig"):
            assert personal not in content
    assert "text" not in table(centre)[0]


@pytest.mark.parametrize("who", ["service_centre", "unit_leader", "mayors_office", "chief_executive", "reader"])
def test_a_stream_shows_what_the_list_shows(town: Town, client_of: Any, who: str) -> None:
    for unit in (town.roads, town.schools):
        town.card(unit=unit)
    client = client_of(who)
    listed = [card["reference"] for card in client.get(CARDS).json()["results"]]
    assert [card["reference"] for card in lines(client)] == [row["reference"] for row in table(client)] == listed


@pytest.mark.parametrize("address", [CSV, NDJSON])
def test_who_sees_no_cards_gets_none_and_a_wrong_filter_is_refused(town: Town, client_of: Any, address: str) -> None:
    assert [client_of(who).get(address).status_code for who in (None, "nobody", "administrator")] == [401, 403, 403]
    for query in ("stat=closed", "unit=nowhere", "texts=yes", "cursor=x"):
        answer = client_of("reader").get(f"{address}?{query}", headers={"Accept": "text/csv"})
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_filters_narrow_a_stream_as_they_narrow_the_list(town: Town, centre: APIClient, rich: list[Card]) -> None:
    for query in ("unit=roads", "state=registered", "search=ferdig", "q=ferdig", "due=open&channel=fax", "search=xyz"):
        listed = [card["reference"] for card in centre.get(f"{CARDS}?{query}").json()["results"]]
        assert [card["reference"] for card in lines(centre, query)] == listed
    assert [len(lines(centre, query)) for query in ("search=ferdig", "search=", "search=xyz")] == [1, 3, 0]


def test_batches_leave_out_nothing_and_repeat_nothing_though_all_came_at_one_moment(
    town: Town, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(streaming, "FIRST", 2)
    monkeypatch.setattr(streaming, "BATCH", 3)
    cards = [town.card(f"Importert {number}") for number in range(9)]
    with django_assert_num_queries(4):  # 2, 3, 3 and the last one
        assert [row["reference"] for row in rows_of(Card.objects.all())] == [card.reference for card in reversed(cards)]


def test_what_breaks_off_has_no_last_line(town: Town) -> None:
    town.card()
    shape = Shape(at="/", zone=NOW.tzinfo, with_texts=True)  # type: ignore[arg-type]

    def broken() -> Any:
        yield from rows_of(Card.objects.all())
        raise OperationalError

    stream = ndjson_lines(shape, broken())
    assert "end" not in json.loads(next(stream))
    with pytest.raises(OperationalError):
        next(stream)


def test_the_first_part_goes_at_once_and_the_others_when_they_are_worth_it() -> None:
    parts = list(in_parts([b"x" * 10] * 7, size=25))
    assert [len(part) for part in parts] == [10, 30, 30, 0]


def test_each_file_is_written_down_without_what_was_searched_for(
    town: Town, centre: APIClient, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "feedback.exporting")
    person = town.people["service_centre"]
    lines(centre, "search=Kari&unit=roads&texts=true")
    client.force_login(person)
    client.get("/staff/export/cards.csv?q=Kari")
    assert [record.getMessage() for record in caplog.records] == [
        f"Cards taken as ndjson by person {person.pk}, with texts and contact details; filters: search, texts, unit",
        f"Cards taken as csv by person {person.pk}, without texts; filters: q",
    ]


# --- Filters ---------------------------------------------------------------------------------------------------------


def test_the_api_has_every_filter_of_the_work_list_and_search_besides() -> None:
    page, listed, exported = (set(one.base_filters) for one in (CardFilter, ListFilter, ExportFilter))
    assert (listed - page, exported - listed, page - listed) == ({"search"}, {"texts"}, set())
    for name in page:
        assert type(ListFilter.base_filters[name]) is type(CardFilter.base_filters[name])


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    "text", ["lekeplassen", "Nordmann", "33 00 00 00", "+4733000000", "Storgata", "26-000002-6", "finnes ikke", "?!"]
)
def test_search_finds_what_the_search_field_finds(town: Town, centre: APIClient, client: Client, text: str) -> None:
    town.card("Takk for lekeplassen")
    town.card("Lyset er slukket", contact=Contact(name="Kari Nordmann", address="Storgata 1", phone="33 00 00 00"))
    by_search, by_q = (centre.get(CARDS, {name: text}).json()["results"] for name in ("search", "q"))
    assert by_search == by_q
    client.force_login(town.people["service_centre"])
    page = client.get("/staff/", {"q": text}, follow=True).content.decode()
    found = {card["reference"] for card in by_search}
    for card in Card.objects.all():
        assert (card.reference in found) == (f"/staff/cards/{card.reference}/" in page)
