"""Run the weekly overdue lists, mail them, and tell the chief executive of repeats.

A run has two transactions. The first writes the run, its lists and its entries: (year, week) of the run is unique, so of
two runs at once one waits and finds the other's lists. The second queues the mails and marks the run as mailed; a run
that died between the two is completed by whoever comes next. Cards are judged by the database in one statement, so that
a run costs the same number of statements for one card or twenty thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from feedback import mails
from feedback.announcing import announce_overdue
from feedback.errors import NotAllowed
from feedback.models import CardEvent, Escalation, ListNotice, OverdueEntry, OverdueRun
from feedback.overdue import judged_at
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
# completed between the moment and now is solved.
_SELECTION = """
WITH due AS (
    SELECT id, unit_id, cycle, due_on, coalesce(completed_at <= %(now)s, false) AS solved
    FROM feedback_card
    WHERE registered_at < %(moment)s AND due_on < %(today)s
      AND (completed_at IS NULL OR completed_at >= %(moment)s)
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

_COUNT = """
SELECT due.unit_id, 1 + coalesce(before.times, 0) AS times, count(*)
FROM due LEFT JOIN before ON before.card_id = due.id GROUP BY due.unit_id, times
"""


def _selection(week: IsoWeek, moment: datetime, calendar: WorkingCalendar, now: datetime) -> dict[str, Any]:
    """The values that `_SELECTION` asks for."""
    today = calendar.local_date(moment)
    return {"moment": moment, "today": today, "year": week.year, "week": week.week, "now": now}


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
        today = calendar.local_date(max(now, run.as_of))
        by_list: dict[int, list[OverdueEntry]] = defaultdict(list)
        entries = (
            OverdueEntry.objects.filter(overdue_list__run=run, solved_before_mail=False)
            .select_related("card__handler", "overdue_list__unit__leader", "overdue_list__run")
            .order_by("overdue_list__unit__name_key", "due_on", "id")
        )
        for entry in entries:
            by_list[entry.overdue_list_id].append(entry)
        told = Recipients(house, today)
        to_queue: list[mails.Mail] = []
        notices: list[ListNotice] = []
        for rows in by_list.values():
            listed = rows[0].overdue_list
            if (to := told.of(listed.unit)) is not None:
                sent = mails.overdue_list(listed, rows, to, house, now=max(now, run.as_of))
                to_queue.append(sent)
                notices.append(
                    ListNotice(overdue_list=listed, person=to.person, told_at=now, dedupe_key=sent.dedupe_key)
                )
        repeats = [row for rows in by_list.values() for row in rows if row.times > 1]
        if house.escalate_repeats and repeats:
            made = _escalate(run, repeats, now)
            chiefs = [Recipient(one, one.email, one.language) for one in people_with(Role.CHIEF_EXECUTIVE)]
            chiefs = chiefs or ([told.fallback] if told.fallback else [])
            to_chiefs = mails.escalation(made, repeats, chiefs, house)
            to_queue += to_chiefs
            notices += [
                ListNotice(escalation=made, person=to.person, told_at=now, dedupe_key=sent.dedupe_key)
                for to, sent in zip(chiefs, to_chiefs, strict=True)
            ]
        if mail:
            queue_mails(to_queue, now=now)
            ListNotice.objects.bulk_create(notices, batch_size=500)
            announce_overdue((row for rows in by_list.values() for row in rows), week=str(run.week), now=now)
        run.mailed_at = now
        run.save(update_fields=["mailed_at"])


def _escalate(run: OverdueRun, repeats: list[OverdueEntry], now: datetime) -> Escalation:
    """Write the week's escalation and each card's event."""
    units = {entry.overdue_list.unit_id for entry in repeats}
    made = Escalation.objects.create(
        iso_year=run.iso_year, iso_week=run.iso_week, run=run, created_at=now, cards=len(repeats), units=len(units)
    )
    CardEvent.objects.bulk_create(
        [
            CardEvent(
                card_id=entry.card_id, what=CardEvent.What.ESCALATED, at=now, to_value=str(run.week),
                details={"times": entry.times},
            )
            for entry in repeats
        ],
        batch_size=5000,
    )  # fmt: skip
    return made


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
