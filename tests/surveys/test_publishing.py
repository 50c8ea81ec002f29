"""Publishing freezes the figures; every way out has the same digits, and none has what is small."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pikepdf
import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from organisation.actions.webhooks import create_webhook
from organisation.errors import NotAllowed
from organisation.models import Change, Person, Unit, WebhookDelivery
from organisation.numbers import percent
from organisation.permissions import Role
from surveys.actions.comments import Coding, send_comment
from surveys.actions.publication_drafts import (
    NotComputedYet,
    compute_again,
    compute_waiting_drafts,
    publish_draft,
    save_draft,
)
from surveys.actions.publishing import (
    DayIsPast,
    NotClosed,
    NothingIsOut,
    NothingToShow,
    ReasonMissing,
    publish_results,
    take_back_publication,
    withdraw_publication,
)
from surveys.models import Answer, Comparator, Publication, PublicationDraft, Question, Survey
from surveys.publishing import fresh_figures
from surveys.results import results_of
from surveys.results.reading import read_sheet
from surveys.statistics.attacker import intervals
from surveys.statistics.tables import Table, Variable
from surveys.tasks import compute_publications
from tests.factories import MONDAY, PersonFactory, RoleFactory, Solvik, make_solvik
from tests.organisation.pdf_reading import read
from tests.surveys.against_r import answers_of
from tests.surveys.commented import make_commented, the_comment
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


def publish(survey: Survey, by: Person | None, days: int = 0, reason: str = "", **words: str) -> Publication:
    day = TODAY + timedelta(days=days)
    return publish_results(survey, publish_on=day, words=words, reason=reason, by=by, now=MONDAY)


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


def test_the_document_has_all_that_the_page_has_to_the_digit(adviser: Person, client: Client) -> None:
    """Distribution, choices with their ranking, other municipalities: from the kept figures, as the page rounds them."""
    survey = make_survey(areas={"a": ["q1", "q2"]}, code="whole")
    options = [{"key": key, "texts": {"en": key.title()}} for key in ("school", "roads", "care")]
    Question.objects.create(
        area=survey.areas.get(key="a"), key="most", kind="ranking", texts={"en": "What matters most?"}, options=options
    )
    ranked = [["school", "roads"], ["roads", "care"], ["school", "care"]]
    answer_all(
        survey, {"q1": [1, 2, 3, 4, 5, 6] * 5, "q2": [2, 4, 6] * 10, "most": [ranked[place % 3] for place in range(30)]}
    )
    for kind, name in (("nation", "Landet"), ("municipality", "Elvheim"), ("municipality", "Nordvik")):
        other = Comparator.objects.create(kind=kind, name=name, year=2025, source="KS")
        other.values.create(key="a", mean=3.12, sd=1.1, n=900)
    publish(survey, adviser)
    told = json.loads(client.get("/surveys/whole/results/figures.json").content)
    document = client.get("/surveys/whole/results/report.pdf", headers={"accept-language": "en"}).content
    pdf = read(document)
    text = " ".join(pdf.text.split()).replace("\xa0", " ")
    page = client.get("/surveys/whole/results/", headers={"accept-language": "en"}).content.decode()
    assert (pdf.part, pdf.conformance, pdf.ua_part) == ("2", "A", "1")
    for item in told["items"]:
        spread = ", ".join(f"{point}: {percent(share, 'en')}" for point, share in item["shares"].items())
        assert spread.replace("\xa0", " ") in text
    [choice] = told["choices"]
    for key, share in choice["shares"].items():
        low, high = choice["shares_ci"][key]
        said = f"{percent(share, 'en')} ({percent(low, 'en')}–{percent(high, 'en')})"
        first = percent(choice["shares_first"][key], "en")
        assert f"{key.title()} {said} {first}".replace("\xa0", " ") in text
        assert percent(share, "en") in page
    elvheim = next(one for one in told["comparisons"] if one["name"] == "Elvheim")["areas"][0]
    assert f"{elvheim['mean']:.2f}" in text
    assert "Beside others" in text
    assert "Elvheim 2025" in text


def test_what_the_comments_led_to_stands_in_the_document_and_the_open_data(adviser: Person, client: Client) -> None:
    survey = make_commented(*[f"Hull {number:02} i veien" for number in range(12)], code="worded")
    for number in range(7):
        send_comment(
            the_comment(survey, f"Hull {number:02}"),
            Coding(unit=Unit.objects.get(code="roads")),
            by=None,
            now=MONDAY,
        )
    publish(survey, adviser)
    rows = rows_of(client.get("/surveys/worded/results/comments.csv").content.decode())
    numbers = {row["what"]: row["number"] for row in rows}
    assert numbers == {"written": "10", "sent": "5", "considered": ""}
    assert {row["as_of"] for row in rows} == {TODAY.isoformat()}
    told = json.loads(client.get("/surveys/worded/results/figures.json").content)
    assert told["comments"] == {"as_of": TODAY.isoformat(), "numbers": {"written": 10, "sent": 5, "considered": None}}
    text = " ".join(
        read(client.get("/surveys/worded/results/report.pdf", headers={"accept-language": "en"}).content).text.split()
    )
    page = " ".join(client.get("/surveys/worded/results/", headers={"accept-language": "en"}).content.decode().split())
    for said in ("About 10 comments were written", "About 5 have been sent to the unit"):
        assert said in text
        assert said in page
    dictionary = client.get("/surveys/worded/results/dictionary.csv").content.decode()
    assert "comments.csv,considered" not in dictionary
    assert "comments.csv,number" in dictionary
    assert "response.csv,response_rate" in dictionary


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
    assert client.get(f"{address}preview/").url == f"{address}publish/"  # nothing is computed yet
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
    for part in ("publish/", "preview/", "withdraw/"):
        assert client.get(address + part).status_code == 403
    for part in ("publish/", "take-back/", "compute/", "throw-away/", "withdraw/"):
        assert client.post(address + part, {"publish_on": "2026-11-02", "reason": "x"}).status_code == 403
    assert not Publication.objects.exists()
    assert not PublicationDraft.objects.exists()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(survey: Survey, adviser: Person, client: Client) -> None:
    client.force_login(adviser)
    address = f"/staff/surveys/{survey.code}/results/publish/"
    sent = {"publish_on": "2026-10-01", "words_nb": "Mine ord"}
    page = client.post(address, sent, headers={"accept-language": "en"})
    assert page.status_code == 422
    assert "The day is past. Choose today or later." in page.content.decode()
    assert "Mine ord" in page.content.decode()
    assert client.post(address, {"publish_on": "31.02.2026"}).status_code == 422
    assert client.post(address, {"publish_on": "2026-11-02", "words_nb": "x" * 4001}).status_code == 422
    sent = {"publish_on": "2026-11-02", "words_nb": "Mine ord"}
    page = client.post(address, sent | {"do": "publish"}, headers={"accept-language": "en"})
    assert page.status_code == 422
    assert "The figures are not computed yet." in page.content.decode()
    assert client.post(address, sent | {"do": "save"}).status_code == 302
    compute_publications()
    assert client.post(address, sent | {"do": "publish"}).status_code == 302
    assert Publication.objects.get().words == {"nb": "Mine ord"}


# --- Drafts, new versions, withdrawing --------------------------------------------------------------------------------


def draft(survey: Survey, by: Person, **words: str) -> PublicationDraft:
    return save_draft(survey, publish_on=None, words=words, by=by, now=MONDAY)


def test_what_was_looked_at_is_what_is_published(survey: Survey, adviser: Person, client: Client) -> None:
    client.force_login(adviser)
    address = f"/staff/surveys/{survey.code}/results/"
    client.post(f"{address}publish/", {"do": "save", "words_nb": "Mine ord"})
    page = client.get(f"{address}publish/", headers={"accept-language": "en"}).content.decode()
    assert "The figures are being computed." in page
    assert 'hx-trigger="every 1s"' in page
    assert compute_publications() == "1 computed"
    assert compute_publications() == "0 computed"
    page = client.get(f"{address}publish/", headers={"accept-language": "en"}).content.decode()
    assert "The figures are computed" in page
    assert "every 1s" not in page
    assert "Mine ord" in page
    seen = client.get(f"{address}preview/", headers={"accept-language": "nb"}).content.decode()
    assert "Mine ord" in seen
    figures = PublicationDraft.objects.get().figures
    Answer.objects.filter(survey=survey).delete()  # whatever becomes of the answers: nothing is computed again
    client.post(f"{address}publish/", {"do": "publish", "publish_on": "2026-11-02", "words_nb": "Mine ord"})
    assert Publication.objects.get().figures == figures
    assert not PublicationDraft.objects.exists()
    assert client.get(f"/surveys/{survey.code}/results/").status_code == 200


def test_a_draft_that_is_saved_again_keeps_its_figures(survey: Survey, adviser: Person) -> None:
    draft(survey, adviser)
    compute_waiting_drafts(now=MONDAY)
    figures = PublicationDraft.objects.get().figures
    assert draft(survey, adviser, nb="Nye ord").figures == figures
    compute_again(survey, by=adviser, now=MONDAY)
    assert (PublicationDraft.objects.get().state, PublicationDraft.objects.get().figures) == ("waiting", None)
    compute_waiting_drafts(now=MONDAY)
    assert PublicationDraft.objects.get().figures == figures


def test_progress_is_told_while_it_goes(survey: Survey) -> None:
    told: list[tuple[int, int]] = []
    fresh_figures(survey, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 10) for done in range(1, 11)]  # eight questions and two areas


def test_figures_that_cannot_be_computed_leave_a_sentence_and_nothing_else(survey: Survey, adviser: Person) -> None:
    Survey.objects.filter(pk=survey.pk).update(population_size=20)
    draft(survey, adviser)
    compute_waiting_drafts(now=MONDAY)
    made = PublicationDraft.objects.get()
    assert (made.state, made.figures) == ("failed", None)
    assert "20" in made.sentence
    with pytest.raises(NotComputedYet):
        publish_draft(survey, publish_on=TODAY, words={}, by=adviser, now=MONDAY)
    Survey.objects.filter(pk=survey.pk).update(population_size=950)
    draft(survey, adviser)
    compute_waiting_drafts(now=MONDAY)
    publish_draft(survey, publish_on=TODAY, words={}, by=adviser, now=MONDAY)
    survey.refresh_from_db()
    assert survey.stage == "published"


def test_what_a_dead_worker_left_is_taken_up_again(survey: Survey, adviser: Person) -> None:
    draft(survey, adviser)
    PublicationDraft.objects.update(state="computing", started_at=MONDAY)
    assert compute_waiting_drafts(now=MONDAY + timedelta(minutes=5)) == 0
    assert compute_waiting_drafts(now=MONDAY + timedelta(minutes=36)) == 1


def test_a_new_version_says_why(survey: Survey, adviser: Person, client: Client) -> None:
    publish(survey, adviser)
    with pytest.raises(ReasonMissing):
        publish(survey, adviser)
    assert publish(survey, adviser, reason="Landets tall er rettet.").version == 2
    assert "Landets tall er rettet." in client.get(f"/surveys/{survey.code}/results/").content.decode()


def test_withdrawn_results_leave_their_reason(survey: Survey, adviser: Person, client: Client) -> None:
    with pytest.raises(NothingIsOut):
        withdraw_publication(survey, reason="Feil", by=adviser, now=MONDAY)
    publish(survey, adviser)
    publish(survey, adviser, reason="Ny")
    with pytest.raises(ReasonMissing):
        withdraw_publication(survey, reason=" ", by=adviser, now=MONDAY)
    client.force_login(adviser)
    address = f"/staff/surveys/{survey.code}/results/withdraw/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Vi fant en feil."}).status_code == 302
    page = client.get(f"/surveys/{survey.code}/results/")
    assert page.status_code == 410
    assert "Vi fant en feil." in page.content.decode()
    assert "profile__row" not in page.content.decode()
    for form in ("figures.csv", "figures.json", "report.pdf", "choices.csv"):
        assert client.get(f"/surveys/{survey.code}/results/{form}").status_code == 404
    survey.refresh_from_db()
    assert survey.stage == "closed"
    assert Publication.objects.count() == 2  # what was told has been told
    publish(survey, adviser, reason="Feilen er rettet.")
    assert client.get(f"/surveys/{survey.code}/results/").status_code == 200


def test_the_history_holds_who_published(survey: Survey, adviser: Person) -> None:
    publish(survey, adviser, nb="Mine ord")
    withdraw_publication(survey, reason="Feil", by=adviser, now=MONDAY)
    changes = list(Change.objects.filter(kind="surveys.publication").order_by("pk"))
    assert [(one.what, one.by) for one in changes] == [("created", adviser), ("changed", adviser)]
    assert not any("figures" in one.fields for one in changes)


# --- Two versions together --------------------------------------------------------------------------------------------


def small_and_two_as_good() -> Survey:
    """Two groups of four and two of six, so that each of the latter may be hidden along with the former as well."""
    made = make_survey(areas={"a": ["q1"]}, background={"district": ["a", "b", "c", "d"]})
    districts = ["a"] * 3 + ["b"] * 6 + ["c"] * 6 + ["d"] * 20
    answer_all(made, {"q1": [1 + place % 6 for place in range(len(districts))], "district": districts})
    return made


def shown_in(figures: dict[str, Any], key: str) -> set[str]:
    return {
        group["value"]
        for group in figures["groups"]
        for one in group["items"]
        if one["key"] == key
        if not one["suppressed"]
    }


def test_a_second_version_hides_what_the_first_did(adviser: Person) -> None:
    """The first version came from an older way of choosing: it hid c beside a. Ours would choose b. Together: a alone."""
    made = small_and_two_as_good()
    first = publish(made, adviser)
    assert shown_in(first.figures, "q1") == {"c", "d"}
    for group in first.figures["groups"]:
        if group["value"] in ("b", "c"):
            for one in [*group["items"], *group["areas"]]:
                one["suppressed"] = group["value"] == "c"
    first.save()
    second = publish(made, adviser, reason="Ny")
    shown = shown_in(first.figures, "q1") | shown_in(second.figures, "q1")
    assert shown == {"b", "d"}
    staff = results_of(made, by=["district"]).as_json()
    assert shown_in(staff, "q1") == {"b", "d"}
    # The attacker, with both versions and the staff's file in hand.
    sheet = read_sheet(made)
    answers = [answer if isinstance(answer, int) else None for answer in sheet.column(sheet.rated[0])]
    table = Table.of_answers(
        answers, [Variable.flat("district", ["a", "b", "c", "d"])], {"district": sheet.groups("district")}
    )
    hidden = {cell for cell in table.counts if cell and cell[0][1] not in shown}
    assert all(high - low >= 5 for low, high in intervals(table, hidden).values())


def test_what_was_told_cannot_be_taken_back_by_a_higher_limit(adviser: Person) -> None:
    made = small_and_two_as_good()
    publish(made, adviser)
    Survey.objects.filter(pk=made.pk).update(smallest_group=7)
    made.refresh_from_db()
    second = publish(made, adviser, reason="Høyere grense")
    assert shown_in(second.figures, "q1") <= {"c", "d"}


def test_while_answers_come_in_there_are_counts_only(adviser: Person, client: Client) -> None:
    running = make_survey("running", stage="fielded")
    answer_all(running, {"q1": [4] * 20, "q2": [5] * 20})
    client.force_login(adviser)
    page = client.get("/staff/surveys/running/results/").content.decode()
    assert "<strong>20</strong>" in page
    assert "profile__row" not in page
    for form in ("csv", "xlsx", "sps", "comparisons"):
        assert client.get(f"/staff/surveys/running/results/files/{form}/").status_code == 404
    assert client.get("/staff/surveys/running/results/preview/").status_code == 302


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


def test_other_systems_are_told_on_the_day_and_not_of_what_is_taken_back(survey: Survey, adviser: Person) -> None:
    create_webhook(url="https://maps.example/hook", events=["survey.published"], by=None, now=MONDAY)
    publish(survey, adviser, days=3)
    take_back_publication(survey, by=adviser, now=MONDAY)
    assert not WebhookDelivery.objects.exists()
    publish(survey, adviser, days=3)
    waits = WebhookDelivery.objects.get()
    assert waits.next_attempt_at == datetime(2026, 11, 4, 23, tzinfo=UTC)  # midnight in Oslo, the 5th
    told = json.loads(waits.body)
    assert told["data"]["survey"] == survey.code
    assert told["data"]["url"].endswith(f"/surveys/{survey.code}/results/")
    assert told["timestamp"] == "2026-11-04T23:00:00+00:00"
    publish(survey, adviser, reason="Kommunestyret ville ha dem straks")
    assert WebhookDelivery.objects.get().next_attempt_at == MONDAY
