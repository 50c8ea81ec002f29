"""`manage.py remove_second_step`: for the administrator whose telephone is lost and whom no other can help."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from organisation.actions.sign_ins import remove_second_step
from organisation.models import Person


class Command(BaseCommand):
    """Take somebody's second step away, sign them out everywhere, and tell them by mail."""

    help = "Take the app, keys and recovery codes of a login away, and sign it out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the login's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError where nobody has that address."""
        person = Person.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody has the login {options['email']}.")
        remove_second_step(person, by=None, now=timezone.now())
        self.stdout.write(f"{person.email} has no second step any more, and is signed out everywhere.")
