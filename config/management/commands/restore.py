"""`manage.py restore BACKUP`: the database and the attachments as they were, and the migrations that came since."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import BackupError, identities_in, restore


class Command(BaseCommand):
    help = "Bring a backup back. Stop web, worker and beat first."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="the folder of one backup")
        parser.add_argument("--identity", type=Path, help="the private key of an encrypted one")
        parser.add_argument("--replace", action="store_true", help="let go what the database holds now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the backup first, then bring it back. Raises CommandError with what is wrong."""
        try:
            keys = identities_in(options["identity"]) if options["identity"] else []
            backup = restore(options["backup"], identities=keys, replace=options["replace"])
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("\n".join(backup.lines()))
        self.stdout.write(
            f"Restored as of {backup.manifest['made_at']}. See «manage.py doctor» before you start the services."
        )
