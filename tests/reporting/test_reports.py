"""Reports: the same figures on page, in PDF, spreadsheet and JSON; frozen; published from a day; protected for everybody."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.actions.listing import run_overdue_list
from feedback.models import Card
from organisation.calendar import IsoWeek
from organisation.permissions import Role
from reporting.actions import reports as actions
from reporting.actions.counting import compute_figures
from reporting.documents import Document, document_of
from reporting.models import Report, ReportVersion, Value
from reporting.periods import Every, Period
from reporting.report_building import build
from reporting.report_names import Asked, Kind, read_name
from reporting.report_pages import SUMMARY
from reporting.report_queries import OfWhat, scope_asked
from tests.factories import NO_PHONE, OSLO, CategoryFactory, PersonFactory, RoleFactory, Solvik, a_card, mails, many_cards, oslo
from tests.feedback.steps import closed, posted
from tests.organisation.pdf_reading import read
from tests.reporting.test_counting import called

pytestmark = pytest.mark.django_db

D = Decimal
NOW = oslo(2026, 11, 16, 9)
Q3 = Period(2026, Every.QUARTER, 3)
CARDS = Asked(Kind.CARDS, Q3)
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def autumn(solvik: Solvik) -> Solvik:
    """September in two units of a sector, one card with the service centre in August, and one of the quarter before."""
    start = oslo(2026, 9, 1, 9)  # due on the 11th
    holes = CategoryFactory(name="Hull i veien")
    roads = many_cards(4, now=start, unit=solvik.roads, kind="complaint", category=holes)
    called(roads[0], oslo(2026, 9, 2), 5, solvik)
    called(roads[1], oslo(2026, 9, 11, 23), 2, solvik)
    called(roads[2], oslo(2026, 10, 18), None, solvik)  # late, in the next quarter
    posted(roads[3], by=solvik.roads_leader, now=oslo(2026, 9, 8, 10))
    water = a_card(now=start, unit=solvik.water, kind="praise", received_on=date(2026, 8, 31), channel="paper")
    called(water, oslo(2026, 9, 5), 6, solvik)
    closed(a_card(now=start, unit=solvik.water, kind="suggestion"), by=solvik.water_leader, now=oslo(2026, 9, 3))
    a_card(now=start, unit=solvik.water, contact=NO_PHONE, channel="email")
    a_card(now=oslo(2026, 8, 3, 9), kind="request", contact=NO_PHONE)
    a_card(now=oslo(2026, 5, 4, 9), kind="request", contact=NO_PHONE)
    for week in (38, 39):
        run_overdue_list(week=IsoWeek(2026, week), now=oslo(2026, 10, 1), mail=False)
    return solvik


def made(asked: Asked = CARDS, now: Any = NOW) -> Report:
    """A report whose figures are computed, as a worker does it."""
    report = actions.make_report(asked, by=None, now=now)
    assert actions.compute_waiting_reports(now=now) == 1
    return report


def document(report: Report, number: int = 1) -> Document:
    found = report.versions.get(number=number).document
    assert found is not None
    return found


def cells(found: Document, table: str) -> dict[str, list[Any]]:
    """A table's figures as they are shown, by the row's key."""
    (wanted,) = [each for section in found.sections for each in section.tables if each.key == table]
    return {row.key: [None if cell.shown is None else float(cell.shown) for cell in row.cells] for row in wanted.rows}


def test_figures_of_the_quarter_by_hand(autumn: Solvik) -> None:
    found = document(made())
    key = cells(found, "key-figures")
    # The quarter, of how many, the quarter before, the same of last year.
    assert key["cards-received"] == [8, None, 1, 0]
    assert key["analysed"] == [88, 8, 100, None]
    assert key["called-back-in-time"][:2] == [60, 5]  # withdrawn ones apart: two of roads and one of water, of five
    assert key["median-days-to-contact"][:2] == [7, 4]  # 1, 4, 10 and 47 days
    assert key["complaints-to-praise"][:2] == [4, 5]
    assert cells(found, "by-channel") == {"web": [6, 75, 6], "paper": [1, 13, 1], "email": [1, 13, 0], "all": [8, 100, 7]}
    assert cells(found, "by-unit")["technical"][:2] == [7, 88]
    assert cells(found, "by-unit")["roads"] == [4, 50, 50, 10, 3.5, 2]
    assert list(cells(found, "by-unit")) == ["technical", "roads", "water", "service-centre", "all"]
    assert cells(found, "by-kind")["complaint"] == [4, 57]
    assert cells(found, "kinds-together")["requests-and-suggestions"] == [29, 7]
    assert cells(found, "busiest-days")["2026-09-01"] == [6]
    assert cells(found, "promise")["owed"][0] == 5
    assert cells(found, "promise")["posted"][0] == 1
    assert cells(found, "calls") == {"0": [4, 0], "1": [0, 0], "2": [0, 0], "3": [0, 1], "all": [4, 1]}
    assert cells(found, "by-reaction")["2"] == [1, 33]
    assert cells(found, "taken-badly")["negative"][0] == 1
    assert cells(found, "overdue")["entries"][0] == cells(found, "by-unit")["all"][5]


# --- One set of figures in every form ---------------------------------------------------------------------------------


def numbers_in(xml: bytes) -> list[float]:
    sheet = ElementTree.fromstring(xml)  # noqa: S314 (we wrote it)
    assert not list(sheet.iter(f"{S}f")), "a formula"
    return [float(cell.findtext(f"{S}v") or 0) for cell in sheet.iter(f"{S}c") if not cell.attrib.get("t")]


def all_shown(found: Document) -> list[float]:
    return [
        float(cell.shown)
        for section in found.sections
        for table in section.tables
        for row in table.rows
        for cell in row.cells
        if cell.shown is not None
    ]


def words_of(found: Document, language: str) -> list[str]:
    """Every figure as it is said."""
    return [
        cell.said(language)
        for section in found.sections
        for table in section.tables
        for row in table.rows
        for cell in row.cells
    ]


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def test_page_pdf_spreadsheet_json_and_command_agree_to_the_digit(autumn: Solvik, capsys: Any) -> None:
    report = made()
    found = document(report)
    client = Client()
    client.force_login(autumn.reader_of_figures if hasattr(autumn, "reader_of_figures") else autumn.administrator)
    with time_machine.travel(NOW, tick=False):
        page = client.get(f"/staff/reports/{report.name}/", HTTP_ACCEPT_LANGUAGE="nb").content.decode()
        files = {
            form: client.get(f"/staff/reports/{report.name}/report.{form}", HTTP_ACCEPT_LANGUAGE="nb").content
            for form in ("pdf", "xlsx", "json")
        }
        call_command("report", report.name, "--json", "--version", "1")
        kept = json.loads(capsys.readouterr().out)
        call_command("report", report.name, "--json")
        fresh = json.loads(capsys.readouterr().out)
    cells_of_page = [
        plain(re.sub(r"<[^>]+>", "", each)).strip()
        for each in re.findall(r"<td[^>]*>(.*?)</td>", page.split("<article")[1], re.DOTALL)
    ]
    said = [plain(words) for words in words_of(found, "nb")]
    assert cells_of_page == said
    assert "3,50" in said
    assert "60 %" in said
    pdf = read(files["pdf"])
    in_pdf = plain(pdf.text).replace(" ", "")
    position = 0
    for words in said:  # each figure, in its order
        position = in_pdf.index(words.replace(" ", ""), position)
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as book:
        sheets = sorted(
            (name for name in book.namelist() if name.startswith("xl/worksheets/sheet")),
            key=lambda name: int(re.sub(r"\D", "", name)),
        )
        in_book = [number for name in sheets for number in numbers_in(book.read(name))]
    assert in_book == all_shown(found)
    in_json = json.loads(files["json"])
    assert document_of(in_json) == found
    assert in_json == kept
    assert fresh["sections"] == kept["sections"]


def test_pdf_is_what_archives_and_screen_readers_ask_for(autumn: Solvik) -> None:
    report = made()
    client = Client()
    client.force_login(autumn.administrator)
    pdf = read(client.get(f"/staff/reports/{report.name}/report.pdf", HTTP_ACCEPT_LANGUAGE="nb").content)
    assert (pdf.part, pdf.conformance, pdf.ua_part) == ("2", "A", "1")
    assert pdf.language == "nb"
    assert pdf.marked
    assert pdf.all_embedded
    assert {"H1", "H2", "H3", "Table", "THead", "TH", "TD", "TOC", "Figure"} <= set(pdf.tags)
    assert pdf.tags.count("Table") == sum(len(section.tables) for section in document(report).sections)


def test_figures_are_those_of_the_indicators(autumn: Solvik) -> None:
    compute_figures(now=NOW, zone=OSLO)
    found = document(made())
    (table,) = [each for section in found.sections for each in section.tables if each.key == "key-figures"]
    kept = {
        value.indicator.key: (value.value, value.n)
        for value in Value.objects.select_related("indicator").filter(unit=None, year=2026, every="quarter", number=3)
    }
    assert len(kept) == 9
    for row in table.rows:
        if row.key in kept:
            value, n = kept.pop(row.key)
            assert (row.cells[0].value, row.cells[0].n) == (value, n), row.key
    assert not kept


def test_figures_do_not_move_when_a_card_comes_afterwards(autumn: Solvik) -> None:
    report = made()
    before = document(report)
    actions.publish_report(report, publish_on=date(2026, 11, 16), public=False, by=None, now=NOW)
    a_card(now=oslo(2026, 9, 30, 9), kind="praise", contact=NO_PHONE)
    assert document(report) == before
    actions.start_version(report, reason="Et kort kom for sent", by=None, now=NOW)
    actions.compute_waiting_reports(now=NOW)
    assert document(report) == before
    assert cells(document(report, 2), "key-figures")["cards-received"][0] == 9


# --- Larvik -----------------------------------------------------------------------------------------------------------

LARVIK = (
    # What the evaluation tells of 873 analysed cards of 1,891: channel, unit, kind and how many.
    ("paper", "roads", "request", 300), ("paper", "roads", "suggestion", 90), ("paper", "roads", "complaint", 150),
    ("paper", "water", "complaint", 60), ("paper", "water", "praise", 40), ("paper", "service-centre", "criticism", 60),
    ("paper", "service-centre", "praise", 45), ("paper", "service-centre", "fault_report", 8), ("email", "roads", "request", 56),
    ("fax", "service-centre", "request", 64), ("paper", "roads", "", 1018),
)  # fmt: skip


def test_evaluation_of_larvik_can_be_told(solvik: Solvik) -> None:
    a_card(now=oslo(2000, 9, 4, 9), contact=NO_PHONE)
    (pattern,) = Card.objects.all()
    units = {unit.code: unit for unit in (solvik.roads, solvik.water, solvik.centre)}
    roads, other = CategoryFactory(name="Vei"), CategoryFactory(name="Annet")
    rows: list[Card] = []
    for channel, unit, kind, count in LARVIK:
        for _each in range(count):
            number = len(rows)
            # Sixty came on the day of the launch, and again after the second mailing.
            day = date(2000, 9, 4) if number < 60 else date(2000, 9, 5) + timedelta(days=number % 300)
            rows.append(
                Card(
                    reference=f"L{number}", secret=f"l{number}", channel=channel, kind=kind, text="x", unit=units[unit],
                    category=roads if unit == "roads" else other, received_on=day, callback_owed=False,
                    due_on=day + timedelta(days=10), state="forwarded",
                    registered_at=pattern.registered_at.replace(year=day.year, month=day.month, day=day.day),
                )
            )  # fmt: skip
    pattern.delete()
    Card.objects.bulk_create(rows)
    now = oslo(2002, 1, 3, 9)
    counted = [document(made(Asked(Kind.CARDS, Period(year)), now)) for year in (2000, 2001)]
    totals = [cells(found, "key-figures") for found in counted]
    assert sum(each["cards-received"][0] for each in totals) == 1891
    assert sum(each["analysed"][0] * each["analysed"][1] / 100 for each in totals) == pytest.approx(873, abs=12)
    first = counted[0]
    assert cells(first, "busiest-days") == {"2000-09-04": [60]} | cells(first, "busiest-days")
    assert cells(first, "by-unit")["technical"][1] > 50
    assert list(cells(first, "by-category"))[0] == str(roads.pk)
    known = [found for found in counted]
    wishes = sum(cells(found, "by-kind").get(kind, [0])[0] for found in known for kind in ("request", "suggestion", "fault_report"))
    negative = sum(cells(found, "by-kind").get(kind, [0])[0] for found in known for kind in ("complaint", "criticism"))
    praise = sum(cells(found, "by-kind").get("praise", [0])[0] for found in known)
    assert (wishes, negative, praise) == (518, 270, 85)
    assert wishes / 873 > 0.5
    assert 3 < negative / praise < 3.3
