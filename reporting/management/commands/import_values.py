"""`manage.py import_values FILE.csv`: values of indicators."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from organisation.errors import Refused
from reporting.importing import import_values

SHOWN = 100


class Command(BaseCommand):
    help = "Import values of indicators. A second run changes nothing; what a mended file changes is a new revision."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="CSV: indicator, year, value, municipality, unit, n, margin, source, date"
        )
        parser.add_argument("--source", default="", help="where the file names none")
        parser.add_argument(
            "--mapping", type=Path, help="TOML for a file with other columns (docs/figures-in-and-out.md)"
        )
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell. Raises CommandError, with nothing written, where a line is refused."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        mapping: Path | None = options["mapping"]
        if mapping is not None and not mapping.is_file():
            raise CommandError(f"There is no file {mapping}.")
        with translation.override("en"):
            try:
                report = import_values(
                    path.read_bytes(), source=options["source"],
                    mapping=mapping.read_text() if mapping else "", by=None, now=timezone.now(),
                    this_year=timezone.localdate().year, dry_run=options["dry_run"],
                )  # fmt: skip
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
            if report.problems:
                lines = [f"  line {one.line}: {one.sentence}" for one in report.problems[:SHOWN]]
                if len(report.problems) > SHOWN:
                    lines.append(f"  … and {len(report.problems) - SHOWN} more.")
                raise CommandError("\n".join(["Nothing was written:", *lines]))
            for said in report.lines():
                self.stdout.write(said)
