"""Cards, services and news as other systems read them. Nothing of the submitter is here, and no answer's content: an oral
answer is personal. Of a public card the words are the published story's and the place is left out; a system that sent a
card itself reads what it sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback.georeport import SPECIFICATION
from feedback.georeport.writing import Answer, Listing
from feedback.models import Card, CardEvent, ServiceQuestion, Story
from feedback.request_queries import Service
from feedback.workflow import CloseResult, State
from organisation.models import Municipality
from organisation.templatetags.page import long_day

What = CardEvent.What
LONGEST_DESCRIPTION = 4000
NO_SERVICE = "uncategorised"
"""The service of a card that has no category: other systems' schemas insist on one."""

ANSWERED = frozenset({State.CALLED_BACK, State.FOLLOWED_UP, State.REFERRED, State.CLOSED})
"""Told as closed. A posted contact card is no answer yet: the submitter may still ring."""

EXTENDED_STATUS: dict[str, str] = {
    What.REGISTERED: "OPEN",
    What.FORWARDED: "IN_PROGRESS",
    What.PRELIMINARY_ANSWER: "INVESTIGATING",
    What.CONTACT_CARD_POSTED: "IN_PROGRESS",
    What.CALLED_BACK: "CLOSED",
    What.FOLLOWED_UP: "CLOSED",
    What.REFERRED: "NOT_COUNCILS_RESPONSIBILITY",
    What.CLOSED: "CLOSED",
    What.REOPENED: "REOPEN",
}
DETAILED_STATUS: dict[str, str] = {
    State.REGISTERED: "RECEIVED",
    State.FORWARDED: "IN_PROCESS",
    State.CONTACT_CARD_POSTED: "IN_PROCESS",
    State.CALLED_BACK: "PROCESSED",
    State.FOLLOWED_UP: "PROCESSED",
    State.REFERRED: "REJECTED",
    State.CLOSED: "ARCHIVED",
}
"""CitySDK's words, as the Finnish cities use them."""
LOG_STATUS: dict[str, str] = {What.REGISTERED: "received", What.FORWARDED: "allocated", What.REOPENED: "allocated"}


def service_row(service: Service, language: str) -> dict[str, Any]:
    """Return one service as the list has it, its name in `language`."""
    with override(language):
        name = str(service.category)
    return {
        "service_code": service.category.code,
        "service_name": name,
        "description": service.offered.description,
        "metadata": bool(service.questions),
        "type": "realtime",
        "keywords": service.offered.keywords,
        "group": service.offered.group,
    }


def definition(service: Service) -> Answer:
    """Return a service's questions. A service without any has an empty list of them."""
    return Answer(
        "service_definition",
        {
            "service_code": service.category.code,
            "attributes": Listing(
                "attribute", [_attribute(n, one) for n, one in enumerate(service.questions, start=1)]
            ),
        },
    )


def _attribute(order: int, question: ServiceQuestion) -> dict[str, Any]:
    row: dict[str, Any] = {
        "variable": question.is_asked,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.is_required and question.is_asked,
        "datatype_description": question.help,
        "order": order,
        "description": question.text,
    }
    if question.options:
        row["values"] = Listing("value", [{"key": key, "name": name} for key, name in question.options])
    if question.is_filled_in:
        row["automated"] = "server_set"
    return row


def requests_answer(rows: Iterable[Mapping[str, Any]]) -> Answer:
    return Answer("service_requests", Listing("request", list(rows)))


def request_row(card: Card, story: Story | None, house: Municipality, language: str) -> dict[str, Any]:
    """Return one card, all fields always. `card` is one of `requests_for`, `story` what makes it public."""
    own = card.sent_by_caller  # type: ignore[attr-defined]
    closed = is_closed(card)
    with override(language):
        name = str(card.category) if card.category else _("Other")
    return {
        "service_request_id": card.reference,
        "status": "closed" if closed else "open",
        "status_notes": story.did[:LONGEST_DESCRIPTION] if story else status_notes(card, house),
        "service_name": name,
        "service_code": card.category.code if card.category else NO_SERVICE,
        "description": (card.text if own or story is None else story.said)[:LONGEST_DESCRIPTION],
        "agency_responsible": card.unit.name,
        "service_notice": promise(card) if own and not closed else None,
        "requested_datetime": card.registered_at,
        "updated_datetime": card.updated,  # type: ignore[attr-defined]
        "expected_datetime": datetime.combine(card.due_on, time(23, 59, 59), house.zone),
        "address": card.place if own else None,
        "address_id": None,
        "zipcode": None,
        "lat": card.latitude if own else None,
        "long": card.longitude if own else None,
        "media_url": None,
    }


def extended(card: Card, events: Sequence[CardEvent]) -> dict[str, Any]:
    """Return what CitySDK adds: the state in its words, and the course without names."""
    log = [
        {"time": event.at, "status": LOG_STATUS.get(event.what, "handling"), "note": str(What(event.what).label)}
        for event in events
    ]
    if is_closed(card) and log:
        log[-1]["status"] = "done"
    return {"detailed_status": DETAILED_STATUS[card.state], "log": Listing("entry", log)}


def is_closed(card: Card) -> bool:
    return card.state in ANSWERED


def status_notes(card: Card, house: Municipality) -> str:
    """Return why the card is where it is: that it was answered and on which day, never what was said."""
    if not is_closed(card):
        return str(State(card.state).label)
    when = card.closed_at if card.state == State.CLOSED and card.close_result not in ANSWERS else card.completed_at
    assert when is not None  # noqa: S101 (a constraint holds it)
    day = {"day": long_day(when.astimezone(house.zone).date())}
    if card.state == State.CALLED_BACK or card.close_result == CloseResult.ANSWERED:
        return _("The submitter got the answer in a conversation on %(day)s.") % day
    if card.state == State.FOLLOWED_UP or card.close_result == CloseResult.FOLLOWED_UP:
        return _("Dealt with on %(day)s.") % day
    if card.state == State.REFERRED or card.close_result == CloseResult.REFERRED:
        return _("It belongs outside the municipality; referred there on %(day)s.") % day
    return f"{CloseResult(card.close_result).label}, {day['day']}"


ANSWERS = frozenset({CloseResult.ANSWERED, CloseResult.FOLLOWED_UP, CloseResult.REFERRED})


def promise(card: Card) -> str:
    """Return what happens next, as the citizen's receipt says it."""
    if card.callback_owed:
        return _("We ring the submitter by %(day)s.") % {"day": long_day(card.due_on)}
    return _("We look at it by %(day)s. Without name, address and daytime phone nobody is rung.") % {
        "day": long_day(card.due_on)
    }


def updates_answer(events: Iterable[CardEvent], house: Municipality) -> Answer:
    """Return news of cards for the system that sent them."""
    return Answer("service_request_updates", Listing("request_update", [_update(event, house) for event in events]))


def _update(event: CardEvent, house: Municipality) -> dict[str, Any]:
    card = event.card
    status = EXTENDED_STATUS[event.what]
    if event.to_value == CloseResult.DUPLICATE:
        status = "DUPLICATE"
    elif event.to_value in (CloseResult.NOTED, CloseResult.NOT_REACHED, CloseResult.WITHDRAWN):
        status = "NO_FURTHER_ACTION"
    return {
        "update_id": update_id(event),
        "service_request_id": card.reference,
        "status": status,
        "updated_datetime": event.at,
        "description": str(What(event.what).label),
        "media_url": None,
        "external_status_code": event.what,
        "customer_reference": card.reference,
        "fixmystreet_id": card.received_request.their_id,
    }


def update_id(event: CardEvent) -> str:
    """Return what one event is called: the same whenever it is told, and telling nothing of how many there are."""
    return f"{event.card.reference}-{salted_hmac('open311.update', str(event.pk)).hexdigest()[:12]}"


def discovery(house: Municipality, *, changeset: datetime, key_service: str) -> Answer:
    """Return what the door is: its addresses, whom to ask, and since when the services are as they are."""
    contact = ", ".join(part for part in (house.name, house.email, house.phone) if part)

    def endpoint(path: str, kind: str) -> dict[str, Any]:
        return {
            "specification": SPECIFICATION,
            "url": f"{settings.SITE_URL}{path}",
            "changeset": changeset,
            "type": kind,
            "formats": Listing("format", ["text/xml", "application/json"]),
        }

    endpoints = [endpoint("/open311/v2", "production"), endpoint("/open311/test/v2", "test")]
    return Answer(
        "discovery",
        {
            "changeset": changeset,
            "contact": contact,
            "key_service": key_service,
            "endpoints": Listing("endpoint", endpoints),
        },
    )
