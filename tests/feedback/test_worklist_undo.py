"""Undo right after a step: the card as it was, the history with both, the mail withdrawn or put right."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from feedback.actions.bulk import undo_many
from feedback.actions.closing import close_card
from feedback.actions.correcting import add_note
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import delegate_card, forward_card, reroute_card, return_card
from feedback.actions.undoing import UNDO_WITHIN, TooLateToUndo, undo_step, undoable_event
from feedback.errors import ChangedMeanwhile, NotAllowed
from feedback.models import Card, CardEvent
from feedback.views.standing import Standing, Told
from organisation.models import OutgoingMail, Person
from organisation.outbox.delivery import deliver_due
from organisation.queries import municipality
from tests.factories import MONDAY, NO_PHONE, RoleFactory, Solvik, a_card, events, mails, oslo
from tests.feedback.steps import called_back, followed_up
from tests.refusals import refuses
from tests.threads import at_once, errors

NOW = MONDAY + timedelta(days=1)
SOON = NOW + timedelta(minutes=9)


def row(card: Card) -> dict[str, object]:
    """All columns of the card's row but the search vector."""
    return (
        Card.objects.filter(pk=card.pk)
        .values(*[f.name for f in Card._meta.concrete_fields if f.name != "search"])
        .get()
    )


def last(card: Card) -> CardEvent:
    event = card.events.order_by("id").last()
    assert event is not None
    return event


def returned(solvik: Solvik) -> Card:
    """A card that was sent back, and that somebody at the service centre has taken."""
    card = return_card(a_card(unit=solvik.water), reason="Ikke vårt", by=solvik.water_leader, now=MONDAY)
    return delegate_card(card, handler=solvik.clerk, by=solvik.clerk, now=MONDAY)


WAYS = {
    "forward": lambda s: (a_card(), lambda c: forward_card(c, unit=s.roads, by=s.clerk, now=NOW)),
    "forward what was sent back": lambda s: (returned(s), lambda c: forward_card(c, unit=s.roads, by=s.clerk, now=NOW)),
    "reroute": lambda s: (
        delegate_card(a_card(unit=s.roads), handler=s.handler, by=s.clerk, now=MONDAY),
        lambda c: reroute_card(c, unit=s.water, reason="Lekkasje", by=s.clerk, now=NOW),
    ),
    "reroute to the service centre": lambda s: (
        a_card(unit=s.roads), lambda c: reroute_card(c, unit=s.centre, reason="Se her", by=s.clerk, now=NOW),
    ),
    "delegate": lambda s: (
        a_card(unit=s.roads), lambda c: delegate_card(c, handler=s.handler, by=s.clerk, now=NOW),
    ),
    "delegate to another": lambda s: (
        delegate_card(a_card(unit=s.roads), handler=s.handler, by=s.clerk, now=MONDAY),
        lambda c: delegate_card(c, handler=s.roads_leader, by=s.clerk, now=NOW),
    ),
    "close an open one": lambda s: (
        a_card(unit=s.roads), lambda c: close_card(c, result="withdrawn", note="Ringte", by=s.clerk, now=NOW),
    ),
    "close a duplicate": lambda s: (
        a_card(unit=s.roads),
        lambda c: close_card(c, result="duplicate", duplicate_of=a_card(text="Den andre"), by=s.clerk, now=NOW),
    ),
    "close after the callback": lambda s: (
        called_back(a_card(unit=s.roads), by=s.handler, now=MONDAY).card,
        lambda c: close_card(c, result="answered", by=s.clerk, now=NOW),
    ),
    "close after the follow-up": lambda s: (
        followed_up(a_card(unit=s.roads, contact=NO_PHONE), by=s.handler, now=MONDAY).card,
        lambda c: close_card(c, result="followed_up", by=s.clerk, now=NOW),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_card_is_as_it_was_and_the_history_holds_both(solvik: Solvik, way: str) -> None:
    card, step = WAYS[way](solvik)
    before, told = row(card), events(card)
    step(card)
    done = last(card)
    assert row(card) != before
    undo_step(done, by=solvik.clerk, now=SOON)
    assert row(card) == before
    assert events(card) == [*told, (done.what, done.from_value, done.to_value), ("undone", done.what, "")]
    assert last(card).details == {"event": done.pk}


def test_a_mail_that_waits_is_withdrawn_and_nobody_hears_of_it(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    undo_step(last(card), by=solvik.clerk, now=SOON)
    told = OutgoingMail.objects.get(kind="card_forwarded")
    assert told.status == "cancelled"
    assert not OutgoingMail.objects.filter(kind="card_taken_back").exists()
    deliver_due(now=SOON)
    told.refresh_from_db()
    assert (told.status, told.sent_at) == ("cancelled", None)


@pytest.mark.parametrize("status", ["sent", "sending"])
def test_who_was_mailed_is_told_that_the_card_is_theirs_no_more(solvik: Solvik, status: str) -> None:
    card = delegate_card(a_card(unit=solvik.roads), handler=solvik.handler, by=solvik.clerk, now=NOW)
    sent_at = NOW if status == "sent" else None
    OutgoingMail.objects.filter(kind="card_delegated").update(status=status, sent_at=sent_at, claimed_at=NOW)
    undo_step(last(card), by=solvik.clerk, now=SOON)
    assert mails()[-1] == ("card_taken_back", solvik.handler.email)
    told = OutgoingMail.objects.get(kind="card_taken_back")
    assert card.reference in told.subject
    assert card.text not in told.text + told.html


def test_forwarded_again_after_the_undo_there_is_a_new_mail(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    card = undo_step(last(card), by=solvik.clerk, now=SOON)
    forward_card(card, unit=solvik.roads, by=solvik.clerk, now=SOON)
    mails = OutgoingMail.objects.filter(kind="card_forwarded").order_by("pk")
    assert list(mails.values_list("status", flat=True)) == ["cancelled", "queued"]


def test_only_for_ten_minutes(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    assert undoable_event(card, by=solvik.clerk, now=NOW + UNDO_WITHIN) == last(card).pk
    late = NOW + UNDO_WITHIN + timedelta(seconds=1)
    assert undoable_event(card, by=solvik.clerk, now=late) is None
    with refuses(TooLateToUndo, "ten minutes"):
        undo_step(last(card), by=solvik.clerk, now=late)


def test_only_by_whoever_did_it(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    colleague = RoleFactory().person
    assert undoable_event(card, by=colleague, now=SOON) is None
    with refuses(TooLateToUndo):
        undo_step(last(card), by=colleague, now=SOON)


def test_only_while_the_person_may_still_do_it(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    solvik.clerk.role_assignments.all().delete()
    with refuses(NotAllowed):
        undo_step(last(card), by=solvik.fresh(solvik.clerk), now=SOON)


def test_only_while_nothing_else_has_happened(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    done = last(card)
    add_note(card, text="Ringte fylket", by=solvik.handler, now=SOON)
    assert undoable_event(card, by=solvik.clerk, now=SOON) is None
    with refuses(ChangedMeanwhile):
        undo_step(done, by=solvik.clerk, now=SOON)


def test_the_weekly_run_in_between_does_not_stop_it(solvik: Solvik) -> None:
    monday = oslo(2026, 11, 16, 5, 58)
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=monday)
    done = last(card)
    run_overdue_list(now=oslo(2026, 11, 16, 6))
    assert last(card).what == "listed"
    assert undo_step(done, by=solvik.clerk, now=oslo(2026, 11, 16, 6, 1)).unit == solvik.centre


@pytest.mark.parametrize("step", ["registered", "returned", "note_added"])
def test_what_has_no_undo_is_not_undone(solvik: Solvik, step: str) -> None:
    card = (
        a_card(unit=solvik.roads, by=solvik.clerk, now=NOW) if step == "returned" else a_card(by=solvik.clerk, now=NOW)
    )
    if step == "returned":
        card = return_card(card, reason="x", by=solvik.clerk, now=NOW)
    if step == "note_added":
        add_note(card, text="x", by=solvik.clerk, now=NOW)
    assert last(card).what == step
    with refuses(TooLateToUndo):
        undo_step(last(card), by=solvik.clerk, now=NOW)


def test_what_the_rules_sent_on_at_the_registration_is_not_undone(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads, by=solvik.clerk, now=NOW)
    with refuses(TooLateToUndo):
        undo_step(last(card), by=solvik.clerk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_undone_four_times_at_once_it_is_undone_once(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    done = last(card)
    answers = at_once(*[lambda: undo_step(done, by=Person.objects.get(pk=solvik.clerk.pk), now=SOON)] * 4)
    assert errors(answers) == ["ChangedMeanwhile"] * 3
    assert card.events.filter(what="undone").count() == 1


def for_submitter(card: Card) -> list[Told]:
    return Standing(card, municipality(), NOW.date()).story()


def test_the_submitter_is_not_told_of_what_was_undone(solvik: Solvik) -> None:
    card = forward_card(a_card(), unit=solvik.roads, by=solvik.clerk, now=NOW)
    forwarded, received = for_submitter(card)
    undo_step(last(card), by=solvik.clerk, now=SOON)
    card = Card.objects.get(pk=card.pk)
    assert for_submitter(card) == [received]
    again = forward_card(card, unit=solvik.water, by=solvik.clerk, now=SOON)
    assert [(told.words, told.at) for told in for_submitter(again)] == [
        (forwarded.words, SOON), (received.words, received.at),
    ]  # fmt: skip


def test_of_cards_that_the_person_does_not_see_nothing_is_undone_or_told(solvik: Solvik) -> None:
    card = delegate_card(a_card(unit=solvik.roads), handler=solvik.handler, by=solvik.clerk, now=NOW)
    report = undo_many([last(card).pk, 10**9], by=solvik.water_leader, now=SOON)
    assert (report.done, report.refused) == ([], [])
    assert last(card).what == "delegated"


# --- On the page ----------------------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_the_message_after_a_step_undoes_it_and_leads_back(solvik: Solvik, client: Client) -> None:
    card = a_card()
    client.force_login(solvik.clerk)
    data = {"forward-seen": last(card).pk, "forward-unit": "roads"}
    page = client.post(
        f"/staff/cards/{card.reference}/forward/?from=due%3Dunrouted", data, follow=True, HTTP_ACCEPT_LANGUAGE="en"
    )
    html = page.content.decode()
    here = f"/staff/cards/{card.reference}/?from=due%3Dunrouted"
    assert page.redirect_chain == [(here, 302)]
    assert f'name="events" value="{last(card).pk}"' in html
    assert f'name="back" value="{here}"' in html
    page = client.post("/staff/undo/", {"events": last(card).pk, "back": here}, follow=True, HTTP_ACCEPT_LANGUAGE="en")
    assert page.redirect_chain == [(here, 302)]
    assert f"Undone: {card.reference} is as it was." in page.content.decode()
    card.refresh_from_db()
    assert (card.unit, card.state) == (solvik.centre, "registered")


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("https://evil.test/", "/staff/"), ("//evil.test/staff/", "/staff/"), ("/accounts/logout/", "/staff/"),
        ("", "/staff/"), ("/staff/?due=open", "/staff/?due=open"),
    ],
)  # fmt: skip
def test_undo_leads_nowhere_else(solvik: Solvik, client: Client, back: str, leads_to: str) -> None:
    client.force_login(solvik.clerk)
    assert client.post("/staff/undo/", {"events": "x,1", "back": back}).headers["Location"] == leads_to


@pytest.mark.parametrize(("person", "status"), [("administrator", 403), ("clerk", 405)])
def test_undo_is_a_post_of_those_who_see_cards(solvik: Solvik, client: Client, person: str, status: int) -> None:
    client.force_login(getattr(solvik, person))
    ask = client.get if status == 405 else client.post
    assert ask("/staff/undo/").status_code == status
