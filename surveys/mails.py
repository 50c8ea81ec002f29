"""The mails of surveys: the invitation and the reminder, in the language of whoever is asked."""

from __future__ import annotations

from typing import Any

from organisation.models import Municipality
from organisation.outbox.queueing import Mail
from surveys.links import answer_url
from surveys.models import Invitation, Survey
from surveys.questionnaires import text_in


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
