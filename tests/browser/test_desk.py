"""The service centre's desk in a real browser: registering by keyboard beside the scan, contact cards, and the lists."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from feedback.actions.calling import make_contact_card
from feedback.actions.listing import run_overdue_list
from feedback.models import Card, ContactCard, ListNotice
from organisation.calendar import IsoWeek
from organisation.queries import working_calendar
from tests.browser.conftest import check_every_look, sign_in
from tests.factories import RuleFactory, Solvik, a_card, many_cards
from tests.feedback.steps import try_three_times


def a_scan(name: str = "scan.png") -> dict[str, Any]:
    picture = io.BytesIO()
    Image.new("RGB", (400, 560), "#fdf6e3").save(picture, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": picture.getvalue()}


def three_waiting(solvik: Solvik) -> list[Card]:
    now = timezone.now() - timedelta(hours=1)
    cards = many_cards(3, unit=solvik.roads, now=now)
    for card in cards:
        try_three_times(card, by=solvik.clerk, now=now)
        make_contact_card(card, by=solvik.clerk, now=now)
    return cards


class Keys:
    """A keyboard that counts the presses which are not text."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1


def focus_in_text(page: Page) -> None:
    expect(page.get_by_label("What does the card say?")).to_be_focused()


# --- Registering ----------------------------------------------------------------------------------------------------


def test_a_pile_of_cards_is_registered_by_keyboard_alone(page: Page, live_server: Any, solvik: Solvik) -> None:
    """Three presses a card besides what is written: to the name, to the phone, and save. Focus stands ready for the next."""
    RuleFactory(unit=solvik.roads, words=["hull"])
    sign_in(page, live_server.url, solvik.clerk)
    page.keyboard.press("n")
    page.wait_for_url("**/staff/register/")
    for number, text in enumerate(["Hull i veien", "Lyset i parken er borte", "Takk for hjelpen"], 1):
        focus_in_text(page)
        keys = Keys(page)
        keys.type(text)
        keys.press("Tab")
        keys.type(f"Kari {number}")
        keys.press("Tab")
        keys.type("33 18 10 0" + str(number))
        keys.press("Control+Enter")
        expect(page.locator(".ds-alert[role=status]")).to_contain_text("Registered")
        focus_in_text(page)
        expect(page.get_by_label("What does the card say?")).to_have_value("")
        assert keys.presses == 3
    found = Card.objects.order_by("pk").values_list("text", "submitter__name", "submitter__phone")
    assert list(found) == [
        ("Hull i veien", "Kari 1", "33 18 10 01"),
        ("Lyset i parken er borte", "Kari 2", "33 18 10 02"),
        ("Takk for hjelpen", "Kari 3", "33 18 10 03"),
    ]


def test_enter_in_a_field_saves_too_and_shift_keeps_the_person(page: Page, live_server: Any, solvik: Solvik) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/register/")
    focus_in_text(page)
    page.keyboard.type("Hull")
    page.keyboard.press("Tab")
    page.keyboard.type("Kari Nordmann")
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url("**/staff/register/?person_of=*")
    focus_in_text(page)
    expect(page.get_by_label("Name")).to_have_value("Kari Nordmann")
    page.keyboard.type("Lys")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/register/")
    assert list(Card.objects.order_by("pk").values_list("text", "submitter__name")) == [
        ("Hull", "Kari Nordmann"),
        ("Lys", "Kari Nordmann"),
    ]


def test_who_wrote_before_is_filled_in_and_a_double_is_pointed_out(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    RuleFactory(unit=solvik.roads, words=["hull"])
    card = a_card(now=timezone.now(), text="Det er hull i veien ved skolen", unit=solvik.roads)
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/register/")
    focus_in_text(page)
    page.keyboard.type("Stort hull i veien ved skolen")
    expect(page.locator("#going")).to_contain_text("Goes to Vei: «hull».")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("33181000")
    expect(page.locator("#earlier")).to_contain_text("This looks like an open card from the same person")
    expect(page.locator("#earlier")).to_contain_text(f"the latest {card.reference}")
    page.keyboard.press("Tab")  # past the link to the open card
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=re.compile("Use ?: Kari Nordmann"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    for label, value in [
        ("Name", "Kari Nordmann"),
        ("Address", "Storgata 1"),
        ("Daytime phone", "33 18 10 00"),
        ("E-mail", "kari@example.test"),
    ]:
        expect(page.get_by_label(label)).to_have_value(value)
    expect(page.locator("#going")).to_contain_text("Somebody rings by")
    page.get_by_label("Address").fill("stor")
    expect(page.locator("#id_address-offered option")).to_have_attribute("value", "Storgata 1")
    assert Card.objects.count() == 1


def test_the_scan_stands_beside_the_form_and_outlives_a_fault(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/register/")
    focus_in_text(page)
    page.get_by_label("Scan or pictures").set_input_files([a_scan()])
    shown = page.get_by_role("img", name="scan.png")
    expect(shown).to_be_visible()
    text = page.get_by_label("What does the card say?").bounding_box()
    scan = shown.bounding_box()
    assert text is not None
    assert scan is not None
    assert scan["x"] > text["x"] + text["width"]
    page.get_by_label("Daytime phone").fill("tull")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ds-error-summary")).to_be_focused()
    expect(page.locator(".ds-error-summary")).to_contain_text("«tull» is not a phone number.")
    expect(shown).to_be_visible()
    page.get_by_label("Daytime phone").fill("")
    page.get_by_label("What does the card say?").fill("Hull")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("Registered")
    assert Card.objects.get().attachments.count() == 1


def test_a_scan_is_pasted_and_taken_away(page: Page, live_server: Any, solvik: Solvik) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/register/")
    focus_in_text(page)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array([1, 2, 3])], "feil.heic", {type: "image/heic"}));
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )
    expect(page.get_by_text("This file cannot be shown here. It is attached all the same.")).to_be_visible()
    focus_in_text(page)
    page.keyboard.type("Hull")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ds-error-summary")).to_contain_text("is neither a picture")
    expect(page.get_by_label("Scan or pictures")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name=re.compile("Remove ?: feil.heic")).click()
    expect(page.get_by_label("Scan or pictures")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("Registered")
    assert Card.objects.get().attachments.count() == 0


def test_registering_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    a_card(now=timezone.now(), text="Lyset er borte")
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/register/")
    page.get_by_label("What does the card say?").fill("Hull")
    page.get_by_label("Daytime phone").fill("33181000")
    page.get_by_role("button", name="Look for earlier cards").click()
    expect(page.get_by_label("What does the card say?")).to_have_value("Hull")
    page.get_by_role("button", name=re.compile("Use ?: Kari Nordmann")).click()
    expect(page.get_by_label("Address")).to_have_value("Storgata 1")
    expect(page.get_by_label("What does the card say?")).to_have_value("Hull")
    page.get_by_label("Unit").fill("Vannn")
    page.get_by_role("button", name="Register, and take the next").click()
    expect(page.locator(".ds-error-summary")).to_contain_text("There is no unit «Vannn». Nearest: Vann.")
    page.get_by_label("Unit").fill("Vann")
    page.get_by_label("Scan or pictures").set_input_files([a_scan()])
    page.get_by_role("button", name="Register, and take the next").click()
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("it is with Vann")
    card = Card.objects.latest("pk")
    assert (card.submitter.name, card.attachments.count()) == ("Kari Nordmann", 1)
    context.close()


def test_registering_is_accessible_in_each_state(look: Page, live_server: Any, solvik: Solvik) -> None:
    RuleFactory(unit=solvik.roads, words=["hull"])
    a_card(now=timezone.now(), text="Hull i veien ved skolen")
    sign_in(look, live_server.url, solvik.clerk)
    look.goto(f"{live_server.url}/staff/register/")
    look.get_by_label("What does the card say?").fill("Hull i veien ved skolen")
    look.get_by_label("Daytime phone").fill("33181000")
    look.get_by_label("Scan or pictures").set_input_files([a_scan(), a_scan("side2.png")])
    expect(look.locator("#earlier")).to_contain_text("This looks like")
    check_every_look(look)
    look.get_by_label("Unit").fill("Vannn")
    look.keyboard.press("Control+Enter")
    expect(look.locator(".ds-error-summary")).to_be_focused()
    check_every_look(look)


# --- Contact cards --------------------------------------------------------------------------------------------------


def test_contact_cards_are_printed_and_posted_by_keyboard(page: Page, live_server: Any, solvik: Solvik) -> None:
    cards = three_waiting(solvik)
    sign_in(page, live_server.url, solvik.clerk)
    page.get_by_role("link", name="Contact cards", exact=True).press("Enter")
    page.get_by_label(cards[2].reference, exact=True).press("Space")
    page.get_by_role("button", name="Make one document of the chosen").press("Enter")
    expect(page.get_by_role("heading", name="2 printed")).to_be_visible()
    expect(page.get_by_role("heading", name="1 to print")).to_be_visible()
    page.get_by_role("button", name="The chosen are posted").press("Enter")
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("2 contact cards are marked as posted on")
    assert ContactCard.objects.filter(posted_on__isnull=False).count() == 2


def test_contact_cards_without_javascript(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    three_waiting(solvik)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/contact-cards/")
    page.get_by_role("button", name="Make one document of the chosen").click()
    address = page.get_by_role("link", name="Open the document (PDF)").get_attribute("href")
    answer = page.request.get(f"{live_server.url}{address}")
    assert answer.body().startswith(b"%PDF-")
    page.get_by_label("Posted on").fill("tull")
    page.get_by_role("button", name="The chosen are posted").click()
    expect(page.locator(".ds-error-summary")).to_contain_text("«tull» is not a date")
    page.get_by_label("Posted on").fill(timezone.localdate().strftime("%d.%m.%Y"))
    page.get_by_role("button", name="The chosen are posted").click()
    expect(page.get_by_text("No contact card waits to be posted.")).to_be_visible()
    context.close()


def test_contact_cards_are_accessible_in_each_state(look: Page, live_server: Any, solvik: Solvik) -> None:
    cards = three_waiting(solvik)
    sign_in(look, live_server.url, solvik.clerk)
    look.goto(f"{live_server.url}/staff/contact-cards/")
    check_every_look(look)
    look.get_by_label(cards[2].reference, exact=True).uncheck()
    look.get_by_role("button", name="Make one document of the chosen").click()
    expect(look.get_by_role("heading", name="2 printed")).to_be_visible()
    check_every_look(look)
    look.get_by_label("Posted on").fill("tull")
    look.get_by_role("button", name="The chosen are posted").click()
    expect(look.locator(".ds-error-summary")).to_be_focused()
    check_every_look(look)


# --- Overdue lists --------------------------------------------------------------------------------------------------


def two_weeks(solvik: Solvik) -> IsoWeek:
    now = timezone.now()
    for days, unit in ((40, solvik.roads), (25, solvik.water), (12, solvik.roads)):
        a_card(now=now - timedelta(days=days), unit=unit)
    this = working_calendar(solvik.municipality).latest_list_week(now)
    for week in (this.previous(), this):
        run_overdue_list(now=now, week=week)
    return this


def test_a_list_is_looked_ahead_at_and_sent_again(page: Page, live_server: Any, solvik: Solvik) -> None:
    week = two_weeks(solvik)
    ListNotice.objects.update(told_at=timezone.now() - timedelta(hours=1))
    sign_in(page, live_server.url, solvik.clerk)
    page.get_by_role("link", name="Overdue lists").press("Enter")
    page.get_by_role("link", name="See what next Monday's lists would hold").press("Enter")
    expect(page.get_by_role("cell", name="Roads Leader")).to_be_visible()
    page.goto(f"{live_server.url}/staff/overdue/{week}/")
    page.get_by_role("button", name=re.compile("Send again ?: Vei")).press("Enter")
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("The list of Vei is sent again, to Roads Leader.")
    expect(page.get_by_text("sent again by Clerk")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_visible()


def test_the_lists_pages_are_accessible(look: Page, live_server: Any, solvik: Solvik) -> None:
    week = two_weeks(solvik)
    sign_in(look, live_server.url, solvik.clerk)
    for path in ("", "preview/", f"{week}/"):
        look.goto(f"{live_server.url}/staff/overdue/{path}")
        look.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
        check_every_look(look)
    look.goto(f"{live_server.url}/staff/escalations/{week}/")
    check_every_look(look)
