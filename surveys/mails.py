"""Which mails tell of what: each function returns mails for the outbox, and queues nothing itself."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from organisation.models import Municipality, Person
from organisation.outbox.queueing import Mail
from surveys.models import Survey


def next_round_due(survey: Survey, due: date, to: Person, house: Municipality) -> Mail:
    """Tell a quality adviser that the next round of a survey is due on the local day `due`."""
    context = {
        "title": survey.title(to.language),
        "due_on": due,
        "years": survey.repeats_every_years,
        "url": f"{settings.SITE_URL}/staff/surveys/{survey.code}/",
        "municipality": house,
    }
    return Mail("next_round", f"next_round:{survey.code}:{due}:{to.pk}", to.email, to.language, context)
