"""Actions and meetings: planned from a theme and followed up by keyboard alone, and a meeting without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.models import Card
from reporting.models import Initiative, InitiativeNote, MeetingInput, Theme
from tests.browser.conftest import check_accessibility, focus, sign_in
from tests.factories import Solvik
from tests.reporting.scorecards import a_scorecard_with_figures

pytestmark = pytest.mark.slow


def test_an_action_is_planned_from_a_theme_and_followed_up_by_keyboard(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    Theme.objects.create(key="roads", names={"nb": "Veier", "en": "Roads"})
    indicator = a_scorecard_with_figures(timezone.now()).indicator
    sign_in(page, live_server.url, solvik.roads_leader)
    page.goto(f"{live_server.url}/staff/actions/new/?theme=roads&indicator={indicator.key}&unit=roads&title=Snow")
    expect(page.get_by_label("Theme")).to_have_value("roads")
    deadline = page.get_by_label("Deadline")
    focus(deadline)
    page.keyboard.type("31.2.2030")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Theme")).to_be_focused()
    target = page.get_by_label("Target")
    focus(target)
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    summary = page.get_by_role("group", name="Put this right")
    expect(summary).to_be_focused()
    check_accessibility(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(deadline).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("1.3.2030")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="outside it")).to_be_visible()
    focus(target)
    page.keyboard.press("Control+a")
    page.keyboard.type("4,9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Snow", level=1)).to_be_visible()
    how = page.get_by_label("How does it go?")
    focus(how)
    page.keyboard.type("The map is drawn")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Planned as before")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Under way")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The follow-up is written down.")).to_be_visible()
    expect(page.get_by_text("Status: Planned → Under way · Follow-up")).to_be_visible()
    made = Initiative.objects.get()
    assert (made.status, made.target_year, str(made.target)) == ("under_way", 2030, "4.900000")
    assert InitiativeNote.objects.get().text == "The map is drawn"


def test_a_meeting_becomes_cards_and_actions_without_javascript(
    browser: Browser, live_server: Any, solvik: Solvik
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.roads_leader)
    page.goto(f"{live_server.url}/staff/meetings/")
    page.get_by_role("link", name="Write a meeting down").click()
    page.get_by_label("What is the meeting called?").fill("User council for roads")
    page.get_by_label("Date").fill(f"{timezone.localdate():%d.%m.%Y}")
    page.get_by_label("Unit").select_option("roads")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_label("What was said?").fill(f"Dark crossing\n{'x' * 2001}")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("link", name="Number 2 has more than 2000 characters")).to_be_visible()
    page.get_by_label("What was said?").fill("Dark crossing\nMore benches")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_role("button", name=re.compile("Make a card.*Dark crossing")).click()
    expect(page.get_by_text("It lies with Vei.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Plan an action.*More benches")).click()
    expect(page.get_by_label("What is the action called?")).to_have_value("More benches")
    page.get_by_label("Deadline").fill("1.5.2030")
    page.get_by_role("button", name="Plan the action").click()
    page.get_by_role("link", name="User council for roads").click()
    expect(page.get_by_role("link", name=Card.objects.get().reference)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="More benches").get_by_text("Planned")).to_be_visible()
    assert MeetingInput.objects.filter(card_made=True).count() == 1
    context.close()
