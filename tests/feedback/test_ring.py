"""«Ring today»: whose cards, in which order, and each step in its row, with and without htmx."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from feedback.actions.calling import agree_other_way, make_contact_card, record_contact_attempt
from feedback.actions.closing import close_card
from feedback.actions.moving import delegate_card
from feedback.models import Card, CardEvent
from organisation.models import Person
from tests.factories import MONDAY, NO_PHONE, AbsenceFactory, RoleFactory, Solvik, a_card, events, many_cards, oslo

NOW = MONDAY + timedelta(days=1)
TODAY = "/staff/today/"
CALLBACK = {"summary": "Vi fyller hullet", "reaction": "5", "way": "voice", "held_on": "03.11.2026"}


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def get(client: Client, person: Person, path: str = TODAY, **headers: Any):
    client.force_login(person)
    return client.get(path, HTTP_ACCEPT_LANGUAGE="en", **headers)


def press(
    client: Client, person: Person, card: Card, step: str, *, htmx: bool = True, back: str = TODAY, **fields: str
):
    """Send a row's form as it stands on the page: the row's own `seen` and `back`."""
    client.force_login(person)
    latest = CardEvent.objects.filter(card=card).order_by("-pk").values_list("pk", flat=True)[0]
    data = {f"{step}-{name}": value for name, value in {"seen": str(latest), **fields}.items()} | {"back": back}
    headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
    return client.post(f"/staff/cards/{card.reference}/{step}/", data, HTTP_ACCEPT_LANGUAGE="en", **headers)


def references(response: Any) -> list[str]:
    return [row.card.reference for row in response.context["rows"]]


# --- Whose cards, in which order ----------------------------------------------------------------------------------------


def test_the_next_deadline_comes_first_and_others_cards_are_not_there(solvik: Solvik, client: Client) -> None:
    late = a_card(now=MONDAY - timedelta(days=14), unit=solvik.roads)
    later = a_card(now=MONDAY, unit=solvik.roads)
    done = a_card(unit=solvik.roads, text="Lukket")
    close_card(done, result="withdrawn", by=solvik.clerk, now=NOW)
    a_card(unit=solvik.water, text="Lekkasje")
    response = get(client, solvik.roads_leader)
    assert references(response) == [late.reference, later.reference]
    html = " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())
    assert "Vei · 2 wait · 1 over the deadline" in html
    assert "Lekkasje" not in html


def test_a_leader_of_a_sector_sees_its_units_and_may_choose_one(solvik: Solvik, client: Client) -> None:
    a_card(unit=solvik.roads)
    leak = a_card(unit=solvik.water, text="Lekkasje")
    both = get(client, solvik.sector_leader)
    assert [count.name for count in both.context["counts"]] == ["Vann", "Vei"]
    assert len(both.context["rows"]) == 2
    one = get(client, solvik.sector_leader, f"{TODAY}?unit=water")
    assert references(one) == [leak.reference]


@pytest.mark.parametrize("unit", ["mayor", "no-such", "' or 1=1"])
def test_a_unit_of_others_is_empty(solvik: Solvik, client: Client, unit: str) -> None:
    a_card(unit=solvik.roads)
    a_card(unit=solvik.mayor, text="Skolestruktur")
    assert references(get(client, solvik.roads_leader, f"{TODAY}?unit={unit}")) == []


def test_only_mine_are_those_delegated_to_me_and_a_leaders_those_delegated_to_nobody(
    solvik: Solvik, client: Client
) -> None:
    given, nobodys = a_card(unit=solvik.roads), a_card(unit=solvik.roads, text="Lys ute")
    delegate_card(given, handler=solvik.handler, by=solvik.roads_leader, now=NOW)
    mine = f"{TODAY}?mine=true"
    assert references(get(client, solvik.handler, mine)) == [given.reference]
    assert references(get(client, solvik.roads_leader, mine)) == [nobodys.reference]
    assert references(get(client, solvik.roads_deputy, mine)) == []
    assert len(get(client, solvik.roads_deputy).context["rows"]) == 2


def test_while_the_leader_is_away_the_deputy_answers_and_may_delegate(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    AbsenceFactory(person=solvik.roads_leader, first_on="2026-11-03", last_on="2026-11-04")
    response = get(client, solvik.roads_deputy, f"{TODAY}?mine=true")
    assert references(response) == [card.reference]
    assert "You answer for Vei today: Roads Leader is away." in response.content.decode()
    assert (
        "You are written down as away until Wednesday 4 November." in get(client, solvik.roads_leader).content.decode()
    )
    press(client, solvik.roads_deputy, card, "delegate", handler=str(solvik.handler.pk))
    card.refresh_from_db()
    assert card.handler == solvik.handler


@pytest.mark.parametrize(
    ("name", "status"),
    [("roads_leader", 200), ("handler", 200), ("clerk", 200), ("reader", 403), ("chief", 403), ("administrator", 403)],
)
def test_who_may_open_the_page(solvik: Solvik, client: Client, name: str, status: int) -> None:
    assert get(client, getattr(solvik, name)).status_code == status


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_page_costs_the_same_whatever_its_length(
    solvik: Solvik, client: Client, django_assert_num_queries: Any, how_many: int
) -> None:
    for card in many_cards(how_many, unit=solvik.roads):
        record_contact_attempt(card, by=solvik.handler, now=NOW)
    client.force_login(solvik.roads_leader)
    with django_assert_num_queries(11):
        client.get(TODAY)


# --- What a row shows ---------------------------------------------------------------------------------------------------


def test_an_agreed_way_stands_instead_of_the_phone(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    agree_other_way(card, way="written", note="E-post", by=solvik.handler, now=NOW)
    html = get(client, solvik.handler).content.decode()
    assert "Written answer: E-post" in html
    assert "tel:" not in html
    assert "contact-attempt" not in html
    opened = get(
        client, solvik.handler, f"/staff/cards/{card.reference}/?open=callback&back={TODAY}", HTTP_HX_REQUEST="true"
    )
    assert '<option value="written" selected>' in opened.content.decode()


def test_what_is_owed_no_call_offers_a_follow_up_in_place(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    html = get(client, solvik.handler).content.decode()
    assert "Write down follow-up" in html
    assert "No answer" not in html
    response = press(client, solvik.handler, card, "follow-up", summary="Fylte hullet", done_on="03.11.2026")
    assert "data-done" in response.content.decode()
    card.refresh_from_db()
    assert card.state == "followed_up"


def test_after_the_last_call_the_row_offers_the_contact_card_and_then_its_posting(
    solvik: Solvik, client: Client
) -> None:
    card = a_card(unit=solvik.roads)
    for _ in range(2):
        record_contact_attempt(card, by=solvik.handler, now=NOW)
    html = press(client, solvik.handler, card, "contact-attempt").content.decode()
    assert "3 of 3 – nobody answered, so make a contact card" in html
    assert f"/staff/cards/{card.reference}/contact-card/" in html
    html = press(client, solvik.handler, card, "contact-card").content.decode()
    assert "The contact card waits to be posted" in html
    html = press(client, solvik.handler, card, "post-contact-card", posted_on="03.11.2026").content.decode()
    assert "data-done" in html


# --- The steps in a row -------------------------------------------------------------------------------------------------


def test_one_click_logs_the_call_and_says_what_next_with_undo_beside_it(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    response = press(client, solvik.handler, card, "contact-attempt")
    html = response.content.decode()
    attempt = card.contactattempts.get()
    assert attempt.made_at == NOW
    assert "1 of 3 – try again by Thursday 12 November" in html
    assert html.lstrip().startswith('<li class="ring"')
    assert f'name="undo-attempt-attempt" value="{attempt.pk}"' in html
    undone = press(client, solvik.handler, card, "undo-attempt", attempt=str(attempt.pk)).content.decode()
    assert "The attempt is undone." in undone
    assert "0 of 3" in undone


def test_without_script_the_call_is_logged_and_the_page_comes_again(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    response = press(client, solvik.handler, card, "contact-attempt", htmx=False, back=f"{TODAY}?mine=true")
    assert (response.status_code, response.headers["Location"]) == (302, f"{TODAY}?mine=true#row-{card.reference}")
    assert "1 of 3 – try again by" in get(client, solvik.handler).content.decode()


def test_a_callback_strikes_the_row(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    opened = get(
        client, solvik.handler, f"/staff/cards/{card.reference}/?open=callback&back={TODAY}", HTTP_HX_REQUEST="true"
    )
    html = opened.content.decode()
    assert "What was said?" in html
    assert "<html" not in html
    assert "data-when-unhappy" in html
    html = press(client, solvik.handler, card, "callback", **CALLBACK).content.decode()
    assert "data-done" in html
    assert "The service centre has been told." in html
    card.refresh_from_db()
    assert card.state == "called_back"
    assert references(get(client, solvik.handler)) == []


def test_bad_input_comes_back_in_the_row_with_all_that_was_typed(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    before = events(card)
    response = press(client, solvik.handler, card, "callback", **CALLBACK | {"reaction": "2"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "On 1, 2 or 3 ask why" in html
    assert "Vi fyller hullet" in html
    assert f'href="#id_{card.reference}_callback-reason"' in html
    assert f'id="id_{card.reference}_callback-reason"' in html
    assert events(card) == before


def test_bad_input_without_script_is_put_right_on_the_cards_page_which_leads_back(
    solvik: Solvik, client: Client
) -> None:
    card = a_card(unit=solvik.roads)
    response = press(client, solvik.handler, card, "callback", htmx=False, **CALLBACK | {"reaction": "2"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "<html" in html
    assert f'name="back" value="{TODAY}"' in html
    unhappy = CALLBACK | {"reaction": "2", "reason": "Sent", "alternative_not_given": "on"}
    response = press(client, solvik.handler, card, "callback", htmx=False, **unhappy)
    assert response.headers["Location"] == f"{TODAY}#row-{card.reference}"


def test_the_link_to_a_form_works_without_script(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    html = get(client, solvik.handler, f"/staff/cards/{card.reference}/?open=callback&back={TODAY}").content.decode()
    assert '<details class="talked" open>' in html
    assert 'id="step-callback"' in html
    more = get(client, solvik.handler, f"/staff/cards/{card.reference}/?open=return&back={TODAY}").content.decode()
    assert '<details class="ds-details" id="step-return" open>' in more


def test_a_card_that_was_sent_back_leaves_sight_and_the_row_says_so(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    html = press(client, solvik.handler, card, "return", reason="Fylkesvei").content.decode()
    assert "Sent back to the service centre." in html
    assert "data-done" in html
    assert f'href="/staff/cards/{card.reference}' not in html


def test_a_preliminary_answer_leaves_the_row_open(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    html = press(
        client, solvik.handler, card, "preliminary-answer", reason="Venter på deler", expected_on="20.11.2026"
    ).content.decode()
    assert "The preliminary answer is saved." in html
    assert "The submitter was told 20 Nov 2026" in html
    assert "data-done" not in html


def test_a_step_that_is_not_open_to_the_person_does_not_open(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    html = get(
        client, solvik.handler, f"/staff/cards/{card.reference}/?open=delegate&back={TODAY}", HTTP_HX_REQUEST="true"
    ).content.decode()
    assert "ring__form" not in html


def test_two_who_ring_at_once_log_one_call(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    latest = str(CardEvent.objects.filter(card=card).latest("pk").pk)
    press(client, solvik.handler, card, "contact-attempt", seen=latest)
    second = press(client, solvik.roads_leader, card, "contact-attempt", seen=latest)
    assert second.status_code == 422
    assert "Somebody changed the card meanwhile." in second.content.decode()
    assert card.contactattempts.count() == 1


@pytest.mark.parametrize(
    "back",
    ["https://evil.test/", "//evil.test/staff/", "/staff/register/", "/nothing/", "", "/staff/overdue/rubbish/roads/"],
)
def test_a_form_leads_back_to_pages_with_rows_only(solvik: Solvik, client: Client, back: str) -> None:
    card = a_card(unit=solvik.roads)
    response = press(client, solvik.handler, card, "contact-attempt", htmx=False, back=back)
    assert response.headers["Location"] == f"/staff/cards/{card.reference}/"


def test_a_row_of_somebody_elses_card_is_not_found(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.water)
    before = events(card)
    path = f"/staff/cards/{card.reference}/?open=callback&back={TODAY}"
    assert get(client, solvik.handler, path, HTTP_HX_REQUEST="true").status_code == 404
    assert press(client, solvik.handler, card, "contact-attempt").status_code == 404
    assert events(card) == before


def test_a_hundred_rows_and_the_rest_when_these_are_done(solvik: Solvik, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("feedback.views.today.SHOWN", 2)
    many_cards(3, unit=solvik.roads)
    response = get(client, solvik.roads_leader)
    assert len(response.context["rows"]) == 2
    assert "1 more comes up as these are answered." in response.content.decode()


def test_somebody_in_two_units_is_told_which(solvik: Solvik, client: Client) -> None:
    RoleFactory(person=solvik.handler, role="case_handler", unit=solvik.water)
    card = a_card(unit=solvik.roads)
    assert "· Vei" in get(client, solvik.handler).content.decode()
    assert "· Vei" in press(client, solvik.handler, card, "contact-attempt").content.decode()


def test_an_old_call_has_no_undo_in_the_row(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    record_contact_attempt(card, by=solvik.handler, now=oslo(2026, 11, 2, 15))
    html = get(client, solvik.handler).content.decode()
    assert "1 of 3" in html
    assert "undo-attempt" not in html


def test_a_contact_card_that_waits_is_no_call_to_make(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    for _ in range(3):
        record_contact_attempt(card, by=solvik.handler, now=NOW)
    make_contact_card(card, by=solvik.handler, now=NOW)
    html = get(client, solvik.handler).content.decode()
    assert f"/staff/cards/{card.reference}/contact-card.pdf" in html
    assert "/contact-attempt/" not in html
