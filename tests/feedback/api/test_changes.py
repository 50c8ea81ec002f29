"""The change feed: nothing missed, nothing told twice, and to each what is theirs."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from feedback.actions.moving import forward_card, reroute_card
from feedback.actions.numbering import KEPT, forget_batches, place_changes
from feedback.deadlines import Contact
from feedback.feed import Changes, Cursor, changes_since, first_cursor
from feedback.models import Card, CardChange, ChangeBatch, OverdueEntry, OverdueList, OverdueRun, UntoldChange
from organisation.history_door import erasing
from organisation.models import Person
from tests.factories import a_card, make_solvik
from tests.feedback.api.conftest import NOW, Town, hours
from tests.feedback.api.test_schema import OPERATIONS
from tests.threads import at_once, errors

CHANGES = "/api/v1/changes/"
CONTACT = Contact(name="Kari Nordmann", phone="33 00 00 00")


class Reader:
    """A system that keeps a copy: it asks from where it was, and writes down what it is told."""

    def __init__(self, client: APIClient, size: int = 50, since: str = "") -> None:
        self.client, self.size, self.since, self.told, self.held = client, size, since, [], {}

    told: list[tuple[str, str]]
    held: dict[str, dict[str, Any]]

    def read(self) -> list[tuple[str, str]]:
        """Read until nothing more waits. Return what was told: the reference, and what became of it."""
        before, more = len(self.told), True
        while more:
            since = f"&since={quote(self.since)}" if self.since else ""
            answer = self.client.get(f"{CHANGES}?page_size={self.size}{since}").json()
            for one in answer["results"]:
                self.told.append((one["reference"], one["change"]))
                self.held.pop(one["reference"], None)
                if one["card"] is not None:
                    self.held[one["reference"]] = one["card"]
            self.since, more = answer["cursor"], answer["has_more"]
            assert urlsplit(answer["next"]).query.endswith(f"since={self.since}")
        return self.told[before:]


def test_a_reader_holds_what_the_list_shows_and_hears_of_each_change_once(town: Town, centre: APIClient) -> None:
    cards = [town.card(f"Kort {number}", contact=CONTACT) for number in range(5)]
    reader = Reader(centre, size=2)
    assert reader.read() == [(card.reference, "changed") for card in cards]
    assert reader.read() == []
    by, later = town.people["service_centre"], NOW + hours(1)
    forward_card(cards[3], unit=town.roads, by=by, now=later)
    forward_card(cards[1], unit=town.roads, by=by, now=later)
    reroute_card(cards[1], unit=town.schools, reason="Skolens grunn", by=by, now=later)
    assert sorted(reader.read()) == sorted((cards[number].reference, "changed") for number in (1, 3))
    listed = {one["reference"]: one for one in centre.get("/api/v1/cards/").json()["results"]}
    assert reader.held == listed
    assert reader.read() == []


def test_what_changes_between_two_pages_is_told_once_as_it_is_then(town: Town, centre: APIClient) -> None:
    cards = [town.card(f"Kort {number}") for number in range(4)]
    first = centre.get(f"{CHANGES}?page_size=2").json()
    forward_card(cards[0], unit=town.roads, by=town.people["service_centre"], now=NOW + hours(1))
    forward_card(cards[3], unit=town.roads, by=town.people["service_centre"], now=NOW + hours(1))
    reader = Reader(centre, size=1, since=first["cursor"])
    assert [one["reference"] for one in first["results"]] == [cards[0].reference, cards[1].reference]
    assert reader.read()[0] == (cards[2].reference, "changed")
    assert sorted(reader.told[1:]) == sorted((cards[number].reference, "changed") for number in (0, 3))


def test_whatever_writes_a_card_is_told_of(town: Town, centre: APIClient) -> None:
    card = town.card(contact=CONTACT)
    reader = Reader(centre)
    reader.read()
    for write in (
        lambda: Card.objects.filter(pk=card.pk).update(area="Sentrum"),
        lambda: card.submitter.delete(),
        lambda: card.events.create(what="listed", at=NOW),
        lambda: card.attachments.create(name="x", content_type="image/png", size=1, sha256="0" * 64, added_at=NOW),
    ):
        write()
        assert reader.read() == [(card.reference, "changed")]
    assert reader.held[card.reference]["submitter"] is None
    Card.objects.filter(pk=card.pk).update(area="Sentrum")
    assert reader.read() == []


def test_a_card_that_is_removed_is_told_to_who_saw_it_and_nobody_else(town: Town, client_of: Any) -> None:
    card = town.card(unit=town.roads)
    new = town.card("Kom og gikk mellom to lesninger", unit=town.roads)
    readers = {who: Reader(client_of(who)) for who in ("service_centre", "unit_leader", "mayors_office")}
    with erasing():
        new.delete()
    assert [len(reader.read()) for reader in readers.values()] == [1, 1, 0]
    with erasing():
        card.delete()
    gone = [(card.reference, "gone")]
    assert [reader.read() for reader in readers.values()] == [gone, gone, []]
    assert [reader.read() for reader in readers.values()] == [[], [], []]
    assert [Reader(client_of(who)).read() for who in readers] == [[], [], []]


def test_a_card_that_moves_is_gone_for_who_does_not_see_where_and_says_no_more(town: Town, client_of: Any) -> None:
    card, by = town.card(unit=town.roads), town.people["service_centre"]
    leader, everybody = Reader(client_of("unit_leader")), Reader(client_of("reader"))
    assert leader.read() == everybody.read() == [(card.reference, "changed")]
    reroute_card(card, unit=town.schools, reason="Skolens grunn", by=by, now=NOW + hours(1))
    answer = client_of("unit_leader").get(f"{CHANGES}?since={leader.since}")
    assert answer.json()["results"] == [{"reference": card.reference, "change": "gone", "card": None}]
    assert "schools" not in answer.content.decode()
    assert (leader.read(), everybody.read()) == ([(card.reference, "gone")], [(card.reference, "changed")])
    reroute_card(card, unit=town.mayor, reason="Politisk", by=by, now=NOW + hours(2))
    assert (leader.read(), everybody.read()) == ([], [(card.reference, "changed")])
    reroute_card(card, unit=town.roads, reason="Likevel ikke", by=by, now=NOW + hours(3))
    assert leader.read() == everybody.read() == [(card.reference, "changed")]
    assert leader.held == everybody.held


def test_who_sees_two_units_hears_of_a_move_between_them_once(town: Town, client_of: Any) -> None:
    town.schools.deputy = town.people["unit_leader"]
    town.schools.save()
    card, by = town.card(unit=town.roads), town.people["service_centre"]
    leader = Reader(client_of("unit_leader"))
    leader.read()
    reroute_card(card, unit=town.schools, reason="x", by=by, now=NOW + hours(1))
    assert leader.read() == [(card.reference, "changed")]
    reroute_card(card, unit=town.mayor, reason="x", by=by, now=NOW + hours(2))
    assert leader.read() == [(card.reference, "gone")]
    for unit in (town.roads, town.mayor, town.schools):
        reroute_card(card, unit=unit, reason="x", by=by, now=NOW + hours(3))
    assert leader.read() == [(card.reference, "changed")]
    assert leader.read() == []


def test_the_chief_executive_hears_of_cards_that_are_reported(town: Town, client_of: Any) -> None:
    card = town.card(unit=town.roads)
    chief = Reader(client_of("chief_executive"))
    assert chief.read() == []
    run = OverdueRun.objects.create(iso_year=2026, iso_week=50, as_of=NOW, created_at=NOW)
    on_list = OverdueList.objects.create(run=run, unit=town.roads, iso_year=2026, iso_week=50, grace_on=NOW.date())
    entry = OverdueEntry.objects.create(
        overdue_list=on_list, card=card, iso_year=2026, iso_week=50, cycle=1, due_on=card.due_on, times=2
    )
    assert chief.read() == [(card.reference, "changed")]
    OverdueEntry.objects.filter(pk=entry.pk).update(solved_before_mail=True)
    assert chief.read() == [(card.reference, "gone")]
    Card.objects.filter(pk=card.pk).update(area="x")
    assert chief.read() == []


def test_who_sees_other_units_than_before_begins_anew(town: Town, client_of: Any) -> None:
    here, there = town.card(unit=town.roads), town.card(unit=town.schools)
    leader = Reader(client_of("unit_leader"))
    assert leader.read() == [(here.reference, "changed")]
    town.schools.leader = town.people["unit_leader"]
    town.schools.save()
    answer = client_of("unit_leader").get(f"{CHANGES}?since={leader.since}")
    assert (answer.status_code, answer.json()["code"]) == (410, "sight_changed")
    assert {reference for reference, _c in Reader(client_of("unit_leader")).read()} == {here.reference, there.reference}


def test_a_cursor_of_a_past_that_a_backup_undid_is_known(town: Town, centre: APIClient) -> None:
    town.card()
    reader = Reader(centre)
    reader.read()
    ChangeBatch.objects.update(token="another")
    answer = centre.get(f"{CHANGES}?since={reader.since}")
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_over")


def test_cursors_stand_for_ninety_days(town: Town, centre: APIClient) -> None:
    card, times = town.card(), []
    reader = Reader(centre)
    for days in (0, 1, 95, 96):
        times.append(NOW + timedelta(days=days))
        Card.objects.filter(pk=card.pk).update(area=f"{days}")
        place_changes(now=times[-1])
        if days == 1:
            reader.read()
    assert ChangeBatch.objects.count() == 4
    assert forget_batches(now=times[1] + KEPT) == 0
    assert forget_batches(now=times[1] + KEPT + timedelta(minutes=1)) == 1  # yet not the one at which a reader stands
    assert reader.read() == [(card.reference, "changed")]
    assert forget_batches(now=NOW + timedelta(days=1000)) == 2
    assert ChangeBatch.objects.get().changes.count() == 1


def test_a_moment_begins_some_minutes_earlier_and_tells_all_that_came_after(town: Town, centre: APIClient) -> None:
    old = town.card("Gammelt")
    place_changes(now=NOW)
    new = town.card("Nytt", at=NOW + hours(1))
    place_changes(now=NOW + hours(1))
    for moment, found in {
        NOW - hours(9): [old, new],
        NOW + hours(0.05): [old, new],
        NOW + hours(0.5): [new],
        NOW + hours(2): [],
    }.items():
        reader = Reader(centre, since=moment.isoformat())
        assert [reference for reference, _change in reader.read()] == [card.reference for card in found]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=", "since"),
        ("since=nonsense", "since"),
        ("since=2026-11-16T09:30:00", "since"),
        ("since=2026-13-16T09:30:00Z", "since"),
        ("since=0001-01-01T00:00:00Z", "since"),
        ("since=W10", "since"),
        ("since=WzEsMiwzLDQsNV0", "since"),
        ("since=%F0%9F%92%A9", "since"),
        ("since=%00", "since"),
        ("page_size=0", "page_size"),
        ("page_size=1001", "page_size"),
        ("unit=roads", "unit"),
    ],
)
def test_what_cannot_be_is_refused_by_name(town: Town, centre: APIClient, query: str, field: str) -> None:
    answer = centre.get(f"{CHANGES}?{query}")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, [field])


@pytest.mark.parametrize("who", [None, "nobody", "administrator"])
def test_who_sees_no_cards_is_told_of_none(town: Town, client_of: Any, who: str | None) -> None:
    town.card()
    assert client_of(who).get(CHANGES).status_code == (401 if who is None else 403)


@pytest.mark.parametrize("who", ["service_centre", "unit_leader"])
def test_a_page_costs_the_same_whatever_its_length(
    town: Town, client_of: Any, who: str, django_assert_num_queries: Any
) -> None:
    client = client_of(who)
    for how_many in (1, 3):
        for number in range(how_many):
            town.card(f"Kort {number}", category=town.lights, contact=CONTACT)
        place_changes(now=NOW)
        # the municipality; the person with the grants; whether something waits; where to begin; the latest batch; the rows;
        # the look that is written down
        with django_assert_num_queries(7):
            assert len(client.get(CHANGES).json()["results"]) >= how_many


def test_changes_by_the_thousand_come_in_more_batches(town: Town) -> None:
    cards = [town.card(f"Kort {number}") for number in range(6)]
    taken = []
    while placed := place_changes(now=NOW, most=4):
        taken.append(placed)
    assert (max(taken), sum(taken)) == (4, len(cards) * 2)  # the card's own row, and its history's
    assert (UntoldChange.objects.count(), CardChange.objects.count()) == (0, 6)


def test_the_feed_is_in_the_schema() -> None:
    assert ("GET", CHANGES) in OPERATIONS


# --- At once ---------------------------------------------------------------------------------------------------------


def read_on(person: Person, cursor: Cursor) -> Changes:
    place_changes(now=timezone.now())
    return changes_since(person, cursor, limit=1000)


def references(changes: Changes) -> list[str]:
    assert not changes.more
    return [told.reference for told in changes.told]


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_told_late_and_holds_nobody_up() -> None:
    solvik = make_solvik()
    late, early = a_card(), a_card()
    begun = read_on(solvik.reader, first_cursor(solvik.reader))
    written, may_commit = threading.Event(), threading.Event()

    def change_and_wait() -> None:
        with transaction.atomic():
            Card.objects.filter(pk=late.pk).update(area="Sentrum")
            written.set()
            assert may_commit.wait(timeout=20)

    def read_meanwhile() -> list[list[str]]:
        assert written.wait(timeout=20)
        Card.objects.filter(pk=early.pk).update(area="Sentrum")
        first = read_on(solvik.reader, begun.cursor)
        second = read_on(solvik.reader, first.cursor)
        may_commit.set()
        return [references(first), references(second), [first.cursor]]

    answers = at_once(change_and_wait, read_meanwhile)
    assert errors(answers) == []
    first, second, (cursor,) = answers[1]
    assert (first, second) == ([early.reference], [])
    assert references(read_on(solvik.reader, cursor)) == [late.reference]


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_are_all_told_of_and_none_twice() -> None:
    solvik = make_solvik()
    writers, each = 3, 20
    done = threading.Barrier(writers + 1)

    def write(number: int) -> dict[str, int]:
        changes: dict[str, int] = {}
        card = a_card(text=f"Kort {number}")
        for turn in range(each):
            with transaction.atomic():
                if turn % 5 == 0:
                    card = a_card(text=f"Kort {number} {turn}")
                Card.objects.filter(pk=card.pk).update(area=f"{turn}")
            changes[card.reference] = turn
        done.wait(timeout=30)
        return changes

    def read() -> list[tuple[str, str]]:
        told: list[tuple[str, str]] = []
        cursor, last = first_cursor(solvik.reader), False
        while True:
            last = done.n_waiting == writers
            changes = read_on(solvik.reader, cursor)
            told += [(one.reference, one.card.area) for one in changes.told if one.card is not None]
            cursor = changes.cursor
            if last and not changes.told:
                done.wait(timeout=30)
                return told

    answers = at_once(read, *(partial(write, number) for number in range(writers)))
    assert errors(answers) == []
    told = answers[0]
    assert len(set(told)) == len(told)
    latest = dict(told)
    for written in answers[1:]:
        for reference, turn in written.items():
            assert latest[reference] == str(turn)
    assert set(latest) == set(Card.objects.values_list("reference", flat=True))
