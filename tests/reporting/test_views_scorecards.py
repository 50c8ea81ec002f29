"""The pages of figures: who may, what a form does right and wrong, and that nothing typed is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from organisation.permissions import Role
from reporting.actions.counting import compute_figures
from reporting.actions.indicators import know_our_indicators
from reporting.models import DeskContact, Goal, Indicator, Scorecard, ScorecardRow, SuccessFactor, Threshold, Value
from tests.factories import OSLO, PersonFactory, RoleFactory, Solvik, many_cards, oslo
from tests.reporting.scorecards import a_scorecard_with_figures, an_indicator, write

pytestmark = pytest.mark.django_db

NOW = oslo(2026, 11, 16, 9)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def row(solvik: Solvik) -> ScorecardRow:
    know_our_indicators(now=NOW)
    return a_scorecard_with_figures(NOW)


@pytest.fixture
def adviser(row: ScorecardRow, client: Client) -> Client:
    client.force_login(RoleFactory(person=PersonFactory(language="en"), role=Role.QUALITY_ADVISER).person)
    client.cookies["django_language"] = "en"
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return " ".join(answer.content.decode().split())


SEEING = ["/staff/scorecards/", "/staff/scorecards/malekort/", "/staff/indicators/", "/staff/statistics/"]
SEEING += ["/staff/indicators/reached/"]
MANAGING = [
    "/staff/scorecards/new/", "/staff/scorecards/malekort/structure/", "/staff/scorecards/malekort/settings/",
    "/staff/values/", "/staff/values/import/", "/staff/indicators/new/", "/staff/indicators/reached/settings/",
]  # fmt: skip


@pytest.mark.slow
def test_who_may_see_and_who_may_change(row: ScorecardRow, client: Client, solvik: Solvik) -> None:
    assert client.get("/staff/scorecards/").status_code == 302  # to the sign-in
    sees = {
        "clerk": (200, 403), "roads_leader": (200, 403), "chief": (200, 403), "mayors_secretary": (200, 403),
        "reader": (200, 403), "administrator": (200, 200), "handler": (403, 403),
    }  # fmt: skip
    for name, (seeing, managing) in sees.items():
        client.force_login(getattr(solvik, name))
        assert {client.get(path).status_code for path in SEEING} == {seeing}, name
        assert {client.get(path).status_code for path in MANAGING} == {managing}, name
        posted = client.post("/staff/scorecards/malekort/remove/") if managing == 403 else None
        assert posted is None or posted.status_code == 403
        assert ("/staff/scorecards/" in client.get("/staff/statistics/").content.decode()) == (seeing == 200)
    assert Scorecard.objects.exists()


def test_what_is_not_there_is_not_there(adviser: Client, row: ScorecardRow) -> None:
    other = Scorecard.objects.create(key="other", names={"nb": "Annet"})
    for path in (
        "/staff/scorecards/nothing/", "/staff/indicators/nothing/", "/staff/indicators/reached/?unit=nowhere",
        "/staff/indicators/reached/?every=week", "/staff/values/?unit=nowhere", "/staff/values/?scorecard=nothing",
        f"/staff/scorecards/{other.key}/rows/{row.pk}/", f"/staff/scorecards/{other.key}/goals/{row.factor.goal_id}/",
    ):  # fmt: skip
        assert adviser.get(path).status_code == 404, path
    assert adviser.post(f"/staff/scorecards/{other.key}/rows/{row.pk}/remove/").status_code == 404
    assert adviser.post(f"/staff/scorecards/malekort/people/{row.pk}/remove/").status_code == 404


# --- The table --------------------------------------------------------------------------------------------------------


def test_the_table_says_results_with_sign_and_word(adviser: Client) -> None:
    said = text(adviser, "/staff/scorecards/malekort/?first=2023")
    for words in ("4.6–6.0", "acceptable 4.2–4.5", "Not measured", "4.7", "+0.6", "since 2023, better", "Desired"):
        assert words in said
    assert said.count('<span aria-hidden="true">✓</span><span class="ds-sr-only">Desired</span>') == 1
    assert '<span class="ds-sr-only">Unacceptable</span>' in said  # 4.1 in 2023
    assert "4.4" not in said  # what was put right


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=20225", "«20225» is no year from 1950 to 2026."),
        ("first=2026&last=2020", "The first year comes before the last."),
        ("first=1990", "At most 15 years at a time."),
    ],
)
def test_years_that_cannot_be_get_a_sentence(adviser: Client, query: str, sentence: str) -> None:
    said = text(adviser, f"/staff/scorecards/malekort/?{query}", 422)
    assert sentence in said
    assert query.split("=")[1].split("&")[0] in said


def test_a_sector_has_its_own_figures_and_pages_say_from_when(
    adviser: Client, solvik: Solvik, row: ScorecardRow
) -> None:
    many_cards(3, now=oslo(2026, 9, 1), unit=solvik.roads)
    compute_figures(now=NOW, zone=OSLO)
    row.indicator.rows.update(indicator=Indicator.objects.get(key="cards-received"))
    assert "Computed figures are from" in text(adviser, "/staff/scorecards/malekort/")
    assert "So far: counted to 15 Nov 2026, that day included." in text(
        adviser, "/staff/scorecards/malekort/?unit=technical"
    )
    assert "There are no figures of that unit here" in text(adviser, "/staff/scorecards/malekort/?unit=mayor", 422)
    months = text(adviser, "/staff/indicators/cards-received/?unit=roads&every=month")
    assert "september 2026" in months.lower()


def test_behind_a_figure_stand_its_source_number_and_what_stood_before(adviser: Client, row: ScorecardRow) -> None:
    said = text(adviser, f"/staff/indicators/{row.indicator.key}/")
    for words in ("212", "± 0.20", "KS", "4.4", "stands now", "the command line", "<svg"):
        assert words in said
    assert "the share whose submitter was called back" in text(adviser, "/staff/indicators/called-back-in-time/")


# --- Typing -----------------------------------------------------------------------------------------------------------


def grid(client: Client, changes: dict[str, str], path: str = "/staff/values/") -> Any:
    """Send the grid as the page shows it, with some cells changed."""
    page = client.get(path)
    data = {"source": ""}
    for each in page.context["grid"].rows:
        for cell in each.cells:
            data |= {cell.name: cell.typed, f"was-{cell.name}": cell.was, f"seen-{cell.name}": str(cell.seen)}
    assert set(changes) <= set(data)
    return client.post(path, data | changes)


def test_the_grid_writes_what_was_changed(adviser: Client, row: ScorecardRow, solvik: Solvik) -> None:
    visits = Indicator.objects.get(key="website-visits")
    before = Value.objects.count()
    answer = grid(
        adviser, {f"v-{visits.pk}-2025": "428 638", f"v-{row.indicator_id}-2024": "4,3", "source": "Matomo"},
    )  # fmt: skip
    assert answer.status_code == 302
    assert Value.objects.count() == before + 2
    written = Value.objects.get(indicator=visits)
    assert (written.value, written.source, written.how, written.year) == (Decimal(428638), "Matomo", "typed", 2025)
    assert written.recorded_by is not None
    assert Value.objects.get(indicator=row.indicator_id, year=2024, replaced_at=None).revision == 2
    assert grid(adviser, {}).status_code == 302
    assert Value.objects.count() == before + 2
    assert grid(adviser, {f"v-{visits.pk}-2024": "ikke målt"}, "/staff/values/?unit=roads").status_code == 302
    assert Value.objects.get(indicator=visits, unit=solvik.roads).standing == "not_measured"


def test_a_wrong_cell_gets_its_sentence_and_nothing_is_lost_or_written(adviser: Client, row: ScorecardRow) -> None:
    visits, mine = Indicator.objects.get(key="website-visits").pk, row.indicator_id
    before = Value.objects.count()
    answer = grid(
        adviser,
        {f"v-{visits}-2025": "1000", f"v-{visits}-2024": "many", f"v-{mine}-2026": "6,5", f"v-{mine}-2025": ""},
    )
    said = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a class="ds-link" href="#v-{visits}-2024">' in said
    assert "«many» is no number" in said
    for kept in ('value="1000"', 'value="many"', 'value="6,5"'):
        assert kept in said
    # What is a number is judged once all are numbers.
    answer = grid(adviser, {f"v-{visits}-2025": "1000", f"v-{mine}-2026": "6,5", f"v-{mine}-2025": ""})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "The scale goes from 1 to 6. 6.5 is outside it." in said
    assert "There is a figure here." in said
    assert Value.objects.count() == before


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(adviser: Client, row: ScorecardRow) -> None:
    name = f"v-{row.indicator_id}-2025"
    page = adviser.get("/staff/values/")
    cell = next(cell for each in page.context["grid"].rows for cell in each.cells if cell.name == name)
    write(row.indicator, {2025: "4.9"})
    data = {name: "5,1", f"was-{name}": cell.was, f"seen-{name}": str(cell.seen)}
    answer = adviser.post("/staff/values/", data)
    assert answer.status_code == 422
    assert "Somebody else has written here meanwhile: 4.9" in answer.content.decode()
    assert 'value="5,1"' in answer.content.decode()
    seen = next(cell for each in answer.context["grid"].rows for cell in each.cells if cell.name == name)
    again = adviser.post("/staff/values/", {name: "5,1", f"was-{name}": seen.was, f"seen-{name}": str(seen.seen)})
    assert again.status_code == 302
    assert Value.objects.get(indicator=row.indicator_id, year=2025, replaced_at=None).value == Decimal("5.1")


def test_a_file_is_checked_read_in_and_refused_line_by_line(adviser: Client, row: ScorecardRow) -> None:
    def send(content: str, do: str = "read") -> Any:
        file = SimpleUploadedFile("figures.csv", content.encode(), "text/csv")
        return adviser.post("/staff/values/import/", {"file": file, "source": "SSB", "do": do})

    before = Value.objects.count()
    wrong = send("indicator;year;value\npopulation;20225;24000\npopulation;2024;24000\n")
    assert wrong.status_code == 422
    assert "«20225» is no year" in wrong.content.decode()
    assert Value.objects.count() == before
    assert send("indicator;year;value\npopulation;2024;24000\n", "check").status_code == 200
    assert Value.objects.count() == before
    assert send("indicator;year;value\npopulation;2024;24000\n").status_code == 302
    assert Value.objects.get(indicator__key="population").source == "SSB"
    assert adviser.post("/staff/values/import/", {}).status_code == 422


# --- Making -----------------------------------------------------------------------------------------------------------


def test_a_scorecard_is_made_by_its_forms(adviser: Client, row: ScorecardRow) -> None:
    answer = adviser.post("/staff/scorecards/new/", {"name_nb": "", "years": "11", "name_nn": "Kortet"})
    assert answer.status_code == 422
    assert "Kortet" in answer.content.decode()
    answer = adviser.post("/staff/scorecards/new/", {"name_nb": "Teknisk", "years": "3", "unit": "technical"})
    here = answer["Location"].removesuffix("structure/")
    assert here == "/staff/scorecards/teknisk/"
    adviser.post(f"{here}new-goal/", {"text_nb": "Gode veier", "perspective": "users"})
    goal = Goal.objects.get(scorecard__key="teknisk")
    adviser.post(f"{here}goals/{goal.pk}/new-factor/", {"text_nb": "Rask hjelp"})
    factor = SuccessFactor.objects.get(goal=goal)
    assert adviser.post(f"{here}factors/{factor.pk}/new-indicator/", {"indicator": "nothing"}).status_code == 422
    answer = adviser.post(f"{here}factors/{factor.pk}/new-indicator/", {"indicator": "reached"})
    made = ScorecardRow.objects.get(factor=factor)
    assert answer["Location"] == f"{here}rows/{made.pk}/"
    limits = f"{here}rows/{made.pk}/"
    wrong = adviser.post(limits, {"do": "limits", "since": "2025", "desired_low": "90", "desired_high": "120"})
    assert wrong.status_code == 422
    assert "The scale goes from 0 to 100." in wrong.content.decode()
    assert adviser.post(limits, {"do": "limits", "since": "2025"}).status_code == 422
    assert adviser.post(limits, {"do": "limits", "since": "20225", "desired_low": "9"}).status_code == 422
    assert not Threshold.objects.filter(row=made).exists()
    given = {"do": "limits", "since": "2025", "desired_low": "90", "acceptable_low": "80"}
    assert adviser.post(limits, given).status_code == 302
    threshold = Threshold.objects.get(row=made)
    ends = (threshold.desired_low, threshold.desired_high, threshold.acceptable_low, threshold.acceptable_high)
    assert ends == (90, 100, 80, 100)
    assert adviser.post(limits, given).status_code == 422  # twice for one year
    assert adviser.post(limits, {"note-note_nb": "Ny måling"}).status_code == 302
    assert "Ny måling" in text(adviser, here)
    adviser.post(f"{limits}limits/{threshold.pk}/remove/")
    adviser.post(f"{here}goals/{goal.pk}/remove/")
    assert not ScorecardRow.objects.filter(pk=made.pk).exists()
    assert adviser.post(f"{here}settings/", {"name_nb": "Teknisk sektor", "years": "4"}).status_code == 302
    assert Scorecard.objects.get(key="teknisk").names == {"nb": "Teknisk sektor"}
    adviser.post(f"{here}remove/")
    assert not Scorecard.objects.filter(key="teknisk").exists()


def test_an_indicator_is_made_and_changed(adviser: Client, row: ScorecardRow) -> None:
    given = {
        "name_nb": "Svartid", "scale": "days", "decimals": "1", "direction": "lower", "perspective": "users",
        "origin": "per_inhabitant", "formula": "nothing", "source": "Telefonsentralen",
    }  # fmt: skip
    wrong = adviser.post("/staff/indicators/new/", given)
    assert wrong.status_code == 422
    assert "There is no indicator with the key «nothing»" in wrong.content.decode()
    assert "Telefonsentralen" in wrong.content.decode()
    right = adviser.post("/staff/indicators/new/", given | {"origin": "typed", "formula": ""})
    assert right["Location"] == "/staff/indicators/svartid/"
    same = given | {"origin": "typed", "formula": "", "name_nb": "Svartid på telefon", "decimals": "0"}
    assert adviser.post("/staff/indicators/svartid/settings/", same).status_code == 302
    assert Indicator.objects.get(key="svartid").names == {"nb": "Svartid på telefon"}
    key = row.indicator.key
    stays = adviser.post(f"/staff/indicators/{key}/settings/", same)
    assert stays.status_code == 422
    assert "its scale stays" in stays.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_however_long_they_are(
    adviser: Client, number: int, django_assert_max_num_queries: Any
) -> None:
    for each in range(number):
        write(an_indicator(f"Nr {each}"), {2025: 4})
        Scorecard.objects.create(key=f"card-{each}", names={"nb": "x"})
    for path, most in (("/staff/scorecards/", 9), ("/staff/indicators/", 10), ("/staff/values/", 12)):
        with django_assert_max_num_queries(most):
            assert adviser.get(path).status_code == 200


# --- The desk ---------------------------------------------------------------------------------------------------------


def test_the_desk_counts_with_one_press_and_takes_back(row: ScorecardRow, client: Client, solvik: Solvik) -> None:
    client.force_login(solvik.clerk)
    client.cookies["django_language"] = "en"
    answer = client.post("/staff/statistics/count/", {"way": "visit"})
    assert answer["Location"] == "/staff/statistics/?counted=visit"
    client.post("/staff/statistics/count/", {"way": "phone"})
    said = text(client, "/staff/statistics/?counted=phone")
    assert "2 contacts today." in said
    assert "Undo «Call»" in said
    client.post("/staff/statistics/uncount/")
    client.post("/staff/statistics/uncount/")  # twice takes back no more than one
    assert DeskContact.objects.get().way == "visit"
    client.post("/staff/statistics/count/", {"way": "ghost"})
    assert DeskContact.objects.count() == 1
    for person in (solvik.reader, solvik.administrator, solvik.roads_leader):
        client.force_login(person)
        assert client.post("/staff/statistics/count/", {"way": "visit"}).status_code == 403
        assert "At the desk" not in text(client, "/staff/statistics/")
    assert DeskContact.objects.count() == 1


def test_the_desk_has_its_buttons_beside_the_figures(client: Client, solvik: Solvik) -> None:
    know_our_indicators(now=NOW)
    write(Indicator.objects.get(key="website-visits"), {2025: 428638})
    client.force_login(solvik.clerk)
    client.cookies["django_language"] = "en"
    said = text(client, "/staff/statistics/")
    assert "At the desk today" in said
    assert "428,638" in said.replace("\N{NO-BREAK SPACE}", ",")


def test_a_contact_is_taken_back_within_ten_minutes(row: ScorecardRow, client: Client, solvik: Solvik) -> None:
    client.force_login(solvik.clerk)
    client.post("/staff/statistics/count/", {"way": "visit"})
    with time_machine.travel(oslo(2026, 11, 16, 9, 11), tick=False):
        client.post("/staff/statistics/uncount/")
    assert DeskContact.objects.count() == 1
