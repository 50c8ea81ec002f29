"""The errands of mail: a mail that waits becomes a card by keyboard, and a list is answered by its link without a script."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.actions.listing import run_overdue_list
from feedback.answer_links import answer_url
from feedback.models import Card, CardEvent, OverdueEntry
from tests.browser.conftest import check_accessibility, focus, sign_in
from tests.factories import Solvik, a_card
from tests.feedback.letters import comes, letter


def test_a_mail_that_waits_becomes_a_card_by_keyboard(page: Page, live_server: Any, solvik: Solvik) -> None:
    comes(letter(subject="Gatelys i Skolegata", headers={"X-Spam-Flag": "YES"}), now=timezone.now())
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(live_server.url + "/staff/mail/")
    focus(page.get_by_role("link", name="Gatelys i Skolegata"))
    page.keyboard.press("Enter")
    focus(page.get_by_role("button", name="Dismiss"))
    page.keyboard.press("Enter")
    expect(page.locator(".ds-error-summary")).to_be_focused()
    check_accessibility(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why it needs nothing more")).to_be_focused()
    focus(page.get_by_role("button", name="Make the card"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/staff/cards/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(Card.objects.get().reference)


def test_a_list_is_answered_by_its_link_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    now = timezone.now()
    a_card(now=now - timedelta(days=30), unit=solvik.roads)
    run_overdue_list(now=now)
    url = answer_url(OverdueEntry.objects.get(), solvik.roads_leader, now).replace(settings.SITE_URL, live_server.url)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Save why").click()
    expect(page.locator(".ds-error-summary")).to_have_count(1)
    page.get_by_label("Why is it not answered yet?").fill("Asfaltverket er stengt.")
    page.get_by_role("button", name="Save why").click()
    expect(page.get_by_text("It is written why this message is late.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Save why")).to_have_count(0)
    assert CardEvent.objects.get(what="delay_explained").details == {"by_link": True}
    context.close()
