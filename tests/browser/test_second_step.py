"""A second step, set up and used as people do: by keyboard, in a browser with a passkey of its own, in all looks."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page, expect

from organisation.models import BrowserSession
from tests.browser.conftest import PASSWORD, check_every_look, sign_in
from tests.factories import Solvik

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def code_of(secret: str, *, steps: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def sign_out(page: Page, server: str) -> None:
    page.goto(f"{server}/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").press("Enter")
    page.wait_for_url(f"{server}/")


def with_password(page: Page, server: str, solvik: Solvik) -> None:
    page.goto(f"{server}/accounts/login/")
    page.get_by_label("E-mail").fill(solvik.clerk.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")


@pytest.mark.slow
def test_a_passkey_and_an_app_are_set_up_and_used(look: Page, live_server: Any, solvik: Solvik) -> None:
    page, server = look, live_server.url
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    sign_in(page, server, solvik.clerk)
    page.goto(f"{server}/accounts/me/")
    page.get_by_role("link", name="Add Passkey or security key").press("Enter")
    check_every_look(page, "key-new")
    page.get_by_label("What you call it").fill("My telephone")
    page.get_by_role("button", name="Add").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    check_every_look(page, "codes")
    page.get_by_role("link", name="Make new ones").press("Enter")
    check_every_look(page, "codes-new")

    page.goto(f"{server}/accounts/me/")
    page.get_by_role("link", name="Set up App on the telephone").press("Enter")
    page.get_by_text("No camera?").press("Enter")
    expect(page.locator(".second-step__key")).to_be_visible()
    secret = page.locator(".second-step__key").inner_text()
    page.get_by_label("The code that the app shows").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").or_(page.locator(".ds-error-summary")).first).to_be_visible()
    check_every_look(page, "app-wrong")
    page.get_by_label("The code that the app shows").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My sign-in")
    check_every_look(page, "my-sign-in")
    for link, name in (
        ("Rename My telephone", "key-rename"), ("Remove My telephone", "key-remove"),
        ("Remove App on the telephone", "app-remove"),
    ):  # fmt: skip
        page.goto(f"{server}/accounts/me/")
        page.get_by_role("link", name=link).press("Enter")
        expect(page.get_by_role("heading", level=1)).not_to_have_text("My sign-in")
        check_every_look(page, name)
    for path in ("second-step/again", "second-step/keys/again"):
        page.goto(f"{server}/accounts/{path}/?next=/accounts/me/")
        check_every_look(page, path.replace("/", "-"))
    page.get_by_role("button", name="Use a passkey or security key").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("My sign-in")

    sign_out(page, server)
    with_password(page, server, solvik)
    check_every_look(page, "second-step")
    page.get_by_label("Code").fill(code_of(secret, steps=1))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server}/staff/**")
    sign_out(page, server)
    with_password(page, server, solvik)
    page.get_by_role("button", name="Use a passkey or security key").press("Enter")
    page.wait_for_url(f"{server}/staff/**")
    sign_out(page, server)
    page.goto(f"{server}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    page.wait_for_url(f"{server}/staff/**")
    assert BrowserSession.objects.get(person=solvik.clerk).way == "passkey"


def test_a_browser_without_a_passkey_is_told_so_and_without_script_uses_a_code(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    server = live_server.url
    chromium = page.context.new_cdp_session(page)
    chromium.send("WebAuthn.enable")
    empty = AUTHENTICATOR | {"hasResidentKey": False, "hasUserVerification": False, "isUserVerified": False}
    chromium.send("WebAuthn.addVirtualAuthenticator", {"options": empty})
    page.goto(f"{server}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(page.get_by_text("Nothing came from the passkey.")).to_be_visible()

    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    plain = context.new_page()
    sign_in(plain, server, solvik.clerk)
    expect(plain.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    plain.goto(f"{server}/accounts/second-step/app/")
    plain.get_by_text("No camera?").click()
    secret = plain.locator(".second-step__key")
    expect(secret).to_be_visible()
    field = plain.get_by_label("The code that the app shows")
    field.fill(code_of(secret.inner_text()))
    field.press("Enter")  # a click where no script runs may come while what was opened still moves the button
    expect(plain.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    context.close()
