"""`manage.py load_demo`: the made-up municipality «Solvik», with fourteen months behind it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.load import CannotLoad, load_demo

SEED = 1


class Command(BaseCommand):
    help = (
        "Load the demonstration municipality «Solvik»: units, people, 1,891 cards over fourteen months up to today, overdue "
        "lists and escalations. Does nothing where it is loaded already, and refuses where there is a real municipality."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seed", type=int, default=SEED, help="same seed and day, same data (default: %(default)s)"
        )
        parser.add_argument(
            "--anew", action="store_true", help="throw the old demonstration away and load it for today"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say in two lines what is there."""
        try:
            loaded = load_demo(seed=options["seed"], now=timezone.now(), anew=options["anew"])
        except CannotLoad as error:
            raise CommandError(str(error)) from None
        if loaded is None:
            self.stdout.write(
                "The demonstration is loaded already. With --anew it is thrown away and loaded for today."
            )
            return
        self.stdout.write(
            f"Solvik as of {loaded.today}: {loaded.cards} cards, {loaded.events} events, {loaded.lists} overdue lists, "
            f"{loaded.escalations} escalations."
        )
        if settings.DEMONSTRATION:
            self.stdout.write(f"Everybody on the sign-in page has the password «{settings.DEMONSTRATION_PASSWORD}».")
        else:
            self.stdout.write("Nobody can sign in: demonstration logins are made only where DEMONSTRATION is on.")
