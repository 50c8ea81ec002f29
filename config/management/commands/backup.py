"""`manage.py backup FOLDER`: the database and the attachments, at one moment, in a new folder below it."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backup import BackupError, make_backup, old_backups


class Command(BaseCommand):
    help = "Back the database and the attachments up. Settings and secrets are not in it: keep them apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups lie; each is a folder of its own")
        parser.add_argument(
            "--to",
            action="append",
            default=[],
            metavar="KEY",
            help="encrypt to this public key of age or SSH; may be repeated",
        )
        parser.add_argument(
            "--keep-days", type=int, metavar="DAYS", help="delete backups that are older, but never the newest"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, tell what it holds, and delete those that have expired. Exits with 1 where a file was missing."""
        folder, keep = options["folder"], options["keep_days"]
        if keep is not None and keep < 1:
            raise CommandError("--keep-days is at least 1.")
        now = timezone.now()
        try:
            made = make_backup(folder, now=now, recipients=options["to"], version=settings.VERSION)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("\n".join(made.lines()))
        for old in old_backups(folder, now=now, keep_days=keep) if keep else ():
            shutil.rmtree(old)
            self.stdout.write(f"Expired and deleted: {old}")
        if made.manifest["missing"]:
            raise CommandError("The backup is made, and attachments were missing: see above.")
