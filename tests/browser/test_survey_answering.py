"""Answering a survey in a real browser: on a phone, by keyboard, without script, in another language midway."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from surveys.actions.answering import submit_answer
from surveys.models import Answer, Comment, Draft
from tests.browser.conftest import check_accessibility, check_every_look, focus, sign_in
from tests.factories import Solvik
from tests.surveys.rounds import ANSWERED, Round, make_round


@pytest.fixture
def made(solvik: Solvik) -> Round:
    now = timezone.now()
    return make_round(
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9), fielded_at=now - timedelta(days=1),
        open_to_all=True, kiosk=True,
    )  # fmt: skip


def enter(page: Page, server: str, code: str) -> None:
    page.goto(f"{server}/answer/")
    page.get_by_label("The code in the letter").fill(code)
    page.get_by_role("button", name="Go on").click()


def test_every_page_is_accessible(look: Page, live_server: Any, made: Round) -> None:
    look.goto(f"{live_server.url}/answer/")
    check_every_look(look, "enter")
    enter(look, live_server.url, "K7QM-2XPD-5")
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look, "enter-wrong")
    enter(look, live_server.url, made.invited[0].code)
    look.get_by_role("button", name="Begin").wait_for()
    check_every_look(look, "start")
    look.get_by_role("button", name="Begin").click()
    look.get_by_text("1 of 2").first.wait_for()
    look.locator("label[for=q-road-5]").click()
    look.get_by_label("Yes").first.check()
    check_every_look(look, "area")
    look.get_by_role("button", name="Next").click()
    for name in ("School", "Roads", "Care"):
        look.get_by_role("checkbox", name=name).check()
    look.get_by_role("button", name="Next").click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look, "area-wrong")
    look.get_by_role("checkbox", name="Care").uncheck()
    look.get_by_role("button", name="Next").click()
    look.get_by_role("heading", name="Look over and send").wait_for()
    check_every_look(look, "review")
    look.get_by_role("button", name="Send the answer").click()
    look.get_by_role("heading", name="Thank you for your answer!").wait_for()
    check_every_look(look, "thanks")
    enter(look, live_server.url, made.invited[0].code)
    look.get_by_role("heading", name="Your answer is in").wait_for()
    check_every_look(look, "used")
    made.survey.closes_at = timezone.now()
    made.survey.save()
    enter(look, live_server.url, made.invited[1].code)
    look.get_by_role("heading", name="The survey is closed").wait_for()
    check_every_look(look, "closed")


def test_whole_errand_by_keyboard(page: Page, live_server: Any, made: Round) -> None:
    page.goto(f"{live_server.url}/answer/")
    focus(page.get_by_label("The code in the letter"))
    page.keyboard.type(made.invited[0].code)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Begin").press("Enter")
    focus(page.get_by_role("radio", name="1", exact=True).first)
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # goes on, whatever button comes first in the page
    page.get_by_role("heading", name="Culture").wait_for()
    assert Draft.objects.get().values == {"road": 4}
    focus(page.get_by_label("Most important"))
    page.keyboard.type("Care")
    page.get_by_role("button", name="Next").press("Enter")
    page.get_by_role("button", name="Send the answer").press("Enter")
    page.get_by_role("heading", name="Thank you for your answer!").wait_for()
    assert Answer.objects.get().values == {"road": 4, "most": ["care"]}


def test_whole_errand_without_javascript(browser: Browser, live_server: Any, made: Round) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB", viewport={"width": 390, "height": 800})
    page = context.new_page()
    enter(page, live_server.url, made.invited[0].code)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("5", exact=True).check()
    expect(page.get_by_text("Answer this if you chose «Yes»")).to_be_visible()
    page.get_by_role("group", name="Do you use the library?").get_by_label("Yes").check()
    page.get_by_role("group", name="Every week?").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Most important").select_option("Roads")
    page.get_by_label("Number 2").select_option("School")
    page.get_by_label("Anything else?").fill("Ring meg på 33 18 10 00")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("heading", name="Thank you for your answer!")).to_be_visible()
    assert Answer.objects.get().values == {"road": 5, "used": "yes", "often": "no", "most": ["roads", "school"]}
    assert Comment.objects.get().state == "held"
    context.close()


def test_question_is_shown_when_another_answer_asks_for_it(page: Page, live_server: Any, made: Round) -> None:
    enter(page, live_server.url, made.invited[0].code)
    page.get_by_role("button", name="Begin").click()
    weekly = page.get_by_role("group", name="Every week?")
    expect(weekly).to_be_hidden()
    library = page.get_by_role("group", name="Do you use the library?")
    library.get_by_label("Yes").check()
    expect(weekly).to_be_visible()
    library.get_by_label("No", exact=True).check()
    expect(weekly).to_be_hidden()
    page.get_by_role("button", name="Next").click()
    school, unknown = page.get_by_role("checkbox", name="School"), page.locator("#q-which-dk")
    school.check()
    unknown.check()
    expect(school).not_to_be_checked()


def test_language_midway_easy_words_and_coming_back(page: Page, live_server: Any, made: Round) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, live_server.url, made.invited[0].code)
    page.get_by_role("button", name="Begin").click()
    page.locator("label[for=q-road-2]").click()
    page.locator(".survey__languages summary").click()
    page.get_by_role("button", name="Bokmål").click()
    page.get_by_role("heading", name="Vei").wait_for()
    expect(page.locator("#q-road-2")).to_be_checked()
    page.get_by_role("button", name="Lettlest").click()
    page.get_by_text("Er veiene bra?").wait_for()
    expect(page.locator("#q-road-2")).to_be_checked()
    page.get_by_role("button", name="Neste").click()
    page.get_by_role("heading", name="Kultur").wait_for()
    page.go_back()
    expect(page.locator("#q-road-2")).to_be_visible()
    enter(page, live_server.url, made.invited[0].code)
    page.get_by_text("Velkommen tilbake").wait_for()
    page.get_by_role("button", name="Gå videre").click()
    page.get_by_role("heading", name="Kultur").wait_for()


def test_code_behind_the_hash_opens_the_survey_and_reaches_no_address(
    page: Page, live_server: Any, made: Round
) -> None:
    called: list[str] = []
    page.on("request", lambda request: called.append(request.url))
    page.goto(f"{live_server.url}/answer/#{made.invited[0].code}")
    page.get_by_role("button", name="Begin").wait_for()
    assert not [url for url in called if made.invited[0].code in url.partition("#")[0]]
    assert made.invited[0].code not in page.url


def test_open_link_and_used_code(page: Page, live_server: Any, made: Round) -> None:
    page.goto(f"{live_server.url}/surveys/citizens-2026/")
    page.get_by_role("button", name="Begin").click()
    page.locator("label[for=q-road-6]").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send the answer").click()
    page.get_by_role("heading", name="Thank you for your answer!").wait_for()
    assert Answer.objects.get().source == "open"
    submit_answer(made.survey, ANSWERED, invitation=made.invited[0], now=timezone.now())
    enter(page, live_server.url, made.invited[0].code)
    page.get_by_role("heading", name="Your answer is in").wait_for()


def test_tablet_forgets_after_two_minutes(page: Page, live_server: Any, solvik: Solvik, made: Round) -> None:
    page.clock.install()
    page.set_viewport_size({"width": 820, "height": 1180})
    sign_in(page, live_server.url, solvik.clerk)
    page.goto(f"{live_server.url}/surveys/citizens-2026/kiosk/")
    check_accessibility(page)
    page.get_by_role("button", name="Start on this tablet").click()
    page.get_by_role("button", name="Bokmål").or_(page.get_by_role("button", name="Begynn")).first.wait_for()
    page.get_by_role("button", name="Begynn").click()
    page.locator("label[for=q-road-6]").click()
    page.clock.run_for(105_000)
    expect(page.get_by_text("Er du der fortsatt?")).to_be_visible()
    check_every_look(page, "idle")
    page.get_by_role("button", name="Jeg trenger mer tid").click()
    expect(page.get_by_text("Er du der fortsatt?")).to_be_hidden()
    page.clock.run_for(125_000)
    page.get_by_role("button", name="Begynn").wait_for()
    page.get_by_role("button", name="Begynn").click()
    expect(page.locator("#q-road-6")).not_to_be_checked()
    assert not Answer.objects.exists()
