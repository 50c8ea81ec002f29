"""What an import leaves in the database: the rows of the other ways, once, or a reason by line."""

# ruff: noqa: E501  (tables of rows and sentences, one a line)

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models

from feedback.actions.answering import record_follow_up
from feedback.actions.closing import close_card
from feedback.actions.intake import Intake
from feedback.actions.registration import register_card, take_numbers
from feedback.deadlines import Contact
from feedback.importing.faults import CannotImport, MappingFault
from feedback.importing.loading import import_cards
from feedback.importing.mapping import read_mapping
from feedback.importing.named import code_for
from feedback.models import (
    Callback,
    Card,
    CardEvent,
    Category,
    FollowUp,
    ReferenceCounter,
    Referral,
    RoutingRule,
    Submitter,
)
from feedback.workflow import State
from organisation.models import Municipality, OutgoingMail, Unit
from tests.feedback.importing.conftest import MAPPING, NOW, Import

HEAD = "id,opened,closed,text\n"
FULL = """
source = "old"
[file]
delimiter = ";"
dates = ["%d.%m.%Y %H:%M"]
[card]
key = "id"
registered = "opened"
received = "received"
text = "text"
kind = "kind"
category = "category"
unit = "unit"
channel = "channel"
language = "language"
place = "place"
area = "area"
latitude = "lat"
longitude = "lon"
political = "political"
callback_wanted = "wanted"
[submitter]
name = "name"
address = "address"
phone = "phone"
email = "email"
other_way = "way"
other_way_note = "note"
[completed]
date = "closed"
outcome = { value = "followed_up" }
summary = "done"
measures = "measures"
"""
FULL_HEAD = (
    "id;opened;received;text;kind;category;unit;channel;language;place;area;lat;lon;political;wanted;name;address;phone;"
    "email;way;note;closed;done;measures\n"
)

# Made by chance, or told apart on purpose: not a matter of which way a card came.
NOT_COMPARED = {"id", "card", "secret", "reference", "import_source", "import_key", "search"}


def values(row: models.Model, *leave_out: str) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in NOT_COMPARED and field.name not in leave_out
    }


def events(card: Card, *leave_out: str) -> list[dict[str, Any]]:
    found = [values(event, *leave_out) for event in CardEvent.objects.filter(card=card).order_by("id")]
    for event in found:
        event["details"] = {key: value for key, value in event["details"].items() if key != "follow_up"}
    return found


# --- Equal rows -----------------------------------------------------------------------------------------------------


def test_row_with_everything_gives_the_rows_of_a_registration(house: Municipality, run: Import) -> None:
    report = run(
        FULL_HEAD
        + "17;20.11.2026 08:15;19.11.2026 16:00;Hull i veien\\n\t«farlig»;complaint;veg;veg;phone;nn; Storgata 1 ;"
        "Sentrum;59.053;10.0352;ja;nei;Kari Østby;Kirkeveien 2;33 00 00 00;kari@example.org;written;Brev;;;\n",
        FULL,
    )
    assert (report.imported, report.problems) == (1, [])
    imported = Card.objects.get()
    registered = register_card(
        Intake(
            channel="phone",
            text="Hull i veien\\n\t«farlig»",
            kind="complaint",
            category=Category.objects.get(code="veg"),
            unit=Unit.objects.get(code="veg"),
            language="nn",
            received_on=date(2026, 11, 19),
            registered_at=datetime(2026, 11, 20, 7, 15, tzinfo=UTC),
            place="Storgata 1",
            area="Sentrum",
            latitude=Decimal("59.053"),
            longitude=Decimal("10.0352"),
            political=True,
            contact=Contact("Kari Østby", "Kirkeveien 2", "33 00 00 00", "kari@example.org", "written", "Brev"),
        ),
        by=None,
        now=NOW,
    )
    registered.refresh_from_db()
    assert values(imported) == values(registered)
    assert values(imported.submitter) == values(registered.submitter)
    assert events(imported) == events(registered)
    assert (imported.import_source, imported.import_key) == ("old", "17")


def test_row_with_least_gives_the_rows_of_a_registration(house: Municipality, run: Import) -> None:
    run(HEAD + "1,2026-11-20,,Hull i veien\n")
    imported = Card.objects.get()
    intake = Intake(channel="import", text="Hull i veien", registered_at=datetime(2026, 11, 20, 11, 0, tzinfo=UTC))
    registered = register_card(intake, by=None, now=NOW)
    registered.refresh_from_db()
    assert values(imported) == values(registered)
    assert events(imported) == events(registered)
    assert not Submitter.objects.exists()


def test_completed_row_gives_the_rows_of_follow_up_and_closing(house: Municipality, run: Import) -> None:
    opened, done = datetime(2026, 11, 2, 7, 15, tzinfo=UTC), datetime(2026, 11, 5, 13, 0, tzinfo=UTC)
    run(
        FULL_HEAD + "17;02.11.2026 08:15;;Hull i veien;;;veg;;;;;;;;;;;;;;;05.11.2026 14:00;Hullet er tettet;Asfalt\n",
        FULL,
    )
    imported = Card.objects.get()
    registered = register_card(
        Intake(channel="import", text="Hull i veien", unit=Unit.objects.get(code="veg"), registered_at=opened),
        by=None,
        now=opened,
    )
    record_follow_up(registered, done_at=done, summary="Hullet er tettet", measures="Asfalt", by=None, now=done)
    close_card(registered, result="followed_up", by=None, now=done)
    registered.refresh_from_db()
    assert values(imported) == values(registered)
    assert events(imported) == events(registered)
    assert values(imported.followups.get()) == values(registered.followups.get())  # type: ignore[attr-defined]
    completing = imported.events.get(what="followed_up")
    assert completing.details == {"follow_up": FollowUp.objects.get(card=imported).pk}


def test_routing_rules_pick_the_unit_where_the_mapping_has_none(house: Municipality, run: Import) -> None:
    rule = RoutingRule.objects.create(position=1, name="Lys", words=["gatelys"], unit=Unit.objects.get(code="veg"))
    run(HEAD + "1,2026-11-20,,Gatelyset er borte\n2,2026-11-20,,Noe annet\n")
    first, second = Card.objects.order_by("import_key")
    assert (first.unit.code, first.state) == ("veg", State.FORWARDED)
    assert first.events.get(what="forwarded").details == {"by": "rule", "rule": rule.pk}
    assert (second.unit.code, second.state) == ("servicesenteret", State.REGISTERED)


# --- Once, all or nothing, and nothing sent ---------------------------------------------------------------------------


def everything() -> dict[str, list[Any]]:
    kinds: list[type[models.Model]] = [
        Card, CardEvent, Submitter, FollowUp, Callback, Referral, Unit, Category, ReferenceCounter, OutgoingMail
    ]  # fmt: skip
    return {kind.__name__: list(kind._default_manager.order_by("pk").values()) for kind in kinds}


THREE = HEAD + "1,2026-11-02,2026-11-04,Én\n2,2026-11-03,,To\n1,2026-11-04,,En annen\n"


def test_second_run_changes_nothing_and_says_already_there(house: Municipality, run: Import) -> None:
    first = run(THREE)
    assert (first.rows, first.imported, first.already_there, first.duplicates, first.refused) == (3, 2, 0, 1, 0)
    before = everything()
    second = run(THREE)
    assert (second.rows, second.imported, second.already_there, second.duplicates, second.refused) == (3, 0, 2, 1, 0)
    assert everything() == before


def test_row_that_was_mended_comes_with_the_next_run(house: Municipality, run: Import) -> None:
    run(HEAD + "1,2026-11-02,,Én\n2,02.11.2026,,To\n")
    report = run(HEAD + "1,2026-11-02,,Én\n2,2026-11-02,,To\n")
    assert (report.imported, report.already_there) == (1, 1)
    assert list(Card.objects.order_by("import_key").values_list("text", flat=True)) == ["Én", "To"]


def test_of_rows_with_one_key_the_first_wins_even_where_it_is_refused(house: Municipality, run: Import) -> None:
    report = run(HEAD + "1,2026-11-02,,Én\n1,2026-11-03,,To\n2,nonsense,,Tre\n2,2026-11-03,,Fire\n")
    assert [card.text for card in Card.objects.all()] == ["Én"]
    assert [(problem.line, problem.key, problem.code, problem.sentence) for problem in report.problems] == [
        (3, "1", "duplicate_key", "The key stands on line 2 already; that row counts."),
        (4, "2", "bad_date", "registered: «nonsense» is not a date in the form YYYY-MM-DD."),
        (5, "2", "duplicate_key", "The key stands on line 4 already; that row counts."),
    ]


def test_key_of_another_source_is_another_card(house: Municipality, run: Import) -> None:
    run(HEAD + "1,2026-11-02,,Én\n")
    report = run(HEAD + "1,2026-11-02,,Én\n", MAPPING.replace('"old"', '"older"'))
    assert (report.imported, Card.objects.count()) == (1, 2)


def test_dry_run_writes_nothing_and_reports_the_same(house: Municipality, run: Import) -> None:
    mapping = MAPPING.replace("[completed]", 'unit = { column = "text", create = true }\n[completed]')
    before = everything()
    dry = run(THREE, mapping, dry_run=True)
    assert everything() == before
    wet = run(THREE, mapping)
    assert (dry.imported, dry.duplicates, dry.created_units) == (2, 1, ["en", "to"])
    assert (wet.imported, wet.duplicates, wet.created_units) == (2, 1, ["en", "to"])


def test_nothing_is_sent(house: Municipality, run: Import) -> None:
    run(
        FULL_HEAD
        + "17;20.11.2026 08:15;;Hull;;;veg;;;;;;;;;Kari;Vei 1;33000000;kari@example.org;;;21.11.2026 09:00;Ok;\n",
        FULL,
    )
    assert Card.objects.get().unit.email == "veg@solvik.test"
    assert not OutgoingMail.objects.exists()


def test_wrong_encoding_late_in_the_file_writes_nothing(house: Municipality, run: Import) -> None:
    content = (HEAD + "".join(f"{n},2026-11-02,,Hull\n" for n in range(3000))).encode() + b"x,2026-11-02,,B\xf8\n"
    with pytest.raises(CannotImport, match=r"^The file is not UTF-8: line 3002, byte 64928 of the file is 0xF8\."):
        run(content)
    assert not Card.objects.exists()


def test_crash_in_the_middle_of_writing_leaves_nothing(
    house: Municipality, run: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()

    def crash(year: int, number: int) -> str:
        if number == 2:
            raise RuntimeError("power cut")
        return f"{year}-{number}"

    monkeypatch.setattr("feedback.importing.loading.reference", crash)
    mapping = MAPPING.replace("[completed]", 'unit = { column = "text", create = true }\n[completed]')
    with pytest.raises(Exception, match="power cut"):
        run(THREE, mapping)
    assert everything() == before


@pytest.mark.django_db(transaction=True)
def test_second_import_of_a_source_is_refused_while_the_first_runs(transactional_db: None, tmp_path: Path) -> None:
    Municipality.objects.create(name="Solvik")
    Unit.objects.create(code="servicesenteret", name="Servicesenteret", kind=Unit.Kind.SERVICE_CENTRE)
    file, toml = tmp_path / "cases.csv", tmp_path / "cases.toml"
    file.write_text(THREE, encoding="utf-8")
    toml.write_text(MAPPING, encoding="utf-8")
    refused: list[str] = []

    def second() -> None:
        try:
            import_cards(file, read_mapping(toml), now=NOW)
        except CannotImport as error:
            refused.append(str(error))
        finally:
            connection.close()

    def progress(what: str, rows: int) -> None:
        if what == "reading":
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()

    report = import_cards(file, read_mapping(toml), now=NOW, progress=progress)
    assert report.imported == 2
    assert len(refused) == 1  # in the other thread's language
    assert "«old»" in refused[0]
    assert Card.objects.count() == 2


# --- References -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sorted_at_once", [1, 2, 50_000])
def test_references_follow_the_registration_by_year_and_after_those_given(
    house: Municipality, run: Import, monkeypatch: pytest.MonkeyPatch, sorted_at_once: int
) -> None:
    monkeypatch.setattr("feedback.importing.loading.SORTED_AT_ONCE", sorted_at_once)
    take_numbers(2026, 4)
    report = run(HEAD + "1,2026-11-02,,c\n2,2026-01-01,,a\n3,2025-12-31,,x\n4,2026-01-01,,b\n5,2026-11-03,,d\n")
    found = {card.text: card.reference.rsplit("-", 1)[0] for card in Card.objects.all()}
    assert found == {"a": "26-000005", "b": "26-000006", "c": "26-000007", "d": "26-000008", "x": "25-000001"}
    assert dict(ReferenceCounter.objects.values_list("year", "last")) == {2025: 1, 2026: 8}
    assert report.first_reference == Card.objects.get(text="x").reference
    assert report.last_reference == Card.objects.get(text="d").reference


def test_year_of_a_reference_is_the_local_one(house: Municipality, run: Import) -> None:
    run(HEAD + "1,2025-12-31T23:30:00Z,,Godt nytt år\n")
    assert Card.objects.get().reference.startswith("26-")


# --- Dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "said", "expected"),
    [
        ("iso", "2026-07-01", "2026-07-01T10:00:00+00:00"),
        ("iso", "2026-01-01", "2026-01-01T11:00:00+00:00"),
        ("iso", "2026-07-01T08:15", "2026-07-01T06:15:00+00:00"),
        ("iso", "2026-07-01 08:15:30+00:00", "2026-07-01T08:15:30+00:00"),
        ("%d.%m.%Y", "1.7.2026", "2026-07-01T10:00:00+00:00"),
        ("%m/%d/%Y %I:%M %p", "07/01/2026 02:05 PM", "2026-07-01T12:05:00+00:00"),
        ("%d.%m.%y", "01.07.26", "2026-07-01T10:00:00+00:00"),
        ("iso", "2026-03-29", "2026-03-29T10:00:00+00:00"),
        ("iso", "2026-03-29T01:59", "2026-03-29T00:59:00+00:00"),
        ("iso", "2026-03-29T02:30", "2026-03-29T01:30:00+00:00"),
        ("iso", "2026-03-29T03:30", "2026-03-29T01:30:00+00:00"),
        ("iso", "2026-10-25", "2026-10-25T11:00:00+00:00"),
        ("iso", "2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),
        ("iso", "2026-10-25T02:30+01:00", "2026-10-25T01:30:00+00:00"),
    ],
    ids=[
        "a date is noon local, summer", "winter", "a time without a zone is local", "a time with a zone", "Norwegian",
        "American with a time", "a year of two digits", "noon on the day clocks go forward", "before the skipped hour",
        "in the skipped hour: an hour later", "after it", "noon on the day clocks go back", "the doubled hour: the first",
        "the doubled hour with its zone",
    ],
)  # fmt: skip
def test_registered_is_read_as(house: Municipality, run: Import, form: str, said: str, expected: str) -> None:
    run(f"id,opened,closed,text\n1,{said},,x\n", MAPPING.replace("[card]", f'[file]\ndates = ["{form}"]\n[card]'))
    assert Card.objects.get().registered_at.isoformat() == expected


def test_times_are_those_of_the_file_s_zone_and_days_those_of_the_municipality(
    house: Municipality, run: Import
) -> None:
    mapping = MAPPING.replace("[card]", '[file]\ntime_zone = "America/New_York"\n[card]')
    run(HEAD + "1,2026-07-01T20:00,2026-07-03,x\n", mapping)
    card = Card.objects.get()
    assert card.registered_at.isoformat() == "2026-07-02T00:00:00+00:00"
    assert (card.received_on, card.due_on) == (date(2026, 7, 2), date(2026, 7, 12))
    assert card.completed_at is not None
    assert card.completed_at.isoformat() == "2026-07-03T10:00:00+00:00"


def test_several_forms_are_tried_in_turn(house: Municipality, run: Import) -> None:
    mapping = MAPPING.replace("[card]", '[file]\ndates = ["%d.%m.%Y %H:%M", "%d.%m.%Y", "iso"]\n[card]')
    run(HEAD + "1,01.07.2026 08:00,02.07.2026,x\n2,2026-07-01,,y\n", mapping)
    first, second = Card.objects.order_by("import_key")
    assert first.registered_at.isoformat() == "2026-07-01T06:00:00+00:00"
    assert first.closed_at is not None
    assert first.closed_at.isoformat() == "2026-07-02T10:00:00+00:00"
    assert second.registered_at.isoformat() == "2026-07-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("opened", "closed", "expected"),
    [
        ("2026-07-01", "2026-07-01", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T15:00", "2026-07-01", "2026-07-01T13:00:00+00:00"),
        ("2026-07-01", "2026-07-01T09:00", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T09:00", "2026-07-01T09:00", "2026-07-01T07:00:00+00:00"),
        ("2026-11-21", "2026-11-21", "2026-11-21T08:00:00+00:00"),
    ],
    ids=["one day", "closed the day it was opened at three", "opened at no hour", "one moment", "today, before noon"],
)
def test_completed_on_the_day_of_registration(
    house: Municipality, run: Import, opened: str, closed: str, expected: str
) -> None:
    report = run(f"{HEAD}1,{opened},{closed},x\n", now=datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    assert report.problems == []
    card = Card.objects.get()
    assert card.completed_at is not None
    assert card.completed_at.isoformat() == expected
    assert card.registered_at <= card.completed_at == card.closed_at


# --- Refused, with line and reason ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code", "sentence"),
    [
        ("1,2026-02-30,,x", "bad_date", "registered: «2026-02-30» is not a date in the form YYYY-MM-DD."),
        ("1,0201-05-17,,x", "bad_date", "registered: «0201-05-17» is before the year 1900."),
        ("1,,,x", "date_missing", "registered: the date is missing."),
        ("1,2026-11-22,,x", "future_date", "registered: «2026-11-22» is in the future."),
        ("1,2026-11-21T19:30,,x", "future_date", "registered: «2026-11-21T19:30» is in the future."),
        ("1,2026-11-02,2026-11-22,x", "future_date", "completed: «2026-11-22» is in the future."),
        ("1,2026-11-02,soon,x", "bad_date", "completed: «soon» is not a date in the form YYYY-MM-DD."),
        ("1,2026-11-02,2026-11-01,x", "closed_before_opened", "completed: 2026-11-01 is before the card was registered (2026-11-02)."),
        ("1,2026-11-02T09:00,2026-11-02T08:59,x", "closed_before_opened", "completed: 2026-11-02 08:59 is before the card was registered (2026-11-02)."),
        ("1,2026-11-02,,", "text_missing", "text: Write a few words here."),
        ("1,2026-11-02,, \t ", "text_missing", "text: Write a few words here."),
        ("1,2026-11-02,," + "x" * 20_001, "text_too_long", "text: The text is longer than 20000 characters. Shorten it, or send the rest as an attachment."),
        (",2026-11-02,,x", "key_missing", "key: the row has none, so a second run would not know it again."),
        ("k" * 121 + ",2026-11-02,,x", "too_long", "The key is longer than 120 characters."),
        ("1,2026-11-02,x", "torn_row", "The line has 3 columns, the first line 4."),
        ('1,2026-11-02,,"x', "torn_row", "A quotation mark is opened in this row and never closed."),
        ("1,2026-11-02,,x\x00y", "nul", "The row holds a NUL character: it is damaged, or the file is no text."),
        ("1\x00,2026-11-02,,x", "nul", "The row holds a NUL character: it is damaged, or the file is no text."),
    ],
)  # fmt: skip
def test_row_is_refused_with_its_line_and_the_rest_is_taken(
    house: Municipality, run: Import, row: str, code: str, sentence: str
) -> None:
    from django.utils import translation

    with translation.override("en"):
        report = run(f"{HEAD}0,2026-11-02,,before\n{row}\n2,2026-11-02,,after\n")
    assert [(problem.line, problem.code, problem.sentence) for problem in report.problems] == [(3, code, sentence)]
    assert [card.text for card in Card.objects.order_by("import_key")] == ["before", "after"]
    assert (report.rows, report.imported, report.refused) == (3, 2, 1)


LONG = "x" * 300


@pytest.mark.parametrize(
    ("column", "said", "code"),
    [
        ("kind", "rant", "unknown_choice"),
        ("channel", "pigeon", "unknown_choice"),
        ("language", "no", "unknown_language"),
        ("category", "Rør", "unknown_category"),
        ("unit", "Rør", "unknown_unit"),
        ("unit", "teknisk", "not_an_answering_unit"),
        ("place", LONG, "too_long"),
        ("area", LONG, "too_long"),
        ("lat", "59.05", "impossible_place"),
        ("lat", "north", "bad_number"),
        ("lat", "nan", "bad_number"),
        ("political", "perhaps", "unknown_choice"),
        ("wanted", "maybe", "unknown_choice"),
        ("name", LONG, "too_long"),
        ("address", LONG, "too_long"),
        ("phone", LONG, "too_long"),
        ("email", "kari", "bad_email"),
        ("way", "pigeon", "unknown_choice"),
        ("note", LONG, "too_long"),
        ("received", "21.11.2026 09:00", "impossible_received_date"),
    ],
)
def test_value_that_cannot_be_is_refused(
    house: Municipality, refused: Callable[..., list[tuple[int, str]]], column: str, said: str, code: str
) -> None:
    row = dict.fromkeys(FULL_HEAD.strip().split(";"), "") | {"id": "1", "opened": "20.11.2026 08:15", "text": "x"}
    assert refused(FULL_HEAD + ";".join((row | {column: said}).values()) + "\n", FULL) == [(2, code)]
    assert not Card.objects.exists()


# --- Units and categories -------------------------------------------------------------------------------------------

NAMED = 'source = "old"\n[card]\nkey = "id"\nregistered = "opened"\ntext = "text"\n'
TWO = "id,opened,text,topic\n1,2026-11-02,x,{}\n2,2026-11-02,y,{}\n"


def test_unit_that_is_not_there_is_refused_where_the_mapping_does_not_allow_it(
    house: Municipality, run: Import
) -> None:
    report = run(TWO.format("Vann", "Veg og trafikk"), NAMED + 'unit = "topic"')
    assert [(problem.line, problem.sentence) for problem in report.problems] == [
        (2, "The unit «Vann» does not exist, and the mapping does not allow it to be created.")
    ]
    assert Card.objects.get().unit.code == "veg"
    assert not Unit.objects.filter(name="Vann").exists()


def test_units_and_categories_are_created_where_the_mapping_allows_it(house: Municipality, run: Import) -> None:
    mapping = NAMED + (
        'category = { column = "topic", create = true }\nunit = { from = "category", create = true, parent = "teknisk" }'
    )
    report = run(TWO.format("Vann og avløp/renovasjon på Øya", "VEG OG TRAFIKK"), mapping)
    assert report.created_units == ["vann-og-avlop-renovasjon-pa-oya"]
    assert report.created_categories == ["vann-og-avlop-renovasjon-pa-oya", "veg-og-trafikk"]
    unit = Unit.objects.get(code="vann-og-avlop-renovasjon-pa-oya")
    assert (unit.name, unit.kind, unit.parent.code if unit.parent else "") == (
        "Vann og avløp/renovasjon på Øya", Unit.Kind.UNIT, "teknisk",
    )  # fmt: skip
    assert unit.name_key == "vann og avl{2p/renovasjon p{3 {2ya"
    assert [
        (card.unit_id, card.category.name if card.category else "") for card in Card.objects.order_by("import_key")
    ] == [
        (unit.pk, "Vann og avløp/renovasjon på Øya"),
        (Unit.objects.get(code="veg").pk, "VEG OG TRAFIKK"),
    ]


def test_refused_row_creates_nothing(house: Municipality, run: Import) -> None:
    report = run(
        "id,opened,text,topic\n1,nonsense,x,Vann\n2,2026-11-02,,Avløp\n",
        NAMED + 'unit = { column = "topic", create = true }',
    )
    assert (report.refused, report.created_units) == (2, [])
    assert not Unit.objects.filter(name__in=["Vann", "Avløp"]).exists()


def test_empty_value_becomes_the_default_or_nothing(house: Municipality, run: Import) -> None:
    head = "id,opened,text,topic\n1,2026-11-02,x,Ukjent\n"
    mapping = (
        NAMED.replace("[card]", '[file]\nempty = ["ukjent"]\n[card]') + 'category = { column = "topic", create = true'
    )
    assert run(head, mapping + "}", dry_run=True).created_categories == []
    assert run(head, mapping + ', default = "Annet" }').created_categories == ["annet"]


def test_fixed_unit_and_map_are_checked_before_the_first_row(house: Municipality, run: Import) -> None:
    for unit in (
        '{ value = "vann" }',
        '{ column = "topic", map = { A = "vann" } }',
        '{ column = "topic", default = "vann" }',
    ):
        with pytest.raises(MappingFault) as caught:
            run(TWO.format("A", "B"), NAMED + f"unit = {unit}")
        assert str(caught.value) == (
            "card.unit: The unit «vann» does not exist, and the mapping does not allow it to be created."
        )
    with pytest.raises(MappingFault, match=r"^card\.unit\.parent: there is no sector with the code «veg»\.$"):
        run(TWO.format("A", "B"), NAMED + 'unit = { column = "topic", create = true, parent = "veg" }')


def test_card_of_a_closed_unit_goes_to_its_successor(house: Municipality, run: Import) -> None:
    new = Unit.objects.get(code="veg")
    Unit.objects.create(code="vei-gammel", name="Vei", closed_on=date(2020, 1, 1), successor=new)
    run("id,opened,text,topic\n1,2019-11-02,x,Vei\n", NAMED + 'unit = "topic"')
    assert Card.objects.get().unit == new


def test_name_that_two_units_have_is_ambiguous(
    house: Municipality, refused: Callable[..., list[tuple[int, str]]]
) -> None:
    Unit.objects.create(code="skole-nord", name="Skole")
    Unit.objects.create(code="skole-sor", name="Skole")
    assert refused(TWO.format("skole", "skole-sor"), NAMED + 'unit = "topic"') == [(2, "ambiguous_unit")]
    assert Card.objects.get().unit.code == "skole-sor"


@pytest.mark.parametrize(
    ("name", "code"),
    [("Veg og trafikk", "veg-og-trafikk"), ("Økonomi/Jobb", "okonomi-jobb"), ("Åse & Æve", "ase-aeve"), ("***", ""), ("x" * 70, "x" * 60)],
)  # fmt: skip
def test_code_is_made_of_the_name(name: str, code: str) -> None:
    assert code_for(name) == code


# --- What became of it ----------------------------------------------------------------------------------------------

OUTCOMES = """
source = "old"
[card]
key = "id"
registered = "opened"
text = "text"
callback_wanted = "wanted"
unit = { value = "veg" }
[completed]
date = "done"
outcome = { column = "outcome", map = { Henvist = "referred" } }
closed = "closed"
summary = "summary"
body = "body"
reaction = "reaction"
reason = "reason"
alternative = "alternative"
"""
OUTCOMES_HEAD = "id,opened,text,wanted,done,outcome,closed,summary,body,reaction,reason,alternative\n"


def test_answered_row_is_a_callback_with_its_reaction(house: Municipality, run: Import) -> None:
    report = run(
        OUTCOMES_HEAD + "1,2026-11-02,x,ja,2026-11-04,answered,2026-11-06,Snakket med Kari,,2,For sent,\n", OUTCOMES
    )
    assert report.problems == []
    card, callback = Card.objects.get(), Callback.objects.get()
    assert (card.callback_owed, card.state, card.close_result) == (True, "closed", "answered")
    assert [at.isoformat()[:16] for at in (card.completed_at, card.closed_at) if at] == [
        "2026-11-04T11:00",
        "2026-11-06T11:00",
    ]
    assert (callback.summary, callback.reaction, callback.would_not_answer) == ("Snakket med Kari", 2, False)
    assert (callback.reason, callback.reason_not_given) == ("For sent", False)
    assert (callback.alternative, callback.alternative_not_given) == ("", True)
    assert list(card.events.values_list("what", "from_value", "to_value")) == [
        ("registered", "", "import"),
        ("forwarded", "", "veg"),
        ("called_back", "", "2"),
        ("reported_back", "", "servicesenteret"),
        ("closed", "called_back", "answered"),
    ]
    assert card.events.get(what="called_back").details == {"callback": callback.pk, "way": "voice"}


@pytest.mark.parametrize(
    ("rest", "result", "whats"),
    [
        ("followed_up,,,,,,", "followed_up", ["followed_up", "reported_back", "closed"]),
        ("answered,,,,,,", "answered", ["called_back", "reported_back", "closed"]),
        ("Henvist,,,Statens vegvesen,,,", "referred", ["referred", "closed"]),
        ("withdrawn,,,,,,", "withdrawn", ["closed"]),
        ("noted,,,,,,", "noted", ["closed"]),
        ("not_reached,,,,,,", "not_reached", ["closed"]),
    ],
)  # fmt: skip
def test_outcome_is_a_result_with_its_history(
    house: Municipality, run: Import, rest: str, result: str, whats: list[str]
) -> None:
    report = run(OUTCOMES_HEAD + f"1,2026-11-02,x,nei,2026-11-04,{rest}\n", OUTCOMES)
    assert report.problems == []
    card = Card.objects.get()
    assert (card.state, card.close_result) == ("closed", result)
    assert list(card.events.values_list("what", flat=True)) == ["registered", "forwarded", *whats]


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("duplicate,,,,,,", "unknown_choice"),
        (",,,,,,", "unknown_choice"),
        ("answered,,,,7,,", "impossible_reaction"),
        ("referred,,,,,,", "text_missing"),
        ("referred,,," + "x" * 151 + ",,,", "too_long"),
        ("answered,2026-11-03,,,,,", "closed_before_opened"),
    ],
)
def test_outcome_that_cannot_be_is_refused(
    house: Municipality, refused: Callable[..., list[tuple[int, str]]], rest: str, code: str
) -> None:
    assert refused(OUTCOMES_HEAD + f"1,2026-11-02,x,nei,2026-11-04,{rest}\n", OUTCOMES) == [(2, code)]


def test_completed_and_not_closed(house: Municipality, run: Import) -> None:
    run(HEAD + "1,2026-11-02,2026-11-04,x\n2,2026-11-02,,y\n", MAPPING + "close = false")
    first, second = Card.objects.order_by("import_key")
    assert (first.state, first.closed_at, first.close_result) == ("followed_up", None, "")
    assert first.completed_at is not None
    assert (second.state, second.completed_at) == ("registered", None)


def test_callback_wanted_is_owed_without_contact_details(house: Municipality, run: Import) -> None:
    run(HEAD + "1,2026-11-02,,x\n", MAPPING.replace("[completed]", "callback_wanted = true\n[completed]"))
    card = Card.objects.get()
    assert (card.callback_wanted, card.callback_owed, card.due_on) == (True, True, date(2026, 11, 12))


# --- Whole files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")]
)
def test_letters_arrive_in_any_encoding_that_is_named(
    house: Municipality, run: Import, encoding: str, name: str
) -> None:
    mapping = MAPPING.replace("[card]", f'[file]\nencoding = "{name}"\n[card]')
    report = run((HEAD + "1,2026-11-02,,Blåbærsyltetøy på «Øya»\r\n").encode(encoding), mapping)
    assert (report.imported, Card.objects.get().text) == (1, "Blåbærsyltetøy på «Øya»")


def test_text_that_copy_would_take_for_its_own_arrives_as_it_is(house: Municipality, run: Import) -> None:
    text = 'a\\N b\\tc\\\\d\te\r\n\\.\n"f"'
    run(HEAD + '1,2026-11-02,,"' + text.replace('"', '""') + '"\n')
    assert Card.objects.get().text == text.replace("\r\n", "\n")


def test_statements_do_not_grow_with_the_rows(house: Municipality, run: Import, django_assert_num_queries: Any) -> None:
    def lines(first: int, last: int) -> str:
        return HEAD + "".join(f"{n},2026-11-02,2026-11-03,x\n" for n in range(first, last))

    with django_assert_num_queries(16):
        run(lines(0, 2))
    with django_assert_num_queries(16):
        run(lines(2, 1500))


def test_no_service_centre_is_one_sentence(db: None, run: Import) -> None:
    Unit.objects.filter(kind=Unit.Kind.SERVICE_CENTRE).delete()
    with pytest.raises(CannotImport):
        run(THREE)
