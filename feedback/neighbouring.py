"""What goes over the net to neighbours and what comes back: asked outside any transaction, written down by the actions.

Nothing here raises for a neighbour that is away or answers nonsense: what came of it is on the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from feedback.actions import handing_over as handing
from feedback.actions.neighbours import OfferedThere, keep_services, note_fault
from feedback.actions.taking_requests import claim_picture, keep_picture, put_picture_off
from feedback.forms.files import LARGEST, FilesField
from feedback.georeport.asking import House, NotReached, SaidNo, Unsure, attributes_of, pairs_of
from feedback.georeport.moments import moment_of, written
from feedback.georeport.reading import is_true, text
from feedback.handover_queries import followed_neighbours
from feedback.models import Card, Handover, Neighbour, Submitter
from organisation.errors import Refused
from organisation.outgoing import REACHED_NOTHING, CannotReach, Limits, Line, checked, why_not
from organisation.scanning import ScannerAway

NO_ANSWER = (NotReached, SaidNo, Unsure)
MOST_SERVICES = 500
CLOSED = frozenset(
    {
        "closed", "fixed", "fixed - council", "resolved", "archived", "duplicate", "cancelled",
        "no further action", "not councils responsibility", "not the councils responsibility",
    }
)  # fmt: skip
"""Their words for being done with it, in small letters with blanks."""
NEWS_OF = timedelta(hours=24)
THEIR_NUMBER_OF_OURS = "fixmystreet_id"
PICTURE_LIMITS = Limits(connect=5, read=15, total=30, most_bytes=LARGEST)


def house_of(neighbour: Neighbour) -> House:
    """Return how a neighbour is asked. We name ourselves."""
    return House(
        address=neighbour.address,
        agent=f"Innspill (+{settings.SITE_URL})",
        jurisdiction=neighbour.jurisdiction,
        key=neighbour.key,
        form=neighbour.format,
        allow_private=settings.FETCH_FROM_PRIVATE_ADDRESSES,
    )


class Passing:
    """A moment that goes on from `now` while a pass lasts: what a slow neighbour takes must not look like a dead worker."""

    LONGEST = 240
    """Seconds; the next pass goes on."""

    def __init__(self, now: datetime) -> None:
        self._from, self._began = now, monotonic()

    @property
    def now(self) -> datetime:
        return self._from + timedelta(seconds=monotonic() - self._began)

    @property
    def is_over(self) -> bool:
        return monotonic() - self._began > self.LONGEST


# --- What they offer ------------------------------------------------------------------------------------------------


def ask_neighbour(neighbour: Neighbour, *, now: datetime, most_definitions: int = MOST_SERVICES) -> int:
    """Fetch a neighbour's services and their questions, and write them down. Returns how many there are.

    Raises NotReached, SaidNo or Unsure with the sentence that was written down too.
    """
    house = house_of(neighbour)
    try:
        offered = []
        for row in house.rows("services", "service")[:MOST_SERVICES]:
            code = text(row, "service_code")
            if not code:
                continue
            attributes: list[dict[str, Any]] | None = None if is_true(row, "metadata") else []
            if attributes is None and most_definitions > 0:
                most_definitions -= 1
                attributes = attributes_of(house.fields(f"services/{code}"))
            offered.append(
                OfferedThere(
                    code=code[:200],
                    name=(text(row, "service_name") or code)[:200],
                    group=text(row, "group")[:200],
                    description=text(row, "description"),
                    attributes=attributes,
                )
            )
        if not offered:
            raise Unsure(why=_("The list of services is empty."))
    except NO_ANSWER as refusal:
        note_fault(neighbour, str(refusal), now=now)
        raise
    return keep_services(neighbour, offered, now=now)


# --- Sending --------------------------------------------------------------------------------------------------------


def send_waiting(*, now: datetime, most: int = 100) -> int:
    """Send what is due to be sent. Returns how many were tried."""
    clock = Passing(now)
    for tried in range(most):
        handover = None if clock.is_over else handing.claim_to_send(now=clock.now)
        if handover is None:
            return tried
        _send(handover, now=clock.now)
    return most


def _send(handover: Handover, *, now: datetime) -> None:
    try:
        row = house_of(handover.neighbour).send("requests", form_of(handover), "request", once=str(handover.key))
    except NotReached as refusal:
        handing.note_not_reached(handover, str(refusal), now=now)
    except SaidNo as refusal:
        handing.note_refused(handover, str(refusal), now=now)
    except Unsure as refusal:
        handing.note_unsure(handover, str(refusal), now=now)
    else:
        handing.note_arrived(
            handover,
            their_id=text(row, "service_request_id"),
            token=text(row, "token"),
            notice=text(row, "service_notice"),
            now=now,
        )


def form_of(handover: Handover) -> list[tuple[str, str]]:
    """Return what goes to the neighbour, as pairs of a form: of the submitter only what was chosen."""
    card = Card.objects.select_related("submitter").get(pk=handover.card_id)
    pairs = [("service_code", handover.service_code), ("description", handover.text)]
    if handover.with_place:
        if card.latitude is not None and card.longitude is not None:
            pairs += [("lat", str(card.latitude)), ("long", str(card.longitude))]
        if card.place:
            pairs.append(("address_string", card.place))
    submitter: Submitter | None = getattr(card, "submitter", None)
    if submitter is not None:
        pairs += _person(handover, submitter)
    service = handover.neighbour.services.filter(code=handover.service_code).first()
    asked = {question["code"] for question in service.attributes} if service else set()
    answers = dict(handover.answers)
    if THEIR_NUMBER_OF_OURS in asked:
        answers[THEIR_NUMBER_OF_OURS] = card.reference
    return pairs + pairs_of(answers)


def _person(handover: Handover, submitter: Submitter) -> list[tuple[str, str]]:
    pairs = []
    if "name" in handover.fields and submitter.name:
        first, _blank, last = submitter.name.rpartition(" ")
        pairs += [("first_name", first), ("last_name", last)]
    pairs += [(name, getattr(submitter, name)) for name in ("email", "phone") if name in handover.fields]
    return [pair for pair in pairs if pair[1]]


# --- Following ------------------------------------------------------------------------------------------------------


def follow(*, now: datetime, most: int = 200) -> int:
    """Ask neighbours about what is due to be looked at. Returns how many were looked at."""
    clock, looked = Passing(now), 0
    while looked < most and not clock.is_over and (handover := handing.claim_to_look(now=clock.now)) is not None:
        looked += 1
        try:
            if handover.state == Handover.State.TOKEN:
                _look_for_number(handover, now=clock.now)
            else:
                _look(handover, now=clock.now)
        except NO_ANSWER as refusal:
            handing.note_not_looked(handover, str(refusal), now=clock.now)
    return looked


def take_news(*, now: datetime) -> int:
    """Ask the neighbours that tell their updates what is new of ours. Returns how much was new."""
    clock = Passing(now)
    return sum(_take_news(neighbour, now=clock.now) for neighbour in followed_neighbours() if not clock.is_over)


def _look_for_number(handover: Handover, *, now: datetime) -> None:
    found = house_of(handover.neighbour).rows(f"tokens/{handover.token}", "request")
    number = text(found[0], "service_request_id") if found else ""
    if number:
        handing.note_number_came(handover, their_id=number, now=now)


def _look(handover: Handover, *, now: datetime) -> None:
    found = house_of(handover.neighbour).rows(f"requests/{handover.their_id}", "request", with_key=True)
    same = [row for row in found if text(row, "service_request_id") in ("", handover.their_id)]
    if not same:
        raise Unsure(why=_("The neighbour does not tell of this number."))
    row = same[0]
    handing.note_looked(
        handover,
        is_closed=_means_closed(text(row, "status")),
        notes=text(row, "status_notes"),
        updated_at=_moment(text(row, "updated_datetime")),
        now=now,
    )


def _take_news(neighbour: Neighbour, *, now: datetime) -> int:
    window = {"start_date": written(now - NEWS_OF) or "", "end_date": written(now) or ""}
    try:
        found = house_of(neighbour).rows("servicerequestupdates", "request_update", with_key=True, **window)
    except NO_ANSWER as refusal:
        note_fault(neighbour, str(refusal), now=now)
        return 0
    return handing.note_news(neighbour.pk, [one for row in found if (one := _news(row, now))], now=now)


def _news(row: Mapping[str, Any], now: datetime) -> handing.News | None:
    number, update_id = text(row, "service_request_id"), text(row, "update_id")
    if not number or not update_id:
        return None
    status = text(row, "status")
    at = _moment(text(row, "updated_datetime")) or now
    return handing.News(number, update_id, status, at, text(row, "description"), _means_closed(status))


def _means_closed(status: str) -> bool:
    return status.lower().replace("_", " ") in CLOSED


def _moment(said: str) -> datetime | None:
    try:
        return moment_of(said) if said else None
    except ValueError:
        return None


# --- Pictures by address --------------------------------------------------------------------------------------------


def fetch_pictures(*, now: datetime, most: int = 50) -> int:
    """Fetch pictures that came as addresses, onto their cards. Returns how many were tried."""
    clock = Passing(now)
    for tried in range(most):
        now = clock.now
        picture = None if clock.is_over else claim_picture(now=now)
        if picture is None:
            return tried
        try:
            content = _fetch(picture.address)
            name = PurePosixPath(urlsplit(picture.address).path).name[-100:] or "picture"
            [upload] = FilesField().clean([SimpleUploadedFile(name, content)])
        except ValidationError as error:
            away = any(one.code == ScannerAway.code for one in error.error_list)
            put_picture_off(picture, fault=" ".join(error.messages), for_good=not away, now=now)
        except Refused as refusal:
            reason = getattr(refusal, "reason", "")
            for_good = reason in ("private", "address", "too_large", "gone")
            put_picture_off(picture, fault=str(refusal), for_good=for_good, now=now)
        else:
            keep_picture(picture, upload, now=now)
    return most


def _fetch(address: str) -> bytes:
    """Return what lies at an address, by the guard of all outgoing requests. Raises CannotReach."""
    parts = checked(address, allow_plain=settings.FETCH_FROM_PRIVATE_ADDRESSES)
    line = Line(parts, allow_private=settings.FETCH_FROM_PRIVATE_ADDRESSES, limits=PICTURE_LIMITS)
    try:
        answer = line.ask("GET", {"User-Agent": f"Innspill (+{settings.SITE_URL})", "Accept": "image/*"})
    except REACHED_NOTHING as error:
        raise why_not(error, parts) from None
    finally:
        line.close()
    if answer.status != 200:
        why = _("%(host)s answered with the error %(status)s.") % {"host": parts.hostname, "status": answer.status}
        raise CannotReach(why, "gone" if 400 <= answer.status < 500 else "")
    return answer.content
