"""The submitter's own page in the browser: the whole errand, by keyboard, without JavaScript, and looked at in each state."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.actions.answering import record_callback
from feedback.actions.submitter import react
from feedback.models import Addition, Card, OwnReaction, ReopeningRequest
from tests.browser.conftest import check_every_look, focus, sign_in
from tests.factories import Solvik, a_card
from tests.feedback.status_lives import LIVES
from tests.pictures import photo

PICTURE = {"name": "hull.png", "mimeType": "image/png", "buffer": photo((60, 40), kind="PNG").getvalue()}


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_every_state_is_accessible(look: Page, live_server: Any, solvik: Solvik) -> None:
    now = timezone.now()
    for life, *_rest in LIVES.values():
        card = life(solvik, now)
        look.goto(f"{live_server.url}/card/{card.secret}/")
        look.evaluate("document.querySelectorAll('details.own-more').forEach(part => { part.open = true })")
        check_every_look(look)


def test_what_can_be_done_is_accessible(look: Page, live_server: Any, solvik: Solvik) -> None:
    page = look
    card = LIVES["called back"][0](solvik, timezone.now())
    page.goto(f"{live_server.url}/card/{card.secret}/")
    page.get_by_role("button", name="Add to the message").click()
    page.locator(".ds-error-summary").wait_for()
    check_every_look(page)
    page.get_by_label("3", exact=True).check()
    check_every_look(page)
    page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".ds-alert[role=status]").wait_for()
    check_every_look(page)
    page.get_by_label("What do you want to add?").fill("Mer")
    page.get_by_label("Pictures").set_input_files(PICTURE)
    page.get_by_role("button", name="Add to the message").click()
    page.get_by_role("link", name="hull.jpg").wait_for()
    check_every_look(page)
    open_card = LIVES["forwarded"][0](solvik, timezone.now())
    page.goto(f"{live_server.url}/card/{open_card.secret}/withdraw/")
    check_every_look(page)


def test_staff_see_it_accessibly(look: Page, live_server: Any, solvik: Solvik) -> None:
    card = LIVES["asks to reopen"][0](solvik, timezone.now())
    added = LIVES["added"][0](solvik, timezone.now())
    sign_in(look, live_server.url, solvik.clerk)
    for one in (card, added):
        look.goto(f"{live_server.url}/staff/cards/{one.reference}/")
        look.evaluate("document.querySelectorAll('.from-submitter details').forEach(part => { part.open = true })")
        check_every_look(look)
    look.goto(f"{live_server.url}/staff/?due=asks_reopen")
    check_every_look(look)


def test_from_the_message_to_the_reopening(page: Page, live_server: Any, solvik: Solvik, browser: Browser) -> None:
    """A citizen sends, the unit rings, the citizen gives a 2 and says why, asks to reopen, the service centre reopens."""
    page.goto(live_server.url)
    page.get_by_label("What do you want to tell us?").fill("Hull i veien ved skolen")
    page.get_by_text("Do you want us to ring you?").click()
    for label, text in (("Name", "Kari Nordmann"), ("Address", "Storgata 1"), ("Daytime phone", "33 18 10 00")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Send the message").click()
    page.wait_for_url("**/receipt/")  # the page before it has a link of the same name
    page.get_by_role("link", name="See where it stands").click()
    card = Card.objects.get()
    private = f"{live_server.url}/card/{card.secret}/"
    expect(page).to_have_url(private)
    page.get_by_label("What do you want to add?").fill("Det er ved bommen")
    page.get_by_label("Pictures").set_input_files(PICTURE)
    page.get_by_role("button", name="Add to the message").click()
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("What you added is with the message now.")

    staff = browser.new_page(locale="en-GB")
    sign_in(staff, live_server.url, solvik.clerk)
    staff.goto(f"{live_server.url}/staff/cards/{card.reference}/")
    expect(staff.locator(".from-submitter")).to_contain_text("Det er ved bommen")
    staff.get_by_label("Unit", exact=True).select_option(label="Vei")
    staff.get_by_role("button", name="Forward", exact=True).click()
    staff.get_by_text("We talked", exact=True).click()
    staff.get_by_label("What was said?").fill("Hullet fylles i morgen.")
    staff.get_by_role("group", name="How does the submitter take the answer?").get_by_label("5").check()
    staff.get_by_role("button", name="Save the conversation").click()
    expect(staff.locator(".ds-alert[role=status]")).to_be_visible()

    page.goto(private)
    expect(page.get_by_label("Why?")).to_be_hidden()
    page.get_by_label("2", exact=True).check()
    page.get_by_label("Why?").fill("Hullet er der ennå")
    page.get_by_label("What would you have done instead?").fill("Legg ny asfalt")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("You gave 2 of 6.")).to_be_visible()
    page.get_by_text("Ask us to open the matter again").click()
    page.get_by_label("Why should we open it again?").fill("Ingen har fylt hullet")
    page.get_by_role("button", name="Ask to open it again").click()
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("We have got your request.")

    staff.goto(f"{live_server.url}/staff/")
    staff.get_by_role("link", name="Asks to reopen 1").click()
    staff.get_by_role("link", name=card.reference).click()
    beside = staff.locator(".own-reactions")
    expect(beside).to_contain_text("3 steps apart")
    expect(beside).to_contain_text("Negative")
    staff.locator(".from-submitter").get_by_text("Reopen the card").click()
    expect(staff.locator("#id_reopen-reason")).to_have_value("Ingen har fylt hullet")
    staff.get_by_role("button", name="Reopen", exact=True).click()
    expect(staff.locator(".ds-alert[role=status]")).to_contain_text("Reopened, with a new deadline.")
    staff.close()

    page.goto(private)
    expect(page.get_by_text("We opened the matter again.")).to_be_visible()
    expect(page.locator(".promise strong")).to_contain_text("We ring you with an answer by")
    assert ReopeningRequest.objects.get().answer == "reopened"


def test_reacting_and_withdrawing_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    answered = LIVES["called back"][0](solvik, timezone.now())
    page.goto(f"{live_server.url}/card/{answered.secret}/")
    page.get_by_label("4", exact=True).check()
    page.get_by_label("Why?").fill("Greit nok")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert (OwnReaction.objects.get().reaction, OwnReaction.objects.get().reason) == (4, "Greit nok")
    page.get_by_role("button", name="Add to the message").click()
    expect(page.locator(".ds-error-summary")).to_be_visible()
    page.get_by_label("What do you want to add?").fill("Takk")
    page.get_by_role("button", name="Add to the message").click()
    expect(page.get_by_text("Takk", exact=True)).to_be_visible()
    assert Addition.objects.get().text == "Takk"
    card = LIVES["forwarded"][0](solvik, timezone.now())
    page.goto(f"{live_server.url}/card/{card.secret}/")
    page.get_by_role("link", name="Withdraw the message").click()
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("The message is withdrawn.")
    card.refresh_from_db()
    assert card.close_result == "withdrawn"
    context.close()


def test_the_errand_by_keyboard(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(now=timezone.now(), unit=solvik.roads)
    now = timezone.now()
    record_callback(card, held_at=now, summary="Fylt", reaction=5, by=solvik.handler, now=now)
    page.goto(f"{live_server.url}/card/{card.secret}/")
    focus(page.locator("#id_reaction-reaction_0"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Hullet er der")
    page.keyboard.press("Tab")
    page.keyboard.type("Ny asfalt")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You gave 2 of 6.")).to_be_visible()
    page.wait_for_load_state()
    focus(page.locator(".own-more summary", has_text="Ask us"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_reopening-reason")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # The refusal takes the focus, and its link leads to the field.
    expect(page.locator(".ds-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_reopening-reason")).to_be_focused()
    page.keyboard.type("Hullet er der igjen")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("We have got your request.")
    own = OwnReaction.objects.get()
    assert (own.reaction, own.reason, own.alternative) == (2, "Hullet er der", "Ny asfalt")


def test_the_page_is_light_and_prints(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = LIVES["own reaction"][0](solvik, timezone.now())
    react(card, reaction=3, reason="Så der", alternative="", now=timezone.now())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/card/{card.secret}/")
    assert all(url.startswith(live_server.url) for url in asked)
    page.emulate_media(media="print")
    for gone in ("Add to the message", "Ask us to open the matter again", "Change it", "Show the receipt"):
        expect(page.get_by_text(gone)).to_be_hidden()
    for kept in ("You gave 3 of 6.", "What has happened", "Hull i veien"):
        expect(page.get_by_text(kept)).to_be_visible()
