"""`manage.py setup`: an empty municipality and its first administrator."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError
from django.utils import timezone, translation

from organisation.actions import setting_up
from organisation.errors import Refused

# Option, the action's argument, the question, the answer where none is given (None: it must be).
QUESTIONS = [
    ("name", "name", "Name of the municipality", None),
    ("number", "number", "Municipality number (may be empty)", ""),
    ("country", "country", "Country: NO or SE", "NO"),
    ("language", "language", "First language: nb, nn, sv or en", None),
    ("time_zone", "time_zone", "Time zone", None),
    ("admin_email", "administrator_email", "The administrator's e-mail", None),
    ("admin_name", "administrator_name", "The administrator's name", None),
]
LANGUAGE_OF = {"NO": "nb", "SE": "sv"}
TIME_ZONE_OF = {"NO": "Europe/Oslo", "SE": "Europe/Stockholm"}


class Command(BaseCommand):
    """Ask for what is not given by option, say at once what is wrong with an answer, and make it all together."""

    help = "Set up an empty municipality: its name, its service centre and its first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Every question has an option; the password is never one: it would show in the list of processes."""
        for option, _argument, question, default in QUESTIONS:
            words = question if default in (None, "") else f"{question} (default {default})"
            parser.add_argument(f"--{option.replace('_', '-')}", help=words)
        password = parser.add_mutually_exclusive_group()
        password.add_argument(
            "--admin-password-env", metavar="VARIABLE", help="environment variable that holds the password"
        )
        password.add_argument(
            "--admin-password-stdin",
            action="store_true",
            help="read the password from the first line of standard input",
        )
        parser.add_argument("--no-input", action="store_true", help="ask nothing; what is not given is an error")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with one sentence, and then has changed nothing."""
        self.asks = not options["no_input"]
        with translation.override("en"):  # as all that commands say
            self.set_up(options)

    def set_up(self, options: dict[str, Any]) -> None:
        try:
            setting_up.check()
            values: dict[str, str] = {}
            for option, argument, question, default in QUESTIONS:
                default = self.usual(option, values, default)
                values[argument] = self.answer(option, argument, question, default, options[option])
            password = self.password(options, values)
            made = setting_up.set_up(**values, password=password, now=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except ProgrammingError as error:
            raise CommandError("The database has no tables yet. Run «manage.py migrate» first.") from error
        except (EOFError, KeyboardInterrupt) as end:
            raise CommandError("Nothing was set up.") from end
        self.stdout.write(
            f"«{made.name}» is set up. {values['administrator_email']} signs in at /accounts/login/ and adds units,"
            " people and categories at /staff/administration/."
        )

    def usual(self, option: str, values: dict[str, str], default: str | None) -> str | None:
        """Return the answer that is taken where none is given: language and time zone follow the country."""
        by_country = {"language": LANGUAGE_OF, "time_zone": TIME_ZONE_OF}.get(option)
        return by_country[values["country"]] if by_country else default

    def answer(self, option: str, argument: str, question: str, default: str | None, given: str | None) -> str:
        """Return the answer by option, else asked for until it can be, else the usual one. Raises Refused."""
        if given is None and not self.asks:
            if default is None:
                raise CommandError(f"--{option.replace('_', '-')} is missing: {question[0].lower()}{question[1:]}.")
            given = default
        if given is not None:
            setting_up.check(**{argument: given})
            return given.strip()
        prompt = f"{question}{f' [{default}]' if default else ''}: "
        return self.ask(
            lambda: input(prompt).strip() or default or "", lambda text: setting_up.check(**{argument: text})
        )

    def password(self, options: dict[str, Any], values: dict[str, str]) -> str:
        """Return the password from where the options say, else asked for twice without showing it. Raises Refused."""

        def check(password: str) -> None:
            setting_up.check_password(password, email=values["administrator_email"], name=values["administrator_name"])

        if variable := options["admin_password_env"]:
            if not os.environ.get(variable):
                raise CommandError(f"--admin-password-env names {variable}, and there is nothing in it.")
            check(os.environ[variable])
            return os.environ[variable]
        if options["admin_password_stdin"]:
            password = sys.stdin.readline().rstrip("\r\n")
            check(password)
            return password
        if not self.asks:
            raise CommandError(
                "The administrator's password is missing: --admin-password-env or --admin-password-stdin."
            )

        def twice() -> str:
            password = getpass.getpass("The administrator's password (at least 12 characters): ")
            while getpass.getpass("Once more: ") != password:
                self.stderr.write("The two are not the same.")
                password = getpass.getpass("The administrator's password (at least 12 characters): ")
            return password

        return self.ask(twice, check)

    def ask(self, question: Callable[[], str], check: Callable[[str], None]) -> str:
        """Ask until the answer passes the check."""
        while True:
            text = question()
            try:
                check(text)
            except setting_up.AlreadySetUp:
                raise
            except Refused as refusal:
                self.stderr.write(str(refusal))
            else:
                return text
