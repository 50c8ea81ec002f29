"""The page for sending without a net, and pictures that come one at a time: what only a real browser can show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from feedback.models import Card
from tests.browser.conftest import check_accessibility, focus, kept
from tests.factories import Solvik, a_card
from tests.pictures import photo

TEXT = "What do you want to tell us?"
SEND = "Send the message"
KEPT = "async () => (await (await caches.open('innspill-send')).keys()).map(one => new URL(one.url).pathname)"
CACHES = "async () => (await caches.keys())"


@pytest.fixture(autouse=True)
def _place_for_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    (tmp_path / "hull.png").write_bytes(photo((60, 40), kind="PNG").getvalue())
    return tmp_path / "hull.png"


def test_without_a_net_the_page_opens_and_sends_when_the_net_is_back(
    browser: Browser, live_server: Any, solvik: Solvik, picture: Path
) -> None:
    # Its console may complain: Chromium lets a page that a worker showed believe in the net, so it tries in vain first.
    page = browser.new_context(locale="en-GB").new_page()
    kept(page, live_server.url)
    page.context.set_offline(True)
    page.goto(live_server.url)
    expect(page.get_by_text("There was no net when you opened this page.")).to_be_visible()
    expect(page.get_by_role("button", name=SEND)).to_have_css("color", "rgb(255, 255, 255)")  # it has its styles
    page.get_by_label(TEXT).fill("Et tre ligger over veien")
    page.locator("#id_uploads").set_input_files(picture)
    page.get_by_text("Do you want us to ring you?").click()
    expect(page.get_by_text("The receipt tells by which day we ring you.")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("You are offline, so your message is not sent yet.")).to_be_visible()
    assert not Card.objects.exists()
    page.context.set_offline(False)
    thanks = "Thank you. We have your message."
    expect(page.get_by_role("heading", level=1)).to_have_text(thanks, timeout=15_000)  # it looks every ten seconds
    card = Card.objects.get()
    assert (card.text, card.attachments.count()) == ("Et tre ligger over veien", 1)
    page.context.close()


def test_two_messages_from_the_kept_page_are_two_cards(page: Page, live_server: Any, solvik: Solvik) -> None:
    kept(page, live_server.url)
    for text in ("Et tre ligger over veien", "Et tre ligger over veien"):
        page.context.set_offline(True)
        page.goto(live_server.url)
        page.get_by_label(TEXT).fill(text)
        page.context.set_offline(False)
        page.get_by_role("button", name=SEND).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your message.")
        # The words are there before the script that throws the draft away: with the draft, the same text is the same card.
        page.wait_for_function("() => localStorage.getItem('innspill-draft') === null")
    assert Card.objects.count() == 2


def test_what_was_written_in_the_kept_page_is_there_when_it_opens_again(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    kept(page, live_server.url)
    page.context.set_offline(True)
    page.goto(live_server.url)
    page.get_by_label(TEXT).fill("Et tre ligger over veien")
    page.reload()
    expect(page.get_by_label(TEXT)).to_have_value("Et tre ligger over veien")
    page.context.set_offline(False)
    page.goto(live_server.url)
    expect(page.get_by_label(TEXT)).to_have_value("Et tre ligger over veien")
    expect(page.get_by_text("There was no net when you opened this page.")).to_be_hidden()


def test_private_pages_are_never_kept(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    kept(page, live_server.url)
    for address in (f"/card/{card.secret}/", f"/card/{card.secret}/receipt/", "/card/", "/accounts/login/"):
        page.goto(live_server.url + address)
    there = page.evaluate(KEPT)
    assert "/offline/" in there
    assert all(path == "/offline/" or path.startswith("/static/") for path in there)
    assert page.evaluate(CACHES) == ["innspill-send"]
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{live_server.url}/card/{card.secret}/")


def test_switched_off_the_worker_takes_itself_and_the_copy_away(
    page: Page, live_server: Any, solvik: Solvik, settings: Any
) -> None:
    kept(page, live_server.url)
    settings.KEEP_SEND_PAGE = False
    page.goto(live_server.url)
    page.evaluate(
        "async () => { const one = await navigator.serviceWorker.getRegistration(); if (one) await one.update(); }"
    )
    gone = "async () => !(await navigator.serviceWorker.getRegistration()) && !(await caches.keys()).length"
    for _try in range(50):
        if page.evaluate(gone):
            break
        page.wait_for_timeout(100)
    assert page.evaluate(gone)


def test_pictures_chosen_one_at_a_time_all_come_along(
    page: Page, live_server: Any, solvik: Solvik, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "vei.png").write_bytes(photo((40, 60), kind="PNG").getvalue())
    (tmp_path / "brev.pdf").write_bytes(b"%PDF-1.4 brev")
    page.goto(live_server.url)
    chosen = page.get_by_role("list", name="Chosen files").get_by_role("listitem")
    for number, name in enumerate(("hull.png", "vei.png", "brev.pdf"), start=1):
        page.locator("#id_uploads").set_input_files(tmp_path / name)
        expect(chosen).to_have_count(number)
    page.locator("#id_uploads").set_input_files(tmp_path / "vei.png")  # the same once more
    expect(chosen).to_have_count(3)
    expect(page.get_by_text("Chosen files: 3")).to_be_attached()
    check_accessibility(page)
    focus(page.get_by_role("button", name="Remove hull.png"))
    page.keyboard.press("Enter")
    expect(chosen).to_have_count(2)
    expect(page.get_by_role("button", name="Remove brev.pdf")).to_be_focused()
    page.reload()  # the draft has them too
    expect(chosen).to_have_count(2)
    page.get_by_label(TEXT).fill("Hull i veien")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your message.")
    assert sorted(one.name for one in Card.objects.get().attachments.all()) == ["brev.pdf", "vei.jpg"]


def test_pictures_are_gathered_on_the_private_page_too(
    page: Page, live_server: Any, solvik: Solvik, picture: Path, tmp_path: Path
) -> None:
    (tmp_path / "vei.png").write_bytes(photo((40, 60), kind="PNG").getvalue())
    card = a_card(unit=solvik.roads)
    page.goto(f"{live_server.url}/card/{card.secret}/")
    for path in (picture, tmp_path / "vei.png"):
        page.get_by_label("Pictures").set_input_files(path)
    page.get_by_role("button", name="Add to the message").click()
    expect(page.get_by_text("What you added is with the message now.")).to_be_visible()
    assert card.attachments.count() == 2
