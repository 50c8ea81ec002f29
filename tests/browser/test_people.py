"""A day of each person in the design, in the words of the domain, from empty to done: one story a person."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.request import Request, urlopen

import pikepdf
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from rest_framework.authtoken.models import Token

from feedback.actions.calling import make_contact_card
from feedback.actions.listing import run_overdue_list
from feedback.actions.stories import Words, publish_story, write_story
from feedback.models import Card, ContactCard, Escalation
from organisation.calendar import IsoWeek
from organisation.models import OutgoingMail
from organisation.permissions import Role
from tests.browser.conftest import sign_in
from tests.factories import RoleFactory, RuleFactory, Solvik, a_card
from tests.feedback.steps import called_back, try_three_times


def test_a_citizen_says_a_thing_on_a_phone_and_knows_when_somebody_rings(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    RuleFactory(unit=solvik.roads, words=["hull"])
    page.goto(live_server.url)
    page.get_by_label("What do you want to tell us?").fill("Hull i veien ved skolen")
    page.get_by_text("Do you want us to ring you?").click()
    for label, text in (("Name", "Kari Nordmann"), ("Address", "Storgata 1"), ("Daytime phone", "33 18 10 00")):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Send the message").click()
    expect(page.get_by_text("We ring you with an answer by")).to_be_visible()
    card = Card.objects.get()
    expect(page.locator(".reference")).to_have_text(card.reference)
    expect(page.locator("main")).to_contain_text("Vei")
    assert (card.unit, card.callback_owed, card.state) == (solvik.roads, True, "forwarded")
    page.get_by_role("link", name="See where it stands").click()
    expect(page.get_by_text("We received your message.")).to_be_visible()


def test_the_service_centre_registers_forwards_runs_the_lists_and_posts_the_contact_cards(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    now = timezone.now()
    RuleFactory(unit=solvik.roads, words=["hull"])
    nobody_answers = a_card(now=now - timedelta(days=30), unit=solvik.water, text="Lekkasje")
    try_three_times(nobody_answers, by=solvik.water_leader, now=now)
    make_contact_card(nobody_answers, by=solvik.water_leader, now=now)
    sign_in(page, live_server.url, solvik.clerk)
    page.keyboard.press("n")
    expect(page.get_by_label("What does the card say?")).to_be_focused()
    page.keyboard.type("Det lukter fra kummen")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("Registered")
    page.get_by_role("link", name="Cards", exact=True).click()
    registered = Card.objects.latest("pk")
    row = page.locator(f"#card-{registered.reference}")
    row.get_by_label("Unit for").fill("Vann")
    row.get_by_label("Unit for").press("Enter")
    expect(row).to_contain_text("is forwarded to Vann.")
    page.get_by_role("link", name="Overdue lists").click()
    page.get_by_role("button", name="Run the lists").click()
    expect(page.get_by_role("rowheader", name="Vann")).to_be_visible()
    page.get_by_role("link", name="Cards", exact=True).click()
    page.get_by_role("link", name="Contact cards", exact=True).click()
    page.get_by_role("button", name="Make one document of the chosen").click()
    page.get_by_role("button", name="The chosen are posted").click()
    expect(page.locator(".ds-alert[role=status]")).to_contain_text("posted")
    assert ContactCard.objects.get().posted_on is not None


def test_a_unit_leader_sees_whom_to_ring_rings_and_writes_it_down(page: Page, live_server: Any, solvik: Solvik) -> None:
    now = timezone.now()
    late = a_card(now=now - timedelta(days=12), unit=solvik.roads, text="Hull i veien")
    soon = a_card(now=now - timedelta(days=2), unit=solvik.roads, text="Brøyting i Storgata")
    sign_in(page, live_server.url, solvik.roads_leader)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ring today")
    page.locator(f"#row-{soon.reference}").get_by_role("button", name="No answer").click()
    expect(page.locator(f"#row-{soon.reference}")).to_contain_text("1 of 3")
    page.locator(f"#row-{late.reference}").get_by_role("link", name="We talked").click()
    page.get_by_label("What was said?").fill("Vi fyller hullet på torsdag.")
    page.get_by_label("5", exact=True).check()
    page.get_by_role("button", name="Save the conversation").click()
    expect(page.locator(f"#row-{late.reference}")).to_contain_text("The service centre has been told.")
    told = OutgoingMail.objects.filter(kind="report_back").values_list("to", flat=True)
    assert [solvik.centre.email] == list(told)


def test_the_mayor_answers_the_political_cards_and_sees_no_others(page: Page, live_server: Any, solvik: Solvik) -> None:
    now = timezone.now()
    political = a_card(now=now, political=True, text="Hvorfor legges skolen ned?")
    other = a_card(now=now, unit=solvik.roads, text="Hull i veien")
    sign_in(page, live_server.url, solvik.mayors_secretary)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Political cards")
    expect(page.locator("main")).not_to_contain_text(other.reference)
    row = page.locator(f"#row-{political.reference}")
    row.get_by_role("link", name="We talked").click()
    page.get_by_label("What was said?").fill("Saken kommer i kommunestyret.")
    page.get_by_label("4", exact=True).check()
    page.get_by_role("button", name="Save the conversation").click()
    expect(row).to_contain_text("The conversation is saved.")
    assert page.request.get(f"{live_server.url}/staff/cards/{other.reference}/").status == 404


def test_the_chief_executive_hears_of_what_came_up_again(page: Page, live_server: Any, solvik: Solvik) -> None:
    now = timezone.now()
    card = a_card(now=now - timedelta(days=40), unit=solvik.roads, text="Lyset ved gangveien")
    this = IsoWeek.of((now - timedelta(days=7)).date())
    for week in (this.previous(), this):
        run_overdue_list(now=now, week=week)
    assert Escalation.objects.count() == 1
    sign_in(page, live_server.url, solvik.chief)
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 ")
    expect(page.locator("main")).to_contain_text(card.reference)
    expect(page.locator("main")).to_contain_text("Roads Leader")
    expect(page.locator("svg[role=img]").first).to_be_visible()
    page.get_by_role("link", name="Lyset ved gangveien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(card.reference)
    expect(page.get_by_role("button", name="Save the conversation")).to_have_count(0)


def test_a_quality_adviser_reads_the_cards_of_all_units_and_takes_the_list_along(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    now = timezone.now()
    RoleFactory(person=solvik.water_leader, role=Role.QUALITY_ADVISER)
    solvik.water.leader = None
    solvik.water.save()
    called_back(a_card(now=now - timedelta(days=3), unit=solvik.roads), by=solvik.roads_leader, now=now)
    sign_in(page, live_server.url, solvik.water_leader)
    page.goto(f"{live_server.url}/staff/?unit=roads")
    page.get_by_role("link", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("Excel|XLSX")).click()
    assert waiting.value.suggested_filename.endswith(".xlsx")


def test_everybody_sees_what_the_municipality_hears_and_what_came_of_it(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    now = timezone.now()
    card = called_back(a_card(now=now, unit=solvik.roads), by=solvik.roads_leader, now=now).card
    story = write_story(
        card, Words("Lys på gangveien", "Det var mørkt.", "Vi satte opp lys.", "nb"), by=solvik.clerk, now=now
    )
    publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=now)
    cache.clear()
    page.goto(live_server.url)
    page.get_by_role("link", name="What we hear from you").first.click()
    expect(page.locator("main")).to_contain_text("Vi satte opp lys.")
    expect(page.locator("main")).not_to_contain_text(card.reference)


def test_a_rest_client_sends_a_card_and_reads_it_back(live_server: Any, solvik: Solvik) -> None:
    """Through a real connection, as another system does it."""
    token = Token.objects.create(user=solvik.clerk)

    def ask(path: str, body: dict[str, Any] | None = None) -> Any:
        request = Request(
            f"{live_server.url}/api/v1/{path}",
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Token {token.key}", "Content-Type": "application/json"},
        )
        with urlopen(request) as answer:
            return json.load(answer)

    made = ask("cards/", {"text": "Lyset er borte i parken", "channel": "api"})
    assert ask(f"cards/{made['reference']}/")["text"] == "Lyset er borte i parken"
    assert [card["reference"] for card in ask("cards/?q=parken")["results"]] == [made["reference"]]


def test_elected_members_get_the_overdue_list_as_an_accessible_document(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    now = timezone.now()
    a_card(now=now - timedelta(days=40), unit=solvik.roads)
    week = IsoWeek.of((now - timedelta(days=7)).date())
    run_overdue_list(now=now, week=week)
    sign_in(page, live_server.url, solvik.reader)
    got = page.request.get(f"{live_server.url}/staff/overdue/{week}/lists.pdf")
    with pikepdf.open(BytesIO(got.body())) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith(("nb", "en"))
