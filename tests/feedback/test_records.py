"""Public access: the grade of a card and of each text, the public version beside it, and the journal of some days."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from feedback.actions.erasing import anonymise_cards
from feedback.actions.records import (
    GroundNeeded,
    SensitiveIsExempt,
    add_ground,
    draft_of,
    grade_card,
    grade_text,
    use_ground,
    write_public_version,
)
from feedback.actions.sensitive import mark_sensitive
from feedback.actions.stories import NamesSomebody
from feedback.actions.submitter import add_to_card
from feedback.deadlines import Contact
from feedback.errors import NotAllowed
from feedback.journal import BATCH, Line, heads_of, journal_lines
from feedback.models import (
    Addition,
    Callback,
    Card,
    CardEvent,
    Erasure,
    FollowUp,
    LegalGround,
    Part,
    PreliminaryAnswer,
    RecordAccess,
    Referral,
)
from feedback.naming import pieces_that_name, struck
from feedback.recorded import Record, record_of
from organisation.models import AuditEntry, Municipality, Person
from organisation.permissions import Role
from tests.factories import MONDAY, PersonFactory, RoleFactory, Solvik, a_card, events
from tests.feedback.steps import called_back

pytestmark = pytest.mark.django_db

TEXT = "Jeg heter Alva Hemmeligsen, bor i Skjulveien 7. Ring 40 99 88 77 eller alva@hemmeligsen.example. 01017012345"
WHOSE = Contact(name="Alva Hemmeligsen", address="Skjulveien 7", phone="40 99 88 77", email="alva@hemmeligsen.example")
SECRETS = ["Hemmeligsen", "Alva", "Skjulveien", "40 99 88 77", "hemmeligsen.example", "01017012345"]
PARAGRAPH = "offl. § 13 jf. fvl. § 13 nr. 1"
TUESDAY = MONDAY + timedelta(days=1)
DAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def ground(solvik: Solvik) -> LegalGround:
    return add_ground(name=PARAGRAPH, about="Personlige forhold", by=solvik.administrator, now=MONDAY)


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(unit=solvik.roads, text=TEXT, contact=WHOSE)


def the_record(card: Card) -> Record:
    return record_of(Card.objects.select_related("unit", "submitter").get(pk=card.pk), Municipality.objects.get())


def public(card: Card, by: Person, **values: Any) -> None:
    given: dict[str, Any] = {"grade": "public", "ground": None, "title": "Hull i veien", "sender_shown": False}
    grade_card(card, **(given | values), by=by, now=MONDAY)


def lines(*, public: bool, last: date = DAY) -> list[Line]:
    return list(journal_lines(DAY, last, house=Municipality.objects.get(), public=public))


# --- Grades ---------------------------------------------------------------------------------------------------------


def test_stricter_of_card_and_text_holds(solvik: Solvik, card: Card, ground: LegalGround) -> None:
    other = add_ground(name="offl. § 24", about="", by=solvik.administrator, now=MONDAY)
    assert the_record(card).access().grade == ""
    public(card, solvik.handler)
    message = the_record(card).texts[0]
    assert the_record(card).access(message).is_public
    grade_text(card, text=message, grade="exempt", ground=ground, by=solvik.handler, now=MONDAY)
    record = the_record(card)
    assert (record.access().grade, record.access(record.texts[0]).ground) == ("public", PARAGRAPH)
    grade_text(card, text=message, grade="", ground=ground, by=solvik.handler, now=MONDAY)
    grade_card(card, grade="exempt", ground=other, title="", sender_shown=True, by=solvik.handler, now=MONDAY)
    record = the_record(card)
    assert [record.access(text).ground for text in record.texts] == ["offl. § 24"]
    assert not record.sender_is_public(record.texts[0])
    assert events(card)[-4:] == [
        ("access_graded", "", "public"), ("access_graded", "", PARAGRAPH), ("access_graded", PARAGRAPH, ""),
        ("access_graded", "public", "offl. § 24"),
    ]  # fmt: skip
    entry = AuditEntry.objects.filter(action="access_graded").latest("pk")
    assert (entry.reference, entry.person_id, entry.fields) == (card.reference, solvik.handler.pk, ["card"])


def test_what_is_refused_leaves_nothing(solvik: Solvik, card: Card, ground: LegalGround) -> None:
    use_ground(ground, is_active=False, by=solvik.administrator, now=MONDAY)
    before = len(events(card))
    exempt = {"grade": "exempt", "title": "", "sender_shown": False, "now": MONDAY}
    for with_ground in (None, ground):
        with pytest.raises(GroundNeeded):
            grade_card(card, **exempt, ground=with_ground, by=solvik.handler)
    with pytest.raises(NamesSomebody):
        public(card, solvik.handler, title="Alva klager")
    for stranger in (solvik.water_leader, solvik.reader, solvik.administrator):
        with pytest.raises(NotAllowed):
            public(card, stranger)
    text = the_record(card).texts[0]
    with pytest.raises(NotAllowed):  # the case handler grades, and writes no public version
        write_public_version(card, text=text, version="x", by=solvik.handler, now=MONDAY)
    with pytest.raises(NamesSomebody):
        write_public_version(card, text=text, version="Ring 40 99 88 77", by=solvik.roads_leader, now=MONDAY)
    mark_sensitive(card, reason="health", by=solvik.roads_leader, now=MONDAY)
    with pytest.raises(SensitiveIsExempt):
        public(card, solvik.roads_leader)
    assert (RecordAccess.objects.count(), len(events(card))) == (0, before + 1)


# --- The public version ---------------------------------------------------------------------------------------------


def test_draft_covers_the_submitter_and_the_text_stays(solvik: Solvik, card: Card) -> None:
    draft = draft_of(card, TEXT, solvik.municipality)
    assert [secret for secret in SECRETS if secret in draft] == []
    assert draft.startswith("Jeg heter █████ █████, bor i █████ █████. Ring █████")
    text = the_record(card).texts[0]
    write_public_version(card, text=text, version=draft, by=solvik.roads_leader, now=MONDAY)
    assert the_record(card).public_words(the_record(card).texts[0]) == ""  # nobody has assessed the card
    public(card, solvik.handler)
    assert the_record(card).public_words(the_record(card).texts[0]) == draft
    card.refresh_from_db()
    assert card.text == TEXT
    write_public_version(card, text=text, version="  ", by=solvik.roads_leader, now=MONDAY)
    assert the_record(card).public_words(the_record(card).texts[0]) == ""
    assert [what for what, _, _ in events(card)][-3:] == ["public_version", "access_graded", "public_version_removed"]


def test_struck_pieces_that_overlap() -> None:
    text = "Ola, Ola Nordmann"
    assert struck(text, pieces_that_name(text, name="Ola Nordmann")) == "█████, █████ █████"
    doubled = pieces_that_name("a 40 99 88 77 b") * 2
    assert struck("a 40 99 88 77 b", doubled) == "a █████ █████ █████ █████ b"


def test_public_version_goes_with_the_card(solvik: Solvik, card: Card) -> None:
    text = the_record(card).texts[0]
    write_public_version(card, text=text, version="Et hull", by=solvik.roads_leader, now=MONDAY)
    public(card, solvik.handler)
    Card.objects.filter(pk=card.pk).update(
        state="closed", closed_at=TUESDAY, completed_at=TUESDAY, close_result="noted"
    )
    anonymise_cards([card.pk], cause=Erasure.Cause.ASKED, by=None, now=TUESDAY)
    assert set(RecordAccess.objects.values_list("title", "public_text")) == {("", ""), ("", "–")}


# --- The page -------------------------------------------------------------------------------------------------------


def test_page_of_a_card(solvik: Solvik, card: Card, ground: LegalGround, client: Client) -> None:
    called_back(card, by=solvik.handler, now=MONDAY)
    address = f"/staff/cards/{card.reference}/public/"
    client.force_login(solvik.roads_leader)
    page = client.get(address).content.decode()
    assert page.count("█████") > 5
    assert "Conversation with the submitter" in page
    wrong = client.post(address, {"text": "card", "card-grade": "exempt", "card-title": "x" * 151})
    assert (wrong.status_code, "longer than 150" in wrong.content.decode()) == (422, True)
    wrong = client.post(address, {"text": "card", "card-grade": "exempt", "card-title": "Vei"})
    assert (wrong.status_code, "Choose the legal reference" in wrong.content.decode()) == (422, True)
    done = client.post(address, {"text": "card", "card-grade": "exempt", "card-ground": ground.pk, "card-title": "Vei"})
    assert done.status_code == 302
    wrong = client.post(
        address,
        {"text": "message", "act": "version", "version-message-version": "Skriv til alva@hemmeligsen.example nå"},
    )
    assert wrong.status_code == 422
    assert "Skriv til alva@hemmeligsen.example nå</textarea>" in wrong.content.decode()
    done = client.post(address, {"text": "message", "act": "version", "version-message-version": "Et hull"})
    assert (done.status_code, done["Location"]) == (302, address + "#message")
    key = the_record(card).texts[1].key
    done = client.post(
        address, {"text": key, "act": "grade", f"grade-{key}-grade": "exempt", f"grade-{key}-ground": ground.pk}
    )
    assert done.status_code == 302
    own = {own.part: own for own in RecordAccess.objects.all()}
    assert set(own) == {Part.CARD, Part.MESSAGE, Part.CALLBACK}
    assert (own["card"].title, own["message"].public_text) == ("Vei", "Et hull")
    for data in ({"text": "callback-999999", "act": "grade"}, {"text": "message", "act": "x"}, {}):
        assert client.post(address, data).status_code == 404
    client.force_login(solvik.handler)
    assert "Write a public version" not in client.get(address).content.decode()
    assert client.post(address, {"text": "message", "act": "version"}).status_code == 403
    for name, status in (("reader", 403), ("water_leader", 404), ("chief", 404)):
        client.force_login(getattr(solvik, name))
        assert client.get(address).status_code == status
    assert AuditEntry.objects.filter(action="read", reference=card.reference).exists()


def test_page_costs_the_same_whatever_the_texts(
    solvik: Solvik, card: Card, ground: LegalGround, client: Client
) -> None:
    client.force_login(solvik.roads_leader)

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/staff/cards/{card.reference}/public/").status_code == 200
        return sum("FROM" in query["sql"] for query in found)

    first = statements()
    for number in range(3):
        add_to_card(card, text=f"Mer {number}", uploads=[], key=uuid.uuid4(), now=MONDAY)
    assert statements() == first


# --- The list of legal references -----------------------------------------------------------------------------------


def test_administrator_keeps_the_list(solvik: Solvik, ground: LegalGround, client: Client) -> None:
    address = "/staff/administration/legal-references/"
    client.force_login(solvik.administrator)
    twice = client.post(address, {"name": f"  {PARAGRAPH} "})
    assert (twice.status_code, PARAGRAPH in twice.content.decode()) == (422, True)
    assert client.post(address, {"name": ""}).status_code == 422
    assert client.post(address, {"name": "offl. § 24 tredje ledd", "about": "Tips"}).status_code == 302
    assert client.post(f"{address}{ground.pk}/", {"use": "no"}).status_code == 302
    assert list(LegalGround.objects.values_list("name", "is_active")) == [
        (PARAGRAPH, False), ("offl. § 24 tredje ledd", True),
    ]  # fmt: skip
    client.force_login(solvik.clerk)
    assert client.get(address).status_code == 403


# --- The journal ----------------------------------------------------------------------------------------------------


@pytest.fixture
def a_day(solvik: Solvik, card: Card, ground: LegalGround) -> dict[str, Card]:
    """A public card with an answer, an exempt one, one that nobody assessed, a sensitive one, and one of another day."""
    public(card, solvik.handler)
    write_public_version(
        card, text=the_record(card).texts[0], version="Et hull", by=solvik.roads_leader, now=MONDAY
    )  # fmt: skip
    called_back(card, by=solvik.handler, now=MONDAY + timedelta(hours=2))
    exempt = a_card(unit=solvik.roads, text=TEXT, contact=WHOSE, now=MONDAY + timedelta(minutes=1))
    grade_card(exempt, grade="exempt", ground=ground, title="", sender_shown=False, by=solvik.handler, now=MONDAY)
    unassessed = a_card(unit=solvik.roads, text=TEXT, contact=WHOSE, now=MONDAY + timedelta(minutes=2))
    sensitive = a_card(unit=solvik.roads, text=TEXT, contact=WHOSE, now=MONDAY + timedelta(minutes=3))
    public(sensitive, solvik.handler, sender_shown=True)
    mark_sensitive(sensitive, reason="health", by=solvik.roads_leader, now=MONDAY + timedelta(minutes=4))
    a_card(unit=solvik.roads, now=TUESDAY)
    return {"public": card, "exempt": exempt, "unassessed": unassessed, "sensitive": sensitive}


def test_public_journal_says_nothing_that_is_exempt(solvik: Solvik, a_day: dict[str, Card]) -> None:
    found = lines(public=True)
    shown = [
        (
            line.number.split("/")[1],
            line.title,
            line.party,
            line.unit,
            line.access,
            line.legal_reference,
            line.public_text,
        )
        for line in found
    ]
    assert shown == [
        ("1", "Hull i veien", "A private person", "Vei", "public", "", "Et hull"),
        ("1", "Shielded", "Shielded", "Vei", "exempt", PARAGRAPH, ""),
        ("1", "Shielded", "Shielded", "Vei", "", "", ""),
        ("1", "Shielded", "Shielded", "Shielded", "exempt", "", ""),
        ("2", "Hull i veien", "Vei", "Vei", "public", "", ""),
    ]
    assert [line.case for line in found[:4]] == [card.reference for card in a_day.values()]
    assert [(line.direction, line.document) for line in found[3:]] == [
        ("I", "Shielded"), ("X", "Conversation with the submitter"),
    ]  # fmt: skip
    assert [secret for secret in [*SECRETS, "tettet"] if secret in str(found)] == []
    public(a_day["public"], solvik.handler, sender_shown=True)
    assert lines(public=True)[0].party == "Alva Hemmeligsen"


def test_internal_journal_names_all_but_the_sensitive(a_day: dict[str, Card]) -> None:
    found = lines(public=False)
    assert [line.party for line in found] == ["Alva Hemmeligsen"] * 3 + ["Shielded", "Vei"]
    assert [line.title[:9] for line in found] == ["Jeg heter", "Jeg heter", "Jeg heter", "Shielded", "Jeg heter"]
    assert len(lines(public=False, last=date(2026, 11, 3))) == 6


def test_of_a_sensitive_card_both_journals_show_number_dates_and_type_alone(
    solvik: Solvik, card: Card, ground: LegalGround
) -> None:
    grade_card(card, grade="exempt", ground=ground, title="", sender_shown=False, by=solvik.handler, now=MONDAY)
    called_back(card, by=solvik.handler, now=MONDAY + timedelta(hours=2))
    mark_sensitive(card, reason="health", by=solvik.roads_leader, now=MONDAY + timedelta(hours=3))
    number = card.reference
    shielded = {
        "document": "Shielded",
        "title": "Shielded",
        "party": "Shielded",
        "unit": "Shielded",
        "access": "exempt",
    }
    for public_one in (True, False):
        assert lines(public=public_one) == [
            Line(f"{number}/{place}", DAY, DAY, direction, case=number, legal_reference="", **shielded)
            for place, direction in ((1, "I"), (2, "X"))
        ]


def test_journal_is_read_in_batches_and_misses_none(
    solvik: Solvik, card: Card, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """Texts of the very same moment, on both sides of a batch's end. What a batch costs does not grow with it."""
    for _number in range(5):
        other = a_card(unit=solvik.roads)
        called_back(other, by=solvik.handler, now=MONDAY)
        add_to_card(other, text="Mer", uploads=[], key=uuid.uuid4(), now=MONDAY)
    house = Municipality.objects.get()
    whole = [line.number for line in journal_lines(DAY, DAY, house=house, public=True)]
    assert len(whole) == len(set(whole)) == 16
    with django_assert_num_queries(8):  # the texts' places, their cards, access, and five kinds of text
        list(journal_lines(DAY, DAY, house=house, public=True))
    assert BATCH == 2000
    for size in (1, 3, 4):
        monkeypatch.setattr("feedback.journal.BATCH", size)
        assert [line.number for line in journal_lines(DAY, DAY, house=house, public=True)] == whole


@pytest.mark.slow
def test_days_of_the_journal_are_read_along_indexes(solvik: Solvik, card: Card) -> None:
    """Where there are many texts: neither a batch nor the next one reads a table from first to last."""
    last = 20_000
    whole = {field.name: getattr(card, field.name) for field in Card._meta.concrete_fields if not field.generated}
    Card.objects.bulk_create(
        Card(
            **whole
            | {"id": None, "reference": f"n{n}", "secret": f"n{n}", "registered_at": MONDAY + n * timedelta(hours=1)}
        )
        for n in range(5_000)
    )
    of_card = {"card": card, "recorded_at": MONDAY}
    rows = [
        Callback.objects.create(**of_card, held_at=MONDAY, summary="x", would_not_answer=True),
        FollowUp.objects.create(**of_card, done_at=MONDAY, summary="x"),
        PreliminaryAnswer.objects.create(**of_card, reason="x", expected_on=DAY),
        Referral.objects.create(**of_card, body="x"),
        Addition.objects.create(**of_card, text="x", key=uuid.uuid4()),
    ]
    with connection.cursor() as cursor:
        for row in rows:
            table = row._meta.db_table
            cursor.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object('id', t.id + n, 'cycle', n,"  # noqa: S608
                " 'recorded_at', t.recorded_at + n * interval '5 minutes', 'key', md5(n::text)::uuid))).*"
                f" FROM {table} t, generate_series(2, %s) n",
                [last],
            )
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("ANALYZE feedback_card")
    begins = MONDAY + timedelta(days=30)
    for after in (None, (begins + timedelta(hours=5), 2, 1, card.pk)):
        plan = heads_of(begins, begins + timedelta(days=1), after).explain()
        assert "Seq Scan" not in plan, plan
        for index in (
            "card_newest",
            *(index.name for row in rows for index in row._meta.indexes if "recorded" in index.name),
        ):
            assert f" {index} " in plan, plan


def test_files_of_the_journal(solvik: Solvik, a_day: dict[str, Card], client: Client) -> None:
    public(a_day["public"], solvik.handler, title="=1+1", sender_shown=True)
    days = "?first=02.11.2026&last=2026-11-02"
    client.force_login(solvik.clerk)
    with time_machine.travel(TUESDAY, tick=False):
        content = b"".join(client.get(f"/staff/journal/public.csv{days}").streaming_content)  # type: ignore[attr-defined]
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        assert (len(rows), rows[0][0], rows[1][6], rows[1][11]) == (6, "Number", "'=1+1", "Et hull")
        told = json.loads(client.get(f"/staff/journal/public.json{days}").getvalue())
        assert (told["count"], len(told["lines"]), told["first"], told["public"]) == (5, 5, "2026-11-02", True)
        assert told["lines"][1]["title"] == "Shielded"
        internal = json.loads(client.get(f"/staff/journal/internal.json{days}").getvalue())
        assert internal["lines"][1]["party"] == "Alva Hemmeligsen"
        assert "public_text" not in internal["lines"][0]
        page = client.get(f"/staff/journal/{days}").content.decode()
    assert [secret for secret in SECRETS[2:] if secret in page] == []
    assert a_day["unassessed"].reference in page
    assert AuditEntry.objects.filter(action="exported", person=solvik.clerk, kind="feedback.card").count() == 3
    for query in ("?first=x&last=", "?first=2026-11-03&last=2026-11-02", "?first=2025-01-01&last=2026-11-02"):
        for address in ("", "public.csv"):
            assert client.get(f"/staff/journal/{address}{query}").status_code == 422
    assert client.get(f"/staff/journal/public.xml{days}").status_code == 404


def test_who_takes_which_journal(solvik: Solvik, a_day: dict[str, Card], client: Client) -> None:
    privacy = PersonFactory()
    RoleFactory(person=privacy, role=Role.PRIVACY)
    days = "?first=2026-11-02&last=2026-11-02"
    for person, statuses in (
        (solvik.administrator, (200, 200, 403)), (privacy, (200, 200, 403)), (solvik.clerk, (200, 200, 200)),
        (solvik.roads_leader, (403, 403, 403)), (solvik.reader, (403, 403, 403)),
    ):  # fmt: skip
        client.force_login(person)
        got = [client.get(f"/staff/journal/{name}{days}") for name in ("", "public.csv", "internal.csv")]
        assert tuple(answer.status_code for answer in got) == statuses
        if person in (solvik.administrator, privacy):
            assert a_day["unassessed"].reference + "</a>" not in got[0].content.decode()


def test_journal_by_command(solvik: Solvik, a_day: dict[str, Card], tmp_path: Path) -> None:
    out = tmp_path / "journal.json"
    asked = ["--from", "2.11.2026", "--to", "2.11.2026", "--format", "json", "--out", str(out)]
    call_command("export_journal", *asked, "--by", solvik.clerk.email)
    told = json.loads(out.read_text())
    assert (told["count"], told["public"], told["lines"][1]["title"]) == (5, True, "Skjermet")
    assert [secret for secret in SECRETS if secret in out.read_text()] == []
    with pytest.raises(CommandError, match="is there already"):
        call_command("export_journal", *asked, "--by", solvik.clerk.email)
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("export_journal", *asked, "--by", "x@solvik.test")
    with pytest.raises(CommandError, match="before"):
        call_command("export_journal", "--from", "2.11.2026", "--to", "1.11.2026", "--by", solvik.clerk.email)
    assert [each.name for each in tmp_path.iterdir()] == ["journal.json"]
    assert AuditEntry.objects.filter(action="exported", person=solvik.clerk).count() == 1


def test_grading_does_not_stop_who_works_on_the_card(solvik: Solvik, card: Card) -> None:
    assert {CardEvent.What.ACCESS_GRADED, CardEvent.What.PUBLIC_VERSION} <= set(CardEvent.OF_NO_WEIGHT)
