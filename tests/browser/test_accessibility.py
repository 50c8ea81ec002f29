"""axe on every page: light and dark, phone and desktop. No console error, no blocked resource (see `conftest.py`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import send_mail
from django.utils import timezone
from playwright.sync_api import Page

from feedback.actions.listing import run_overdue_list
from organisation.calendar import IsoWeek
from tests.browser.conftest import check_accessibility, sign_in
from tests.factories import Solvik, a_card

LOOKS = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(params=LOOKS, ids=[f"{width}-{scheme}" for width, scheme in LOOKS])
def look(request: pytest.FixtureRequest, page: Page) -> Page:
    width, scheme = request.param
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    return page


def test_citizens_pages(look: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(now=timezone.now(), unit=solvik.roads)
    for path in ("/", "/card/", f"/card/{card.secret}/", f"/card/{card.secret}/receipt/", "/privacy/", "/nothing/"):
        look.goto(live_server.url + path)
        check_accessibility(look)
    look.goto(live_server.url)
    look.get_by_text("Do you want us to ring you?").click()
    look.locator(".language summary").click()
    check_accessibility(look)
    look.locator(".language summary").click()
    look.get_by_label("E-mail").fill("kari@")
    look.get_by_role("button", name="Send the message").click()
    look.locator(".ds-error-summary").wait_for()
    check_accessibility(look)


def test_signing_in(look: Page, live_server: Any, solvik: Solvik) -> None:
    for path in (
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/signup/",
    ):
        look.goto(live_server.url + path)
        check_accessibility(look)


def test_staff_pages(look: Page, live_server: Any, solvik: Solvik) -> None:
    now = timezone.now()
    card = a_card(now=now - timedelta(days=40), unit=solvik.roads)
    a_card(now=now, text="Nytt")
    this = IsoWeek.of((now - timedelta(days=7)).date())
    for week in (this.previous(), this):
        run_overdue_list(now=now, week=week)
    sign_in(look, live_server.url, solvik.clerk)
    for path in (
        "/staff/",
        "/staff/?due=overdue",
        "/staff/?q=finnes-ikke",
        "/staff/?received_from=tull",
        "/staff/register/",
        "/staff/overdue/",
        f"/staff/overdue/{this}/",
        f"/staff/overdue/{this}/roads/",
        "/staff/escalations/",
        f"/staff/escalations/{this}/",
    ):
        look.goto(live_server.url + path)
        check_accessibility(look)
    look.goto(f"{live_server.url}/staff/cards/{card.reference}/")
    look.evaluate("document.querySelectorAll('details:not(.language)').forEach(part => { part.open = true })")
    check_accessibility(look)
    look.get_by_role("button", name="Save the conversation").click()
    look.locator(".ds-error-summary").wait_for()
    check_accessibility(look)


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
    check_accessibility(look)
