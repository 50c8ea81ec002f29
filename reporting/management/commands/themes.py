"""`manage.py themes --json`: the same weakness from several sides, as the page shows it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from organisation.queries import municipality
from reporting.card_themes import cards_by_category
from reporting.theme_table import theme_table


class Command(BaseCommand):
    help = "Print the themes, the most pressing first: from which sides each is weak or falling."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print all as JSON")
        parser.add_argument("--language", help="language of the names (the municipality's first one if not given)")

    def handle(self, *args: Any, **options: Any) -> None:
        house, now = municipality(), timezone.now()
        language = options["language"] or house.language
        with translation.override(language):
            cards = cards_by_category(now=now, zone=house.zone)
            table = theme_table(cards, today=now.astimezone(house.zone).date(), language=language)
        if options["json"]:
            self.stdout.write(json.dumps(table.as_json(), ensure_ascii=False, indent=2))
            return
        for row in table.rows:
            weak = ", ".join(side.side.value for side in row.sides if side.weak) or "none"
            falling = ", ".join(side.side.value for side in row.sides if side.falling) or "none"
            self.stdout.write(f"{row.name}: weak from {weak}; falling from {falling}")
