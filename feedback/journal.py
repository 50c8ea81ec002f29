"""The journal: every text that came in or went out within some days, a line each, as the house reads it or as everybody may.

Read in batches by where the last one stopped (`feedback.streaming` says why), so that memory does not grow with the days.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, IntegerField, Model, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from feedback.models import (
    AccessGrade,
    Addition,
    Callback,
    Card,
    FollowUp,
    Part,
    PreliminaryAnswer,
    RecordAccess,
    Referral,
)
from feedback.recorded import Direction, Record, Recorded, records_of
from organisation.cells import EachLine, safe_text
from organisation.models import Municipality

BATCH = 2000
"""Texts read at a time."""

_SOURCES: tuple[tuple[Part, type[Model], str, str], ...] = (
    (Part.MESSAGE, Card, "registered_at", "pk"),
    (Part.ADDITION, Addition, "recorded_at", "card_id"),
    (Part.CALLBACK, Callback, "recorded_at", "card_id"),
    (Part.FOLLOW_UP, FollowUp, "recorded_at", "card_id"),
    (Part.PRELIMINARY, PreliminaryAnswer, "recorded_at", "card_id"),
    (Part.REFERRAL, Referral, "recorded_at", "card_id"),
)
"""Each kind of text: its model, when it was written down, and its card."""

_Head = tuple[datetime, int, int, int]
"""When it was written down, the place of its kind in `_SOURCES`, its id, its card's id."""


@dataclass(frozen=True)
class Line:
    """One text in the journal. `number` is the card's reference and the text's number in it. `public_text` is filled in
    the public journal alone: the public version, where there is one that may be given."""

    number: str
    journal_date: date
    document_date: date
    direction: str
    document: str
    case: str
    title: str
    party: str
    unit: str
    access: str
    legal_reference: str
    public_text: str = ""


def direction_name(direction: str) -> str:
    """Return what the journal's letter stands for."""
    return {Direction.IN: _("Incoming"), Direction.OUT: _("Outgoing"), Direction.NOTE: _("Internal note")}[
        Direction(direction)
    ]


def access_name(grade: str) -> str:
    return str(AccessGrade(grade).label) if grade else _("Not assessed yet")


def journal_lines(first: date, last: date, *, house: Municipality, public: bool) -> Iterator[Line]:
    """Yield the lines of the local days from `first` to `last`, by when the texts were written down: two queries for each
    kind of text a batch.

    The public journal says of what is exempt, or was never assessed, only that it is there. Of a sensitive card neither of
    the two says more: it is in no file (docs/decisions/0032). Its number stays, or the journal would have a hole.
    """
    zone, shielded = house.zone, _("Shielded")
    for records, heads in _batches(first, last, house):
        for at, order, pk, card_id in heads:
            # A card that somebody deletes meanwhile is in the journal no more.
            record, part = records.get(card_id), _SOURCES[order][0]
            texts = record.texts if record else ()
            text = next((one for one in texts if one.part == part and one.row in (0, pk)), None)
            if record is None or text is None:
                continue
            yield _line(record, text, at.astimezone(zone).date(), shielded=shielded, public=public)


def _line(record: Record, text: Recorded, day: date, *, shielded: str, public: bool) -> Line:
    card, access = record.card, record.access(text)
    submitter = getattr(card, "submitter", None)
    name = submitter.name if submitter else ""
    party = card.unit.name if text.direction == Direction.NOTE else name or _("Anonymous")
    line = Line(
        number=f"{card.reference}/{text.number}",
        journal_date=day,
        document_date=text.on,
        direction=text.direction,
        document=text.label,
        case=card.reference,
        title=card.headline,
        party=party,
        unit=card.unit.name,
        access=access.grade,
        legal_reference=access.ground,
    )
    if card.sensitive:
        return replace(
            line,
            document=shielded,
            title=shielded,
            party=shielded,
            unit=shielded,
            legal_reference="",
            document_date=day,
        )
    if not public:
        return line
    if text.direction != Direction.NOTE and not record.sender_is_public(text):
        line = replace(line, party=_("A private person") if access.is_public else shielded)
    return replace(line, title=record.public_title or shielded, public_text=record.public_words(text))


def _batches(first: date, last: date, house: Municipality) -> Iterator[tuple[dict[int, Record], list[_Head]]]:
    begins, ends = (datetime.combine(day, time.min, house.zone) for day in (first, last + timedelta(days=1)))
    heads = list(heads_of(begins, ends, None))
    while heads:
        cards = Card.objects.filter(pk__in={head[3] for head in heads}).select_related("unit", "submitter")
        yield records_of(list(cards), house), heads
        heads = list(heads_of(begins, ends, heads[-1])) if len(heads) == BATCH else []


def heads_of(begins: datetime, ends: datetime, after: _Head | None) -> QuerySet[Any, _Head]:
    """Return the next texts after `after`, in the journal's order (one query).

    Each table is asked for as many as a batch holds, in its own order: it is then read along its index and no farther.
    """
    parts = []
    for order, (_part, model, moment, card) in enumerate(_SOURCES):
        since = begins if after is None else after[0]
        rows = model._default_manager.filter(**{f"{moment}__gte": since, f"{moment}__lt": ends})
        if after is not None:
            at, last_order, last_pk, _card = after
            same = Q(**{moment: at}) & (Q(pk__gt=last_pk) if order == last_order else Q())
            rows = rows.filter(Q(**{f"{moment}__gt": at}) | same if order >= last_order else Q(**{f"{moment}__gt": at}))
        marked = rows.order_by(moment, "pk").annotate(
            j_at=F(moment), j_kind=Value(order, IntegerField()), j_row=F("pk"), j_card=F(card)
        )
        parts.append(marked.values_list("j_at", "j_kind", "j_row", "j_card")[:BATCH])
    return parts[0].union(*parts[1:], all=True).order_by("j_at", "j_kind", "j_row")[:BATCH]


def not_assessed(first: date, last: date, house: Municipality) -> list[Card]:
    """Return the first cards that came in within the days and whose access nobody has assessed, at most 50; no sensitive
    ones, which are exempt without a word (one query)."""
    begins, ends = (datetime.combine(day, time.min, house.zone) for day in (first, last + timedelta(days=1)))
    came = Card.objects.filter(registered_at__gte=begins, registered_at__lt=ends, sensitive=False)
    graded = RecordAccess.objects.filter(card=OuterRef("pk"), part=Part.CARD).exclude(grade="")
    return list(came.filter(~Exists(graded)).order_by("registered_at", "id")[:50])


def csv_file(lines: Iterable[Line], *, public: bool) -> Iterator[bytes]:
    """Yield a CSV file as Excel in the Nordic countries opens it: UTF-8 with its mark, semicolons, CRLF, ISO dates."""
    writer = csv.writer(EachLine(), delimiter=";")
    headings = [
        _("Number"), _("Journal date"), _("Document date"), _("Type"), _("Document"), _("Case"), _("Title"),
        _("From/to"), _("Unit"), _("Access"), _("Legal reference"), *([_("Public version")] if public else []),
    ]  # fmt: skip
    yield b"\xef\xbb\xbf" + str(writer.writerow(headings)).encode()
    for line in lines:
        cells = [
            line.number, line.journal_date.isoformat(), line.document_date.isoformat(), direction_name(line.direction),
            line.document, line.case, line.title, line.party, line.unit, access_name(line.access), line.legal_reference,
            *([line.public_text] if public else []),
        ]  # fmt: skip
        yield str(writer.writerow([safe_text(cell) for cell in cells])).encode()


def json_file(
    lines: Iterable[Line], *, first: date, last: date, house: Municipality, public: bool, now: datetime
) -> Iterator[bytes]:
    """Yield one JSON object: whose journal it is, of which days, `lines` with codes and ISO dates, and how many they are."""
    about = {
        "municipality": house.name, "municipality_number": house.number, "first": first.isoformat(),
        "last": last.isoformat(), "public": public, "made_at": now.isoformat(),
    }  # fmt: skip
    yield _json(about)[:-1].encode() + b',"lines":['
    number = 0
    for line in lines:
        yield (b",\n" if number else b"\n") + _json(_plain(line, public=public)).encode()
        number += 1
    yield b'\n],"count":' + str(number).encode() + b"}\n"


def _plain(line: Line, *, public: bool) -> dict[str, Any]:
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(line).items()}
    if not public:
        del plain["public_text"]
    return plain


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
