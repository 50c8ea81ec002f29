"""What pages ask of the database where there are a hundred thousand cards: no list reads more of them than it shows.

The same requests are measured by `make bench`. Nothing is timed here: statements, rows read and plans are counted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from benchmarks.asked import all_requests
from benchmarks.looking import Look, in_short, looked_at, most_sorted, plan_of, reads_cards
from benchmarks.town import build
from feedback.actions.listing import run_overdue_list
from feedback.models import Card, UntoldChange
from organisation.models import Person
from tests.factories import Solvik, many_cards

CARDS, WAITING = 100_000, 1_500
MOST_SORTED = 1_000
"""Rows that may be sorted for one page: fewer than wait to be forwarded."""


@pytest.fixture
def town(db: None) -> None:
    """As it is after a holiday: of the open cards most wait to be forwarded."""
    build(CARDS, now=datetime.now(UTC))
    waiting = Card.objects.filter(state="forwarded").order_by("-registered_at")[:WAITING]
    assert Card.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(state="registered") == WAITING
    UntoldChange.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feedback_card")


@pytest.fixture
def clients(town: None) -> dict[str, Client]:
    found = {"": Client()}
    for who in ("clerk", "handler", "reader"):
        found[who] = Client()
        found[who].force_login(Person.objects.get(email=f"{who}@example.org"))
    return found


def asked_for(client: Client, address: str) -> Look:
    """What the second request asks of the database: what is cached is there."""
    for _ in range(2):
        with looked_at() as look:
            answer: Any = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
    return look


@pytest.mark.slow
def test_no_page_reads_more_cards_than_it_shows_nor_the_weekly_run_than_it_lists(clients: dict[str, Client]) -> None:
    """Of each hot request: few statements, few rows, no table of cards read from first to last, nothing sorted but what is
    shown or what an index has narrowed down. The run finds what is overdue along the indexes too."""
    card = Card.objects.filter(state="forwarded").earliest("registered_at")
    wrong = []
    for asked in all_requests(card, datetime.now(UTC)):
        if asked.searching:
            continue
        look = asked_for(clients[asked.who], asked.address)
        plans = [plan_of(sql) for sql in look.kept() if reads_cards(sql)]
        sorted_at_once = max(map(most_sorted, plans), default=0)
        if (
            len(look.kept()) > asked.statements
            or look.rows > asked.rows
            or look.scans_of_cards
            or sorted_at_once > MOST_SORTED
        ):
            wrong.append(
                f"{asked.name}: {len(look.kept())} statements, {look.rows} rows, cards read through {look.scans_of_cards}"
                f" times, {sorted_at_once} sorted\n    " + "\n    ".join(map(in_short, plans))
            )
    with looked_at() as look:
        report = run_overdue_list(now=datetime.now(UTC), allow_future=True)  # on a Monday before six, too
    if report.cards == 0 or look.scans_of_cards:
        wrong.append(f"weekly run of {report.cards} cards: cards read through {look.scans_of_cards} times")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_a_search_reads_few_words_that_wait_for_their_place(solvik: Solvik) -> None:
    """PostgreSQL leaves new words in a heap beside the index, and each search reads that from end to end: of its own four
    megabytes 512 pages, of what the index may leave 32."""
    many_cards(1_000, unit=solvik.roads)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE feedback_card SET text ="
            " (SELECT string_agg(md5(id::text || word), ' ') FROM generate_series(1, 60) word)"
        )
        cursor.execute("SELECT gin_clean_pending_list('card_search')")
        assert 0 < cursor.fetchone()[0] <= 32
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname IN ('card_search', 'submitter_search')")
        assert cursor.fetchall() == [(["gin_pending_list_limit=256"],)] * 2
