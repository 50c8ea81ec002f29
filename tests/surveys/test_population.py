"""A register is read in whole or not at all, with a sentence for each line that is wrong."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from organisation.errors import NotAllowed
from surveys.importing.population import NameTaken, Report, UnreadableFile, import_population
from surveys.models import Population, Resident
from tests.factories import MONDAY, Solvik
from tests.surveys.samples import register_rows

pytestmark = pytest.mark.django_db

HEADER = "id;navn;adresse;fødselsår;kjønn;bydel;e-post;telefon;språk;reservasjon"


def read(*rows: str, header: str = HEADER, encoding: str = "utf-8", **options: object) -> Report:
    content = "\r\n".join([header, *rows]).encode(encoding)
    with translation.override("en"):
        return import_population(content, name="Register", by=None, now=MONDAY, **options)  # type: ignore[arg-type]


def test_every_column_is_read(solvik: Solvik) -> None:
    report = read("7;Åse Ørjasæter;Storgata 1;1980;K;Nord;ase@example.test;99 88 77 66;nynorsk;nei")
    assert report.was_read
    person = Resident.objects.get()
    assert (person.number, person.name, person.address, person.birth_year) == ("7", "Åse Ørjasæter", "Storgata 1", 1980)
    assert (person.gender, person.district, person.email) == ("female", "Nord", "ase@example.test")
    assert (person.phone, person.language, person.reserved) == ("99 88 77 66", "nn", False)
    assert Population.objects.get().size == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings_are_told_apart(solvik: Solvik, encoding: str) -> None:
    assert read("1;Åse Ærlig;;;;Øya;;;;", encoding=encoding).was_read
    assert Resident.objects.get().district == "Øya"


def test_english_names_commas_and_another_order_do_as_well(solvik: Solvik) -> None:
    report = read('"Ås, Kari",1,yes,42,en,1975,f', header="Name,ID,Reservation,Shoe size,Language,Birth year,Gender")
    assert report.ignored == ["Shoe size"]
    person = Resident.objects.get()
    assert (person.name, person.number, person.reserved, person.language) == ("Ås, Kari", "1", True, "en")
    assert (person.birth_year, person.gender) == (1975, "female")


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        (";Kari;;;;;;;;", "number_missing", "The id is missing."),
        ("2;;;;;;;;;", "name_missing", "The name is missing."),
        ("1;Ola;;;;;;;;", "duplicate", "The id 1 stands on line 2 already."),
        ("2;Ola;;2031;;;;;;", "impossible_birth_year", "«2031» cannot be a year of birth."),
        ("2;Ola;;1880;;;;;;", "impossible_birth_year", "«1880» cannot be a year of birth."),
        ("2;Ola;;80;;;;;;", "impossible_birth_year", "four digits from 1906 to 2026"),
        ("2;Ola;;;q;;;;;", "unknown_gender", "«q» is no gender we know."),
        ("2;Ola;;;;;ola@;;;", "impossible_email", "«ola@» is no e-mail address."),
        ("2;Ola;;;;;;;klingon;", "unknown_language", "«klingon» is no language of ours."),
        ("2;Ola;;;;;;;;kanskje", "unknown_reservation", "«kanskje» under reservation is neither yes nor no."),
        ("2;Ola;;", "torn_row", "The line has 4 columns, the first line 10."),
        (f"2;{'x' * 151};;;;;;;;", "too_long", "is longer than 150 characters."),
        ('2;"Ola;;;;;;;;', "torn_row", "A quotation mark is opened"),
    ],
)
def test_one_fault_and_nothing_is_read_in(solvik: Solvik, row: str, code: str, said: str) -> None:
    report = read("1;Kari;;;;;;;;", row)
    (problem,) = report.problems
    assert (problem.line, problem.code) == (3, code)
    assert said in problem.sentence
    assert not report.was_read
    assert not Population.objects.exists()
    assert not Resident.objects.exists()


def test_lines_with_faults_can_be_left_out(solvik: Solvik) -> None:
    report = read("1;Kari;;;;;;;;", "2;Ola;;3000;;;;;;", leave_out=True)
    assert report.was_read
    assert [len(report.problems), report.people, Resident.objects.count()] == [1, 1, 1]


def test_a_second_reading_changes_nothing_and_another_file_needs_its_own_name(solvik: Solvik) -> None:
    read("1;Kari;;;;;;;;")
    again = read("1;Kari;;;;;;;;")
    assert again.already_there
    assert Population.objects.count() == Resident.objects.count() == 1
    with pytest.raises(NameTaken):
        read("1;Kari;;;;;;;;", "2;Ola;;;;;;;;")


def test_a_dry_run_writes_nothing(solvik: Solvik) -> None:
    report = read("1;Kari;;;;;;;;", dry_run=True)
    assert (report.people, report.was_read, Population.objects.count()) == (1, False, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"), (b"\n\n", "empty"), (b"PK\x03\x04\x00", "no CSV"), (b"a;b\n1;2", "must name the columns"),
        (b"id;navn;nummer\n1;2;3", "Two columns mean the same"), (b'id;"navn\n1;2', "cannot be read"),
    ],
)  # fmt: skip
def test_files_that_are_no_register_are_refused_in_words(solvik: Solvik, content: bytes, said: str) -> None:
    with translation.override("en"), pytest.raises(UnreadableFile) as refused:
        import_population(content, name="", by=None, now=MONDAY)
    assert said in str(refused.value)


def test_only_who_manages_surveys_reads_a_register(solvik: Solvik) -> None:
    with pytest.raises(NotAllowed):
        import_population(b"id;navn\n1;Kari", name="", by=solvik.clerk, now=MONDAY)


def test_a_large_register_takes_few_queries(solvik: Solvik, django_assert_max_num_queries) -> None:
    content = "\n".join(register_rows(3000)).encode()
    with django_assert_max_num_queries(10):
        report = import_population(content, name="", by=None, now=MONDAY)
    assert (report.people, report.reserved) == (3000, 300)


def test_the_command(solvik: Solvik, tmp_path: Path) -> None:
    path, out = tmp_path / "november.csv", StringIO()
    path.write_text("\n".join(register_rows(20)))
    call_command("import_population", path, stdout=out)
    assert "20 people." in out.getvalue()
    assert Population.objects.get().name == "november"
    out = StringIO()
    call_command("import_population", path, "--json", stdout=out)
    assert json.loads(out.getvalue())["already_there"] is True
    path.write_text("id;navn\n1;Kari\n1;Ola\n")
    out = StringIO()
    with pytest.raises(CommandError, match="Nothing was read in"):
        call_command("import_population", path, stdout=out)
    assert "line 3 (1): The id 1 stands on line 2 already." in out.getvalue()
    assert Population.objects.count() == 1
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_population", tmp_path / "nowhere.csv")
