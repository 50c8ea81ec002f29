"""`manage.py actions --json`: the action plan with what was measured before and after, as reports take it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from organisation.queries import municipality
from reporting.effects import action_plan


class Command(BaseCommand):
    help = "Print all actions: who is responsible, status, deadline, budget, and the indicator before and after."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the actions as they stand today, the late ones first."""
        plan = action_plan(municipality(), timezone.localdate())
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_json(), ensure_ascii=False, indent=2, allow_nan=False))
            return
        with translation.override("en"):
            for line in plan.lines:
                row = line.initiative
                late = ", late" if line.late else ""
                self.stdout.write(f"{row.title} ({row.unit.name}): {row.get_status_display()}, due {row.due_on}{late}")
