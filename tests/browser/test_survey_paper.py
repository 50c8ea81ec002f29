"""A pile of paper typed in: by keyboard alone, without script, and with a slip."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from surveys.models import Answer, Comment
from tests.browser.conftest import check_accessibility, sign_in
from tests.factories import Solvik
from tests.surveys.rounds import Round, make_round

HERE = "/staff/surveys/citizens-2026/paper/"


@pytest.fixture
def made(solvik: Solvik) -> Round:
    cache.clear()
    now = timezone.now()
    return make_round(
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9), fielded_at=now - timedelta(days=1)
    )


def test_a_pile_by_keyboard(page: Page, live_server: Any, solvik: Solvik, made: Round) -> None:
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(live_server.url + HERE)
    code = page.get_by_label("The code on the paper")
    expect(code).to_be_focused()
    press = page.keyboard.press
    page.keyboard.type(made.invited[0].code.lower())
    press("Enter")
    road = page.get_by_role("group", name="The roads are good")
    expect(road.get_by_role("radio").first).to_be_focused()
    press("7")
    expect(page.get_by_text("No answer stands in that place.")).to_be_visible()
    press("5")
    press("ArrowUp")
    press("Backspace")
    expect(page.locator("#q-road-5")).not_to_be_checked()
    press("4")  # the roads
    press("0")  # street lights: don't know
    press("1")  # uses the library, so the next two are asked
    press("2")  # not every week
    press("6")  # the library
    press("1")
    press("3")  # which: two of three
    press("Enter")
    press("3")  # what matters most: care, then schools, and on
    press("1")
    expect(page.get_by_label("Anything else?")).to_be_focused()
    page.keyboard.type("Fin by")
    press("Enter")
    expect(page.get_by_role("button", name="Save, and on to the next")).to_be_focused()
    press("Enter")
    expect(page.get_by_text("1 typed today")).to_be_visible()
    assert Answer.objects.get().values == {
        "road": 4, "lights": "dk", "used": "yes", "often": "no", "library": 6,
        "which": ["school", "care"], "most": ["care", "school"],
    }  # fmt: skip
    assert Comment.objects.get().text == "Fin by"

    expect(code).to_be_focused()
    page.keyboard.type(made.invited[0].code)
    press("Enter")
    expect(page.locator(".ds-error-summary")).to_contain_text("An answer with this code is in already")
    code.fill(made.invited[1].code)
    press("Enter")
    expect(road.get_by_role("radio").first).to_be_focused()
    press("2")
    press("3")
    press("2")  # does not use the library: what hangs on that is passed over
    which = page.get_by_role("group", name="What do you use?")
    expect(which.get_by_role("checkbox").first).to_be_focused()
    press("1")
    press("2")
    press("3")
    page.get_by_role("button", name="Save, and on to the next").press("Enter")
    expect(page.locator(".ds-error-summary")).to_be_focused()
    expect(page.locator("#q-road-2")).to_be_checked()
    for width, scheme in ((390, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        check_accessibility(page)
    which.get_by_label("Care").uncheck()
    page.get_by_role("button", name="Save, and on to the next").click()
    expect(page.get_by_text("2 typed today")).to_be_visible()
    assert Answer.objects.count() == 2


def test_without_script(browser: Browser, live_server: Any, solvik: Solvik, made: Round) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(live_server.url + HERE)
    page.get_by_label("The code on the paper").fill(made.invited[2].code)
    page.get_by_role("button", name="Go on to the answers").click()
    page.locator("#q-road-5").check()
    page.locator("#q-road-5").press("Enter")  # nothing is saved by that
    expect(page.locator("#q-road-5")).to_be_checked()
    assert not Answer.objects.exists()
    page.get_by_label("Most important").select_option("Roads")
    page.get_by_role("button", name="Save, and on to the next").click()
    expect(page.get_by_text("1 typed today")).to_be_visible()
    assert Answer.objects.get().values == {"road": 5, "most": ["roads"]}
    context.close()
