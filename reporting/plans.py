"""The states of an action («tiltak»), when it is late, when somebody is reminded of it, and what its target asks. Pure.

What is done about a weak result is an `Initiative` in the code: an «action» is a function that writes (`reporting/actions/`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.scales import Direction

LONGEST_PLAN = 20
"""Years ahead for which a target can be set."""

LONGEST_INPUT = 2000
MOST_INPUTS = 100
"""Of one sending of the form: more than a long meeting writes down."""


class Status(models.TextChoices):
    PLANNED = "planned", _("Planned")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Carried out")
    DROPPED = "dropped", _("Dropped")


OPEN = frozenset({Status.PLANNED, Status.UNDER_WAY})
FOLLOWS: dict[str, tuple[Status, ...]] = {
    Status.PLANNED: (Status.UNDER_WAY, Status.DONE, Status.DROPPED),
    Status.UNDER_WAY: (Status.DONE, Status.DROPPED),
    Status.DONE: (Status.UNDER_WAY,),
    Status.DROPPED: (Status.PLANNED, Status.UNDER_WAY),
}
"""What an action may become from what it is."""


class Origin(models.TextChoices):
    """What made somebody plan it."""

    THEME = "theme", _("The same weakness from several sides")
    SURVEY = "survey", _("A survey")
    ASSESSMENT = "assessment", _("An assessment")
    INDICATOR = "indicator", _("An indicator")
    OVERDUE = "overdue", _("Overdue lists")
    MEETING = "meeting", _("A meeting")


class MeetingKind(models.TextChoices):
    """Kristiansund has user councils at its units, and dialogue meetings between them and the elected committees."""

    USER_COUNCIL = "user_council", _("User council")
    DIALOGUE = "dialogue", _("Dialogue meeting")
    RESIDENTS = "residents", _("Residents' meeting")
    OTHER = "other", _("Another meeting")


class Reminder(models.TextChoices):
    """Why somebody is reminded."""

    BEFORE = "before", _("due soon")
    PASSED = "passed", _("past its deadline")
    QUIET = "quiet", _("nothing written for long")


def is_late(status: str, due_on: date, today: date) -> bool:
    return status in OPEN and due_on < today


def reminders_due(
    status: str, due_on: date, last_word_on: date, today: date, *, before: int, quiet: int
) -> list[tuple[Reminder, str]]:
    """Return why somebody is to be reminded on the local day `today`, each with the key under which that is done once.

    `before` is how many days before its deadline an action is reminded of (0: not before it has passed), `quiet` how many
    without a word it is asked after, and again each time that so many have passed (0: never). A deadline that is moved is
    reminded of anew. A day on which nobody looked is made up on the next.
    """
    if status not in OPEN:
        return []
    found = []
    if due_on < today:
        found.append((Reminder.PASSED, f"{Reminder.PASSED}:{due_on}"))
    elif before and due_on - today <= timedelta(days=before):
        found.append((Reminder.BEFORE, f"{Reminder.BEFORE}:{due_on}"))
    times = (today - last_word_on).days // quiet if quiet else 0
    if times >= 1:
        found.append((Reminder.QUIET, f"{Reminder.QUIET}:{last_word_on}:{times}"))
    return found


def is_reached(value: Decimal, target: Decimal, direction: str, before: Decimal | None) -> bool:
    """Whether `value`, rounded as it is shown, has come to the target. Where neither direction is better, the target is
    reached from the side on which the figure stood before."""
    if direction == Direction.HIGHER:
        return value >= target
    if direction == Direction.LOWER:
        return value <= target
    if before is None or before == target:
        return value == target
    return value >= target if target > before else value <= target


def currency_of(country: str) -> str:
    """Return the currency in which the municipality writes its budget."""
    return "SEK" if country == "SE" else "NOK"


def split_inputs(typed: str) -> Sequence[str]:
    """Return what was said, one by one: a paragraph each where there are empty lines, else a line each. Signs of a list
    at the beginning («- », «• », «3. ») are left out."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    parts = re.split(r"\n[ \t]*\n", text) if re.search(r"\n[ \t]*\n", text.strip()) else text.split("\n")
    found = (re.sub(r"^(?:[-–•*]|\d{1,2}[.)])\s+", "", part.strip()) for part in parts)
    return [part for part in found if part]
