"""The weekly overdue list and the escalation: rule 8 and «Overdue list», «Grace», «Escalation» of `domain/README.md`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from feedback.actions.closing import reopen_card
from feedback.actions.listing import latest_week_to_run, preview_overdue_list, run_overdue_list
from feedback.actions.moving import reroute_card
from feedback.errors import NotAllowed
from feedback.mails import SHOWN
from feedback.models import Card, Escalation, OverdueEntry, OverdueList, OverdueRun
from feedback.overdue import InTheFuture, WeeksDisagree, judged_at
from feedback.queries import visible_to
from organisation.calendar import IsoWeek, WorkingCalendar
from organisation.models import OutgoingMail, Person, Unit
from organisation.permissions import Role
from tests.factories import (
    MONDAY,
    NO_PHONE,
    AbsenceFactory,
    DayOffFactory,
    PersonFactory,
    RoleFactory,
    Solvik,
    UnitFactory,
    a_card,
    day,
    events,
    mails,
    make_solvik,
    many_cards,
    oslo,
)
from tests.feedback.steps import called_back, closed
from tests.refusals import everything, refuses
from tests.threads import at_once, errors

NORWAY = WorkingCalendar()
W45, W46, W47, W48, W49 = (IsoWeek(2026, week) for week in (45, 46, 47, 48, 49))
SIX = {week: oslo(2026, 11, 2, 6) + timedelta(weeks=week.week - 45) for week in (W45, W46, W47, W48, W49)}
"""Monday 06:00 local of each week. A card of MONDAY (2 November) is due on Thursday 12 November and on W47's list first."""


def lists(week: IsoWeek) -> dict[str, list[tuple[str, int]]]:
    """Return a week's lists as they are stored: by unit code, each card with how many times it is on a list."""
    found: dict[str, list[tuple[str, int]]] = {}
    for entry in OverdueEntry.objects.filter(iso_year=week.year, iso_week=week.week).order_by("card__reference"):
        found.setdefault(entry.overdue_list.unit.code, []).append((entry.card.reference, entry.times))
    return found


def sent(kind: str) -> list[str]:
    """Return to whom mails of this kind went, in the alphabet's order."""
    return sorted(to for kind_, to in mails() if kind_ == kind)


# --- Which week, which moment ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("week", "as_of", "now", "expected"),
    [
        pytest.param("2026-W47", None, oslo(2026, 11, 20), ("2026-W47", oslo(2026, 11, 16, 6)), id="a week"),
        pytest.param(
            None, oslo(2026, 11, 18, 14), oslo(2026, 11, 20), ("2026-W47", oslo(2026, 11, 18, 14)), id="a moment"
        ),
        pytest.param(
            "2026-W47", oslo(2026, 11, 18, 14), oslo(2026, 11, 20), ("2026-W47", oslo(2026, 11, 18, 14)), id="both"
        ),
        pytest.param(None, None, oslo(2026, 11, 20), ("2026-W47", oslo(2026, 11, 16, 6)), id="neither"),
        pytest.param(None, None, oslo(2026, 11, 16, 6), ("2026-W47", oslo(2026, 11, 16, 6)), id="neither, at the moment"),
        pytest.param(
            None, datetime(2026, 11, 15, 23, 30, tzinfo=UTC), oslo(2026, 11, 20),
            ("2026-W47", datetime(2026, 11, 15, 23, 30, tzinfo=UTC)), id="Sunday in UTC, Monday here",
        ),
        pytest.param("2026-W14", None, oslo(2026, 6, 1), ("2026-W14", oslo(2026, 3, 30, 6)), id="after the spring night"),
        pytest.param("2026-W44", None, oslo(2026, 12, 1), ("2026-W44", oslo(2026, 10, 26, 6)), id="after the autumn night"),
        pytest.param("2026-W15", None, oslo(2026, 6, 1), ("2026-W15", oslo(2026, 4, 6, 6)), id="Easter Monday"),
        pytest.param(None, oslo(2027, 1, 1), oslo(2027, 2, 1), ("2026-W53", oslo(2027, 1, 1)), id="New Year's Day: week 53"),
    ],
)  # fmt: skip
def test_list_is_judged_at(
    week: str | None, as_of: datetime | None, now: datetime, expected: tuple[str, datetime]
) -> None:
    found = judged_at(week=IsoWeek.parse(week) if week else None, as_of=as_of, now=now, calendar=NORWAY)
    assert (str(found[0]), found[1]) == expected


def test_week_and_moment_that_disagree_are_refused() -> None:
    with pytest.raises(WeeksDisagree) as caught:
        judged_at(week=W46, as_of=oslo(2026, 11, 18), now=oslo(2026, 11, 20), calendar=NORWAY)
    with translation.override("en"):
        assert "week 2026-W47, not in week 2026-W46" in str(caught.value)


@pytest.mark.parametrize(
    ("week", "as_of", "now"),
    [
        pytest.param(None, oslo(2026, 11, 20, 12, 0, 1), oslo(2026, 11, 20, 12), id="a moment one second ahead"),
        pytest.param(W48, None, oslo(2026, 11, 20), id="next week"),
        pytest.param(None, None, oslo(2026, 11, 16, 5, 59, 59), id="this week's Monday before six"),
    ],
)
def test_the_future_is_refused_unless_allowed(week: IsoWeek | None, as_of: datetime | None, now: datetime) -> None:
    with pytest.raises(InTheFuture):
        judged_at(week=week, as_of=as_of, now=now, calendar=NORWAY)
    assert judged_at(week=week, as_of=as_of, now=now, calendar=NORWAY, allow_future=True)[1] > now


# --- Which cards ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "on_it"),
    [
        pytest.param(oslo(2026, 11, 11), False, id="registered on the 1st, due on the 11th: day 10"),
        pytest.param(oslo(2026, 11, 11, 23, 59, 59), False, id="the last second of day 10"),
        pytest.param(oslo(2026, 11, 12, 0, 0, 0), True, id="overdue from the 12th"),
    ],
)
def test_overdue_from_day_11_and_not_on_day_10(solvik: Solvik, as_of: datetime, on_it: bool) -> None:
    card = a_card(now=oslo(2026, 11, 1), unit=solvik.roads)
    assert card.due_on == day("2026-11-11")
    assert run_overdue_list(now=as_of, as_of=as_of).cards == on_it


def test_due_on_the_monday_itself_is_not_overdue_that_morning(solvik: Solvik) -> None:
    due_monday = a_card(now=oslo(2026, 11, 6), unit=solvik.roads)
    due_sunday = a_card(now=oslo(2026, 11, 5, 23, 59), unit=solvik.roads)
    assert (due_monday.due_on, due_sunday.due_on) == (day("2026-11-16"), day("2026-11-15"))
    run_overdue_list(now=SIX[W47])
    assert lists(W47) == {"roads": [(due_sunday.reference, 1)]}


@pytest.mark.parametrize(
    ("held_at", "on_it"),
    [
        pytest.param(SIX[W47] - timedelta(microseconds=1), False, id="just before the moment"),
        pytest.param(SIX[W47], True, id="at the moment"),
        pytest.param(SIX[W47] + timedelta(hours=1), True, id="after the moment"),
    ],
)
def test_event_at_or_after_the_moment_has_not_happened_yet(solvik: Solvik, held_at: datetime, on_it: bool) -> None:
    """«an event at or after the moment has not happened yet»"""
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.handler, now=SIX[W47] + timedelta(days=1), held_at=held_at)
    report = run_overdue_list(now=SIX[W47] + timedelta(days=1))
    assert report.cards == on_it


def test_card_registered_at_the_moment_or_later_is_on_no_list(solvik: Solvik) -> None:
    """Only an import writes a card that was due before it was registered here; the moment decides all the same."""
    cards = [a_card(unit=solvik.roads) for _ in range(3)]
    for card, second in zip(cards, (-1, 0, 1), strict=True):
        Card.objects.filter(pk=card.pk).update(registered_at=SIX[W47] + timedelta(seconds=second))
    run_overdue_list(now=SIX[W47])
    assert lists(W47) == {"roads": [(cards[0].reference, 1)]}


def test_card_reopened_after_the_moment_is_judged_by_its_new_deadline(solvik: Solvik) -> None:
    """«Unit and due date are taken as they stand now.»"""
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.handler, now=oslo(2026, 11, 14))
    reopen_card(card, reason="x", by=solvik.clerk, now=oslo(2026, 11, 16, 8))
    assert run_overdue_list(now=oslo(2026, 11, 16, 9)).cards == 0


def test_cards_that_are_owed_no_callback_are_listed_too(solvik: Solvik) -> None:
    """«every card past its deadline and not completed»"""
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    run_overdue_list(now=SIX[W47])
    assert lists(W47) == {"roads": [(card.reference, 1)]}


def test_cards_of_the_mayor_and_the_service_centre_are_listed_like_others(solvik: Solvik) -> None:
    """«The mayor's office is a unit like others, with deadline and list. The service centre is a unit too»"""
    political, unrouted = a_card(political=True), a_card()
    run_overdue_list(now=SIX[W47])
    assert lists(W47) == {"mayor": [(political.reference, 1)], "service-centre": [(unrouted.reference, 1)]}
    assert sent("overdue_list") == ["mayor@solvik.test", "service-centre@solvik.test"]


# --- What is written ------------------------------------------------------------------------------------------------


def test_run_writes_lists_entries_events_and_one_mail_a_list(solvik: Solvik) -> None:
    first, second, third = a_card(unit=solvik.roads), a_card(unit=solvik.roads), a_card(unit=solvik.water)
    young = a_card(unit=solvik.roads, now=oslo(2026, 11, 10))
    queued = len(mails())
    now = SIX[W47] + timedelta(seconds=5)
    report = run_overdue_list(now=now, by=solvik.clerk)
    assert (report.week, report.as_of, report.cards, report.units, report.escalated, report.per_unit, report.existed) == (
        W47, SIX[W47], 3, 2, 0, {"roads": 2, "water": 1}, False,
    )  # fmt: skip
    assert lists(W47) == {"roads": [(first.reference, 1), (second.reference, 1)], "water": [(third.reference, 1)]}
    run = OverdueRun.objects.values().get()
    run.pop("id")
    assert run == {
        "iso_year": 2026, "iso_week": 47, "as_of": SIX[W47], "created_at": now, "created_by_id": solvik.clerk.pk,
        "mailed_at": now,
    }  # fmt: skip
    assert set(OverdueList.objects.values_list("iso_year", "iso_week", "grace_on")) == {(2026, 47, day("2026-11-20"))}
    assert set(OverdueEntry.objects.values_list("cycle", "due_on", "solved_before_mail")) == {
        (1, day("2026-11-12"), False)
    }
    assert events(first)[-1] == ("listed", "", "2026-W47")
    assert (first.events.last().details, first.events.last().at, first.events.last().by) == (
        {"times": 1}, now, solvik.clerk,
    )  # fmt: skip
    assert "listed" not in [what for what, _f, _t in events(young)]
    assert mails()[queued:] == [
        ("overdue_list", "water_leader@solvik.test"),
        ("overdue_list", "roads_leader@solvik.test"),
    ]
    keys = OutgoingMail.objects.filter(kind="overdue_list").order_by("dedupe_key")
    assert [mail.dedupe_key for mail in keys] == ["overdue_list:2026-W47:roads", "overdue_list:2026-W47:water"]
    assert [mail.attachment["maker"] for mail in keys] == ["overdue_list", "overdue_list"]
    assert not Escalation.objects.exists()


def test_week_without_overdue_cards_is_written_as_run(solvik: Solvik) -> None:
    report = run_overdue_list(now=SIX[W47])
    assert (report.cards, report.units, OverdueRun.objects.count(), OverdueList.objects.count(), mails()) == (
        0,
        0,
        1,
        0,
        [],
    )


def test_list_that_exists_is_returned_unchanged(solvik: Solvik) -> None:
    """«A list that exists is returned unchanged.»"""
    a_card(unit=solvik.roads)
    first = run_overdue_list(now=SIX[W47])
    late = a_card(unit=solvik.roads, now=oslo(2026, 11, 7))
    assert late.due_on == day("2026-11-17")
    before = everything()
    for asked in ({"week": W47}, {"as_of": oslo(2026, 11, 19)}, {}):
        again = run_overdue_list(now=oslo(2026, 11, 20), **asked)
        assert again.existed is True
        assert (again.as_of, again.cards, again.per_unit) == (first.as_of, first.cards, first.per_unit)
    assert everything() == before


def test_card_that_moves_after_the_list_stays_on_the_old_units_entry(solvik: Solvik) -> None:
    """«if it moves, this week's entry stays with the old unit»"""
    card = a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    reroute_card(card, unit=solvik.water, reason="x", by=solvik.clerk, now=oslo(2026, 11, 17))
    run_overdue_list(now=oslo(2026, 11, 18))
    assert lists(W47) == {"roads": [(card.reference, 1)]}
    run_overdue_list(now=SIX[W48])
    assert lists(W48) == {"water": [(card.reference, 2)]}


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (OverdueRun, "overdue_run_once_a_week"),
        (OverdueList, "overdue_list_once_a_week"),
        (OverdueEntry, "overdue_entry_once_a_week"),
        (Escalation, "escalation_once_a_week"),
    ],
)
def test_database_holds_what_may_happen_once_a_week(solvik: Solvik, model: type[Any], name: str) -> None:
    a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    run_overdue_list(now=SIX[W48])
    row = model.objects.filter(iso_week=48).get()
    row.pk = None
    if model is OverdueEntry:
        row.overdue_list = OverdueList.objects.create(
            iso_year=2026, iso_week=48, run=row.overdue_list.run, unit=solvik.water, grace_on=day("2026-11-27")
        )
    if model is Escalation:
        row.run = OverdueRun.objects.get(iso_week=47)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save(force_insert=True)


# --- Escalation -----------------------------------------------------------------------------------------------------


def test_second_list_goes_to_the_chief_executive_in_one_message_by_unit(solvik: Solvik) -> None:
    """Rule 8: «A card that comes up on the list again goes to the chief executive.»"""
    again = [a_card(unit=solvik.roads), a_card(unit=solvik.roads), a_card(unit=solvik.water)]
    run_overdue_list(now=SIX[W47])
    assert sent("escalation") == []
    new = a_card(unit=solvik.roads, now=oslo(2026, 11, 10))
    report = run_overdue_list(now=SIX[W48])
    assert (report.cards, report.escalated) == (4, 3)
    assert lists(W48) == {
        "roads": [(again[0].reference, 2), (again[1].reference, 2), (new.reference, 1)],
        "water": [(again[2].reference, 2)],
    }
    made = Escalation.objects.get()
    assert (made.iso_year, made.iso_week, made.cards, made.units) == (2026, 48, 3, 2)
    assert sent("escalation") == ["chief@solvik.test"]
    assert events(again[0])[-1] == ("escalated", "", "2026-W48")
    assert "escalated" not in [what for what, _f, _t in events(new)]
    text = OutgoingMail.objects.get(kind="escalation").text
    assert [card.reference in text for card in (*again, new)] == [True, True, True, False]
    assert text.index("Vann") < text.index("Vei")


def test_the_chief_executive_sees_the_cards_that_were_escalated_and_no_others(solvik: Solvik) -> None:
    again = a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    a_card(unit=solvik.roads, now=oslo(2026, 11, 10))
    assert list(visible_to(solvik.chief)) == []
    run_overdue_list(now=SIX[W48])
    assert list(visible_to(solvik.chief)) == [again]


def test_without_a_chief_executive_the_service_centre_is_told(solvik: Solvik) -> None:
    Person.objects.filter(pk=solvik.chief.pk).update(is_active=False)
    a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    run_overdue_list(now=SIX[W48])
    assert sent("escalation") == ["service-centre@solvik.test"]


def test_a_list_with_nobody_and_no_address_goes_to_the_service_centre(solvik: Solvik) -> None:
    Unit.objects.filter(pk__in=[solvik.roads.pk, solvik.sector.pk]).update(leader=None, deputy=None, email="")
    a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    assert sent("overdue_list") == ["service-centre@solvik.test"]


def test_a_long_lists_mail_shows_the_longest_overdue_and_counts_the_rest(solvik: Solvik) -> None:
    first = a_card(unit=solvik.roads, now=oslo(2026, 9, 1))
    many_cards(SHOWN, unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    mail = OutgoingMail.objects.get(kind="overdue_list")
    with translation.override(mail.language):
        rest = translation.ngettext(
            "One more message is on the whole list, which is attached as a PDF.",
            "%(more)s more messages are on the whole list, which is attached as a PDF.",
            1,
        )
    assert str(SHOWN + 1) in mail.subject
    assert [mail.text.index(first.reference) > 0, rest in mail.text, rest in mail.html] == [True, True, True]
    assert mail.text.count("/staff/cards/") == mail.html.count("/staff/cards/") == SHOWN


def test_a_long_escalations_mail_shows_the_longest_overdue_of_each_unit_and_counts_the_rest(solvik: Solvik) -> None:
    oldest = {unit: a_card(unit=unit, now=oslo(2026, 9, 1)) for unit in (solvik.roads, solvik.water)}
    many_cards(SHOWN, unit=solvik.roads)
    for week in (W47, W48):
        run_overdue_list(now=SIX[week])
    mail = OutgoingMail.objects.get(kind="escalation")
    of_each = SHOWN // 2
    assert mail.text.count("/staff/cards/") == mail.html.count("/staff/cards/") == of_each + 1
    assert all(card.reference in mail.text and card.reference in mail.html for card in oldest.values())
    with translation.override(mail.language):
        more = SHOWN + 1 - of_each
        rest = translation.ngettext("And %(more)s more message.", "And %(more)s more messages.", more) % {"more": more}
    assert (mail.text.count(rest), mail.html.count(rest)) == (1, 1)


def test_each_later_list_escalates_anew(solvik: Solvik) -> None:
    """«the second and every later list»"""
    card = a_card(unit=solvik.roads)
    for week in (W47, W48, W49):
        run_overdue_list(now=SIX[week])
    assert list(card.overdue_entries.order_by("iso_week").values_list("times", flat=True)) == [1, 2, 3]
    assert list(Escalation.objects.order_by("iso_week").values_list("iso_week", flat=True)) == [48, 49]
    assert sent("escalation") == ["chief@solvik.test", "chief@solvik.test"]


def test_every_chief_executive_gets_one_message_a_week(solvik: Solvik) -> None:
    second = PersonFactory(email="acting@solvik.test")
    RoleFactory(person=second, role=Role.CHIEF_EXECUTIVE)
    gone = PersonFactory(is_active=False)
    RoleFactory(person=gone, role=Role.CHIEF_EXECUTIVE)
    many_cards(3, unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    run_overdue_list(now=SIX[W48])
    assert sent("escalation") == ["acting@solvik.test", "chief@solvik.test"]
    assert Escalation.objects.count() == 1


def test_reopening_begins_the_history_anew(solvik: Solvik) -> None:
    """«since its registration or last reopening»"""
    card = a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    called_back(card, by=solvik.handler, now=oslo(2026, 11, 17))
    reopen_card(card, reason="x", by=solvik.clerk, now=oslo(2026, 11, 18))
    card.refresh_from_db()
    assert card.due_on == day("2026-11-28")
    run_overdue_list(now=SIX[W48])
    run_overdue_list(now=SIX[W49])
    assert list(card.overdue_entries.order_by("iso_week").values_list("iso_week", "cycle", "times")) == [
        (47, 1, 1),
        (49, 2, 1),
    ]
    assert sent("escalation") == []


def test_escalation_can_be_switched_off(solvik: Solvik) -> None:
    solvik.municipality.escalate_repeats = False
    solvik.municipality.save()
    card = a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    run_overdue_list(now=SIX[W48])
    assert lists(W48) == {"roads": [(card.reference, 2)]}
    assert (Escalation.objects.count(), sent("escalation")) == (0, [])


def test_history_goes_over_the_year_end(solvik: Solvik) -> None:
    """2026-W53 comes before 2027-W01."""
    card = a_card(unit=solvik.roads, now=oslo(2026, 12, 14))
    run_overdue_list(now=oslo(2026, 12, 28, 6))
    run_overdue_list(now=oslo(2027, 1, 4, 6))
    assert list(card.overdue_entries.order_by("id").values_list("iso_year", "iso_week", "times")) == [
        (2026, 53, 1),
        (2027, 1, 2),
    ]


def test_older_week_run_later_does_not_count_what_came_after_it(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    run_overdue_list(now=oslo(2026, 11, 25), week=W48)
    run_overdue_list(now=oslo(2026, 11, 25), week=W47)
    assert (lists(W47), lists(W48)) == ({"roads": [(card.reference, 1)]}, {"roads": [(card.reference, 1)]})


# --- To whom, until when --------------------------------------------------------------------------------------------


def test_deputy_gets_the_list_while_the_leader_is_away(solvik: Solvik) -> None:
    a_card(unit=solvik.roads)
    AbsenceFactory(person=solvik.roads_leader, first_on=day("2026-11-10"), last_on=day("2026-11-16"))
    run_overdue_list(now=SIX[W47])
    run_overdue_list(now=SIX[W48])
    assert [to for kind, to in mails() if kind == "overdue_list"] == [
        "roads_deputy@solvik.test", "roads_leader@solvik.test",
    ]  # fmt: skip


def test_list_with_neither_leader_nor_deputy_goes_to_the_sector(solvik: Solvik) -> None:
    """«a list with no leader goes to the deputy, then to the sector»"""
    solvik.water.leader = None
    solvik.water.save()
    a_card(unit=solvik.water)
    run_overdue_list(now=SIX[W47])
    assert sent("overdue_list") == ["sector_leader@solvik.test"]


@pytest.mark.parametrize(
    ("registered", "moment", "days_off", "grace"),
    [
        pytest.param(oslo(2026, 11, 2), SIX[W47], [], "2026-11-20", id="a plain week"),
        pytest.param(
            oslo(2026, 3, 2), oslo(2026, 3, 30, 6), [], "2026-04-01", id="Easter week, after the spring night"
        ),
        pytest.param(oslo(2026, 3, 2), oslo(2026, 4, 6, 6), [], "2026-04-10", id="Easter Monday is a list day"),
        pytest.param(oslo(2024, 4, 1), oslo(2024, 5, 13, 6), [], "2024-05-16", id="17 May on a Friday"),
        pytest.param(oslo(2026, 12, 1), oslo(2026, 12, 21, 6), ["2026-12-24"], "2026-12-23", id="Christmas week"),
        pytest.param(oslo(2026, 10, 1), oslo(2026, 10, 26, 6), [], "2026-10-30", id="after the autumn night"),
    ],
)
def test_grace_is_the_last_working_day_of_the_lists_week(
    solvik: Solvik, registered: datetime, moment: datetime, days_off: list[str], grace: str
) -> None:
    for one in days_off:
        DayOffFactory(on=day(one))
    a_card(unit=solvik.roads, now=registered)
    report = run_overdue_list(now=moment)
    assert report.as_of == moment
    assert OverdueList.objects.get().grace_on == day(grace)


# --- Weeks that were missed -----------------------------------------------------------------------------------------


def test_only_the_latest_missed_week_is_made_up_judged_at_its_monday(solvik: Solvik) -> None:
    """«Weeks missed before it are not made up, so that nobody is escalated unwarned.»"""
    card = a_card(unit=solvik.roads)
    now = oslo(2026, 11, 25, 15, 20)
    week = latest_week_to_run(now)
    assert week == W48
    report = run_overdue_list(now=now, week=week)
    assert (report.as_of, report.escalated) == (SIX[W48], 0)
    assert lists(W48) == {"roads": [(card.reference, 1)]}
    assert lists(W47) == {}
    assert latest_week_to_run(now) is None
    assert sent("escalation") == []


@pytest.mark.parametrize(
    ("now", "week"),
    [
        pytest.param(oslo(2026, 11, 16, 5, 59, 59), W46, id="before Monday six: last week's"),
        pytest.param(SIX[W47], W47, id="Monday six"),
        pytest.param(oslo(2026, 11, 22, 23), W47, id="Sunday night"),
    ],
)
def test_week_to_make_up(solvik: Solvik, now: datetime, week: IsoWeek) -> None:
    assert latest_week_to_run(now) == week


def test_cards_completed_since_the_missed_monday_are_marked_solved_and_not_mailed(solvik: Solvik) -> None:
    solved, waiting, only = a_card(unit=solvik.roads), a_card(unit=solvik.roads), a_card(unit=solvik.water)
    called_back(solved, by=solvik.handler, now=oslo(2026, 11, 17))
    closed(only, by=solvik.clerk, now=oslo(2026, 11, 17))
    report = run_overdue_list(now=oslo(2026, 11, 18))
    assert report.per_unit == {"roads": 2, "water": 1}
    assert dict(OverdueEntry.objects.values_list("card__reference", "solved_before_mail")) == {
        solved.reference: True, waiting.reference: False, only.reference: True,
    }  # fmt: skip
    assert sent("overdue_list") == ["roads_leader@solvik.test"]
    text = OutgoingMail.objects.get(kind="overdue_list").text
    assert (waiting.reference in text, solved.reference in text) == (True, False)


def test_solved_repeat_is_not_escalated(solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    called_back(card, by=solvik.handler, now=oslo(2026, 11, 23, 9))
    run_overdue_list(now=oslo(2026, 11, 23, 10))
    assert lists(W48) == {"roads": [(card.reference, 2)]}
    assert (Escalation.objects.count(), sent("escalation")) == (0, [])


def test_card_completed_between_the_lists_and_their_mails_is_solved_and_not_mailed(solvik: Solvik) -> None:
    """A run that died in the middle is completed later; who was called back meanwhile is not on the mail."""
    solved, waiting = a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    reopened = a_card(unit=solvik.roads)
    run_overdue_list(now=SIX[W47], mail=False)
    OverdueRun.objects.update(mailed_at=None)  # as a run that was killed between its transactions leaves it
    called_back(solved, by=solvik.handler, now=oslo(2026, 11, 16, 7))
    called_back(reopened, by=solvik.handler, now=oslo(2026, 11, 16, 7))
    reopen_card(reopened, reason="x", by=solvik.clerk, now=oslo(2026, 11, 16, 8))
    assert latest_week_to_run(oslo(2026, 11, 16, 8, 20)) == W47
    report = run_overdue_list(now=oslo(2026, 11, 16, 8, 20))
    assert (report.existed, report.cards) == (True, 3)
    text = OutgoingMail.objects.get(kind="overdue_list").text
    assert [card.reference in text for card in (solved, waiting, reopened)] == [False, True, False]


def test_past_without_mail_stays_without(solvik: Solvik) -> None:
    a_card(unit=solvik.roads)
    queued = mails()
    run_overdue_list(now=SIX[W47], mail=False)
    run_overdue_list(now=SIX[W47])
    assert mails() == queued


# --- Who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["roads_leader", "handler", "chief", "reader", "administrator", "mayors_secretary"])
def test_only_the_service_centre_runs_lists(solvik: Solvik, person: str) -> None:
    a_card(unit=solvik.roads)
    with refuses(NotAllowed):
        run_overdue_list(now=SIX[W47], by=getattr(solvik, person))


def test_refused_run_writes_nothing(solvik: Solvik) -> None:
    a_card(unit=solvik.roads)
    with refuses(InTheFuture):
        run_overdue_list(now=SIX[W47], week=W48)
    with refuses(WeeksDisagree):
        run_overdue_list(now=oslo(2026, 11, 30), week=W47, as_of=SIX[W48])


# --- Dry run --------------------------------------------------------------------------------------------------------


def test_dry_run_equals_the_run_and_writes_nothing(solvik: Solvik) -> None:
    repeat, solved = a_card(unit=solvik.roads), a_card(unit=solvik.water)
    run_overdue_list(now=SIX[W47])
    new = a_card(unit=solvik.centre, now=oslo(2026, 11, 10))
    called_back(solved, by=solvik.clerk, now=oslo(2026, 11, 24))
    reopened = a_card(unit=solvik.roads, now=oslo(2026, 11, 1))
    assert repeat.pk != new.pk != reopened.pk
    now = oslo(2026, 11, 25)
    before = everything()
    preview = preview_overdue_list(now=now)
    assert everything() == before
    run = run_overdue_list(now=now)
    assert preview == run
    assert (run.cards, run.escalated) == (4, 2)
    assert preview_overdue_list(now=now).existed is True


# --- At once and again ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how_many", [2, 4])
def test_runs_at_once_make_one_set_of_lists_and_mails(how_many: int) -> None:
    solvik = make_solvik()
    many_cards(10, unit=solvik.roads)
    many_cards(5, unit=solvik.water)
    run_overdue_list(now=SIX[W47])
    mails_before = mails()
    answers = at_once(*[lambda: run_overdue_list(now=SIX[W48])] * how_many)
    assert errors(answers) == []
    assert sorted(answer.existed for answer in answers) == [False] + [True] * (how_many - 1)
    assert {(answer.cards, answer.units, answer.escalated) for answer in answers} == {(15, 2, 15)}
    assert sorted(mails()[len(mails_before) :]) == [
        ("escalation", "chief@solvik.test"),
        ("overdue_list", "roads_leader@solvik.test"),
        ("overdue_list", "water_leader@solvik.test"),
    ]
    assert (OverdueList.objects.filter(iso_week=48).count(), Escalation.objects.count()) == (2, 1)
    assert OverdueEntry.objects.filter(iso_week=48).count() == 15


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_mondays_run() -> None:
    """A run that takes its time holds up no callback, and counts it as it stood."""
    solvik = make_solvik()
    card, other = many_cards(2, unit=solvik.roads)
    under_way, go_on = threading.Event(), threading.Event()

    def slow_run() -> None:
        with transaction.atomic():
            run_overdue_list(now=SIX[W47])
            under_way.set()
            go_on.wait(timeout=30)

    def call_meanwhile() -> None:
        assert under_way.wait(timeout=30)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            called_back(card, by=solvik.handler, now=SIX[W47] + timedelta(hours=1))
        finally:
            go_on.set()

    assert errors(at_once(slow_run, call_meanwhile)) == []
    card.refresh_from_db()
    assert card.state == "called_back"
    assert lists(W47) == {"roads": [(card.reference, 1), (other.reference, 1)]}


def test_ten_runs_of_a_week_are_as_one(solvik: Solvik) -> None:
    many_cards(3, unit=solvik.roads)
    run_overdue_list(now=SIX[W47])
    run_overdue_list(now=SIX[W48])
    before = everything()
    for hour in range(9):
        run_overdue_list(now=SIX[W48] + timedelta(hours=hour))
    assert everything() == before
    assert (len(sent("overdue_list")), len(sent("escalation"))) == (2, 1)


# --- What it costs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "cards"), [(1, 1), (1, 30), (12, 2)])
def test_run_takes_the_same_statements_whatever_the_number_of_cards_and_units(
    solvik: Solvik, units: int, cards: int, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    for number in range(units):
        people = {"leader": PersonFactory(), "deputy": PersonFactory()}
        many_cards(cards, unit=UnitFactory(code=f"unit-{number:02}", parent=solvik.sector, **people))
    with django_assert_num_queries(20):
        run_overdue_list(now=SIX[W47])
    with django_assert_num_queries(26):
        run_overdue_list(now=SIX[W48])
    assert OverdueEntry.objects.filter(times=2).count() == units * cards


def test_month_of_mondays_at_this_municipality(solvik: Solvik) -> None:
    """A card's whole story: listed, escalated, called back, off the list."""
    card = a_card(unit=solvik.roads, now=MONDAY)
    counts = []
    for week in (W45, W46, W47, W48):
        counts.append(run_overdue_list(now=SIX[week]).cards)
    called_back(card, by=solvik.handler, now=oslo(2026, 11, 24))
    counts.append(run_overdue_list(now=SIX[W49]).cards)
    assert counts == [0, 0, 1, 1, 0]


def test_list_of_a_closed_unit_goes_to_who_stands_for_its_successor(solvik: Solvik) -> None:
    """«A unit that is closed or merged has a successor»: a card that is still with it is not nobody's."""
    unit = UnitFactory(code="old", leader=PersonFactory(email="former@solvik.test"))
    middle = UnitFactory(code="middle", leader=PersonFactory(email="middle@solvik.test"))
    card = a_card(unit=unit)
    middle.closed_on, middle.successor = day("2026-11-06"), solvik.water
    middle.save()
    unit.closed_on, unit.successor = day("2026-11-05"), middle
    unit.save()
    run_overdue_list(now=SIX[W47])
    assert lists(W47) == {"old": [(card.reference, 1)]}
    assert sent("overdue_list") == ["water_leader@solvik.test"]
