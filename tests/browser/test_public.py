"""What everybody may see, and the pages on which staff keep it: in the browser, by keyboard, and without JavaScript."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, Response, expect

from feedback.actions.answering import record_callback
from feedback.actions.mailings import SentOut, record_mailing
from feedback.actions.stories import Words, publish_story, write_story
from feedback.models import Mailing, Story
from reporting.figures import complete_months
from tests.browser.conftest import check_every_look, focus, sign_in
from tests.factories import OSLO, CategoryFactory, Solvik, a_card, many_cards

HEAR, SAID = "/what-we-hear/", "/what-we-hear/you-said/"
LIMIT = 100_000
"""Bytes over the wire at first load of a citizen's page."""


@pytest.fixture
def told(solvik: Solvik) -> Solvik:
    """Solvik with messages of two months that have passed, a mailing, and stories on two pages."""
    months = complete_months(timezone.now().astimezone(OSLO).date())
    moments = [datetime(month.year, month.month, 3, 10, tzinfo=OSLO) for month in months[-2:]]
    for moment, number in zip(moments, (12, 31), strict=True):
        category = CategoryFactory(name=f"Kategori {number}")
        for card in many_cards(number, now=moment, unit=solvik.roads, category=category, area=f"Område {number}"):
            at = moment + timedelta(days=number % 12)
            record_callback(card, held_at=at, summary="x", reaction=5, by=solvik.roads_leader, now=at)
    record_mailing(SentOut(months[-1], 12_400, "posted", ["nb"]), by=solvik.clerk, now=timezone.now())
    for number in range(14):
        story = write_story(
            card, Words(f"Historie {number}", "Det var mørkt.", "Vi satte opp lys.", "nb"),
            by=solvik.clerk, now=timezone.now(),
        )  # fmt: skip
        publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=timezone.now())
    cache.clear()
    return solvik


def test_public_pages_are_accessible(look: Page, live_server: Any, told: Solvik) -> None:
    for path in (HEAR, SAID, f"{SAID}?page=2"):
        look.goto(live_server.url + path)
        check_every_look(look)
    look.goto(live_server.url + HEAR)
    expect(look.locator(".chart__drawing")).to_have_count(2)
    for figures in look.locator(".chart__figures summary").all():
        figures.click()
    check_every_look(look)


def test_public_pages_before_there_is_anything_to_show(look: Page, live_server: Any, solvik: Solvik) -> None:
    for path in (HEAR, SAID):
        look.goto(live_server.url + path)
        check_every_look(look)


def test_staff_pages_are_accessible(look: Page, live_server: Any, told: Solvik) -> None:
    story, mailing = Story.objects.first(), Mailing.objects.get()
    assert story is not None
    draft = write_story(a_card(now=timezone.now()), Words("Utkast", "a", "b", "nb"), by=told.clerk, now=timezone.now())
    assert draft.card is not None
    sign_in(look, live_server.url, told.clerk)
    for path in (
        "/staff/stories/",
        f"/staff/stories/{story.pk}/",
        f"/staff/stories/{draft.pk}/",
        f"/staff/cards/{draft.card.reference}/story/",
        "/staff/paper-card/",
        "/staff/mailings/",
        f"/staff/mailings/{mailing.pk}/",
    ):
        look.goto(live_server.url + path)
        look.evaluate("document.querySelectorAll('details:not(.language)').forEach(part => { part.open = true })")
        check_every_look(look)
    look.goto(f"{live_server.url}/staff/mailings/")
    look.get_by_label("Number of cards").fill("mange")
    look.get_by_role("button", name="Write it down").click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look)
    look.goto(f"{live_server.url}/staff/stories/{draft.pk}/")
    look.get_by_role("button", name="Publish").click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look)


def on_the_wire(response: Response) -> int:
    """As WhiteNoise sends files in earnest, compressed; pages are sent as they are."""
    body = response.body()
    return len(body) if "html" in response.headers.get("content-type", "") else len(gzip.compress(body))


def test_a_public_page_is_light_and_asks_nobody_else(page: Page, live_server: Any, told: Solvik) -> None:
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(live_server.url + HEAR, wait_until="networkidle")
    assert [response.url for response in loaded if not response.url.startswith(live_server.url)] == []
    assert sum(on_the_wire(response) for response in loaded) < LIMIT
    assert page.context.cookies() == [] or {cookie["name"] for cookie in page.context.cookies()} <= {"csrftoken"}
    assert page.locator("script").count() == 0


def test_a_citizen_reads_it_without_javascript(browser: Browser, live_server: Any, told: Solvik) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("main").get_by_role("link", name="What we hear from you").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What we hear from you")
    expect(page.locator(".chart__marks li")).to_have_count(1)
    page.locator(".chart__figures summary").first.click()
    expect(page.locator(".chart__figures table").first).to_contain_text("30")
    page.get_by_role("link", name="All the stories").click()
    expect(page.locator("article")).to_have_count(12)
    page.get_by_role("link", name="Older").click()
    expect(page.locator("article")).to_have_count(2)
    context.close()


def test_a_story_by_keyboard_from_the_card_to_the_public(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(now=timezone.now(), text="Det er mørkt")
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/cards/{card.reference}/")
    focus(page.get_by_role("link", name="Write a story"))
    page.keyboard.press("Enter")
    focus(page.get_by_label("Title"))
    for words in ("Lyset er tilbake", "Kari skrev at det var mørkt.", "Vi skiftet kabelen."):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Save as a draft").press("Enter")
    expect(page.locator(".ds-error-summary")).to_be_focused()
    page.get_by_role("link", name="This may lead to a person: «Kari». Write it without.").press("Enter")
    expect(page.get_by_label("You said")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Det var mørkt.")
    page.get_by_role("button", name="Save as a draft").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved as a draft.")
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_role("link", name="Read it once more, and tick here when it names nobody.").press("Enter")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Published. Everybody can read it now.")
    page.get_by_role("link", name="See it on the public page").press("Enter")
    expect(page.locator("article")).to_contain_text("Vi skiftet kabelen.")


def test_a_mailing_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.clerk)
    page.get_by_role("link", name="Information").click()
    page.get_by_role("link", name="Mailings").click()
    page.get_by_label("Number of cards").fill("12 400")
    page.get_by_label("Swedish").check()
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("row", name="12,400")).to_contain_text("Swedish")
    page.get_by_role("link", name="Correct").click()
    page.get_by_text("It never went out").click()
    page.get_by_role("button", name="Remove the mailing").click()
    expect(page.get_by_text("Nothing is written down yet.")).to_be_visible()
    context.close()


def test_the_card_to_print_is_one_link_away(page: Page, live_server: Any, solvik: Solvik) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/paper-card/")
    page.get_by_label("Language", exact=True).select_option("sv")
    page.get_by_label("Layout").select_option("a4")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Säg till kommunen")).to_be_visible()
    address = page.get_by_role("link", name="Open the card to print it (PDF)").get_attribute("href")
    answer = page.request.get(f"{live_server.url}{address}")
    assert (answer.status, answer.headers["content-type"], answer.body()[:5]) == (200, "application/pdf", b"%PDF-")
