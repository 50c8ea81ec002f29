"""A card goes to a neighbour that runs Open311 and is followed there: our own server over HTTP, and all that others do."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from feedback import neighbouring
from feedback.actions.handing_over import (
    BACK_OFF,
    BasisMissing,
    NamesTheSubmitter,
    NotNow,
    NotOffered,
    NumberMissing,
    OnItsWay,
    TextTooLongToSend,
    ToSend,
    claim_to_send,
    hand_over,
    note_number,
    send_again,
    stop_following,
)
from feedback.actions.neighbours import (
    Known,
    NeighbourCodeTaken,
    OfferedThere,
    WrongAddress,
    keep_services,
    save_neighbour,
)
from feedback.errors import NotAllowed, WrongState
from feedback.georeport.asking import NotReached, SaidNo, Unsure, attributes_of
from feedback.georeport.reading import Unreadable, fields, rows
from feedback.models import Card, Handover, HandoverUpdate, LinkedPicture, Neighbour, NeighbourService, ReceivedRequest
from feedback.neighbouring import ask_neighbour, fetch_pictures, follow, form_of, send_waiting, take_news
from organisation import errors
from organisation.models import Change, OutgoingMail
from organisation.outgoing import Limits
from tests.factories import MONDAY, CategoryFactory, Solvik, a_card, events, mails, make_solvik
from tests.feedback.open311 import make_town
from tests.feedback.steps import called_back, followed_up
from tests.refusals import refuses
from tests.reporting.loopback import House, Says, another_house

SERVICES = [{"service_code": "7", "service_name": "Hull", "metadata": False, "type": "realtime"}]


@pytest.fixture(autouse=True)
def _on_this_machine(settings: Any) -> None:
    settings.FETCH_FROM_PRIVATE_ADDRESSES = True


@pytest.fixture
def house() -> Iterator[House]:
    with another_house() as there:
        yield there


def a_neighbour(address: str, **known: Any) -> Neighbour:
    """Register a neighbour with one service, unless it is to be asked."""
    values = {"name": "Fylkets veier", "key": "hemmelig", "format": "json"} | known
    made = save_neighbour(None, Known(address=address, **values), code="county", allow_plain=True, by=None, now=MONDAY)
    keep_services(made, [OfferedThere("7", "Hull", attributes=[])], now=MONDAY)
    return made


def to_send(neighbour: Neighbour, **values: Any) -> ToSend:
    return ToSend(service=neighbour.services.get(), **{"text": "Hull i fylkesveien", **values})


def sent(solvik: Solvik, neighbour: Neighbour, **values: Any) -> Handover:
    card = values.pop("card", None) or a_card(unit=solvik.roads, text="Hull i fylkesveien")
    return hand_over(card, to_send(neighbour, **values), by=solvik.fresh(solvik.clerk), now=MONDAY)


def fresh(handover: Handover) -> Handover:
    return Handover.objects.select_related("card", "neighbour").get(pk=handover.pk)


# --- Against our own server -----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_our_client_and_our_server_understand_each_other(live_server: Any, form: str) -> None:
    solvik = make_solvik()
    town = make_town(solvik)
    known = Known(
        "Nabokommunen",
        f"{live_server.url}/open311/v2",
        key=town.neighbour.secret,
        format=form,
        knows_again=True,
        tells_updates=True,
    )
    neighbour = save_neighbour(None, known, code="nabo", allow_plain=True, by=None, now=MONDAY)
    assert ask_neighbour(neighbour, now=MONDAY) == 3
    roads = neighbour.services.get(code="roads")
    assert [one["code"] for one in roads.attributes] == ["depth", "where", "hit", "info", "fixmystreet_id"]
    assert [one["asked"] for one in roads.attributes] == [True, True, True, False, False]
    assert roads.attributes[1]["values"] == [["01", "Midt"], ["02", "Kant"]]

    card = a_card(
        unit=solvik.roads, text="Hull hos Kari", place="Storgata 1", latitude=Decimal("59.05"), longitude=Decimal("10.03"),
    )  # fmt: skip
    what = ToSend(roads, "Hull i veien", {"where": "02", "hit": ["a", "b"]}, fields=["email"], basis="consent")
    handover = hand_over(card, what, by=solvik.fresh(solvik.clerk), now=MONDAY)
    assert send_waiting(now=MONDAY) == 1
    assert send_waiting(now=MONDAY + timedelta(hours=1)) == 0
    there = Card.objects.get(channel="open311")
    handover = fresh(handover)
    assert (handover.state, handover.their_id, handover.fault) == ("open", there.reference, "")
    assert handover.notice
    assert there.text == "Hull i veien\n\nHvor i veien?: Kant\nHva er skadet?: Dekk, Sykkel"
    assert (there.place, str(there.latitude), there.submitter.email, there.submitter.name, there.submitter.phone) == (
        "Storgata 1", "59.050000", "kari@example.test", "", "",
    )  # fmt: skip
    assert ReceivedRequest.objects.get().their_id == card.reference

    # What is sent once more makes no second card, whatever became of the first answer.
    Handover.objects.update(state="waiting", their_id="", next_try_at=MONDAY)
    send_waiting(now=MONDAY + timedelta(minutes=20))
    assert fresh(handover).their_id == there.reference
    assert Card.objects.filter(channel="open311").count() == 1

    now = timezone.now()  # the server's clock is the real one
    followed_up(there, by=solvik.fresh(solvik.roads_leader), now=now)
    assert follow(now=now) == 1
    handover = fresh(handover)
    assert (handover.state, handover.closed_at is not None) == ("closed", True)
    assert handover.status_notes
    assert handover.their_updated_at is not None
    card.refresh_from_db()
    assert (card.state, card.completed_at, card.callback_owed) == ("forwarded", None, True)
    assert [what for what, _from, _to in events(card)][2:] == [
        "handed_over", "neighbour_numbered", "neighbour_numbered", "neighbour_closed",
    ]  # fmt: skip
    assert ("neighbour_told", "roads@solvik.test") in mails()


@pytest.mark.django_db(transaction=True)
def test_news_of_our_server_reach_our_client(live_server: Any) -> None:
    solvik = make_solvik()
    town = make_town(solvik)
    known = Known("Nabo", f"{live_server.url}/open311/v2/", key=town.neighbour.secret, tells_updates=True)
    neighbour = save_neighbour(None, known, code="nabo", allow_plain=True, by=None, now=MONDAY)
    ask_neighbour(neighbour, now=MONDAY)
    now = timezone.now()
    card = a_card(unit=solvik.roads, now=now - timedelta(minutes=1))
    handover = hand_over(card, ToSend(neighbour.services.get(code="anything"), "Ros"), by=None, now=now)
    send_waiting(now=now)
    assert take_news(now=timezone.now()) == 1  # registered; it lies with their service centre
    assert take_news(now=timezone.now()) == 0
    assert HandoverUpdate.objects.get().status == "OPEN"
    assert fresh(handover).state == "open"


@pytest.mark.django_db(transaction=True)
def test_what_our_server_refuses_stands_on_the_card(live_server: Any) -> None:
    solvik = make_solvik()
    town = make_town(solvik)
    known = Known("Nabo", f"{live_server.url}/open311/v2/", key=town.neighbour.secret)
    neighbour = save_neighbour(None, known, code="nabo", allow_plain=True, by=None, now=MONDAY)
    ask_neighbour(neighbour, now=MONDAY)
    without_place = hand_over(
        a_card(), ToSend(neighbour.services.get(code="street-lights"), "Mørkt"), by=None, now=MONDAY
    )
    Neighbour.objects.update(key="feil")
    wrong_key = hand_over(a_card(), ToSend(neighbour.services.get(code="anything"), "Ros"), by=None, now=MONDAY)
    Neighbour.objects.update(key=town.neighbour.secret)
    send_waiting(now=MONDAY)
    assert "lat" in fresh(without_place).fault
    assert fresh(without_place).state == "failed"
    assert fresh(wrong_key).state == "open"  # the key is read when it is sent
    Neighbour.objects.update(key="feil")
    send_again(without_place, by=solvik.clerk, now=MONDAY)
    send_waiting(now=MONDAY + timedelta(minutes=1))
    assert "api_key" in fresh(without_place).fault


# --- What others answer ---------------------------------------------------------------------------------------------

ARRIVED = {
    "a list of one": ('[{"service_request_id": "17", "service_notice": "Takk"}]', "17"),
    "a number for a text": ('[{"service_request_id": 17}]', "17"),
    "an object without its list": ('{"service_request_id": "17"}', "17"),
    "nested as Drupal does": ('{"service_requests": {"request": {"service_request_id": "17"}}}', "17"),
    "nested with a list": ('{"service_requests": [{"request": {"service_request_id": 17}}]}', "17"),
    "xml": ("<service_requests><request><service_request_id>17</service_request_id></request></service_requests>", "17"),
    "xml with another root and attributes": (
        '<?xml version="1.0"?><requests type="array"><request key="0"><service_request_id>017</service_request_id>'
        "<token/></request></requests>",
        "017",
    ),
    "xml with a namespace": (
        '<o:x xmlns:o="http://o.example/"><o:request><o:token/><o:service_request_id> 17 </o:service_request_id>'
        "</o:request></o:x>",
        "17",
    ),
    "a byte order mark": ('\ufeff[{"service_request_id": "17"}]', "17"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "number"), ARRIVED.values(), ids=ARRIVED)
@pytest.mark.parametrize("status", [200, 201])
def test_an_answer_is_read_however_it_is_spelled(
    solvik: Solvik, house: House, body: str, number: str, status: int
) -> None:
    house.says("/requests.json", Says(body.encode(), status))
    handover = sent(solvik, a_neighbour(house.url))
    send_waiting(now=MONDAY)
    handover = fresh(handover)
    assert (handover.state, handover.their_id, handover.fault) == ("open", number, "")
    method, path, headers, form = house.asked[0]
    assert (method, path) == ("POST", "/requests.json")
    said = parse_qs(form.decode())
    assert said == {
        "api_key": ["hemmelig"], "service_code": ["7"], "description": ["Hull i fylkesveien"],
    }  # fmt: skip
    assert headers["Idempotency-Key"] == str(handover.key)
    assert headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert events(handover.card)[-2:] == [
        ("handed_over", "", "Fylkets veier"),
        ("neighbour_numbered", "", "Fylkets veier"),
    ]


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x><request>&b;</request></x>'
FILE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><request><token>&a;</token></request></x>'
NONSENSE = {
    "a web page": b"<!DOCTYPE html><html><body>Feil</body></html>",
    "a web page without its type": b"<html><head/><body>Feil</body></html>",
    "nothing": b"",
    "an empty list": b"[]",
    "broken json": b'[{"service_request_id": ',
    "broken xml": b"<service_requests><request>",
    "a text": b"OK",
    "entities": BOMB,
    "a file": FILE,
    "deep json": b"[" * 100_000,
    "deep xml": b"<a>" * 100,
    "latin letters that are no utf-8": b'[{"service_request_id": "\xe6"}]',
}


@pytest.mark.django_db
@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_leaves_nobody_sure(solvik: Solvik, house: House, body: bytes) -> None:
    house.says("/requests.json", body)
    handover = sent(solvik, a_neighbour(house.url))
    send_waiting(now=MONDAY)
    handover = fresh(handover)
    assert (handover.state, bool(handover.fault), handover.their_id) == ("uncertain", True, "")
    assert events(handover.card)[-1] == ("neighbour_refused", "", "Fylkets veier")
    assert mails()[-1] == ("neighbour_told", "roads@solvik.test")
    assert send_waiting(now=MONDAY + timedelta(days=9)) == 0  # not sent again by itself
    assert len(house.asked) == 1


REFUSED = {
    "a list of errors": (b'[{"code": 400, "description": "Ikke her"}]', "Ikke her"),
    "as Mark-a-Spot says it": (b'[{"code": "400", "message": "Ikke her"}]', "Ikke her"),
    "as 6Aika says it": (b'{"code": 400, "detail": "Ikke her"}', "Ikke her"),
    "xml": (b"<errors><error><code>400</code><description>Ikke her</description></error></errors>", "Ikke her"),
    "two": (b'[{"description": "En."}, {"description": "To."}]', "En. To."),
    "a web page": (b"<html><body>Internal</body></html>", "400"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_told_and_not_tried_again(solvik: Solvik, house: House, body: bytes, sentence: str) -> None:
    house.says("/requests.json", Says(body, 400))
    handover = sent(solvik, a_neighbour(house.url))
    send_waiting(now=MONDAY)
    handover = fresh(handover)
    assert handover.state == "failed"
    assert sentence in handover.fault
    assert send_waiting(now=MONDAY + timedelta(days=9)) == 0


@pytest.mark.django_db
def test_what_arrived_nowhere_is_tried_again_and_fails_at_last(solvik: Solvik, house: House) -> None:
    house.says("/requests.json", Says(b'[{"description": "Vent litt"}]', 503))
    handover = sent(solvik, a_neighbour(house.url))
    now = MONDAY
    for wait in BACK_OFF:
        assert send_waiting(now=now) == 1
        assert fresh(handover).state == "waiting"
        assert send_waiting(now=now + wait - timedelta(seconds=30)) == 0
        now += wait + timedelta(seconds=10)
    assert mails() == [("card_forwarded", "roads@solvik.test"), ("receipt", "kari@example.test")]
    send_waiting(now=now)
    assert (fresh(handover).state, fresh(handover).fault) == ("failed", "Vent litt")
    house.says("/requests.json", b'[{"service_request_id": "17"}]')
    send_again(handover, by=solvik.fresh(solvik.clerk), now=now)
    send_waiting(now=now)
    assert fresh(handover).state == "open"
    assert len({headers["Idempotency-Key"] for _method, _path, headers, _form in house.asked}) == 1


@pytest.mark.django_db
def test_a_house_that_is_away_is_tried_again(solvik: Solvik, house: House) -> None:
    neighbour = a_neighbour("http://127.0.0.1:9")
    handover = sent(solvik, neighbour)
    send_waiting(now=MONDAY)
    assert (fresh(handover).state, "127.0.0.1" in fresh(handover).fault) == ("waiting", True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "says", [Says(b"x", 500), Says(b'[{"service_request_id": "17"}]', cut=8), Says(b"<html/>", 502)]
)
def test_a_neighbour_that_knows_it_again_is_sent_it_again(solvik: Solvik, house: House, says: Says) -> None:
    house.says("/requests.json", says, b'[{"service_request_id": "17"}]')
    handover = sent(solvik, a_neighbour(house.url, knows_again=True))
    send_waiting(now=MONDAY)
    assert fresh(handover).state == "waiting"
    send_waiting(now=MONDAY + timedelta(minutes=2))
    assert fresh(handover).state == "open"


@pytest.mark.django_db
def test_a_worker_that_died_while_sending(solvik: Solvik, house: House) -> None:
    """The claim stays; whether it arrived nobody knows, unless the neighbour would know it again."""
    house.says("/requests.json", b'[{"service_request_id": "17"}]')
    neighbour = a_neighbour(house.url)
    handover = sent(solvik, neighbour)
    assert claim_to_send(now=MONDAY) == handover
    assert claim_to_send(now=MONDAY + timedelta(minutes=5)) is None
    later = MONDAY + timedelta(minutes=11)
    assert send_waiting(now=later) == 0
    assert fresh(handover).state == "uncertain"
    assert house.asked == []
    send_again(handover, by=solvik.fresh(solvik.clerk), now=later)
    Neighbour.objects.update(knows_again=True)
    assert claim_to_send(now=later) == handover
    assert send_waiting(now=later + timedelta(minutes=11)) == 1
    assert fresh(handover).state == "open"


@pytest.mark.django_db
def test_a_slow_answer_is_given_up(solvik: Solvik, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    short, ask = Limits(connect=1, read=0.2, total=0.5, most_bytes=1000), neighbouring.house_of
    monkeypatch.setattr(neighbouring, "house_of", lambda one: replace(ask(one), limits=short))
    house.says("/requests.json", Says(b'[{"service_request_id": "17"}]' + b" " * 500, pause=0.3))
    handover = sent(solvik, a_neighbour(house.url))
    send_waiting(now=MONDAY)
    assert fresh(handover).state == "uncertain"


@pytest.mark.django_db
def test_the_house_of_our_own_network_is_never_asked(solvik: Solvik, house: House, settings: Any) -> None:
    neighbour = a_neighbour(house.url)
    settings.FETCH_FROM_PRIVATE_ADDRESSES = False
    with pytest.raises(NotReached):
        ask_neighbour(neighbour, now=MONDAY)
    Neighbour.objects.update(address=house.url.replace("http:", "https:"))
    with pytest.raises(NotReached):
        ask_neighbour(Neighbour.objects.get(), now=MONDAY)
    handover = sent(solvik, neighbour)
    send_waiting(now=MONDAY)
    assert fresh(handover).state == "waiting"
    assert house.asked == []
    with pytest.raises(WrongAddress):
        save_neighbour(None, Known("X", house.url), code="x", allow_plain=False, by=None, now=MONDAY)


@pytest.mark.django_db
def test_nobody_leads_us_on(solvik: Solvik, house: House) -> None:
    house.says("/requests.json", Says(b"", 302, {"Location": f"{house.url}/elsewhere.json"}))
    house.says("/elsewhere.json", b'[{"service_request_id": "17"}]')
    handover = sent(solvik, a_neighbour(house.url))
    send_waiting(now=MONDAY)
    assert fresh(handover).state == "failed"
    assert house.paths() == ["/requests.json"]


# --- Tokens, following ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_token_becomes_a_number_becomes_a_closed_case(solvik: Solvik, house: House) -> None:
    house.says("/requests.json", b'[{"token": "t-1", "service_request_id": ""}]')
    house.says("/tokens/t-1.json", Says(b'[{"code":404,"description":"not yet"}]', 404), b'[{"token": "t-1"}]',
               b'[{"token": "t-1", "service_request_id": "4711"}]')  # fmt: skip
    house.says("/requests/4711.json", b'[{"service_request_id": 4711, "status": "open", "status_notes": "Vi ser"}]',
               b'[{"service_request_id": 4711, "status": "closed", "updated_datetime": "2026-11-03T10:00:00Z"}]')  # fmt: skip
    handover = sent(solvik, a_neighbour(house.url, jurisdiction="fylket.no"))
    send_waiting(now=MONDAY)
    assert fresh(handover).state == "token"
    now = MONDAY
    for _look in range(3):
        now += timedelta(minutes=2)
        assert follow(now=now) == 1
    assert (fresh(handover).state, fresh(handover).their_id) == ("open", "4711")
    now += timedelta(minutes=16)
    assert follow(now=now) == 1
    assert (fresh(handover).state, fresh(handover).status_notes) == ("open", "Vi ser")
    assert follow(now=now + timedelta(minutes=5)) == 0
    now += timedelta(minutes=16)
    assert follow(now=now) == 1
    assert fresh(handover).state == "closed"
    assert follow(now=now + timedelta(days=9)) == 0
    assert parse_qs(urlsplit(house.paths()[-1]).query) == {"jurisdiction_id": ["fylket.no"], "api_key": ["hemmelig"]}
    told = OutgoingMail.objects.filter(kind="neighbour_told")
    assert [(mail.to, "Fylkets veier" in mail.subject) for mail in told] == [("roads@solvik.test", True)]
    card = fresh(handover).card
    assert (card.state, card.callback_owed, card.completed_at) == ("forwarded", True, None)
    called_back(card, by=solvik.fresh(solvik.roads_leader), now=now)  # the promise is kept by us


@pytest.mark.django_db
@pytest.mark.parametrize(
    "says",
    [Says(b"<html/>"), Says(b"", 500), Says(b'[{"description": "Ukjent"}]', 404), Says(b"[]"),
     Says(b'[{"service_request_id": "1"}]')],
    ids=["web page", "500", "404", "empty", "another"],
)  # fmt: skip
def test_a_look_that_gives_nothing_is_shown_and_repeated(solvik: Solvik, house: House, says: Says) -> None:
    house.says("/requests.json", b'[{"service_request_id": "17"}]')
    house.says("/requests/17.json", says, b'[{"service_request_id": "17", "status": "open"}]')
    handover = sent(solvik, a_neighbour(house.url))
    send_waiting(now=MONDAY)
    follow(now=MONDAY + timedelta(minutes=20))
    assert (fresh(handover).state, bool(fresh(handover).fault)) == ("open", True)
    follow(now=MONDAY + timedelta(minutes=40))
    assert (fresh(handover).state, fresh(handover).fault) == ("open", "")


@pytest.mark.django_db
def test_news_are_taken_once_and_may_close(solvik: Solvik, house: House) -> None:
    house.says("/requests.xml", b"<r><request><service_request_id>17</service_request_id></request></r>")
    house.says(
        "/servicerequestupdates.xml",
        b"""<service_request_updates>
      <request_update><update_id>1</update_id><service_request_id>17</service_request_id><status>IN_PROGRESS</status>
        <updated_datetime>2026-11-02T10:00:00+01:00</updated_datetime><description>Vi er der</description></request_update>
      <request_update><update_id>2</update_id><service_request_id>9</service_request_id></request_update>
      <request_update><service_request_id>17</service_request_id></request_update>
      <request_update><update_id>3</update_id><service_request_id>17</service_request_id><status>fixed - council</status>
        <description>Tettet</description></request_update></service_request_updates>""",
    )
    handover = sent(solvik, a_neighbour(house.url, format="xml", tells_updates=True))
    send_waiting(now=MONDAY)
    assert take_news(now=MONDAY + timedelta(minutes=20)) == 2
    assert (fresh(handover).state, fresh(handover).status_notes) == ("closed", "Tettet")
    assert sorted(HandoverUpdate.objects.values_list("update_id", "text")) == [("1", "Vi er der"), ("3", "Tettet")]
    assert take_news(now=MONDAY + timedelta(minutes=40)) == 0
    assert "start_date=2026-11-01T08" in house.paths()[-1]


@pytest.mark.django_db
def test_a_neighbour_that_gives_no_number_is_left_to_people(solvik: Solvik, house: House) -> None:
    house.says("/requests.json", b'[{"service_notice": "Takk for meldingen"}]')
    house.says("/requests/A-5.json", b'[{"service_request_id": "A-5", "status": "open"}]')
    handover = sent(solvik, a_neighbour(house.url))
    send_waiting(now=MONDAY)
    assert (fresh(handover).state, fresh(handover).notice) == ("unnumbered", "Takk for meldingen")
    clerk = solvik.fresh(solvik.clerk)
    with refuses(NumberMissing):
        note_number(handover, their_id=" \x00", by=clerk, now=MONDAY)
    note_number(handover, their_id="A-5", by=clerk, now=MONDAY)
    assert follow(now=MONDAY) == 1
    assert fresh(handover).state == "open"
    stop_following(handover, by=clerk, now=MONDAY)
    assert follow(now=MONDAY + timedelta(days=3)) == 0
    with refuses(NotNow):
        send_again(handover, by=clerk, now=MONDAY)


# --- Services -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_services_and_questions_are_read_however_they_come(house: House) -> None:
    neighbour = a_neighbour(house.url)
    house.says("/services.json", json.dumps([
        {"service_code": 7, "service_name": "Hull", "metadata": "true", "group": "Vei"},
        {"service_code": "008", "service_name": None, "metadata": False}, {"service_name": "uten kode"},
    ]).encode())  # fmt: skip
    house.says("/services/7.json", json.dumps({"service_definition": {"service_code": "7", "attributes": {"attribute": {
        "code": "dybde", "datatype": "number", "required": "true", "variable": "true", "order": "1",
        "description": "Hvor dypt?"}}}}
    ).encode())  # fmt: skip
    assert ask_neighbour(neighbour, now=MONDAY) == 2
    assert [(one.code, one.name, one.is_there) for one in neighbour.services.order_by("code")] == [
        ("008", "008", True), ("7", "Hull", True),
    ]  # fmt: skip
    [question] = neighbour.services.get(code="7").attributes
    assert (question["code"], question["required"], question["asked"], question["question"]) == (
        "dybde",
        True,
        True,
        "Hvor dypt?",
    )
    house.says("/services.json", b'[{"service_code": "008", "service_name": "Lys"}]')
    assert ask_neighbour(neighbour, now=MONDAY) == 1
    assert neighbour.services.get(code="7").is_there is False
    for nonsense in (b"<html/>", b"[]", BOMB):
        house.says("/services.json", nonsense)
        with pytest.raises(Unsure):
            ask_neighbour(neighbour, now=MONDAY)
        assert Neighbour.objects.get().fault
    house.says("/services.json", Says(b'[{"description": "Feil jurisdiction_id"}]', 404))
    with pytest.raises(SaidNo) as said:
        ask_neighbour(neighbour, now=MONDAY)
    assert str(said.value) == "Feil jurisdiction_id"
    assert neighbour.services.get(code="008").name == "Lys"


def test_what_reads_refuses() -> None:
    for content in (BOMB, FILE, b"<!doctype html><p>", b"\x00", b"<a>\xff</a>", b'"x"', b"<a>x</a>"):
        with pytest.raises(Unreadable):
            rows(content, "request")
    assert rows(b"<service_requests/>", "request") == rows(b"[]", "request") == []
    assert fields(b"<d><a>&amp;</a></d>") == {"a": "&"}
    assert attributes_of({"attributes": {"attribute": [{"code": "a"}, "x", {"order": 1}]}})[0]["datatype"] == "string"
    listed = {"code": "b", "datatype": "singlevaluelist", "values": {"value": {"key": 1, "name": ""}}}
    assert attributes_of({"attributes": [listed]})[0]["values"] == [["1", "1"]]


# --- Handing over: the rules ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nothing_of_the_submitter_goes_without_a_reason(solvik: Solvik, house: House) -> None:
    neighbour, card, clerk = a_neighbour(house.url), a_card(unit=solvik.roads), solvik.clerk
    with refuses(BasisMissing):
        hand_over(card, to_send(neighbour, fields=["phone"]), by=clerk, now=MONDAY)
    for text in ("Ring Nordmann", "Ring 33 18 10 00", "skriv til kari@example.test"):
        with refuses(NamesTheSubmitter):
            hand_over(card, to_send(neighbour, text=text), by=clerk, now=MONDAY)
    with refuses(TextTooLongToSend):
        hand_over(card, to_send(neighbour, text="x" * 4001), by=clerk, now=MONDAY)
    handover = hand_over(
        card, to_send(neighbour, text="Ring Nordmann", fields=["name", "phone"], basis="task"), by=clerk, now=MONDAY
    )
    assert dict(form_of(handover)) == {
        "service_code": "7", "description": "Ring Nordmann", "first_name": "Kari", "last_name": "Nordmann",
        "phone": "33 18 10 00",
    }  # fmt: skip
    event = card.events.get(what="handed_over")
    assert event.details == {"fields": ["name", "phone"], "basis": "task"}
    with refuses(OnItsWay):
        hand_over(card, to_send(neighbour), by=clerk, now=MONDAY)


@pytest.mark.django_db
def test_who_may_and_when(solvik: Solvik, house: House) -> None:
    neighbour, card = a_neighbour(house.url), a_card(unit=solvik.roads)
    for person in (solvik.handler, solvik.reader, solvik.roads_leader, solvik.administrator):
        with refuses(NotAllowed):
            hand_over(card, to_send(neighbour), by=solvik.fresh(person), now=MONDAY)
    called_back(card, by=solvik.fresh(solvik.roads_leader), now=MONDAY)
    with refuses(WrongState):
        hand_over(card, to_send(neighbour), by=solvik.clerk, now=MONDAY)
    Neighbour.objects.update(is_active=False)
    another = a_card()
    with refuses(NotOffered):
        hand_over(another, to_send(neighbour), by=solvik.clerk, now=MONDAY)
    with refuses(NeighbourCodeTaken):
        save_neighbour(None, Known("X", "https://x.example/"), code="county", allow_plain=True, by=None, now=MONDAY)
    with refuses(errors.NotAllowed):
        save_neighbour(None, Known("X", "https://x.example/"), code="x", allow_plain=True, by=solvik.clerk, now=MONDAY)
    for wrong in ("ftp://x", "https://a:b@x.example/", "https://x.example/?a=1", "x"):
        with refuses(WrongAddress):
            save_neighbour(None, Known("X", wrong), code="x", allow_plain=True, by=None, now=MONDAY)
    assert Handover.objects.count() == 0


@pytest.mark.django_db
def test_the_key_stands_in_no_log_and_on_no_page(solvik: Solvik, client: Client) -> None:
    a_neighbour("https://x.example/", key="svært-hemmelig")
    client.force_login(solvik.administrator)
    page = client.get("/staff/administration/open311/neighbours/county/")
    assert page.status_code == 200
    assert "svært-hemmelig" not in page.content.decode() + client.get("/staff/administration/open311/").content.decode()
    assert "hemmelig" not in str(list(Change.objects.values()))


# --- On the pages ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_errand_on_the_card(solvik: Solvik, house: House, client: Client) -> None:
    neighbour = a_neighbour(house.url)
    question = {
        "code": "dybde",
        "datatype": "number",
        "required": True,
        "question": "Hvor dypt?",
        "help": "",
        "values": [],
        "asked": True,
    }
    keep_services(
        neighbour,
        [OfferedThere("7", "Hull", attributes=[question]), OfferedThere("8", "Lys", attributes=[])],
        now=MONDAY,
    )
    hull = neighbour.services.get(code="7")
    card = a_card(unit=solvik.roads, text="Hull i fylkesveien", place="Rv 40")
    client.force_login(solvik.clerk)
    path = f"/staff/cards/{card.reference}/"
    page = client.get(f"{path}?open=hand-over")
    assert "hand-over-to" in page.content.decode()
    seen = card.events.order_by("-id").first().pk  # type: ignore[union-attr]
    form = {
        "hand-over-seen": seen,
        "hand-over-to": hull.pk,
        "hand-over-text": "Hull i fylkesveien",
        "hand-over-with_place": "on",
    }
    answer = client.post(f"{path}hand-over/", form)
    assert answer.status_code == 422
    assert "Hvor dypt?" in answer.content.decode()
    answer = client.post(f"{path}hand-over/", form | {"hand-over-answer_0": "tolv"})
    assert answer.status_code == 422
    answer = client.post(
        f"{path}hand-over/", form | {"hand-over-answer_0": "12", "hand-over-fields_to_send": ["email"]}
    )
    assert answer.status_code == 422  # why may it go along?
    answer = client.post(
        f"{path}hand-over/",
        form | {"hand-over-answer_0": "12", "hand-over-fields_to_send": ["email"], "hand-over-basis": "consent"},
    )
    assert answer.status_code == 302
    handover = Handover.objects.get()
    assert (handover.fields, handover.basis, handover.answers, handover.with_place) == (
        ["email"],
        "consent",
        {"dybde": "12"},
        True,
    )
    house.says("/requests.json", Says(b'[{"description": "Ikke for oss"}]', 400))
    send_waiting(now=timezone.now())
    page = client.get(path).content.decode()
    assert "Ikke for oss" in page
    listed = client.get("/staff/neighbours/").content.decode()
    assert "Ikke for oss" in listed
    assert card.reference in listed
    house.says("/requests.json", b'[{"service_request_id": "F-17"}]')
    assert client.post(f"{path}handovers/{handover.pk}/again/").status_code == 302
    send_waiting(now=timezone.now())
    assert "F-17" in client.get(path).content.decode()
    assert client.post(f"{path}handovers/{handover.pk}/stop/").status_code == 302
    assert fresh(handover).state == "stopped"


@pytest.mark.django_db
def test_others_do_not_reach_it(solvik: Solvik, house: House, client: Client) -> None:
    neighbour = a_neighbour(house.url)
    handover = sent(solvik, neighbour)
    path = f"/staff/cards/{handover.card.reference}/handovers/{handover.pk}/stop/"
    other = a_card(unit=solvik.water)
    client.force_login(solvik.handler)  # sees the card, may not send it on
    assert client.post(path).status_code == 302
    assert client.get("/staff/neighbours/").status_code == 200
    client.force_login(solvik.water_leader)
    assert client.post(path).status_code == 404
    assert handover.card.reference not in client.get("/staff/neighbours/").content.decode()
    assert client.post(f"/staff/cards/{other.reference}/handovers/{handover.pk}/stop/").status_code == 404
    client.force_login(solvik.administrator)
    assert client.get("/staff/neighbours/").status_code == 403
    assert fresh(handover).state == "waiting"
    for person, status in ((solvik.administrator, 200), (solvik.clerk, 403)):
        client.force_login(person)
        for page in ("", "new-neighbour/", "neighbours/county/"):
            assert client.get(f"/staff/administration/open311/{page}").status_code == status
    client.logout()
    assert client.get("/staff/neighbours/").status_code == 302


@pytest.mark.django_db
def test_the_list_costs_the_same_whatever_is_in_it(solvik: Solvik, client: Client, house: House) -> None:
    neighbour = a_neighbour(house.url)
    client.force_login(solvik.clerk)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/staff/neighbours/").status_code == 200
        return len(queries)

    sent(solvik, neighbour)
    cost()
    one = cost()
    for _more in range(3):
        sent(solvik, neighbour)
    assert cost() == one


@pytest.mark.django_db
def test_the_administrator_keeps_neighbours_and_services(solvik: Solvik, house: House, client: Client) -> None:
    CategoryFactory(code="vei", name="Vei")
    house.says("/services.json", json.dumps(SERVICES).encode())
    client.force_login(solvik.administrator)
    start = "/staff/administration/open311/"
    form = {"name": "Fylket", "code": "county", "address": house.url, "key": "abc", "format": "json", "is_active": "on"}
    assert client.post(f"{start}new-neighbour/", form | {"address": "veien"}).status_code == 422
    assert client.post(f"{start}new-neighbour/", form).status_code == 302
    neighbour = Neighbour.objects.get()
    assert (neighbour.key, neighbour.services.get().name, neighbour.fault) == ("abc", "Hull", "")
    assert client.post(f"{start}neighbours/county/", form | {"name": "Fylkets veier", "key": ""}).status_code == 302
    neighbour.refresh_from_db()
    assert (neighbour.name, neighbour.key) == ("Fylkets veier", "abc")
    assert client.post(f"{start}neighbours/county/map/", {"service_0": ["vei"]}).status_code == 302
    assert list(NeighbourService.objects.get().categories.values_list("code", flat=True)) == ["vei"]
    house.says("/services.json", Says(b"", 500))
    client.post(f"{start}neighbours/county/ask/")
    assert Neighbour.objects.get().fault
    assert "500" in client.get(start).content.decode()

    offered = {"is_offered": "on", "place": "none", "keywords": "hull, vei"}
    assert client.post(f"{start}services/vei/", offered | {"keywords": "Staff"}).status_code == 422
    assert client.post(f"{start}services/vei/", offered).status_code == 302
    question = {"text": "Hvor?", "code": "where", "datatype": "singlevaluelist", "options": "", "is_asked": "on"}
    assert client.post(f"{start}services/vei/new/", question).status_code == 422
    right = question | {"options": "01 = Midt\n02 = Kant", "is_required": "on"}
    assert client.post(f"{start}services/vei/new/", right).status_code == 302
    assert client.post(f"{start}services/vei/new/", right).status_code == 422  # the code is taken
    assert client.get(f"{start}services/vei/where/").status_code == 200
    found = client.get("/open311/v2/services/vei.json").json()
    assert found["attributes"][0]["values"][1] == {"key": "02", "name": "Kant"}
    assert (
        client.post(f"{start}services/vei/where/", {"text": "Hvor?", "datatype": "string", "options": ""}).status_code
        == 302
    )
    assert client.post(f"{start}services/vei/where/remove/").status_code == 302
    assert client.get("/open311/v2/services/vei.json").json()["attributes"] == []
    assert client.get("/open311/v2/discovery.json").json()["changeset"] > "2026-01-01T00:00:01Z"


# --- Pictures that came as addresses --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_pictures_are_fetched_by_the_guard_and_cleaned(solvik: Solvik, house: House, settings: Any) -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 30), "red").save(out, "PNG")
    house.says("/hull.png", out.getvalue())
    house.says("/side.html", b"<html/>")
    house.says("/away.jpg", Says(b"", 404))
    house.says("/busy.jpg", Says(b"", 503))
    card = a_card(unit=solvik.roads)
    for name in ("hull.png", "side.html", "away.jpg", "busy.jpg"):
        LinkedPicture.objects.create(card=card, address=f"{house.url}/{name}", next_try_at=MONDAY)
    LinkedPicture.objects.create(card=card, address="http://[", next_try_at=MONDAY)
    assert fetch_pictures(now=MONDAY) == 5
    states = list(LinkedPicture.objects.order_by("id").values_list("state", flat=True))
    assert states == ["fetched", "failed", "failed", "waiting", "failed"]
    [kept] = card.attachments.all()
    assert (kept.name, kept.content_type, kept.by_submitter) == ("hull.jpg", "image/jpeg", True)
    assert fetch_pictures(now=MONDAY + timedelta(seconds=30)) == 0
    settings.FETCH_FROM_PRIVATE_ADDRESSES = False
    LinkedPicture.objects.filter(state="waiting").update(address=house.url.replace("http", "https") + "/hull.png")
    asked = len(house.asked)
    fetch_pictures(now=MONDAY + timedelta(minutes=5))
    assert LinkedPicture.objects.order_by("id")[3].state == "failed"
    assert len(house.asked) == asked
