"""`manage.py export_journal`: the journal of some days as CSV or JSON, to a file or to where the output goes."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from feedback.journal import csv_file, journal_lines, json_file
from organisation.actions.audit import record_look
from organisation.ds_forms import parse_day
from organisation.models import Look, Person
from organisation.queries import NotSetUp, municipality


class Command(BaseCommand):
    help = "Write the journal: the public one, or with --internal the house's own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", required=True, metavar="DAY")
        parser.add_argument("--to", dest="last", required=True, metavar="DAY")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")
        parser.add_argument("--internal", action="store_true", help="with names and first lines")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="who takes it, for the audit log")
        parser.add_argument("--out", metavar="FILE", help="a file that is not there yet; without it, standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it. Raises CommandError for what cannot be; half a file never stays."""
        try:
            first, last = parse_day(options["first"]), parse_day(options["last"])
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        if last < first:
            raise CommandError("--to is before --from.")
        person = Person.objects.filter(email__iexact=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody here has the e-mail address {options['by']}.")
        try:
            house = municipality()
        except NotSetUp:
            raise CommandError("There is no municipality yet.") from None
        place = Path(options["out"]) if options["out"] else None
        if place is not None and place.exists():
            raise CommandError(f"{place} is there already.")
        public, now = not options["internal"], timezone.now()
        record_look(Look.EXPORTED, kind="feedback.card", by=person, now=now, fields=["first", "last"])
        with translation.override(house.language):
            lines = journal_lines(first, last, house=house, public=public)
            content = (
                csv_file(lines, public=public)
                if options["format"] == "csv"
                else json_file(lines, first=first, last=last, house=house, public=public, now=now)
            )
            if place is not None:
                _to_file(place, content)
            else:
                for piece in content:
                    sys.stdout.buffer.write(piece)


def _to_file(place: Path, content: Iterable[bytes]) -> None:
    """Write a file that is there whole or not at all. Raises CommandError where it cannot be written."""
    begun = place.with_name(f".{place.name}.unfinished")
    try:
        with begun.open("wb") as out:
            out.writelines(content)
            out.flush()
            os.fsync(out.fileno())
        begun.rename(place)
    except OSError as error:
        raise CommandError(f"{place} cannot be written: {error.strerror}.") from error
    finally:
        begun.unlink(missing_ok=True)
