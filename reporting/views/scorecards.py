"""The list of scorecards, and one scorecard as a table."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.replica import figures_page
from reporting.behind import Behind
from reporting.forms.scorecards import TableForm
from reporting.queries import places_with_indicators_of, scorecards
from reporting.rules import may_manage
from reporting.tables import table_of
from reporting.views.access import SECTION, reading, scorecard_of


@login_required
@never_cache
@require_safe
def scorecard_list(request: HttpRequest) -> HttpResponse:
    """Show all scorecards."""
    person = reading(request)
    language = get_language() or "nb"
    rows = [(each, each.name_in(language)) for each in scorecards()]
    return render(
        request,
        "reporting/scorecards.html",
        SECTION | {"part": "scorecards", "rows": rows, "may_manage": may_manage(person)},
    )


@login_required
@never_cache
@require_safe
@figures_page
def scorecard(request: HttpRequest, key: str) -> HttpResponse:
    """Show one scorecard: what is asked, the results of the years, the change since the one measured before."""
    person = reading(request)
    found = scorecard_of(key)
    form = TableForm(
        request.GET or None,
        scorecard=found,
        places=places_with_indicators_of(found),
        this_year=timezone.localdate().year,
    )
    is_wrong = form.is_bound and not form.is_valid()
    table = table_of(found, place=form.place(), years=form.years(), language=get_language() or "nb")
    context = SECTION | {
        "part": "scorecards",
        "scorecard": found,
        "table": table,
        "form": form,
        "ways": Behind(person, table.place, table.counted_at, request.municipality.zone),  # type: ignore[attr-defined]
        "tally": list(table.tally().items()),
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/scorecard.html", context, status=422 if is_wrong else 200)
