"""The service centre's side of the lists: look ahead, who was told, send again, documents, and what changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from feedback.actions.listing import run_overdue_list
from feedback.actions.moving import reroute_card
from feedback.actions.previewing import lists_to_come
from feedback.actions.resending import (
    AllSolved,
    NobodyToTell,
    NotTheLatest,
    SentLately,
    SentOftenEnough,
    resend_overdue_list,
)
from feedback.errors import NotAllowed
from feedback.models import Card, ListNotice, OverdueEntry, OverdueList, OverdueRun
from feedback.weeks import changes_since, told_of_escalations, told_of_lists
from organisation.calendar import IsoWeek
from organisation.models import OutgoingMail, Unit
from tests.factories import AbsenceFactory, Solvik, a_card, day, mails, many_cards, oslo
from tests.feedback.steps import called_back
from tests.organisation.pdf_reading import read
from tests.refusals import everything, refuses

W46, W47, W48 = (IsoWeek(2026, week) for week in (46, 47, 48))
SIX = {W47: oslo(2026, 11, 16, 6), W48: oslo(2026, 11, 23, 6)}
"""A card of Monday 2 November is on W47's list first."""


@pytest.fixture
def listed(solvik: Solvik) -> Card:
    """A card of Vei and one of Vann on W47's lists."""
    card = a_card(unit=solvik.roads)
    a_card(unit=solvik.water, text="Lekkasje")
    run_overdue_list(now=SIX[W47])
    return card


def list_of(code: str, week: IsoWeek = W47) -> OverdueList:
    return OverdueList.objects.get(unit__code=code, iso_week=week.week)


# --- Look ahead -----------------------------------------------------------------------------------------------------


def test_what_is_seen_before_the_run_is_what_the_run_lists(listed: Card, solvik: Solvik) -> None:
    for week in (45, 46):  # one is there for the third time
        run_overdue_list(now=oslo(2026, 11, 23, 5), as_of=oslo(2026, 11, 2 + 7 * (week - 45), 12), mail=False)
    a_card(unit=solvik.roads, now=oslo(2026, 11, 10))
    answered = a_card(unit=solvik.roads, now=oslo(2026, 11, 9))
    called_back(answered, by=solvik.clerk, now=oslo(2026, 11, 20))
    a_card(unit=solvik.water, now=oslo(2026, 11, 20))  # not due yet
    AbsenceFactory(person=solvik.roads_leader, first_on=day("2026-11-23"), last_on=day("2026-11-23"))
    before = everything()
    coming = lists_to_come(now=oslo(2026, 11, 22), by=solvik.clerk)
    assert everything() == before
    assert (coming.week, coming.as_of, coming.grace_on) == (W48, SIX[W48], day("2026-11-27"))
    run_overdue_list(now=SIX[W48])
    entries = OverdueEntry.objects.filter(iso_week=48).values_list("overdue_list__unit__code", "times")
    counted = {code: [times for code_, times in entries if code_ == code] for code in ("roads", "water")}
    assert {row.unit.code: (row.first, row.second, row.later) for row in coming.lists} == {
        code: (times.count(1), times.count(2), sum(time > 2 for time in times)) for code, times in counted.items()
    }
    assert (coming.cards, coming.first, coming.again) == (3, 1, 2)
    # Who is told is who was said: the deputy, as the leader is away that Monday.
    told = {row.unit.code: row.to.person for row in coming.lists if row.to}
    notices = ListNotice.objects.filter(overdue_list__iso_week=48)
    assert told == {notice.overdue_list.unit.code: notice.person for notice in notices}
    assert told["roads"] == solvik.roads_deputy


def test_a_monday_that_was_missed_is_what_comes(solvik: Solvik, client: Client) -> None:
    a_card(unit=solvik.roads)
    client.force_login(solvik.clerk)
    with time_machine.travel(oslo(2026, 11, 17), tick=False):
        page = client.get("/staff/overdue/preview/", HTTP_ACCEPT_LANGUAGE="en")
        assert page.context["coming"].week == W47
        assert "Judged 16 Nov 2026, 06:00, and not run yet." in page.content.decode()
        assert "Run the lists" in page.content.decode()
        run_overdue_list(now=oslo(2026, 11, 17))
        page = client.get("/staff/overdue/preview/", HTTP_ACCEPT_LANGUAGE="en")
    html = page.content.decode()
    assert "The lists are run on Monday 23 November at 06:00." in html
    assert "Run the lists" not in html
    assert "?due=open&amp;unit=roads&amp;due_until=2026-11-22" in html


@time_machine.travel(oslo(2026, 11, 17), tick=False)
@pytest.mark.parametrize("how_many", [1, 3])
def test_looking_ahead_costs_the_same_whatever_is_to_come(
    solvik: Solvik, client: Client, django_assert_num_queries, how_many: int
) -> None:
    many_cards(how_many, unit=solvik.roads)
    client.force_login(solvik.clerk)
    with django_assert_num_queries(11):
        client.get("/staff/overdue/preview/")


# --- Who was told ---------------------------------------------------------------------------------------------------


def test_who_was_told_and_what_became_of_the_mail(listed: Card, solvik: Solvik) -> None:
    roads, water = list_of("roads"), list_of("water")
    OutgoingMail.objects.filter(dedupe_key__endswith=":roads").update(status="sent", sent_at=SIX[W47])
    OutgoingMail.objects.filter(dedupe_key__endswith=":water").update(status="failed")
    told = told_of_lists([roads, water])
    assert [(one.person, one.status, one.sent_at) for one in told[roads.pk]] == [
        (solvik.roads_leader, "sent", SIX[W47])
    ]
    assert [(one.person, one.failed, one.sent_by) for one in told[water.pk]] == [(solvik.water_leader, True, None)]
    # The mail's row goes after 90 days; that they were told, and when, stays.
    OutgoingMail.objects.all().delete()
    (kept,) = told_of_lists([roads])[roads.pk]
    assert (kept.person, kept.told_at, kept.status) == (solvik.roads_leader, SIX[W47], "")


def test_the_escalation_says_who_was_told(listed: Card, solvik: Solvik, client: Client) -> None:
    run_overdue_list(now=SIX[W48])
    escalation = OverdueRun.objects.get(iso_week=48).escalation
    assert [one.person for one in told_of_escalations([escalation])[escalation.pk]] == [solvik.chief]
    client.force_login(solvik.clerk)
    for path in ("/staff/escalations/", "/staff/escalations/2026-W48/"):
        html = client.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
        assert "Chief, 23 Nov 2026, 06:00" in " ".join(html.split())


def test_a_past_that_was_not_mailed_told_nobody(solvik: Solvik) -> None:
    a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47], mail=False)
    assert not ListNotice.objects.exists()


# --- Send again -----------------------------------------------------------------------------------------------------


def test_a_list_is_sent_again_to_who_stands_for_the_unit_today(listed: Card, solvik: Solvik) -> None:
    AbsenceFactory(person=solvik.roads_leader, first_on=day("2026-11-17"), last_on=day("2026-11-17"))
    now = oslo(2026, 11, 17)
    notice = resend_overdue_list(list_of("roads"), by=solvik.clerk, now=now)
    assert (notice.person, notice.sent_by, notice.told_at) == (solvik.roads_deputy, solvik.clerk, now)
    assert mails()[-1] == ("overdue_list", "roads_deputy@solvik.test")
    mail = OutgoingMail.objects.get(dedupe_key=notice.dedupe_key)
    assert mail.attachment == {"maker": "overdue_list", "list_id": list_of("roads").pk}
    assert listed.reference in mail.text


def test_sending_again_has_its_limits(listed: Card, solvik: Solvik) -> None:
    roads = list_of("roads")
    with refuses(NotAllowed):
        resend_overdue_list(roads, by=solvik.roads_leader, now=oslo(2026, 11, 17))
    with refuses(SentLately, "This list was sent at 06:00. Send it again after 06:15."):
        resend_overdue_list(roads, by=solvik.clerk, now=SIX[W47] + timedelta(minutes=14))
    for hour in range(4):
        resend_overdue_list(roads, by=solvik.clerk, now=oslo(2026, 11, 17, 8 + hour))
    with refuses(SentOftenEnough, "5 times"):
        resend_overdue_list(roads, by=solvik.clerk, now=oslo(2026, 11, 17, 15))
    assert len({mail.dedupe_key for mail in OutgoingMail.objects.filter(dedupe_key__contains=":roads")}) == 5


def test_what_is_solved_or_past_is_not_sent_again(listed: Card, solvik: Solvik) -> None:
    called_back(listed, by=solvik.clerk, now=oslo(2026, 11, 17))
    with refuses(AllSolved):
        resend_overdue_list(list_of("roads"), by=solvik.clerk, now=oslo(2026, 11, 18))
    run_overdue_list(now=SIX[W48])
    with refuses(NotTheLatest):
        resend_overdue_list(list_of("water"), by=solvik.clerk, now=oslo(2026, 11, 24))


def test_a_list_for_nobody_is_not_sent_again(listed: Card, solvik: Solvik) -> None:
    Unit.objects.update(email="", leader=None, deputy=None)
    with refuses(NobodyToTell):
        resend_overdue_list(list_of("roads"), by=solvik.clerk, now=oslo(2026, 11, 17))


def test_a_list_run_before_notices_were_kept_is_sent_again_more_than_once(listed: Card, solvik: Solvik) -> None:
    ListNotice.objects.all().delete()
    for hour in (8, 9):
        resend_overdue_list(list_of("roads"), by=solvik.clerk, now=oslo(2026, 11, 17, hour))
    assert len([to for kind, to in mails() if to == "roads_leader@solvik.test" and kind == "overdue_list"]) == 3


@time_machine.travel(oslo(2026, 11, 17), tick=False)
def test_the_page_sends_again_and_says_to_whom(listed: Card, solvik: Solvik, client: Client) -> None:
    client.force_login(solvik.clerk)
    path = "/staff/overdue/2026-W47/roads/resend/"
    html = client.post(path, HTTP_ACCEPT_LANGUAGE="en", follow=True).content.decode()
    assert "The list of Vei is sent again, to Roads Leader." in html
    assert "sent again by Clerk" in html
    again = client.post(path, HTTP_ACCEPT_LANGUAGE="en", follow=True).content.decode()
    assert "Vei: This list was sent at 12:00." in again
    assert client.post("/staff/overdue/2026-W47/nowhere/resend/").status_code == 404


# --- Documents ------------------------------------------------------------------------------------------------------


def test_the_weeks_lists_are_one_document_and_a_leader_gets_the_own(
    listed: Card, solvik: Solvik, client: Client
) -> None:
    client.force_login(solvik.clerk)
    document = client.get("/staff/overdue/2026-W47/lists.pdf", HTTP_ACCEPT_LANGUAGE="nb")
    assert document.headers["Content-Disposition"] == 'inline; filename="forfallslister-2026-w47.pdf"'
    seen = read(document.content)
    assert (len(seen.pages), seen.language, seen.title) == (2, "nb", "Forfallslister uke 47, 2026")
    assert ["Lekkasje" in text for text in seen.pages] == [True, False]
    assert seen.tags.count("H1") == 2
    client.force_login(solvik.roads_leader)
    own = read(client.get("/staff/overdue/2026-W47/lists.pdf").content)
    assert [listed.reference in own.pages[0], "Lekkasje" in own.pages[0], len(own.pages)] == [True, False, 1]
    assert read(client.get("/staff/overdue/2026-W47/roads/list.pdf").content).pages
    assert client.get("/staff/overdue/2026-W47/water/list.pdf").status_code == 404
    assert client.get("/staff/overdue/2026-W40/lists.pdf").status_code == 404


# --- What changed ---------------------------------------------------------------------------------------------------


def test_what_changed_since_last_week(listed: Card, solvik: Solvik, client: Client) -> None:
    still, moves, solved = listed, a_card(unit=solvik.roads), Card.objects.get(text="Lekkasje")
    OverdueRun.objects.all().delete()
    assert changes_since(_run(W47), solvik.clerk) is None
    called_back(solved, by=solvik.clerk, now=oslo(2026, 11, 18))
    reroute_card(moves, unit=solvik.water, reason="x", by=solvik.clerk, now=oslo(2026, 11, 18))
    new = a_card(unit=solvik.roads, now=oslo(2026, 11, 10))
    changes = changes_since(_run(W48), solvik.clerk)
    assert changes is not None
    found = {
        change.unit.code: {
            name: [entry.card for entry in getattr(change, name)]
            for name in ("new", "still", "moved_here", "moved_away", "off")
            if getattr(change, name)
        }
        for change in changes.units
    }
    assert found == {
        "roads": {"new": [new], "still": [still], "moved_away": [moves]},
        "water": {"moved_here": [moves], "off": [solved]},
    }
    assert [(change.before, change.now) for change in changes.units] == [(1, 1), (2, 2)]
    assert (changes.since.iso_week, changes.new, changes.still, changes.moved, changes.off) == (47, 1, 1, 1, 1)
    client.force_login(solvik.clerk)
    html = client.get("/staff/overdue/2026-W48/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "1 off the lists, 1 still there, 1 new, 1 moved between units" in html


def _run(week: IsoWeek) -> OverdueRun:
    run_overdue_list(now=SIX[week])
    return OverdueRun.objects.get(iso_week=week.week)


def test_a_leader_sees_the_changes_of_the_own_unit(listed: Card, solvik: Solvik) -> None:
    changes = changes_since(_run(W48), solvik.roads_leader)
    assert changes is not None
    assert [change.unit for change in changes.units] == [solvik.roads]


def test_a_card_that_was_reopened_is_new_on_the_list(listed: Card, solvik: Solvik) -> None:
    called_back(listed, by=solvik.clerk, now=oslo(2026, 11, 17))
    from feedback.actions.closing import close_card, reopen_card

    close_card(listed, result="answered", by=solvik.clerk, now=oslo(2026, 11, 17))
    reopen_card(listed, reason="x", by=solvik.clerk, now=oslo(2026, 11, 17))
    late = oslo(2026, 11, 30, 6)
    run_overdue_list(now=late)
    changes = changes_since(OverdueRun.objects.get(iso_week=49), solvik.roads_leader)
    assert changes is not None
    assert [(len(change.off), len(change.new)) for change in changes.units] == [(1, 1)]


# --- Access ---------------------------------------------------------------------------------------------------------


def test_only_who_runs_the_lists_looks_ahead_and_sends_again(listed: Card, solvik: Solvik, client: Client) -> None:
    queued = mails()
    for name in ("roads_leader", "handler", "chief", "mayors_secretary", "administrator", "reader"):
        client.force_login(getattr(solvik, name))
        assert client.get("/staff/overdue/preview/").status_code == 403
        assert client.post("/staff/overdue/2026-W47/roads/resend/").status_code == 403
        assert b"Send again" not in client.get("/staff/overdue/2026-W47/", HTTP_ACCEPT_LANGUAGE="en").content
    for name in ("handler", "chief", "administrator"):
        client.force_login(getattr(solvik, name))
        assert client.get("/staff/overdue/2026-W47/lists.pdf").status_code == 403
    assert mails() == queued
