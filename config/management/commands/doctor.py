"""`manage.py doctor`: which parts are in use, whether each works, and when each job ran."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation

from config.doctor import FAULT, OK, Finding, examine

MARKS = {OK: "ok", "warning": "look", FAULT: "FAULT"}


class Command(BaseCommand):
    """Look at everything, say what is wrong in a sentence each and what to do, and exit with 1 for a fault."""

    help = "Tell which parts are in use, whether database, queue, worker, beat, mail and disk work, and when jobs ran."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        with translation.override("en"):
            findings = examine(now)
            faults = [finding for finding in findings if finding.state == FAULT]
            if options["json"]:
                checks = [finding.__dict__ for finding in findings]
                answer = {"ok": not faults, "at": now, "checks": checks}
                self.stdout.write(json.dumps(answer, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
            else:
                for finding in findings:
                    self.tell(finding)
                number = len(faults)
                self.stdout.write("" if not faults else f"\n{number} fault{'s' if number > 1 else ''}.")
        if faults:
            raise SystemExit(1)

    def tell(self, finding: Finding) -> None:
        """Write one line, and below it what to do."""
        planned = finding.values.get("next") if finding.part in settings.CELERY_BEAT_SCHEDULE else None
        after = f"; next {planned:%Y-%m-%d %H:%M}" if planned else ""
        self.stdout.write(f"{MARKS[finding.state]:6} {finding.part:32} {finding.words.rstrip('.')}{after}")
        if finding.do:
            self.stdout.write(f"{'':39} → {finding.do}")
