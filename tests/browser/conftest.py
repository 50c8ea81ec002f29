"""A real Chromium on the real server. Every page fails its test on an error in the console, and a blocked resource is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial, wraps
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from organisation.models import Person
from tests.factories import Solvik, make_solvik

PASSWORD = "et-langt-passord-her"
# Playwright's loop runs in this thread; Django takes that for asynchronous code and would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    switches = (
        "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    return browser_type_launch_args | {
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": switches.split(),
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Europe/Oslo"}


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """Each page without motion. A part that slides open clips what it holds: a button scrolled to in it moves as it grows,
    and a press begun on the button ends beside it.
    """
    browser.new_context = partial(browser.new_context, reduced_motion="reduce")  # type: ignore[method-assign]
    browser.new_page = partial(browser.new_page, reduced_motion="reduce")  # type: ignore[method-assign]
    return browser


@pytest.fixture(scope="session", autouse=True)
def _patience() -> Iterator[None]:
    """Press as people do, on a page that has come whole: what moves it under the pointer would take the press along."""

    def patient(act: Callable[..., None]) -> Callable[..., None]:
        @wraps(act)
        def later(self: Locator, *args: Any, **options: Any) -> None:
            self.page.wait_for_load_state()
            act(self, *args, **options)

        return later

    with pytest.MonkeyPatch.context() as patch:
        for name in ("click", "check", "uncheck"):
            patch.setattr(Locator, name, patient(getattr(Locator, name)))
        yield


@pytest.fixture
def solvik(live_server: Any) -> Solvik:
    """The municipality, and the same password for all its people."""
    made = make_solvik(phone="33 00 00 00", email="post@solvik.test")
    made.clerk.set_password(PASSWORD)
    Person.objects.update(password=made.clerk.password, language="en")
    return made


@pytest.fixture
def page(page: Page, live_server: Any) -> Iterator[Page]:
    """A page with the server as its base, whose console must stay without errors."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A form that came back with 422 is no fault, and a refusal is said in the page, by htmx in the console too.
        answered = "status of 4" in message.text or "Response Status Error Code 4" in message.text
        # Nor is a preview that was still on the way when the page was left or the next one asked for. What the net or the
        # server broke off, the browser says itself.
        given_up = message.text.startswith(("htmx:afterRequest,", "htmx:sendError,", "htmx:sendAbort,"))
        if message.type == "error" and not answered and not given_up:
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.set_default_timeout(15_000)
    yield page
    assert complaints == []


@pytest.fixture
def look(page: Page) -> Page:
    """A phone in light: where `check_every_look` begins and ends."""
    page.set_viewport_size({"width": 390, "height": 900})
    page.emulate_media(color_scheme="light")
    return page


def sign_in(page: Page, server: str, person: Person) -> None:
    """Sign in by the form, as people do."""
    page.goto(f"{server}/accounts/login/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{server}/staff/**")


def focus(locator: Locator) -> None:
    """Go there by keyboard. What is not shown yet takes no focus, and the next key would go to what had it before."""
    expect(locator).to_be_visible()
    locator.focus()
    expect(locator).to_be_focused()


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that see the colour scheme; all others see only what is there and how wide it is."""


def check_accessibility(page: Page) -> None:
    """Fail with axe's own words for anything in WCAG 2.2 A and AA, in the page as it stands."""
    page.wait_for_load_state("load")
    _no_complaint(page, {"type": "tag", "values": WCAG})


def check_every_look(page: Page, name: str = "page") -> None:
    """Check the page in phone and desktop width, light and dark, and that nothing runs off a narrow screen.

    320 px is a desktop at 400 %. A picture of each look is kept in the folder that INNSPILL_SHOTS names. The page is
    left in phone width and light.
    """
    page.wait_for_load_state("load")  # what is waited for before may be there earlier than the page's style
    folder = os.environ.get("INNSPILL_SHOTS")
    for width in (320, 1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.scrollingElement.scrollWidth")
        assert wide <= width, f"{page.url} is {wide} px wide on a screen of {width}"
        if width == 320:
            continue
        for scheme, rules in (("dark", COLOURS), ("light", None)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if folder:
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
            _no_complaint(page, {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG})


def _no_complaint(page: Page, rules: dict[str, Any]) -> None:
    """Fail with what axe complains of. It is given to the page once, and its thousands of passes stay there."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    found = AxeResults({"violations": page.evaluate(RUN, options)})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


RUN = "options => axe.run(options).then(found => found.violations)"


def kept(page: Page, address: str) -> None:
    """Open the page for sending and wait until the browser has its copy: the net can go then."""
    page.goto(address)
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
