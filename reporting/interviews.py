"""Reads on interviews: who may be drawn, and a draw's list with names and numbers while they may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from feedback.models import Callback, Card, InterviewConsent, Submitter
from reporting.models import InterviewDraw, Interviewee


def draws() -> QuerySet[InterviewDraw]:
    """Return the draws, the newest first, each with who drew it and `interviewed`."""
    done = Count("interviewees", filter=Q(interviewees__status=Interviewee.Status.INTERVIEWED))
    return InterviewDraw.objects.select_related("drawn_by").annotate(interviewed=done).order_by("-drawn_at", "-id")


def willing(first: date, last: date, zone: ZoneInfo) -> dict[str, int]:
    """Return who may be drawn: the id of each person's card by its reference.

    Those who said yes, have a phone number, were answered from `first` to `last` (local days, both included) and were not
    drawn before. Somebody with several messages, by the number, stands there once, with the one answered last.
    """
    begins, ends = (datetime.combine(day, time(0), zone) for day in (first, last + timedelta(days=1)))
    answered = (
        Callback.objects.filter(
            held_at__gte=begins,
            held_at__lt=ends,
            cycle=F("card__cycle"),
            card__interviewconsents__agreed=True,
            card__sensitive=False,
        )
        .exclude(card__submitter__phone="")
        .order_by("-held_at", "-id")
    )
    rows = answered.values_list("card_id", "card__reference", "card__submitter__phone", "card__submitter__phone_key")
    before = Submitter.objects.filter(card__reference__in=Interviewee.objects.values("reference"))
    seen = {key or phone for phone, key in before.values_list("phone", "phone_key")}
    found: dict[str, int] = {}
    for card, reference, phone, key in rows:
        if phone and (key or phone) not in seen:
            seen.add(key or phone)
            found[reference] = card
    return found


def said_yes() -> int:
    """Return how many cards have a yes that stands."""
    return InterviewConsent.objects.filter(agreed=True).count()


@dataclass(frozen=True)
class Row:
    """One who was drawn, as the interviewer sees it. Name and number are empty where they may not be shown; `why` is then
    `withdrawn` or `over`."""

    interviewee: Interviewee
    name: str = ""
    phone: str = ""
    language: str = ""
    answered_on: date | None = None
    why: str = ""

    @property
    def status(self) -> str:
        return str(Interviewee.Status(self.interviewee.status).label)


def list_of(draw: InterviewDraw, today: date, zone: ZoneInfo) -> list[Row]:
    """Return the draw's list in the order of the lots, as of the local day `today` (three queries)."""
    people = list(Interviewee.objects.filter(draw=draw).order_by("position"))
    cards = {
        card.pk: card
        for card in Card.objects.filter(pk__in=[one.card_id for one in people if one.card_id])
        .select_related("submitter")
        .prefetch_related("callbacks", "interviewconsents")
    }
    return [_row(one, cards.get(one.card_id or 0), zone, over=today > draw.contact_until) for one in people]


def _row(one: Interviewee, card: Card | None, zone: ZoneInfo, *, over: bool) -> Row:
    submitter = getattr(card, "submitter", None)
    if over or card is None or submitter is None or card.sensitive:
        return Row(one, why="over")
    if not any(consent.agreed for consent in card.interviewconsents.all()):
        return Row(one, why="withdrawn")
    held = [callback.held_at for callback in card.callbacks.all() if callback.cycle == card.cycle]
    return Row(one, submitter.name, submitter.phone, card.language, max(held).astimezone(zone).date() if held else None)


def counts(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """Return how many stand where, in the order of the statuses."""
    rows = list(rows)
    return [(str(status.label), sum(row.interviewee.status == status for row in rows)) for status in Interviewee.Status]


def due_to_put_away(today: date) -> QuerySet[Interviewee]:
    """Return those of draws whose last day is over and who still lead to a message."""
    return Interviewee.objects.filter(draw__contact_until__lt=today, card__isnull=False)
