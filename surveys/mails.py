"""Which mails tell of what: each function returns mails for the outbox, and queues nothing itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from organisation.models import Municipality, Person
from organisation.outbox.queueing import Mail
from surveys.links import answer_url
from surveys.models import Invitation, Survey
from surveys.questionnaires import text_in


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


def invitation(survey: Survey, invited: Invitation, house: Municipality) -> Mail:
    """Ask somebody to answer. `invited.resident` must be loaded and have an e-mail address."""
    return _mail("survey_invitation", f"survey_invitation:{survey.code}:{invited.pk}", survey, invited, house)


def reminder(survey: Survey, invited: Invitation, house: Municipality, *, round: int) -> Mail:
    """Remind somebody who has not answered, for the `round`-th time."""
    return _mail("survey_reminder", f"survey_reminder:{survey.code}:{invited.pk}:{round}", survey, invited, house)


def _mail(kind: str, key: str, survey: Survey, invited: Invitation, house: Municipality) -> Mail:
    resident = invited.resident
    if resident is None:
        raise ValueError("There is nobody behind this invitation any more.")
    context: dict[str, Any] = {
        "survey": survey,
        "title": survey.title(resident.language),
        "introduction": text_in(survey.introductions, resident.language),
        "name": resident.name,
        "code": invited.code,
        "url": answer_url(invited.code),
        "stratum": bool(invited.stratum),
        "closes_at": survey.closes_at,
        "zone": house.zone,
        "municipality": house,
    }
    return Mail(kind, key, resident.email, resident.language, context)
