"""Publishing freezes the figures; every way out has the same digits, and none has what is small."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pikepdf
import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from organisation.errors import NotAllowed
from organisation.models import Person
from organisation.permissions import Role
from surveys.actions.publishing import DayIsPast, NotClosed, NothingToShow, publish_results, take_back_publication
from surveys.models import Answer, Comparator, Publication, Survey
from tests.factories import MONDAY, PersonFactory, RoleFactory, Solvik, make_solvik
from tests.surveys.against_r import answers_of
from tests.surveys.making import answer_all, make_survey

pytestmark = pytest.mark.django_db

TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def house() -> Iterator[Solvik]:
    with time_machine.travel(MONDAY, tick=False):
        yield make_solvik()


@pytest.fixture
def adviser() -> Person:
    person = PersonFactory(language="en")
    RoleFactory(person=person, role=Role.QUALITY_ADVISER)
    return person


@pytest.fixture
def survey() -> Survey:
    columns = answers_of("simple")
    made = make_survey(
        areas={"a": ["q1", "q2", "q3", "q4", "q5"], "b": ["q6", "q7", "q8"]},
        background={"district": sorted({value for value in columns["district"] if value})},
        population_size=950,
    )
    answer_all(made, columns)
    country = Comparator.objects.create(kind="nation", name="Landet", year=2025, source="KS", weighs="people")
    for place, key in enumerate(["q1", "q2", "a"]):
        country.values.create(key=key, mean=3.9 + place / 10, sd=1.2, n=12000)
    return made


def publish(survey: Survey, by: Person | None, days: int = 0, **words: str) -> Publication:
    return publish_results(survey, publish_on=TODAY + timedelta(days=days), words=words, by=by, now=MONDAY)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def sheet_of(content: bytes) -> list[list[str]]:
    """The cells of a workbook's first sheet as they are written, empty ones too."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        words = [
            re.sub(r"<[^>]+>", "", text)
            for text in re.findall(r"<si>(.*?)</si>", book.read("xl/sharedStrings.xml").decode(), re.S)
        ]
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    lines = []
    for row in re.findall(r"<row[^>]*>(.*?)</row>", sheet, re.S):
        cells = {}
        for letters, kind, value in re.findall(r'<c r="([A-Z]+)\d+"([^>]*)><v>([^<]*)</v>', row):
            place = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters))) - 1
            cells[place] = words[int(value)] if 't="s"' in kind else value
        lines.append(cells)
    return [[cells.get(place, "") for place in range(len(lines[0]))] for cells in lines]


def test_five_ways_out_have_the_same_digits(survey: Survey, adviser: Person, client: Client) -> None:
    out = StringIO()
    call_command("survey_results", survey.code, "--json", "--by", "district", stdout=out)
    printed = json.loads(out.getvalue())
    publish(survey, adviser)
    client.force_login(adviser)
    staff_csv = rows_of(client.get(f"/staff/surveys/{survey.code}/results/files/csv/").content.decode())
    open_csv = rows_of(client.get(f"/surveys/{survey.code}/results/figures.csv").content.decode())
    open_data = json.loads(client.get(f"/surveys/{survey.code}/results/figures.json").content)
    lines = sheet_of(client.get(f"/staff/surveys/{survey.code}/results/files/xlsx/").content)
    excel = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    names = ["mean", "sd", "se", "ci_low", "ci_high", "share_top2"]

    def cells(level: str, key: str, group: str = "") -> list[dict[str, Any]]:
        return [
            next(r for r in rows if (r["level"], r["key"], r["group"] or "") == (level, key, group))
            for rows in (staff_csv, open_csv, excel)
        ]

    compared = 0
    for group in [None, *printed["groups"]]:
        part = printed if group is None else group
        for place, item in enumerate(part["items"]):
            published = (open_data if group is None else open_data["groups"][printed["groups"].index(group)])["items"]
            for row in cells("item", item["key"], group["value"] if group else ""):
                for name in names:
                    if item["suppressed"]:
                        assert row[name] in ("", None)
                        assert set(published[place]) <= {"key", "suppressed", "texts", "area", "kind"}
                    else:
                        assert float(row[name]) == pytest.approx(item[name], rel=1e-15)
                        assert published[place][name] == item[name]
                        compared += 1
    assert compared > 500
    page = client.get(f"/surveys/{survey.code}/results/", headers={"accept-language": "en"}).content.decode()
    mean = printed["areas"][0]["mean"]
    assert f"<strong>{mean:.1f}</strong>" in page
    assert f">{mean:.2f}</td>" in page


def test_counts_stay_with_the_staff(survey: Survey, adviser: Person, client: Client) -> None:
    published = publish(survey, adviser).figures
    assert "counts" not in json.dumps(published)
    assert "n_missing" not in json.dumps(published)
    head = client.get(f"/surveys/{survey.code}/results/figures.csv").content.decode().splitlines()[0]
    assert "count_1" not in head
    assert "n_missing" not in head


def test_published_figures_never_change(survey: Survey, adviser: Person, client: Client) -> None:
    before = publish(survey, adviser, nb="Godt jobbet").figures
    Answer.objects.filter(survey=survey).delete()
    assert Publication.objects.get().figures == before
    page = client.get(f"/surveys/{survey.code}/results/", headers={"accept-language": "nb"}).content.decode()
    assert "Godt jobbet" in page


def test_nobody_sees_it_before_its_day(survey: Survey, adviser: Person, client: Client) -> None:
    publish(survey, adviser, days=2)
    for address in ("", "figures.csv", "figures.json", "report.pdf", "comparisons.csv", "dictionary.csv"):
        assert client.get(f"/surveys/{survey.code}/results/{address}").status_code == 404
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        assert client.get(f"/surveys/{survey.code}/results/").status_code == 200
    assert client.get("/surveys/not-there/results/").status_code == 404


def test_a_waiting_publication_is_replaced_and_taken_back(survey: Survey, adviser: Person) -> None:
    publish(survey, adviser, days=5)
    publish(survey, adviser, days=3)
    assert [one.publish_on for one in Publication.objects.all()] == [TODAY + timedelta(days=3)]
    take_back_publication(survey, by=adviser, now=MONDAY)
    survey.refresh_from_db()
    assert (Publication.objects.count(), survey.stage) == (0, "closed")


def test_what_cannot_be_published(survey: Survey, adviser: Person) -> None:
    with pytest.raises(DayIsPast):
        publish(survey, adviser, days=-1)
    with pytest.raises(NotAllowed):
        publish(survey, PersonFactory())
    running = make_survey("running", stage="fielded")
    with pytest.raises(NotClosed):
        publish(running, adviser)
    few = make_survey("few")
    answer_all(few, {"q1": [1, 2, 3, 4], "q2": [1, 2, 3, 4]})
    with pytest.raises(NothingToShow):
        publish(few, adviser)
    assert not Publication.objects.exists()


def test_the_document_is_one_that_archives_keep(survey: Survey, adviser: Person, client: Client) -> None:
    publish(survey, adviser, nb="Vi er på vei.")
    found = client.get(f"/surveys/{survey.code}/results/report.pdf", headers={"accept-language": "nb"})
    assert found["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(found.content)) as document:
        assert str(document.Root.Lang).startswith("nb")
        assert document.Root.MarkInfo.Marked
        metadata = document.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("2", "A", "1")


def test_the_page_of_the_staff(survey: Survey, adviser: Person, client: Client) -> None:
    address = f"/staff/surveys/{survey.code}/results/"
    assert client.get(address).status_code == 302
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 403
    assert client.get(f"{address}files/csv/").status_code == 403
    assert client.get(f"{address}publish/").status_code == 403
    client.force_login(adviser)
    page = client.get(address + "?by=district", headers={"accept-language": "en"}).content.decode()
    assert "137" in page
    assert "clearly" in page or "no certain difference" in page
    assert client.get(address + "?by=shoe-size").status_code == 422
    assert client.get(f"{address}files/records/").status_code == 404
    assert client.get("/staff/surveys/nothing/results/").status_code == 404
    assert client.get(f"{address}preview/").status_code == 200
    syntax = client.get(f"{address}files/sps/", headers={"accept-language": "en"}).content.decode()
    hidden = [row for row in rows_of(client.get(f"{address}files/spss/").content.decode()) if row["suppressed"] == "1"]
    assert hidden
    assert {row["mean"] for row in hidden} == {row["n_valid"] for row in hidden} == {"-9"}
    assert "MISSING VALUES" in syntax
    assert "'q1' 'Question q1'" in syntax


def test_a_reader_sees_and_does_not_publish(survey: Survey, client: Client) -> None:
    person = PersonFactory(language="en")
    RoleFactory(person=person, role=Role.READER)
    client.force_login(person)
    address = f"/staff/surveys/{survey.code}/results/"
    assert client.get(address).status_code == 200
    for part in ("publish/", "preview/"):
        assert client.get(address + part).status_code == 403
    assert client.post(f"{address}publish/", {"publish_on": "2026-11-02"}).status_code == 403
    assert client.post(f"{address}take-back/").status_code == 403
    assert not Publication.objects.exists()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(survey: Survey, adviser: Person, client: Client) -> None:
    client.force_login(adviser)
    address = f"/staff/surveys/{survey.code}/results/publish/"
    page = client.post(address, {"publish_on": "2026-10-01", "words_nb": "Mine ord"})
    assert page.status_code == 422
    assert "The day is past. Choose today or later." in page.content.decode()
    assert "Mine ord" in page.content.decode()
    assert client.post(address, {"publish_on": "31.02.2026"}).status_code == 422
    assert client.post(address, {"publish_on": "2026-11-02", "words_nb": "x" * 4001}).status_code == 422
    assert client.post(address, {"publish_on": "2026-11-02", "words_nb": "Mine ord"}).status_code == 302
    assert Publication.objects.get().words == {"nb": "Mine ord"}


def test_while_answers_come_in_there_are_counts_only(adviser: Person, client: Client) -> None:
    running = make_survey("running", stage="fielded")
    answer_all(running, {"q1": [4] * 20, "q2": [5] * 20})
    client.force_login(adviser)
    page = client.get("/staff/surveys/running/results/").content.decode()
    assert "<strong>20</strong>" in page
    assert "profile__row" not in page
    for form in ("csv", "xlsx", "sps", "comparisons"):
        assert client.get(f"/staff/surveys/running/results/files/{form}/").status_code == 404
    assert client.get("/staff/surveys/running/results/preview/").status_code == 404


def test_a_formula_in_a_text_stays_a_text(survey: Survey, adviser: Person, client: Client) -> None:
    question = survey.areas.get(key="a").questions.get(key="q1")
    question.texts = {"nb": "=1+1", "en": "=1+1"}
    question.save()
    client.force_login(adviser)
    text = client.get(f"/staff/surveys/{survey.code}/results/files/csv/").content.decode()
    assert "'=1+1" in text
    assert ",=1+1" not in text
    publish(survey, adviser)


def test_the_pages_take_few_queries(
    survey: Survey, adviser: Person, client: Client, django_assert_max_num_queries: Any
) -> None:
    publish(survey, adviser)
    client.get(f"/surveys/{survey.code}/results/")
    with django_assert_max_num_queries(6):
        client.get(f"/surveys/{survey.code}/results/")
