"""`manage.py compile_translations`: make the files that Django reads its translations from."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand
from django.core.management.base import CommandParser
from django.utils.translation.reloader import translation_file_changed

from config.translations import LANGUAGES, compile_stale, po_file, update


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
        for language in made:
            # This process may have read the old ones, or none: `run` goes on to load the demonstration with their words.
            translation_file_changed(sender=None, file_path=po_file(language).with_suffix(".mo"))
        if options["verbosity"] > 0:
            self.stdout.write(f"Compiled: {', '.join(made)}." if made else "All translations are compiled.")
