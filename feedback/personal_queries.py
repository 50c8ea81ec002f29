"""All that is kept about one person: where they are found, whatever the kind of row, and all of it for them to read.

Which rows are looked through is read off the models' own declarations. A look reads whole tables: it is made seldom, by
people with a right of their own, and must miss nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from feedback.models import Card, CardRetention, SignedCard, Submitter
from feedback.queries import phone_keys
from feedback.retention import must_be_kept
from organisation.erasing import Place, declared, personal_fields, text_fields

CARD = "feedback.card"
MOST = 200
"""Rows of one kind, and cards, that one look shows."""

_SENDERS = {"feedback.submitter", "feedback.incomingmail"}
"""Rows that say who sent the card; elsewhere somebody is only spoken of."""
_NOBODY = {"organisation.browsersession", "feedback.heldupload", "feedback.signedcard"}
"""Rows of which nothing can be read: they go with their day or their card."""
_DIGESTS = ("key", "signer", "subject", "there")
"""What nobody is found or known by: random words and keyed digests."""


@dataclass(frozen=True)
class Sought:
    """Whom a look is for. Each part that is given is looked for by itself."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


@dataclass
class Found:
    """One card, or one row that belongs to none. `key` is a card's reference or the row's id, `places` the kinds of rows in
    which the person was found, `own` whether they sent it, `kept` whether it must be kept as it is.

    `who` is who sent it, as they wrote themselves, and `received_on` the day, so that two of one name are told apart.
    `sure` says that all that was looked for is theirs: a name alone that is a part of another's is not.
    """

    label: str
    key: str
    title: str
    places: list[str] = field(default_factory=list)
    own: bool = False
    kept: bool = False
    is_open: bool = False
    is_blocked: bool = False
    who: str = ""
    received_on: date | None = None
    sure: bool = False

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.label}:{self.key}"


def find_person(sought: Sought) -> list[Found]:
    """Return where the person is found: cards first, the newest first, then rows of other kinds."""
    cards: dict[int, tuple[list[str], bool]] = {}
    others: list[Found] = []
    for place in declared():
        condition = _condition(place, sought)
        if condition is None or place.label in _NOBODY:
            continue
        rows = _searchable(place).filter(condition)
        if place.card and place.label not in ("surveys.comment", "feedback.story", "reporting.meetinginput"):
            found = list(rows.filter(**{f"{place.card}__isnull": False}).values_list(place.card, flat=True)[:MOST])
            for pk in found:
                places, own = cards.get(pk, ([], False))
                name = str(place.model._meta.verbose_name)
                cards[pk] = (places if name in places else [*places, name], own or place.label in _SENDERS)
            rows = rows.filter(**{f"{place.card}__isnull": True})
        theirs = _condition(place, Sought(phone=sought.phone, email=sought.email)) if _is_theirs(place) else None
        sure = set(rows.filter(theirs).values_list("pk", flat=True)) if theirs else set()
        title = str(place.model._meta.verbose_name)
        others += [
            Found(place.label, str(pk), title, own=_is_theirs(place), sure=pk in sure)
            for pk in rows.values_list("pk", flat=True)[:MOST]
        ]
    _add_of_same_signer(cards)
    return [*_cards(cards, sought), *others]


def _add_of_same_signer(cards: dict[int, tuple[list[str], bool]]) -> None:
    """Add what was sent under the same national sign-in as a card that is theirs, whatever contact details it has."""
    own = [pk for pk, (_places, is_own) in cards.items() if is_own]
    signers = SignedCard.objects.filter(card__in=own).values("signer")
    name = str(SignedCard._meta.verbose_name)
    for pk in SignedCard.objects.filter(signer__in=signers).values_list("card", flat=True)[:MOST]:
        cards[pk] = ([*cards.get(pk, ([], True))[0], name], True)


def chosen(values: Iterable[str]) -> list[Found]:
    """Return what a form names (`Found.value`), as it stands now; what is not there any more is left out."""
    by_label: dict[str, list[str]] = {}
    for value in values:
        label, _, key = value.partition(":")
        by_label.setdefault(label, []).append(key)
    ids = Card.objects.filter(reference__in=by_label.pop(CARD, [])).values_list("pk", flat=True)
    found = _cards({pk: ([], True) for pk in ids})
    for place in declared():
        keys = [key for key in by_label.get(place.label, []) if key.isascii() and re.fullmatch(r"[\w-]{1,40}", key)]
        for key in keys:
            try:
                there = place.model._default_manager.filter(pk=key).exists()
            except (ValueError, models.ObjectDoesNotExist):
                continue
            if there:
                found.append(Found(place.label, key, str(place.model._meta.verbose_name), own=_is_theirs(place)))
    return found


def everything_about(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Return all that is kept in these rows: of a card when it came and what became of it, what the person and staff
    wrote, and, of a blocked one, what is hidden."""
    told = []
    for one in found:
        if one.label != CARD:
            place = next(place for place in declared() if place.label == one.label)
            told.append({"kind": one.title, "number": one.key, "rows": _rows(place, {"pk": one.key})})
            continue
        card = Card.objects.select_related("unit", "category").get(reference=one.key)
        rows: list[dict[str, Any]] = []
        for place in declared():
            if place.card and place.model is not CardRetention:
                rows += _rows(place, {place.card: card.pk})
        hidden = CardRetention.objects.filter(card=card).first()
        told.append(
            {
                "kind": one.title, "number": card.reference, "received_on": card.received_on.isoformat(),
                "unit": card.unit.name, "category": str(card.category or ""), "state": str(card.get_state_display()),
                "rows": rows + _hidden_rows(hidden.values if hidden and hidden.values else {}),
            }
        )  # fmt: skip
    return told


def _is_theirs(place: Place) -> bool:
    return place.label in ("organisation.outgoingmail", "surveys.resident", "feedback.incomingmail")


def _cards(found: Mapping[int, tuple[list[str], bool]], sought: Sought | None = None) -> list[Found]:
    rows = Card.objects.filter(pk__in=found).select_related("submitter").order_by("-registered_at")[:MOST]
    kept = set(Card.objects.filter(must_be_kept(), pk__in=found).values_list("pk", flat=True))
    blocked = set(CardRetention.objects.filter(card__in=found, anonymised_at=None).values_list("pk", flat=True))
    return [
        Found(
            CARD, card.reference, str(Card._meta.verbose_name), *found[card.pk],
            kept=card.pk in kept, is_open=card.is_open, is_blocked=card.pk in blocked, who=_who(card),
            received_on=card.received_on, sure=sought is not None and _agrees(card, sought),
        )
        for card in rows
    ]  # fmt: skip


def _who(card: Card) -> str:
    sent = _submitter(card)
    return "" if sent is None else " · ".join(filter(None, (sent.name, sent.phone, sent.email, sent.address)))


def _submitter(card: Card) -> Submitter | None:
    return getattr(card, "submitter", None)  # an anonymous card has none


def _agrees(card: Card, sought: Sought) -> bool:
    """Whether whoever sent the card is all that is looked for, and not only a part of it."""
    sent = _submitter(card)
    if sent is None:
        return False
    asked = [
        (sought.name, _word_set(sent.name) == _word_set(sought.name)),
        (sought.address, _word_set(sought.address) <= _word_set(sent.address)),
        (sought.email, sent.email.casefold() == sought.email.strip().casefold()),
        (sought.phone, sent.phone_key in phone_keys(sought.phone)),
    ]
    # Many have one name, and many live at one address.
    return _is_one_person(sought) and all(agrees for words, agrees in asked if words.strip())


def _is_one_person(sought: Sought) -> bool:
    """Whether what is looked for is one person's: a number, an address of mail, or a name of more than one word."""
    return bool(sought.phone.strip() or sought.email.strip() or len(_word_set(sought.name)) > 1)


def _word_set(words: str) -> set[str]:
    return set(re.findall(r"\w+", words.casefold()))


def _searchable(place: Place) -> Any:
    """The model's rows, with what is no plain text as text."""
    plain = {
        f"{name}_as_text": Cast(name, TextField())
        for name in text_fields(place.model)
        if not isinstance(place.model._meta.get_field(name), models.CharField | models.TextField)
    }
    return place.model._default_manager.order_by("-pk").annotate(**plain)


def _condition(place: Place, sought: Sought) -> Q | None:
    names = [
        name
        if isinstance(place.model._meta.get_field(name), models.CharField | models.TextField)
        else f"{name}_as_text"
        for name in text_fields(place.model)
        if name not in ("password", "secret", "idempotency_key", "sha256", "code", "name_key", *_DIGESTS)
    ]
    wanted: list[Q] = []
    for name in names:
        wanted += [_words(name, words) for words in (sought.name, sought.address) if words.strip()]
        if sought.email.strip():
            wanted.append(Q(**{f"{name}__icontains": sought.email.strip()}))
        if pattern := _digits(sought.phone):
            wanted.append(Q(**{f"{name}__regex": pattern}))
    if place.label == "feedback.submitter" and (keys := phone_keys(sought.phone)):
        wanted.append(Q(phone_key__in=keys))
    return reduce(or_, wanted) if wanted else None


def _words(name: str, words: str) -> Q:
    """All the words, in whatever order: «Nordmann, Kari» is Kari Nordmann."""
    parts = re.findall(r"\w+", words)
    return reduce(and_, [Q(**{f"{name}__icontains": part}) for part in parts]) if parts else Q(pk__in=())


def _digits(phone: str) -> str:
    """A pattern for the number's last eight digits, however it was grouped."""
    digits = re.sub(r"\D", "", phone)[-8:]
    return r"[ ./()-]?".join(digits) if len(digits) >= 5 else ""


def _rows(place: Place, filters: dict[str, Any]) -> list[dict[str, Any]]:
    fields = [field for field in personal_fields(place.model) if _is_told(field.name)]
    return [
        row
        for found in place.model._default_manager.filter(**filters).order_by("pk")
        if (row := _told(place, {field: field.value_from_object(found) for field in fields}))
    ]


def _hidden_rows(hidden: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    places = {place.label: place for place in declared()}
    rows = []
    for label, values in hidden.items():
        if label in places:
            fields = [field for field in personal_fields(places[label].model) if _is_told(field.name)]
            rows += [_told(places[label], {one: row.get(one.attname) for one in fields}) for row in values]
    return [row for row in rows if row]


def _is_told(name: str) -> bool:
    return name not in (
        "secret",
        "idempotency_key",
        "import_key",
        "password",
        "sha256",
        "phone_key",
        "name_key",
        "code",
        *_DIGESTS,
    )


def _told(place: Place, values: Mapping[Any, Any]) -> dict[str, Any]:
    held = {str(field.verbose_name): str(value) for field, value in values.items() if value not in (None, "", [], {})}
    return {"of": str(place.model._meta.verbose_name), "fields": held} if held else {}
