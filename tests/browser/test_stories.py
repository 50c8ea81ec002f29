"""Whole errands, as people do them in the browser."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from feedback.models import Card
from tests.browser.conftest import sign_in
from tests.factories import Solvik, a_card


def test_a_citizen_sends_a_card_and_follows_it(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.goto(live_server.url)
    page.get_by_role("button", name="Send the message").click()
    expect(page.locator(".ds-error-summary")).to_be_focused()
    page.get_by_role("link", name="Write what you want to tell us.").click()
    expect(page.get_by_label("What do you want to tell us?")).to_be_focused()
    page.keyboard.type("Det er et hull i veien")
    page.get_by_text("Do you want us to ring you?").click()
    page.get_by_label("Name").fill("Kari Nordmann")
    page.get_by_label("Address").fill("Storgata 1")
    page.get_by_label("Daytime phone").fill("33 18 10 00")
    page.get_by_role("button", name="Send the message").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your message.")
    card = Card.objects.get()
    expect(page.locator(".reference")).to_have_text(card.reference)
    expect(page.locator(".promise")).to_contain_text("We ring you with an answer by")
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.get_by_role("link", name="See where it stands").click()
    expect(page.get_by_text("We received your message.")).to_be_visible()
    expect(page.locator(".steps li")).to_have_count(4)


def test_a_citizen_without_javascript_sends_a_card(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_label("What do you want to tell us?").fill("Lyset er borte")
    page.get_by_text("Do you want us to ring you?").click()
    page.get_by_label("Daytime phone").fill("33 18 10 00")
    page.get_by_role("button", name="Send the message").click()
    expect(page.locator(".reference")).to_be_visible()
    expect(page.locator(".reference")).to_have_text(Card.objects.get().reference)
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    context.close()


def test_the_language_is_changed_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url)
    page.locator(".language summary").click()
    page.get_by_role("button", name="Nynorsk").click()
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    context.close()


def test_staff_work_a_card_from_the_list_to_closed(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card_now()
    sign_in(page, live_server.url, solvik.clerk)
    page.get_by_role("link", name=card.reference).click()
    page.locator(".next-step").get_by_label("Unit").select_option("roads")
    page.get_by_role("button", name="Forward", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Forwarded.")
    page.get_by_role("button", name="No answer").click()
    expect(page.locator(".next-step")).to_contain_text("1 of 3 attempts")
    page.locator(".talked > summary").click()
    page.get_by_label("What was said?").fill("Vi fyller hullet på torsdag.")
    page.get_by_label("2", exact=True).check()
    page.get_by_role("button", name="Save the conversation").click()
    expect(page.locator(".ds-error-summary")).to_contain_text("On 1, 2 or 3 ask why")
    expect(page.get_by_label("What was said?")).to_have_value("Vi fyller hullet på torsdag.")
    page.get_by_label("On 1–3: why?").fill("Det tok for lang tid.")
    page.get_by_label("Had no proposal").check()
    page.get_by_role("button", name="Save the conversation").click()
    expect(page.get_by_text("The submitter's reaction: 2 of 6")).to_be_visible()
    page.get_by_label("Result").select_option("answered")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".timeline")).to_contain_text("Closed: Answered")
    card.refresh_from_db()
    assert (card.state, card.close_result) == ("closed", "answered")


def a_card_now() -> Card:
    from django.utils import timezone

    return a_card(now=timezone.now())


def test_the_list_is_filtered_in_place_and_the_address_says_how(page: Page, live_server: Any, solvik: Solvik) -> None:
    from django.utils import timezone

    here = a_card(now=timezone.now(), text="Hull i veien", unit=solvik.roads)
    there = a_card(now=timezone.now(), text="Lekkasje", unit=solvik.water)
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/?due=open")
    expect(page.get_by_role("link", name=there.reference)).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#id_q")).to_be_focused()
    page.keyboard.type("veien")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=there.reference)).to_be_hidden()
    expect(page.get_by_role("link", name=here.reference)).to_be_visible()
    expect(page.locator("#id_q")).to_be_focused()
    expect(page).to_have_url(re.compile(r"[?&]q=veien"))
