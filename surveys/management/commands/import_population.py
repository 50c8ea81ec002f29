"""`manage.py import_population FILE.csv`: a file from the population register, everything or nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from organisation.errors import Refused
from organisation.queries import NotSetUp
from surveys.importing.population import import_population


class Command(BaseCommand):
    help = (
        "Read a CSV file from the population register: id, name, address, birth year, gender, district, e-mail, phone, "
        "language, reservation. One line with a fault, and nothing is read in. A second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, in UTF-8 or Latin-1, with «;» or «,»")
        parser.add_argument("--name", default="", help="what the population is called; the file's name if not given")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
        parser.add_argument(
            "--leave-out", action="store_true", help="leave the lines with faults out and read the rest"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file and print the report. Lines with faults that are not left out end it with status 1."""
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"The file {path} cannot be read: {error.strerror}.") from None
        with translation.override("en"):
            try:
                report = import_population(
                    content,
                    name=options["name"] or path.stem,
                    by=None,
                    now=timezone.now(),
                    dry_run=options["dry_run"],
                    leave_out=options["leave_out"],
                )
            except (Refused, NotSetUp) as error:
                raise CommandError(str(error)) from None
            lines = report.lines()
        if options["json"]:
            counts = {name: getattr(report, name) for name in ("name", "dry_run", "rows", "people", "reserved")}
            more = {
                "already_there": report.already_there,
                "read": report.was_read,
                "languages": dict(report.languages),
                "problems": [vars(problem) for problem in report.problems],
            }
            self.stdout.write(json.dumps(counts | more, ensure_ascii=False, indent=2))
        else:
            for problem in report.problems:
                self.stdout.write(
                    f"line {problem.line}{f' ({problem.key})' if problem.key else ''}: {problem.sentence}"
                )
            self.stdout.write("\n".join(lines[:-1]))
            if not report.stops:
                self.stdout.write(lines[-1])
        if report.stops and not report.already_there:
            raise CommandError(lines[-1])
