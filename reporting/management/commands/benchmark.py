"""`manage.py benchmark GROUP --json`: our figures beside a group's, as the page shows them."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from organisation.queries import municipality
from reporting.benchmark_sets import ALL, set_called
from reporting.benchmarks import Against, BenchmarkLine, benchmark_of
from reporting.group_queries import group_called, places_of
from reporting.wording import TURN_WORDS
from surveys.publishing import saying_in_words


class Command(BaseCommand):
    help = "Print our figures of a year beside those of a group of municipalities: mean, country, rank, difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("group", help="the group's key")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--year", type=int, help="the latest of which others have figures where it is not given")
        parser.add_argument(
            "--set", default=ALL, metavar="SET", help="all, profile:KEY or scorecard:KEY; all where it is not given"
        )
        parser.add_argument("--against", default=Against.GROUP, choices=[each.value for each in Against])

    def handle(self, *args: Any, **options: Any) -> None:
        """Print. Raises CommandError for a group or a set that there is not."""
        group, house = group_called(options["group"]), municipality()
        if group is None:
            raise CommandError(f"There is no group «{options['group']}».")
        places = places_of(group, house.country)
        with translation.override(house.language):
            chosen = set_called(options["set"], places.ids, house.language)
            if chosen is None:
                raise CommandError(f"There is no set «{options['set']}». Write all, profile:KEY or scorecard:KEY.")
            found = benchmark_of(
                group, chosen, house=house, language=house.language, year=options["year"], against=options["against"],
                places=places,
            )  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=2, allow_nan=False))
            return
        self.stdout.write(f"{found.our_name} / {found.name}, {found.year or 'no figures of others'}")
        with translation.override("en"):
            for part in found.parts:
                self.stdout.write(part.title)
                for line in part.lines:
                    self.stdout.write(f"  {_in_words(line, found.against)}")


def _in_words(line: BenchmarkLine, against: str) -> str:
    said = [f"{line.name}: {'–' if line.ours.value is None else line.ours.value}"]
    said.append(f"mean {'–' if line.mean is None else line.mean} ({line.contributing} of {len(line.others)})")
    if line.rank:
        said.append(f"{line.rank.place} of {line.rank.of}")
    difference = line.against(against)
    if difference:
        words = saying_in_words(difference.saying) if difference.is_tested else "no margin known"
        said.append(f"{difference.amount:+} {TURN_WORDS[difference.turn]}, {words}")
    return "; ".join(said)
