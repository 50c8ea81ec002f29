"""Run the weekly overdue lists, mail them, and tell the chief executive of repeats.

A run has two transactions. The first writes the run, its lists and its entries: (year, week) of the run is unique, so of
two runs at once one waits and finds the other's lists. The second queues the mails and marks the run as mailed; a run
that died between the two is completed by whoever comes next. Cards are judged by the database in one statement, so that
a run costs the same number of statements for one card or twenty thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from feedback import mails
from feedback.announcing import announce_overdue
from feedback.errors import NotAllowed
from feedback.models import Escalation, ListNotice, OverdueEntry, OverdueList, OverdueRun
from feedback.overdue import judged_at
from feedback.workflow import OPEN_STATES
from organisation.calendar import IsoWeek, WorkingCalendar
from organisation.models import Municipality, Person, Unit
from organisation.outbox.queueing import queue_mails
from organisation.permissions import Permission, Role
from organisation.queries import (
    Recipient,
    answering_units,
    grants_of,
    list_recipient,
    municipality,
    open_successor,
    people_with,
    with_leaders,
    working_calendar,
)

LISTS_AT_ONCE = 20
"""Lists whose mails are in memory at the same time."""


@dataclass
class OverdueReport:
    """What one week's lists hold: numbers of cards, of units, of repeats, and of cards by unit code."""

    week: IsoWeek
    as_of: datetime
    cards: int = 0
    units: int = 0
    escalated: int = 0
    per_unit: dict[str, int] = field(default_factory=dict)
    existed: bool = False

    def add(self, unit: str, cards: int, repeats: int) -> None:
        self.cards += cards
        self.units += 1
        self.escalated += repeats
        self.per_unit[unit] = cards


def run_overdue_list(
    *,
    now: datetime,
    by: Person | None = None,
    week: IsoWeek | None = None,
    as_of: datetime | None = None,
    allow_future: bool = False,
    mail: bool = True,
) -> OverdueReport:
    """Make the overdue lists of one week, mail each to its unit's leader, and the repeats to the chief executive.

    A week that has its lists keeps them unchanged (`existed`), whatever moment is asked for; mails that a run left
    unqueued are queued now. With `mail=False` (import of a demonstration's past) nothing is sent for this run, ever.

    Raises WeeksDisagree, InTheFuture, and NotAllowed for a person who may not run lists.
    """
    if by is not None and not grants_of(by).allows(Permission.RUN_OVERDUE_LISTS):
        raise NotAllowed
    house = municipality()
    calendar = working_calendar(house)
    week, moment = judged_at(week=week, as_of=as_of, now=now, calendar=calendar, allow_future=allow_future)
    existed = not _write_lists(week, moment, calendar, by=by, now=now)
    run = OverdueRun.objects.get(iso_year=week.year, iso_week=week.week)
    if run.mailed_at is None:
        _send(run, house, calendar, mail=mail, now=now)
    return _report(run, existed=existed)


# What is overdue at the moment, and on how many lists it was before: the run and its preview have this in common.
# `times` counts the earlier weeks' entries of the card since its registration or last reopening. A card that was
# completed between the moment and now is solved. The open ones and those completed since have an index each.
_SELECTION = """
WITH due AS (
    SELECT id, unit_id, cycle, due_on, false AS solved FROM feedback_card
    WHERE state IN %(open)s AND registered_at < %(moment)s AND due_on < %(today)s
    UNION ALL
    SELECT id, unit_id, cycle, due_on, completed_at <= %(now)s FROM feedback_card
    WHERE completed_at >= %(moment)s AND registered_at < %(moment)s AND due_on < %(today)s
), before AS (
    SELECT entry.card_id, entry.cycle, count(*) AS times
    FROM feedback_overdueentry entry JOIN due ON due.id = entry.card_id AND due.cycle = entry.cycle
    WHERE (entry.iso_year, entry.iso_week) < (%(year)s, %(week)s)
    GROUP BY entry.card_id, entry.cycle
)"""

# One statement, so that lists and entries come from one look at the cards.
_INSERT = """, lists AS (
    INSERT INTO feedback_overduelist (iso_year, iso_week, run_id, unit_id, grace_on)
    SELECT DISTINCT %(year)s, %(week)s, %(run)s, unit_id, %(grace)s::date FROM due
    RETURNING id, unit_id
), entries AS (
    INSERT INTO feedback_overdueentry
        (iso_year, iso_week, overdue_list_id, card_id, cycle, due_on, times, solved_before_mail)
    SELECT %(year)s, %(week)s, lists.id, due.id, due.cycle, due.due_on, 1 + coalesce(before.times, 0), due.solved
    FROM due JOIN lists USING (unit_id) LEFT JOIN before ON before.card_id = due.id
    RETURNING card_id, times
)
INSERT INTO feedback_cardevent (card_id, what, at, by_id, from_value, to_value, details)
SELECT card_id, 'listed', %(now)s, %(by)s, '', %(name)s, jsonb_build_object('times', times) FROM entries
"""

_ESCALATE = """
INSERT INTO feedback_cardevent (card_id, what, at, from_value, to_value, details)
SELECT entry.card_id, 'escalated', %(now)s, '', %(name)s, jsonb_build_object('times', entry.times)
FROM feedback_overdueentry entry JOIN feedback_overduelist list ON list.id = entry.overdue_list_id
WHERE list.run_id = %(run)s AND entry.times > 1 AND NOT entry.solved_before_mail ORDER BY entry.id
"""

_COUNT = """
SELECT due.unit_id, 1 + coalesce(before.times, 0) AS times, count(*)
FROM due LEFT JOIN before ON before.card_id = due.id GROUP BY due.unit_id, times
"""


def _selection(week: IsoWeek, moment: datetime, calendar: WorkingCalendar, now: datetime) -> dict[str, Any]:
    """The values that `_SELECTION` asks for."""
    today = calendar.local_date(moment)
    return {
        "moment": moment, "today": today, "year": week.year, "week": week.week, "now": now, "open": tuple(OPEN_STATES),
    }  # fmt: skip


def _write_lists(
    week: IsoWeek, moment: datetime, calendar: WorkingCalendar, *, by: Person | None, now: datetime
) -> bool:
    """Write run, lists and entries in one transaction. Return False, having written nothing, where the week has a run."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A run of the same week that is under way is waited for here, and its row found.
            cursor.execute(
                "INSERT INTO feedback_overduerun (iso_year, iso_week, as_of, created_at, created_by_id)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
                [week.year, week.week, moment, now, by.pk if by else None],
            )
            if (written := cursor.fetchone()) is None:
                return False
            cursor.execute(
                _SELECTION + _INSERT,
                _selection(week, moment, calendar, now)
                | {
                    "run": written[0],
                    "grace": calendar.last_working_day(week),
                    "by": by.pk if by else None,
                    "name": str(week),
                },
            )
        return True


class Recipients:
    """Who gets which unit's list on the local date `on` (two queries and those of the absences, whatever the number)."""

    def __init__(self, house: Municipality, on: date) -> None:
        self.house, self.on = house, on
        self.units = {unit.pk: unit for unit in with_leaders(answering_units())}
        # What has nobody to go to, list or escalation, goes to the service centre, which runs the lists.
        centre = next((unit for unit in self.units.values() if unit.kind == Unit.Kind.SERVICE_CENTRE), None)
        self.fallback = list_recipient(centre, on=on, language=house.language) if centre else None

    def of(self, unit: Unit) -> Recipient | None:
        """Return who gets the list of `unit`, or of the unit that answers for it now."""
        answering = self.units.get(open_successor(unit).pk, unit)
        return list_recipient(answering, on=self.on, language=self.house.language) or self.fallback


def _send(run: OverdueRun, house: Municipality, calendar: WorkingCalendar, *, mail: bool, now: datetime) -> None:
    """Queue the run's mails and write its escalation, once: whoever comes second finds the run marked."""
    with transaction.atomic():
        run = OverdueRun.objects.select_for_update().get(pk=run.pk)
        if run.mailed_at is not None:
            return
        if mail:
            # A run that died before its mails is completed up to an hour later: who was answered meanwhile is not mailed.
            # In a past that is told afterwards (`mail=False`) what came after that Monday has not happened yet.
            OverdueEntry.objects.filter(
                ~Q(card__completed_at=None) | Q(cycle__lt=F("card__cycle")), overdue_list__run=run
            ).update(solved_before_mail=True)
        sums = _sums(run)
        made = (
            _escalate(run, sums, now) if house.escalate_repeats and any(one.repeats for one in sums.values()) else None
        )
        if mail:
            told = Recipients(house, calendar.local_date(max(now, run.as_of)))
            lists = OverdueList.objects.select_related("unit__leader", "run").in_bulk(sums)
            _mail_lists(run, lists, sums, told, now=now)
            if made is not None:
                _mail_escalation(made, lists, sums, told, now=now)
            announce_overdue(run, now=now)
        run.mailed_at = now
        run.save(update_fields=["mailed_at"])


class Sum(NamedTuple):
    """How many cards one list tells of, and how many of them were on a list before."""

    cards: int
    repeats: int


def _sums(run: OverdueRun) -> dict[int, Sum]:
    """Return by list's id what it tells of: cards that were not solved before it went out."""
    counted = (
        OverdueEntry.objects.filter(overdue_list__run=run, solved_before_mail=False)
        .order_by()
        .values_list("overdue_list_id")
        .annotate(cards=Count("pk"), repeats=Count("pk", filter=Q(times__gt=1)))
    )
    return {pk: Sum(cards, repeats) for pk, cards, repeats in counted}


def _longest_overdue(
    run: OverdueRun, lists: Mapping[int, OverdueList], of_each: int, **only: Any
) -> Iterator[tuple[OverdueList, list[OverdueEntry]]]:
    """Yield each list by unit's name, with as many of its entries as a mail shows: no more of them are in memory at once."""
    shown = (
        OverdueEntry.objects.filter(overdue_list__run=run, solved_before_mail=False, **only)
        .annotate(place=Window(RowNumber(), partition_by="overdue_list_id", order_by=["due_on", "id"]))
        .filter(place__lte=of_each)
        .select_related("card__handler")
        .only(
            *("iso_year", "iso_week", "due_on", "times", "overdue_list_id"),
            *(f"card__{name}" for name in ("reference", "text", "language", "sensitive", "handler__name")),
        )
        .order_by("overdue_list__unit__name_key", "overdue_list_id", "due_on", "id")
    )
    for pk, entries in groupby(shown.iterator(chunk_size=500), key=attrgetter("overdue_list_id")):
        yield lists[pk], list(entries)


def _mail_lists(
    run: OverdueRun, lists: Mapping[int, OverdueList], sums: Mapping[int, Sum], told: Recipients, *, now: datetime
) -> None:
    """Queue each list's mail, and note who was told."""
    every = _longest_overdue(run, lists, mails.SHOWN)
    while batch := list(islice(every, LISTS_AT_ONCE)):
        to_queue: list[mails.Mail] = []
        notices: list[ListNotice] = []
        for listed, entries in batch:
            if (to := told.of(listed.unit)) is None:
                continue
            cards, repeats = sums[listed.pk]
            sent = mails.overdue_list(
                listed, entries, to, told.house, cards=cards, repeats=repeats, now=max(now, run.as_of)
            )
            to_queue.append(sent)
            notices.append(ListNotice(overdue_list=listed, person=to.person, told_at=now, dedupe_key=sent.dedupe_key))
        queue_mails(to_queue, now=now)
        ListNotice.objects.bulk_create(notices)


def _escalate(run: OverdueRun, sums: Mapping[int, Sum], now: datetime) -> Escalation:
    """Write the week's escalation and each card's event."""
    repeats = [one.repeats for one in sums.values() if one.repeats]
    made = Escalation.objects.create(
        iso_year=run.iso_year, iso_week=run.iso_week, run=run, created_at=now, cards=sum(repeats), units=len(repeats)
    )
    with connection.cursor() as cursor:
        cursor.execute(_ESCALATE, {"now": now, "name": str(run.week), "run": run.pk})
    return made


def _mail_escalation(
    made: Escalation, lists: Mapping[int, OverdueList], sums: Mapping[int, Sum], told: Recipients, *, now: datetime
) -> None:
    """Queue the chief executive's mail, and note who was told."""
    chiefs = [Recipient(one, one.email, one.language) for one in people_with(Role.CHIEF_EXECUTIVE)]
    chiefs = chiefs or ([told.fallback] if told.fallback else [])
    of_each = mails.shown_of_each(made.cards, made.units)
    units = [
        mails.Repeats(listed.unit, entries, sums[listed.pk].repeats)
        for listed, entries in _longest_overdue(made.run, lists, of_each, times__gt=1)
    ]
    to_queue = mails.escalation(made, units, chiefs, told.house)
    queue_mails(to_queue, now=now)
    ListNotice.objects.bulk_create(
        ListNotice(escalation=made, person=to.person, told_at=now, dedupe_key=sent.dedupe_key)
        for to, sent in zip(chiefs, to_queue, strict=True)
    )


def _report(run: OverdueRun, *, existed: bool) -> OverdueReport:
    report = OverdueReport(run.week, run.as_of, existed=existed)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit.code, count(*), count(*) FILTER (WHERE entry.times > 1) FROM feedback_overdueentry entry"
            " JOIN feedback_overduelist list ON list.id = entry.overdue_list_id"
            " JOIN organisation_unit unit ON unit.id = list.unit_id WHERE list.run_id = %s GROUP BY unit.code"
            " ORDER BY unit.code",
            [run.pk],
        )
        for code, cards, repeats in cursor:
            report.add(code, cards, repeats)
    return report


def preview_overdue_list(
    *, now: datetime, week: IsoWeek | None = None, as_of: datetime | None = None, allow_future: bool = False
) -> OverdueReport:
    """Return what `run_overdue_list` would list, storing and sending nothing. A week that has lists shows those.

    Raises WeeksDisagree, InTheFuture.
    """
    calendar = working_calendar(municipality())
    week, moment = judged_at(week=week, as_of=as_of, now=now, calendar=calendar, allow_future=allow_future)
    run = OverdueRun.objects.filter(iso_year=week.year, iso_week=week.week).first()
    if run is not None:
        return _report(run, existed=True)
    report = OverdueReport(week, moment)
    codes = dict(Unit.objects.values_list("pk", "code"))
    by_unit = cards_to_list(week, moment, calendar, now)
    for unit_id in sorted(by_unit, key=lambda pk: codes[pk]):
        times = by_unit[unit_id]
        report.add(codes[unit_id], sum(times.values()), sum(cards for time, cards in times.items() if time > 1))
    return report


def cards_to_list(
    week: IsoWeek, moment: datetime, calendar: WorkingCalendar, now: datetime
) -> dict[int, dict[int, int]]:
    """Return the numbers of cards that a run would list, by unit's id and by which time on the list it would be.

    Read as the run reads, and written nowhere."""
    by_unit: dict[int, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_SELECTION + _COUNT, _selection(week, moment, calendar, now))
        for unit_id, times, cards in cursor:
            by_unit[unit_id][times] = cards
    return by_unit


def latest_week_to_run(now: datetime) -> IsoWeek | None:
    """Return the latest Monday's week if it has no lists yet, or has some whose mails were never queued; else None.

    Weeks missed before it are not made up, so that nobody is escalated unwarned.
    """
    calendar = working_calendar(municipality())
    week = calendar.latest_list_week(now)
    done = OverdueRun.objects.filter(iso_year=week.year, iso_week=week.week, mailed_at__isnull=False).exists()
    return None if done else week


_REPLAY = """
SELECT unit_id, count(*), count(*) FILTER (WHERE %(previous)s::timestamptz IS NOT NULL
    AND registered_at < %(previous)s AND due_on < %(previous_day)s)
FROM feedback_card
WHERE registered_at < %(moment)s AND due_on < %(today)s AND (completed_at IS NULL OR completed_at >= %(moment)s)
GROUP BY unit_id
"""


def replay_overdue_lists(first: date, last: date) -> Iterator[OverdueReport]:
    """Yield what each Monday's lists from `first` to `last` (both included) would have held, from an empty history.

    Stores and sends nothing. A card is on the lists of a row of Mondays without a gap, from the first after its deadline
    to the last before it was completed: it is a repeat on a Monday if it was overdue on the Monday before, in the span.
    One query a week, constant memory.
    """
    calendar = working_calendar(municipality())
    codes = dict(Unit.objects.values_list("pk", "code"))
    week = IsoWeek.of(first)
    if week.monday < first:
        week = week.next()
    previous: IsoWeek | None = None
    while week.monday <= last:
        report = OverdueReport(week, calendar.list_moment(week))
        with connection.cursor() as cursor:
            cursor.execute(
                _REPLAY,
                {
                    "moment": report.as_of,
                    "today": week.monday,
                    "previous": calendar.list_moment(previous) if previous else None,
                    "previous_day": previous.monday if previous else week.monday,
                },
            )
            for unit_id, cards, repeats in sorted(cursor, key=lambda row: codes[row[0]]):
                report.add(codes[unit_id], cards, repeats)
        yield report
        previous, week = week, week.next()
