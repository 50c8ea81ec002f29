"""Which mails tell of what: each function returns mails for the outbox, and queues nothing itself.

What a mail holds is kept to what its reader needs: never the submitter's contact details, which are on the card's page.
Of a sensitive card it says that there is one, and goes to who may open it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from feedback.answer_links import answer_url
from feedback.models import (
    Addition,
    Callback,
    Card,
    CardEvent,
    Escalation,
    FollowUp,
    OverdueEntry,
    OverdueList,
    OwnReaction,
    PreliminaryAnswer,
    Referral,
    ReopeningRequest,
    Submitter,
)
from organisation import dates
from organisation.calendar import IsoWeek
from organisation.models import Municipality, OutgoingMail, Person, Unit
from organisation.outbox.queueing import Mail
from organisation.queries import Recipient, is_away, list_recipient

SHOWN = 50
"""Entries that an overdue list's mail shows, the longest overdue first; the whole list is the PDF that comes with it. So
many an escalation's mail shows of all units together."""


def _card_url(card: Card) -> str:
    if card.sensitive:
        return f"{settings.SITE_URL}/staff/sensitive/"  # which shows each reader what that reader may open
    return f"{settings.SITE_URL}/staff/cards/{card.reference}/"


def _reply_to(card: Card) -> str:
    """Where the submitter's answer to a mail about a card goes: to the mailbox that is read, with the reference in it."""
    local, _at, domain = settings.MAIL_ADDRESS.partition("@")
    if not domain or not settings.MAIL_PLUS_ADDRESSES:
        return settings.MAIL_ADDRESS
    return f"{local}+{card.reference}@{domain}"


def status_url(card: Card) -> str:
    return _own_page(card.secret)


def _own_page(secret: str) -> str:
    return f"{settings.SITE_URL}/card/{secret}/"


def _to_unit(unit: Unit, house: Municipality, on: date, *, sensitive: bool = False) -> Recipient | None:
    """A card goes to the unit's own address; where it has none, and of a sensitive one, to whoever stands for the unit
    that day."""
    if unit.email and not sensitive:
        return Recipient(None, unit.email, house.language)
    return list_recipient(unit, on=on, language=house.language)


def _about(card: Card, house: Municipality) -> dict[str, object]:
    return {"card": card, "card_url": _card_url(card), "municipality": house}


class _Unit(NamedTuple):
    name: str
    kind: str


class _Card(NamedTuple):
    reference: str
    unit: _Unit
    callback_owed: bool
    due_on: date | None


class _Submitter(NamedTuple):
    phone: bool
    other_way: str


class _House(NamedTuple):
    name: str
    address: str
    phone: str
    email: str
    minimum_attempts: int
    callback_rule: str


_REFERENCE, _SECRET = secrets.token_hex(8), secrets.token_hex(8)


def receipt(card: Card, submitter: Submitter, house: Municipality) -> Mail:
    """Tell the submitter the number, the unit, and by when somebody rings where that is owed.

    Its templates see no more than stands here: most of a day's receipts differ in nothing but number and link.
    """
    owed = card.callback_owed
    context = {
        "card": _Card(_REFERENCE, _Unit(card.unit.name, card.unit.kind), owed, card.due_on if owed else None),
        "status_url": _own_page(_SECRET),
        "municipality": _House(*(getattr(house, name) for name in _House._fields)),
        "submitter": _Submitter(bool(submitter.phone), submitter.other_way) if owed else None,
    }
    return Mail(
        kind="receipt",
        dedupe_key=f"receipt:{card.reference}",
        to=submitter.email,
        language=card.language,
        context=context,
        own={_REFERENCE: card.reference, _SECRET: card.secret},
        reply_to=_reply_to(card),
    )


def card_forwarded(card: Card, unit: Unit, *, house: Municipality, on: date, times: int = 1) -> list[Mail]:
    """Tell the unit of a card that is now its. `times` counts how often it was sent, so that each sending has its mail."""
    to = _to_unit(unit, house, on, sensitive=card.sensitive)
    if to is None:
        return []
    key = f"card_forwarded:{card.reference}:{times}"
    return [Mail("card_forwarded", key, to.email, to.language, _about(card, house) | {"unit": unit})]


def card_returned(
    card: Card, centre: Unit, from_unit: Unit, reason: str, *, house: Municipality, event: int
) -> list[Mail]:
    """Tell the service centre that a unit sent a card back as misrouted."""
    if not centre.email:
        return []
    context = _about(card, house) | {"from_unit": from_unit, "reason": "" if card.sensitive else reason}
    return [Mail("card_returned", f"card_returned:{card.reference}:{event}", centre.email, house.language, context)]


def card_delegated(card: Card, handler: Person, *, house: Municipality, event: int) -> Mail:
    """Tell a case handler of a card that is now theirs."""
    key = f"card_delegated:{card.reference}:{event}"
    return Mail("card_delegated", key, handler.email, handler.language, _about(card, house) | {"handler": handler})


def card_reference_of(sent: OutgoingMail) -> str:
    """Return the reference of the card that a mail of ours told of, by its key; empty where it told of none."""
    if sent.kind not in _OF_CARDS:
        return ""
    return sent.dedupe_key.split(":")[1]


_OF_CARDS = frozenset(
    {
        "receipt", "card_forwarded", "card_returned", "card_delegated", "card_taken_back", "preliminary_answer",
        "report_back", "referred", "card_reopened", "submitter_added", "card_withdrawn",
        "negative_reaction", "reopening_asked", "reopening_answered", "mail_filed",
    }
)  # fmt: skip


def overdue_list_of(sent: OutgoingMail) -> dict[str, object] | None:
    """Return what finds the overdue list that a mail of ours was, None for other mails."""
    if sent.kind != "overdue_list":
        return None
    week = IsoWeek.parse(sent.dedupe_key.split(":")[1])
    return {"iso_year": week.year, "iso_week": week.week, "unit__code": sent.dedupe_key.split(":")[2]}


def key_of_first_sending(card: Card) -> str:
    """Return the key under which the mail of a card's registration was queued."""
    return f"card_forwarded:{card.reference}:1"


def key_of_step(card: Card, event: CardEvent) -> str:
    """Return the key under which the mail of a forwarding, a move or a delegation was queued; empty for other events."""
    kinds = {
        CardEvent.What.FORWARDED: "card_forwarded",
        CardEvent.What.REROUTED: "card_forwarded",
        CardEvent.What.DELEGATED: "card_delegated",
    }
    kind = kinds.get(CardEvent.What(event.what))
    return f"{kind}:{card.reference}:{event.pk}" if kind else ""


def card_taken_back(card: Card, *, to: str, language: str, house: Municipality, event: int) -> Mail:
    """Tell whoever was mailed a card by mistake that it is not theirs. Says no more of it than its number."""
    context = {"reference": card.reference, "cards_url": f"{settings.SITE_URL}/staff/", "municipality": house}
    return Mail("card_taken_back", f"card_taken_back:{card.reference}:{event}", to, language, context)


def preliminary_answer(card: Card, answer: PreliminaryAnswer, submitter: Submitter, house: Municipality) -> Mail:
    """Tell the submitter that it takes longer, and why."""
    return Mail(
        kind="preliminary_answer",
        dedupe_key=f"preliminary_answer:{card.reference}:{answer.pk}",
        to=submitter.email,
        language=card.language,
        context={"card": card, "answer": answer, "status_url": status_url(card), "municipality": house},
        reply_to=_reply_to(card),
    )


def report_back(
    card: Card,
    centre: Unit,
    *,
    house: Municipality,
    callback: Callback | None = None,
    follow_up: FollowUp | None = None,
) -> list[Mail]:
    """Tell the forwarder, the service centre, what came of it: date of contact, measures, reaction (rule 7). Of a sensitive
    card nobody there is told."""
    if not centre.email or card.sensitive:
        return []
    context = _about(card, house) | {"callback": callback, "follow_up": follow_up, "unit": card.unit}
    return [Mail("report_back", f"report_back:{card.reference}:{card.cycle}", centre.email, house.language, context)]


def referred(card: Card, referral: Referral, submitter: Submitter, house: Municipality) -> Mail:
    """Tell the submitter, who has an e-mail address, where the matter belongs."""
    return Mail(
        kind="referred",
        dedupe_key=f"referred:{card.reference}:{card.cycle}",
        to=submitter.email,
        language=card.language,
        context={"card": card, "referral": referral, "status_url": status_url(card), "municipality": house},
        reply_to=_reply_to(card),
    )


def card_reopened(card: Card, unit: Unit, reason: str, *, house: Municipality, on: date) -> list[Mail]:
    """Tell the unit that one of its cards is open again, why, and with which deadline."""
    to = _to_unit(unit, house, on, sensitive=card.sensitive)
    if to is None:
        return []
    key = f"card_reopened:{card.reference}:{card.cycle}"
    context = _about(card, house) | {"unit": unit, "reason": "" if card.sensitive else reason}
    return [Mail("card_reopened", key, to.email, to.language, context)]


def neighbour_told(
    card: Card, unit: Unit, *, system: str, what: str, key: str, house: Municipality, on: date
) -> list[Mail]:
    """Tell who works with a card what a neighbour did: `what` is told, closed or failed. The words stay on the page."""
    to = _to_who_works_with(card, unit, house, on)
    if to is None:
        return []
    context = _about(card, house) | {"unit": unit, "system": system, "what": what}
    return [Mail("neighbour_told", f"neighbour_told:{card.reference}:{key}", to.email, to.language, context)]


# --- From the submitter's own page ----------------------------------------------------------------------------------


def _to_who_works_with(card: Card, unit: Unit, house: Municipality, on: date) -> Recipient | None:
    """To the case handler if the card has one who is there that day, else to the unit."""
    handler = card.handler
    if handler is not None and handler.is_active and not is_away(handler, on):
        return Recipient(handler, handler.email, handler.language)
    return _to_unit(unit, house, on, sensitive=card.sensitive)


def submitter_added(
    card: Card, addition: Addition, unit: Unit, *, files: int, house: Municipality, on: date
) -> list[Mail]:
    """Tell who works with a card that the submitter added something. What it says stays on the card's page."""
    to = _to_who_works_with(card, unit, house, on)
    if to is None:
        return []
    context = {"card": card, "card_url": _card_url(card), "municipality": house, "files": files, "unit": unit}
    context["has_text"] = bool(addition.text)
    return [Mail("submitter_added", f"submitter_added:{card.reference}:{addition.pk}", to.email, to.language, context)]


def card_withdrawn(card: Card, unit: Unit, *, house: Municipality, on: date) -> list[Mail]:
    """Tell who worked with a card that its submitter withdrew it: nothing more is to be done."""
    to = _to_who_works_with(card, unit, house, on)
    if to is None:
        return []
    context = {"card": card, "card_url": _card_url(card), "municipality": house, "unit": unit}
    return [Mail("card_withdrawn", f"card_withdrawn:{card.reference}:{card.cycle}", to.email, to.language, context)]


def mail_filed(card: Card, unit: Unit, *, event: int, house: Municipality, on: date) -> list[Mail]:
    """Tell who works with a card that the service centre filed an e-mail on it. What it says stays on the card's page."""
    to = _to_who_works_with(card, unit, house, on)
    if to is None:
        return []
    context = {"card": card, "card_url": _card_url(card), "municipality": house, "unit": unit}
    return [Mail("mail_filed", f"mail_filed:{card.reference}:{event}", to.email, to.language, context)]


def negative_reaction(card: Card, own: OwnReaction, unit: Unit, *, house: Municipality, on: date) -> list[Mail]:
    """Tell the unit, and the case handler, that the submitter took the answer badly, why, and what they would rather have.

    One mail for the number, and one for the words where those come later: whoever changes them again sends no more.
    """
    readers = [_to_unit(unit, house, on, sensitive=card.sensitive), _to_who_works_with(card, unit, house, on)]
    said = "words" if own.reason or own.alternative else "number"
    context = {
        "card": card, "card_url": _card_url(card), "municipality": house, "unit": unit, "own": own,
        "callback": card.callbacks.filter(cycle=own.cycle).first(),
    }  # fmt: skip
    return [
        Mail(
            "negative_reaction",
            f"negative_reaction:{card.reference}:{own.cycle}:{said}:{email}",
            email,
            language,
            context,
        )
        for email, language in {to.email: to.language for to in readers if to is not None}.items()
    ]


def reopening_asked(card: Card, asked: ReopeningRequest, centre: Unit, *, house: Municipality) -> list[Mail]:
    """Tell the service centre that a submitter asks to have a card opened again; of a sensitive card, who may open it."""
    to = Recipient(None, centre.email, house.language) if centre.email else None
    if card.sensitive:
        to = _to_unit(card.unit, house, asked.recorded_at.astimezone(house.zone).date(), sensitive=True)
    if to is None:
        return []
    context = {"card": card, "card_url": _card_url(card), "municipality": house}
    key = f"reopening_asked:{card.reference}:{asked.pk}"
    return [Mail("reopening_asked", key, to.email, to.language, context)]


def reopening_answered(card: Card, asked: ReopeningRequest, *, house: Municipality) -> list[Mail]:
    """Tell the submitter, where there is an e-mail address, whether the matter is open again, or why not."""
    submitter = getattr(card, "submitter", None)
    if submitter is None or not submitter.email:
        return []
    context = {
        "card": card, "asked": asked, "submitter": submitter, "status_url": status_url(card), "municipality": house,
    }  # fmt: skip
    key = f"reopening_answered:{card.reference}:{asked.pk}"
    return [Mail("reopening_answered", key, submitter.email, card.language, context, reply_to=_reply_to(card))]


def reminder(person: Recipient, cards: Sequence[Card], *, house: Municipality, today: date) -> Mail:
    """Remind one person of all cards due in a few days: one mail a day, whatever their number.

    The first card is in the key: a second run of the day has other cards, and a mail of its own."""
    return Mail(
        kind="reminder",
        dedupe_key=f"reminder:{today}:{cards[0].pk}:{person.email}",
        to=person.email,
        language=person.language,
        context={
            "rows": [{"card": card, "url": _card_url(card)} for card in cards],
            "due_on": today + timedelta(days=house.remind_days_before),
            "municipality": house,
        },
    )


def overdue_list_key(listed: OverdueList, *, times: int = 1) -> str:
    """Return the event that a list's mail tells of. `times` counts how often the list was sent."""
    again = f":{times}" if times > 1 else ""
    return f"overdue_list:{listed.week}:{listed.unit.code}{again}"


def escalation_key(made: Escalation, to: Person | None) -> str:
    """Return the event that an escalation's mail to `to` tells of; None is the service centre."""
    return f"escalation:{made.week}:{to.pk if to else 'service centre'}"


def _listed(entry: OverdueEntry, language: str) -> dict[str, object]:
    """Return what a row of a list's mail shows. In words here: twenty thousand rows are drawn in one run, two times each."""
    card, days, times = entry.card, entry.days_over, entry.times
    with translation.override(language):
        row = {
            "headline": card.headline,
            "due": dates.short_day(entry.due_on, language),
            "days": ngettext("%(days)s day over", "%(days)s days over", days) % {"days": days},
            "times": ngettext("on the list %(times)s time", "on the list %(times)s times", times) % {"times": times},
        }
    return row | {
        "days_over": days,
        "times_listed": times,
        "reference": "" if card.sensitive else card.reference,
        "language": "" if card.sensitive else card.language,
        "handler": card.handler.name if card.handler and not card.sensitive else "",
        "url": _card_url(card),
    }


def overdue_list(
    listed: OverdueList,
    entries: Sequence[OverdueEntry],
    to: Recipient,
    house: Municipality,
    *,
    cards: int,
    repeats: int,
    now: datetime,
    times: int = 1,
) -> Mail:
    """Send a unit's list to its leader, with the rest of the week to put things right. The PDF is made when it is sent.

    Of the list's so many cards, so many of them repeats, the mail shows `entries`, its first SHOWN at most. Each entry has
    the leader's own link to say why it is late (`feedback.answer_links`); a unit's address has none, as nobody is behind it
    by name. `times` counts how often the list was sent, so that each sending has its mail."""
    return Mail(
        kind="overdue_list",
        dedupe_key=overdue_list_key(listed, times=times),
        to=to.email,
        language=to.language,
        context={
            "list": listed,
            "rows": [
                _listed(entry, to.language)
                | {"answer_url": answer_url(entry, to.person, now) if to.person and not entry.card.sensitive else ""}
                for entry in entries
            ],
            "links": bool(to.person) and any(not entry.card.sensitive for entry in entries),
            "cards": cards,
            "more": cards - len(entries),
            "repeats": repeats,
            "list_url": f"{settings.SITE_URL}/staff/overdue/{listed.week}/{listed.unit.code}/",
            "municipality": house,
        },
        attachment={"maker": "overdue_list", "list_id": listed.pk},
    )


class Repeats(NamedTuple):
    """One unit's cards that are on the list again: those that are shown, the longest overdue, and how many there are."""

    unit: Unit
    entries: Sequence[OverdueEntry]
    cards: int


def shown_of_each(cards: int, units: int) -> int:
    """Return how many of each unit's cards an escalation's mail shows: all while they are few, else an equal share."""
    return cards if cards <= SHOWN else max(1, SHOWN // units)


def escalation(made: Escalation, units: Sequence[Repeats], to: Iterable[Recipient], house: Municipality) -> list[Mail]:
    """Tell the chief executive, once a week, how many cards are on the list again by unit, and the longest overdue."""
    return [
        Mail(
            kind="escalation",
            dedupe_key=escalation_key(made, one.person),
            to=one.email,
            language=one.language,
            context={
                "escalation": made,
                "units": [
                    {
                        "unit": of.unit,
                        "cards": of.cards,
                        "rows": [_listed(entry, one.language) for entry in of.entries],
                        "more": of.cards - len(of.entries),
                    }
                    for of in units
                ],
                "url": f"{settings.SITE_URL}/staff/escalations/{made.week}/",
                "municipality": house,
            },
        )
        for one in to
    ]
