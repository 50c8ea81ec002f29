"""The pages of themes and the overview: what they say, who may, what a form does right and wrong, and what they cost."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from organisation.models import Change
from organisation.permissions import Role
from reporting.actions.counting import compute_figures
from reporting.actions.indicators import know_our_indicators
from reporting.actions.themes import create_theme, know_usual_themes
from reporting.assessment_versions import versions
from reporting.card_themes import cards_by_category, count_cards_by_category
from reporting.forms.overview import OverviewForm
from reporting.judging import Limits, Range
from reporting.models import Indicator, OverviewFigure, Theme, ThemeLink
from reporting.tasks import compute_indicators
from reporting.usual_themes import USUAL
from surveys.library import library
from surveys.models import Publication
from tests.factories import OSLO, CategoryFactory, PersonFactory, RoleFactory, Solvik, many_cards, oslo
from tests.reporting.scorecards import a_scorecard, an_indicator, write
from tests.reporting.themes import weak_from_several_sides

pytestmark = pytest.mark.django_db

D = Decimal
NOW = oslo(2026, 11, 16, 9)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def adviser(solvik: Solvik, client: Client) -> Client:
    client.force_login(RoleFactory(person=PersonFactory(language="en"), role=Role.QUALITY_ADVISER).person)
    client.cookies["django_language"] = "en"
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return " ".join(answer.content.decode().split())


def links(theme: Theme) -> set[tuple[str, str]]:
    return set(theme.links.values_list("side", "key"))


@pytest.fixture
def roads(solvik: Solvik) -> Theme:
    """A theme that is weak from four sides, and one of which little is known."""
    many_cards(21, now=oslo(2026, 9, 1, 9), unit=solvik.roads, kind="complaint", category=CategoryFactory(code="road"))
    many_cards(21, now=oslo(2026, 9, 1, 9), unit=solvik.water, kind="request", category=CategoryFactory(code="water"))
    standard = an_indicator("Veistandard", scale="percent")
    write(standard, {2024: 70, 2025: 60})
    a_scorecard(("Veier", standard, Limits(2020, Range(D(75), D(100)), Range(D(65), D(74)))))
    theme = weak_from_several_sides(standard, NOW)
    theme.links.filter(side="cards").exclude(key="road").delete()
    create_theme(names={"nb": "Vann", "en": "Water"}, laid={"cards": ["water"]}, by=None, now=NOW)
    return theme


# --- The same weakness ------------------------------------------------------------------------------------------------


def test_a_theme_tells_from_each_side_what_when_and_of_how_many(adviser: Client, roads: Theme) -> None:
    said = text(adviser, "/staff/themes/")
    weak, fine = said.split("The other themes")[0], said.split("The other themes")[-1]
    for words in (
        "Roads", "from 4 sides", "Question roads", "2.5", "below the middle of the scale", "lower than before",
        "In 2026: 4.5.", "30 answers", "/surveys/round-2/results/", "41 of 100", "less than half of the points", "2020",
        "Veistandard", "60%", "outside the limits", "worse than before", "since 2024, worse", "21 messages",
        "many complaints", "100 per cent complaints of 21", "late of 21 promised answers",
        "category=road&amp;received_from=2025-11-01&amp;received_until=2026-10-31", "Weak", "Getting worse",
    ):  # fmt: skip
        assert words in weak.replace(" ", " ").replace(" %", "%"), words
    assert "Cards are from 1 Nov 2025 to 31 Oct 2026, counted 16 Nov 2026, 09:00." in said
    assert "Question cycling" in weak  # fell for nobody, and stands folded
    assert "Roads" not in fine
    assert "Water" in fine


def test_the_command_and_the_page_say_the_same(adviser: Client, roads: Theme) -> None:
    out = StringIO()
    call_command("themes", "--json", "--language", "en", stdout=out)
    found = json.loads(out.getvalue())
    first, second = found["themes"]
    assert (first["theme"], first["weak_sides"], first["falling_sides"], first["several"]) == ("roads", 4, 2, True)
    assert (second["name"], second["weak_sides"], second["several"]) == ("Water", 1, False)  # promised, and late
    by_key = {one["key"]: one for one in first["sides"]["survey"]}
    assert by_key["roads"]["reasons"] == ["below_middle", "lower_than_before"]
    assert (by_key["roads"]["mean"], by_key["roads"]["n"]) == (2.5, 30)
    assert by_key["cycling"]["reasons"] == []
    assert first["sides"]["cards"][0]["reasons"] == ["negative", "late"]
    assert found["cards_counted_at"] == NOW.isoformat()
    out = StringIO()
    call_command("themes", stdout=out)
    assert "Veier: weak from survey, assessment, indicator, cards" in out.getvalue()


def test_nothing_is_weak_for_lack_of_figures(adviser: Client, roads: Theme) -> None:
    ThemeLink.objects.all().delete()
    laid = {"survey": ["schools"], "assessment": ["openness"], "indicator": ["no-more"], "cards": ["gone"]}
    for side, keys in laid.items():
        ThemeLink.objects.create(theme=roads, side=side, key=keys[0])
    said = text(adviser, "/staff/themes/")
    assert "No theme is weak from more than one side." in said
    assert said.count("No figures yet") == 4
    many_cards(19, now=oslo(2026, 9, 1, 9), category=CategoryFactory(code="gone"), kind="complaint")
    cache.clear()
    assert "too few to say" in text(adviser, "/staff/themes/")


def test_a_survey_that_was_withdrawn_says_nothing(adviser: Client, roads: Theme) -> None:
    Publication.objects.filter(survey__code="round-2").update(withdrawn_at=NOW, withdrawn_because="Feil")
    said = text(adviser, "/staff/themes/")
    assert "/surveys/round-1/results/" in said
    assert "/surveys/round-2/results/" not in said


def test_cards_lead_to_the_list_for_who_sees_them_all(client: Client, roads: Theme, solvik: Solvik) -> None:
    for person, sees in ((solvik.clerk, True), (solvik.roads_leader, False), (solvik.chief, False)):
        client.force_login(person)
        said = text(client, "/staff/themes/")
        assert ("category=road&amp;" in said) == sees
        assert "/staff/themes/roads/" not in said  # nobody of these changes themes


def test_cards_are_counted_each_hour_and_kept_with_the_moment(roads: Theme, solvik: Solvik) -> None:
    compute_indicators()
    many_cards(5, now=oslo(2026, 9, 2, 9), category=CategoryFactory(code="new"))
    later = oslo(2026, 11, 16, 10)
    kept = cards_by_category(now=later, zone=OSLO)
    assert (kept.counted_at, "new" in kept.now) == (NOW, False)
    assert kept.before is None  # no card is older than a year
    counted = count_cards_by_category(now=later, zone=OSLO)
    assert counted.now["new"].cards == 5
    assert (counted.first, counted.last) == (date(2025, 11, 1), date(2026, 10, 31))
    many_cards(2, now=oslo(2024, 11, 20, 9))
    assert count_cards_by_category(now=later, zone=OSLO).before == {"": (2, 0, 0, 0, 2, 2)}


@pytest.mark.parametrize("number", [1, 5])
def test_the_page_costs_the_same_however_many_themes(
    adviser: Client, roads: Theme, number: int, django_assert_max_num_queries: Any
) -> None:
    for each in range(number):
        laid = {"survey": ["roads"], "assessment": ["users"], "indicator": ["veistandard"], "cards": ["water"]}
        create_theme(names={"nb": f"Tema {each}"}, laid=laid, by=None, now=NOW)
    adviser.get("/staff/themes/")
    with django_assert_max_num_queries(15):
        adviser.get("/staff/themes/")


# --- Making themes ----------------------------------------------------------------------------------------------------


def test_who_may_see_and_who_may_change(roads: Theme, client: Client, solvik: Solvik) -> None:
    managing = ["/staff/themes/order/", "/staff/themes/new/", "/staff/themes/roads/", "/staff/figures/choose/"]
    posting = ["/staff/themes/usual/", "/staff/themes/roads/remove/", "/staff/themes/roads/move/"]
    assert client.get("/staff/themes/").status_code == 302
    for name, (seeing, changing) in {
        "clerk": (200, 403), "roads_leader": (200, 403), "chief": (200, 403), "reader": (200, 403),
        "administrator": (200, 200), "handler": (403, 403),
    }.items():  # fmt: skip
        client.force_login(getattr(solvik, name))
        assert {client.get(path).status_code for path in ("/staff/themes/", "/staff/figures/")} == {seeing}, name
        assert {client.get(path).status_code for path in managing} == {changing}, name
        if changing == 403:
            assert {client.post(path).status_code for path in [*posting, *managing[1:]]} <= {403}, name
    assert Theme.objects.filter(key="roads").exists()
    client.force_login(solvik.administrator)
    assert client.get("/staff/themes/nothing/").status_code == 404
    assert client.post("/staff/themes/nothing/move/").status_code == 404


def test_a_theme_is_made_changed_moved_and_taken_away(adviser: Client, roads: Theme) -> None:
    form = adviser.get("/staff/themes/new/").context["form"]
    fields = {side.side: side.fields for side in form.sides}
    survey = next(field for field in fields["survey"] if "schools" in dict(field.field.choices))
    sent = {"name_nb": "Skole", "name_en": "School", survey.html_name: ["schools", "kindergartens"]}
    made = adviser.post("/staff/themes/new/", sent | {fields["cards"][0].html_name: ["road"]})
    assert made["Location"] == "/staff/themes/order/"
    theme = Theme.objects.get(key="skole")
    assert links(theme) == {("survey", "schools"), ("survey", "kindergartens"), ("cards", "road")}
    page = text(adviser, "/staff/themes/skole/")
    assert "2 chosen" in page
    assert "The kindergartens" in page or "kindergarten" in page.lower()  # by name, not by key
    adviser.post("/staff/themes/skole/", {"name_nb": "Skoler", survey.html_name: ["schools"]})
    assert links(theme) == {("survey", "schools")}
    theme.refresh_from_db()
    assert theme.names["nb"] == "Skoler"
    assert (
        Change.objects.filter(kind__iendswith="themelink").count() >= 5
    )  # what was laid on and taken off is in the log
    adviser.post("/staff/themes/skole/move/", {"way": "up"})
    assert list(Theme.objects.values_list("key", flat=True)) == ["roads", "skole", "vann"]
    adviser.post("/staff/themes/skole/remove/")
    assert not Theme.objects.filter(key="skole").exists()


def test_what_is_wrong_comes_back_with_its_sentence_and_all_that_was_chosen(adviser: Client, roads: Theme) -> None:
    form = adviser.get("/staff/themes/new/").context["form"]
    cards = next(side for side in form.sides if side.side == "cards").fields[0].html_name
    wrong = adviser.post("/staff/themes/new/", {"name_nb": "", cards: ["road", "ghost"]})
    said = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Write a few words here." in said
    assert "That one is not there any more. Choose another." in said
    assert 'value="road" ' in said
    assert wrong.context["form"][cards].value() == ["road", "ghost"]
    too_long = adviser.post("/staff/themes/new/", {"name_nb": "x" * 200})
    assert too_long.status_code == 422
    assert Theme.objects.count() == 2


def test_what_is_laid_on_and_known_no_more_stays_on_offer(adviser: Client, roads: Theme) -> None:
    ThemeLink.objects.create(theme=roads, side="survey", key="a-question-of-old")
    form = adviser.get("/staff/themes/roads/").context["form"]
    sent = {field.html_name: field.value() for side in form.sides for field in side.fields}
    before = links(roads)
    adviser.post("/staff/themes/roads/", {"name_nb": "Veier"} | {name: value for name, value in sent.items() if value})
    assert links(roads) == before


def test_the_usual_themes_come_with_one_press_and_change_nothing_of_ours(adviser: Client, roads: Theme) -> None:
    before = links(roads)
    adviser.post("/staff/themes/usual/")
    assert Theme.objects.count() == len(USUAL) + 1  # «roads» was there
    assert links(roads) == before
    assert links(Theme.objects.get(key="water-and-waste")) >= {("cards", "water"), ("survey", "water-supply")}
    assert ("cards", "waste") not in links(Theme.objects.get(key="water-and-waste"))  # no such category here
    with translation.override("nn"):
        assert Theme.objects.get(key="health").name_in("nn") == "Helse og omsorg"
    assert know_usual_themes(by=None, now=NOW) == 0
    assert (
        "All the usual themes are there already." in adviser.post("/staff/themes/usual/", follow=True).content.decode()
    )


def test_the_usual_themes_name_what_there_is() -> None:
    survey = {key for area in library() for key in (area.key, *(item.key for item in area.items))}
    assessed = {area.key for version in versions().values() for area in version.areas}
    for usual in USUAL:
        assert set(usual.survey) <= survey, usual.key
        assert set(usual.assessment) <= assessed, usual.key
    assert {key for usual in USUAL for key in usual.assessment} == assessed  # no area of either form is left out


# --- The overview -----------------------------------------------------------------------------------------------------


def test_the_overview_shows_the_first_of_the_scorecard_until_somebody_chooses(adviser: Client, roads: Theme) -> None:
    said = text(adviser, "/staff/figures/")
    for words in ("Veistandard", "Unacceptable", "since 2024, worse", "desired 75–100", "2025", "By year.",
                  "The scale goes from 0 to 100.", "The figures in a table", "The whole municipality"):  # fmt: skip
        assert words in said, words
    know_our_indicators(now=NOW)
    chosen = {"figure_1": "cards-received", "figure_3": "veistandard"}
    assert adviser.post("/staff/figures/choose/", chosen)["Location"] == "/staff/figures/"
    assert list(OverviewFigure.objects.values_list("indicator__key", flat=True)) == ["cards-received", "veistandard"]
    compute_figures(now=NOW, zone=OSLO)
    said = text(adviser, "/staff/figures/")
    assert said.index("Messages received") < said.index("Veistandard")
    assert "so far, to 15 Nov 2026" in said
    assert "received_from=2026-01-01&amp;received_until=2026-11-15" in said  # to the cards behind it
    assert "Computed figures are from 16 Nov 2026, 09:00." in said
    adviser.post("/staff/figures/choose/", {"figure_1": "veistandard", "figure_2": "cards-received"})
    assert list(OverviewFigure.objects.values_list("indicator__key", flat=True)) == ["veistandard", "cards-received"]
    adviser.post("/staff/figures/choose/", {})
    assert not OverviewFigure.objects.exists()


def test_a_figure_chosen_twice_and_one_that_is_gone_are_refused(adviser: Client, roads: Theme) -> None:
    twice = adviser.post("/staff/figures/choose/", {"figure_1": "veistandard", "figure_4": "veistandard"})
    assert twice.status_code == 422
    assert twice.context["form"].errors["figure_4"] == ["This figure is chosen twice. Choose another, or none."]
    gone = adviser.post("/staff/figures/choose/", {"figure_1": "ghost"})
    assert gone.status_code == 422
    assert not OverviewFigure.objects.exists()
    assert len(OverviewForm(shown=[], language="en").fields) == 8


def test_a_leader_sees_the_own_unit_first(client: Client, roads: Theme, solvik: Solvik) -> None:
    know_our_indicators(now=NOW)
    Indicator.objects.get(key="cards-received").on_overview = OverviewFigure.objects.create(
        indicator=Indicator.objects.get(key="cards-received")
    )
    compute_figures(now=NOW, zone=OSLO)
    client.force_login(solvik.roads_leader)
    own = client.get("/staff/figures/")
    assert own.context["place"] == solvik.roads
    assert own.context["overview"].figures[0].cell.value == 21
    whole = client.get("/staff/figures/?unit=")
    assert whole.context["place"] is None
    assert whole.context["overview"].figures[0].cell.value == 42
    assert client.get("/staff/figures/?unit=technical").context["overview"].figures[0].cell.value == 42
    assert client.get("/staff/figures/?unit=nowhere").status_code == 404
    client.force_login(solvik.clerk)
    assert client.get("/staff/figures/").context["place"] is None


def test_nothing_is_counted_for_the_overview(adviser: Client, roads: Theme, django_assert_max_num_queries: Any) -> None:
    know_our_indicators(now=NOW)
    for place, indicator in enumerate(Indicator.objects.all()[:8]):
        OverviewFigure.objects.create(indicator=indicator, position=place)
    compute_figures(now=NOW, zone=OSLO)
    with django_assert_max_num_queries(14) as asked:
        adviser.get("/staff/figures/")
    assert not [query["sql"] for query in asked.captured_queries if "feedback_card" in query["sql"]]
