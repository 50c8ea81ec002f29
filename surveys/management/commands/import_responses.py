"""`manage.py import_responses SURVEY FILE.csv --mapping FILE.toml`: a round that was run elsewhere."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.utils import timezone, translation

from feedback.importing.faults import CannotImport
from organisation.errors import Refused
from organisation.queries import NotSetUp
from surveys.importing.mapping import RoundMapping, read_round_mapping
from surveys.importing.own_columns import own_round
from surveys.importing.responses import import_responses
from surveys.models import Survey
from surveys.queries import items_of

SHOWN = 100


class Command(BaseCommand):
    help = "Import the answers of a round that was run elsewhere. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("survey", help="the survey's code; the mapping may say to make it")
        parser.add_argument("file", type=Path, help="the CSV file, one row a respondent")
        parser.add_argument(
            "--mapping", type=Path, help="what its columns and codes are here (TOML); not needed for our own columns"
        )
        parser.add_argument("--opened", type=date.fromisoformat, help="without a mapping: the round's first day")
        parser.add_argument("--closed", type=date.fromisoformat, help="without a mapping: the round's last day")
        parser.add_argument("--invited", type=int, help="without a mapping: how many were asked")
        parser.add_argument("--population", type=int, help="without a mapping: how many they were drawn from")
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
                    _mapping(options),
                    now=timezone.now(),
                    dry_run=options["dry_run"],
                    leave_out=options["leave_out"],
                )
            except ValidationError:
                raise CommandError(f"«{options['survey']}» is no code: letters, digits, - and _ only.") from None
            except (CannotImport, Refused, NotSetUp) as error:
                raise CommandError(str(error)) from None
            lines = list(report.lines(SHOWN))
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        elif not report.stopped:
            self.stdout.write("\n".join(lines))
        if report.stopped:
            raise CommandError("\n".join(lines))


def _mapping(options: dict[str, Any]) -> RoundMapping:
    if options["mapping"] is not None:
        return read_round_mapping(options["mapping"])
    survey = Survey.objects.filter(code=options["survey"]).first()
    if survey is None or options["opened"] is None or options["closed"] is None:
        raise CommandError("Give --mapping FILE; or, for a survey that is there, --opened DAY and --closed DAY.")
    if options["closed"] < options["opened"]:
        raise CommandError("--closed is before --opened.")
    return own_round(
        options["file"], items_of(survey), opened=options["opened"], closed=options["closed"],
        invited=options["invited"], population=options["population"],
    )  # fmt: skip
