"""Ours beside others: an overview of many indicators, one indicator, and others' figures as they are typed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.charts import Chart, Entry, Point, Ranking, ranking, trend
from organisation.replica import figures_page
from organisation.views.answering import do
from reporting.actions.profiles import make_profile
from reporting.actions.recording import CellsRefused, record_grid
from reporting.benchmark_profiles import profiles
from reporting.benchmark_sets import ALL, PROFILE, IndicatorSet, SetPart, set_called, sets_offered
from reporting.benchmarks import Against, Benchmark, BenchmarkLine, Stated, benchmark_of, differences_to_each
from reporting.forms.benchmarks import OthersGrid
from reporting.group_queries import Places, groups, places_of, yearly_values
from reporting.models import Group, Indicator, Scorecard, Value
from reporting.periods import FIRST_YEAR
from reporting.queries import scorecards
from reporting.rules import may_manage
from reporting.scales import BOUNDS
from reporting.views.access import SECTION, indicator_of, managing, reading
from reporting.wording import value_said
from surveys.questionnaires import text_in

PART = SECTION | {"part": "benchmarks"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for: whom we stand beside, of what, in which year, and what differences are taken to."""

    groups: Sequence[Group]
    scorecards: Sequence[Scorecard]
    group: Group
    places: Places
    chosen: IndicatorSet
    year: int | None
    against: str

    def address(self, **other: Any) -> str:
        """Return the query that asks for the same, but for what is `other`."""
        asked = {"group": self.group.key, "set": self.chosen.key, "year": self.year or "", "against": self.against}
        return urlencode({name: value for name, value in (asked | other).items() if value})


def _language() -> str:
    return get_language() or "nb"


def _asked(request: HttpRequest, *, indicator: Indicator | None = None) -> Asked | None:
    """Read the address; None where there is no group at all. What there is not is not found (404)."""
    found, cards = list(groups()), list(scorecards())
    if not found:
        return None
    key = request.GET.get("group", "")
    group = next((each for each in found if each.key == key), None) if key else found[0]
    if group is None:
        raise Http404
    places = places_of(group, request.municipality.country)  # type: ignore[attr-defined]
    chosen = set_called(request.GET.get("set") or ALL, places.ids, _language(), scorecards=cards)
    against = request.GET.get("against") or Against.GROUP
    if chosen is None or against not in list(Against):
        raise Http404
    if indicator is not None and indicator.pk not in {each.pk for each in chosen.indicators}:
        chosen = IndicatorSet(ALL, "", (SetPart("", (indicator,)),))
    return Asked(found, cards, group, places, chosen, _year(request), against)


def _year(request: HttpRequest) -> int | None:
    written = request.GET.get("year", "")
    if not written:
        return None
    last = timezone.localdate().year
    if not (written.isascii() and written.isdigit() and len(written) == 4 and FIRST_YEAR <= int(written) <= last):
        raise Http404
    return int(written)


def _benchmark(request: HttpRequest, asked: Asked) -> Benchmark:
    return benchmark_of(
        asked.group, asked.chosen, house=request.municipality,  # type: ignore[attr-defined]
        language=_language(), year=asked.year, against=asked.against, places=asked.places,
    )  # fmt: skip


def _choices(asked: Asked, shown: Benchmark) -> dict[str, Any]:
    """What the page can be asked for."""
    language = _language()
    this = {shown.year} if shown.year else set()
    return {
        "asked": asked,
        "groups": [(group.key, group.name_in(language)) for group in asked.groups],
        "sets": [(ALL, _("All with figures of others")), *sets_offered(asked.scorecards, language)],
        "years": sorted({*shown.known_years, *this}, reverse=True),
        "againsts": [(Against.GROUP, _("The group's mean")), (Against.COUNTRY, _("The country"))],
        "here": asked.address(year=shown.year or ""),
    }


@login_required
@never_cache
@require_safe
@figures_page
def overview(request: HttpRequest) -> HttpResponse:
    """Show where we are over and under the mean, and then every figure beside the others'."""
    person = reading(request)
    asked = _asked(request)
    if asked is None:
        return render(request, "reporting/benchmarks.html", PART | {"may_manage": may_manage(person)})
    shown = _benchmark(request, asked)
    profile = asked.chosen.profile
    context = (
        PART
        | _choices(asked, shown)
        | {
            "shown": shown,
            "note": text_in(profile.notes, _language()) if profile else "",
            "profile": profile,
            "may_manage": may_manage(person),
        }
    )
    return render(request, "reporting/benchmarks.html", context)


@login_required
@require_POST
def make_indicators(request: HttpRequest, key: str) -> HttpResponse:
    """Make a profile's indicators that are missing."""
    person = managing(request)
    profile = profiles().get(key)
    if profile is None:
        raise Http404
    return do(
        request,
        lambda: make_profile(profile, by=person, now=timezone.now()),
        done=_("The indicators are made. Now they can be given figures."),
        to=f"{reverse('reporting:benchmarks')}?{urlencode({'set': f'{PROFILE}:{key}'})}",
    )


@login_required
@never_cache
@require_safe
@figures_page
def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """Show one indicator: every municipality with ours marked, and the course beside the group's and the country's."""
    person, found = reading(request), indicator_of(key)
    asked = _asked(request, indicator=found)
    if asked is None:
        return redirect("reporting:benchmarks")
    shown = _benchmark(request, asked)
    line = shown.line(key)
    context = PART | _choices(asked, shown) | {
        "shown": shown, "indicator": found, "name": found.name_in(_language()),
        "explanation": found.explained(_language()), "line": line, "may_manage": may_manage(person),
    }  # fmt: skip
    if line is not None:
        differences = differences_to_each(line)
        chart = _ranking(line)
        context |= {
            "chart": chart,
            "rows": [
                (bar, stated, line.rank_of(stated), differences.get(stated.place.pk or 0))
                for bar, stated in zip(chart.bars, line.all, strict=True)
            ],
            "source": _one_source(line),
            "trend": _trend(line, shown),
            "trend_title": _("%(name)s, in thousands") % {"name": line.name} if _thousand(line) > 1 else line.name,
        }
    return render(request, "reporting/benchmark.html", context)


def _ranking(line: BenchmarkLine) -> Ranking:
    indicator = line.indicator
    low, high = BOUNDS.get(indicator.scale, (Decimal(0), None))
    return ranking(
        [Entry(row.place.name, _float(row.value), _words(row, indicator), row.is_ours) for row in line.all],
        mean=_float(line.mean),
        middle=(float(line.cut.lower), float(line.cut.upper)) if line.cut else None,
        bottom=float(low),
        top=None if high is None else float(high),
    )


def _one_source(line: BenchmarkLine) -> Stated | None:
    """A figure of the one source and day that all of them are from; None where they are from several."""
    known = {(row.source, row.measured_on): row for row in line.all if row.standing}
    return next(iter(known.values())) if len(known) == 1 and next(iter(known))[0] else None


def _words(row: Stated, indicator: Indicator) -> str:
    return "" if row.value is None else value_said(row.value, indicator.scale, indicator.decimals, _language())


def _float(value: Decimal | None) -> float | None:
    return None if value is None else int(value) if value == int(value) else float(value)


def _trend(line: BenchmarkLine, shown: Benchmark) -> Chart | None:
    """The course of ours, the group's mean and the country's; None with fewer than two years."""
    known = [year for year in line.years if (year.ours, year.mean, year.country) != (None, None, None)]
    if len(known) < 2:
        return None
    low, high = BOUNDS.get(line.indicator.scale, (Decimal(0), None))
    years = [year for year in line.years if year.year >= known[0].year]
    thousand = _thousand(line)
    series = [
        (name, [Point(str(year.year), None if value is None else _float(value / thousand)) for year, value in values])
        for name, values in (
            (shown.our_name, [(year, year.ours) for year in years]),
            (_("The group's mean"), [(year, year.mean) for year in years]),
            (_("The country"), [(year, year.country) for year in years]),
        )
        if any(value is not None for _year_of, value in values)
    ]
    (name, first), *others = series
    return trend(
        first, *others, name=name, bottom=float(low), top=None if high is None else float(high), joined=True
    )  # fmt: skip


def _thousand(line: BenchmarkLine) -> int:
    """What the drawing's figures are divided by: as many zeros as there is room for beside it."""
    known = [each for year in line.years for each in (year.ours, year.mean, year.country) if each is not None]
    return 1000 if max(known, default=0) >= 10_000 else 1


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: HttpRequest, key: str) -> HttpResponse:
    """Type the figures of a group's municipalities and of the country in one year. One that cannot be: nothing is written."""
    person, found = managing(request), indicator_of(key)
    asked = _asked(request, indicator=found)
    if asked is None:
        raise Http404
    this_year = timezone.localdate().year
    year = asked.year or this_year - 1
    places = [*asked.places.members, *asked.places.country]
    stored = _stored(found, asked.places, year)
    grid = OthersGrid(found, year, places, stored, language=_language(), data=request.POST or None)
    status = 200
    if request.method == "POST":
        status, cells = 422, grid.cells()
        if not grid.errors:
            try:
                done = record_grid(cells, by=person, now=timezone.now(), this_year=this_year)
            except CellsRefused as refused:
                grid.refuse(refused.cells, stored)
            else:
                _tell(request, done.new + done.changed)
                query = asked.address(year=year)
                return redirect(f"{reverse('reporting:benchmark', args=[key])}?{query}")
    context = PART | {
        "grid": grid, "indicator": found, "name": found.name_in(_language()), "asked": asked, "year": year,
        "years": range(this_year, this_year - 10, -1), "group_name": asked.group.name_in(_language()),
        "here": asked.address(year=year),
    }  # fmt: skip
    return render(request, "reporting/benchmark_figures.html", context, status=status)


def _stored(indicator: Indicator, places: Places, year: int) -> dict[int, Value]:
    values = yearly_values([indicator.pk], places.ids).filter(year=year, elsewhere__isnull=False)
    return {value.elsewhere_id: value for value in values if value.elsewhere_id is not None}


def _tell(request: HttpRequest, number: int) -> None:
    if number:
        said = ngettext("%(n)s figure is saved.", "%(n)s figures are saved.", number) % {"n": number}
        messages.success(request, said)
    else:
        messages.info(request, _("Nothing was changed."))
