"""The list as CSV and Excel: all pages, the reader's language, what a spreadsheet does not take for a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client

from feedback.actions.calling import record_contact_attempt, undo_contact_attempt
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.moving import delegate_card
from feedback.deadlines import Contact
from feedback.models import Card
from feedback.views import export
from organisation.cells import as_text, safe_text
from tests.factories import MONDAY, OSLO, CategoryFactory, Solvik, a_card, many_cards, oslo
from tests.feedback.steps import called_back

NOW = oslo(2026, 11, 20, 10)
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(NOW, tick=False):
        yield


def read_csv(client: Client, query: str = "", language: str = "en") -> list[dict[str, str]]:
    response = client.get(f"/staff/export/cards.csv{query}", HTTP_ACCEPT_LANGUAGE=language)
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


class Sheet:
    """What Excel reads of the first sheet: cells by their address, as text or number, with the number's format."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            self.xml = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 (we wrote it)
            styles = ElementTree.fromstring(book.read("xl/styles.xml"))  # noqa: S314
        formats = [int(xf.attrib["numFmtId"]) for xf in styles.find(f"{S}cellXfs") or []]
        self.cells: dict[str, str | float] = {}
        self.format: dict[str, int] = {}
        for cell in self.xml.iter(f"{S}c"):
            text = "".join(part.text or "" for part in cell.iter(f"{S}t"))
            value = cell.find(f"{S}v")
            assert cell.find(f"{S}f") is None, "a formula"
            self.cells[cell.attrib["r"]] = text if cell.attrib.get("t") else float(value.text or 0)
            self.format[cell.attrib["r"]] = formats[int(cell.attrib.get("s", 0))]

    def column(self, heading: str) -> str:
        return next(re.sub(r"\d", "", at) for at, value in self.cells.items() if value == heading and at.endswith("1"))


def read_xlsx(client: Client, query: str = "") -> Sheet:
    response = client.get(f"/staff/export/cards.xlsx{query}", HTTP_ACCEPT_LANGUAGE="en")
    assert response.headers["Content-Disposition"] == 'attachment; filename="cards-2026-11-20.xlsx"'
    return Sheet(b"".join(response.streaming_content))


def rich(solvik: Solvik) -> Card:
    """A card with something in every column, called back late."""
    card = a_card(
        unit=solvik.roads, category=CategoryFactory(name="Vei"), kind="complaint", place="Storgata", area="Sentrum",
        channel="phone", by=solvik.clerk, text="Hull i veien",
    )  # fmt: skip
    delegate_card(card, handler=solvik.handler, by=solvik.clerk, now=MONDAY)
    for day in (3, 4, 5):
        attempt = record_contact_attempt(card, by=solvik.handler, now=oslo(2026, 11, day))
    undo_contact_attempt(card, attempt=attempt, by=solvik.handler, now=oslo(2026, 11, 5))
    called_back(card, by=solvik.handler, now=oslo(2026, 11, 14))
    close_card(card, result="answered", by=solvik.handler, now=oslo(2026, 11, 15))
    return card


def test_each_column_holds_what_the_card_says(solvik: Solvik, client: Client) -> None:
    card = rich(solvik)
    client.force_login(solvik.clerk)
    [row] = read_csv(client)
    assert row == {
        "Reference": card.reference, "Received": "2026-11-02", "Registered": "2026-11-02 09:00", "Channel": "Phone",
        "Kind": "Complaint", "Category": "Vei", "Place": "Storgata", "Area": "Sentrum", "Unit": "Vei",
        "Case handler": "Handler", "State": "Closed", "Deadline": "2026-11-12", "Days over": "2", "Attempts": "2",
        "Callback owed": "Yes", "Completed": "2026-11-14 12:00", "Closed": "2026-11-15 12:00", "Result": "Answered",
        "Reaction": "5", "Times reopened": "0", "Political": "No",
    }  # fmt: skip


def test_an_open_card_is_over_by_today_and_a_reopened_one_counts_anew(solvik: Solvik, client: Client) -> None:
    a_card(unit=solvik.roads)
    card = rich(solvik)
    reopen_card(card, reason="Hullet er der igjen", by=solvik.clerk, now=oslo(2026, 11, 19))
    client.force_login(solvik.clerk)
    reopened, late = sorted(read_csv(client), key=lambda row: row["Days over"])
    assert (late["Days over"], late["Reaction"], late["Completed"]) == ("8", "", "")
    assert (reopened["Days over"], reopened["Reaction"], reopened["Attempts"]) == ("", "", "0")
    assert reopened["Times reopened"] == "1"


def test_the_whole_filter_is_in_the_file_and_nothing_else(solvik: Solvik, client: Client) -> None:
    many_cards(35, unit=solvik.roads)
    a_card(unit=solvik.water)
    client.force_login(solvik.clerk)
    assert len(read_csv(client, "?unit=roads&due=open&after=2026-11-12_1")) == 35
    assert (
        "The file holds 35 cards" in client.get("/staff/export/?unit=roads", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    )
    client.force_login(solvik.water_leader)
    assert [row["Unit"] for row in read_csv(client, "?unit=roads")] == []
    assert [row["Unit"] for row in read_csv(client)] == ["Vann"]


def test_texts_and_contact_details_only_where_they_are_asked_for(solvik: Solvik, client: Client) -> None:
    rich(solvik)
    client.force_login(solvik.clerk)
    bare = b"".join(client.get("/staff/export/cards.csv").streaming_content).decode()
    for secret in ("Kari", "33 18 10 00", "Storgata 1", "kari@example.test", "Hull i veien", "Hullet er tettet"):
        assert secret not in bare
    [row] = read_csv(client, "?texts=yes")
    assert (row["Message"], row["What was said"], row["Name"], row["Address"], row["Phone"], row["E-mail"]) == (
        "Hull i veien", "Hullet er tettet", "Kari Nordmann", "Storgata 1", "33 18 10 00", "kari@example.test",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "heading", "day", "channel"),
    [("nb", "Frist", "12.11.2026", "Telefon"), ("nn", "Frist", "12.11.2026", "Telefon"),
     ("sv", "Sista dag", "2026-11-12", "Telefon"), ("en", "Deadline", "2026-11-12", "Phone")],
)  # fmt: skip
def test_the_file_is_in_the_readers_language(
    solvik: Solvik, client: Client, language: str, heading: str, day: str, channel: str
) -> None:
    rich(solvik)
    client.force_login(solvik.clerk)
    [row] = read_csv(client, language=language)
    assert row[heading] == day
    assert channel in row.values()


FORMULAS = ["=1+1", "+47 33 18 10 00", "-1", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "\r=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_is_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Hull", "1+1=2", "a@b.no", "", "’=", "«=1»"])
def test_other_texts_stand_as_they_are(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (True, "ja"), (False, "nei"), (-3, "-3"), (0, "0"), (date(2026, 1, 2), "02.01.2026"),
     (datetime(2026, 1, 2, 3, 4, tzinfo=OSLO), "02.01.2026 03:04"), ('a;"b"\nc', 'a;"b"\nc')],
)  # fmt: skip
def test_cells_as_text(cell, text: str) -> None:
    assert as_text(cell, language="nb", yes="ja", no="nei") == text


def test_formulas_in_a_card_do_no_harm_in_either_file(solvik: Solvik, client: Client) -> None:
    evil = Contact(name="=HYPERLINK(1)", address="@x", phone="+47 33 18 10 00")
    a_card(text='=cmd|"/C calc"!A0;x\n"y"', place="-1", contact=evil)
    client.force_login(solvik.clerk)
    [row] = read_csv(client, "?texts=yes")
    assert row["Message"] == '\'=cmd|"/C calc"!A0;x\n"y"'
    assert (row["Place"], row["Name"], row["Address"], row["Phone"]) == (
        "'-1", "'=HYPERLINK(1)", "'@x", "'+47 33 18 10 00",
    )  # fmt: skip
    sheet = read_xlsx(client, "?texts=yes")  # asserts that no cell is a formula
    assert sheet.cells[f"{sheet.column('Name')}2"] == "=HYPERLINK(1)"


def test_excel_gets_real_dates_a_heading_that_stays_and_filters(solvik: Solvik, client: Client) -> None:
    card = rich(solvik)
    client.force_login(solvik.clerk)
    sheet = read_xlsx(client)
    assert sheet.cells["A2"] == card.reference
    due, registered = sheet.column("Deadline") + "2", sheet.column("Registered") + "2"
    assert (sheet.cells[due], sheet.format[due]) == ((date(2026, 11, 12) - date(1899, 12, 30)).days, 14)
    assert (sheet.cells[registered], sheet.format[registered]) == (46328 + 9 / 24, 22)
    assert sheet.cells[sheet.column("Days over") + "2"] == 2.0
    pane = next(sheet.xml.iter(f"{S}pane"))
    assert (pane.attrib["state"], pane.attrib["ySplit"]) == ("frozen", "1")
    assert next(sheet.xml.iter(f"{S}autoFilter")).attrib["ref"] == "A1:U2"
    assert all(float(col.attrib["width"]) >= 9 for col in sheet.xml.iter(f"{S}col"))


def test_an_empty_list_is_a_heading_alone(solvik: Solvik, client: Client) -> None:
    client.force_login(solvik.clerk)
    assert read_csv(client, "?unit=roads") == []
    assert read_xlsx(client).cells["A1"] == "Reference"


def test_more_than_an_excel_file_holds_is_refused_with_a_way_on(
    solvik: Solvik, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_ROWS_XLSX", 2)
    many_cards(3)
    client.force_login(solvik.clerk)
    response = client.get("/staff/export/cards.xlsx?texts=yes", HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 422
    html = response.content.decode()
    assert "An Excel file holds at most 2 cards here." in html
    assert 'value="yes" aria-describedby="texts-why" checked' in html
    assert len(read_csv(client)) == 3


@pytest.mark.parametrize("address", ["/staff/export/", "/staff/export/cards.csv", "/staff/export/cards.xlsx"])
def test_a_filter_that_is_wrong_makes_no_file_of_other_cards(solvik: Solvik, client: Client, address: str) -> None:
    a_card()
    client.force_login(solvik.clerk)
    response = client.get(f"{address}?received_from=31.02.2026", HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 422
    assert "«31.02.2026» is not in the calendar." in response.content.decode()


@pytest.mark.parametrize("how_many", [1, 3])
def test_a_file_costs_the_same_whatever_its_length(
    solvik: Solvik, client: Client, django_assert_num_queries, how_many: int
) -> None:
    for card in many_cards(how_many, unit=solvik.roads):
        called_back(card, by=solvik.handler, now=MONDAY + timedelta(days=1))
    client.force_login(solvik.clerk)
    with django_assert_num_queries(6):
        assert len(read_csv(client, "?texts=yes")) == how_many


@pytest.mark.parametrize("path", ["", "cards.csv", "cards.xlsx"])
@pytest.mark.parametrize(("person", "status"), [("administrator", 403), (None, 302), ("reader", 200)])
def test_who_may_take_the_list_along(
    solvik: Solvik, client: Client, path: str, person: str | None, status: int
) -> None:
    if person:
        client.force_login(getattr(solvik, person))
    response = client.get(f"/staff/export/{path}")
    response.close()
    assert response.status_code == status


def test_there_are_no_other_formats(solvik: Solvik, client: Client) -> None:
    client.force_login(solvik.clerk)
    assert client.get("/staff/export/cards.pdf").status_code == 404
