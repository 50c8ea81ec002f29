"""Themes made by keyboard, and the way from a figure of the overview to the cards behind it without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reporting.actions.counting import compute_figures
from reporting.models import Theme
from tests.browser.conftest import check_accessibility, focus, sign_in
from tests.factories import OSLO, CategoryFactory, Solvik, many_cards

pytestmark = pytest.mark.slow


def test_a_theme_is_made_by_keyboard(page: Page, live_server: Any, solvik: Solvik) -> None:
    CategoryFactory(code="road", name="Vei og gate")
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/themes/")
    focus(page.get_by_role("link", name="Make a theme"))
    page.keyboard.press("Enter")
    focus(page.get_by_role("button", name="Make the theme"))
    page.keyboard.press("Enter")
    summary = page.get_by_role("group", name="Put this right before you go on")
    expect(summary).to_be_focused()
    check_accessibility(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    name = page.get_by_label("Norwegian (bokmål)").first
    expect(name).to_be_focused()
    page.keyboard.type("Veier")
    focus(page.locator("summary", has_text="Message cards"))
    page.keyboard.press("Enter")
    focus(page.get_by_label("Vei og gate"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The theme is made.")).to_be_visible()
    theme = Theme.objects.get(key="veier")
    assert list(theme.links.values_list("side", "key")) == [("cards", "road")]
    focus(page.get_by_role("link", name="← The same weakness"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="Veier")).to_be_visible()


def test_from_the_overview_to_the_cards_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    """On a phone, where the parts of the section wait behind a button."""
    now = timezone.now()
    many_cards(3, now=now - timedelta(days=2), unit=solvik.roads)
    compute_figures(now=now, zone=OSLO)
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 900})
    page = context.new_page()
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/figures/")
    expect(page.get_by_role("link", name="Service statistics")).to_be_hidden()
    page.get_by_role("button", name="More figures").click()
    expect(page.get_by_role("link", name="Service statistics")).to_be_visible()
    page.keyboard.press("Escape")
    figure = page.get_by_role("region", name="Registered the same day")
    figure.get_by_role("link", name="%").click()
    expect(page.get_by_role("heading", name="All cards")).to_be_visible()
    expect(page.locator("#rows tbody tr")).to_have_count(3)
    context.close()
