"""Finding and erasing what is kept about a person, by people: without script, and with what axe says of each state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from feedback.models import Card
from organisation.erasing import GONE
from organisation.permissions import Role
from tests.browser.conftest import check_accessibility, sign_in
from tests.factories import RoleFactory, Solvik, a_card
from tests.feedback.steps import called_back, closed


def test_somebody_is_found_and_erased_without_script(
    browser: Browser, live_server: Any, solvik: Solvik, settings: Any, tmp_path: Any
) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    then = timezone.now() - timedelta(days=9)
    card = a_card(now=then)
    called_back(card, by=None, now=then)
    closed(card, by=None, now=then, result="answered")
    still_open = a_card()
    RoleFactory(person=solvik.reader, role=Role.PRIVACY)
    page = browser.new_context(java_script_enabled=False, locale="en").new_page()
    sign_in(page, live_server.url, solvik.reader)
    page.get_by_role("link", name="Access and erasure").click()
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_text("Write a name, a phone number")).to_be_visible()
    page.get_by_label("Name").fill("Nordmann Kari")
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_role("heading", name="Found in")).to_be_visible()
    assert "Nordmann" not in page.url
    expect(page.get_by_label(card.reference)).to_be_checked()
    page.get_by_role("button", name="Erase …").click()
    expect(page.get_by_role("listitem").filter(has_text=still_open.reference)).to_contain_text("not completed yet")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("link", name="Choose why.")).to_be_visible()
    page.get_by_label("The person asked for it").check()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Erased in 1 place.")).to_be_visible()
    assert Card.objects.get(pk=card.pk).text == GONE
    page.context.close()


@pytest.mark.parametrize("width", [390])
def test_what_was_found_and_the_question_are_accessible(
    page: Any, live_server: Any, solvik: Solvik, width: int
) -> None:
    then = timezone.now() - timedelta(days=9)
    closed(called_back(a_card(now=then), by=None, now=then).card, by=None, now=then, result="answered")
    RoleFactory(person=solvik.reader, role=Role.PRIVACY)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server.url, solvik.reader)
    page.goto(f"{live_server.url}/staff/personal-data/")
    page.get_by_label("Phone").fill("33 18 10 00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Found in")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Erase …").click()
    expect(page.get_by_role("heading", name="Erase?")).to_be_visible()
    check_accessibility(page)
