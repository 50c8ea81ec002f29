"""From another house's answer to figures: fetched or from a file, all or nothing, and a second time changes nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from organisation.errors import NotAllowed
from organisation.models import Change, Municipality
from organisation.outgoing import CannotReach, Limits
from reporting.actions.feeds import (
    NeedsIndicator,
    NeedsNumber,
    NoMunicipalities,
    ask_for_fetch,
    delete_old_answers,
    save_feed,
)
from reporting.feeding import fetch_what_is_due, read_upload, run_feed
from reporting.fetching import Fetcher
from reporting.models import Elsewhere, Feed, Fetched, Indicator, Value
from reporting.queries import due_feeds
from reporting.sources.documents import read_document
from reporting.taking import OurOwn, take_document, take_places
from tests.factories import Solvik, oslo
from tests.reporting.houses import CHANGES, KLASS, SWEDEN, document, kolada, table
from tests.reporting.loopback import House, Says, another_house
from tests.reporting.scorecards import an_indicator
from tests.reporting.test_sources import measured

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)
D = Decimal


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def house(settings: Any) -> Iterator[House]:
    with another_house() as made:
        settings.KOLADA_URL, settings.SSB_URL, settings.KLASS_URL = (
            made.url + part for part in ("/v3", "/no/table", "/131")
        )
        yield made


FETCHER = Fetcher("Innspill", allow_private=True, limits=Limits(read=1, tries=2, pause=0), sleep=lambda _seconds: None)


@pytest.fixture
def share(solvik: Solvik) -> Indicator:
    take_places([KLASS], by=None, now=NOW)
    take_places([SWEDEN], by=None, now=NOW)
    return an_indicator("Andel", "percent", key="share")


def run(feed: Feed, **more: Any) -> Fetched:
    return run_feed(feed, FETCHER, by=None, now=NOW, this_year=2026, **more)


def a_feed(indicator: Indicator | None, kind: str = "kolada", external: str = "N1", **more: Any) -> Feed:
    return save_feed(None, {"kind": kind, "external": external, "indicator": indicator} | more, by=None, now=NOW)


def stored() -> list[tuple[Any, ...]]:
    rows = Value.objects.filter(replaced_at=None, elsewhere__isnull=False).order_by("elsewhere__code", "year")
    return list(rows.values_list("elsewhere__code", "year", "value", "source", "how"))


def test_kolada_is_fetched_page_by_page_and_only_once(house: House, share: Indicator) -> None:
    path = "/v3/data/kpi/N1/municipality/9801,0000/year/2025,2026"
    second = f"{house.url}/v3/data/page2"
    house.says(path, Says(status=500), kolada(("N1", "9801", 2025, 10.5), next_address=second))
    house.says("/v3/data/page2", kolada(("N1", "0000", 2025, None)))
    feed = a_feed(share, municipalities="9801 0000", years=2)
    first = run(feed)
    assert (first.outcome, first.new, first.problems) == ("taken", 2, [])
    assert house.paths() == [path, path, "/v3/data/page2"]
    source = "Kolada (RKA), N1"
    assert stored() == [
        ("0000", 2025, None, source, "imported"), ("9801", 2025, D("10.5"), source, "imported"),
    ]  # fmt: skip
    again = run(feed)
    assert (again.outcome, again.new, again.changed, again.same, Value.objects.count()) == ("same", 0, 0, 2, 2)
    assert again.sha256 == first.sha256
    archive = zipfile.ZipFile(io.BytesIO(bytes(first.content or b"")))
    assert archive.read("page-2") == kolada(("N1", "0000", 2025, None))
    house.says("/v3/data/page2", kolada(("N1", "0000", 2025, 11)))
    assert run(feed).changed == 1
    assert Value.objects.filter(replaced_at__isnull=False).count() == 1


def test_ssb_is_asked_by_query_and_our_own_number_is_us(house: House, share: Indicator) -> None:
    Municipality.objects.update(number="9102")
    house.says("/no/table/07459", table([10, 20, None, 40], status={"2": ".."}))
    feed = a_feed(share, "ssb", "07459", municipalities="9101 9102", years=2)
    assert run(feed).new == 4
    assert b'"json-stat2"' in house.asked[0][3]
    assert b'"values": ["9101", "9102"]' in house.asked[0][3]
    ours = Value.objects.filter(elsewhere=None).order_by("year").values_list("year", "value", "source")
    assert list(ours) == [(2024, None, "SSB, 07459"), (2025, D(40), "SSB, 07459")]


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        (Says(b"<html>"), "refused"), (Says(b'{"values": ['), "refused"), (Says(status=404), "unreachable"),
        (Says(kolada(("N1", "9801", 2025, 101))), "refused"), (Says(kolada(("N1", "7777", 2025, 1))), "refused"),
        (Says(kolada(("N1", "9801", 20225, 1), ("N1", "9801", 2024, 1))), "refused"), (Says(kolada()), "refused"),
        (Says(kolada(("N1", "9801", 2025, 1), ("N1", "9801", 2025, 2))), "refused"),
        (Says(kolada(("N1", "9801", 2025, 1), next_address="https://10.0.0.1/v3/x")), "unreachable"),
        (Says(kolada(("N1", "9801", 2025, 1)), cut=9), "unreachable"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_cannot_be_taken_leaves_nothing_but_its_story(
    house: House, share: Indicator, says: Says, outcome: str
) -> None:
    house.says("/v3/data/kpi/N1/year/2026", says)
    done = run(a_feed(share, years=1))
    assert (done.outcome, done.is_well) == (outcome, False)
    assert done.sentence
    assert not Value.objects.exists()
    assert Fetched.objects.count() == 1


def test_a_list_of_municipalities_with_merged_ones(solvik: Solvik, house: House) -> None:
    known = Elsewhere.objects.create(country="NO", code="nordvik", name="Nordvik")  # known by name, from an assessment
    house.says("/131/codesAt.json", KLASS)
    house.says("/131/changes.json", CHANGES)
    feed = save_feed(None, {"kind": "norway"}, by=None, now=NOW)
    assert run(feed).outcome == "taken"
    known.refresh_from_db()
    gran = Elsewhere.objects.get(code="9185")
    assert (known.code, str(gran.until), gran.became) == ("9101", "2019-12-31", known)
    assert run(feed).outcome == "same"
    service = an_indicator("Service", key="service")
    text = "indicator;year;value;municipality\nservice;2018;4,1;9185\nservice;2021;4,2;9185\nservice;2021;4,3;nordvik\n"
    report = upload(text.encode(), None)
    assert [(one.line, one.code) for one in report.problems] == [(3, "number_ended")]
    assert "9101 Nordvik" in report.problems[0].sentence
    assert upload(text.replace("2021;4,2", "2019;4,2").encode(), None).new == 3
    assert {value.elsewhere for value in service.values.all()} == {gran, known}


def upload(content: bytes, indicator: Indicator | None, *, mapping: str = "", dry_run: bool = False) -> Any:
    return read_upload(
        content, indicator=indicator, source="", mapping=mapping, by=None, now=NOW, this_year=2026, dry_run=dry_run
    )  # fmt: skip


def test_whatever_is_chosen_is_known_for_what_it_is(share: Indicator) -> None:
    answer = kolada(("N1", "9801", 2025, 10.5))
    assert (upload(answer, share, dry_run=True).preview[0].value, Value.objects.count()) == (D("10.5"), 0)
    assert upload(answer, share).new == 1
    assert upload(table([1, 2, 3, 4]), share).new == 4
    assert upload(KLASS, None).of_places
    assert upload(document(measured(value=44), key="share", scale="percent"), None).changed == 1
    with pytest.raises(NeedsIndicator):
        upload(answer, None)
    for content in (b'{"other": 1}', b'{"values": [', b"<html>", table([1] * 8, measures=("A", "B"))):
        with pytest.raises(Exception, match=r"\.$"):
            upload(content, share)


WIDE = """
source = "KOSTRA"
[columns]
indicator = "Tall"
municipality = "Kommune"
[indicators]
"Andel av alt" = "share"
[wide]
columns = "year"
take = { "2023" = "2023", "i fjor" = "2025" }
"""


def test_a_csv_file_by_mapping_wide_and_long(share: Indicator) -> None:
    wide = "Tall;Kommune;2023;I fjor;Merknad\nAndel av alt;9101;10;11,5;x\nAndel av alt;Fjelldal;–;;y\n"
    report = upload(wide.encode("cp1252"), None, mapping=WIDE)
    assert (report.new, report.problems) == (3, [])
    assert stored() == [
        ("9101", 2023, D(10), "KOSTRA", "imported"), ("9101", 2025, D("11.5"), "KOSTRA", "imported"),
        ("9102", 2023, None, "KOSTRA", "imported"),
    ]  # fmt: skip
    long = (
        '[columns]\nindicator = { value = "share" }\nyear = "År"\nvalue = "Tall"\nmunicipality = "Nr"\nn = "Antall"\n'
    )
    assert upload("År;Tall;Nr;Antall\n2022;9;9101;120\n".encode(), None, mapping=long).new == 1
    bad = upload("År;Tall;Nr;Antall\n2022;101;9101;\n20225;9;9101;\n2022;9;8888;\n2022\n".encode(), None, mapping=long)
    assert [(one.line, one.code) for one in bad.problems] == [
        (2, "outside_scale"), (3, "impossible_year"), (4, "unknown_municipality"), (5, "torn_row"),
    ]  # fmt: skip
    for mapping in (
        "[columns", "[columns]\nyear = 'År'", long.replace("Nr", "Ukjent"), long + "[other]\na = 1",
        WIDE.replace('"year"', '"n"'),
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"\.$"):
            upload("År;Tall;Nr;Antall\n2022;9;9101;120\n".encode(), None, mapping=mapping)


def test_our_own_document_and_another_scale_are_refused(share: Indicator) -> None:
    def take(content: bytes) -> Any:
        return take_document(read_document(content, last_year=2026), by=None, now=NOW, this_year=2026)

    Municipality.objects.update(number="3999")
    with pytest.raises(OurOwn):
        take(document(measured(), number="3999"))
    assert [one.code for one in take(document(measured(), key="share")).problems] == ["wrong_scale"]
    before = Elsewhere.objects.count()
    take(document(measured(value=4.2), key="share", number="9555"))
    assert Elsewhere.objects.count() == before  # nothing half done: a municipality of a refused document is not there
    assert take(document(measured(), key="unknown", scale="1-6")).left_out == {"unknown": 1}


def test_what_others_have_of_what_we_compute_is_taken_and_not_logged(solvik: Solvik) -> None:
    from reporting.actions.indicators import know_our_indicators

    know_our_indicators(now=NOW)
    logged = Change.objects.count()
    content = document(measured(value=91), key="called-back-in-time", scale="percent")
    take_document(read_document(content, last_year=2026), by=None, now=NOW, this_year=2026)
    value = Value.objects.get()
    assert (value.indicator.key, value.value, value.how) == ("called-back-in-time", 91, "imported")
    assert Change.objects.count() == logged


def test_a_source_says_what_it_lacks(share: Indicator, solvik: Solvik) -> None:
    for refusal, values in (
        (NeedsIndicator, {"kind": "kolada", "external": "N1"}), (NeedsNumber, {"kind": "ssb", "indicator": share}),
        (NeedsNumber, {"kind": "ssb", "indicator": share, "external": "../../x"}),
        (NoMunicipalities, {"kind": "kolada", "external": "N1", "indicator": share, "municipalities": "9801 98/../1"}),
        (CannotReach, {"kind": "innspill", "external": "file:///etc/passwd"}),
    ):  # fmt: skip
        with pytest.raises(refusal):
            save_feed(None, values, by=None, now=NOW)
    with pytest.raises(NotAllowed):
        save_feed(None, {"kind": "norway"}, by=solvik.clerk, now=NOW)


def test_what_is_due_and_what_is_asked_for_is_fetched_once(house: House, share: Indicator) -> None:
    house.says("/v3/data/kpi/N1/year/2026", kolada(("N1", "9801", 2025, 1)))
    feed = a_feed(share, years=1)
    a_feed(share, external="N2", rhythm="asked")
    assert fetch_what_is_due(FETCHER, now=NOW, this_year=2026, by_schedule=False) == []
    ask_for_fetch(feed, by=None, now=NOW)
    ask_for_fetch(feed, by=None, now=NOW)
    assert len(fetch_what_is_due(FETCHER, now=NOW, this_year=2026, by_schedule=True)) == 1
    assert due_feeds(NOW + timedelta(days=27)) == []
    later = NOW + timedelta(days=28)
    assert due_feeds(later) == [feed]
    assert len(fetch_what_is_due(FETCHER, now=later, this_year=2026, by_schedule=True)) == 1
    assert delete_old_answers(now=later + timedelta(days=400), days=380) == 1  # of each source the latest stays
    assert Fetched.objects.get().at == later


def test_the_commands(house: House, share: Indicator, tmp_path: Path, settings: Any) -> None:
    settings.FETCH_FROM_PRIVATE_ADDRESSES = True
    out = StringIO()
    with pytest.raises(CommandError, match="no such source"):
        call_command("fetch_figures", "kolada", stdout=out)
    a_feed(share, years=1)
    file = tmp_path / "answer.json"
    file.write_bytes(kolada(("N1", "9801", 2025, 1)))
    call_command("fetch_figures", "kolada", "--number", "N1", "--file", str(file), stdout=out)
    assert "1 new figures, 0 changed, 0 as they were." in out.getvalue()
    file.write_bytes(kolada(("N1", "9801", 20225, 1)))
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("fetch_figures", "kolada", "--file", str(file), stdout=out)
    assert "entry 1 (N1 9801 20225): «20225» is no year" in out.getvalue()
    house.says("/131/codesAt.json", KLASS)
    house.says("/131/changes.json", CHANGES)
    call_command("fetch_municipalities", "norway", stdout=out)
    assert Elsewhere.objects.filter(code="9185").exists()
    house.says("/open-data/benchmarks.json", document(measured(value=44), key="share", scale="percent"))
    call_command("import_benchmarks", f"{house.url}/open-data/benchmarks.json", stdout=out)
    assert Value.objects.filter(elsewhere__code="9101", value=44).exists()
    settings.FETCH_FROM_PRIVATE_ADDRESSES = False
    with pytest.raises(CommandError, match="no address"):
        call_command("import_benchmarks", f"{house.url}/open-data/benchmarks.json", stdout=out)
    file.write_bytes(document(measured(20225), key="share", scale="percent"))
    with pytest.raises(CommandError, match="indicator 1: «20225» is no year"):
        call_command("import_benchmarks", str(file), stdout=out)
