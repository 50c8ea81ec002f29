"""`manage.py run_overdue_list`: one week's overdue lists, as the schedule runs them each Monday."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from feedback.actions.listing import OverdueReport, preview_overdue_list, run_overdue_list
from feedback.errors import Refused
from organisation.calendar import IsoWeek, WorkingCalendar
from organisation.queries import NotSetUp, municipality, working_calendar


class Command(BaseCommand):
    help = (
        "Make the overdue lists of a week, mail each unit's to its leader, and the repeats to the chief executive. "
        "Without options it is this week. Lists that are there already stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--week", help="ISO year and week, like 2026-W47: judged at its Monday 06:00 local")
        parser.add_argument(
            "--as-of", help="the moment to judge at, like 2026-11-16T06:00 (local where no zone is given)"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would be listed, store and send nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run or preview the week's lists and print their numbers."""
        with translation.override("en"):
            try:
                calendar = working_calendar(municipality())
                week = read_week(options["week"])
                as_of = read_moment(options["as_of"], calendar)
                run = preview_overdue_list if options["dry_run"] else run_overdue_list
                report = run(
                    week=week, as_of=as_of, now=timezone.now(), allow_future=settings.DEMONSTRATION or settings.TESTING
                )
            except (Refused, NotSetUp) as error:
                raise CommandError(str(error)) from None
        if options["json"]:
            result = as_dict(report, calendar) | {"existed": report.existed, "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        moment = report.as_of.astimezone(calendar.zone)
        self.stdout.write(f"Week {report.week}, judged at {moment:%Y-%m-%d %H:%M}: {summary(report)}.")
        for code, cards in report.per_unit.items():
            self.stdout.write(f"  {cards:>6}  {code}")
        if report.existed:
            self.stdout.write("The lists were there already and are unchanged.")
        elif options["dry_run"]:
            self.stdout.write("Nothing was stored or sent.")


def summary(report: OverdueReport) -> str:
    """Return the numbers of one week in words."""
    cards = "1 card" if report.cards == 1 else f"{report.cards:,} cards"
    units = "1 unit" if report.units == 1 else f"{report.units} units"
    return f"{cards} overdue in {units}, {report.escalated:,} of them on the list again"


def as_dict(report: OverdueReport, calendar: WorkingCalendar) -> dict[str, Any]:
    """Return one week's lists for machines; `as_of` is local, with its offset."""
    return {
        "week": str(report.week),
        "as_of": report.as_of.astimezone(calendar.zone).isoformat(),
        "cards": report.cards,
        "units": report.units,
        "escalated": report.escalated,
        "per_unit": report.per_unit,
    }


def read_week(text: str | None) -> IsoWeek | None:
    """Read --week. Raises CommandError with a sentence."""
    if text is None:
        return None
    try:
        return IsoWeek.parse(text)
    except ValueError as error:
        raise CommandError(f"--week: {error}") from None


def read_moment(text: str | None, calendar: WorkingCalendar) -> datetime | None:
    """Read --as-of: ISO 8601 with a time, local where it has no zone. Raises CommandError with a sentence.

    A time that the clocks skip in spring does not exist and is refused; one that they pass twice in autumn is the first.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or len(text.strip()) <= 10:
        raise CommandError(f"--as-of: «{text}» is not a moment. Write it like 2026-11-16T06:00.")
    if moment.tzinfo is not None:
        return moment
    local = moment.replace(tzinfo=calendar.zone)
    if local.astimezone(timezone.get_fixed_timezone(0)).astimezone(calendar.zone).replace(tzinfo=None) != moment:
        raise CommandError(f"--as-of: the clocks were put forward past «{text}», so there was no such moment.")
    return local
