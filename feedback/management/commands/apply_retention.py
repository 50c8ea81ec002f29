"""`manage.py apply_retention`: block, anonymise and delete the cards whose days are over, or tell which they would be."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feedback.actions.retention import apply_retention, what_would_go
from organisation.queries import NotSetUp, municipality, working_calendar


class Command(BaseCommand):
    help = "Block, anonymise and delete cards by the rules of keeping. The nightly job does the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
        parser.add_argument(
            "--in-days", type=int, default=0, metavar="DAYS", help="with --dry-run: as of so many days from now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it or tell it: cards by step, category and kind. Raises CommandError before a municipality is set up."""
        now, ahead = timezone.now(), options["in_days"]
        if ahead and not options["dry_run"]:
            raise CommandError("--in-days goes with --dry-run.")
        if not 0 <= ahead <= 36_500:
            raise CommandError("--in-days is from 0 to 36500.")
        try:
            today = working_calendar(municipality()).local_date(now)
        except NotSetUp:
            raise CommandError("There is no municipality yet.") from None
        if options["dry_run"]:
            counts = [counted.as_json() for counted in what_would_go(today=today + timedelta(days=ahead))]
        else:
            counts = apply_retention(today=today, now=now).counts
        self.stdout.write("\n".join(_lines(counts)) or "Nothing is due.")


def _lines(counts: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        f"{row['step']:<10} {row['category'] or '-':<24} {row['kind'] or '-':<14} {row['cards']:>8}" for row in counts
    ]
