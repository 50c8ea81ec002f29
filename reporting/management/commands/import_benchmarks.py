"""`manage.py import_benchmarks URL-or-FILE`: figures of other municipalities.

A JSON document of another installation's open data brings figures of indicators. A CSV file brings means of questions and
areas, which the results of surveys are held against (docs/surveys-results.md).
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from feedback.importing.report import Problem
from organisation.errors import Refused
from reporting.feeding import our_fetcher
from reporting.sources.answers import looks_like_json
from reporting.sources.documents import read_document
from reporting.taking import take_document
from surveys.importing.benchmarks import import_benchmarks

SHOWN = 100


def nothing_written(problems: list[Problem], word: str) -> CommandError:
    """Return the error that tells each fault, with its line or entry."""
    lines = [f"  {word} {one.line}: {one.sentence}" for one in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"  … and {len(problems) - SHOWN} more.")
    return CommandError("\n".join(["Nothing was written:", *lines]))


class Command(BaseCommand):
    help = "Import figures to compare with. A second run changes nothing; a mended file mends what it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", help="JSON of another installation (an address or a file), or CSV: kind, name, year, source, weighs, "
            "key, mean, sd, se, n"
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell. Raises CommandError, with nothing written, where anything is refused."""
        source, dry_run = options["source"], options["dry_run"]
        with translation.override("en"):
            if "://" in source:
                try:
                    content = our_fetcher().fetch(source)
                except Refused as refusal:
                    raise CommandError(str(refusal)) from None
                self._document(content, dry_run)
                return
            path = Path(source)
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
            if looks_like_json(path.read_bytes()[:200]):
                self._document(path.read_bytes(), dry_run)
            else:
                self._means(path, dry_run)

    def _document(self, content: bytes, dry_run: bool) -> None:
        this_year = timezone.localdate().year
        try:
            document = read_document(content, last_year=this_year)
            report = take_document(document, by=None, now=timezone.now(), this_year=this_year, dry_run=dry_run)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if report.problems:
            raise nothing_written(report.problems, "indicator")
        for line in report.lines():
            self.stdout.write(line)

    def _means(self, path: Path, dry_run: bool) -> None:
        try:
            report = import_benchmarks(path.read_bytes(), this_year=timezone.localdate().year, dry_run=dry_run)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if report.problems:
            raise nothing_written(report.problems, "line")
        for line in report.lines():
            self.stdout.write(line)
