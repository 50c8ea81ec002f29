"""Cards handed to the archive: a folder with `arkivmelding.xml`, each text as PDF/A, each attachment, the same as plain
JSON, and a list of SHA-256 sums. The folder is there whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from django.db.models import Prefetch, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from feedback import arkivmelding as ark
from feedback.actions.sensitive import look
from feedback.models import Attachment, Card, CardEvent, CardLook, LookReason, Part
from feedback.recorded import Access, Direction, Record, Recorded, records_of
from organisation import dates
from organisation.actions.audit import record_looks
from organisation.letterhead import letterhead
from organisation.models import Look, Municipality, Person
from organisation.pdf import render_pdf

BATCH = 100
"""Cards read at a time."""

SYSTEM = "Innspill"
MANIFEST, MESSAGE, SUMS = "innspill-archive.json", "arkivmelding.xml", "SHA256SUMS"
PDF_A = "PDF/A-2a"
_CHUNK = 1024 * 1024


class CannotExport(Exception):
    """One sentence for whoever asked."""


@dataclass(frozen=True)
class Which:
    """Which cards: those closed on the local days from `first` to `last`, or those with these references. Sensitive ones
    only where it is said."""

    first: date | None = None
    last: date | None = None
    references: tuple[str, ...] = ()
    with_sensitive: bool = False


@dataclass(frozen=True)
class Exported:
    """What was written. `sensitive` cards were left out because nobody said that they are to go too, `erased` ones because
    they are blocked or anonymised: there is nothing to hand over."""

    folder: Path
    cards: int
    files: int
    sensitive: int
    erased: int


def export_archive(which: Which, *, to: Path, house: Municipality, by: Person, now: datetime) -> Exported:
    """Write the folder `to`, which must not be there, and write down in the audit log each card that goes.

    The folder is made beside its place under another name and renamed when all of it lies on the disk. Raises CannotExport:
    there is an export or something else at the place, a file of a card is missing or has changed, a card is not there.
    """
    to = to.absolute()
    if to.exists():
        raise CannotExport(_what_lies_there(to))
    cards = _cards(which, house)
    _check_references(which, cards)
    goes = cards.filter(retention=None)
    erased = cards.count() - goes.count()
    sensitive = 0 if which.with_sensitive else goes.filter(sensitive=True).count()
    if not which.with_sensitive:
        goes = goes.filter(sensitive=False)
    to.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{to.name}.unfinished-", dir=to.parent))
    writing = _Writing(made, house)
    try:
        with translation.override(house.language):
            for batch in _batches(goes):
                _write_down(batch, by=by, now=now)
                for record in records_of(batch, house).values():
                    writing.card(record)
        writing.finish(which, by=by, now=now, sensitive=sensitive, erased=erased)
        _rename(made, to)
    finally:
        writing.close()
        shutil.rmtree(made, ignore_errors=True)
    return Exported(to, writing.cards, writing.files, sensitive, erased)


def _what_lies_there(to: Path) -> str:
    try:
        told = json.loads((to / MANIFEST).read_text())
    except (OSError, ValueError):
        return f"{to} is there already and is no export of ours. Name a folder that is not there."
    return (
        f"{to} is a whole export of {told['cards']} cards and {told['files']} files already, made {told['made_at']}"
        f" of {told['which']}. Name another folder, or check this one with: cd {to} && sha256sum -c {SUMS}"
    )


def _cards(which: Which, house: Municipality) -> QuerySet[Card]:
    if which.references:
        return Card.objects.filter(reference__in=which.references)
    first, last = which.first or date.min, which.last or date.max - timedelta(days=1)
    begins, ends = (datetime.combine(day, time.min, house.zone) for day in (first, last + timedelta(days=1)))
    return Card.objects.filter(closed_at__gte=begins, closed_at__lt=ends)


def _check_references(which: Which, cards: QuerySet[Card]) -> None:
    missing = set(which.references) - set(cards.values_list("reference", flat=True) if which.references else ())
    if missing:
        raise CannotExport(f"There is no card {', '.join(sorted(missing))}.")


def _batches(cards: QuerySet[Card]) -> Iterator[list[Card]]:
    """Yield the cards in the order of their ids, with what their texts hang on: four queries a batch."""
    joined = (
        cards.select_related("unit", "category", "handler", "submitter", "registered_by")
        .prefetch_related(Prefetch("attachments", Attachment.objects.order_by("id")))
        .prefetch_related(Prefetch("events", CardEvent.objects.order_by("at", "id")))
        .order_by("pk")
    )
    batch = list(joined[:BATCH])
    while batch:
        yield batch
        batch = list(joined.filter(pk__gt=batch[-1].pk)[:BATCH]) if len(batch) == BATCH else []


def _write_down(cards: Iterable[Card], *, by: Person, now: datetime) -> None:
    """Before anything of them is written: what cannot be written down is not handed out."""
    record_looks(
        Look.EXPORTED, kind="feedback.card", by=by, now=now, rows=[(card.pk, card.reference) for card in cards]
    )
    for card in cards:
        if card.sensitive:
            look(card, reason=LookReason.OTHER, text=_("Handed to the archive"), by=by, now=now, how=CardLook.By.API)


@dataclass(frozen=True)
class _Written:
    path: str
    sha256: str
    size: int


class _Writing:
    """The folder while it is made. What grows with the cards lies on the disk."""

    def __init__(self, folder: Path, house: Municipality) -> None:
        self.folder, self.house, self.zone = folder, house, house.zone
        self.cards = self.files = 0
        self.names: dict[int, str] = dict(Person.objects.values_list("pk", "name"))
        self.space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:innspill:{house.number or house.name}")
        self.head = letterhead(house)
        self.sums = (folder / SUMS).open("w", encoding="utf-8")
        self.body = tempfile.TemporaryFile("w+", encoding="utf-8", dir=folder)  # noqa: SIM115 (closed in `finish`)

    def card(self, record: Record) -> None:
        """Write one card: its texts, its files, its JSON, and its place in the message."""
        card = record.card
        folder = f"cards/{card.reference}"
        attached: dict[int | None, list[Attachment]] = {}
        for one in card.attachments.all():
            attached.setdefault(one.addition_id, []).append(one)
        entries, told = [], []
        for text in record.texts:
            of_text = attached.get(text.row if text.part == Part.ADDITION else None, [])
            with_files = of_text if text.part in (Part.MESSAGE, Part.ADDITION) else []
            documents = self._documents(record, text, folder, with_files)
            entries.append(self._entry(record, text, documents))
            told.append(self._told(record, text, documents))
        self.body.write(ark.case_xml(self._case(record, entries)))
        self._write(f"{folder}/card.json", _json(self._card(record) | {"texts": told}))
        self.cards += 1

    def finish(self, which: Which, *, by: Person, now: datetime, sensitive: int, erased: int) -> None:
        """Write the message around the cases, what the folder is, and the sums of all."""
        made_at = now.astimezone(self.zone).replace(microsecond=0)
        said = (
            f"the cards {', '.join(which.references)}" if which.references
            else f"the cards closed from {which.first} to {which.last}"
        )  # fmt: skip
        message = str(uuid.uuid5(self.space, f"{now.isoformat()} {said}"))
        files = self.files
        self.body.seek(0)
        with (self.folder / MESSAGE).open("w", encoding="utf-8") as out:
            out.write(ark.head(system=SYSTEM, message=message, at=made_at, files=files))
            shutil.copyfileobj(self.body, out)
            out.write(ark.TAIL)
            _to_disk(out)
        with (self.folder / MESSAGE).open("rb") as written:
            self._sum(MESSAGE, hashlib.file_digest(written, "sha256").hexdigest())
        about = {
            "what": "Export to the archive", "municipality": self.house.name, "made_at": made_at.isoformat(),
            "made_by": by.name, "message": message, "which": said, "cards": self.cards, "files": files,
            "sensitive_left_out": sensitive, "erased_left_out": erased, "whole": True,
        }  # fmt: skip
        self._write(MANIFEST, _json(about))
        _to_disk(self.sums)

    def close(self) -> None:
        self.body.close()
        self.sums.close()

    def _documents(self, record: Record, text: Recorded, folder: str, attached: list[Attachment]) -> list[ark.Document]:
        guid, by, made_at = self._guid(record, text), self._by(text.by), self._local(text.recorded_at)
        shield = self._shield(record.access(text), redacted=bool(record.public_words(text)))
        pdf = self._write(f"{folder}/{text.number}.pdf", self._pdf(record, text, text.text))
        files = [_file(pdf, ark.ARCHIVE, PDF_A, "application/pdf", made_at, by)]
        if public := record.public_words(text):
            redacted = self._write(f"{folder}/{text.number}-public.pdf", self._pdf(record, text, public))
            files.append(_file(redacted, ark.REDACTED, PDF_A, "application/pdf", made_at, by))
        self.files += len(files)
        kind = ark.DOCUMENT_TYPES[text.direction]
        documents = [ark.Document(guid, kind, text.label, made_at, by, files, shield)]
        hidden = self._shield(record.access(text), redacted=False)
        for place, one in enumerate(attached, start=1):
            copied = self._copy(one, f"{folder}/{text.number}-{place}{Path(one.name).suffix.lower()[:8]}")
            added_at, added_by = self._local(one.added_at), self._by(one.added_by_id)
            name = one.content_type.rpartition("/")[2].upper()
            file = _file(copied, ark.PRODUCTION, name, one.content_type, added_at, added_by)
            self.files += 1
            guid_of = str(uuid.uuid5(self.space, f"attachment:{one.pk}"))
            documents.append(ark.Document(guid_of, kind, one.name, added_at, added_by, [file], hidden))
        return documents

    def _entry(self, record: Record, text: Recorded, documents: list[ark.Document]) -> ark.Entry:
        card, submitter = record.card, getattr(record.card, "submitter", None)
        party = ark.Party(_("Anonymous"))
        if text.direction == Direction.NOTE:
            party = ark.Party(card.unit.name)
        elif submitter is not None:
            party = ark.Party(submitter.name or _("Anonymous"), submitter.address, submitter.email, submitter.phone)
        return ark.Entry(
            guid=str(uuid.uuid5(self.space, f"entry:{text.part}:{text.row or card.pk}")),
            number=f"{card.reference}/{text.number}", place=text.number, title=f"{text.label}: {_title(card)}",
            public_title=record.public_title, direction=text.direction, written_at=self._local(text.recorded_at),
            written_by=self._by(text.by), journal_date=self._local(text.recorded_at).date(), document_date=text.on,
            party=party, unit=card.unit.name, documents=documents,
            shield=self._shield(record.access(text), redacted=bool(record.public_words(text))),
        )  # fmt: skip

    def _case(self, record: Record, entries: list[ark.Entry]) -> ark.Case:
        card = record.card
        opened = self._local(card.registered_at)
        return ark.Case(
            guid=str(uuid.uuid5(self.space, f"card:{card.pk}")), number=card.reference, year=opened.year,
            place=int(card.reference.split("-")[1]), title=_title(card), public_title=record.public_title,
            opened_at=opened, opened_by=self._by(card.registered_by_id),
            closed_at=self._local(card.closed_at) if card.closed_at else None, on=opened.date(), unit=card.unit.name,
            responsible=card.handler.name if card.handler else card.unit.name, system=SYSTEM,
            category=(card.category.code, str(card.category)) if card.category else None, entries=entries,
            shield=self._shield(record.access(), redacted=False),
        )  # fmt: skip

    def _pdf(self, record: Record, text: Recorded, said: str) -> bytes:
        """The text as a document. The same text gives the same bytes, whenever it is exported."""
        card = record.card
        title = f"{text.label} {card.reference}/{text.number}"
        facts = [
            [_("Day"), dates.full_day(text.on, self.house.language)],
            [_("Unit"), card.unit.name],
            *([[_("Category"), str(card.category)]] if card.category else []),
        ]
        data = {
            "municipality": self.head, "title": title, "facts": facts, "text": said or "–",
            "page": _("Page {page} of {pages}"),
        }  # fmt: skip
        return render_pdf("record", data, language=self.house.language, title=title, made_at=text.recorded_at)

    def _card(self, record: Record) -> dict[str, Any]:
        card, submitter, access = record.card, getattr(record.card, "submitter", None), record.access()
        return {
            "reference": card.reference, "received_on": card.received_on.isoformat(),
            "registered_at": card.registered_at.isoformat(),
            "closed_at": card.closed_at.isoformat() if card.closed_at else None, "state": card.state,
            "close_result": card.close_result, "channel": card.channel, "kind": card.kind,
            "category": card.category.code if card.category else None, "unit": card.unit.code,
            "political": card.political, "sensitive": card.sensitive, "language": card.language, "place": card.place,
            "area": card.area, "public_title": record.public_title, "access": access.grade,
            "legal_reference": access.ground,
            "submitter": None if submitter is None else {
                name: getattr(submitter, name) for name in ("name", "address", "phone", "email")
            },
            "events": [
                {"at": event.at.isoformat(), "what": event.what, "from": event.from_value, "to": event.to_value}
                for event in card.events.all()
            ],
        }  # fmt: skip

    def _told(self, record: Record, text: Recorded, documents: list[ark.Document]) -> dict[str, Any]:
        access = record.access(text)
        return {
            "number": text.number, "what": str(text.part), "recorded_at": text.recorded_at.isoformat(),
            "on": text.on.isoformat(), "direction": str(text.direction), "text": text.text, "access": access.grade,
            "legal_reference": access.ground, "public_text": record.public_words(text),
            "files": [
                {"path": file.path, "name": document.title, "type": file.mime, "size": file.size, "sha256": file.sha256}
                for document in documents
                for file in document.files
            ],
        }  # fmt: skip

    def _shield(self, access: Access, *, redacted: bool) -> ark.Shield | None:
        if access.is_public:
            return None
        if not access.is_exempt:
            return ark.not_assessed()
        return ark.Shield(ark.EXEMPT, access.ground or _("Sensitive"), whole=not redacted)

    def _guid(self, record: Record, text: Recorded) -> str:
        return str(uuid.uuid5(self.space, f"document:{text.part}:{text.row or record.card.pk}"))

    def _by(self, pk: int | None) -> str:
        return self.names.get(pk or 0) or SYSTEM

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(microsecond=0)

    def _write(self, path: str, content: bytes) -> _Written:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as out:
            out.write(content)
            _to_disk(out)
        return self._sum(path, hashlib.sha256(content).hexdigest(), len(content))

    def _copy(self, attachment: Attachment, path: str) -> _Written:
        """Copy a file a piece at a time. Raises CannotExport where it is missing or not what was sent in."""
        reference, digest, size = attachment.card.reference, hashlib.sha256(), 0
        place = self.folder / path
        try:
            source = attachment.file.open("rb")
        except OSError as error:
            raise CannotExport(f"A file of card {reference} cannot be read: {attachment.file.name}.") from error
        with source, place.open("wb") as out:
            while piece := source.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
            _to_disk(out)
        if digest.hexdigest() != attachment.sha256:
            raise CannotExport(f"A file of card {reference} is not what came in: {attachment.file.name}.")
        return self._sum(path, attachment.sha256, size)

    def _sum(self, path: str, sha256: str, size: int = 0) -> _Written:
        self.sums.write(f"{sha256}  {path}\n")
        return _Written(path, sha256, size)


def _file(written: _Written, variant: str, form: str, mime: str, at: datetime, by: str) -> ark.File:
    return ark.File(written.path, variant, form, mime, at, by, written.sha256, written.size)


def _title(card: Card) -> str:
    """The first line of the text: the archive has sensitive cards under their own words, and shields them."""
    line = next(iter(card.text.strip().splitlines()), "") or card.reference
    return line if len(line) <= 200 else f"{line[:199].rstrip()}…"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _to_disk(out: IO[Any]) -> None:
    out.flush()
    os.fsync(out.fileno())


def _rename(made: Path, to: Path) -> None:
    """One step of the file system. Raises CannotExport where somebody else was quicker."""
    made.chmod(0o750)
    try:
        made.rename(to)
    except OSError as error:
        raise CannotExport(_what_lies_there(to) if to.exists() else str(error)) from error
    parent = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
