"""The message `arkivmelding` by which a Norwegian archive takes in cases and documents (Noark 5, version 5: namespace
`http://www.arkivverket.no/standarder/noark5/arkivmelding`). Pure: values in, XML out, one case at a time.

A case is a tree of `Node`; what order its elements stand in is the schema's, and is written out here once. Source: the schema
as KS and Digdir use it, and Noark 5's metadata catalogue for the words that archives read (M050–M087, M217, M500–M503, M700).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.arkivverket.no/standarder/noark5/arkivmelding"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
MEDIUM = "Elektronisk arkiv"

JOURNAL_TYPES = {
    "I": "Inngående dokument", "U": "Utgående dokument", "X": "Organinternt dokument uten oppfølging",
}  # fmt: skip
PARTY_TYPES = {"I": "Avsender", "U": "Mottaker", "X": "Avsender"}
DOCUMENT_TYPES = {"I": "Brev", "U": "Brev", "X": "Notat"}

# What XML 1.0 cannot hold, not even escaped.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Shield:
    """`restriction` and `ground` as the archive reads them; `whole` where nothing of the document may be given."""

    restriction: str
    ground: str
    whole: bool = True
    temporary: bool = False


EXEMPT = "Unntatt offentlighet"


def not_assessed() -> Shield:
    """What nobody has assessed is shut for the time being: an archive would else take it for public."""
    return Shield("Midlertidig sperret", "Ikke vurdert", temporary=True)


@dataclass(frozen=True)
class File:
    """One file of a document. `path` is where it lies beside the message."""

    path: str
    variant: str
    format: str
    mime: str
    made_at: datetime
    made_by: str
    sha256: str
    size: int


ARCHIVE, PRODUCTION, REDACTED = (
    "Arkivformat", "Produksjonsformat", "Dokument hvor deler av innholdet er skjermet",
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    guid: str
    kind: str
    title: str
    made_at: datetime
    made_by: str
    files: list[File]
    shield: Shield | None = None


@dataclass(frozen=True)
class Party:
    name: str
    address: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Entry:
    """A journal entry; the first of its documents is the main one."""

    guid: str
    number: str
    place: int
    title: str
    public_title: str
    direction: str
    written_at: datetime
    written_by: str
    journal_date: date
    document_date: date
    party: Party
    unit: str
    documents: list[Document]
    shield: Shield | None = None


@dataclass(frozen=True)
class Case:
    guid: str
    number: str
    year: int
    place: int
    title: str
    public_title: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    on: date
    unit: str
    responsible: str
    system: str
    category: tuple[str, str] | None = None
    entries: list[Entry] = field(default_factory=list)
    shield: Shield | None = None


class _Xml:
    def __init__(self) -> None:
        self.out = StringIO()

    def open(self, name: str, kind: str = "") -> None:
        self.out.write(f"<{name}" + (f" xsi:type={quoteattr(kind)}" if kind else "") + ">")

    def close(self, name: str) -> None:
        self.out.write(f"</{name}>\n")

    def put(self, name: str, value: object) -> None:
        """Write an element; one without a value is left out."""
        text = value.isoformat() if isinstance(value, date) else str(value if value is not None else "")
        text = _IMPOSSIBLE.sub("", text).strip()
        if text:
            self.out.write(f"<{name}>{escape(text)}</{name}>\n")


def head(*, system: str, message: str, at: datetime, files: int) -> str:
    """Return how the message begins; `files` are all that lie beside it and belong to it."""
    xml = _Xml()
    xml.out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    xml.out.write(f'<arkivmelding xmlns="{NAMESPACE}" xmlns:xsi="{INSTANCE}">\n')
    xml.put("system", system)
    xml.put("meldingId", message)
    xml.put("tidspunkt", at)
    xml.put("antallFiler", files)
    return xml.out.getvalue()


TAIL = "</arkivmelding>\n"


def case_xml(case: Case) -> str:
    """Return one case as the message holds it. Texts that a field asks for must not be empty."""
    xml = _Xml()
    xml.open("mappe", "saksmappe")
    xml.put("systemID", case.guid)
    xml.put("mappeID", case.number)
    xml.put("tittel", case.title)
    xml.put("offentligTittel", case.public_title)
    xml.put("dokumentmedium", MEDIUM)
    xml.put("opprettetDato", case.opened_at)
    xml.put("opprettetAv", case.opened_by)
    if case.closed_at is not None:
        xml.put("avsluttetDato", case.closed_at)
        xml.put("avsluttetAv", case.system)
    _shield(xml, case.shield, ["Skjerming tittel mappe - utvalgte ord", "Skjerming navn part i sak"], document=False)
    if case.category is not None:
        xml.open("klasse")
        xml.put("klassifikasjonssystem", case.system)
        xml.put("klasseID", case.category[0])
        xml.put("tittel", case.category[1])
        xml.close("klasse")
    for entry in case.entries:
        _entry(xml, entry)
    xml.put("saksaar", case.year)
    xml.put("sakssekvensnummer", case.place)
    xml.put("saksdato", case.on)
    xml.put("administrativEnhet", case.unit)
    xml.put("saksansvarlig", case.responsible)
    xml.put("saksstatus", "Avsluttet" if case.closed_at is not None else "Under behandling")
    xml.close("mappe")
    return xml.out.getvalue()


def _entry(xml: _Xml, entry: Entry) -> None:
    xml.open("registrering", "journalpost")
    xml.put("systemID", entry.guid)
    xml.put("opprettetDato", entry.written_at)
    xml.put("opprettetAv", entry.written_by)
    hidden = "Skjerming navn avsender" if entry.direction == "I" else "Skjerming navn mottaker"
    _shield(xml, entry.shield, ["Skjerming tittel registrering - utvalgte ord", hidden])
    for place, document in enumerate(entry.documents, start=1):
        _document(xml, document, place)
    xml.put("registreringsID", entry.number)
    xml.put("tittel", entry.title)
    xml.put("offentligTittel", entry.public_title)
    xml.put("dokumentmedium", MEDIUM)
    xml.open("korrespondansepart")
    xml.put("korrespondanseparttype", PARTY_TYPES[entry.direction])
    xml.put("korrespondansepartNavn", entry.party.name)
    xml.put("postadresse", entry.party.address)
    xml.put("epostadresse", entry.party.email)
    xml.put("telefonnummer", entry.party.phone)
    xml.put("administrativEnhet", entry.unit)
    xml.close("korrespondansepart")
    xml.put("journalaar", entry.journal_date.year)
    xml.put("journalpostnummer", entry.place)
    xml.put("journalposttype", JOURNAL_TYPES[entry.direction])
    xml.put("journalstatus", "Journalført")
    xml.put("journaldato", entry.journal_date)
    xml.put("dokumentetsDato", entry.document_date)
    if entry.direction == "I":
        xml.put("mottattDato", entry.written_at)
    elif entry.direction == "U":
        xml.put("sendtDato", entry.written_at)
    xml.put("antallVedlegg", len(entry.documents) - 1)
    xml.close("registrering")


def _document(xml: _Xml, document: Document, place: int) -> None:
    xml.open("dokumentbeskrivelse")
    xml.put("systemID", document.guid)
    xml.put("dokumenttype", document.kind)
    xml.put("dokumentstatus", "Dokumentet er ferdigstilt")
    xml.put("tittel", document.title)
    xml.put("opprettetDato", document.made_at)
    xml.put("opprettetAv", document.made_by)
    xml.put("dokumentmedium", MEDIUM)
    xml.put("tilknyttetRegistreringSom", "Hoveddokument" if place == 1 else "Vedlegg")
    xml.put("dokumentnummer", place)
    xml.put("tilknyttetDato", document.made_at)
    xml.put("tilknyttetAv", document.made_by)
    _shield(xml, document.shield, ["Skjerming tittel dokumentbeskrivelse"])
    for file in document.files:
        xml.open("dokumentobjekt")
        xml.put("versjonsnummer", 1)
        xml.put("variantformat", file.variant)
        xml.put("format", file.format)
        xml.put("mimeType", file.mime)
        xml.put("opprettetDato", file.made_at)
        xml.put("opprettetAv", file.made_by)
        xml.put("referanseDokumentfil", file.path)
        xml.put("sjekksum", file.sha256)
        xml.put("sjekksumAlgoritme", "SHA-256")
        xml.put("filstoerrelse", file.size)
        xml.close("dokumentobjekt")
    xml.close("dokumentbeskrivelse")


def _shield(xml: _Xml, shield: Shield | None, hidden: Iterable[str], *, document: bool = True) -> None:
    if shield is None:
        return
    xml.open("skjerming")
    xml.put("tilgangsrestriksjon", shield.restriction)
    xml.put("skjermingshjemmel", shield.ground)
    for what in ["Midlertidig skjerming"] if shield.temporary else hidden:
        xml.put("skjermingMetadata", what)
    if document:
        xml.put(
            "skjermingDokument",
            "Skjerming av hele dokumentet" if shield.whole else "Skjerming av deler av dokumentet",
        )
    xml.close("skjerming")
