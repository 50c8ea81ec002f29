"""`manage.py compile_translations`: make the files that Django reads its translations from."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand
from django.core.management.base import CommandParser

from config.translations import LANGUAGES, compile_stale, update


class Command(BaseCommand):
    """Compile what is older than its source. With --update, first take new strings from code and templates."""

    help = (
        "Compile the translations that are missing or stale. --update brings the .po files in line with the code first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --update, which needs the developers' packages."""
        parser.add_argument("--update", action="store_true", help="add new strings to the .po files, drop those gone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was made, and of each language how many strings wait for a translation."""
        if options["update"]:
            for language in LANGUAGES:
                missing = update(language)
                self.stdout.write(f"{language}: {missing} without a translation")
        made = compile_stale()
        if options["verbosity"] > 0:
            self.stdout.write(f"Compiled: {', '.join(made)}." if made else "All translations are compiled.")
