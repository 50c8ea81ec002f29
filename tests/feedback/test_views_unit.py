"""The unit's overdue list worked on in place, the political cards, the chief executive's page, and absence."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from feedback.actions.calling import give_preliminary_answer
from feedback.actions.closing import reopen_card
from feedback.actions.explaining import explain_delay
from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import reroute_card
from feedback.actions.reminding import remind_of_deadlines
from feedback.deadlines import try_again_by
from feedback.models import Card, CardEvent
from organisation.calendar import IsoWeek, WorkingCalendar
from organisation.models import Absence, Person
from tests.factories import MONDAY, AbsenceFactory, Solvik, UnitFactory, a_card, events, mails, many_cards, oslo
from tests.feedback.steps import called_back

# Registered on 2 November, due on the 12th: on the lists of weeks 47 (16 November) and 48.
FIRST, SECOND = IsoWeek(2026, 47), IsoWeek(2026, 48)
NOW = oslo(2026, 11, 24, 9)
LIST = "/staff/overdue/2026-W48/roads/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def run_both() -> None:
    for week in (FIRST, SECOND):
        run_overdue_list(now=NOW, week=week)


def get(client: Client, person: Person, path: str):
    client.force_login(person)
    return client.get(path, HTTP_ACCEPT_LANGUAGE="en")


def said(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


# --- When to try again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "today", "again"),
    [
        ("2026-11-12", "2026-11-03", "2026-11-12"),
        ("2026-11-15", "2026-11-10", "2026-11-13"),  # a Sunday: the Friday before
        ("2026-11-03", "2026-11-03", "2026-11-03"),  # the last day
        ("2026-11-15", "2026-11-14", "2026-11-14"),  # Saturday, due on Sunday
        ("2026-11-02", "2026-11-03", "2026-11-04"),  # over: tomorrow
        ("2026-11-02", "2026-11-06", "2026-11-09"),  # over, on a Friday: Monday
        ("2026-04-05", "2026-03-30", "2026-04-01"),  # due on Easter Sunday
    ],
)
def test_try_again_by(due: str, today: str, again: str) -> None:
    days = [date.fromisoformat(text) for text in (due, today)]
    assert try_again_by(*days, WorkingCalendar()) == date.fromisoformat(again)


# --- The unit's overdue list --------------------------------------------------------------------------------------------


def test_the_list_is_solved_in_place(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    run_both()
    response = get(client, solvik.roads_leader, LIST)
    words = said(response)
    assert "1 card on the list of week 48. To be put right by Friday 27 November." in words
    assert "time 2 on the list" in words
    assert "12 days over" in words
    seen = CardEvent.objects.filter(card=card).latest("pk").pk
    fields = {"seen": seen, "summary": "Vi fyller hullet", "reaction": "5", "way": "voice", "held_on": "24.11.2026"}
    data = {f"callback-{name}": value for name, value in fields.items()} | {"back": LIST}
    row = client.post(
        f"/staff/cards/{card.reference}/callback/", data, HTTP_HX_REQUEST="true", HTTP_ACCEPT_LANGUAGE="en"
    )
    assert "data-done" in row.content.decode()
    assert "time 2 on the list" in said(row)
    after = get(client, solvik.roads_leader, LIST)
    assert "1 of 1 is solved." in said(after)
    assert "Solved 24 Nov 2026, 09:00" in said(after)
    assert "<s>" in after.content.decode()
    assert after.context["rows"] == []


def test_what_was_answered_and_opened_again_is_no_longer_to_be_solved(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    run_both()
    called_back(card, by=solvik.handler, now=NOW)
    reopen_card(card, reason="Hullet er der igjen", by=solvik.roads_leader, now=NOW)
    assert "Answered, and opened again" in said(get(client, solvik.roads_leader, LIST))


def test_a_card_that_left_the_unit_has_no_row(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads, text="Hemmelig hull")
    run_both()
    reroute_card(card, unit=solvik.water, reason="Lekkasje", by=solvik.clerk, now=NOW)
    response = get(client, solvik.roads_leader, LIST)
    assert response.context["rows"] == []
    assert "With another unit now" in said(response)
    assert "Hemmelig" not in said(response)


def test_a_reader_sees_the_list_without_buttons(solvik: Solvik, client: Client) -> None:
    a_card(unit=solvik.roads)
    run_both()
    html = get(client, solvik.reader, LIST).content.decode()
    assert "Kari Nordmann" in html
    assert "hx-post" not in html


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    solvik: Solvik, client: Client, django_assert_num_queries: Any, how_many: int
) -> None:
    many_cards(how_many, unit=solvik.roads)
    run_both()
    client.force_login(solvik.roads_leader)
    with django_assert_num_queries(8):
        client.get(LIST)


# --- Why it is late -----------------------------------------------------------------------------------------------------


def test_why_a_card_is_late_is_shown_in_its_row_and_to_the_chief_executive(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    run_both()
    explain_delay(card, reason="Gammelt svar", by=solvik.roads_leader, now=NOW - timedelta(hours=1))
    explain_delay(card, reason="Venter på befaring", by=solvik.roads_leader, now=NOW)
    for person, path in (
        (solvik.roads_leader, LIST),
        (solvik.roads_leader, "/staff/today/"),
        (solvik.chief, "/staff/chief/"),
    ):
        words = said(get(client, person, path))
        assert "Why late: Venter på befaring" in words
        assert "Why late: Gammelt" not in words


def test_why_late_is_not_told_to_the_submitter(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    explain_delay(card, reason="Venter på befaring", by=solvik.roads_leader, now=NOW)
    assert "befaring" not in client.get(f"/card/{card.secret}/").content.decode()


def test_a_card_that_is_in_time_has_no_delay_to_explain(solvik: Solvik, client: Client) -> None:
    card = a_card(now=NOW - timedelta(days=1), unit=solvik.roads)
    before = events(card)
    client.force_login(solvik.handler)
    data = {"explain-delay-seen": str(card.events.latest("pk").pk), "explain-delay-reason": "Fordi"}
    response = client.post(f"/staff/cards/{card.reference}/explain-delay/", data, HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 422
    assert "The card is not over its deadline." in response.content.decode()
    assert "Fordi" in response.content.decode()
    assert events(card) == before


# --- The mayor's office -------------------------------------------------------------------------------------------------


def test_the_political_cards_and_their_answers(solvik: Solvik, client: Client) -> None:
    waiting = a_card(now=NOW, unit=solvik.mayor, text="Når behandles skolestrukturen?")
    answered = a_card(now=MONDAY, unit=solvik.mayor, text="Hva med strandsona?")
    called_back(answered, by=solvik.mayors_secretary, now=NOW)
    a_card(unit=solvik.roads, text="Hull")
    response = get(client, solvik.mayors_secretary, "/staff/political/")
    words = said(response)
    assert [row.card.reference for row in response.context["rows"]] == [waiting.reference]
    assert "1 waits for an answer" in words
    assert "Hullet er tettet" in words
    assert "Reaction 5 of 6" in words
    assert "Hull " not in words.replace("Hullet", "")


def test_a_political_card_is_answered_in_its_row(solvik: Solvik, client: Client) -> None:
    card = a_card(now=NOW, unit=solvik.mayor, text="Skolestruktur")
    client.force_login(solvik.mayors_secretary)
    path = f"/staff/cards/{card.reference}/?open=callback&back=/staff/political/"
    row = client.get(path, HTTP_HX_REQUEST="true", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert 'name="callback-summary"' in row
    assert 'name="back" value="/staff/political/"' in row


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("mayors_secretary", 200),
        ("clerk", 200),
        ("roads_leader", 403),
        ("handler", 403),
        ("reader", 403),
        ("chief", 403),
    ],
)
def test_who_sees_the_political_page(solvik: Solvik, client: Client, name: str, status: int) -> None:
    assert get(client, getattr(solvik, name), "/staff/political/").status_code == status


def test_the_leader_of_the_mayors_office_sees_it_too(solvik: Solvik, client: Client) -> None:
    solvik.mayor.leader = solvik.water_leader
    solvik.mayor.save()
    assert get(client, solvik.fresh(solvik.water_leader), "/staff/political/").status_code == 200


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_political_page_costs_the_same_whatever_its_length(
    solvik: Solvik, client: Client, django_assert_num_queries: Any, how_many: int
) -> None:
    many_cards(how_many, now=NOW, unit=solvik.mayor)
    for card in many_cards(how_many, now=NOW, unit=solvik.mayor):
        called_back(card, by=solvik.mayors_secretary, now=NOW)
    client.force_login(solvik.mayors_secretary)
    with django_assert_num_queries(12):
        client.get("/staff/political/")


# --- The chief executive ------------------------------------------------------------------------------------------------


def test_the_chief_executive_sees_the_repeats_by_unit_and_the_trend(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    give_preliminary_answer(card, reason="Venter på deler", expected_on=date(2026, 12, 1), by=solvik.handler, now=NOW)
    called_back(a_card(unit=solvik.roads, text="Grøfta"), by=solvik.handler, now=oslo(2026, 11, 24, 8))
    a_card(unit=solvik.water, text="Lekkasje")
    a_card(now=oslo(2026, 11, 10), unit=solvik.water, text="Ny på lista")
    with time_machine.travel(oslo(2026, 11, 23, 6, 1), tick=False):
        run_overdue_list(now=oslo(2026, 11, 16, 6, 1), week=FIRST)
        run_overdue_list(now=oslo(2026, 11, 23, 6, 1), week=SECOND, mail=False)
    AbsenceFactory(person=solvik.roads_leader, first_on="2026-11-24", last_on="2026-11-24")
    response = get(client, solvik.chief, "/staff/chief/")
    words = said(response)
    assert "This week: 3 cards for the second time or more, from 2 units." in words
    assert "2 are not answered yet" in words
    assert "Roads Deputy answers for the unit (in the place of Roads Leader )" in words or (
        "Roads Deputy answers for the unit (in the place of Roads Leader)" in words
    )
    assert "The submitter was told 1 Dec 2026: Venter på deler" in words
    assert "The unit has not written why." in words
    assert "Ny på lista" not in words
    assert "History" in words
    assert response.context["trend"].table[-2:] == (("47", (0, 3)), ("48", (3, 4)))
    assert response.context["trend"].table[0] == ("37", (None, None))


def test_a_week_without_repeats_and_a_house_without_lists(solvik: Solvik, client: Client) -> None:
    assert "No lists have been run yet." in said(get(client, solvik.chief, "/staff/chief/"))
    a_card(unit=solvik.roads)
    run_overdue_list(now=NOW, week=SECOND)
    assert "This week: no card for the second time." in said(get(client, solvik.chief, "/staff/chief/"))


@pytest.mark.parametrize(
    ("name", "status"), [("chief", 200), ("clerk", 200), ("roads_leader", 403), ("handler", 403), ("reader", 403)]
)
def test_who_sees_the_chief_executives_page(solvik: Solvik, client: Client, name: str, status: int) -> None:
    assert get(client, getattr(solvik, name), "/staff/chief/").status_code == status


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_chief_executives_page_costs_the_same_whatever_its_length(
    solvik: Solvik, client: Client, django_assert_num_queries: Any, how_many: int
) -> None:
    many_cards(how_many, unit=solvik.roads)
    run_both()
    client.force_login(solvik.chief)
    with django_assert_num_queries(15):
        client.get("/staff/chief/")


# --- Absence ------------------------------------------------------------------------------------------------------------


def away(client: Client, person: Person, first: str, last: str):
    client.force_login(person)
    return client.post("/staff/absence/", {"first_on": first, "last_on": last}, HTTP_ACCEPT_LANGUAGE="en")


def test_a_leader_writes_down_an_absence_and_is_told_who_acts(solvik: Solvik, client: Client) -> None:
    assert "Vei: Roads Deputy, your deputy." in said(get(client, solvik.roads_leader, "/staff/absence/"))
    response = away(client, solvik.roads_leader, "24.11.2026", "2026-11-27")
    assert (response.status_code, response.headers["Location"]) == (302, "/staff/absence/")
    [absence] = solvik.roads_leader.absences.all()
    assert (absence.first_on, absence.last_on) == (date(2026, 11, 24), date(2026, 11, 27))
    words = said(get(client, solvik.roads_leader, "/staff/absence/"))
    assert "Tuesday 24 November 2026 – Friday 27 November 2026 ◔Away now" in words
    client.post(f"/staff/absence/{absence.pk}/remove/")
    assert not solvik.roads_leader.absences.exists()


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("", "", "Write the first day you are away."),
        ("24.11.2026", "", "Write the last day you are away."),
        ("31.11.2026", "1.12.2026", "«31.11.2026» is not in the calendar."),
        ("i morgen", "1.12.2026", "«i morgen» is not a date."),
        ("27.11.2026", "24.11.2026", "The last day cannot be before the first."),
        ("2.11.2026", "3.11.2026", "Those days are over already."),
        ("24.11.2026", "24.11.2062", "That is more than a year."),
        ("1.12.2026", "5.12.2026", "Some of these days are written down as absence already."),
    ],
)
def test_an_absence_that_cannot_be_gets_a_sentence_and_keeps_what_was_typed(
    solvik: Solvik, client: Client, first: str, last: str, sentence: str
) -> None:
    AbsenceFactory(person=solvik.roads_leader, first_on="2026-12-05", last_on="2026-12-06")
    response = away(client, solvik.roads_leader, first, last)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not first or f'value="{first}"' in response.content.decode()
    assert Absence.objects.count() == 1


def test_a_leader_without_a_deputy_is_told_so(solvik: Solvik, client: Client) -> None:
    words = said(get(client, solvik.water_leader, "/staff/absence/"))
    assert (
        "The unit has no deputy. Lists and mails go to Sector Leader above you. Ask the administrator to name one."
        in words
    )


def test_a_deputy_who_is_away_too_is_named(solvik: Solvik, client: Client) -> None:
    AbsenceFactory(person=solvik.roads_deputy, first_on="2026-11-24", last_on="2026-11-30")
    words = said(get(client, solvik.roads_leader, "/staff/absence/"))
    assert "Your deputy Roads Deputy is away then too. Lists and mails go to Sector Leader." in words


def test_somebody_who_leads_nothing_may_be_away_too(solvik: Solvik, client: Client) -> None:
    assert "You lead no unit." in said(get(client, solvik.clerk, "/staff/absence/"))
    assert away(client, solvik.clerk, "24.11.2026", "24.11.2026").status_code == 302


def test_anothers_absence_is_not_there(solvik: Solvik, client: Client) -> None:
    absence = AbsenceFactory(person=solvik.roads_leader, first_on="2026-11-24", last_on="2026-11-27")
    client.force_login(solvik.water_leader)
    assert client.post(f"/staff/absence/{absence.pk}/remove/").status_code == 404
    assert Absence.objects.count() == 1
    assert "24 November" not in said(get(client, solvik.water_leader, "/staff/absence/"))


def test_whoever_is_not_signed_in_is_asked_to(solvik: Solvik, client: Client) -> None:
    for path in ("/staff/today/", "/staff/political/", "/staff/chief/", "/staff/absence/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/")


def test_while_the_leader_is_away_lists_cards_and_reminders_go_to_the_deputy(solvik: Solvik) -> None:
    solvik.roads.email = ""
    solvik.roads.save()
    AbsenceFactory(person=solvik.roads_leader, first_on="2026-11-23", last_on="2026-11-27")
    a_card(unit=solvik.roads, text="Gammelt hull")
    run_overdue_list(now=NOW, week=SECOND)
    a_card(now=NOW, unit=solvik.roads, text="Nytt hull")
    Card.objects.filter(text="Nytt hull").update(due_on=date(2026, 11, 25))
    remind_of_deadlines(now=NOW)
    went = dict(mails())
    assert went["overdue_list"] == went["card_forwarded"] == went["reminder"] == "roads_deputy@solvik.test"


def test_a_unit_without_deputy_under_a_sector_goes_to_the_sector(solvik: Solvik, client: Client) -> None:
    lone = UnitFactory(code="lone", name="Park", parent=solvik.sector, leader=solvik.handler, email="")
    AbsenceFactory(person=solvik.handler, first_on="2026-11-23", last_on="2026-11-27")
    card = a_card(now=NOW, unit=lone)
    response = get(client, solvik.sector_leader, "/staff/today/?mine=true")
    assert [row.card for row in response.context["rows"]] == [card]
