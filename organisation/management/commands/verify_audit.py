"""`manage.py verify_audit`: whether the audit log is what was written."""

from __future__ import annotations

import re
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from organisation.actions.audit import seal_entries
from organisation.audit_log import ChainBroken, Head, check_chain, unsealed


class Command(BaseCommand):
    """Compute the chain anew, and tell where it breaks first."""

    help = "Check the audit log's chain. Ends with code 1 where an entry was changed, taken out or put in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", action="store_true", help="print the last number and hash alone, to write down")
        parser.add_argument(
            "--expect", action="append", default=[], type=_head, metavar="NUMBER:HASH",
            help="a head that was written down: it must be in the chain still (may be given again)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal what waits, check, and tell. Raises CommandError (code 1) with the number at which it breaks."""
        while seal_entries():
            pass
        try:
            head = check_chain(*options["expect"])
        except ChainBroken as broken:
            raise CommandError(str(broken)) from None
        if options["head"]:
            self.stdout.write(f"{head.number}:{head.hash}")
            return
        self.stdout.write(f"The audit log is whole: {head.number} entries. The last is {head.number}:{head.hash}")
        number, _oldest = unsealed()
        if number:
            self.stdout.write(f"{number} entries have come since and are not sealed yet.")


def _head(text: str) -> Head:
    found = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise CommandError(f"«{text}» is no NUMBER:HASH as --head prints it.")
    return Head(int(found[1]), found[2])
