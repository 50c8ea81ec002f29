"""The addresses of GeoReport v2. Each reads what is asked, calls one query or action, and answers.

`trial` is the endpoint for trying: it checks all that the other does, and keeps nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from feedback.actions.base import TextMissing
from feedback.actions.intake import checked
from feedback.actions.taking_requests import NoSuchRequest, receive_request, receive_update
from feedback.georeport.moments import LONGEST_WINDOW, window
from feedback.georeport.writing import Answer, Listing
from feedback.models import Card
from feedback.open311 import telling
from feedback.open311.answering import UNKNOWN, Fault, Told, door
from feedback.open311.asking import (
    caller,
    caller_with_key,
    check_jurisdiction,
    given,
    listed,
    moment_given,
    number_given,
)
from feedback.open311.taking import LONGEST_NUMBER, sent_request
from feedback.reference import parse_reference
from feedback.request_queries import (
    SECOND,
    own_card,
    requests_for,
    service_of,
    services,
    services_changed_at,
    stories_by_id,
    told_events,
    updates_for,
)
from organisation.models import Municipality

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""The services' changeset until somebody changes one of them."""
MOST = 1000
"""Requests on a page, and what a list gives where nothing else is asked for."""
FURTHEST_PAGE = 1_000_000

STATUSES = ("open", "closed")
UPDATE_STATUSES = frozenset(
    {
        "OPEN", "FIXED", "CLOSED", "IN_PROGRESS", "ACTION_SCHEDULED", "INVESTIGATING", "DUPLICATE",
        "NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "INTERNAL_REFERRAL", "FOR_TRIAGE", "CANCELLED", "REOPEN",
    }
)  # fmt: skip


def _house(request: HttpRequest) -> Municipality:
    """Return the municipality, once it is sure that it is the one that is meant. Raises Fault (404)."""
    house: Municipality = request.municipality  # type: ignore[attr-defined]
    check_jurisdiction(request, house)
    return house


def _language(request: HttpRequest) -> str:
    """Return the language of names: by `locale` if we have it, else by the caller's headers."""
    asked = given(request, "locale").split("-")[0].split("_")[0].lower()
    asked = "nb" if asked == "no" else asked
    return asked if asked in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE


def _discovery(request: HttpRequest, trial: bool) -> Told:
    changeset = services_changed_at() or SINCE
    key_service = _("Ask the municipality for a key. The administrator makes it under Administration – Keys.")
    return Told(telling.discovery(_house(request), changeset=changeset, key_service=key_service))


def _services(request: HttpRequest, trial: bool) -> Told:
    _house(request)
    language = _language(request)
    rows = [telling.service_row(service, language) for service in services()]
    groups = {name.lower() for name in listed(request, "group")}
    if groups:
        rows = [row for row in rows if row["group"].lower() in groups]
    return Told(Answer("services", Listing("service", rows)))


def _definition(request: HttpRequest, trial: bool, code: str) -> Told:
    _house(request)
    service = service_of(code)
    if service is None:
        raise Fault(404, _("There is no service «%(code)s».") % {"code": code[:100]})
    return Told(telling.definition(service))


def _list(request: HttpRequest, trial: bool) -> Told:
    house, now = _house(request), timezone.now()
    key = caller(request)
    cards = _asked_for(request, requests_for(key).none() if trial else requests_for(key), now, has_key=key is not None)
    page = number_given(request, "page", usual=1, most=FURTHEST_PAGE)
    size = number_given(request, "page_size", "per_page", "limit", "max_requests", usual=MOST, most=MOST)
    total = cards.count()
    found = list(cards[(page - 1) * size : page * size])
    headers = _paging(request, page, size, total)
    return Told(telling.requests_answer(_rows(request, found, house)), headers)


def _asked_for(request: HttpRequest, cards: QuerySet[Card], now: datetime, *, has_key: bool) -> QuerySet[Card]:
    """Return the cards that the parameters ask for. Raises Fault (400)."""
    if ids := listed(request, "service_request_id"):
        return cards.filter(reference__in=[found for one in ids[:MOST] if (found := parse_reference(one))])
    if codes := listed(request, "service_code"):
        cards = cards.filter(category__code__in=codes[:MOST])
    if statuses := [word.lower() for word in listed(request, "status")]:
        if set(statuses) - set(STATUSES):
            raise Fault(400, _("status is open, closed, or both with a comma between."))
        if len(set(statuses)) == 1:
            closed = statuses[0] == "closed"
            cards = cards.filter(state__in=telling.ANSWERED) if closed else cards.exclude(state__in=telling.ANSWERED)
    names = ("start_date", "end_date", "updated_after", "updated_before")
    start, end, after, before = (moment_given(request, name) for name in names)
    try:
        if after is not None:
            cards = cards.filter(("updated__gte", after))
        if before is not None:
            cards = cards.filter(("updated__lt", before + SECOND))
        if start is None and end is None and (after is not None or before is not None):
            return cards  # a feed of changes asks by those alone
        first, last = window(start, end, now=now)
        if start and end and last - first > LONGEST_WINDOW and settings.OPEN311_REFUSE_LONG_WINDOWS and not has_key:
            raise Fault(400, _("start_date and end_date may lie 90 days apart at most."))
        return cards.filter(registered_at__gte=first, registered_at__lt=last + SECOND)
    except OverflowError:
        raise Fault(400, _("That moment lies outside the calendar.")) from None


def _rows(request: HttpRequest, cards: list[Card], house: Municipality) -> list[dict[str, object]]:
    """Return the rows of a page: a query for the stories, and one for the courses where they are asked for."""
    language = _language(request)
    stories = stories_by_id({card.story_id for card in cards if card.story_id})  # type: ignore[attr-defined]
    rows = [telling.request_row(card, stories.get(card.story_id), house, language) for card in cards]  # type: ignore[attr-defined]
    if given(request, "extensions").lower() not in ("", "false"):
        courses = told_events([card.pk for card in cards])
        for row, card in zip(rows, cards, strict=True):
            row["extended_attributes"] = telling.extended(card, courses[card.pk])
    return rows


def _paging(request: HttpRequest, page: int, size: int, total: int) -> dict[str, str]:
    """Return the headers that tell of further pages. The key is in none of the addresses."""
    pages = max(1, ceil(total / size))

    def address(number: int) -> str:
        kept = [pair for pair in request.GET.lists() if pair[0] not in ("page", "api_key")]
        query = urlencode([*((name, value) for name, values in kept for value in values), ("page", number)])
        return f"{settings.SITE_URL}{request.path}?{query}"

    return {
        "X-Page-Count": str(pages),
        "X-Page-Size": str(size),
        "X-Result-Count": str(total),
        **({"X-Next-Page-URL": address(page + 1)} if page < pages else {}),
        **({"X-Previous-Page-URL": address(min(page - 1, pages))} if page > 1 else {}),
        "Access-Control-Expose-Headers": "X-Page-Count, X-Page-Size, X-Result-Count, X-Next-Page-URL, X-Previous-Page-URL",
    }


def _one(request: HttpRequest, trial: bool, number: str) -> Told:
    house = _house(request)
    reference = parse_reference(number)
    cards = requests_for(caller(request))
    found = list(cards.filter(reference=reference)) if reference and not trial else []
    if not found:
        raise Fault(404, _("There is no request «%(number)s».") % {"number": number[:100]})
    return Told(telling.requests_answer(_rows(request, found, house)))


def _create(request: HttpRequest, trial: bool) -> Told:
    key, now = caller_with_key(request), timezone.now()
    house = _house(request)
    code = given(request, "service_code")
    if not code:
        raise Fault(400, _("service_code is missing."))
    service = service_of(code)
    if service is None:
        raise Fault(404, _("There is no service «%(code)s».") % {"code": code[:100]})
    sent = sent_request(request, service, language=house.language)
    account = given(request, "account_id")[:200]
    if trial:
        checked(sent.intake)
        notice = _("Tried: all is well. Nothing was kept, and nobody will look at it.")
        row = {"service_request_id": f"test-{sent.digest[:12]}", "service_notice": notice}
    else:
        card = receive_request(sent, key=key, now=now)
        row = {"service_request_id": card.reference, "service_notice": telling.promise(card)}
    return Told(telling.requests_answer([row | {"account_id": account or None}]))


def _token(request: HttpRequest, trial: bool, token: str) -> Told:
    _house(request)
    raise Fault(404, _("There is no token «%(token)s». Our services give the number at once.") % {"token": token[:100]})


def _updates(request: HttpRequest, trial: bool) -> Told:
    house, now = _house(request), timezone.now()
    key = caller_with_key(request)
    start, end = moment_given(request, "start_date"), moment_given(request, "end_date")
    last = end or now
    try:
        first = start or last - timedelta(days=1)
        events = [] if trial else updates_for(key, first, last, limit=MOST)
    except OverflowError:
        raise Fault(400, _("That moment lies outside the calendar.")) from None
    return Told(telling.updates_answer(events, house))


def _take_update(request: HttpRequest, trial: bool) -> Told:
    key, now = caller_with_key(request), timezone.now()
    _house(request)
    needed = ("service_request_id", "update_id", "status", "updated_datetime", "description")
    said = {name: given(request, name) for name in needed}
    faults = [_("%(name)s is missing.") % {"name": name} for name, value in said.items() if not value]
    status = said["status"].upper().replace(" ", "_")
    if status and status not in UPDATE_STATUSES:
        faults.append(_("status is none of those that GeoReport's updates know."))
    if len(said["update_id"]) > LONGEST_NUMBER:
        faults.append(_("update_id is too long."))
    if len(said["description"]) > telling.LONGEST_DESCRIPTION:
        faults.append(_("The description is longer than %(most)s characters.") % {"most": telling.LONGEST_DESCRIPTION})
    try:
        moment = moment_given(request, "updated_datetime")
    except Fault as fault:
        faults += fault.sentences
    if faults:
        raise Fault(400, *faults)
    assert moment is not None  # noqa: S101 (it is one of those needed)
    reference = parse_reference(said["service_request_id"])
    card = own_card(key, reference) if reference else None
    if card is None:
        raise Fault(404, NoSuchRequest())
    if not trial:
        try:
            receive_update(
                card,
                key=key,
                update_id=said["update_id"],
                status=status,
                updated_at=moment,
                description=said["description"],
                now=now,
            )
        except TextMissing as refusal:
            raise Fault(400, refusal) from None
    row = {"update_id": said["update_id"]}
    return Told(Answer("service_request_updates", Listing("request_update", [row])))


def _nothing(request: HttpRequest, anything: str = "") -> Told:
    raise Fault(404, UNKNOWN)


discovery = door(get=_discovery)
service_list = door(get=_services)
service_definition = door(get=_definition)
requests = door(get=_list, post=_create)
one_request = door(get=_one)
token = door(get=_token)
updates = door(get=_updates, post=_take_update)
nothing = door(get=_nothing, post=_nothing, put=_nothing, patch=_nothing, delete=_nothing, options=_nothing)
