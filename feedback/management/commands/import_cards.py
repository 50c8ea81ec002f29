"""`manage.py import_cards FILE.csv --mapping FILE.toml`: cards from an older system. `docs/import.md` tells the whole."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from feedback.importing.faults import CannotImport
from feedback.importing.loading import import_cards
from feedback.importing.mapping import Mapping, read_mapping
from feedback.importing.own_columns import own_mapping
from organisation.errors import Refused
from organisation.queries import NotSetUp

SHOWN = 100
"""Problems that are printed; --report and --json give them all."""


class Command(BaseCommand):
    help = "Import cards from an older system's CSV file. A second run changes nothing; nothing is sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument(
            "--mapping", type=Path, help="what its columns are here (TOML); not needed for our own columns"
        )
        parser.add_argument("--source", default="", help="what the older system is called, where there is no mapping")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--report", type=Path, help="write the rows that were not taken, and why, to this CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, show progress on a terminal, and print the report."""
        path, out = options["file"], options["report"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        progress = Progress(sys.stderr if sys.stderr.isatty() else None)
        with translation.override("en"), ExitStack() as stack:
            try:
                mapping = _mapping(path, options["mapping"], options["source"])
                file = None
                if out is not None:
                    if out.exists() and out.samefile(path):
                        raise CommandError("--report names the file that is to be imported.")
                    # Opened before the import, so that a report that cannot be written stops it.
                    file = stack.enter_context(out.open("w", encoding="utf-8", newline=""))
                report = import_cards(
                    path, mapping, now=timezone.now(), dry_run=options["dry_run"], progress=progress.show
                )
            except (CannotImport, Refused, NotSetUp) as error:
                raise CommandError(str(error)) from None
            except OSError as error:
                raise CommandError(f"{error.filename or out} cannot be written: {error.strerror}.") from None
            except KeyboardInterrupt:
                raise CommandError("Stopped. Nothing was written.") from None
            finally:
                progress.end()
            if file is not None:
                report.write_problems(file)
            lines = list(report.lines(SHOWN))
        if options["json"]:
            self.stdout.write(
                json.dumps(report.as_dict() | {"seconds": progress.seconds}, ensure_ascii=False, indent=2)
            )
            return
        for line in lines:
            self.stdout.write(line)
        self.stdout.write(f"Done in {progress.seconds} s ({report.rows / max(progress.seconds, 0.001):,.0f} rows/s).")


def _mapping(path: Path, mapping: Path | None, source: str) -> Mapping:
    if mapping is not None:
        return read_mapping(mapping)
    if not source.strip():
        raise CommandError("Give --mapping FILE, or --source NAME for a file with Innspill's own columns.")
    return own_mapping(path, source)


class Progress:
    """One line on the terminal that says how far an import is, twice a second; silent without a terminal."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._start = self._shown = time.monotonic()

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._start, 2)

    def show(self, what: str, rows: int) -> None:
        now = time.monotonic()
        if self._stream is None or now - self._shown < 0.5:
            return
        self._shown = now
        speed = rows / (now - self._start)
        text = f"reading: {rows:,} rows, {speed:,.0f} rows/s" if what == "reading" else f"writing: {rows:,} cards"
        self._stream.write(f"\r{text:<60}")
        self._stream.flush()

    def end(self) -> None:
        """Take the line away again."""
        if self._stream is not None and self._shown != self._start:
            self._stream.write(f"\r{'':<60}\r")
            self._stream.flush()
