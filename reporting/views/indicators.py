"""The indicators, and what lies behind each figure of one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organisation.models import Unit
from organisation.views.answering import answer
from reporting.actions.indicators import change_indicator, create_indicator
from reporting.behind import Behind
from reporting.courses import course, thousands_for
from reporting.forms.indicators import IndicatorForm
from reporting.models import Indicator, Value
from reporting.periods import Every
from reporting.queries import (
    indicators,
    latest_counting,
    places_with_values,
    revisions,
    rows_with,
    standing_values,
    unit_of_code,
    values_by_year,
)
from reporting.rules import may_manage
from reporting.scales import Perspective
from reporting.tables import cell_of, change_of
from reporting.views.access import SECTION, indicator_of, managing, reading

SHOWN = {Every.YEAR: 15, Every.QUARTER: 12, Every.MONTH: 24}
"""How many of the latest periods a drawing shows."""
PART = SECTION | {"part": "indicators"}


@login_required
@never_cache
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Show all indicators by perspective, each with its latest figure of a year for the whole municipality."""
    person = reading(request)
    language = get_language() or "nb"
    found = list(indicators())
    values = values_by_year([indicator.pk for indicator in found], None)
    groups = [
        (
            label,
            [
                (indicator, indicator.name_in(language), _latest(values.get(indicator.pk, {})))
                for indicator in found
                if indicator.perspective == code
            ],
        )
        for code, label in Perspective.choices
    ]
    context = PART | {
        "groups": [group for group in groups if group[1]],
        "counted_at": latest_counting(),
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/indicators.html", context)


def _latest(values: dict[int, Value]) -> Value | None:
    return next((values[year] for year in sorted(values, reverse=True) if values[year].value is not None), None)


@login_required
@never_cache
@require_safe
def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """Show what lies behind an indicator's figures: how it is made, its course, each figure's number and source, and what
    stood before."""
    person = reading(request)
    found, language = indicator_of(key), get_language() or "nb"
    place = _place(request)
    every = request.GET.get("every", Every.YEAR)
    if every not in Every.values:
        raise Http404
    pk = place.pk if place else None
    values = list(standing_values([found.pk], pk, every=every))[-SHOWN[Every(every)] :]
    name = found.name_in(language)
    thousand = thousands_for(values)
    counted_at = None if found.is_typeable else latest_counting()
    context = PART | {
        "indicator": found,
        "ways": Behind(person, place, counted_at, request.municipality.zone),  # type: ignore[attr-defined]
        "name": name,
        "explanation": found.explained(language),
        "made_of": _made_of(found),
        "place": place,
        "places": places_with_values([found.pk]),
        "every": every,
        "offered": [(kind, label) for kind, label in Every.choices if kind == every or _has(found, pk, kind)],
        "values": values[::-1],
        "chart": course(found, values, language, thousand=thousand),
        "chart_title": _("%(name)s, in thousands") % {"name": name} if thousand > 1 else name,
        "change": change_of([cell_of(value, found) for value in values], found) if every == Every.YEAR else None,
        "revisions": revisions(found, pk),
        "on": [(row, row.factor.goal.scorecard.name_in(language)) for row in rows_with(found)],
        "counted_at": counted_at,
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/indicator.html", context)


def _place(request: HttpRequest) -> Unit | None:
    code = request.GET.get("unit", "")
    found = unit_of_code(code) if code else None
    if code and found is None:
        raise Http404
    return found


def _has(indicator: Indicator, place: int | None, every: str) -> bool:
    return standing_values([indicator.pk], place, every=every).exists()


def _made_of(indicator: Indicator) -> Indicator | None:
    return Indicator.objects.filter(key=indicator.formula).first() if indicator.formula else None


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_indicator(request: HttpRequest) -> HttpResponse:
    """Make an indicator."""
    person = managing(request)
    form = IndicatorForm(request.POST or None, house=request.municipality)  # type: ignore[attr-defined]
    made: list[Indicator] = []
    response = answer(
        request,
        form,
        lambda: made.append(create_indicator(**form.values(), by=person, now=timezone.now())),
        template="reporting/edit.html",
        context=lambda: PART
        | {
            "title": _("Make an indicator"), "button": _("Make the indicator"),
            "back": reverse("reporting:indicators"), "back_name": _("Indicators"),
        },
        done=_("The indicator is made."),
        to=reverse("reporting:indicators"),
    )  # fmt: skip
    return redirect("reporting:indicator", key=made[0].key) if made else response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, key: str) -> HttpResponse:
    """Change what an indicator says of itself."""
    person, found = managing(request), indicator_of(key)
    here = reverse("reporting:indicator", args=[key])
    form = IndicatorForm(request.POST or None, house=request.municipality, indicator=found)  # type: ignore[attr-defined]
    return answer(
        request,
        form,
        lambda: change_indicator(found, **form.values(), by=person, now=timezone.now()),
        template="reporting/edit.html",
        context=lambda: PART
        | {
            "title": _("Settings"), "button": _("Save"), "back": here,
            "back_name": found.name_in(get_language() or "nb"),
        },
        done=_("Saved."),
        to=here,
    )  # fmt: skip
