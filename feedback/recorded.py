"""A card's texts as documents of a journal: each with its number, date and direction, who may see it, and the public version.

The numbers follow the order in which the texts were written down; the message is number 1. Nothing is written down earlier
than what is there already, so that a number stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from feedback.models import (
    AccessGrade,
    Addition,
    Callback,
    Card,
    FollowUp,
    LegalGround,
    Part,
    PreliminaryAnswer,
    RecordAccess,
    Referral,
)
from organisation.models import Municipality


class Direction(StrEnum):
    """Noark 5, M082 journalposttype, by its letters."""

    IN = "I"
    OUT = "U"
    NOTE = "X"


@dataclass(frozen=True)
class Access:
    """Who may see a text in the end, when the card's grade and the text's own are laid together.

    An empty `grade` says that nobody has assessed the card. `ground` may be empty where the card is sensitive.
    """

    grade: str
    ground: str = ""

    @property
    def is_public(self) -> bool:
        return self.grade == AccessGrade.PUBLIC

    @property
    def is_exempt(self) -> bool:
        return self.grade == AccessGrade.EXEMPT


def access_of(card: Card, of_card: RecordAccess | None, of_text: RecordAccess | None = None) -> Access:
    """Return the stricter of the two. A sensitive card is exempt, whatever was said of it before it was marked."""
    for own in (of_text, of_card):
        if own is not None and own.ground is not None:
            return Access(AccessGrade.EXEMPT, own.ground.name)
    if card.sensitive:
        return Access(AccessGrade.EXEMPT)
    return Access(of_card.grade if of_card is not None else "")


@dataclass
class Recorded:
    """One text of a card. `recorded_at` is when it was written down, `on` the local day it bears."""

    card: Card
    part: Part
    row: int
    recorded_at: datetime
    on: date
    direction: Direction
    text: str
    by: int | None
    own: RecordAccess | None = None
    number: int = 1

    @property
    def key(self) -> str:
        """What an address and a form call it: «message», «callback-12»."""
        return f"{self.part}-{self.row}" if self.row else str(self.part)

    @property
    def label(self) -> str:
        return str(self.part.label)


@dataclass
class Record:
    """A card with its texts, the message first, and what was said of access to it as a whole."""

    card: Card
    own: RecordAccess | None = None
    texts: list[Recorded] = field(default_factory=list)

    def access(self, text: Recorded | None = None) -> Access:
        return access_of(self.card, self.own, text.own if text else None)

    def text(self, key: str) -> Recorded | None:
        return next((text for text in self.texts if text.key == key), None)

    @property
    def public_title(self) -> str:
        """What everybody may read as its title: what was written for that, once it was assessed; nothing of the text."""
        if self.card.sensitive or self.own is None or not self.own.grade:
            return ""
        return self.own.title

    def sender_is_public(self, text: Recorded) -> bool:
        """Whether the submitter's name may stand in the public journal beside `text`."""
        return self.own is not None and self.own.sender_shown and self.access(text).is_public

    def public_words(self, text: Recorded) -> str:
        """What everybody may read of `text`: its public version, once the card was assessed, and nothing beyond it."""
        if self.card.sensitive or text.own is None or self.own is None or not self.own.grade:
            return ""
        return text.own.public_text


def records_of(cards: Sequence[Card], house: Municipality) -> dict[int, Record]:
    """Return the records of `cards` by the card's id, in their order (six queries, however many cards)."""
    found = {card.pk: Record(card) for card in cards}
    own: dict[tuple[int, str, int], RecordAccess] = {}
    for access in RecordAccess.objects.filter(card__in=found).select_related("ground"):
        own[access.card_id, access.part, access.row] = access
    for text in [*_messages(cards), *_others(found, house)]:
        record = found[text.card.pk]
        text.own = own.get((text.card.pk, text.part, text.row))
        record.texts.append(text)
    for card_id, record in found.items():
        record.own = own.get((card_id, Part.CARD, 0))
        record.texts.sort(key=lambda text: (text.part != Part.MESSAGE, text.recorded_at, text.part, text.row))
        for number, text in enumerate(record.texts, start=1):
            text.number = number
    return found


def record_of(card: Card, house: Municipality) -> Record:
    """Return one card's record."""
    return records_of([card], house)[card.pk]


def legal_grounds() -> list[LegalGround]:
    """Return the municipality's legal references, those in use no longer too (one query)."""
    return list(LegalGround.objects.all())


def _messages(cards: Iterable[Card]) -> Iterable[Recorded]:
    for card in cards:
        yield Recorded(
            card, Part.MESSAGE, 0, card.registered_at, card.received_on, Direction.IN, card.text, card.registered_by_id
        )


def _others(found: dict[int, Record], house: Municipality) -> Iterable[Recorded]:
    zone = house.zone
    for addition in Addition.objects.filter(card__in=found):
        on = addition.recorded_at.astimezone(zone).date()
        yield Recorded(
            found[addition.card_id].card, Part.ADDITION, addition.pk, addition.recorded_at, on, Direction.IN,
            addition.text, None,
        )  # fmt: skip
    for call in Callback.objects.filter(card__in=found):
        way = Direction.OUT if call.way == Callback.Way.WRITTEN else Direction.NOTE
        said = _joined(
            ("", call.summary), (_("Measures"), call.measures), (_("Why"), call.reason),
            (_("Alternative proposed"), call.alternative),
        )  # fmt: skip
        on = call.held_at.astimezone(zone).date()
        yield Recorded(
            found[call.card_id].card, Part.CALLBACK, call.pk, call.recorded_at, on, way, said, call.recorded_by_id
        )
    for done in FollowUp.objects.filter(card__in=found):
        way = Direction.OUT if done.told else Direction.NOTE
        said = _joined(("", done.summary), (_("Measures"), done.measures), (_("What the submitter is told"), done.told))
        on = done.done_at.astimezone(zone).date()
        yield Recorded(
            found[done.card_id].card, Part.FOLLOW_UP, done.pk, done.recorded_at, on, way, said, done.recorded_by_id
        )
    for answer in PreliminaryAnswer.objects.filter(card__in=found):
        on = answer.recorded_at.astimezone(zone).date()
        yield Recorded(
            found[answer.card_id].card, Part.PRELIMINARY, answer.pk, answer.recorded_at, on, Direction.OUT,
            answer.reason, answer.recorded_by_id,
        )  # fmt: skip
    for referral in Referral.objects.filter(card__in=found):
        on = referral.recorded_at.astimezone(zone).date()
        said = _joined((_("Referred to"), referral.body), ("", referral.text))
        yield Recorded(
            found[referral.card_id].card, Part.REFERRAL, referral.pk, referral.recorded_at, on, Direction.OUT, said,
            referral.recorded_by_id,
        )  # fmt: skip


def _joined(*parts: tuple[str, str]) -> str:
    return "\n\n".join(f"{name}: {text}" if name else text for name, text in parts if text)
