"""Ours beside others: a group made by keyboard, and others' figures written without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reporting.group_queries import places_of
from reporting.models import Group, Indicator, Value
from tests.browser.conftest import check_accessibility, focus, sign_in
from tests.factories import Solvik
from tests.reporting.benchmarks import a_group_beside
from tests.reporting.scorecards import a_scorecard_with_figures

pytestmark = pytest.mark.slow


@pytest.fixture
def indicator(solvik: Solvik) -> Indicator:
    found = a_scorecard_with_figures(timezone.now()).indicator
    a_group_beside(found, last=timezone.localdate().year - 1)
    return found


def test_a_group_is_made_by_keyboard(page: Page, live_server: Any, solvik: Solvik, indicator: Indicator) -> None:
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/benchmarks/")
    focus(page.get_by_role("link", name="Groups", exact=True))
    page.keyboard.press("Enter")
    focus(page.get_by_role("link", name="Make a group"))
    page.keyboard.press("Enter")
    focus(page.get_by_label("Norwegian (bokmål)"))
    page.keyboard.type("Like store")
    members = page.get_by_label("Municipalities", exact=True)
    focus(members)
    page.keyboard.type("5025 Røros\nRørs")
    focus(page.get_by_role("button", name="Make the group"))
    page.keyboard.press("Enter")
    summary = page.get_by_role("group", name="Put this right before you go on")
    expect(summary).to_be_focused()
    check_accessibility(page)
    assert not Group.objects.filter(key="like-store").exists()
    focus(summary.get_by_role("link"))
    page.keyboard.press("Enter")
    expect(members).to_be_focused()
    expect(members).to_have_value("5025 Røros\nRørs")
    page.keyboard.press("Control+End")
    for _letter in "Rørs":
        page.keyboard.press("Backspace")
    page.keyboard.type("dal")
    focus(page.get_by_text("Choose among the known municipalities"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Vik")).to_be_visible()
    focus(page.get_by_label("Vik"))
    page.keyboard.press("Space")
    expect(page.get_by_label("Vik")).to_be_checked()
    focus(page.get_by_role("button", name="Make the group"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The group is made.")).to_be_visible()
    made = Group.objects.get(key="like-store")
    assert [each.name for each in places_of(made, "NO").members] == ["Røros", "Dal", "Vik"]
    focus(page.get_by_role("link", name="Like store", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("beside Like store")


def test_others_figures_are_written_without_javascript(
    browser: Browser, live_server: Any, solvik: Solvik, indicator: Indicator
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/benchmarks/")
    page.get_by_role("link", name="Opplevd god service").first.click()
    page.get_by_role("link", name="Write the others' figures").click()
    year = timezone.localdate().year - 1
    page.get_by_label(f"Vik, {year}").fill("6,5")
    page.get_by_role("button", name="Save the figures").click()
    expect(page.get_by_role("link", name="6.5 is outside it.")).to_be_visible()
    expect(page.get_by_label(f"Vik, {year}")).to_have_value("6,5")
    page.get_by_label(f"Vik, {year}").fill("5,5")
    page.get_by_role("button", name="Save the figures").click()
    expect(page.get_by_text("1 figure is saved.")).to_be_visible()
    expect(page.get_by_role("row", name="Vik 5.5")).to_be_visible()
    assert Value.objects.filter(replaced_at=None, elsewhere__name="Vik", year=year).get().value == 5.5
    context.close()
