"""Reports: the same figures on page, in PDF, spreadsheet and JSON; frozen; published from a day; protected for everybody."""

from __future__ import annotations

import csv
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
from organisation.errors import NotAllowed
from organisation.history_door import erasing
from organisation.permissions import Role
from reporting.actions import reports as actions
from reporting.actions.counting import compute_figures
from reporting.documents import Cell, Document, Guard, Row, Section, Table, alike, document_of
from reporting.models import Report, ReportVersion, Value
from reporting.periods import Every, Period
from reporting.public_documents import for_everybody
from reporting.report_building import build
from reporting.report_material import number, share
from reporting.report_names import Asked, Kind, read_name
from reporting.report_pages import SUMMARY
from reporting.report_queries import OfWhat, scope_asked
from tests.factories import (
    NO_PHONE,
    OSLO,
    CategoryFactory,
    PersonFactory,
    RoleFactory,
    Solvik,
    a_card,
    mails,
    many_cards,
    oslo,
)
from tests.feedback.steps import closed, posted
from tests.organisation.pdf_reading import read
from tests.reporting.autumn import called
from tests.reporting.scorecards import a_scorecard_with_figures

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
    assert cells(found, "by-channel") == {
        "web": [6, 75, 6],
        "paper": [1, 13, 1],
        "email": [1, 13, 0],
        "all": [8, 100, 7],
    }
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


def cells_of_page(page: str) -> list[str]:
    return [
        plain(re.sub(r"<[^>]+>", "", each)).strip()
        for each in re.findall(r"<td[^>]*>(.*?)</td>", page.split("<article")[1], re.DOTALL)
    ]


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def test_page_pdf_spreadsheet_api_open_data_and_command_agree_to_the_digit(autumn: Solvik, capsys: Any) -> None:
    report = made()
    found = document(report)
    client = Client()
    client.force_login(autumn.administrator)
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
        api = client.get(f"/api/v1/reports/{report.name}/").json()
        actions.publish_report(report, publish_on=NOW.date(), public=True, by=None, now=NOW)
        everybody = Client()
        open_page = everybody.get(f"/reports/{report.name}/", HTTP_ACCEPT_LANGUAGE="nb").content.decode()
        open_data = everybody.get(f"/reports/{report.name}/report.json").json()
    said = [plain(words) for words in words_of(found, "nb")]
    assert cells_of_page(page) == said
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
    assert api == in_json
    # What everybody has is the same with small groups held back, and each figure that is shown is the same figure.
    shown_to_all = for_everybody(found)
    assert document_of(open_data) == shown_to_all
    assert cells_of_page(open_page) == [plain(words) for words in words_of(shown_to_all, "nb")]
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
    ("paper", "service-centre", "praise", 45), ("paper", "service-centre", "fault_report", 8),
    ("email", "roads", "request", 56), ("fax", "service-centre", "request", 64), ("paper", "roads", "", 1018),
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
    with erasing():
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
    assert next(iter(cells(first, "by-category"))) == str(roads.pk)
    wishes = sum(
        cells(found, "by-kind").get(kind, [0])[0]
        for found in counted
        for kind in ("request", "suggestion", "fault_report")
    )
    negative = sum(
        cells(found, "by-kind").get(kind, [0])[0] for found in counted for kind in ("complaint", "criticism")
    )
    praise = sum(cells(found, "by-kind").get("praise", [0])[0] for found in counted)
    assert (wishes, negative, praise) == (518, 270, 85)
    assert wishes / 873 > 0.5
    assert 3 < negative / praise < 3.3


# --- What everybody sees ----------------------------------------------------------------------------------------------


def test_small_groups_are_held_back_from_everybody(autumn: Solvik) -> None:
    report = made()
    actions.publish_report(report, publish_on=date(2026, 11, 16), public=True, by=None, now=NOW)
    address = f"/reports/{report.name}/"
    with time_machine.travel(NOW, tick=False):
        client = Client()
        page = client.get(address, HTTP_ACCEPT_LANGUAGE="nb").content.decode()
        found = document_of(json.loads(client.get(f"{address}report.json").content))
        pdf = read(client.get(f"{address}report.pdf", HTTP_ACCEPT_LANGUAGE="nb").content).text
    key = cells(found, "key-figures")
    assert key["cards-received"] == [10, None, None, 0]  # eight, one, none
    assert key["called-back-in-time"][0] is None  # of five
    # One came by mail and one on paper: both joined with the web's six, so nothing is told of any, nor of their sum.
    assert cells(found, "by-channel") == {"all": [None, None, None]}
    assert set(cells(found, "by-unit")) == {"all"}
    for section in found.sections:
        for table in section.tables:
            for row in table.rows:
                for cell in row.cells:
                    assert cell.n is None
                    assert cell.base is None
                    assert cell.shown is None or cell.scale != "count" or int(cell.shown) % 5 == 0, (table.key, row.key)
    assert "88 %" not in plain(page)
    assert "88 %" not in plain(pdf)


def test_public_from_the_day_on_and_withdrawn_with_reason(autumn: Solvik) -> None:
    report = made()
    address = f"/reports/{report.name}/"

    def get(when: Any, path: str = address) -> int:
        with time_machine.travel(when, tick=False):
            return Client().get(path).status_code

    assert get(NOW) == 404  # a draft
    actions.publish_report(report, publish_on=date(2026, 11, 20), public=True, by=None, now=NOW)
    assert get(oslo(2026, 11, 19, 23, 59)) == 404
    assert get(oslo(2026, 11, 20, 0, 1)) == 200
    assert get(oslo(2026, 11, 20, 0, 1), f"{address}report.xlsx") == 200
    later = oslo(2026, 11, 21, 9)
    with pytest.raises(actions.AlreadyOut):
        actions.take_back_report(report, by=None, now=later)
    actions.start_version(report, reason="Et tall var feil", by=None, now=later)
    actions.compute_waiting_reports(now=later)
    assert get(later, f"{address}?version=2") == 404
    actions.publish_report(report, publish_on=date(2026, 11, 21), public=True, by=None, now=later)
    with time_machine.travel(later, tick=False):
        page = Client().get(address).content.decode()
        assert "Et tall var feil" in page
        assert "?version=1" in page
    assert get(later, f"{address}?version=1") == 200
    actions.withdraw_report(report, reason="Kortene var talt dobbelt", by=None, now=later)
    with time_machine.travel(later, tick=False):
        gone = Client().get(address)
    assert gone.status_code == 410
    assert "Kortene var talt dobbelt" in gone.content.decode()
    assert get(later, f"{address}report.pdf") == 404


def test_report_that_is_for_the_staff_is_not_for_everybody(autumn: Solvik) -> None:
    report = made()
    actions.publish_report(report, publish_on=date(2026, 11, 16), public=False, by=None, now=NOW)
    with time_machine.travel(NOW, tick=False):
        assert Client().get(f"/reports/{report.name}/").status_code == 404
        assert report.name not in Client().get("/reports/").content.decode()


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_who_reads_and_who_makes(autumn: Solvik) -> None:
    unit = Asked(Kind.UNIT, Q3, autumn.roads.code)
    for asked in (CARDS, unit):
        actions.publish_report(made(asked), publish_on=date(2026, 11, 16), public=False, by=None, now=NOW)
    draft = made(Asked(Kind.UNIT, Q3, autumn.water.code))
    both = {CARDS.name, unit.name}

    def seen(person: Any) -> set[str]:
        client = Client()
        client.force_login(person)
        page = client.get("/staff/reports/").content.decode()
        return set(re.findall(r"/staff/reports/((?:cards|unit)-[^/]+)/", page))

    with time_machine.travel(NOW, tick=False):
        assert seen(autumn.administrator) == {*both, draft.name}
        assert seen(autumn.chief) == both
        assert seen(autumn.roads_leader) == both
        assert seen(autumn.water_leader) == {CARDS.name}
        client = Client()
        client.force_login(autumn.handler)
        assert client.get("/staff/reports/").status_code == 403
        client.force_login(autumn.water_leader)
        assert client.get(f"/staff/reports/{unit.name}/").status_code == 404
        assert client.get(f"/staff/reports/{unit.name}/report.json").status_code == 404
        assert client.get(f"/staff/reports/{draft.name}/").status_code == 404  # the own, and not published yet
        client.force_login(autumn.chief)
        for step in ("texts", "publish", "new-version", "withdraw"):
            assert client.get(f"/staff/reports/{CARDS.name}/{step}/").status_code == 403
        for step in ("compute", "take-back", "throw-away"):
            assert client.post(f"/staff/reports/{CARDS.name}/{step}/").status_code == 403
        assert client.post("/staff/reports/new/", {"kind": "cards", "period": "2026-Q2"}).status_code == 403
    with pytest.raises(NotAllowed):
        actions.make_report(Asked(Kind.ANNUAL, Period(2025)), by=autumn.chief, now=NOW)
    assert Report.objects.count() == 3


# --- Making, writing, refusing ----------------------------------------------------------------------------------------


@pytest.fixture
def keeper(autumn: Solvik) -> Client:
    """Who keeps the figures, signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(autumn.administrator)
    return client


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a kind of report."),
        ({"kind": "cards", "period": "2031"}, "Select a valid choice"),
        ({"kind": "unit", "period": "2026-Q3"}, "Choose the unit or sector"),
        ({"kind": "annual", "period": "2026-Q3"}, "Choose a year."),
        ({"kind": "annual", "period": "2025", "what": "unit-roads"}, "of the whole municipality"),
        ({"kind": "unit", "period": "2026-Q3", "what": "unit-nowhere"}, "There is no such unit"),
        ({"kind": "cards", "period": "2026-Q2"}, "There is such a report already"),
    ],
)
def test_new_report_is_refused_with_a_sentence(keeper: Client, sent: dict[str, str], sentence: str) -> None:
    actions.make_report(Asked(Kind.CARDS, Period(2026, Every.QUARTER, 2)), by=None, now=NOW)
    with time_machine.travel(NOW, tick=False):
        response = keeper.post("/staff/reports/new/", sent)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Report.objects.count() == 1


def test_texts_are_kept_and_two_who_write_at_once_lose_nothing(keeper: Client, autumn: Solvik) -> None:
    report = made()
    address = f"/staff/reports/{report.name}/texts/"
    mine = {"seen": "0", "summary__nb": "Første\r\n\r\nAndre", "kinds__nn": "Nynorsk <b>"}
    with time_machine.travel(NOW, tick=False):
        assert keeper.post(address, mine).status_code == 302
        late = keeper.post(address, {"seen": "0", "summary__nb": "Min egen", "kinds__nn": "Nynorsk <b>"})
        page = late.content.decode()
        assert late.status_code == 422
        assert "Somebody else has saved the texts" in page
        assert "Min egen" in page
        assert "Saved by somebody else: «Første" in page
        assert 'name="seen" value="1"' in page
        too_long = keeper.post(address, {"seen": "1", "summary__nb": "x" * 6001})
        assert too_long.status_code == 422
        assert "x" * 6001 in too_long.content.decode()
        read_it = keeper.get(f"/staff/reports/{report.name}/", headers={"accept-language": "nb"}).content.decode()
    assert read_it.count("Første") == 1
    assert "Nynorsk &lt;b&gt;" in read_it  # nynorsk stands in for bokmål
    actions.compute_again(report, by=None, now=NOW)
    with pytest.raises(actions.BeingComputed):
        actions.compute_again(report, by=None, now=NOW)
    with pytest.raises(actions.FiguresMissing):
        actions.publish_report(report, publish_on=date(2026, 11, 16), public=False, by=None, now=NOW)
    assert "A worker computes the figures." in keeper.get(f"/staff/reports/{report.name}/").content.decode()
    actions.compute_waiting_reports(now=NOW)
    version = report.versions.get()
    assert version.texts == {SUMMARY: {"nb": "Første\r\n\r\nAndre"}, "kinds": {"nn": "Nynorsk <b>"}}
    assert version.code_version == "0.1.0"


def test_publishing_is_refused_with_a_sentence(keeper: Client, autumn: Solvik) -> None:
    report = made()
    address = f"/staff/reports/{report.name}/publish/"
    with time_machine.travel(NOW, tick=False):
        for day, sentence in (("", "Choose the day."), ("2026-11-15", "The day is past."), ("2028-01-01", "more than a year"),
                              ("soon", "Write the day as")):  # fmt: skip
            response = keeper.post(address, {"publish_on": day, "public": "on"})
            assert (response.status_code, sentence in response.content.decode()) == (422, True)
        assert report.versions.get().is_draft
        assert keeper.post(address, {"publish_on": "2026-11-16"}).status_code == 302
        empty = keeper.post(f"/staff/reports/{report.name}/new-version/", {"reason": " "})
        assert (empty.status_code, "Write why." in empty.content.decode()) == (422, True)
        assert keeper.post(f"/staff/reports/{report.name}/new-version/", {"reason": "Rettet"}).status_code == 302
        with pytest.raises(actions.DraftThere):
            actions.start_version(report, reason="Igjen", by=None, now=NOW)
        assert keeper.post(f"/staff/reports/{report.name}/throw-away/").status_code == 302
    assert [version.number for version in report.versions.all()] == [1]
    with pytest.raises(actions.NoReportDraft):
        actions.throw_report_draft_away(report, by=None, now=NOW)


def test_database_lets_no_half_version_in(autumn: Solvik) -> None:
    from django.db import IntegrityError, transaction

    report = actions.make_report(CARDS, by=None, now=NOW)
    for wrong in (
        {"number": 1, "made_at": NOW},
        {"number": 2, "made_at": NOW},
        {"number": 3, "made_at": NOW, "state": "published"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportVersion.objects.create(report=report, **wrong)


# --- By itself --------------------------------------------------------------------------------------------------------


def test_reports_are_made_by_themselves_and_the_adviser_is_told(autumn: Solvik) -> None:
    adviser = PersonFactory(language="nb")
    RoleFactory(person=adviser, role=Role.QUALITY_ADVISER)
    assert actions.make_due_reports(now=oslo(2026, 10, 2, 23)) == []
    assert [each.name for each in actions.make_due_reports(now=oslo(2026, 10, 3, 6))] == ["cards-2026-q3"]
    assert actions.make_due_reports(now=oslo(2026, 10, 3, 6)) == []
    before = len(mails())
    assert actions.compute_waiting_reports(now=oslo(2026, 10, 3, 6)) == 1
    assert mails()[before:] == [("report_draft", adviser.email)]
    assert actions.compute_waiting_reports(now=oslo(2026, 10, 3, 7)) == 0
    january = {each.name for each in actions.make_due_reports(now=oslo(2027, 1, 3, 6))}
    assert january == {"cards-2026-q4", "annual-2026"}
    assert actions.make_due_reports(now=oslo(2027, 3, 3, 6)) == []


# --- The other kinds, names, and what it costs ------------------------------------------------------------------------


def test_each_kind_of_report_can_be_made(autumn: Solvik) -> None:
    from reporting.actions.assessments import Judged, record_assessment
    from reporting.assessment_versions import versions
    from tests.reporting.scorecards import a_scorecard_with_figures

    row = a_scorecard_with_figures(NOW)
    scorecard = row.factor.goal.scorecard
    form = versions()["kommunekompasset-2010"]
    areas = [area.key for area in form.areas]
    for year, points in ((2023, 50), (2025, 60)):
        record_assessment(
            Judged(version=form.key, year=year, kind="external", points=dict.fromkeys(areas, points), source="KS"),
            by=None, now=NOW, this_year=2026,
        )  # fmt: skip
    unit = document(made(Asked(Kind.UNIT, Q3, "roads")))
    assert cells(unit, "key-figures")["cards-received"][0] == 4
    assert cells(unit, "late-now")["late"] == [0]
    assert cells(unit, "by-category")["all"][0] == 4
    annual = document(made(Asked(Kind.ANNUAL, Period(2025))))
    assert [section.key for section in annual.sections][-2:] == [f"scorecard-{scorecard.key}", "assessment"]
    assert cells(annual, "areas")["total"] == [480, 400, 80]
    card = document(made(Asked(Kind.SCORECARD, Period(2026), scorecard.key)))
    (goal,) = card.sections[0].tables
    assert goal.rows[0].cells[-1].said("nb") == "Ønsket"
    assert [cell.said("nb") for cell in goal.rows[0].cells[1:4]] == ["Ikke målt", "4,7", "–"]
    assessment = document(made(Asked(Kind.ASSESSMENT, Period(2025), f"{form.key}-external")))
    assert cells(assessment, "totals") == {"2023-external": [400, None], "2025-external": [480, None]}
    client = Client()
    client.force_login(autumn.administrator)
    for report in Report.objects.all():
        assert client.get(f"/staff/reports/{report.name}/").status_code == 200
        for kind in ("pdf", "xlsx", "json"):
            assert client.get(f"/staff/reports/{report.name}/report.{kind}").status_code == 200


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("cards-2026-q3", CARDS),
        ("cards-2025", Asked(Kind.CARDS, Period(2025))),
        ("unit-VEI-2026-Q3", Asked(Kind.UNIT, Q3, "VEI")),
        ("unit-vei-2-2026-q3", Asked(Kind.UNIT, Q3, "vei-2")),
        ("annual-2025", Asked(Kind.ANNUAL, Period(2025))),
        ("scorecard-solvik-2026", Asked(Kind.SCORECARD, Period(2026), "solvik")),
        ("annual-2025-q1", None), ("unit-2025", None), ("cards-vei-2025", None), ("cards-20225", None), ("soup-2025", None),
        ("scorecard-solvik-2026-q1", None), ("cards-2031", None), ("", None),
    ],
)  # fmt: skip
def test_names_of_reports(name: str, asked: Asked | None) -> None:
    assert read_name(name, last_year=2026) == asked
    if asked is not None:
        assert asked.name == name.replace("Q", "q")


@pytest.mark.parametrize("name", ["nonsense", "cards-2027-q1", "unit-nowhere-2026-q3"])
def test_command_refuses_with_a_sentence(autumn: Solvik, name: str) -> None:
    with time_machine.travel(NOW, tick=False), pytest.raises(CommandError):
        call_command("report", name, "--json")


def test_report_costs_the_same_queries_however_much_there_is(autumn: Solvik) -> None:
    def queries() -> int:
        of = OfWhat(CARDS)
        with CaptureQueriesContext(
            connection,
        ) as found:
            build(scope_asked(CARDS, of, autumn.municipality, NOW))
        return len(found)

    before = queries()
    many_cards(3, now=oslo(2026, 8, 4, 9), unit=autumn.water, category=CategoryFactory(), kind="praise")
    assert queries() == before == 18


def test_pages_cost_the_same_queries_however_many_there_are(keeper: Client, autumn: Solvik) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert keeper.get(path).status_code == 200
        return len(found)

    with time_machine.travel(NOW, tick=False):
        made()
        one = queries("/staff/reports/"), queries(f"/staff/reports/{CARDS.name}/")
        made(Asked(Kind.UNIT, Q3, "roads"))
        made(Asked(Kind.ANNUAL, Period(2025)))
        assert (queries("/staff/reports/"), queries(f"/staff/reports/{CARDS.name}/")) == one


def test_groups_that_are_held_back_stand_together() -> None:
    """Sectors among sectors, units within theirs; each number of messages is a whole number of fives, and none is single."""

    def row(key: str, count: int, level: int = 0, **more: Any) -> Row:
        cells = (number(count), share(count, 112), Cell(D("4.5"), "1-6", 1, n=count))
        return Row(alike(key), cells, level, key, **more)

    rows = (
        row("a", 60), row("a1", 31, 1), row("a2", 26, 1), row("a3", 3, 1), row("b", 41), row("b1", 41, 1),
        row("c", 8), row("c1", 8, 1), row("d", 3), row("d1", 3, 1), row("all", 112, is_total=True),
    )  # fmt: skip
    table = Table("t", {}, {}, ({}, {}, {}), rows, guard=Guard.GROUPS)
    whole = Document(
        "n", "cards", {}, "2026", NOW.date(), NOW.date(), NOW.date(), {}, NOW, (Section("s", {}, (table,)),)
    )
    assert cells(for_everybody(whole), "t") == {
        "a": [60, 54, 4.5], "a1": [30, 28, 4.5], "b": [40, 37, 4.5], "b1": [40, 37, 4.5],
        "others": [10, None, None],  # c and d together: eleven
        "all": [110, 100, 4.5],
    }  # fmt: skip
    shown = [(each.key, each.level) for each in for_everybody(whole).sections[0].tables[0].rows]
    assert shown == [("a", 0), ("a1", 1), ("others", 1), ("b", 0), ("b1", 1), ("others", 0), ("all", 0)]


def test_one_figure_is_the_same_on_screen_in_pdf_spreadsheet_api_and_open_data(autumn: Solvik) -> None:
    """The results of a scorecard, as each of the five shows them: 4.1, not measured, and 4.7 (which was 4.4 before)."""
    row = a_scorecard_with_figures(NOW)
    indicator, card = row.indicator, row.factor.goal.scorecard
    indicator.is_public = True
    indicator.save()
    expected = {"2023": 4.1, "2024": None, "2025": 4.7}
    report = made(Asked(Kind.SCORECARD, Period(2025), card.key))
    client, everybody = Client(), Client()
    client.force_login(autumn.administrator)
    with time_machine.travel(NOW, tick=False):
        page = client.get(f"/staff/scorecards/{card.key}/?first=2023&last=2025", HTTP_ACCEPT_LANGUAGE="nb")
        pdf = client.get(f"/staff/reports/{report.name}/report.pdf", HTTP_ACCEPT_LANGUAGE="nb").content
        xlsx = client.get(f"/staff/reports/{report.name}/report.xlsx", HTTP_ACCEPT_LANGUAGE="nb").content
        api = client.get(f"/api/v1/scorecards/{card.key}/?first=2023&last=2025").json()
        values = client.get(f"/api/v1/values/?indicator={indicator.key}&every=year").json()["results"]
        opened = everybody.get("/open-data/benchmarks.json").json()["indicators"]
        table = everybody.get("/open-data/benchmarks.csv").content.decode("utf-8-sig")
    (line,) = page.context["table"].lines()
    assert {str(cell.year): None if cell.value is None else float(cell.value) for cell in line.cells} == expected
    assert ["4,1" in page.content.decode(), "4,7" in page.content.decode()] == [True, True]
    assert api["goals"][0]["rows"][0]["results"] == expected
    assert {one["period"]: one["shown"] for one in values} == expected
    assert [{one["period"]: one["value"] for one in each["values"]} for each in opened] == [expected]
    in_table = {each["period"]: each["value"] for each in csv.DictReader(io.StringIO(table))}
    assert in_table == {"2023": "4.1", "2024": "", "2025": "4.7"}
    text = plain(read(pdf).text)
    assert "4,1" in text
    assert "4,7" in text
    assert "4,4" not in text.replace("4,2–4,5", "")
    with zipfile.ZipFile(io.BytesIO(xlsx)) as book:
        numbers = [
            number for name in book.namelist() if "worksheets/sheet" in name for number in numbers_in(book.read(name))
        ]
    assert {4.1, 4.7} <= set(numbers)
    assert 4.4 not in numbers
