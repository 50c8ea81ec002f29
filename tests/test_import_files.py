"""What every file that can be read in has: a template, whose examples can be read once they are no examples any more."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from feedback.importing.loading import import_cards
from feedback.importing.own_columns import own_mapping
from feedback.importing.own_columns import template as cards_template
from feedback.models import Card
from organisation.models import Person
from organisation.permissions import Role
from reporting.actions.indicators import know_our_indicators
from reporting.importing import import_values
from reporting.importing import template as values_template
from surveys.importing.benchmarks import import_benchmarks
from surveys.importing.benchmarks import template as means_template
from surveys.importing.own_columns import own_round
from surveys.importing.own_columns import template as answers_template
from surveys.importing.population import import_population
from surveys.importing.population import template as population_template
from surveys.importing.responses import import_responses
from surveys.models import Answer
from surveys.queries import items_of
from tests.factories import PersonFactory, RoleFactory, Solvik, make_solvik
from tests.surveys.making import make_survey

pytestmark = pytest.mark.django_db

LANGUAGES = ["nb", "nn", "sv", "en"]
THIS_YEAR = 2026
CARDS = "/staff/administration/import/"


@pytest.fixture
def solvik() -> Solvik:
    return make_solvik()


@pytest.fixture
def admin(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.administrator)
    return client


def quality_adviser() -> Person:
    person = PersonFactory()
    RoleFactory(person=person, role=Role.QUALITY_ADVISER)
    return person


def with_examples(content: bytes) -> bytes:
    """Return a template whose examples are no notes any more."""
    assert content.count(b"\r\n# ") >= 1
    return content.replace(b"\r\n# ", b"\r\n")


def upload(content: bytes, name: str = "cards.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_every_template_can_be_read(solvik: Solvik, tmp_path: Path, language: str) -> None:
    now = timezone.now()
    know_our_indicators(now=now)
    survey = make_survey("2022", stage="draft", background={"gender": ["woman", "man"]})
    with translation.override(language):
        cards, answers = tmp_path / "cards.csv", tmp_path / "answers.csv"
        cards.write_bytes(with_examples(cards_template().content()))
        read = import_cards(cards, own_mapping(cards, "old"), now=now)
        assert (read.imported, read.problems) == (2, [])

        people = import_population(with_examples(population_template().content()), name="All", by=None, now=now)
        assert (people.people, people.problems, people.ignored) == (2, [], [])

        values = import_values(
            with_examples(values_template(THIS_YEAR).content()), by=None, now=now, this_year=THIS_YEAR
        )
        assert (values.new, values.problems) == (2, [])

        means = import_benchmarks(with_examples(means_template(THIS_YEAR).content()), this_year=THIS_YEAR)
        assert (means.new, means.problems) == (2, [])

        items = items_of(survey)
        answers.write_bytes(with_examples(answers_template(items).content()))
        mapping = own_round(answers, items, opened=now.date(), closed=now.date(), invited=10, population=None)
        taken = import_responses(survey.code, answers, mapping, now=now)
        assert (taken.imported, taken.problems) == (1, [])
    done = Card.objects.get(import_key="2019-0815")
    assert (done.kind, done.channel, done.state, done.callbacks.get().reaction) == (
        "fault_report",
        "phone",
        "closed",
        5,
    )
    assert Answer.objects.get().values == {"q1": 6, "q2": 6, "gender": "woman"}


def test_examples_are_passed_over_as_long_as_they_are_notes(solvik: Solvik, tmp_path: Path) -> None:
    file = tmp_path / "cards.csv"
    file.write_bytes(cards_template().content() + b"7;2019-05-02;;;;;;Benk, takk;;;;;;;;;;\r\n")
    report = import_cards(file, own_mapping(file, "old"), now=timezone.now())
    assert (report.rows, report.imported, Card.objects.get().text) == (1, 1, "Benk, takk")


@pytest.mark.parametrize(
    ("address", "column"),
    [
        (CARDS + "template.csv", "nøkkel"),
        ("/staff/values/import/figures.csv", "indikator"),
        ("/staff/values/import/means.csv", "kind"),
        ("/staff/populations/template.csv", "id"),
        ("/staff/surveys/2022/import/template.csv", "nr"),
    ],
)
def test_templates_are_downloads_for_those_who_may_read_such_files_in(
    solvik: Solvik, client: Client, address: str, column: str
) -> None:
    make_survey("2022", stage="draft")
    client.force_login(solvik.clerk)
    assert client.get(address).status_code in (403, 404)
    for person in (solvik.administrator, quality_adviser()):
        client.force_login(person)
        response = client.get(address)
        if response.status_code == 200:
            break
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content.decode("utf-8-sig").partition(";")[0] == column


def test_cards_are_checked_in_the_page_then_read_in(admin: Client) -> None:
    page = admin.get(CARDS)
    assert page.status_code == 200
    good = with_examples(cards_template().content())
    bad = good + b"3;31.02.2019;;;;;;Et kort;;;;;;;;;;\r\n"

    checked = admin.post(CARDS, {"file": upload(bad), "source": "acos", "do": "check"})
    assert checked.status_code == 200
    said = checked.content.decode()
    assert "31.02.2019" in said
    assert 'class="number" data-name="Linje">4</th>' in said
    assert not Card.objects.exists()

    read = admin.post(CARDS, {"file": upload(good), "source": "acos", "do": "read"})
    assert (read.status_code, Card.objects.filter(import_source="acos").count()) == (302, 2)
    again = admin.post(CARDS, {"file": upload(bad), "source": "acos", "do": "read"})
    assert (again.status_code, Card.objects.count()) == (200, 2)


@pytest.mark.parametrize(
    ("content", "more", "field"),
    [
        (b"nokkel;farge\n1;2\n", {"source": "old"}, "file"),
        (b"n\xc3\xb8kkel;tekst\n1;2\n", {"source": "old"}, "file"),
        (b"", {"source": "old"}, "file"),
        (b"PK\x03\x04 a spreadsheet", {"source": "old"}, "file"),
        (b"id;tekst\n1;2\n", {}, "source"),
        (b"id;tekst\n1;2\n", {"mapping": "source = "}, "mapping"),
        (b"id;tekst\n1;2\n", {"mapping": 'source = "x"\n[card]\nkey = "nr"\nregistered = "d"\ntext = "t"'}, "mapping"),
    ],
    ids=["another column", "a column lacks", "empty", "XLSX", "no source", "no TOML", "a column the file has not"],
)
def test_a_file_of_cards_that_cannot_be_read_says_why_at_its_field(
    admin: Client, content: bytes, more: dict[str, str], field: str
) -> None:
    response = admin.post(CARDS, {"file": upload(content), "do": "read"} | more)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Card.objects.exists()


def test_a_mapping_written_in_the_page_reads_other_columns(admin: Client) -> None:
    mapping = 'source = "gml"\n[file]\ndelimiter = ";"\n[card]\nkey = "id"\nregistered = "dag"\ntext = "hva"'
    response = admin.post(
        CARDS, {"file": upload(b"id;dag;hva\n#1;2019-05-02;Benk\n"), "mapping": mapping, "do": "read"}
    )
    assert response.status_code == 302
    assert Card.objects.get().import_key == "#1"


def test_answers_are_checked_in_the_page_then_read_in_and_close_the_survey(solvik: Solvik, client: Client) -> None:
    survey = make_survey("2022", stage="draft")
    address = f"/staff/surveys/{survey.code}/import/"
    client.force_login(quality_adviser())
    assert client.get(address).status_code == 200
    days = {"opened": "2022-03-01", "closed": "01.04.2022", "invited": "10", "population": "4 800"}
    bad = b"nr;q1;q2\n1;6;5\n2;7;?\n"

    checked = client.post(address, {"file": upload(bad), "do": "check"} | days)
    assert checked.status_code == 422
    assert 'class="number" data-name="Linje">3</th>' in checked.content.decode()
    assert client.post(address, {"file": upload(bad), "do": "read"}).status_code == 422  # no days
    early = {"opened": "2022-04-02", "closed": "2022-04-01"}
    assert "closed" in client.post(address, {"file": upload(bad), "do": "read"} | early).context["form"].errors

    good = bad.replace(b"7", b"4")
    assert client.post(address, {"file": upload(good), "do": "check"} | days).status_code == 200
    assert not Answer.objects.exists()
    assert client.post(address, {"file": upload(good), "do": "read"} | days).status_code == 302
    survey.refresh_from_db()
    assert (survey.stage, survey.population_size, Answer.objects.count()) == ("closed", 4800, 2)
    assert client.post(address, {"file": upload(good), "do": "read"} | days).status_code == 200  # the same file again


def test_means_are_read_by_the_page_of_figures(solvik: Solvik, client: Client) -> None:
    client.force_login(quality_adviser())
    content = with_examples(means_template(THIS_YEAR).content())
    read = client.post("/staff/values/import/", {"file": upload(content), "do": "read"})
    assert read.status_code == 302
    bad = client.post("/staff/values/import/", {"file": upload(content.replace(b"4.6", b"7.6")), "do": "check"})
    assert bad.status_code == 422
    assert "7.6" in bad.content.decode()


def test_commands_read_our_own_columns_without_a_mapping(solvik: Solvik, tmp_path: Path) -> None:
    cards, answers, out = tmp_path / "cards.csv", tmp_path / "answers.csv", StringIO()
    cards.write_bytes(with_examples(cards_template().content()))
    call_command("import_cards", str(cards), source="old", stdout=out)
    make_survey("2022", stage="draft")
    answers.write_text("nr;q1;q2\n1;6;5\n")
    call_command("import_responses", "2022", str(answers), "--opened=2022-03-01", "--closed=2022-04-01", stdout=out)
    assert (Card.objects.count(), Answer.objects.count()) == (2, 1)
    assert "2 cards imported" in out.getvalue()
    assert "1 answers imported." in out.getvalue()
