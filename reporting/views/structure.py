"""Making a scorecard: its name, goals, success factors, indicators, and what is asked of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.errors import Refused
from organisation.views.answering import answer, do, show_refusal
from reporting.actions import scorecards as actions
from reporting.forms.scorecards import FactorForm, GoalForm, LimitsForm, NoteForm, RowForm, ScorecardForm
from reporting.models import Goal, Scorecard, ScorecardRow, SuccessFactor, Threshold
from reporting.tables import table_of
from reporting.views.access import SECTION, managing, scorecard_of
from surveys.questionnaires import text_in

Part = Goal | SuccessFactor | ScorecardRow


def _goal(scorecard: Scorecard, pk: int) -> Goal:
    return get_object_or_404(Goal, scorecard=scorecard, pk=pk)


def _factor(scorecard: Scorecard, pk: int) -> SuccessFactor:
    return get_object_or_404(SuccessFactor.objects.select_related("goal"), goal__scorecard=scorecard, pk=pk)


def _row(scorecard: Scorecard, pk: int) -> ScorecardRow:
    rows = ScorecardRow.objects.select_related("indicator", "factor__goal")
    return get_object_or_404(rows, factor__goal__scorecard=scorecard, pk=pk)


_PARTS: dict[str, Callable[[Scorecard, int], Part]] = {"goals": _goal, "factors": _factor, "rows": _row}


def _part(key: str, kind: str, pk: int) -> Part:
    if kind not in _PARTS:
        raise Http404
    return _PARTS[kind](scorecard_of(key), pk)


def _structure(key: str) -> str:
    return reverse("reporting:structure", args=[key])


def _page(title: str, *, back: str, back_name: str, button: str, **more: Any) -> dict[str, Any]:
    return (
        SECTION | {"part": "scorecards", "title": title, "back": back, "back_name": back_name, "button": button} | more
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_scorecard(request: HttpRequest) -> HttpResponse:
    """Make a scorecard; its goals come next."""
    person = managing(request)
    form = ScorecardForm(request.POST or None, house=request.municipality)  # type: ignore[attr-defined]
    made: list[Scorecard] = []
    response = answer(
        request,
        form,
        lambda: made.append(actions.create_scorecard(**form.values(), by=person, now=timezone.now())),
        template="reporting/edit.html",
        context=lambda: _page(
            _("Make a scorecard"),
            back=reverse("reporting:scorecards"),
            back_name=_("Scorecards"),
            button=_("Make the scorecard"),
        ),
        done=_("The scorecard is made. Now its goals."),
        to=reverse("reporting:scorecards"),
    )
    return redirect("reporting:structure", key=made[0].key) if made else response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, key: str) -> HttpResponse:
    """Rename a scorecard, say of whom it is, or take it away."""
    person, found = managing(request), scorecard_of(key)
    house = request.municipality  # type: ignore[attr-defined]
    form = ScorecardForm(request.POST or None, house=house, scorecard=found)
    return answer(
        request,
        form,
        lambda: actions.change_scorecard(found, **form.values(), by=person, now=timezone.now()),
        template="reporting/edit.html",
        context=lambda: _page(
            _("Settings"),
            back=_structure(key),
            back_name=found.name_in(get_language() or "nb"),
            button=_("Save"),
            take_away=reverse("reporting:remove_scorecard", args=[key]),
            take_away_name=_("Take the scorecard away"),
            take_away_words=_("Indicators and their figures stay. The scorecard itself cannot be had back."),
        ),
        done=_("Saved."),
        to=_structure(key),
    )


@login_required
@require_POST
def remove_scorecard(request: HttpRequest, key: str) -> HttpResponse:
    """Take a scorecard away."""
    person, found = managing(request), scorecard_of(key)
    return do(
        request,
        lambda: actions.remove_scorecard(found, by=person, now=timezone.now()),
        done=_("The scorecard is taken away. The figures stay."),
        to=reverse("reporting:scorecards"),
    )


@login_required
@never_cache
@require_safe
def structure(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a scorecard is made of, each part with the way to change it."""
    managing(request)
    found = scorecard_of(key)
    language = get_language() or "nb"
    table = table_of(found, place=found.unit, years=[timezone.localdate().year], language=language)
    context = SECTION | {"part": "scorecards", "scorecard": found, "table": table, "moved": request.GET.get("moved")}
    return render(request, "reporting/structure.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_goal(request: HttpRequest, key: str) -> HttpResponse:
    """Add a main goal."""
    person, found = managing(request), scorecard_of(key)
    form = GoalForm(request.POST or None, house=request.municipality)  # type: ignore[attr-defined]
    return _edited(
        request, key, form, lambda: actions.add_goal(found, **form.values(), by=person, now=timezone.now()),
        title=_("Add a main goal"), button=_("Add"),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Change a main goal, or take it away."""
    person, found = managing(request), _goal(scorecard_of(key), pk)
    form = GoalForm(request.POST or None, house=request.municipality, goal=found)  # type: ignore[attr-defined]
    return _edited(
        request, key, form, lambda: actions.change_goal(found, **form.values(), by=person, now=timezone.now()),
        title=_("Main goal"), button=_("Save"), kind="goals", pk=pk,
        take_away_words=_("Its success factors go too. Figures stay."),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_factor(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Add a success factor under a goal."""
    person, above = managing(request), _goal(scorecard_of(key), pk)
    form = FactorForm(request.POST or None, house=request.municipality)  # type: ignore[attr-defined]
    return _edited(
        request, key, form, lambda: actions.add_factor(above, **form.values(), by=person, now=timezone.now()),
        title=_("Add a success factor"), button=_("Add"), under=text_in(above.texts, get_language() or "nb"),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Change a success factor, or take it away."""
    person, found = managing(request), _factor(scorecard_of(key), pk)
    form = FactorForm(request.POST or None, house=request.municipality, factor=found)  # type: ignore[attr-defined]
    return _edited(
        request, key, form, lambda: actions.change_factor(found, **form.values(), by=person, now=timezone.now()),
        title=_("Success factor"), button=_("Save"), kind="factors", pk=pk,
        take_away_words=_("Its indicators leave the scorecard. Figures stay."),
    )  # fmt: skip


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_row(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Put an indicator under a success factor; what is asked of it comes next."""
    person, above = managing(request), _factor(scorecard_of(key), pk)
    language = get_language() or "nb"
    form = RowForm(request.POST or None, language=language)
    made: list[ScorecardRow] = []
    response = _edited(
        request, key, form,
        lambda: made.append(actions.add_row(above, **form.cleaned_data, by=person, now=timezone.now())),
        title=_("Add an indicator"), button=_("Add"), under=text_in(above.texts, language),
        done=_("The indicator is added. Now what is asked of it."),
    )  # fmt: skip
    return redirect("reporting:row", key=key, pk=made[0].pk) if made else response


def _edited(
    request: HttpRequest, key: str, form: forms.Form, act: Callable[[], object], *, title: str, button: str,
    kind: str = "", pk: int = 0, done: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    """Answer the form of one part of a scorecard; `kind` and `pk` name the part where it can be taken away."""
    if kind:
        more |= {
            "take_away": reverse("reporting:remove_part", args=[key, kind, pk]),
            "take_away_name": _("Take it away"),
        }
    return answer(
        request,
        form,
        act,
        template="reporting/edit.html",
        context=lambda: _page(
            title,
            back=_structure(key),
            back_name=scorecard_of(key).name_in(get_language() or "nb"),
            button=button,
            **more,
        ),
        done=done or _("Saved."),
        to=_structure(key),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What is asked of an indicator on a scorecard, year by year, and the note beside it."""
    person, found = managing(request), _row(scorecard_of(key), pk)
    house, now = request.municipality, timezone.now()  # type: ignore[attr-defined]
    asking = request.POST.get("do") == "limits"
    limits = LimitsForm(
        request.POST if asking else None, scale=found.indicator.scale, this_year=timezone.localdate().year
    )
    note = NoteForm(request.POST if request.method == "POST" and not asking else None, house=house, note=found.note)
    status = 422 if request.method == "POST" else 200
    try:
        if limits.is_bound and limits.is_valid() and (asked := limits.limits()) is not None:
            actions.set_limits(found, asked, by=person, now=now)
            return redirect("reporting:row", key=key, pk=pk)
        if note.is_bound and note.is_valid():
            actions.change_row(found, **note.values(), by=person, now=now)
            return redirect("reporting:structure", key=key)
    except Refused as refusal:
        show_refusal(limits if asking else note, refusal)
    language = get_language() or "nb"
    context = SECTION | {
        "part": "scorecards", "scorecard": found.factor.goal.scorecard, "row": found, "form": limits, "note_form": note,
        "name": found.indicator.name_in(language), "under": text_in(found.factor.texts, language),
        "thresholds": [(threshold, threshold.limits) for threshold in found.thresholds.all()],
    }  # fmt: skip
    return render(request, "reporting/row.html", context, status=status)


@login_required
@require_POST
def remove_limits(request: HttpRequest, key: str, pk: int, limits: int) -> HttpResponse:
    """Take limits away: earlier ones hold again."""
    person, found = managing(request), _row(scorecard_of(key), pk)
    threshold = get_object_or_404(Threshold.objects.select_related("row__indicator"), row=found, pk=limits)
    return do(
        request,
        lambda: actions.remove_part(threshold, by=person, now=timezone.now()),
        done=_("The limits are taken away."),
        to=reverse("reporting:row", args=[key, pk]),
    )


@login_required
@require_POST
def remove_part(request: HttpRequest, key: str, kind: str, pk: int) -> HttpResponse:
    """Take a goal, a success factor or an indicator off the scorecard."""
    person, found = managing(request), _part(key, kind, pk)
    return do(
        request,
        lambda: actions.remove_part(found, by=person, now=timezone.now()),
        done=_("It is taken away. Figures stay."),
        to=_structure(key),
    )


@login_required
@require_POST
def move_part(request: HttpRequest, key: str, kind: str, pk: int) -> HttpResponse:
    """Move a part up or down among its neighbours."""
    person, found = managing(request), _part(key, kind, pk)
    up = request.POST.get("way") == "up"
    return do(
        request,
        lambda: actions.move_part(found, up=up, by=person, now=timezone.now()),
        done="",
        to=f"{_structure(key)}?moved={pk}-{'up' if up else 'down'}",
    )
