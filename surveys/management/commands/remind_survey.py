"""`manage.py remind_survey CODE`: remind those who have not answered, as the button on the page does."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from organisation.errors import Refused
from surveys.actions.reminding import send_reminders
from surveys.models import Survey


class Command(BaseCommand):
    help = (
        "Remind those who have not answered a survey, at most as often as it says. Letters are printed from its page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("survey", help="the survey's code")
        parser.add_argument("--dry-run", action="store_true", help="say how many would be reminded, send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send the reminders and print how many."""
        survey = Survey.objects.filter(code=options["survey"]).first()
        if survey is None:
            raise CommandError(f"There is no survey «{options['survey']}».")
        with translation.override("en"):
            try:
                done = send_reminders(survey, by=None, now=timezone.now(), dry_run=options["dry_run"])
            except Refused as error:
                raise CommandError(str(error)) from None
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(f"Reminder {done.round}: {done.mails} {would}sent by e-mail, {done.letters} to be printed.")
