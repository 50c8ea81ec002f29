"""The links of the weekly list's mail: what they open, once, for whom, and what takes them back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client

from feedback.actions.closing import close_card
from feedback.actions.explaining import explain_delay
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import reroute_card
from feedback.answer_links import SALT
from feedback.models import Card, CardEvent, OverdueEntry
from organisation.models import OutgoingMail, Unit
from tests.factories import MONDAY, Solvik, a_card
from tests.threads import at_once

pytestmark = pytest.mark.django_db

RUN = MONDAY + timedelta(days=14)
LATER = RUN + timedelta(hours=3)
WORDS = "Asfaltverket er stengt til mandag."


@pytest.fixture
def card(solvik: Solvik) -> Card:
    made = a_card(unit=solvik.roads, text="Hull i veien ved Kari Nordmanns port")
    run_overdue_list(now=RUN)
    return made


def address() -> str:
    """The link in the mail, of the one entry there is."""
    sent = OutgoingMail.objects.get(kind="overdue_list")
    [path] = set(re.findall(r"/why-late/\S+?/(?=\s|\")", sent.text + sent.html))
    return str(path)


def state(client: Client, path: str, *, at: Any = LATER) -> tuple[int, bool]:
    """The page's status, and whether it has a box to write in."""
    with time_machine.travel(at, tick=False):
        page = client.get(path)
    return page.status_code, "<textarea" in page.content.decode()


def post(client: Client, path: str, words: str = WORDS, *, at: Any = LATER) -> int:
    with time_machine.travel(at, tick=False):
        return client.post(path, {"reason": words}).status_code


def test_the_leader_writes_why_without_signing_in(solvik: Solvik, card: Card) -> None:
    client = Client(enforce_csrf_checks=True)
    path = address()
    sent = OutgoingMail.objects.get(kind="overdue_list")
    assert sent.to == solvik.roads_leader.email
    with time_machine.travel(LATER, tick=False):
        page = client.get(path)
    said = page.content.decode()
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow, noarchive")
    assert "no-store" in page["Cache-Control"]
    assert "Roads Leader" in said
    # No more of anybody than the mail itself shows.
    assert [word in said for word in (card.reference, card.headline, "Storgata 1", "33 18 10 00", "kari@example.test")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert CardEvent.objects.filter(what="delay_explained").count() == 0
    assert post(client, path) == 302
    event = CardEvent.objects.get(what="delay_explained")
    assert (event.by, event.note.text, event.details, event.at) == (
        solvik.roads_leader, WORDS, {"by_link": True}, LATER,
    )  # fmt: skip
    assert state(client, path) == (200, False)
    assert post(client, path, "En gang til") == 200
    assert CardEvent.objects.filter(what="delay_explained").count() == 1


def test_looking_changes_nothing(client: Client, card: Card) -> None:
    path = address()
    before = CardEvent.objects.count()
    for _time in range(3):
        assert client.head(path).status_code in (200, 410)
        assert state(client, path) == (200, True)
    assert CardEvent.objects.count() == before
    assert "sessionid" not in client.cookies


def test_bad_words_come_back_as_typed(client: Client, card: Card) -> None:
    path = address()
    assert post(client, path, " ") == 422
    assert post(client, path, "x" * 1001) == 422
    assert post(client, path, "\x00") == 422
    assert CardEvent.objects.filter(what="delay_explained").count() == 0


def test_the_same_as_by_the_page(solvik: Solvik, card: Card, client: Client) -> None:
    """What the link writes is what the page writes, but for the word that it came by the link."""
    post(client, address())
    by_link = CardEvent.objects.get(what="delay_explained")
    by_page = explain_delay(card, reason=WORDS, by=solvik.roads_leader, now=LATER)
    assert by_link.details == by_page.details | {"by_link": True}
    assert (by_link.note.text, by_link.by, by_link.at) == (by_page.note.text, by_page.by, by_page.at)


def test_somebody_else_wrote_meanwhile(solvik: Solvik, card: Card, client: Client) -> None:
    explain_delay(card, reason="Skrevet på siden", by=solvik.roads_deputy, now=RUN + timedelta(hours=1))
    assert state(client, address()) == (200, False)
    with time_machine.travel(LATER, tick=False):
        assert "Skrevet på siden" not in client.get(address()).content.decode()


def test_links_expire(card: Card, client: Client) -> None:
    assert state(client, address(), at=RUN + timedelta(days=14)) == (200, True)
    late = RUN + timedelta(days=14, seconds=1)
    assert state(client, address(), at=late) == (410, False)
    assert post(client, address(), at=late) == 410
    with time_machine.travel(late, tick=False):
        assert card.reference not in client.get(address()).content.decode()


def test_links_are_taken_back(solvik: Solvik, card: Card, client: Client) -> None:
    path = address()
    solvik.roads_leader.is_active = False
    solvik.roads_leader.save()
    assert (state(client, path), post(client, path)) == ((410, False), 410)
    solvik.roads_leader.is_active = True
    solvik.roads_leader.save()
    assert state(client, path) == (200, True)
    Unit.objects.filter(pk=solvik.roads.pk).update(leader=solvik.water_leader)
    assert (state(client, path), post(client, path)) == ((410, False), 410)
    with time_machine.travel(LATER, tick=False):
        assert "Hull i veien" not in client.get(path).content.decode()
    assert CardEvent.objects.filter(what="delay_explained").count() == 0


def test_a_card_that_is_elsewhere_or_done_takes_no_more(solvik: Solvik, card: Card, client: Client) -> None:
    path = address()
    reroute_card(card, unit=solvik.water, reason="Vann", by=solvik.clerk, now=RUN + timedelta(minutes=5))
    assert (state(client, path), post(client, path)) == ((410, False), 410)
    reroute_card(card, unit=solvik.roads, reason="Vei", by=solvik.clerk, now=RUN + timedelta(minutes=6))
    assert state(client, path) == (200, True)
    close_card(card, result="withdrawn", by=solvik.clerk, now=RUN + timedelta(minutes=7))
    assert (state(client, path), post(client, path)) == ((200, False), 200)


def test_nothing_else_opens_the_page(solvik: Solvik, card: Card, client: Client) -> None:
    entry, person = OverdueEntry.objects.get(), solvik.roads_leader
    sent = int(RUN.timestamp())
    wrong = [
        "x",
        signing.dumps([person.pk, entry.pk, sent]),
        signing.dumps([person.pk, entry.pk, sent], salt="send-page-opened"),
        signing.dumps([person.pk, entry.pk], salt=SALT),
        signing.dumps([person.pk, entry.pk, 10**30], salt=SALT),
        signing.dumps([0, entry.pk, sent], salt=SALT),
        signing.dumps([solvik.water_leader.pk, entry.pk, sent], salt=SALT),
        address().split("/")[2][:-2],
    ]
    assert [state(client, f"/why-late/{token}/")[0] for token in wrong] == [404] * 6 + [410, 404]
    assert [post(client, f"/why-late/{token}/") for token in wrong] == [404] * 6 + [410, 404]


def test_who_tries_links_is_held_up(card: Card, client: Client) -> None:
    with time_machine.travel(LATER, tick=False):
        statuses = [client.get(f"/why-late/x{number}/").status_code for number in range(32)]
        assert (statuses[29], statuses[30]) == (404, 429)
        assert client.get("/why-late/x/")["Retry-After"]


def test_a_units_address_gets_no_links(solvik: Solvik) -> None:
    Unit.objects.filter(pk=solvik.roads.pk).update(leader=None, deputy=None, parent=None)
    a_card(unit=solvik.roads)
    run_overdue_list(now=RUN)
    sent = OutgoingMail.objects.get(kind="overdue_list")
    assert (sent.to, "/why-late/" in sent.text + sent.html) == ("roads@solvik.test", False)


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_write_once(card: Card) -> None:
    path = address()
    with time_machine.travel(LATER, tick=False):
        at_once(*[lambda: Client().post(path, {"reason": WORDS}).status_code] * 2)
    assert CardEvent.objects.filter(what="delay_explained").count() == 1
