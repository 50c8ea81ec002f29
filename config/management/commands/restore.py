"""`manage.py restore BACKUP`: the database and the attachments as they were, and the migrations that came since."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backup import BackupError, forget_again, identities_in, restore, save_erasures


class Command(BaseCommand):
    help = "Bring a backup back. Stop web, worker and beat first."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", type=Path, help="the folder of one backup")
        parser.add_argument("--identity", type=Path, help="the private key of an encrypted one")
        parser.add_argument("--replace", action="store_true", help="let go what the database holds now")
        parser.add_argument(
            "--erasures", type=Path, metavar="FILE", help="the register of erasures, where it is not at ERASURES_FILE"
        )
        parser.add_argument(
            "--no-erasures", action="store_true", help="where nothing was ever erased: there is no register to replay"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the backup first, then bring it back. Raises CommandError with what is wrong."""
        now = timezone.now()
        register = options["erasures"] or Path(settings.ERASURES_FILE)
        try:
            if options["replace"]:
                save_erasures(now=now)
            keys = identities_in(options["identity"]) if options["identity"] else []
            backup = restore(options["backup"], identities=keys, replace=options["replace"])
            self.stdout.write("\n".join(backup.lines()))
            if options["no_erasures"]:
                self.stdout.write("Told not to replay erasures: what was erased since the backup is there again.")
            else:
                self.stdout.write(forget_again(register, now=now))
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Restored as of {backup.manifest['made_at']}. See «manage.py doctor» before you start the services."
        )
