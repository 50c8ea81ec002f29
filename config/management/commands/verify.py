"""`manage.py verify BACKUP`: whether a backup is whole, and can be read."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import BackupError, identities_in, verify


class Command(BaseCommand):
    help = "Check a backup: every sum, and, where it can be opened, its table of contents and each attachment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="the folder of one backup")
        parser.add_argument("--identity", type=Path, help="the private key of an encrypted one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and tell. Raises CommandError with what is wrong."""
        try:
            keys = identities_in(options["identity"]) if options["identity"] else []
            backup = verify(options["backup"], identities=keys)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("\n".join(backup.lines()))
        if backup.manifest["encrypted"] and not keys:
            self.stdout.write("The sums are right. What is in it was not looked at: that takes --identity.")
        else:
            self.stdout.write("The sums are right, and all of it can be read.")
