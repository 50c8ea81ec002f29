"""Coding what people wrote: by keyboard alone, and without script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from feedback.models import Card
from organisation.models import Person
from organisation.permissions import Role
from surveys.models import Comment, Survey
from tests.browser.conftest import PASSWORD, check_accessibility, sign_in
from tests.factories import RoleFactory, RuleFactory, Solvik
from tests.surveys.commented import make_commented, the_comment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    RoleFactory(person=solvik.sector_leader, role=Role.QUALITY_ADVISER)
    return solvik.sector_leader


@pytest.fixture
def survey(solvik: Solvik) -> Survey:
    RuleFactory(unit=solvik.roads, words=["hull"])
    return make_commented("Hull i veien", "Fint bibliotek", held=("Ring 33 18 10 00",))


def test_comments_are_coded_by_keyboard_alone(page: Page, live_server: Any, adviser: Person, survey: Survey) -> None:
    sign_in(page, live_server.url, adviser)
    page.goto(f"{live_server.url}/staff/surveys/{survey.code}/comments/")
    page.keyboard.press("n")
    heading = page.get_by_role("heading", name="A comment")
    expect(heading).to_be_visible()
    quote = page.locator("blockquote")
    if quote.inner_text() != "Hull i veien":
        page.keyboard.press("j")
        expect(quote).to_have_text("Hull i veien")
    check_accessibility(page)
    expect(page.get_by_label("Unit")).to_have_value("Vei")
    page.keyboard.press("1")
    expect(page.get_by_label("Roads")).to_be_checked()
    page.keyboard.press("u")
    page.keyboard.type("nowhere")
    page.keyboard.press("Control+Enter")
    summary = page.get_by_role("group", name="Put this right before you go on")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Roads")).to_be_checked()
    check_accessibility(page)
    page.get_by_role("link", name="There is no unit «nowhere».").press("Enter")
    page.keyboard.type("vei")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="was made for Vei.")).to_be_visible()
    expect(quote).to_have_text("Fint bibliotek")
    expect(page.locator(".as-written")).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.get_by_role("status").filter(has_text="The comment is coded.")).to_be_visible()
    expect(page.get_by_role("heading", name="Comments: Citizen survey")).to_be_visible()
    assert (Card.objects.get().text, the_comment(survey, "Hull").area.key) == ("Hull i veien", "roads")  # type: ignore[union-attr]
    assert the_comment(survey, "Fint").area.key == "schools"  # type: ignore[union-attr]
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_text("Undone: the comment is as it was.")).to_be_visible()
    assert the_comment(survey, "Fint").state == "kept"


def test_without_script_comments_are_looked_through_and_sent(
    browser: Any, live_server: Any, adviser: Person, survey: Survey
) -> None:
    page = browser.new_context(java_script_enabled=False, locale="en-GB").new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("E-mail").fill(adviser.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{live_server.url}/staff/surveys/{survey.code}/comments/")
    page.get_by_role("link", name="Look through").click()
    expect(page.get_by_label("What is kept")).to_have_value("Ring […]")
    page.get_by_role("button", name="Keep only this").click()
    expect(page.get_by_text("Taken away for good.")).to_be_visible()
    page.get_by_label("Unit").fill("vann")
    page.get_by_role("button", name="Make a card for the unit").click()
    expect(page.get_by_text("was made for Vann.")).to_be_visible()
    assert (Card.objects.get().text, Comment.objects.filter(state="held").count()) == ("Ring […]", 0)
    page.goto(f"{live_server.url}/staff/surveys/{survey.code}/comments/?state=kept")
    for box in page.get_by_role("checkbox", name="Choose comment").all():
        box.check()
    page.get_by_text("Do the same with several").click()
    page.locator("#bulk").get_by_label("Area").select_option("Schools")
    page.get_by_role("button", name="Code them so").click()
    expect(page.get_by_text("2 comments are coded.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 comments are as they were.")).to_be_visible()
    page.context.close()
