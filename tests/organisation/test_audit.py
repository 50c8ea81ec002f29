"""The audit log: whatever writes a history leaves an entry, nobody changes one, and the chain tells who did all the same."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils.timezone import now as clock

from config.doctor import audit as doctor_on_audit
from feedback.models import Card, CardEvent, CardLook
from organisation.actions import units
from organisation.actions.audit import record_look, seal_entries
from organisation.audit_log import ChainBroken, Head, actions, check_chain, entries, page_of_entries, unsealed
from organisation.chain import BEGINNING, Sealed, canonical, link
from organisation.history_door import erasing
from organisation.models import AuditEntry, Change, Look, Person, ScheduledJob, SignIn
from organisation.permissions import Role
from organisation.tasks import check_audit, seal_audit
from reporting.models import InitiativeEvent, InterviewDraw
from surveys.models import Draw, Population, Publication
from tests.factories import MONDAY, RoleFactory, Solvik, a_card
from tests.feedback.test_history import every_action
from tests.threads import at_once

pytestmark = pytest.mark.django_db

LOG, FILE = "/staff/administration/audit/", "/staff/administration/audit/entries.csv"


def looks(number: int, **values: Any) -> None:
    for place in range(number):
        record_look(
            Look.READ, **{"kind": "feedback.card", "by": None, "now": MONDAY + timedelta(seconds=place)} | values
        )


@pytest.fixture
def freely() -> Iterator[Callable[..., None]]:
    """Run SQL as somebody who may switch the triggers off: what the chain is there for."""

    def run(sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql, values)
            cursor.execute("SET session_replication_role = origin")

    return run


# --- What leaves an entry ---------------------------------------------------------------------------------------------


def test_each_event_of_a_card_leaves_one_entry_and_nothing_personal(solvik: Solvik) -> None:
    every_action(solvik, "Hemmeligheten")
    events = CardEvent.objects.order_by("id").values_list("at", "by", "what", "card", "card__reference", "from_value")
    found = AuditEntry.objects.filter(kind="feedback.card").order_by("id")
    assert len(events) > 50
    assert list(found.values_list("at", "person", "action", "row", "reference", "was")) == list(events)
    assert {name for entry in found.filter(action="corrected") for name in entry.fields} == {
        "category", "place", "area", "name",
    }  # fmt: skip
    assert [row for row in AuditEntry.objects.values() if "hemmeligheten" in str(row).casefold()] == []


def test_a_change_of_set_up_and_of_how_one_comes_in_leaves_one(solvik: Solvik) -> None:
    by = solvik.administrator
    made = units.create_unit(code="parks", name="Park", parent=solvik.sector, by=by, now=MONDAY)
    for what in (SignIn.What.SIGNED_IN, SignIn.What.FACTOR_REMOVED):
        SignIn.objects.create(at=MONDAY, person=by, what=what)
    created, removed = AuditEntry.objects.order_by("id")
    assert (created.action, created.kind, created.row, created.person) == ("created", "organisation.unit", made.pk, by)
    assert {"code", "name", "parent"} <= set(created.fields)
    assert "Park" not in str(AuditEntry.objects.values())
    assert (removed.action, removed.kind, removed.row) == ("factor_removed", "organisation.person", by.pk)


def test_rows_by_one_statement_leave_as_many(solvik: Solvik, django_assert_num_queries: Any) -> None:
    """Whoever writes the history: an import by COPY, many rows at once, somebody at the SQL prompt."""
    card = a_card()
    before = AuditEntry.objects.count()
    with django_assert_num_queries(1):
        CardEvent.objects.bulk_create(
            [CardEvent(card=card, what="listed", at=MONDAY, details={"fields": ["place", "area"]}) for n in range(50)]
        )
    assert AuditEntry.objects.count() == before + 50
    assert AuditEntry.objects.latest("id").fields == ["place", "area"]


def test_a_card_that_is_deleted_leaves_one(solvik: Solvik) -> None:
    card = a_card()
    with erasing():
        card.delete()
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.kind, entry.reference, entry.person_id) == (
        "removed", "feedback.card", card.reference, None,
    )  # fmt: skip


def test_the_histories_that_are_written_are_these() -> None:
    """A new history is one line in a migration (`organisation.audited`), and one here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname IN ('audited', 'stays', 'stays_whole',"
            " 'audited_removal') ORDER BY 1, 2"
        )
        found = cursor.fetchall()
    audited = [CardEvent, CardLook, Change, SignIn, Draw, Population, Publication, InitiativeEvent, InterviewDraw]
    stays = [AuditEntry, Change, CardEvent, CardLook]
    assert found == sorted(
        [("audited", model._meta.db_table) for model in audited]
        + [("audited_removal", model._meta.db_table) for model in (Card, Population)]
        + [(name, model._meta.db_table) for name in ("stays", "stays_whole") for model in stays]
    )


# --- Nobody changes it ------------------------------------------------------------------------------------------------

ENTRY = "organisation_auditentry"
REFUSED = {
    "an entry's action": f"UPDATE {ENTRY} SET action = 'listed'",
    "an entry's person": f"UPDATE {ENTRY} SET person_id = NULL",
    "a seal without a hash": f"UPDATE {ENTRY} SET number = 1",
    "a seal and more": f"UPDATE {ENTRY} SET number = 1, hash = repeat('0', 64), reference = 'x'",
    "an entry": f"DELETE FROM {ENTRY}",
    "all entries": f"TRUNCATE {ENTRY}",
    "an entry while somebody is erased": f"SET LOCAL innspill.erasing = 'on'; DELETE FROM {ENTRY}",
    "all while somebody is erased": f"SET LOCAL innspill.erasing = 'on'; TRUNCATE {ENTRY}",
    "an event": "UPDATE feedback_cardevent SET what = 'closed'",
    "an event's moment and who": "UPDATE feedback_cardevent SET by_id = NULL, at = now()",
    "who, to another": "UPDATE feedback_cardevent SET by_id = 1",
    "an event while somebody is erased": "SET LOCAL innspill.erasing = 'on'; UPDATE feedback_cardevent SET what = ''",
    "events": "DELETE FROM feedback_cardevent",
    "all events": "TRUNCATE feedback_cardevent CASCADE",
    "a change": "UPDATE organisation_change SET fields = '{}'",
    "changes": "DELETE FROM organisation_change",
}


def refusal_of(sql: str) -> DatabaseError | None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        assert "only added to" in str(error), sql  # noqa: PT017  (each by itself)
        return error
    return None


def test_no_sql_changes_or_deletes_it(solvik: Solvik) -> None:
    a_card()
    units.create_unit(code="parks", name="Park", parent=solvik.sector, by=solvik.administrator, now=MONDAY)
    looks(1, by=solvik.clerk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end would keep TRUNCATE from being tried
    before = [list(model.objects.order_by("pk").values()) for model in (AuditEntry, CardEvent, Change)]
    assert all(before)
    for label, sql in REFUSED.items():
        assert refusal_of(sql) is not None, label
    assert [list(model.objects.order_by("pk").values()) for model in (AuditEntry, CardEvent, Change)] == before


def test_no_word_is_a_look_and_a_change() -> None:
    changes = {code for _group, pairs in actions()[1:] for code, _words in pairs}
    assert len(changes) > 50
    assert changes & set(Look.values) == set()


def test_two_do_not_get_one_number(solvik: Solvik) -> None:
    looks(2)
    with pytest.raises(IntegrityError, match="audit_number"), transaction.atomic():
        AuditEntry.objects.update(number=1, hash="0" * 64)


def test_a_sealed_entry_is_not_sealed_anew(solvik: Solvik) -> None:
    looks(1)
    seal_entries()
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        AuditEntry.objects.update(number=7, hash="1" * 64)


def test_a_person_goes_and_their_entries_stay(solvik: Solvik) -> None:
    person = Person.objects.create_user("kort@solvik.test", "Kort Tid")
    card = a_card()
    CardEvent.objects.create(card=card, what="closed", at=MONDAY, by=person)
    looks(1, by=person)
    pk = person.pk
    person.delete()
    assert CardEvent.objects.latest("id").by is None
    theirs = page_of_entries(AuditEntry.objects.filter(person_id=pk)).rows
    assert [row.who for row in theirs] == [f"person {pk}, slettet"] * 2


# --- The chain --------------------------------------------------------------------------------------------------------


def test_a_link_is_what_the_docs_say() -> None:
    import hashlib

    entry = Sealed(2, MONDAY, MONDAY, 5, None, "read", "feedback.card", None, "26-004217-5", ["q"], "", "å", 3)
    text = (
        f'[2,"{MONDAY:%Y-%m-%dT%H:%M:%S.%fZ}","{MONDAY:%Y-%m-%dT%H:%M:%S.%fZ}",5,null,"read","feedback.card",null,'
        '"26-004217-5",["q"],"","å",3]'
    )
    assert canonical(entry) == text
    assert link(BEGINNING, entry) == hashlib.sha256(f"{BEGINNING}\n{text}".encode()).hexdigest()


def test_entries_get_their_places_in_order_and_once(solvik: Solvik) -> None:
    looks(5)
    assert unsealed()[0] == 5
    assert [seal_entries(most=3), seal_entries(most=3), seal_entries()] == [3, 2, 0]
    assert list(AuditEntry.objects.order_by("id").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    head = check_chain()
    assert head == Head(5, AuditEntry.objects.get(number=5).hash)
    looks(1)
    assert seal_audit() == "1 sealed"
    assert check_chain(head).number == 6
    assert check_audit() == "whole to 6"


BY_HAND: dict[str, tuple[str, int]] = {
    "an entry is changed": (f"UPDATE {ENTRY} SET person_id = 1 WHERE number = 4", 4),
    "its moment is": (f"UPDATE {ENTRY} SET at = at + interval '1 microsecond' WHERE number = 2", 2),
    "when it was written is": (f"UPDATE {ENTRY} SET written_at = at WHERE number = 5", 5),
    "names are joined": (f"UPDATE {ENTRY} SET fields = '{{\"a,b\"}}' WHERE number = 3", 3),
    "a hash is": (f"UPDATE {ENTRY} SET hash = repeat('0', 64) WHERE number = 3", 3),
    "one is taken out": (f"DELETE FROM {ENTRY} WHERE number = 3", 3),
    "one is taken out and the rest moved up": (
        f"DELETE FROM {ENTRY} WHERE number = 1; UPDATE {ENTRY} SET number = number - 1", 1,
    ),
    "two are exchanged": (f"UPDATE {ENTRY} SET number = -number WHERE number IN (2, 3); UPDATE {ENTRY} SET number ="
        " 5 + number WHERE number < 0", 2),
    "the first are gone": (f"DELETE FROM {ENTRY} WHERE number < 3", 1),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "number"), BY_HAND.values(), ids=BY_HAND)
def test_what_a_superuser_does_by_hand_is_found_where_it_was_done(
    freely: Callable[..., None], sql: str, number: int
) -> None:
    looks(5, fields=["a", "b"])
    seal_entries()
    freely(sql)
    with pytest.raises(CommandError, match=f"broken at number {number}\\.") as error:
        call_command("verify_audit")
    assert error.value.returncode == 1


def test_an_end_that_is_cut_off_is_found_by_the_head_that_was_written_down(freely: Callable[..., None]) -> None:
    looks(5)
    out = io.StringIO()
    call_command("verify_audit", head=True, stdout=out)
    head = out.getvalue().strip()
    assert head.startswith("5:")
    freely(f"DELETE FROM {ENTRY} WHERE number > 3")
    call_command("verify_audit", stdout=out)  # of itself, what is left is whole
    with pytest.raises(CommandError, match="broken at number 4"):
        call_command("verify_audit", "--expect", head)
    looks(4, reference="other")
    with pytest.raises(CommandError, match="broken at number 5"):
        call_command("verify_audit", "--expect", head)
    with pytest.raises(CommandError):
        call_command("verify_audit", "--expect", "5")


@pytest.mark.django_db(transaction=True)
def test_two_that_seal_at_once_make_one_chain() -> None:
    looks(60)

    def seal() -> int:
        done = 0
        while taken := seal_entries(most=7):
            done += taken
        return done

    assert sum(at_once(*[seal] * 4)) == 60
    assert check_chain().number == 60


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_gets_a_later_place() -> None:
    began, may_end = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            looks(1, reference="late")
            began.set()
            may_end.wait(10)

    def early() -> None:
        began.wait(10)
        looks(1, reference="early")
        seal_entries()
        may_end.set()

    at_once(late, early)
    seal_entries()
    assert list(AuditEntry.objects.order_by("number").values_list("reference", flat=True)) == ["early", "late"]
    assert check_chain().number == 2


def test_doctor_tells_of_a_broken_chain_and_of_entries_that_wait(freely: Callable[..., None]) -> None:
    def state() -> str:
        [finding] = doctor_on_audit(clock() + wait)
        return finding.state

    wait = timedelta(0)
    looks(2)
    assert state() == "ok"
    wait = timedelta(minutes=11)
    assert state() == "warning"
    seal_entries()
    assert state() == "ok"
    freely(f"UPDATE {ENTRY} SET action = 'x' WHERE number = 1")
    with pytest.raises(ChainBroken):
        check_audit()
    assert ScheduledJob.objects.get(name="organisation.check_audit").result == "failed: ChainBroken"
    assert state() == "fault"


# --- The pages --------------------------------------------------------------------------------------------------------


def page(client: Client, person: Person, address: str = LOG) -> Any:
    client.force_login(person)
    return client.get(address)


@pytest.fixture
def adviser(solvik: Solvik) -> Person:
    person = Person.objects.create_user("kvalitet@solvik.test", "Kvalitet")
    RoleFactory(person=person, role=Role.QUALITY_ADVISER)
    return person


def test_who_may_see_it(solvik: Solvik, adviser: Person, client: Client) -> None:
    may = {solvik.administrator, adviser}
    for person in Person.objects.all():
        for address in (LOG, FILE):
            assert page(client, person, address).status_code == (200 if person in may else 403), person
    client.logout()
    assert client.get(LOG).status_code == 302


def test_it_is_searched(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    looks(1, by=solvik.handler, reference=card.reference)
    looks(1, by=solvik.clerk, kind="organisation.person", row=solvik.handler.pk, now=MONDAY - timedelta(days=30))

    def found(query: str) -> list[tuple[str, str]]:
        answer = page(client, solvik.administrator, f"{LOG}?{query}")
        assert answer.status_code == 200
        return [(row.entry.action, row.entry.reference) for row in answer.context["page"].rows]

    seen = ("read", card.reference)
    assert found(f"person={solvik.handler.pk}") == [seen]
    assert seen in found(f"reference={card.reference}")
    assert set(found(f"reference={card.reference}&action=changes")) == {
        ("registered", card.reference), ("forwarded", card.reference),
    }  # fmt: skip
    assert found("kind=organisation.person") == [("read", "")]
    assert found("action=registered") == [("registered", card.reference)]
    assert found(f"last={MONDAY - timedelta(days=29):%d.%m.%Y}") == [("read", "")]
    assert found("reference=%00") != []
    assert found("first=0001-01-01&last=9999-12-31") != []
    assert client.get("/staff/administration/log/?first=0001-01-01&last=9999-12-31").status_code == 200
    assert found("reference=26-000000-0") == []
    wrong = page(client, solvik.administrator, f"{LOG}?first=i+fjor&action=nothing")
    assert set(wrong.context["form"].errors) == {"first", "action"}
    assert page(client, solvik.administrator, f"{FILE}?first=i+fjor").status_code == 422


def test_pages_go_on_where_one_stopped(solvik: Solvik, client: Client) -> None:
    looks(120, reference="x")
    client.force_login(solvik.administrator)
    seen: list[int] = []
    after = ""
    for _page in range(3):
        shown = client.get(LOG, {"reference": "x", "after": after}).context["page"]
        seen += [row.entry.pk for row in shown.rows]
        after = shown.older
    assert seen == list(AuditEntry.objects.filter(reference="x").order_by("-at", "-pk").values_list("pk", flat=True))
    assert after == ""
    back = client.get(LOG, {"reference": "x", "before": shown.newer}).context["page"]
    assert [row.entry.pk for row in back.rows] == seen[50:100]
    assert client.get(LOG, {"reference": "x", "after": "nonsense"}).context["page"].rows[0].entry.pk == seen[0]


@pytest.mark.parametrize("number", [1, 45])
def test_pages_cost_the_same_however_many(
    solvik: Solvik, adviser: Person, client: Client, number: int, django_assert_max_num_queries: Any
) -> None:
    card = a_card(unit=solvik.roads)
    looks(number, by=solvik.clerk, reference=card.reference)
    client.force_login(adviser)
    for address in (f"{LOG}?person={solvik.clerk.pk}", f"/staff/cards/{card.reference}/audit/"):
        client.get(address)
        with django_assert_max_num_queries(10):
            client.get(address)


def test_the_file_holds_what_the_chain_is_computed_from(solvik: Solvik, client: Client) -> None:
    import hashlib

    solvik.clerk.name = "=HYPERLINK(1)"
    solvik.clerk.save()
    looks(3, by=solvik.clerk, fields=["q", "unit"], shown=7)
    seal_entries()
    looks(1)
    answer = page(client, solvik.administrator, f"{FILE}?action=read")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert sorted(row["number"] for row in rows) == ["", "#end", "1", "2", "3"]
    assert rows[-1]["at"] == "4"
    before = BEGINNING
    for row in sorted((row for row in rows if row["number"].isdigit()), key=lambda row: int(row["number"])):
        before = hashlib.sha256(f"{before}\n{row['sealed_text']}".encode()).hexdigest()
        assert row["hash"] == before
        assert (row["name"], row["fields"], row["shown"]) == ("'=HYPERLINK(1)", "q unit", "7")
    assert AuditEntry.objects.filter(action="exported", kind="organisation.auditentry").count() == 1


def test_each_filter_has_its_index(solvik: Solvik) -> None:
    """Of a long log no filter is answered by reading all of it, nor by sorting what was found."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {ENTRY} (at, action, kind, row, person_id, reference)"
            " SELECT %s::timestamptz + n * interval '1 minute',"
            " CASE WHEN n %% 5000 = 0 THEN 'published' WHEN n %% 2 = 0 THEN 'read' ELSE 'closed' END,"
            " CASE WHEN n %% 5000 = 0 THEN 'surveys.survey' WHEN n %% 9 = 0 THEN 'organisation.person'"
            " ELSE 'feedback.card' END,"
            " n, n %% 400, 'r' || n %% 5000 FROM generate_series(1, 20000) n",
            [MONDAY],
        )
        cursor.execute(f"ANALYZE {ENTRY}")
    zone, day = solvik.municipality.zone, MONDAY.date()
    filters: dict[str, dict[str, Any]] = {
        "audit_at": {"first": day, "last": day},
        "audit_person": {"person": Person(pk=7)},
        "audit_reference": {"reference": "r77"},
        "audit_action": {"action": "published"},
        "audit_kind": {"kind": "surveys.survey"},
    }
    for index, given in filters.items():
        plan = entries(zone=zone, **given).order_by("-at", "-pk")[:51].explain()
        assert (f" {index} " in plan, "Seq Scan" in plan) == (True, False), plan
    assert "Seq Scan" not in AuditEntry.objects.filter(number=None).order_by("pk")[:9].explain()
