"""Service statistics: what came to the service centre and the website, and the desk's count with one press."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from organisation.errors import Refused
from organisation.permissions import Permission
from organisation.replica import figures_page
from organisation.views.access import person_who_may
from organisation.views.answering import do
from reporting.actions.desk import count_contact, uncount_contact
from reporting.measures import STATISTICS
from reporting.models import DeskContact
from reporting.queries import contacts_on, indicators, values_by_year
from reporting.rules import may_count, may_manage
from reporting.tables import Cell, cell_of, change_of
from reporting.views.access import SECTION, reading

YEARS = 4
PART = SECTION | {"part": "statistics"}
_SIGNS = {DeskContact.Way.VISIT: "⌂", DeskContact.Way.PHONE: "☎", DeskContact.Way.MAIL: "✉"}


@login_required
@never_cache
@require_safe
@figures_page
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the statistics by year, and to the desk its buttons."""
    person = reading(request)
    language, today = get_language() or "nb", timezone.localdate()
    order = {measure.key: place for place, measure in enumerate(STATISTICS)}
    found = sorted(indicators().filter(key__in=order), key=lambda indicator: order[indicator.key])
    stored = values_by_year([indicator.pk for indicator in found], None)
    years = range(today.year - YEARS + 1, today.year + 1)
    rows: list[dict[str, Any]] = []
    for indicator in found:
        cells = {year: cell_of(value, indicator) for year, value in stored.get(indicator.pk, {}).items()}
        rows.append(
            {
                "indicator": indicator,
                "name": indicator.name_in(language),
                "cells": [cells.get(year, Cell(year)) for year in years],
                "change": change_of(cells.values(), indicator),
            }
        )
    so_far = max((cell.so_far for row in rows for cell in row["cells"] if cell.so_far), default=None)
    context: dict[str, Any] = PART | {"rows": rows, "years": years, "so_far": so_far, "may_manage": may_manage(person)}
    if may_count(person):
        today_by_way = contacts_on(today, request.municipality.zone)  # type: ignore[attr-defined]
        context |= {
            "buttons": [(way, way.label, _SIGNS[way], today_by_way.get(way, 0)) for way in DeskContact.Way],
            "today": today,
            "total": sum(today_by_way.values()),
            "pressed": request.GET.get("counted", ""),
            "undo": request.session.get("desk_contact"),
        }  # fmt: skip
    return render(request, "reporting/statistics.html", context)


@login_required
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Count one contact. The session remembers the last one for a while, so that it can be taken back."""
    person = person_who_may(request, Permission.COUNT_CONTACTS)
    way = request.POST.get("way", "")
    try:
        made = count_contact(way=way, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reporting:statistics")
    request.session["desk_contact"] = {"pk": made.pk, "way": str(made.get_way_display()), "at": made.at.isoformat()}
    return redirect(f"{reverse('reporting:statistics')}?counted={way}")


@login_required
@require_POST
def uncount(request: HttpRequest) -> HttpResponse:
    """Take back the contact that this browser counted last."""
    person = person_who_may(request, Permission.COUNT_CONTACTS)
    last = request.session.pop("desk_contact", None) or {}
    return do(
        request,
        lambda: uncount_contact(int(last.get("pk", 0)), by=person, now=timezone.now()),
        done=_("Taken back."),
        to=reverse("reporting:statistics"),
    )
