"""The unit's day in the browser: three clicks for a call, keyboard alone, no script, a phone's width, axe."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from feedback.actions.calling import record_contact_attempt
from feedback.actions.explaining import explain_delay
from feedback.actions.listing import run_overdue_list
from feedback.models import Card
from organisation.calendar import IsoWeek
from organisation.models import Person
from tests.browser.conftest import PASSWORD, check_every_look, focus, sign_in
from tests.factories import NO_PHONE, AbsenceFactory, Solvik, a_card
from tests.feedback.steps import called_back


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def three_cards(solvik: Solvik, now: datetime) -> list[Card]:
    """One over its deadline, one in time, one that is owed no call; in the order of the page."""
    return [
        a_card(now=now - timedelta(days=12), unit=solvik.roads, text="Hull i veien"),
        a_card(now=now - timedelta(days=2), unit=solvik.roads, text="Brøyting i Storgata"),
        a_card(now=now - timedelta(days=1), unit=solvik.roads, text="Lys ute ved gangveien", contact=NO_PHONE),
    ]


def row_of(page: Page, card: Card) -> Any:
    return page.locator(f"#row-{card.reference}")


def count_clicks(page: Page) -> None:
    page.evaluate("window.clicks = 0; document.addEventListener('click', e => { if (e.isTrusted) window.clicks++ })")


def test_a_leader_rings_and_writes_down_the_call_in_three_clicks(
    page: Page, live_server: Any, solvik: Solvik, now: datetime
) -> None:
    first, second, _third = three_cards(solvik, now)
    sign_in(page, live_server.url, solvik.roads_leader)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ring today")
    expect(page.locator(".ring")).to_have_count(3)
    expect(row_of(page, first).get_by_role("link", name="33 18 10 00")).to_have_attribute("href", "tel:33181000")
    count_clicks(page)
    row_of(page, first).get_by_role("link", name="We talked").click()
    expect(page.get_by_label("What was said?")).to_be_focused()
    page.keyboard.type("Vi fyller hullet på torsdag.")
    expect(page.get_by_label("On 1–3: why?")).to_be_hidden()
    page.get_by_label("5", exact=True).check()
    page.get_by_role("button", name="Save the conversation").click()
    expect(row_of(page, first)).to_contain_text("The service centre has been told.")
    assert page.evaluate("window.clicks") <= 4  # Chromium counts the label and its radio button as one click each
    expect(row_of(page, second).get_by_role("link", name="Brøyting i Storgata", exact=True)).to_be_focused()
    first.refresh_from_db()
    assert (first.state, first.callbacks.get().reaction) == ("called_back", 5)


@pytest.mark.parametrize("late_ms", [0, 500])
def test_nobody_answers_and_it_is_undone_by_keyboard(
    page: Page, live_server: Any, solvik: Solvik, now: datetime, late_ms: int
) -> None:
    """On a busy machine timers come late: what is still to be done after a row came would take the focus back."""
    page.add_init_script(
        f"const ask = window.setTimeout; window.setTimeout = (call, ms) => ask(call, (ms || 0) + {late_ms})"
    )
    first, *_others = three_cards(solvik, now)
    sign_in(page, live_server.url, solvik.handler)
    focus(row_of(page, first).get_by_role("button", name="No answer"))
    page.keyboard.press("Enter")
    status = row_of(page, first).locator(".ring__said p")
    expect(status).to_contain_text("1 of 3 – try again")
    expect(status).to_be_focused()
    page.keyboard.press("Tab")
    expect(row_of(page, first).get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(status).to_contain_text("The attempt is undone.")
    expect(status).to_be_focused()
    assert first.contactattempts.filter(undone_at=None).count() == 0


def test_the_whole_call_by_keyboard_with_an_unhappy_answer(
    page: Page, live_server: Any, solvik: Solvik, now: datetime
) -> None:
    first, *_others = three_cards(solvik, now)
    sign_in(page, live_server.url, solvik.handler)
    focus(row_of(page, first).get_by_role("link", name="We talked"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("What was said?")).to_be_focused()
    page.keyboard.type("Det blir ikke i år.")
    page.keyboard.press("Tab")
    page.keyboard.type("Satt på lista")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first of the row of radio buttons
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("2", exact=True)).to_be_checked()
    expect(page.get_by_label("On 1–3: why?")).to_be_visible()
    focus(page.get_by_role("button", name="Save the conversation"))
    page.keyboard.press("Enter")
    summary = page.locator(".ds-error-summary")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("On 1–3: why?")).to_be_focused()
    page.keyboard.type("Det tok for lang tid")
    focus(page.get_by_label("Had no proposal"))
    page.keyboard.press("Space")
    expect(page.get_by_label("What was said?")).to_have_value("Det blir ikke i år.")
    focus(page.get_by_role("button", name="Save the conversation"))
    page.keyboard.press("Enter")
    expect(row_of(page, first)).to_contain_text("The conversation is saved.")
    assert first.callbacks.get().reason == "Det tok for lang tid"


def test_a_form_is_put_away_and_the_focus_stays_in_the_row(
    page: Page, live_server: Any, solvik: Solvik, now: datetime
) -> None:
    first, *_others = three_cards(solvik, now)
    sign_in(page, live_server.url, solvik.roads_leader)
    row_of(page, first).locator(".ring__more summary").click()
    row_of(page, first).get_by_role("link", name="Delegate to a case handler").click()
    expect(page.locator("select[name=delegate-handler]")).to_be_focused()
    row_of(page, first).get_by_role("link", name="Cancel").click()
    expect(row_of(page, first).get_by_role("link", name="We talked")).to_be_focused()
    row_of(page, first).locator(".ring__more summary").click()
    row_of(page, first).get_by_role("link", name="Send back as misrouted").click()
    page.get_by_label("Why?").fill("Fylkesvei")
    page.get_by_role("button", name="Send back").click()
    expect(row_of(page, first)).to_contain_text("Sent back to the service centre.")
    expect(page.get_by_role("link", name="Brøyting i Storgata", exact=True)).to_be_focused()


def test_a_server_that_does_not_answer_is_said(page: Page, live_server: Any, solvik: Solvik, now: datetime) -> None:
    first, *_others = three_cards(solvik, now)
    sign_in(page, live_server.url, solvik.handler)
    expect(page.locator("#rows-fault")).to_be_hidden()
    first.unit = solvik.water  # moved while the page stood open: it is not there for this person any more
    first.save()
    row_of(page, first).get_by_role("button", name="No answer").click()
    expect(page.locator("#rows-fault")).to_be_visible()
    assert first.contactattempts.count() == 0


def test_the_unit_without_javascript(browser: Browser, live_server: Any, solvik: Solvik, now: datetime) -> None:
    first, _second, third = three_cards(solvik, now)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, live_server.url, solvik.handler)
    row_of(page, first).get_by_role("button", name="No answer").click()
    expect(row_of(page, first)).to_contain_text("1 of 3 – try again")
    row_of(page, first).get_by_role("button", name="Undo").click()
    expect(row_of(page, first)).to_contain_text("0 of 3")
    row_of(page, first).get_by_role("link", name="We talked").click()
    expect(page.get_by_label("On 1–3: why?")).to_be_visible()
    page.get_by_label("What was said?").fill("Vi fyller hullet.")
    page.get_by_label("6", exact=True).check()
    page.get_by_role("button", name="Save the conversation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ring today")
    expect(row_of(page, first)).to_have_count(0)
    row_of(page, third).get_by_role("link", name="Write down follow-up").click()
    page.get_by_label("What was done?").fill("Byttet pære.")
    page.get_by_role("button", name="Save the follow-up").click()
    expect(page.locator(".ring")).to_have_count(1)
    context.close()


def listed(solvik: Solvik, now: datetime) -> IsoWeek:
    """A unit's list of last week, one card on it for the second time, one answered since."""
    late = a_card(now=now - timedelta(days=40), unit=solvik.roads, text="Hull i veien")
    done = a_card(now=now - timedelta(days=39), unit=solvik.roads, text="Grøfta er tett")
    a_card(now=now - timedelta(days=38), unit=solvik.mayor, text="Skolestruktur")
    week = IsoWeek.of((now - timedelta(days=7)).date())
    for each in (week.previous(), week):
        run_overdue_list(now=now, week=each)
    explain_delay(late, reason="Venter på befaring", by=solvik.roads_leader, now=now)
    called_back(done, by=solvik.handler, now=now)
    return week


def test_an_entry_of_the_overdue_list_is_solved_in_place(
    page: Page, live_server: Any, solvik: Solvik, now: datetime
) -> None:
    week = listed(solvik, now)
    sign_in(page, live_server.url, solvik.roads_leader)
    page.goto(f"{live_server.url}/staff/overdue/{week}/roads/")
    expect(page.locator(".ended s")).to_have_text("Grøfta er tett")
    page.get_by_role("link", name="We talked").click()
    page.get_by_label("What was said?").fill("Nå er det fylt.")
    page.get_by_label("6", exact=True).check()
    page.get_by_role("button", name="Save the conversation").click()
    expect(page.locator(".ring--done")).to_contain_text("time 2 on the list")
    page.reload()
    expect(page.locator(".ended s")).to_have_count(2)


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details:not(.language)').forEach(part => { part.open = true })")


def test_accessibility_of_ring_today(look: Page, live_server: Any, solvik: Solvik, now: datetime) -> None:
    first, second, _third = three_cards(solvik, now)
    for _ in range(3):
        record_contact_attempt(second, by=solvik.handler, now=now)
    AbsenceFactory(person=solvik.roads_leader, first_on=now.date(), last_on=now.date() + timedelta(days=2))
    sign_in(look, live_server.url, solvik.roads_deputy)
    open_everything(look)
    check_every_look(look)
    row_of(look, first).get_by_role("button", name="No answer").click()
    expect(row_of(look, first)).to_contain_text("1 of 3")
    row_of(look, first).get_by_role("link", name="We talked").click()
    look.get_by_label("1", exact=True).check()
    check_every_look(look)
    look.get_by_role("button", name="Save the conversation").click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look)
    look.get_by_label("What was said?").fill("Nei")
    look.get_by_label("6", exact=True).check()
    look.get_by_role("button", name="Save the conversation").click()
    expect(row_of(look, first)).to_contain_text("The conversation is saved.")
    check_every_look(look)


def test_accessibility_of_the_other_pages(look: Page, live_server: Any, solvik: Solvik, now: datetime) -> None:
    week = listed(solvik, now)
    political = a_card(now=now, unit=solvik.mayor, text="Strandsona")
    called_back(political, by=solvik.mayors_secretary, now=now)
    AbsenceFactory(person=solvik.roads_leader, first_on=now.date(), last_on=now.date() + timedelta(days=2))
    visits: list[tuple[Person, list[str]]] = [
        (solvik.roads_leader, [f"/staff/overdue/{week}/roads/", "/staff/absence/"]),
        (solvik.water_leader, ["/staff/today/", "/staff/absence/"]),
        (solvik.mayors_secretary, ["/staff/political/"]),
        (solvik.chief, ["/staff/chief/"]),
    ]
    for person, paths in visits:
        look.context.clear_cookies()
        sign_in(look, live_server.url, person)
        for path in paths:
            look.goto(live_server.url + path)
            open_everything(look)
            check_every_look(look)
            assert look.evaluate("document.documentElement.scrollWidth") <= look.viewport_size["width"], path  # type: ignore[index]
    look.context.clear_cookies()
    sign_in(look, live_server.url, solvik.roads_leader)
    look.goto(f"{live_server.url}/staff/absence/")
    look.get_by_label("First day away").fill("tull")
    look.get_by_role("button", name="Save", exact=True).click()
    look.locator(".ds-error-summary").wait_for()
    check_every_look(look)


def test_nothing_goes_sideways_at_320(page: Page, live_server: Any, solvik: Solvik, now: datetime) -> None:
    three_cards(solvik, now)
    week = listed(solvik, now)
    page.set_viewport_size({"width": 320, "height": 800})
    for person, path in (
        (solvik.roads_leader, "/staff/today/"),
        (solvik.roads_leader, f"/staff/overdue/{week}/roads/"),
        (solvik.roads_leader, "/staff/absence/"),
        (solvik.mayors_secretary, "/staff/political/"),
        (solvik.chief, "/staff/chief/"),
    ):
        page.context.clear_cookies()
        sign_in(page, live_server.url, person)
        page.goto(live_server.url + path)
        if path == "/staff/today/":
            page.get_by_role("link", name="We talked").first.click()
            page.get_by_label("What was said?").wait_for()
        open_everything(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_what_can_be_pressed_is_big_enough(page: Page, live_server: Any, solvik: Solvik, now: datetime) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, for what is no link in running text."""
    three_cards(solvik, now)
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, live_server.url, solvik.roads_leader)
    for target in page.locator(
        "main button:visible, main .ds-button:visible, main summary:visible, main .tel:visible"
    ).all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 24, target.inner_text()
        assert box["width"] >= 24, target.inner_text()


def test_the_language_follows_the_person(page: Page, live_server: Any, solvik: Solvik) -> None:
    Person.objects.filter(pk=solvik.handler.pk).update(language="nn")
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("E-mail").fill(solvik.handler.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    page.locator(".language summary").click()
    page.get_by_role("button", name="Svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    assert Person.objects.get(pk=solvik.handler.pk).language == "sv"
