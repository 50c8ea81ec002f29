"""The service centre's day at the list: forward what waits, act on several, undo, from card to card, take the list along."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.actions.moving import return_card
from feedback.models import Card, SavedFilter
from tests.browser.conftest import PASSWORD, check_every_look, focus, sign_in
from tests.factories import RuleFactory, Solvik, a_card


@pytest.fixture
def waiting(solvik: Solvik) -> list[Card]:
    """Three cards with a suggestion, one without, one that was sent back; the next deadline first."""
    now = timezone.now()
    cat, back = a_card(now=now - timedelta(days=5), text="Katt"), a_card(now=now - timedelta(days=4), unit=solvik.water)
    return_card(back, reason="Ikke vårt", by=solvik.water_leader, now=now - timedelta(days=3))
    cards = [cat, back, *(a_card(now=now, text=text) for text in ("Hull i asfalten", "Kumlokk klaprer", "Skilt"))]
    # Rules that were made after the cards came in.
    RuleFactory(words=["hull i asf", "asfalt"], unit=solvik.roads)
    RuleFactory(words=["kumlokk"], unit=solvik.water)
    RuleFactory(words=["skilt"], unit=solvik.roads)
    return cards


def row(page: Page, card: Card) -> Any:
    return page.locator(f"#card-{card.reference}")


def test_pages_and_states_are_accessible(look: Page, live_server: Any, solvik: Solvik, waiting: list[Card]) -> None:
    SavedFilter.objects.create(person=solvik.clerk, name="Over frist", query="due=overdue", is_shared=True)
    sign_in(look, live_server.url, solvik.clerk)
    look.locator("details.bulk summary").click()
    look.locator("details.save-filter summary").click()
    check_every_look(look)
    look.locator(f"#choose-{waiting[0].reference}").check()
    look.get_by_role("button", name="Forward each to its suggestion").click()
    expect(look.locator("#bulk-errors")).to_be_visible()
    check_every_look(look)
    first = row(look, waiting[2])
    first.locator("[data-main]").click()
    expect(first).to_have_attribute("data-done", "")
    row(look, waiting[0]).get_by_label("Unit for").fill("Månen")
    row(look, waiting[0]).get_by_role("button").click()
    expect(row(look, waiting[0])).to_contain_text("There is no such unit.")
    check_every_look(look)
    for path in (
        "/staff/?due=open",
        "/staff/?due=open&unit=roads&unit=nowhere",
        "/staff/?q=finnes-ikke&due=open",
        "/staff/?due=returned&q=x",
        "/staff/export/?due=open",
        "/staff/export/?received_from=tull",
        "/staff/filters/",
        f"/staff/cards/{waiting[2].reference}/?from=due%3Dopen",
    ):
        look.goto(live_server.url + path)
        look.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
        expect(look.locator(".to-come")).to_have_count(0)  # the forms of a card's steps
        check_every_look(look)
        assert look.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    look.keyboard.press("?")
    expect(look.get_by_role("dialog", name="Keyboard short cuts")).to_be_visible()
    check_every_look(look)


def test_forwarding_by_the_keyboard_goes_from_row_to_row(
    page: Page, live_server: Any, solvik: Solvik, waiting: list[Card]
) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    expect(row(page, waiting[2])).to_contain_text("Vei («hull i asf», «asfalt»)")
    focus(row(page, waiting[2]).locator("[data-main]"))
    page.keyboard.press("Enter")
    expect(row(page, waiting[2])).to_contain_text("is forwarded to Vei.")
    expect(row(page, waiting[3]).locator("[data-main]")).to_be_focused()
    expect(page.locator("#told")).to_have_text(f"{waiting[2].reference} is forwarded to Vei.")
    expect(page.locator("#counts")).to_contain_text(re.compile(r"Not forwarded\s+3"))
    page.keyboard.press("Enter")
    expect(row(page, waiting[3])).to_contain_text("is forwarded to Vann.")
    # A wrong unit: the focus stands in the field, and what was typed is there.
    field = row(page, waiting[0]).get_by_label("Unit for")
    field.fill("Månen")
    field.press("Enter")
    expect(row(page, waiting[0])).to_contain_text("There is no such unit. Choose another.")
    expect(field).to_be_focused()
    expect(field).to_have_value("Månen")
    field.fill("Vann")
    field.press("Enter")
    expect(row(page, waiting[0])).to_contain_text("is forwarded to Vann.")
    row(page, waiting[0]).get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text(f"Undone: {waiting[0].reference} is as it was.")
    expect(row(page, waiting[0])).to_be_visible()


def test_several_are_chosen_with_shift_and_the_refused_stay_chosen(
    page: Page, live_server: Any, solvik: Solvik, waiting: list[Card]
) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    boxes = page.get_by_label("Choose 26-")
    boxes.nth(0).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-chosen-number]")).to_have_text("(4)")
    page.get_by_label("All cards on this page").check()
    expect(page.locator("[data-chosen-number]")).to_have_text("(5)")
    page.get_by_role("button", name="Forward each to its suggestion").click()
    expect(page.locator("#bulk-errors")).to_have_text("2 cards were not changed")
    expect(page.locator(".ds-error-summary")).to_be_focused()
    for card in waiting[:2]:
        expect(page.locator(f"#choose-{card.reference}")).to_be_checked()
    page.get_by_label("Forward to", exact=True).fill("Vann")
    page.get_by_label("Forward to", exact=True).press("Enter")
    expect(page.get_by_text("2 cards forwarded to Vann.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 cards are as they were.")).to_be_visible()


def test_a_filter_in_use_does_not_reload_when_a_card_is_chosen(
    page: Page, live_server: Any, solvik: Solvik, waiting: list[Card]
) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Choose 26-").first.check()
    page.locator("details.bulk select").select_option(index=1)
    page.wait_for_timeout(300)
    assert [address for address in asked if "/staff/" in address] == []  # a late icon is no reload


def test_from_card_to_card_and_back(page: Page, live_server: Any, solvik: Solvik, waiting: list[Card]) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.get_by_role("link", name=waiting[0].reference).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(waiting[0].reference)
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text(waiting[1].reference)
    page.locator(".next-step").get_by_label("Unit").select_option("roads")
    page.get_by_role("button", name="Forward", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Forwarded.")
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text(waiting[2].reference)
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text(waiting[0].reference)
    page.wait_for_load_state()
    page.keyboard.press("l")
    expect(page).to_have_url(f"{live_server.url}/staff/?due=to_forward")
    expect(row(page, waiting[1])).to_have_count(0)


def test_short_cuts_are_listed_and_can_be_turned_off(page: Page, live_server: Any, solvik: Solvik) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard short cuts")
    expect(help_).to_be_visible()
    page.get_by_label("Use short cuts of one key in this browser").uncheck()
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("/")
    expect(page.locator("#id_q")).not_to_be_focused()
    expect(page).to_have_url(re.compile(r"/staff/$"))
    page.get_by_role("button", name="Keyboard short cuts").click()
    page.get_by_label("Use short cuts of one key in this browser").check()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/staff/register/$"))


def test_a_search_from_the_first_look_is_among_all_cards(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(now=timezone.now(), text="Gatelyset er borte", unit=solvik.roads)
    sign_in(page, live_server.url, solvik.clerk)
    expect(page.get_by_text("Nothing waits to be forwarded.")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("gatelys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=card.reference)).to_be_visible()
    page.goto(f"{live_server.url}/staff/?due=returned&q=gatelys")
    page.get_by_role("link", name="Search for «gatelys» among all cards").click()
    expect(page.get_by_role("link", name=card.reference)).to_be_visible()


def test_a_filter_is_saved_used_and_removed(page: Page, live_server: Any, solvik: Solvik) -> None:
    a_card(now=timezone.now(), unit=solvik.roads)
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/?unit=roads")
    page.locator("details.save-filter summary").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".ds-error-summary")).to_contain_text("Write a name for the filter.")
    page.get_by_role("link", name="Write a name for the filter.").click()
    page.keyboard.type("Alt hos Vei")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page).to_have_url(f"{live_server.url}/staff/?unit=roads")
    page.goto(f"{live_server.url}/staff/")
    page.get_by_role("link", name="Alt hos Vei").click()
    expect(page.locator(".shown")).to_contain_text("Unit: Vei")
    page.get_by_role("link", name="Change saved filters").click()
    page.locator(".saved-filter summary").click()
    page.get_by_role("button", name="Remove Alt hos Vei").click()
    expect(page.get_by_text("You have no saved filters.")).to_be_visible()


def test_the_list_is_taken_along_as_files(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(now=timezone.now(), unit=solvik.roads)
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/staff/?due=open")
    page.get_by_role("link", name="Download").click()
    page.get_by_label("With texts and contact details").check()
    with page.expect_download() as begun:
        page.get_by_role("button", name="CSV file").click()
    text = begun.value.path().read_text("utf-8-sig")
    assert card.reference in text
    assert "Kari Nordmann" in text
    with page.expect_download() as begun:
        page.get_by_role("button", name="Excel file").click()
    assert begun.value.suggested_filename.endswith(".xlsx")


def test_print_shows_the_list_and_the_card_and_no_buttons(
    page: Page, live_server: Any, solvik: Solvik, waiting: list[Card]
) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    for path in ("/staff/", "/staff/?due=open", f"/staff/cards/{waiting[2].reference}/?from=due%3Dopen"):
        page.goto(live_server.url + path)
        for what in ("button", "input:not([type=hidden])", "select", "nav", "summary"):
            assert page.locator(f"main {what}:visible").count() == 0, (path, what)
        assert page.get_by_text(waiting[2].reference).first.is_visible()
    page.goto(f"{live_server.url}/staff/?due=open&unit=service-centre")
    expect(page.locator(".shown")).to_contain_text("Unit: Servicesenteret")
    expect(page.locator(".shown .print-only")).to_contain_text(str(timezone.localdate().year))
    assert page.locator("tbody tr").first.evaluate("tr => getComputedStyle(tr).display") == "table-row"


def test_without_javascript_the_same_errands_are_done(
    browser: Browser, live_server: Any, solvik: Solvik, waiting: list[Card]
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("E-mail").fill(solvik.clerk.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Keyboard short cuts")).to_be_hidden()
    row(page, waiting[2]).locator("[data-main]").click()
    expect(page.get_by_text(f"{waiting[2].reference} is forwarded to Vei.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"Undone: {waiting[2].reference} is as it was.")).to_be_visible()
    row(page, waiting[3]).get_by_text("Other unit").click()
    row(page, waiting[3]).get_by_label("Unit for").fill("Månen")
    row(page, waiting[3]).get_by_label("Unit for").press("Enter")
    expect(page.locator(".ds-error-summary")).to_contain_text("There is no such unit.")
    expect(row(page, waiting[3]).get_by_label("Unit for")).to_have_value("Månen")
    for card in waiting[:2]:
        page.locator(f"#choose-{card.reference}").check()
    page.locator("details.bulk summary").click()
    page.get_by_label("Forward to", exact=True).fill("Vei")
    page.get_by_role("button", name="Forward the chosen cards").click()
    expect(page.get_by_text("2 cards forwarded to Vei.")).to_be_visible()
    context.close()
