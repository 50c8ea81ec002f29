"""Making a survey in a real browser: axe in each look, the errand by keyboard, without script, and at 320 px."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from organisation.models import Person
from organisation.permissions import Role
from surveys.actions.building import create_survey
from surveys.actions.building_library import insert_from_library
from surveys.library import library_items
from surveys.models import Question, Survey
from surveys.queries import items_of
from tests.browser.conftest import PASSWORD, check_every_look, focus, sign_in
from tests.factories import PersonFactory, RoleFactory, Solvik
from tests.surveys.questionnaire import field_it

HERE = "/staff/surveys/citizens-2026"


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    person = PersonFactory(name="Quality Adviser", email="adviser@solvik.test", language="en")
    person.set_password(PASSWORD)
    person.save()
    RoleFactory(person=person, role=Role.QUALITY_ADVISER)
    return person


@pytest.fixture
def survey(adviser: Person) -> Survey:
    """A survey with the whole library, and the round before it, whose next one is due."""
    now = timezone.now()
    old = create_survey(titles={"nb": "Eldre"}, code="older", repeats_every_years=1, by=adviser, now=now)
    insert_from_library(old, ["library", "age"], by=None, now=now)
    field_it(old, opens_at=now - timezone.timedelta(days=330))
    made = create_survey(titles={"nb": "Innbyggerne 2026"}, code="citizens-2026", by=adviser, now=now)
    insert_from_library(made, library_items(), by=None, now=now)
    return made


PATHS = [
    "/staff/surveys/", "/staff/surveys/new/", f"{HERE}/", f"{HERE}/settings/", f"{HERE}/copy/", f"{HERE}/questionnaire/",
    f"{HERE}/library/", f"{HERE}/new-area/", f"{HERE}/areas/meeting/", f"{HERE}/areas/priorities/",
    f"{HERE}/areas/meeting/new-question/", f"{HERE}/questions/got-help/", f"{HERE}/questions/district/",
    "/staff/surveys/older/questionnaire/", "/staff/surveys/older/settings/",
]  # fmt: skip
OPEN_ALL = "document.querySelectorAll('main details').forEach(one => { one.hidden = false; one.open = true; })"


def test_every_page(look: Page, live_server: Any, survey: Survey, adviser: Person) -> None:
    sign_in(look, live_server.url, adviser)
    for path in PATHS:
        look.goto(live_server.url + path)
        assert look.get_by_role("heading", level=1).count() == 1
        look.evaluate(OPEN_ALL)
        check_every_look(look)


def test_pages_with_errors(look: Page, live_server: Any, survey: Survey, adviser: Person) -> None:
    sign_in(look, live_server.url, adviser)
    for path, field, button in (
        ("/staff/surveys/new/", "title_nb", "Make the survey"),
        (f"{HERE}/new-area/", "title_nb", "Add the area"),
        (f"{HERE}/questions/district/", "text_nb", "Save"),
    ):
        look.goto(live_server.url + path)
        look.locator(f"#id_{field}").fill("")
        look.get_by_role("button", name=button, exact=True).click()
        look.get_by_role("link", name="Write a few words here.").wait_for()
        check_every_look(look)
    look.goto(f"{live_server.url}{HERE}/library/")
    look.get_by_role("button", name="Take the chosen questions").click()
    expect(look.locator(".ds-error-summary")).to_be_focused()
    check_every_look(look)


def test_what_comes_for_the_preview_leaves_a_tick_that_was_made_meanwhile(
    page: Page, live_server: Any, survey: Survey, adviser: Person
) -> None:
    sign_in(page, live_server.url, adviser)
    page.goto(f"{live_server.url}{HERE}/areas/safety/new-question/")
    page.locator("#id_text_nb").fill("Det er trygt i parken.")
    page.get_by_label("Asked only if an answer was given to").select_option("been-in-touch")
    yes = page.locator("#condition-values").get_by_label("Ja", exact=True)
    expect(yes).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("Det er trygt i parken.")
    page.wait_for_load_state("networkidle")

    def tick_while_it_is_under_way(route: Route) -> None:
        # Without a word to the page: it would send for another preview, which makes this one void.
        yes.evaluate("box => { box.checked = true }")
        route.continue_()

    page.route("**/new-question/", tick_while_it_is_under_way, times=1)
    page.locator("#id_text_nb").fill("Det er trygt i byen.")
    expect(page.locator("#preview")).to_contain_text("Det er trygt i byen.")
    expect(yes).to_be_checked()


def test_a_question_is_written_by_keyboard_and_seen_while_one_types(
    page: Page, live_server: Any, survey: Survey, adviser: Person
) -> None:
    sign_in(page, live_server.url, adviser)
    page.goto(f"{live_server.url}{HERE}/areas/safety/")
    focus(page.get_by_role("link", name="Write a question"))
    page.keyboard.press("Enter")
    focus(page.locator("#id_text_nb"))
    page.keyboard.type("Det er trygt i parken.")
    expect(page.locator("#preview")).to_contain_text("Det er trygt i parken.")
    expect(page.locator("#id_text_nb")).to_be_focused()
    # A condition offers the answers of the question it names, without leaving the page.
    page.get_by_label("Asked only if an answer was given to").select_option("been-in-touch")
    page.get_by_label("Ja", exact=True).first.wait_for()
    focus(page.locator("#condition-values").get_by_label("Ja", exact=True))
    page.keyboard.press("Space")
    focus(page.get_by_role("button", name="Add the question"))
    page.keyboard.press("Enter")
    page.get_by_text("The question is added, the last of its area.").wait_for()
    made = Question.objects.get(key="det-er-trygt-i-parken")
    assert made.show_if == {"question": "been-in-touch", "values": ["yes"]}

    focus(page.get_by_role("button", name="Move «Det er trygt i parken.» up"))
    for _time in range(2):
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        expect(page.locator(":focus")).to_have_attribute("aria-label", "Move «Det er trygt i parken.» up")
    assert [item.key for item in items_of(survey) if item.area == "safety"][-3] == made.key


def test_choices_show_for_types_that_have_them_and_in_the_preview(
    page: Page, live_server: Any, survey: Survey, adviser: Person
) -> None:
    sign_in(page, live_server.url, adviser)
    page.goto(f"{live_server.url}{HERE}/areas/safety/new-question/")
    expect(page.locator("#choices")).to_be_hidden()
    page.get_by_label("Type").select_option("multiple")
    page.get_by_label("Choice 1", exact=True).fill("Sentrum")
    page.get_by_label("Choice 2", exact=True).fill("Parken")
    preview = page.get_by_role("region", name="How it looks")
    expect(preview.get_by_label("Parken")).to_have_attribute("type", "checkbox")
    page.locator("#shown_in").select_option("sv")
    expect(preview.locator("[lang=sv]")).to_contain_text("Vet inte / inte relevant")
    page.locator("#id_text_nb").fill("Hvor er du?")
    page.get_by_role("button", name="Add the question").click()
    page.get_by_text("The question is added").wait_for()
    assert [option["key"] for option in Question.objects.get(key="hvor-er-du").options] == ["sentrum", "parken"]


def test_a_survey_is_made_without_script(browser: Browser, live_server: Any, solvik: Solvik, adviser: Person) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, adviser)
    assert page.url == f"{live_server.url}/staff/surveys/"
    page.get_by_role("link", name="Make a survey").click()
    page.locator("#id_title_nb").fill("Innbyggerne")
    page.get_by_role("button", name="Make the survey").click()
    page.get_by_role("link", name="From the library").click()
    page.get_by_text("Kultur og fritid").or_(page.get_by_text("Culture and leisure")).first.click()
    page.get_by_role("button", name="Take the whole area – Culture and leisure").click()
    page.get_by_text("6 questions are taken in.").wait_for()
    page.get_by_role("link", name="Culture and leisure").click()
    page.locator("#shown_in").select_option("nb-easy")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#preview")).to_contain_text("Biblioteket er godt.")
    page.get_by_role("link", name="Write a question").click()
    page.locator("#id_text_nb").fill("Jeg liker kino.")
    page.get_by_role("button", name="See how it looks").click()
    expect(page.locator("#preview")).to_contain_text("Jeg liker kino.")
    page.get_by_role("button", name="Add the question").click()
    page.get_by_role("button", name="Move «Jeg liker kino.» up").click()
    expect(page.locator("#preview legend").last).not_to_contain_text("Jeg liker kino.")
    assert [item.key for item in items_of(Survey.objects.get())][-2] == "jeg-liker-kino"
    context.close()
