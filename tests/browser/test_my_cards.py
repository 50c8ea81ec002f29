"""A citizen signs in at a real provider, sends, finds the message again and signs out: by keyboard, and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from feedback import citizen_provider
from feedback.models import CitizenSession, SignedCard
from organisation import tokens
from tests.browser.conftest import check_every_look, focus
from tests.factories import Solvik
from tests.provider import Provider, provider_running

pytestmark = pytest.mark.slow


@pytest.fixture
def provider(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    for part in (citizen_provider, tokens):  # server, provider and browser share this machine with all the other tests
        monkeypatch.setattr(part, "TIMEOUT", 30)
    with provider_running() as running:
        settings.CITIZEN_OIDC_ISSUER, settings.CITIZEN_OIDC_CLIENT_ID = running.address, "innspill"
        settings.CITIZEN_OIDC_CLIENT_SECRET, settings.SITE_URL = "secret", live_server.url
        settings.SEND_MINIMUM_SECONDS = 0
        running.user("kari", acr="idporten-loa-high", name="Kari Nordmann")
        running.user("weak", acr="Level0")
        yield running


def be(page: Page, who: str, back: str) -> None:
    """Say at the provider who one is. Its own page loads a style sheet from elsewhere: that is no fault of ours."""
    page.locator("input[name=sub]").fill(who)
    page.keyboard.press("Enter")
    page.wait_for_url(back)


def test_by_keyboard_what_is_written_comes_back_from_the_provider(
    browser: Browser, live_server: Any, solvik: Solvik, provider: Provider
) -> None:
    page = browser.new_page(locale="en-GB", viewport={"width": 390, "height": 900})
    page.goto(live_server.url)
    page.get_by_label("What do you want to tell us?").press_sequentially("Hull i veien")
    focus(page.get_by_role("link", name="Sign in with ID-porten"))
    page.keyboard.press("Enter")
    be(page, "weak", "**/?sign-in=level")
    expect(page.get_by_role("status").first).to_contain_text("Choose a stronger way there")
    expect(page.get_by_label("What do you want to tell us?")).to_have_value("Hull i veien")
    page.get_by_role("link", name="Sign in with ID-porten").press("Enter")
    be(page, "kari", f"{live_server.url}/")
    expect(page.get_by_text("You are signed in as Kari Nordmann.")).to_be_visible()
    expect(page.get_by_label("What do you want to tell us?")).to_have_value("Hull i veien")
    expect(page.get_by_label("Name")).to_have_value("Kari Nordmann")
    check_every_look(page, "send-signed-in")
    page.get_by_role("button", name="Send the message").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your message.")
    page.get_by_role("link", name="My messages").press("Enter")
    expect(page.get_by_role("link", name="Hull i veien")).to_be_visible()
    check_every_look(page, "my-messages")
    page.close()


def test_without_javascript(browser: Browser, live_server: Any, solvik: Solvik, provider: Provider) -> None:
    page = browser.new_page(locale="en-GB", java_script_enabled=False)
    page.goto(f"{live_server.url}/my-messages/")
    page.get_by_role("link", name="Sign in with ID-porten").click()
    page.locator("input[name=sub]").fill("kari")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my-messages/")
    page.get_by_role("link", name="Write a message").click()
    page.get_by_label("What do you want to tell us?").fill("Lyset er slukket")
    page.get_by_role("button", name="Send the message").click()
    page.get_by_role("link", name="My messages").click()
    expect(page.get_by_role("link", name="Lyset er slukket")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{provider.address}/oauth2/end_session**")  # led on by the page itself
    assert (CitizenSession.objects.count(), SignedCard.objects.count()) == (0, 1)
    page.goto(f"{live_server.url}/my-messages/")
    expect(page.get_by_role("link", name="Sign in with ID-porten")).to_be_visible()
    page.close()
