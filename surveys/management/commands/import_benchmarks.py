"""`manage.py import_benchmarks FILE.csv`: national and other municipalities' means."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feedback.importing.faults import CannotImport
from surveys.importing.benchmarks import import_benchmarks

SHOWN = 100


class Command(BaseCommand):
    help = "Import means to compare with. A second run changes nothing; a mended file mends what it holds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV: kind, name, year, source, weighs, key, mean, sd, se, n")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell. Raises CommandError, with nothing written, where a line is refused."""
        path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            report = import_benchmarks(path, this_year=timezone.localdate().year, dry_run=options["dry_run"])
        except CannotImport as error:
            raise CommandError(str(error)) from None
        if report.problems:
            lines = [f"  line {one.line}: {one.sentence}" for one in report.problems[:SHOWN]]
            if len(report.problems) > SHOWN:
                lines.append(f"  … and {len(report.problems) - SHOWN} more.")
            raise CommandError("\n".join(["Nothing was written:", *lines]))
        same = report.rows - report.new - report.changed
        if options["dry_run"]:
            self.stdout.write(f"{report.rows} means read. Nothing was written.")
        else:
            self.stdout.write(f"{report.new} means new, {report.changed} changed, {same} as they were.")
