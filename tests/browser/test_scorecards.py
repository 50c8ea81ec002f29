"""Scorecards: figures typed by keyboard and pasted, the same errand without JavaScript, and the desk's presses."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reporting.actions.indicators import know_our_indicators
from reporting.models import DeskContact, Indicator, Value
from tests.browser.conftest import check_accessibility, focus, sign_in
from tests.factories import Solvik
from tests.reporting.scorecards import a_scorecard_with_figures

pytestmark = pytest.mark.slow


@pytest.fixture
def indicator(solvik: Solvik) -> Indicator:
    know_our_indicators(now=timezone.now())
    return a_scorecard_with_figures(timezone.now()).indicator


def test_figures_are_typed_by_keyboard(page: Page, live_server: Any, solvik: Solvik, indicator: Indicator) -> None:
    """Arrows and Enter go from cell to cell, a block from a spreadsheet is pasted, a wrong cell has its sentence."""
    year = timezone.localdate().year
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/values/")
    visits, views = Indicator.objects.get(key="website-visits"), Indicator.objects.get(key="page-views")
    first = page.get_by_label(f"Visits to the website, {year - 1}")
    focus(first)
    page.keyboard.type("428 638")
    page.keyboard.press("Enter")
    expect(page.get_by_label(f"Page views on the website, {year - 1}")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label(f"Visits to the website, {year}")).to_be_focused()
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.setData("text/plain", "1000\\nmany\\n");
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )
    save = page.get_by_role("button", name="Save the figures")
    focus(save)
    page.keyboard.press("Enter")
    summary = page.get_by_role("group", name="Nothing was saved yet")
    expect(summary).to_be_focused()
    check_accessibility(page)
    assert not Value.objects.filter(indicator__in=[visits, views]).exists()
    summary.get_by_role("link").click()
    wrong = page.get_by_label(f"Page views on the website, {year}")
    expect(wrong).to_be_focused()
    expect(wrong).to_have_value("many")
    expect(first).to_have_value("428 638")
    wrong.fill("–")
    save.click()
    expect(page.get_by_text("3 figures are saved.")).to_be_visible()
    found = Value.objects.filter(indicator__in=[visits, views]).order_by("indicator", "year")
    assert [(value.year, value.value) for value in found] == [(year - 1, 428638), (year, 1000), (year, None)]


def test_a_scorecard_is_made_and_read_without_javascript(
    browser: Browser, live_server: Any, solvik: Solvik, indicator: Indicator
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/scorecards/")
    page.get_by_role("link", name="Make a scorecard").click()
    page.get_by_label("Norwegian (bokmål)").first.fill("Teknisk")
    page.get_by_role("button", name="Make the scorecard").click()
    page.get_by_role("link", name="Add a main goal").click()
    page.get_by_label("Norwegian (bokmål)").first.fill("Gode veier")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Add a success factor").click()
    page.get_by_label("Norwegian (bokmål)").first.fill("God kvalitet")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Add an indicator").click()
    page.get_by_label("Indicator").select_option(indicator.key)
    page.get_by_role("button", name="Add").click()
    page.get_by_label("From the year").fill(str(timezone.localdate().year - 3))
    page.get_by_label("Desired from").fill("4,6")
    page.get_by_role("button", name="Add limits").click()
    expect(page.get_by_text("4.6–6.0")).to_be_visible()
    page.goto(f"{live_server.url}/staff/scorecards/teknisk/")
    row = page.get_by_role("row").filter(has_text="Opplevd god service")
    expect(row).to_contain_text("4.7")
    expect(row).to_contain_text("Desired")
    row.get_by_role("link").click()
    expect(page.get_by_text("stands now")).to_be_visible()
    context.close()


def test_the_desk_counts_with_one_press(page: Page, live_server: Any, solvik: Solvik) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/statistics/")
    page.get_by_role("button", name="Visit").click()
    expect(page.get_by_text("1 contact today.")).to_be_visible()
    expect(page.get_by_role("button", name="Visit", exact=False).first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 contacts today.")).to_be_visible()
    page.get_by_role("button", name="Undo «Visit»").click()
    expect(page.get_by_text("1 contact today.")).to_be_visible()
    assert DeskContact.objects.count() == 1
