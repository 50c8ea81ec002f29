"""`manage.py fetch_municipalities norway|sweden [--file LIST]`: who there is to compare with."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from reporting.actions.feeds import know_feed


class Command(BaseCommand):
    help = "Fetch the list of municipalities, with the numbers that changed. Sets the source up where it is not yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("country", choices=["norway", "sweden"])
        parser.add_argument("--file", type=Path, nargs="+", default=[], help="saved lists instead of fetching")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch it and tell. Raises CommandError where it did not come to anything."""
        know_feed(options["country"], now=timezone.now())
        files = {"file": options["file"]} if options["file"] else {}
        call_command("fetch_figures", options["country"], stdout=self.stdout, **files)
