"""`manage.py scorecard NAME --json`: a scorecard's table, as the page shows it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from organisation.queries import municipality
from reporting.queries import scorecard_called, unit_of_code
from reporting.tables import Line, table_of
from reporting.wording import STATUS_WORDS


class Command(BaseCommand):
    help = "Print a scorecard: what is asked, the results of the years, the change since the one measured before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scorecard", help="the scorecard's key")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--unit", metavar="CODE", help="of one sector or unit, in place of the scorecard's own")
        parser.add_argument("--first", type=int, metavar="YEAR")
        parser.add_argument("--last", type=int, metavar="YEAR", help="this year where it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print. Raises CommandError for a scorecard, a unit or years that there are not."""
        found = scorecard_called(options["scorecard"])
        if found is None:
            raise CommandError(f"There is no scorecard «{options['scorecard']}».")
        place = found.unit
        if options["unit"] and (place := unit_of_code(options["unit"])) is None:
            raise CommandError(f"There is no unit with the code «{options['unit']}».")
        last = options["last"] or timezone.localdate().year
        first = options["first"] or last - found.years + 1
        if not last - 50 < first <= last:
            raise CommandError("The first year comes before the last, at most fifty years.")
        table = table_of(found, place=place, years=range(first, last + 1), language=municipality().language)
        if options["json"]:
            self.stdout.write(json.dumps(table.as_json(), ensure_ascii=False, indent=2, allow_nan=False))
            return
        self.stdout.write(f"{table.name}, {place.name if place else municipality().name}")
        with translation.override("en"):
            for goal in table.goals:
                self.stdout.write(f"{goal.goal.get_perspective_display()}: {goal.text}")
                for factor in goal.factors:
                    self.stdout.write(f"  {factor.text}")
                    for line in factor.lines:
                        self.stdout.write(f"    {_in_words(line)}")


def _in_words(line: Line) -> str:
    results = ", ".join(
        f"{cell.year}: {'–' if cell.value is None else cell.value}" for cell in line.cells if cell.standing
    )
    said = f" ({STATUS_WORDS[line.status]})" if line.status else ""
    return f"{line.name}: {results or 'nothing written'}{said}"
