"""What came from the submitter's own page, as staff meet it: on the card, in the list, and how they answer."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from feedback.actions.answering import NoAlternative, register_own_alternative
from feedback.actions.base import TextMissing
from feedback.actions.closing import reopen_card
from feedback.actions.reopening import NobodyAsks, ask_reopening, decline_reopening
from feedback.actions.seen import latest_event
from feedback.actions.submitter import add_to_card, react
from feedback.errors import NotAllowed, WrongState
from feedback.models import Card, ReopeningRequest
from feedback.rules import may_do
from feedback.views.own_words import FAR_APART
from feedback.workflow import SUBMITTERS_STEPS
from tests.factories import MONDAY, NO_PHONE, Solvik, a_card, events, mails, oslo
from tests.feedback.steps import called_back

TUESDAY = oslo(2026, 11, 3)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def answered(solvik: Solvik) -> Card:
    """Answered with a reaction of 5, as the unit wrote it down."""
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.handler, now=MONDAY)
    return card


def look(client: Client, person: Any, card: Card) -> str:
    client.force_login(person)
    return client.get(f"/staff/cards/{card.reference}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()


def step(client: Client, person: Any, card: Card, slug: str, **fields: Any) -> Any:
    client.force_login(person)
    data = {f"{slug}-{name}": value for name, value in {"seen": latest_event(card), **fields}.items()}
    return client.post(f"/staff/cards/{card.reference}/{slug}/", data, HTTP_ACCEPT_LANGUAGE="en")


# --- On the card -----------------------------------------------------------------------------------------------------


def test_what_was_added_stands_on_the_card_as_the_submitters(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    assert "From the submitter" not in look(client, solvik.handler, card)
    add_to_card(card, text="Hullet er større nå", uploads=[], key=uuid.uuid4(), now=TUESDAY)
    html = look(client, solvik.handler, card)
    part = html.split('id="from-submitter"')[1]
    assert "Hullet er større nå" in part.split("</section>")[0]
    history = html.split('id="history"')[1]
    entry = history.split("The submitter added something")[1].split("</li>")[0]
    assert "the submitter" in entry
    assert "internal" not in entry


@pytest.mark.parametrize(
    ("own", "signs"),
    [(6, []), (4, []), (3, ["2 steps apart", "Negative"]), (1, ["4 steps apart", "Negative"])],
)
def test_both_reactions_stand_side_by_side(
    solvik: Solvik, client: Client, answered: Card, own: int, signs: list[str]
) -> None:
    react(answered, reaction=own, reason="Hullet er der", alternative="Ny asfalt", now=TUESDAY)
    table = look(client, solvik.handler, answered).split('id="from-submitter"')[1].split("</table>")[0]
    assert f"<td>{own} of 6</td><td>5 of 6</td>" in table
    assert "Hullet er der" in table
    assert "Ny asfalt" in table
    assert [sign for sign in ("2 steps apart", "4 steps apart", "Negative") if sign in table] == signs
    assert FAR_APART == 2


def test_the_proposal_becomes_a_card_of_its_own_once(solvik: Solvik, client: Client, answered: Card) -> None:
    react(answered, reaction=2, alternative="Legg ny asfalt", now=TUESDAY)
    assert step(client, solvik.handler, answered, "register-alternative").status_code == 302
    made = Card.objects.get(origin=answered)
    assert (made.text, made.kind, made.origin_kind, made.unit) == (
        "Legg ny asfalt", "suggestion", "alternative", solvik.roads,
    )  # fmt: skip
    assert ("alternative_registered", "", made.reference) in events(answered)
    assert "Register the submitter" not in look(client, solvik.handler, answered)
    with pytest.raises(NoAlternative):
        register_own_alternative(answered, by=solvik.handler, now=TUESDAY)


def test_what_came_meanwhile_is_seen_before_anything_is_written(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    seen = latest_event(card)
    add_to_card(card, text="Det er ordnet", uploads=[], key=uuid.uuid4(), now=TUESDAY)
    response = step(client, solvik.handler, card, "contact-attempt", seen=seen)
    assert response.status_code == 422
    assert "Somebody changed the card meanwhile." in response.content.decode()


def test_the_submitters_steps_are_nobody_elses(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    for person in (solvik.clerk, solvik.handler, solvik.roads_leader, solvik.administrator):
        assert [one for one in SUBMITTERS_STEPS if may_do(person, one, card)] == []


# --- A request to reopen ---------------------------------------------------------------------------------------------


def numbers(response: HttpResponse) -> dict[str, int]:
    """Return the numbers at the top of the work list."""
    return {count["due"]: count["number"] for count in response.context["counts"]}  # type: ignore[attr-defined]


def test_who_asks_to_reopen_is_counted_and_found(solvik: Solvik, client: Client, answered: Card) -> None:
    a_card(unit=solvik.roads)
    ask_reopening(answered, reason="Hullet er der igjen", now=TUESDAY)
    client.force_login(solvik.clerk)
    response = client.get("/staff/?due=asks_reopen", HTTP_ACCEPT_LANGUAGE="en")
    assert numbers(response)["asks_reopen"] == 1
    assert [card.pk for card in response.context["page"].rows] == [answered.pk]
    client.force_login(solvik.water_leader)
    elsewhere = client.get("/staff/?due=asks_reopen")
    assert (numbers(elsewhere)["asks_reopen"], len(elsewhere.context["page"].rows)) == (0, 0)
    reopen_card(answered, reason="Ja", by=solvik.clerk, now=TUESDAY)
    client.force_login(solvik.clerk)
    assert numbers(client.get("/staff/"))["asks_reopen"] == 0


def test_reopening_answers_the_request_in_the_submitters_words(solvik: Solvik, client: Client, answered: Card) -> None:
    ask_reopening(answered, reason="Hullet er der igjen", now=TUESDAY)
    html = look(client, solvik.clerk, answered)
    assert "Asks to have the card opened again" in html
    form = html.split("/reopen/")[1].split("</form>")[0]
    assert "Hullet er der igjen" in form
    assert html.count("/reopen/") == 1
    response = step(client, solvik.clerk, answered, "reopen", reason="Hullet er der igjen")
    assert response.status_code == 302
    asked = ReopeningRequest.objects.get()
    assert (asked.answer, asked.answered_at, asked.answer_reason) == ("reopened", TUESDAY, "")
    assert mails()[-2:] == [("card_reopened", "roads@solvik.test"), ("reopening_answered", "kari@example.test")]
    answered.refresh_from_db()
    assert (answered.state, answered.cycle) == ("forwarded", 2)
    assert "Asks to have the card opened again" not in look(client, solvik.clerk, answered)


def test_a_no_says_why_and_the_submitter_reads_it(solvik: Solvik, client: Client, answered: Card) -> None:
    ask_reopening(answered, reason="Hullet er der igjen", now=TUESDAY)
    response = step(client, solvik.clerk, answered, "decline-reopening", reason="Veien legges om til våren.")
    assert response.status_code == 302
    asked = ReopeningRequest.objects.get()
    assert (asked.answer, asked.answered_at) == ("declined", TUESDAY)
    assert events(answered)[-1] == ("reopening_declined", "", "")
    assert mails()[-1] == ("reopening_answered", "kari@example.test")
    own = client.get(f"/card/{answered.secret}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "We looked at it, and do not open the matter again." in own
    assert "Veien legges om til våren." in own
    assert "Clerk" not in own
    ask_reopening(answered, reason="Men det er der nå", now=TUESDAY)
    assert ReopeningRequest.objects.filter(answered_at__isnull=True).count() == 1


def test_without_an_address_the_answer_stands_on_the_page_alone(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    card.submitter.email = ""
    card.submitter.save()
    called_back(card, by=solvik.handler, now=MONDAY)
    ask_reopening(card, reason="Hull", now=TUESDAY)
    before = mails()
    decline_reopening(card, reason="Nei, fordi", by=solvik.clerk, now=TUESDAY)
    assert mails() == before


def test_a_no_without_a_reason_or_a_request_is_refused(solvik: Solvik, client: Client, answered: Card) -> None:
    with pytest.raises(NobodyAsks):
        decline_reopening(answered, reason="Nei", by=solvik.clerk, now=TUESDAY)
    ask_reopening(answered, reason="Hull", now=TUESDAY)
    with pytest.raises(TextMissing):
        decline_reopening(answered, reason=" ", by=solvik.clerk, now=TUESDAY)
    assert step(client, solvik.clerk, answered, "decline-reopening", reason="").status_code == 422
    for stranger in (solvik.reader, solvik.water_leader):
        with pytest.raises(NotAllowed):
            decline_reopening(answered, reason="Nei", by=stranger, now=TUESDAY)
    with pytest.raises(WrongState):
        decline_reopening(a_card(contact=NO_PHONE), reason="Nei", by=solvik.clerk, now=TUESDAY)
    assert ReopeningRequest.objects.get().answer == ""
