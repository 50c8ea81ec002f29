"""`manage.py export_archive`: hand closed cards to the archive, as `arkivmelding` with documents and SHA-256, and as JSON."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from feedback.archiving import CannotExport, Which, export_archive
from feedback.reference import parse_reference
from organisation.ds_forms import parse_day
from organisation.models import Person
from organisation.queries import NotSetUp, municipality


class Command(BaseCommand):
    help = "Write a folder for the archive: arkivmelding.xml, PDF/A, attachments, JSON and SHA-256 sums."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", metavar="DAY", help="cards closed from this day on")
        parser.add_argument("--to", dest="last", metavar="DAY", help="and until this day")
        parser.add_argument(
            "--card", action="append", default=[], metavar="REFERENCE", help="this card; may be repeated"
        )
        parser.add_argument("--out", required=True, metavar="FOLDER", help="a folder that is not there yet")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="who takes it, for the audit log")
        parser.add_argument("--with-sensitive", action="store_true", help="sensitive cards too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say how much it is. Raises CommandError for what cannot be, with nothing left behind."""
        which = _which(options)
        person = Person.objects.filter(email__iexact=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody here has the e-mail address {options['by']}.")
        try:
            house = municipality()
            done = export_archive(which, to=Path(options["out"]), house=house, by=person, now=timezone.now())
        except NotSetUp:
            raise CommandError("There is no municipality yet.") from None
        except CannotExport as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.folder}: {done.cards} cards, {done.files} files.")
        if done.sensitive:
            self.stdout.write(f"{done.sensitive} sensitive cards were left out. --with-sensitive takes them too.")
        if done.erased:
            self.stdout.write(f"{done.erased} cards are blocked or anonymised and were left out.")


def _which(options: dict[str, Any]) -> Which:
    sensitive = options["with_sensitive"]
    if options["card"]:
        if options["first"] or options["last"]:
            raise CommandError("Either --card, or --from and --to.")
        return Which(
            references=tuple(parse_reference(typed) or typed for typed in options["card"]), with_sensitive=sensitive
        )
    if not (options["first"] and options["last"]):
        raise CommandError("Say which cards: --from and --to, or --card.")
    try:
        first, last = parse_day(options["first"]), parse_day(options["last"])
    except ValidationError as error:
        raise CommandError(error.messages[0]) from error
    if last < first:
        raise CommandError("--to is before --from.")
    return Which(first, last, with_sensitive=sensitive)
