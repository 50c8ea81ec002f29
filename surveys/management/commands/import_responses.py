"""`manage.py import_responses SURVEY FILE.csv --mapping FILE.toml`: a round that was run elsewhere."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.utils import timezone, translation

from feedback.importing.faults import CannotImport
from organisation.queries import NotSetUp
from surveys.importing.mapping import read_round_mapping
from surveys.importing.responses import import_responses

SHOWN = 100


class Command(BaseCommand):
    help = "Import the answers of a round that was run elsewhere. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("survey", help="the survey's code; the mapping may say to make it")
        parser.add_argument("file", type=Path, help="the CSV file, one row a respondent")
        parser.add_argument("--mapping", type=Path, required=True, help="what its columns and codes are here (TOML)")
        parser.add_argument("--leave-out", action="store_true", help="import the others where rows are refused")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and print the report. Raises CommandError, with nothing written, where rows or the file are wrong."""
        if not options["file"].is_file():
            raise CommandError(f"There is no file {options['file']}.")
        with translation.override("en"):
            try:
                validate_slug(options["survey"])
                report = import_responses(
                    options["survey"],
                    options["file"],
                    read_round_mapping(options["mapping"]),
                    now=timezone.now(),
                    dry_run=options["dry_run"],
                    leave_out=options["leave_out"],
                )
            except ValidationError:
                raise CommandError(f"«{options['survey']}» is no code: letters, digits, - and _ only.") from None
            except (CannotImport, NotSetUp) as error:
                raise CommandError(str(error)) from None
        lines = list(report.lines(SHOWN))
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        elif not report.stopped:
            self.stdout.write("\n".join(lines))
        if report.stopped:
            raise CommandError("\n".join(lines))
