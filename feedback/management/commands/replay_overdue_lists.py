"""`manage.py replay_overdue_lists --from 2015-01-05 --to 2024-01-01`: what past weeks' lists would have held."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from feedback.actions.listing import replay_overdue_lists
from feedback.management.commands.run_overdue_list import as_dict, summary
from organisation.queries import NotSetUp, municipality, working_calendar

EARLIEST = 1900


class Command(BaseCommand):
    help = (
        "Count each Monday's overdue lists over a span of past weeks, from an empty history. Stores and sends nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", required=True, help="the first day, like 2015-01-05")
        parser.add_argument("--to", dest="last", required=True, help="the last day; a Monday itself counts")
        parser.add_argument("--json", action="store_true", help="one line of JSON a week")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a week, and without --json a line with the sums."""
        first, last = read_day(options["first"], "--from"), read_day(options["last"], "--to")
        if last < first:
            raise CommandError("--to is before --from.")
        if first.year < EARLIEST:
            raise CommandError(f"--from is before {EARLIEST}: no card is that old.")
        if last > timezone.localdate():
            raise CommandError("--to is in the future: a replay counts weeks that have been.")
        weeks = entries = repeats = 0
        with translation.override("en"):
            try:
                calendar = working_calendar(municipality())
                for report in replay_overdue_lists(first, last):
                    weeks, entries, repeats = weeks + 1, entries + report.cards, repeats + report.escalated
                    if options["json"]:
                        self.stdout.write(json.dumps(as_dict(report, calendar), ensure_ascii=False))
                    else:
                        self.stdout.write(f"{report.week}  {report.week.monday}  {summary(report)}")
            except NotSetUp as error:
                raise CommandError(str(error)) from None
        if not options["json"]:
            self.stdout.write(
                f"{count(weeks, 'week', 'weeks')}, {count(entries, 'entry', 'entries')}, {repeats:,} of them repeats."
            )


def count(number: int, one: str, many: str) -> str:
    """Return the number with its word."""
    return f"{number:,} {one if number == 1 else many}"


def read_day(text: str, option: str) -> date:
    """Read a date. Raises CommandError with a sentence that names the option."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CommandError(f"{option}: «{text}» is not a date. Write it like 2015-01-05.") from None
