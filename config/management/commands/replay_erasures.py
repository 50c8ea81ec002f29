"""`manage.py replay_erasures`: do again what the register of erasures says, after a restore that could not find it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backup import BackupError, forget_again


class Command(BaseCommand):
    help = "Erase again what was erased after a restored backup was made. Does nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--erasures", type=Path, metavar="FILE", help="the register; ERASURES_FILE where not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and tell how many. Raises CommandError where the register cannot be read."""
        try:
            said = forget_again(options["erasures"] or Path(settings.ERASURES_FILE), now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(said)
