"""Values from a CSV file: each bad line has its sentence, nothing is half imported, a second import changes nothing."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from organisation.errors import NotAllowed
from reporting.actions.indicators import create_indicator, know_our_indicators
from reporting.importing import UnreadableFile, ValueReport, import_values
from reporting.models import Indicator, Value
from tests.factories import Solvik, oslo

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)


@pytest.fixture
def indicator(solvik: Solvik) -> Indicator:
    know_our_indicators(now=NOW)
    return create_indicator(
        names={"nb": "Opplevd service"}, scale="1-6", direction="higher", perspective="users", key="service", by=None,
        now=NOW,
    )  # fmt: skip


def read(text: str | bytes, by: object = None, dry_run: bool = False) -> ValueReport:
    content = text if isinstance(text, bytes) else text.encode()
    return import_values(content, by=by, now=NOW, this_year=2026, dry_run=dry_run)  # type: ignore[arg-type]


def test_values_are_read_and_a_second_import_changes_nothing(indicator: Indicator, solvik: Solvik) -> None:
    text = (
        "Indikator;År;Verdi;Enhet;n;Feilmargin;Kilde;Dato\n"
        "service;2024;4,6;;212;0,2;Brukerundersøkelse;31.10.2024\n"
        "service;2024;4,1;ROADS;;;;\n"
        "service;2025;Ikke målt;;;;;\n"
        "website-visits;2025-Q3;1 018 671;;;;;\n"
    )
    assert (read(text, dry_run=True).new, Value.objects.count()) == (0, 0)
    report = read(text, solvik.administrator)
    assert (report.rows, report.new, report.changed, report.problems) == (4, 4, 0, [])
    assert list(
        Value.objects.order_by("id").values_list("year", "every", "number", "standing", "value", "unit", "n", "how")
    ) == [
        (2024, "year", 0, "measured", Decimal("4.6"), None, 212, "imported"),
        (2024, "year", 0, "measured", Decimal("4.1"), solvik.roads.pk, None, "imported"),
        (2025, "year", 0, "not_measured", None, None, None, "imported"),
        (2025, "quarter", 3, "measured", Decimal(1018671), None, None, "imported"),
    ]
    again = read(text, solvik.administrator)
    assert (again.new, again.changed, Value.objects.count()) == (0, 0, 4)
    mended = read(text.replace("4,6", "4,7"), solvik.administrator)
    assert (mended.new, mended.changed, Value.objects.count()) == (0, 1, 5)


def test_each_bad_line_has_its_sentence_and_nothing_is_written(indicator: Indicator, solvik: Solvik) -> None:
    report = read(
        "indicator,year,value,unit,n,margin,date\n"
        "service,2024,4.6,,,,\n"
        "service,20225,4.6,,,,\n"
        "service,2027,4.6,,,,\n"
        "service,2023,6.1,,,,\n"
        "service,2022,good,,,,\n"
        "service,2021,,,,,\n"
        "nothing,2024,4.6,,,,\n"
        "reached,2024,50,,,,\n"
        "service,2020,4.6,nowhere,,,\n"
        "service,2019,4.6,,2.5,,\n"
        "service,2018,4.6,,,-1,\n"
        "service,2017,4.6,,,,31.02.2017\n"
        "service,2024,4.6,,,,\n"
        "service,2016,4.6\n"
    )  # fmt: skip
    assert [(problem.line, problem.code) for problem in report.problems] == [
        (3, "impossible_year"), (4, "impossible_year"), (5, "outside_scale"), (6, "no_number"), (7, "value_missing"),
        (8, "unknown_indicator"), (9, "computed"), (10, "unknown_unit"), (11, "no_count"), (12, "negative_margin"),
        (13, "no_date"), (14, "duplicate"), (15, "torn_row"),
    ]  # fmt: skip
    assert "20225" in report.problems[0].sentence
    assert [problem for problem in report.problems if not problem.sentence.endswith(".")] == []
    assert not Value.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"  \n", b"indicator,year,value\n", b"indicator,year\nservice,2024\n", b"\x00\x01\x02",
        b"<!doctype html><html>", b'{"value": 1}', b"indicator,year,value,colour\nservice,2024,4,red\n",
        b"indicator,key,year,value\nservice,service,2024,4\n", b"x" * (2 * 1024 * 1024 + 1),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(indicator: Indicator, content: bytes) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(content)
    assert str(caught.value).endswith(".")


def test_files_from_old_spreadsheets_and_who_may(indicator: Indicator, solvik: Solvik) -> None:
    assert read("indikator;år;verdi\nservice;2024;4,6\n".encode("cp1252")).new == 1
    with pytest.raises(NotAllowed):
        read("indicator,year,value\nservice,2023,4.6\n", solvik.clerk)


def test_the_command(indicator: Indicator, tmp_path: Path) -> None:
    file = tmp_path / "values.csv"
    file.write_text("indicator,year,value\nservice,2024,4.6\nservice,20225,4.6\n")
    with pytest.raises(CommandError, match="line 3: «20225» is no year"):
        call_command("import_values", str(file), stdout=StringIO())
    file.write_text("indicator,year,value\nservice,2024,4.6\n")
    out = StringIO()
    call_command("import_values", str(file), "--source", "KS", stdout=out)
    assert "1 new figures, 0 changed, 0 as they were." in out.getvalue()
    assert Value.objects.get().source == "KS"
    with pytest.raises(CommandError):
        call_command("import_values", str(tmp_path / "none.csv"), stdout=StringIO())
