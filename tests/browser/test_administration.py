"""The administrator's pages in a real browser: axe in each look, the errands by keyboard, without script, and at 320 px."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.models import RoutingRule
from organisation.actions.look import set_arms, set_colour
from organisation.actions.settings import add_day_off
from organisation.models import Municipality, Person, RoleAssignment, Unit
from tests.browser.conftest import PASSWORD, check_every_look, focus, sign_in
from tests.factories import CategoryFactory, RuleFactory, Solvik, a_card

BASE = "/staff/administration"
ARMS = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#c01b1b" d="M0 0h8v8z"/></svg>'


@pytest.fixture
def furnished(solvik: Solvik) -> Solvik:
    now = timezone.now()
    CategoryFactory(code="lights", name="Gatelys", deadline_days=5, deadline_kind="working_days")
    CategoryFactory(code="politics", name="Politikk", is_political=True, is_active=False)
    RuleFactory(name="Hull", unit=solvik.roads, words=["hull", "krater"])
    RuleFactory(name="Lekkasje", unit=solvik.water, words=["lekkasje"], is_active=False)
    Unit.objects.create(code="old", name="Gamle vei", closed_on=now.date(), successor=solvik.roads)
    a_card(now=now, unit=solvik.roads)
    year = now.year + 1
    day = next(day for day in range(20, 25) if timezone.datetime(year, 9, day).weekday() < 5)
    add_day_off(on=timezone.datetime(year, 9, day).date(), name="Kretsdag", by=solvik.administrator, now=now)
    return solvik


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """Where files are kept, for one test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


STATES = [
    "/units/technical/", "/units/old/", "/people/?q=finnes-ikke", "/categories/lights/", "/rules/?text=Et+hull#tried",
    "/log/?first=tull",
]  # fmt: skip
"""What `test_every_page.py` does not come by."""


def test_states(look: Page, live_server: Any, furnished: Solvik) -> None:
    sign_in(look, live_server.url, furnished.administrator)
    assert look.url == f"{live_server.url}{BASE}/"
    for path in STATES:
        look.goto(f"{live_server.url}{BASE}{path}")
        check_every_look(look)


def test_what_came_back(look: Page, live_server: Any, furnished: Solvik) -> None:
    """The states of a form: what is wrong with it, and what a change would do."""
    sign_in(look, live_server.url, furnished.administrator)
    look.goto(f"{live_server.url}{BASE}/deadlines/")
    look.get_by_label("Days until the callback").fill("5")
    look.get_by_role("button", name="See what it would do").click()
    expect(look.locator(".effect")).to_be_focused()
    check_every_look(look)
    look.goto(f"{live_server.url}{BASE}/new-rule/")
    look.get_by_role("button", name="Add the rule").click()
    expect(look.locator(".ds-error-summary")).to_be_focused()
    check_every_look(look)
    look.goto(f"{live_server.url}{BASE}/texts/page.intro/")
    look.get_by_label("Svenska").fill("Hej {kommun}")
    look.get_by_role("button", name="Save").click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look)
    look.goto(f"{live_server.url}{BASE}/look/")
    look.locator("#id_colour").fill("#ffd500")
    look.get_by_role("button", name="See how it looks").click()
    look.get_by_text("White cannot be read on #ffd500").wait_for()
    check_every_look(look)


def test_other_pages_in_the_municipalitys_colour(look: Page, live_server: Any, furnished: Solvik, media: Path) -> None:
    set_colour("#7a1f3d", by=furnished.administrator, now=timezone.now())
    set_arms(ARMS, by=furnished.administrator, now=timezone.now())
    look.goto(live_server.url)
    expect(look.locator("header img.mark")).to_be_visible()
    assert look.evaluate("document.querySelector('header img.mark').naturalWidth > 0")
    check_every_look(look)
    sign_in(look, live_server.url, furnished.clerk)
    for path in ("/staff/", "/staff/register/"):
        look.goto(live_server.url + path)
        check_every_look(look)
    colour = "getComputedStyle(document.querySelector('main button.ds-button[type=submit]')).backgroundColor"
    assert look.evaluate(colour) == "rgb(122, 31, 61)"
    look.emulate_media(color_scheme="dark")
    assert look.evaluate(colour) != "rgb(122, 31, 61)"


def test_a_rule_is_made_moved_and_tried_by_keyboard_alone(page: Page, live_server: Any, furnished: Solvik) -> None:
    sign_in(page, live_server.url, furnished.administrator)
    page.goto(f"{live_server.url}{BASE}/rules/")
    focus(page.get_by_role("link", name="Add a rule"))
    page.keyboard.press("Enter")
    focus(page.get_by_label("Name"))
    page.keyboard.type("Lyktestolper")
    page.keyboard.press("Tab")
    page.keyboard.type("Van")
    for _field in ("Category", "Kind", "Area or place", "Words"):
        page.keyboard.press("Tab")
    page.keyboard.type("lyktestolpe, hull")
    page.keyboard.press("Tab")  # In use
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("The rule is added.").wait_for()

    focus(page.get_by_role("button", name="Move «Lyktestolper» up"))
    for _time in range(2):
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        focused = page.locator(":focus")
        expect(focused).to_have_attribute("aria-label", "Move «Lyktestolper» " + ("up" if _time == 0 else "down"))
    assert RoutingRule.objects.order_by("position").values_list("name", flat=True)[0] == "Lyktestolper"

    focus(page.get_by_label("What somebody might write"))
    page.keyboard.type("Et hull i bakken")
    for _field in ("Category", "Kind", "Area or place", "Try"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".tried")).to_be_focused()
    expect(page.locator(".tried")).to_contain_text("Goes to Vann")
    expect(page.locator(".tried")).to_contain_text("Hull → Vei")


@pytest.fixture
def plain(browser: Browser, live_server: Any) -> Any:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB", base_url=live_server.url)
    yield context.new_page()
    context.close()


def test_the_errands_without_script(plain: Page, live_server: Any, furnished: Solvik, media: Path) -> None:
    page = plain
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(furnished.administrator.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{BASE}/")

    page.get_by_role("link", name="Units").click()
    page.get_by_role("link", name="Open a unit").click()
    page.get_by_label("Name").fill("Park")
    page.get_by_label("Sector it belongs to").select_option(label="Teknisk sektor")
    page.get_by_role("button", name="Open the unit").click()
    page.get_by_text("The unit is open.").wait_for()

    page.goto(f"{BASE}/new-person/")
    page.get_by_label("Name").fill("Åse Ny")
    page.get_by_label("E-mail").fill("ase@solvik.test")
    page.get_by_role("button", name="Let in without a mail").click()
    page.locator("#id_role-role").select_option(label="Case handler")
    page.get_by_label("Unit, for a case handler").select_option(label="Park")
    page.get_by_role("button", name="Give the role").click()
    page.get_by_text("The role is given.").wait_for()
    assert RoleAssignment.objects.get(person=Person.objects.get(email="ase@solvik.test")).unit.code == "park"

    page.goto(f"{BASE}/units/roads/close/")
    page.get_by_text("1 open card moves to the successor").wait_for()
    page.get_by_label("Successor").select_option(label="Park")
    page.get_by_role("button", name="Close the unit").click()
    page.get_by_text("«Vei» is closed.").wait_for()

    page.goto(f"{BASE}/categories/")
    page.get_by_role("button", name="Move «Politikk» up").click()
    page.goto(f"{BASE}/calendar/")
    page.get_by_role("button", name="Take away Kretsdag").click()
    page.get_by_text("The day off is taken away.").wait_for()

    page.goto(f"{BASE}/look/")
    page.locator("#id_file").set_input_files({"name": "våpen.svg", "mimeType": "image/svg+xml", "buffer": ARMS})
    page.get_by_role("button", name="Use this coat of arms").click()
    page.get_by_text("The coat of arms is shown on all pages now.").wait_for()
    assert Municipality.objects.get().arms.name.endswith(".svg")

    page.goto(f"{BASE}/log/")
    for told in ("Unit: Park", "Person: Åse Ny", "Category: Politikk", "Day off: Kretsdag", "Unit: Vei"):
        expect(page.locator("main")).to_contain_text(told)
