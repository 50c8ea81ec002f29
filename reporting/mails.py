"""Which mails tell of what: each function returns mails for the outbox, and queues nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.conf import settings

from organisation.models import Municipality
from organisation.outbox.queueing import Mail
from organisation.queries import Recipient
from reporting.models import Initiative
from reporting.plans import Reminder


class Asked(NamedTuple):
    """An action that somebody is reminded of, and why."""

    initiative: Initiative
    why: tuple[Reminder, ...]


def initiatives_due(to: Recipient, asked: Sequence[Asked], *, house: Municipality, today: date) -> Mail:
    """Remind one person of all actions that wait for a word: one mail a day, whatever their number.

    The first of them is in the key: a second run of the day has other actions, and a mail of its own."""
    first = asked[0]
    return Mail(
        kind="initiatives_due",
        dedupe_key=f"initiatives_due:{today}:{first.initiative.pk}:{first.why[0]}:{to.email}",
        to=to.email,
        language=to.language,
        context={
            "rows": [
                {
                    "initiative": each.initiative,
                    "why": each.why,
                    "url": f"{settings.SITE_URL}/staff/actions/{each.initiative.pk}/",
                }
                for each in asked
            ],
            "municipality": house,
        },
    )
