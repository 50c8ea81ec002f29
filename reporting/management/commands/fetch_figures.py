"""`manage.py fetch_figures [SOURCE] [--number N00945] [--file ANSWER.json …]`: fetch what the page of sources names."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from reporting.feeding import our_fetcher, run_feed, take_answer
from reporting.models import Feed
from reporting.queries import feeds_of


class Command(BaseCommand):
    help = "Fetch figures from Kolada, SSB and other municipalities. A second run changes nothing where nothing is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", choices=[*Feed.Kind.values, "all"], help="which of the sources that are set up")
        parser.add_argument("--number", default="", help="of these only the one with this KPI, table or address")
        parser.add_argument(
            "--file", type=Path, nargs="+", default=[], help="read saved answers (the pages of one) instead of fetching"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch one after another and tell. Raises CommandError where one of them did not come to anything."""
        feeds = feeds_of("" if options["source"] == "all" else options["source"], options["number"])
        if not feeds:
            raise CommandError("There is no such source. Add it on the page of sources (/staff/sources/).")
        files: list[Path] = options["file"]
        if files and len(feeds) > 1:
            raise CommandError("A file is of one source: name it with --number.")
        for path in files:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
        faults = 0
        with translation.override("en"):
            for feed in feeds:
                now, this_year = timezone.now(), timezone.localdate().year
                if files:
                    pages, address = [path.read_bytes() for path in files], ", ".join(path.name for path in files)
                    done = take_answer(feed, pages, address=address, by=None, now=now, this_year=this_year)
                else:
                    done = run_feed(feed, our_fetcher(), by=None, now=now, this_year=this_year)
                faults += not done.is_well
                self.stdout.write(f"{feed}: {done.get_outcome_display()}. {done.sentence}")
                for problem in done.problems[:100]:
                    self.stdout.write(f"  entry {problem['line']} ({problem['key']}): {problem['sentence']}")
        if faults:
            raise CommandError(f"{faults} of {len(feeds)} did not come to anything.")
