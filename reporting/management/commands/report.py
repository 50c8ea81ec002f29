"""`manage.py report NAME --json`: a report with all its figures, computed now or as a version keeps them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from organisation.queries import municipality
from reporting.models import ReportVersion
from reporting.public_documents import for_everybody
from reporting.report_building import build
from reporting.report_files import report_json
from reporting.report_names import read_name
from reporting.report_pages import Edition, edition_of, shown
from reporting.report_queries import OfWhat, scope_asked

NAMES = (
    "«cards-2026-q3», «unit-CODE-2026-q3», «annual-2025», «scorecard-KEY-2026», «assessment-FORM-external-2024» or "
    "«benchmark-GROUP-2025»"
)


class Command(BaseCommand):
    help = "Print a report: computed now, or a version as it is kept."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """`--version` is the report's here, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help=NAMES)
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--version", dest="number", type=int, metavar="N", help="as version N keeps it")
        parser.add_argument("--public", action="store_true", help="as everybody sees it: small groups held back")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print. Raises CommandError for a name or version that there is not."""
        edition = self._edition(options["name"], options["number"], public=options["public"])
        if options["json"]:
            self.stdout.write(report_json(edition))
            return
        language = municipality().language
        read = shown(edition, language)
        self.stdout.write(f"{read.title}\n{read.place}, {read.days}. {read.counted}. {read.version}")
        for section in read.sections:
            self.stdout.write(f"\n{section.heading}")
            for table in section.tables:
                self.stdout.write(f"  {table.title}: {', '.join(title for title, _number in table.columns)}")
                for row in table.rows:
                    self.stdout.write(f"    {row.label}: {', '.join(cell.said for cell in row.cells)}")

    def _edition(self, name: str, number: int | None, *, public: bool) -> Edition:
        if number is not None:
            version = ReportVersion.objects.select_related("report").filter(report__name=name, number=number).first()
            edition = edition_of(version, public=public) if version else None
            if edition is None:
                raise CommandError(f"There is no version {number} of «{name}» with figures.")
            return edition
        now, house = timezone.now(), municipality()
        today = now.astimezone(house.zone).date()
        asked = read_name(name, last_year=today.year)
        if asked is None:
            raise CommandError(f"There can be no report «{name}». Names are such as {NAMES}.")
        if asked.period.first >= today:
            raise CommandError(f"{asked.period} has not begun.")
        of = OfWhat(asked)
        if not of.found:
            raise CommandError(f"There is no unit, scorecard, assessment or group «{asked.what}» for such a report.")
        document = build(scope_asked(asked, of, house, now))
        return Edition(for_everybody(document) if public else document, {})
