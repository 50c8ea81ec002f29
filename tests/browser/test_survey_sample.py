"""From the register to the letters: the pages of sample and fielding, with and without script, by keyboard, in all looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from organisation.models import Person
from organisation.permissions import Role
from surveys.actions.fielding import field_survey
from surveys.actions.sampling import Wanted, draw_sample
from surveys.models import Draw, Invitation, Survey
from tests.browser.conftest import PASSWORD, check_every_look, focus, sign_in
from tests.factories import RoleFactory, Solvik
from tests.surveys.samples import a_population, a_survey, register_rows


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    person = RoleFactory(role=Role.QUALITY_ADVISER).person
    person.language = "en"
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "november.csv").write_text("\n".join(register_rows(80)))
    return tmp_path / "november.csv"


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    (tmp_path / "feil.csv").write_text("id;navn;fødselsår\n1;Kari;1980\n1;Ola;2999\n2;Per;1890\n")
    return tmp_path / "feil.csv"


def the_errand(page: Page, server: str, file: Path) -> None:
    """Read in, draw, field, and have the letters."""
    page.goto(f"{server}/staff/surveys/innbygger-2026/sample/")
    page.get_by_role("link", name="Read in a register").click()
    page.get_by_label("CSV file from the population register").set_input_files(file)
    page.get_by_role("button", name="Read it in").click()
    expect(page.get_by_text("80 people.")).to_be_visible()
    page.goto(f"{server}/staff/surveys/innbygger-2026/sample/")
    page.get_by_label("Method").select_option("proportional")
    page.get_by_label("Groups by").select_option("gender")
    page.get_by_label("How many", exact=False).last.fill("30")
    page.get_by_role("button", name="Draw the sample").click()
    expect(page.get_by_role("heading", name="30 drawn of 80")).to_be_visible()
    page.get_by_role("link", name="Go on to fielding").click()
    today = timezone.localdate()
    page.get_by_label("Opens").fill(today.strftime("%d.%m.%Y"))
    page.get_by_label("Closes").fill((today + timedelta(days=20)).strftime("%d.%m.%Y"))
    page.get_by_role("button", name="Field the survey").click()
    expect(page.get_by_role("heading", name="0 of 30 have answered (0%)")).to_be_visible()
    expect(page.get_by_role("link", name="30 letters (PDF)")).to_be_visible()


def test_the_whole_errand(page: Page, live_server: Any, adviser: Person, file: Path) -> None:
    a_survey()
    sign_in(page, live_server.url, adviser)
    the_errand(page, live_server.url, file)
    with page.expect_response("**/fielding/letters/") as got:
        page.evaluate("fetch(document.querySelector('a[href$=\"/letters/\"]').href)")
    assert got.value.headers["content-type"] == "application/pdf"
    assert Draw.objects.get().drawn == 30


def test_the_whole_errand_without_script(browser: Browser, live_server: Any, adviser: Person, file: Path) -> None:
    a_survey()
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, adviser)
    the_errand(page, live_server.url, file)
    page.get_by_role("button", name="Remind 30 people").click()
    expect(page.get_by_role("status").first).to_contain_text("Reminded:")
    context.close()


@pytest.fixture
def fielded(solvik: Solvik) -> Survey:
    now = timezone.now()
    survey = a_survey()
    draw_sample(survey, a_population(80), Wanted("proportional", 40, "district", "2026"), by=None, now=now)
    return field_survey(survey, now - timedelta(days=1), now + timedelta(days=20), by=None, now=now)


def test_letters_that_came_back_by_keyboard(page: Page, live_server: Any, adviser: Person, fielded: Survey) -> None:
    sign_in(page, live_server.url, adviser)
    page.goto(f"{live_server.url}/staff/surveys/innbygger-2026/fielding/")
    focus(page.get_by_label("Code on the letter"))
    for code in Invitation.objects.order_by("pk").values_list("code", flat=True)[:2]:
        page.keyboard.type(code.lower())
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"{code}: the letter came back.")).to_be_visible()
        expect(page.get_by_label("Code on the letter")).to_be_focused()
    assert Invitation.objects.filter(returned=True).count() == 2


def test_each_page_is_accessible(look: Page, live_server: Any, adviser: Person, fielded: Survey, faulty: Path) -> None:
    page = look
    a_survey("kladd")
    sign_in(page, live_server.url, adviser)
    states: list[tuple[str, str, Callable[[], None]]] = [
        ("populations", "populations/", lambda: None),
        ("sample", "surveys/kladd/sample/?margin=0,3&response=40&sd=1,2&people=80", lambda: None),
        ("drawn", "surveys/innbygger-2026/sample/", lambda: None),
        ("draft", "surveys/kladd/fielding/", page_refuses(page, "Field the survey")),
        ("fielding", "surveys/innbygger-2026/fielding/?by=district", lambda: None),
        ("refused", "surveys/innbygger-2026/fielding/", page_refuses(page, "Write it down")),
        ("survey", "surveys/innbygger-2026/", lambda: None),
    ]
    for name, path, act in states:
        page.goto(f"{live_server.url}/staff/{path}")
        act()
        check_every_look(page, name)
    page.goto(f"{live_server.url}/staff/populations/")
    page.get_by_label("CSV file from the population register").set_input_files(faulty)
    page.get_by_role("button", name="Only check the file").click()
    expect(page.get_by_text("Nothing was read in.")).to_be_visible()
    check_every_look(page, "faults")


def page_refuses(page: Page, button: str) -> Callable[[], None]:
    def act() -> None:
        page.get_by_role("button", name=button).click()
        expect(page.locator(".ds-error-summary")).to_be_visible()

    return act
