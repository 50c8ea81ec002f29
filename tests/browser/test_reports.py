"""A report is made, waited for, written to and published, by keyboard; and without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reporting.actions.reports import compute_waiting_reports
from reporting.models import Report
from tests.browser.conftest import check_accessibility, focus, sign_in
from tests.factories import Solvik, a_card

pytestmark = pytest.mark.slow


def press(page: Page, name: str, role: Any = "button") -> None:
    focus(page.get_by_role(role, name=name))
    page.keyboard.press("Enter")


def test_report_is_made_waited_for_written_to_and_published(page: Page, live_server: Any, solvik: Solvik) -> None:
    a_card(unit=solvik.roads, kind="request", now=timezone.now())
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/reports/new/")
    page.get_by_label("Kind of report").select_option("unit")
    press(page, "Make the report")
    summary = page.get_by_role("group", name="Put this right before you go on")
    expect(summary).to_be_focused()
    check_accessibility(page)
    page.get_by_label("Of what").select_option("unit-roads")
    press(page, "Make the report")
    expect(page.get_by_role("progressbar")).to_be_visible()
    check_accessibility(page)
    focus(page.get_by_role("link", name="Look again"))
    page.wait_for_timeout(1500)  # it looks by itself, and the focus stays where it is
    expect(page.get_by_role("link", name="Look again")).to_be_focused()
    compute_waiting_reports(now=timezone.now())
    expect(page.get_by_role("heading", name=re.compile("^Vei, "))).to_be_visible()
    press(page, "Write to it", "link")
    page.get_by_label("Summary, before the first section (Norwegian (bokmål))").fill("Et rolig kvartal.")
    press(page, "Save the texts")
    expect(page.get_by_text("Et rolig kvartal.")).to_be_visible()
    press(page, "Publish", "link")
    page.get_by_label("For everybody").check()
    press(page, "Publish")
    expect(page.get_by_text("for everybody", exact=True)).to_be_visible()
    press(page, "The public page", "link")
    expect(page.get_by_text("Et rolig kvartal.")).to_be_visible()
    assert Report.objects.get().versions.get().state == "published"


def test_report_is_made_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(20_000)
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/reports/new/")
    page.get_by_role("button", name="Make the report").click()
    compute_waiting_reports(now=timezone.now())
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("✓ Version 1, published")).to_be_visible()
    context.close()
