"""Reads: what a person may see, what search finds, and that no list costs a query a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback import queries
from feedback.actions.calling import make_contact_card, record_contact_attempt, undo_contact_attempt
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.correcting import contact_of
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import delegate_card, reroute_card, return_card
from feedback.actions.reopening import ask_reopening
from feedback.deadlines import Contact
from feedback.models import Card, Escalation, OverdueList
from feedback.reference import reference
from feedback.rules import may_do
from feedback.workflow import Step, may
from organisation.models import Person
from tests.factories import (
    NO_PHONE,
    OSLO,
    CategoryFactory,
    PersonFactory,
    Solvik,
    UnitFactory,
    a_card,
    day,
    many_cards,
    oslo,
)
from tests.feedback.steps import called_back, try_three_times

Counted = Callable[[int], AbstractContextManager[None]]
TUESDAY = oslo(2026, 11, 3, 10)


# --- Visibility -----------------------------------------------------------------------------------------------------

SEES = {
    "clerk": {"roads", "water", "service-centre", "mayor"},
    "chief": set(),
    "reader": {"roads", "water", "service-centre", "mayor"},
    "roads_leader": {"roads"},
    "roads_deputy": {"roads"},
    "handler": {"roads"},
    "water_leader": {"water"},
    "sector_leader": {"roads", "water"},
    "mayors_secretary": {"mayor"},
    "administrator": set(),
}


@pytest.fixture
def everywhere(solvik: Solvik) -> list[Card]:
    """A card with each unit."""
    return [a_card(unit=unit) for unit in (solvik.roads, solvik.water, solvik.centre, solvik.mayor)]


@pytest.mark.parametrize("person", SEES)
def test_who_sees_which_cards(solvik: Solvik, everywhere: list[Card], person: str) -> None:
    seen = queries.visible_to(getattr(solvik, person))
    assert {card.unit.code for card in seen} == SEES[person]
    for card in everywhere:
        found = queries.card_by_reference(getattr(solvik, person), card.reference)
        assert (found == card) is (card.unit.code in SEES[person])


@pytest.mark.parametrize("person", SEES)
def test_who_sees_which_lists(solvik: Solvik, everywhere: list[Card], person: str) -> None:
    run_overdue_list(now=oslo(2026, 11, 16, 6))
    seen = {found.unit.code for found in queries.lists_of_week(getattr(solvik, person), 2026, 47)}
    assert seen == (SEES[person] if person != "handler" else set())


def test_unit_that_a_card_has_left_sees_it_no_more(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    reroute_card(card, unit=solvik.water, reason="x", by=solvik.clerk, now=TUESDAY)
    assert not queries.visible_to(solvik.roads_leader).exists()
    assert queries.visible_to(solvik.water_leader).get() == card


def test_steps_that_a_person_may_take(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)

    def steps(person: Person) -> set[Step]:
        return {step for step in Step if may(step, card.state) and may_do(person, step, card)}

    assert steps(solvik.reader) == steps(solvik.water_leader) == set()
    leaders = steps(solvik.roads_leader)
    assert {Step.REROUTE, Step.REFER, Step.SPLIT, Step.HAND_OVER} & leaders == set()
    assert steps(solvik.clerk) - leaders == {Step.REROUTE, Step.REFER, Step.SPLIT, Step.HAND_OVER}
    assert leaders - steps(solvik.handler) == {
        Step.DELEGATE,
        Step.NAME_READER,
        Step.UNNAME_READER,
        Step.UNMARK_SENSITIVE,
        Step.PUBLIC_VERSION,
    }


# --- Counts ---------------------------------------------------------------------------------------------------------


def test_counts_for_today_are_of_what_the_person_sees(solvik: Solvik, django_assert_num_queries: Counted) -> None:
    late = oslo(2026, 10, 20)
    a_card()
    a_card(now=late)
    return_card(a_card(unit=solvik.water), reason="x", by=solvik.water_leader, now=TUESDAY)
    overdue = a_card(unit=solvik.roads, now=late)
    a_card(unit=solvik.roads)
    a_card(unit=solvik.roads, now=oslo(2026, 11, 3))
    try_three_times(overdue, by=solvik.handler, now=TUESDAY)
    make_contact_card(overdue, by=solvik.handler, now=TUESDAY)
    done, elsewhere = a_card(unit=solvik.roads, now=late), a_card(unit=solvik.water, now=late)
    for card, leader in ((done, solvik.handler), (elsewhere, solvik.water_leader)):
        called_back(card, by=leader, now=TUESDAY)
        ask_reopening(card, reason="Hullet er der igjen", now=TUESDAY)
    clerk = solvik.fresh(solvik.clerk)
    today = day("2026-11-12")
    # Registered on the 12th and closed the same day; 22:30 UTC of the 11th is the 12th already, 23:30 of the 12th no more.
    closed = a_card(now=oslo(2026, 11, 12, 8))
    close_card(closed, result="withdrawn", by=clerk, now=oslo(2026, 11, 12, 9))
    for moment in (datetime(2026, 11, 11, 23, 30, tzinfo=UTC), datetime(2026, 11, 12, 23, 30, tzinfo=UTC)):
        close_card(a_card(now=moment), result="withdrawn", by=clerk, now=moment)
    assert queries.counts_for_today(clerk, today, OSLO) == {
        "unrouted": 2, "returned": 1, "today": 3, "tomorrow": 1, "overdue": 2, "to_post": 1, "registered_today": 2,
        "open": 6, "asks_reopen": 2,
    }  # fmt: skip
    with django_assert_num_queries(1):
        queries.counts_for_today(clerk, today, OSLO)
    assert queries.counts_for_today(solvik.handler, today, OSLO) == {
        "unrouted": 0, "returned": 0, "today": 1, "tomorrow": 1, "overdue": 1, "to_post": 1, "registered_today": 0,
        "open": 3, "asks_reopen": 1,
    }  # fmt: skip


def test_attempts_that_count_are_beside_each_card(solvik: Solvik) -> None:
    card, other = a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    try_three_times(card, by=solvik.handler, now=TUESDAY)
    undo_contact_attempt(card, attempt=card.contactattempts.first(), by=solvik.handler, now=TUESDAY)
    try_three_times(other, by=solvik.handler, now=TUESDAY)
    called_back(other, by=solvik.handler, now=TUESDAY)
    reopen_card(other, reason="x", by=solvik.clerk, now=TUESDAY)
    record_contact_attempt(other, by=solvik.handler, now=TUESDAY)
    found = {one.pk: one.attempts for one in queries.for_list(queries.visible_to(solvik.clerk))}
    assert found == {card.pk: 2, other.pk: 1}


# --- What lists cost ------------------------------------------------------------------------------------------------


def rich_card(solvik: Solvik) -> Card:
    """A card with something in every column of a list."""
    card = a_card(unit=UnitFactory(leader=PersonFactory(), parent=solvik.sector), category=CategoryFactory())
    handler = PersonFactory()
    Card.objects.filter(pk=card.pk).update(handler=handler)
    try_three_times(card, by=solvik.clerk, now=TUESDAY)
    return card


def rows(solvik: Solvik) -> Iterable[Any]:
    for card in queries.for_list(queries.visible_to(solvik.fresh(solvik.clerk))):
        yield card.reference, card.unit.name, str(card.category), card.handler.name, contact_of(card), card.attempts


def lists(solvik: Solvik) -> Iterable[Any]:
    for one in queries.lists_of_week(solvik.fresh(solvik.clerk), 2026, 48):
        yield one.unit.name, one.unit.parent.name, one.run.as_of, one.cards, one.new, one.repeats, one.solved


def entries(solvik: Solvik) -> Iterable[Any]:
    """Of one list, wherever the cards came from."""
    for entry in queries.entries_of(OverdueList.objects.filter(iso_week=48).order_by("id").first()):
        card = entry.card
        yield card.reference, card.headline, card.unit.name, card.handler.name


def escalated(solvik: Solvik) -> Iterable[Any]:
    found = Escalation.objects.select_related("run").get(iso_week=48)
    for entry in queries.entries_of_escalation(found, solvik.fresh(solvik.clerk)):
        yield (
            entry.card.reference,
            entry.card.headline,
            entry.card.handler.name,
            entry.overdue_list.unit.leader.name,
        )


def runs(solvik: Solvik) -> Iterable[Any]:
    for run in queries.runs_for(solvik.fresh(solvik.clerk)):
        yield run.week, run.units, run.cards, run.repeats


COSTS = {
    "rows": (rows, 3),
    "lists": (lists, 3),
    "entries": (entries, 2),
    "escalated": (escalated, 4),
    "runs": (runs, 3),
}


@pytest.mark.parametrize("how_many", [1, 3])
@pytest.mark.parametrize("name", COSTS)
def test_list_costs_the_same_for_one_and_for_three(
    solvik: Solvik, how_many: int, name: str, django_assert_num_queries: Counted
) -> None:
    for _ in range(how_many):
        rich_card(solvik)
    run_overdue_list(now=oslo(2026, 11, 16, 6))
    run_overdue_list(now=oslo(2026, 11, 23, 6))
    read, cost = COSTS[name]
    with django_assert_num_queries(cost):
        found = list(read(solvik))
    assert len(found) == {"entries": 1, "runs": 2}.get(name, how_many)


@pytest.mark.parametrize("how_many", [1, 3])
def test_page_of_a_card_costs_the_same_whatever_happened_to_it(
    solvik: Solvik, how_many: int, django_assert_num_queries: Counted
) -> None:
    card = rich_card(solvik)
    for _ in range(how_many):
        record_contact_attempt(card, by=solvik.clerk, now=TUESDAY)
    clerk = solvik.fresh(solvik.clerk)
    with django_assert_num_queries(PAGE):
        found = queries.card_by_reference(clerk, card.reference)
        assert len(found.contactattempts.all()) == 3 + how_many
        assert [event.by and event.by.name for event in found.events.all()]


PAGE = 3


def test_lists_of_a_week_count_new_repeated_and_solved(solvik: Solvik) -> None:
    cards = many_cards(3, unit=solvik.roads)
    run_overdue_list(now=oslo(2026, 11, 16, 6))
    a_card(unit=solvik.roads, now=oslo(2026, 11, 10))
    run_overdue_list(now=oslo(2026, 11, 23, 6))
    called_back(cards[0], by=solvik.handler, now=oslo(2026, 11, 24))
    called_back(cards[1], by=solvik.handler, now=oslo(2026, 11, 24))
    reopen_card(cards[1], reason="x", by=solvik.clerk, now=oslo(2026, 11, 25))
    (found,) = queries.lists_of_week(solvik.clerk, 2026, 48)
    assert (found.cards, found.new, found.repeats, found.solved) == (4, 1, 3, 2)
    assert [(run.iso_week, run.units, run.cards, run.repeats) for run in queries.runs_for(solvik.clerk)] == [
        (48, 1, 4, 3),
        (47, 1, 3, 0),
    ]
    assert [(run.iso_week, run.cards) for run in queries.runs_for(solvik.water_leader)] == [(48, 0), (47, 0)]


def test_private_page_is_found_by_its_secret_alone(solvik: Solvik) -> None:
    card, _other = a_card(), a_card()
    assert queries.card_by_secret(card.secret, closed_after=TUESDAY) == card
    assert queries.card_by_secret(card.reference, closed_after=TUESDAY) is None
    assert queries.card_by_secret("", closed_after=TUESDAY) is None


# --- Search ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def found_by(solvik: Solvik) -> Callable[[str], set[str]]:
    """Search four cards, whose names say what is in them."""
    cards = {
        a_card(text="Det er et stort hull i veien ved brua", place="Storgata 5", contact=Contact()).pk: "road",
        a_card(text="Vei uten brøyting", contact=Contact(name="Åse Kjær-Hansen", address="Bakken 7")).pk: "snow",
        a_card(text="Brunt vann i springen", contact=Contact(name="Ola Veien", phone="+47 33 18 10 00")).pk: "water",
        a_card(text="Lyset i Parkgata er gått", contact=Contact(phone="070-123 45 67 8")).pk: "light",
    }

    def search(text: str) -> set[str]:
        return {cards[card.pk] for card in queries.search(queries.visible_to(solvik.clerk), text)}

    return search


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("vei", {"road", "snow", "water"}, id="vei finds veien"),
        pytest.param("veien", {"road", "snow", "water"}, id="veien finds vei"),
        pytest.param("VEIEN", {"road", "snow", "water"}, id="whatever the case"),
        pytest.param("hull brua", {"road"}, id="all the words"),
        pytest.param("hull brøyting", set(), id="words of two cards"),
        pytest.param("storg", {"road"}, id="the beginning of a word in the place"),
        pytest.param("gata", set(), id="the end of a word"),
        pytest.param("åse", {"snow"}, id="a name"),
        pytest.param("Kjær-Hansen", {"snow"}, id="a name with a dash"),
        pytest.param("hansen åse", {"snow"}, id="names in any order"),
        pytest.param("bakken 7", {"snow"}, id="an address"),
        pytest.param("33 18 10 00", {"water"}, id="a phone with spaces"),
        pytest.param("33181000", {"water"}, id="a phone without"),
        pytest.param("+4733181000", {"water"}, id="a phone with the country"),
        pytest.param("0047 33 18 10 00", {"water"}, id="a phone with 00"),
        pytest.param("33181001", set(), id="another phone"),
        pytest.param("i og på", set(), id="words that say nothing"),
        pytest.param("   ", {"road", "snow", "water", "light"}, id="nothing"),
    ],
)
def test_search_finds(found_by: Callable[[str], set[str]], text: str, found: set[str]) -> None:
    assert found_by(text) == found


@pytest.mark.parametrize("form", ["{}", " {} ", "26 {1} {2}", "26{1}{2}"])
def test_search_finds_a_reference_as_it_is_said(solvik: Solvik, form: str) -> None:
    a_card(text="26 000002")
    card = a_card()
    year, number, digit = card.reference.split("-")
    text = form.format(card.reference, number, digit)
    assert list(queries.search(Card.objects.all(), text)) == [card]
    assert (year, card.reference) == ("26", reference(2026, 2))


def test_search_finds_a_phone_that_happens_to_look_like_a_reference(solvik: Solvik) -> None:
    """One in ten Swedish and foreign numbers has a valid check digit."""
    phones = [f"+46 70 123 45 {number:02}" for number in range(60)]
    cards = [a_card(contact=Contact(phone=phone)) for phone in phones[:30]]
    lost = [
        phone
        for phone, card in zip(phones, cards, strict=False)
        if card not in queries.search(Card.objects.all(), phone.replace(" ", "").removeprefix("+"))
    ]
    assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        "'", '"', "&", "|", "!", ":", "*", ":*", "a & | b", "!!", "(", ")", "\\", "vei'; --", "<->", "vei:*", "_", "%",
        "a:b*c", "\x00", "a" * 3000, "vei " * 500, "²²²²²", "½", "\u0301", "١٢٣٤٥٦",
    ],
)  # fmt: skip
def test_no_sign_makes_search_stumble(found_by: Callable[[str], set[str]], text: str) -> None:
    assert isinstance(found_by(text), set)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), max_size=40))
def test_nothing_that_is_typed_makes_search_stumble(found_by: Callable[[str], set[str]], text: str) -> None:
    assert isinstance(found_by(text), set)


def test_search_keeps_to_what_the_person_sees(solvik: Solvik) -> None:
    theirs, _other = a_card(unit=solvik.roads, contact=NO_PHONE), a_card(unit=solvik.water, contact=NO_PHONE)
    delegate_card(theirs, handler=solvik.handler, by=solvik.roads_leader, now=TUESDAY)
    handler = Person.objects.get(pk=solvik.handler.pk)
    for text in ("hull", "Per Hansen"):
        assert list(queries.search(queries.visible_to(handler), text)) == [theirs]
