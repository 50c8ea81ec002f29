"""What the archive is handed: the message by Noark 5, the documents with their sums, the same as JSON; whole or none."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from lxml import etree

from feedback import archiving
from feedback.actions.correcting import add_attachments
from feedback.actions.erasing import anonymise_cards
from feedback.actions.records import add_ground, grade_card, grade_text, write_public_version
from feedback.actions.sensitive import mark_sensitive
from feedback.actions.storing import Upload
from feedback.arkivmelding import NAMESPACE
from feedback.models import Attachment, Card, CardLook, Erasure
from feedback.recorded import record_of
from organisation.models import AuditEntry, Municipality
from tests.factories import MONDAY, CategoryFactory, Solvik, a_card
from tests.feedback.steps import called_back, closed
from tests.organisation.pdf_reading import read
from tests.pictures import photo

pytestmark = pytest.mark.django_db

PARAGRAPH = "offl. § 13 jf. fvl. § 13 nr. 1"
N = f"{{{NAMESPACE}}}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

# The schema's own order, what must be there (!), what may be there more than once (*), and what a value looks like. Written
# out here: no package carries the schema.
GUID, DAY, MOMENT = (
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"\d{4}-\d\d-\d\d", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d",
)  # fmt: skip
_MAPPE = (
    "systemID mappeID tittel! offentligTittel dokumentmedium opprettetDato opprettetAv avsluttetDato avsluttetAv skjerming"
    " klasse* registrering* saksaar sakssekvensnummer saksdato administrativEnhet saksansvarlig saksstatus"
)
_JOURNALPOST = (
    "systemID opprettetDato opprettetAv skjerming dokumentbeskrivelse* registreringsID tittel! offentligTittel"
    " dokumentmedium korrespondansepart* journalaar journalpostnummer journalposttype! journalstatus! journaldato"
    " dokumentetsDato mottattDato sendtDato antallVedlegg"
)
ORDER = {
    "arkivmelding": "system! meldingId! tidspunkt! antallFiler! mappe*",
    "mappe": _MAPPE,
    "registrering": _JOURNALPOST,
    "klasse": "klassifikasjonssystem! klasseID! tittel",
    "korrespondansepart": (
        "korrespondanseparttype! korrespondansepartNavn! postadresse* epostadresse telefonnummer* administrativEnhet"
    ),
    "dokumentbeskrivelse": (
        "systemID dokumenttype! dokumentstatus! tittel! opprettetDato opprettetAv dokumentmedium"
        " tilknyttetRegistreringSom! dokumentnummer tilknyttetDato tilknyttetAv skjerming dokumentobjekt*"
    ),
    "dokumentobjekt": (
        "versjonsnummer! variantformat! format! mimeType opprettetDato opprettetAv referanseDokumentfil! sjekksum"
        " sjekksumAlgoritme filstoerrelse"
    ),
    "skjerming": "tilgangsrestriksjon! skjermingshjemmel! skjermingMetadata!* skjermingDokument",
}
SHAPES = {
    "systemID": GUID, "meldingId": GUID, "tidspunkt": MOMENT, "opprettetDato": MOMENT, "avsluttetDato": MOMENT,
    "mottattDato": MOMENT, "sendtDato": MOMENT, "tilknyttetDato": MOMENT, "saksdato": DAY, "journaldato": DAY,
    "dokumentetsDato": DAY, "antallFiler": r"\d+", "saksaar": r"\d{4}", "sakssekvensnummer": r"\d+",
    "journalaar": r"\d{4}", "journalpostnummer": r"\d+", "antallVedlegg": r"\d+", "dokumentnummer": r"\d+",
    "versjonsnummer": r"\d+", "filstoerrelse": r"\d+", "sjekksum": r"[0-9a-f]{64}",
}  # fmt: skip


def check_shape(element: Any) -> None:
    """Hold an element and all below it against the schema's order, what it asks for, and its types."""
    name = element.tag.removeprefix(N)
    if name not in ORDER:
        assert len(element) == 0, name
        assert re.fullmatch(SHAPES.get(name, r"(?s).+"), element.text or ""), (name, element.text)
        return
    rest = [child.tag.removeprefix(N) for child in element]
    for rule in ORDER[name].split():
        wanted, asked, many = rule.rstrip("!*"), "!" in rule, rule.endswith("*")
        number = 0
        while rest and rest[0] == wanted:
            rest.pop(0)
            number += 1
        assert number >= asked, f"{name} has no {wanted}"
        assert many or number <= 1, f"{name} has {wanted} {number} times"
    assert rest == [], f"out of place in {name}: {rest}"
    for child in element:
        check_shape(child)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "archive" / "2026"


@pytest.fixture
def cards(solvik: Solvik) -> dict[str, Card]:
    """A card with all there is, one that nobody assessed, a sensitive one, one that was erased, and one that is open."""
    ground = add_ground(name=PARAGRAPH, about="", by=solvik.administrator, now=MONDAY)
    category = CategoryFactory(code="roads", name="Vei & gate")
    whole = a_card(unit=solvik.roads, text="Hull <i> veien \x1b😀\nFare for syklister", category=category)
    picture = Upload("bilde.png", "image/png", ContentFile(photo((20, 20), kind="PNG").getvalue()))
    add_attachments(whole, [picture], by=solvik.handler, now=MONDAY)
    called_back(whole, by=solvik.handler, now=MONDAY)
    grade_card(whole, grade="public", ground=None, title="Hull", sender_shown=False, by=solvik.handler, now=MONDAY)
    house = Municipality.objects.get()
    message, call = record_of(Card.objects.select_related("unit").get(pk=whole.pk), house).texts
    grade_text(whole, text=message, grade="exempt", ground=ground, by=solvik.handler, now=MONDAY)
    write_public_version(whole, text=message, version="Hull i veien", by=solvik.roads_leader, now=MONDAY)
    grade_text(whole, text=call, grade="exempt", ground=ground, by=solvik.handler, now=MONDAY)
    made = {"whole": whole} | {
        name: a_card(unit=solvik.roads) for name in ("unassessed", "sensitive", "erased", "open")
    }
    mark_sensitive(made["sensitive"], reason="health", by=solvik.roads_leader, now=MONDAY)
    for name, card in made.items():
        if name == "whole":
            closed(card, by=solvik.handler, now=MONDAY + timedelta(hours=1), result="answered")
        elif name != "open":
            closed(card, by=solvik.roads_leader, now=MONDAY + timedelta(hours=1))
    anonymise_cards([made["erased"].pk], cause=Erasure.Cause.ASKED, by=None, now=MONDAY + timedelta(days=1))
    return made


def export(out: Path, *arguments: str) -> str:
    told = io.StringIO()
    days = () if "--card" in arguments else ("--from", "2.11.2026", "--to", "2026-11-02")
    by = ("--by", "administrator@solvik.test")
    call_command("export_archive", *days, *arguments, *by, "--out", str(out), stdout=told)
    return told.getvalue()


def test_message_documents_and_sums(solvik: Solvik, cards: dict[str, Card], out: Path) -> None:
    told = export(out)
    assert "2 cards, 5 files." in told
    assert "1 sensitive cards were left out." in told
    assert "1 cards are blocked or anonymised" in told
    root = etree.parse(out / "arkivmelding.xml").getroot()
    check_shape(root)

    whole, unassessed = root.findall(f"{N}mappe")
    assert [case.get(TYPE) for case in (whole, unassessed)] == ["saksmappe"] * 2
    assert [entry.get(TYPE) for entry in whole.iter(f"{N}registrering")] == ["journalpost"] * 2
    values = [whole.findtext(f"{N}{name}") for name in ("mappeID", "offentligTittel", "saksstatus", "tittel")]
    assert values == [cards["whole"].reference, "Hull", "Avsluttet", "Hull <i> veien 😀"]
    assert whole.find(f"{N}skjerming") is None
    message, call = whole.findall(f"{N}registrering")
    assert [entry.findtext(f"{N}journalposttype") for entry in (message, call)] == [
        "Inngående dokument", "Organinternt dokument uten oppfølging",
    ]  # fmt: skip
    shields = [entry.find(f"{N}skjerming") for entry in (message, call)]
    assert [(each.findtext(f"{N}skjermingshjemmel"), each.findtext(f"{N}skjermingDokument")) for each in shields] == [
        (PARAGRAPH, "Skjerming av deler av dokumentet"), (PARAGRAPH, "Skjerming av hele dokumentet"),
    ]  # fmt: skip
    assert unassessed.findtext(f"{N}skjerming/{N}tilgangsrestriksjon") == "Midlertidig sperret"

    objects = root.findall(f".//{N}dokumentobjekt")
    assert root.findtext(f"{N}antallFiler") == str(len(objects)) == "5"
    for each in objects:
        content = (out / each.findtext(f"{N}referanseDokumentfil")).read_bytes()
        said = [each.findtext(f"{N}{name}") for name in ("sjekksum", "sjekksumAlgoritme", "filstoerrelse")]
        assert said == [hashlib.sha256(content).hexdigest(), "SHA-256", str(len(content))]
    variants = [each.findtext(f"{N}variantformat") for each in message.iter(f"{N}dokumentobjekt")]
    assert variants == ["Arkivformat", "Dokument hvor deler av innholdet er skjermet", "Produksjonsformat"]

    folder = out / "cards" / cards["whole"].reference
    assert sorted(each.name for each in folder.iterdir()) == ["1-1.png", "1-public.pdf", "1.pdf", "2.pdf", "card.json"]
    internal, public = (read((folder / name).read_bytes()) for name in ("1.pdf", "1-public.pdf"))
    assert (internal.part, internal.conformance) == ("2", "A")
    assert ("Fare for syklister" in internal.text, "Fare for syklister" in public.text) == (True, False)
    card = json.loads((folder / "card.json").read_text())
    assert card["texts"][0]["text"] == Card.objects.get(pk=cards["whole"].pk).text
    assert (card["texts"][1]["legal_reference"], card["submitter"]["name"]) == (PARAGRAPH, "Kari Nordmann")

    everything = {str(each.relative_to(out)) for each in out.rglob("*") if each.is_file()}
    listed = {line.split("  ")[1] for line in (out / "SHA256SUMS").read_text().splitlines()}
    assert everything - listed == {"SHA256SUMS"}
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=out, check=True)
    looks = AuditEntry.objects.filter(action="exported", person=solvik.administrator)
    assert set(looks.values_list("reference", flat=True)) == {cards["whole"].reference, cards["unassessed"].reference}


def test_second_run_says_what_lies_there_and_changes_nothing(cards: dict[str, Card], out: Path) -> None:
    export(out)
    before = {each: each.read_bytes() for each in out.rglob("*") if each.is_file()}
    with pytest.raises(CommandError, match="a whole export of 2 cards and 5 files already, made 20"):
        export(out)
    assert {each: each.read_bytes() for each in out.rglob("*") if each.is_file()} == before
    again = out.with_name("again")
    export(again)
    sums = [set((each / "SHA256SUMS").read_text().splitlines()) for each in (out, again)]
    assert {line.split("  ")[1] for line in sums[0] ^ sums[1]} == {"arkivmelding.xml", "innspill-archive.json"}


def test_half_an_export_never_stays(cards: dict[str, Card], out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Attachment.objects.get()
    Path(file.file.path).write_bytes(b"changed")
    with pytest.raises(CommandError, match=f"A file of card {cards['whole'].reference} is not what came in"):
        export(out)
    Path(file.file.path).unlink()
    with pytest.raises(CommandError, match="cannot be read"):
        export(out)
    assert list(out.parent.iterdir()) == []
    out.mkdir()
    with pytest.raises(CommandError, match="is no export of ours"):
        export(out)
    assert list(out.parent.iterdir()) == [out]


def test_cards_by_their_numbers(solvik: Solvik, cards: dict[str, Card], out: Path) -> None:
    reference = cards["sensitive"].reference
    export(out, "--card", cards["open"].reference.replace("-", " "), "--card", reference, "--with-sensitive")
    root = etree.parse(out / "arkivmelding.xml").getroot()
    check_shape(root)
    assert [case.findtext(f"{N}saksstatus") for case in root.findall(f"{N}mappe")] == ["Avsluttet", "Under behandling"]
    assert CardLook.objects.get().person == solvik.administrator
    for arguments, said in (
        (("--card", "26-000001-9"), "There is no card 26-000001-9"),
        (("--card", reference, "--from", "2.11.2026"), "Either --card"),
    ):
        with pytest.raises(CommandError, match=said):
            export(out.with_name("other"), *arguments)
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("export_archive", "--card", reference, "--by", "x@solvik.test", "--out", str(out))


def test_batches_read_alike(
    solvik: Solvik, out: Path, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    """Cards are read and written a batch at a time: what a batch asks the database does not grow with its cards."""
    for _number in range(5):
        closed(a_card(unit=solvik.roads), by=solvik.roads_leader, now=MONDAY)
    with django_assert_max_num_queries(24):
        export(out)
    monkeypatch.setattr(archiving, "BATCH", 2)
    told = export(out.with_name("in-twos"))
    assert "5 cards, 5 files." in told
    messages = [
        (each / "arkivmelding.xml").read_text().split("</antallFiler>")[1] for each in (out, out.with_name("in-twos"))
    ]
    assert messages[0] == messages[1]
