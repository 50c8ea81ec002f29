"""The list of surveys, and one survey's own page: where it stands, what is next, and the way to its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.permissions import Permission
from organisation.queries import grants_of
from organisation.views.access import person_who_may
from surveys.intervals import TOLD_BEFORE
from surveys.models import Survey
from surveys.queries import all_surveys, next_round
from surveys.questionnaires import Stage
from surveys.rules import SEEING_SURVEYS, may_manage, may_type


@dataclass(frozen=True)
class Step:
    """One stage of a survey's life, as the line of steps shows it."""

    name: Any
    done: bool
    current: bool
    at: datetime | None = None
    note: str = ""


@login_required
@never_cache
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """Show all surveys, the newest first, each with its stage and when its next round is due."""
    person = person_who_may(request, *SEEING_SURVEYS)
    zone, language = request.municipality.zone, get_language() or "nb"  # type: ignore[attr-defined]
    rows = [
        {"survey": survey, "title": survey.title(language)} | _next_round(next_round(survey, zone))
        for survey in all_surveys()
    ]
    context = {
        "section": "surveys",
        "rows": rows,
        "due": [row for row in rows if row["soon"]],
        "may_manage": may_manage(person),
    }
    return render(request, "surveys/building/surveys.html", context)


def _next_round(on: date | None) -> dict[str, Any]:
    return {"next_on": on, "soon": on is not None and on - TOLD_BEFORE <= timezone.localdate()}


@login_required
@never_cache
@require_safe
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """Show one survey: its stage, what is next, and its parts."""
    person = person_who_may(request, *SEEING_SURVEYS)
    found = get_object_or_404(all_surveys(), code=code)
    grants, language = grants_of(person), get_language() or "nb"
    later = next(iter(found.later.all()), None)
    context = {
        "section": "surveys",
        "survey": found,
        "title": found.title(language),
        "steps": _steps(found),
        "later": later and {"code": later.code, "title": later.title(language)},
        "previous": found.previous and {"code": found.previous.code, "title": found.previous.title(language)},
        "may_manage": may_manage(person),
        "may_type": may_type(person) and found.stage == Stage.FIELDED,
        "may_read": any(grants.somewhere(held) for held in (Permission.SEE_SURVEYS, Permission.MANAGE_SURVEYS)),
        **_next_round(next_round(found, request.municipality.zone)),  # type: ignore[attr-defined]
    }
    return render(request, "surveys/building/survey.html", context)


def _steps(survey: Survey) -> list[Step]:
    order = list(Stage)
    now = order.index(Stage(survey.stage))
    moments = {Stage.DRAFT: survey.created_at, Stage.FIELDED: survey.fielded_at, Stage.CLOSED: survey.closed_at}
    names = {
        Stage.DRAFT: _("The questions"), Stage.FIELDED: _("Sent out"), Stage.CLOSED: _("Closed"),
        Stage.PUBLISHED: _("Published"),
    }  # fmt: skip
    over = survey.stage == Stage.PUBLISHED
    return [
        Step(names[stage], done=over or place < now, current=place == now and not over, at=moments.get(stage))
        for place, stage in enumerate(order)
    ]
