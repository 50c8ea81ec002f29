"""The staff's menu on a phone: behind one button, by keyboard, without script, and out of the way where there is room."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, check_accessibility, focus, sign_in
from tests.factories import Solvik


def test_on_a_phone_the_menu_is_opened_and_put_away_by_keyboard(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/")
    button, menu = page.get_by_role("button", name="Menu"), page.get_by_role("navigation", name="Main menu")
    expect(menu).to_be_hidden()
    assert page.locator(".frame-top").evaluate("head => head.getBoundingClientRect().height") < 80
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    focus(button)
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    check_accessibility(page)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Close the menu").press("Enter")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    menu.get_by_role("link", name="Register a card").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Register a card")


def test_where_there_is_room_the_menu_stands_open(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(page, live_server.url, solvik.roads_leader)
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()
    expect(page.get_by_role("button", name="Close the menu")).to_be_hidden()
    page.get_by_role("link", name="Absence").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("When are you away?")
    expect(page.get_by_role("link", name="Absence")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("width", [390, 1280])
def test_without_script_everything_in_the_head_can_be_reached(
    browser: Browser, live_server: Any, solvik: Solvik, width: int
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=login]", solvik.clerk.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    for name in ("Cards", "Register a card"):
        if width == 390:
            page.get_by_role("button", name="Menu").click()
        page.get_by_role("navigation", name="Main menu").get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    if width == 390:
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{live_server.url}/")
    context.close()
