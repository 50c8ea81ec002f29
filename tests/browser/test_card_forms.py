"""The forms under «More» on a card's page: each comes when its step is opened, by keyboard, by mouse, and without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.models import Card
from tests.browser.conftest import check_every_look, focus, sign_in
from tests.factories import Solvik, a_card
from tests.feedback.steps import try_three_times
from tests.pictures import photo


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads, text="Hull i veien")


def open_page(page: Page, server: str, solvik: Solvik, card: Card, query: str = "") -> list[str]:
    """Open the card's page, and return the list of the steps' forms that are asked for from then on."""
    sign_in(page, server, solvik.clerk)
    page.goto(f"{server}/staff/cards/{card.reference}/{query}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.headers.get("hx-request") else None)
    return asked


def summary(page: Page, slug: str) -> Any:
    return page.locator(f"#step-{slug} > summary")


def test_a_step_is_opened_by_the_keyboard_and_done(page: Page, live_server: Any, solvik: Solvik, card: Card) -> None:
    asked = open_page(page, live_server.url, solvik, card, "?from=due%3Dopen")
    assert asked == []
    for key in ("Enter", "Space"):
        slug = {"Enter": "note", "Space": "return"}[key]
        focus(summary(page, slug))
        page.keyboard.press(key)
        expect(page.locator(f"#step-{slug} textarea")).to_be_visible()
        expect(summary(page, slug)).to_be_focused()
    focus(summary(page, "note"))
    page.keyboard.press("Tab")
    expect(page.locator("#step-note textarea")).to_be_focused()
    page.keyboard.type("Ringte fylket")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The note is saved.")
    expect(page.locator(".timeline")).to_contain_text("Ringte fylket")
    assert "?from=due%3Dopen" in page.url


def test_what_was_typed_stays_when_a_step_is_folded_and_opened_again(
    page: Page, live_server: Any, solvik: Solvik, card: Card
) -> None:
    asked = open_page(page, live_server.url, solvik, card)
    summary(page, "note").click()
    page.locator("#step-note textarea").fill("Ringte")
    summary(page, "note").click()
    expect(page.locator("#step-note textarea")).to_be_hidden()
    summary(page, "note").click()
    expect(page.locator("#step-note textarea")).to_have_value("Ringte")
    assert len(asked) == 1
    # The keys of the page are not taken by what is typed, and work again outside.
    focus(page.locator("#step-note textarea"))
    page.keyboard.press("l")
    expect(page.locator("#step-note textarea")).to_have_value(re.compile("l"))
    focus(summary(page, "note"))
    page.keyboard.press("l")
    page.wait_for_url("**/staff/")


def test_a_refused_step_comes_back_open_with_all_that_was_typed(
    page: Page, live_server: Any, solvik: Solvik, card: Card
) -> None:
    open_page(page, live_server.url, solvik, card)
    summary(page, "reroute").click()
    page.get_by_label("Why does it belong there?").fill("Det er en lekkasje")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#step-reroute .ds-error-summary")).to_be_focused()
    expect(page.get_by_label("Why does it belong there?")).to_have_value("Det er en lekkasje")
    summary(page, "note").click()
    expect(page.locator("#step-note textarea")).to_be_visible()
    page.locator("#step-reroute").get_by_label("Unit").select_option("water")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Moved.")


def test_a_form_of_any_kind_works_as_it_did_in_the_page(
    page: Page, live_server: Any, solvik: Solvik, card: Card
) -> None:
    """A callback asks why after 1–3, also where its form came later; a file goes along with a form that came later."""
    try_three_times(card, by=solvik.handler, now=timezone.now())
    open_page(page, live_server.url, solvik, card)
    summary(page, "callback").click()
    why = page.get_by_label("On 1–3: why?")
    page.get_by_label("6", exact=True).check()
    expect(why).to_be_hidden()
    page.get_by_label("2", exact=True).check()
    expect(why).to_be_visible()
    summary(page, "attach").click()
    page.locator("#step-attach input[type=file]").set_input_files(
        {"name": "hull.png", "mimeType": "image/png", "buffer": photo((60, 40), kind="PNG").getvalue()}
    )
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Attached.")


@pytest.mark.parametrize("fault", ["refused", "no net"])
def test_a_form_that_does_not_come_says_so_and_leaves_its_link(
    page: Page, live_server: Any, solvik: Solvik, card: Card, fault: str
) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    if fault == "no net":
        page = page.context.new_page()  # what the browser says of it in the console is no fault of ours
    page.goto(f"{live_server.url}/staff/cards/{card.reference}/")
    form = f"**/staff/cards/{card.reference}/note/?*"
    page.route(form, lambda route: route.abort() if fault == "no net" else route.fulfill(status=404, body="Not there"))
    focus(summary(page, "note"))
    page.keyboard.press("Enter")
    expect(page.locator("#step-note [role=alert]")).to_have_text("The form did not come.")
    expect(page.locator("#step-note")).not_to_contain_text("Not there")
    link = page.get_by_role("link", name="Open the form – Write an internal note")
    expect(link).to_be_visible()
    expect(summary(page, "note")).to_be_focused()
    page.unroute_all()
    # Folded and opened again it comes after all: whoever stands on the link is not thrown to the top of the page.
    focus(link)
    page.evaluate("document.getElementById('step-note').open = false")
    expect(page.locator("#step-note textarea")).to_be_attached()
    page.evaluate("document.getElementById('step-note').open = true")
    expect(page.locator("#step-note textarea")).to_be_visible()
    expect(page.locator("#step-note [role=alert]")).to_have_count(0)


def test_the_link_leads_to_the_page_with_the_step_open(
    page: Page, live_server: Any, solvik: Solvik, card: Card
) -> None:
    open_page(page, live_server.url, solvik, card, "?from=due%3Dopen")
    page.route("**/note/?*seen=*", lambda route: route.fulfill(status=404, body=""))
    summary(page, "note").click()
    page.get_by_role("link", name="Open the form – Write an internal note").click()
    page.wait_for_url(f"**/staff/cards/{card.reference}/?open=note&from=due%3Dopen#step-note")
    expect(page.locator("#step-note textarea")).to_be_visible()
    page.keyboard.press("Tab")
    expect(summary(page, "note")).to_be_focused()


def test_without_script_the_link_opens_the_form(
    browser: Browser, page: Page, live_server: Any, solvik: Solvik, card: Card
) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state(), locale="en-GB")
    other = plain.new_page()
    other.goto(f"{live_server.url}/staff/cards/{card.reference}/")
    summary(other, "note").click()
    other.get_by_role("link", name="Open the form – Write an internal note").click()
    other.locator("#step-note textarea").fill("Ringte fylket")
    other.get_by_role("button", name="Save the note").click()
    expect(other.get_by_role("status")).to_contain_text("The note is saved.")
    plain.close()


def test_all_forms_at_once_are_accessible(look: Page, live_server: Any, solvik: Solvik, card: Card) -> None:
    open_page(look, live_server.url, solvik, card)
    look.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
    expect(look.locator(".to-come")).to_have_count(0)
    assert look.locator(".more-steps form").count() > 10
    check_every_look(look)
    assert look.evaluate("document.documentElement.scrollWidth <= innerWidth")
