"""axe on the states of pages that `test_every_page.py` does not come by: nothing there, nothing found, wrong, unfolded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.mail import send_mail
from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.conftest import check_every_look, sign_in
from tests.factories import Solvik, a_card


def test_citizens_pages(look: Page, live_server: Any, solvik: Solvik) -> None:
    look.goto(f"{live_server.url}/nothing/")
    check_every_look(look)
    look.goto(live_server.url)
    look.get_by_text("Do you want us to ring you?").click()
    look.locator(".language summary").click()
    check_every_look(look)
    look.locator(".language summary").click()
    look.get_by_label("E-mail").fill("kari@")
    look.get_by_role("button", name="Send the message").click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look)


def test_staff_pages(look: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(now=timezone.now() - timedelta(days=40), unit=solvik.roads)
    sign_in(look, live_server.url, solvik.clerk)
    for path in ("/staff/?due=overdue", "/staff/?q=finnes-ikke", "/staff/?received_from=tull"):
        look.goto(live_server.url + path)
        check_every_look(look)
    look.goto(f"{live_server.url}/staff/cards/{card.reference}/")
    look.evaluate("document.querySelectorAll('details:not(.language)').forEach(part => { part.open = true })")
    check_every_look(look)
    look.get_by_role("button", name="Save the conversation").click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look)


def test_the_mails_of_the_demonstration(
    look: Page, live_server: Any, solvik: Solvik, settings: Any, tmp_path: Any
) -> None:
    settings.DEMONSTRATION = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    send_mail("Ny melding", "Se https://solvik.test/staff/", "a@solvik.test", ["b@solvik.test"])
    sign_in(look, live_server.url, solvik.clerk)
    look.goto(f"{live_server.url}/demo/mail/")
    look.locator("details.mail summary").click()
    check_every_look(look)
