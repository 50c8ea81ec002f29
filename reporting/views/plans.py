"""Actions: the list, one with its course and effect, planning and following up, and the list for the budget."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.models import Person, Unit
from organisation.permissions import Permission
from organisation.queries import grants_of
from organisation.views.access import person_who_may
from organisation.views.answering import answer, do
from organisation.views.downloads import as_download
from reporting.actions import initiatives as actions
from reporting.budget_files import Budget, budget_of, write_csv, write_xlsx
from reporting.effects import lines_of
from reporting.forms.plans import EvidenceLinkForm, FollowUpForm, PlanForm, WhichForm
from reporting.models import Initiative, MeetingInput
from reporting.plan_queries import (
    IS_OPEN,
    count_kinds,
    for_the_budget,
    history_of,
    initiative_for,
    initiatives_for,
    input_numbered,
    inputs_behind,
    is_late,
    is_mine,
    is_responsible,
    last_words_on,
    of_own_units,
    units_to_plan_for,
)
from reporting.plans import Origin, Status, currency_of
from reporting.queries import indicator_called, unit_of_code, values_by_year
from reporting.rules import may_follow_up, may_plan
from reporting.views.access import SECTION, reading
from reporting.views.plan_parts import chart_of, timeline
from reporting.views.sending import sent

PART = SECTION | {"part": "actions"}
ON_A_PAGE = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _language() -> str:
    return get_language() or "nb"


def _currency(request: HttpRequest) -> str:
    return currency_of(request.municipality.country)  # type: ignore[attr-defined]


def seeing(request: HttpRequest) -> Person:
    """Return who is signed in, if they see figures, or are responsible for an action (403 if not)."""
    person = request.user
    if not isinstance(person, Person):
        raise PermissionDenied
    if grants_of(person).somewhere(Permission.SEE_ACTIONS) or is_responsible(person):
        return person
    raise PermissionDenied


def action_for(request: HttpRequest, pk: int) -> tuple[Person, Initiative]:
    """Return who is signed in and the action, if they may see it. One they may not see is not there (404)."""
    person = seeing(request)
    found = initiative_for(person, pk)
    if found is None:
        raise Http404
    return person, found


@login_required
@never_cache
@require_safe
def action_list(request: HttpRequest) -> HttpResponse:
    """Show the actions: mine, my units' or all, by theme and status; the late ones first."""
    person, today = seeing(request), timezone.localdate()
    seen, grants = initiatives_for(person), grants_of(person)
    own = of_own_units(grants.units_with(Permission.PLAN_ACTIONS))
    kinds = {"unit": own, "mine": is_mine(person), "all": Q()}
    sees_all = grants.somewhere(Permission.SEE_ACTIONS)
    usual = "unit" if grants.units_with(Permission.PLAN_ACTIONS) else "all" if sees_all else "mine"
    whose = request.GET.get("whose", "") if request.GET.get("whose") in kinds else usual
    form = WhichForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    found = seen.filter(kinds[whose], _by_status(chosen.get("status") or "", today))
    for name in ("theme", "unit"):
        if chosen.get(name):
            found = found.filter(**{name: chosen[name]})
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    words = last_words_on(rows)
    context = PART | {
        "page": page,
        "rows": [
            (row, row.due_on < today and row.status in (Status.PLANNED, Status.UNDER_WAY), words.get(row.pk))
            for row in rows
        ],
        "counts": count_kinds(seen, person, own, today),
        "whose": whose,
        "own_units": usual == "unit",
        "sees_all": sees_all,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in ("theme", "status", "unit")),
        "may_plan": may_plan(person),
    }
    return render(request, "reporting/actions/list.html", context)


def _by_status(status: str, today: Any) -> Q:
    if status == "late":
        return is_late(today)
    if status == "all":
        return Q()
    return Q(status=status) if status else IS_OPEN


def _page(request: HttpRequest, person: Person, found: Initiative, **forms: Any) -> HttpResponse:
    language, today = _language(), timezone.localdate()
    [line] = lines_of([found], today)
    name = found.indicator.name_in(language) if found.indicator else ""
    may_write = may_plan(person, found.unit_id)
    context = PART | {
        "action": found,
        "late": line.late,
        "is_ended": found.ended_on is not None,
        "effect": line.effect,
        "indicator_name": name,
        "chart": chart_of(found, line.effect, name) if line.effect else None,
        "steps": timeline(history_of(found), language, timezone.get_current_timezone()),
        "evidence": list(found.evidence.select_related("added_by")),
        "said_in": inputs_behind(found),
        "currency": _currency(request),
        "may_write": may_write,
        "may_follow": may_follow_up(person, found),
        "sees_all": grants_of(person).somewhere(Permission.SEE_ACTIONS),
        "follow_form": FollowUpForm(initiative=found),
        "evidence_form": EvidenceLinkForm(),
    }
    return render(request, "reporting/actions/action.html", context | forms, status=422 if forms else 200)


@login_required
@never_cache
@require_safe
def action(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one action: what is planned, what was written since, and the figure before and after."""
    return _page(request, *action_for(request, pk))


def _following(request: HttpRequest, pk: int) -> tuple[Person, Initiative]:
    person, found = action_for(request, pk)
    if not may_follow_up(person, found):
        raise PermissionDenied
    return person, found


@login_required
@require_POST
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Write how it goes, with a new status or deadline where there is one."""
    person, found = _following(request, pk)
    form = FollowUpForm(request.POST, initiative=found)
    now, today = timezone.now(), timezone.localdate()
    return sent(
        request,
        form,
        lambda: actions.follow_up(found, form.said(), by=person, now=now, today=today),
        lambda: _page(request, person, found, follow_form=form),
        done=_("The follow-up is written down."),
        to=reverse("reporting:action", args=[pk]),
    )


@login_required
@require_POST
def add_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what shows that something was done."""
    person, found = _following(request, pk)
    form = EvidenceLinkForm(request.POST, request.FILES)
    return sent(
        request,
        form,
        lambda: actions.add_evidence(
            found,
            text=form.cleaned_data["evidence"],
            url=form.cleaned_data["url"],
            upload=form.cleaned_data["upload"],
            by=person,
            now=timezone.now(),
        ),
        lambda: _page(request, person, found, evidence_form=form),
        done=_("The evidence is added."),
        to=reverse("reporting:action", args=[pk]),
    )


@login_required
@require_safe
def evidence_file(request: HttpRequest, pk: int, item: int) -> HttpResponseBase:
    """Hand out a file that shows that something was done."""
    _person, found = action_for(request, pk)
    kept = found.evidence.filter(pk=item).exclude(file="").first()
    if kept is None:
        raise Http404
    return as_download(kept.file, name=kept.name, content_type=kept.content_type)


@login_required
@require_POST
def remove_evidence(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Take one piece of evidence away."""
    person, found = _following(request, pk)
    return do(
        request,
        lambda: actions.take_evidence_away(found, item, by=person, now=timezone.now()),
        done=_("The evidence is taken away."),
        to=reverse("reporting:action", args=[pk]),
    )


@login_required
@require_POST
def remove_note(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Take what was written at a follow-up away."""
    person, found = _following(request, pk)
    return do(
        request,
        lambda: actions.take_note_away(found, item, by=person, now=timezone.now()),
        done=_("What was written is taken away."),
        to=reverse("reporting:action", args=[pk]),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_action(request: HttpRequest) -> HttpResponse:
    """Plan an action. `?theme=KEY&indicator=KEY&unit=CODE&title=` are what the form begins with, `?input=ID` what was said
    in a meeting."""
    person = person_who_may(request, Permission.PLAN_ACTIONS)
    units, said = units_to_plan_for(person), _input(request)
    now, today, made = timezone.now(), timezone.localdate(), []
    form = PlanForm(
        request.POST or None, units=units, this_year=today.year, currency=_currency(request),
        initial=_first(request, units, said),
    )  # fmt: skip

    def act() -> None:
        made.append(actions.plan_initiative(form.plan(), by=person, now=now, today=today, meeting_input=said))

    response = answer(
        request,
        form,
        act,
        template="reporting/actions/edit.html",
        context=lambda: PART | {"title": _("Plan an action"), "button": _("Plan the action"), "said": said},
        done=_("The action is planned."),
        to=reverse("reporting:actions"),
    )
    return redirect("reporting:action", pk=made[0].pk) if made else response


def _input(request: HttpRequest) -> MeetingInput | None:
    """What was said in a meeting and is to become the action; None where nothing is asked for (404 for what is not there)."""
    asked = request.GET.get("input", "")
    if not asked:
        return None
    found = input_numbered(int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    if found is None:
        raise Http404
    return found


def _first(request: HttpRequest, units: list[Unit], said: MeetingInput | None) -> dict[str, Any]:
    """What the form begins with. What the address names and is not there is left out."""
    asked = {
        name: request.GET.get(name, "")[:250] for name in ("theme", "indicator", "unit", "place", "title", "source")
    }
    first: dict[str, Any] = dict(asked)
    if said is not None:
        meeting = said.meeting
        first |= {
            "title": said.text.split("\n")[0][:150], "what": said.text, "origin": Origin.MEETING, "source": meeting.title,
            "unit": meeting.unit.code if meeting.unit else "", "theme": meeting.theme.key if meeting.theme else "",
        }  # fmt: skip
    elif request.GET.get("origin") in Origin.values:
        first["origin"] = request.GET["origin"]
    elif asked["theme"]:
        first["origin"] = Origin.THEME
    elif asked["indicator"]:
        first["origin"] = Origin.INDICATOR
    indicator, unit = indicator_called(asked["indicator"].replace("\x00", "")), unit_of_code(asked["unit"])
    if indicator and unit and not asked["place"] and values_by_year([indicator.pk], unit.pk):
        first["place"] = unit.code
    if not first["unit"] and len(units) == 1:
        first["unit"] = units[0].code
    return first


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_action(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a plan right."""
    person, found = action_for(request, pk)
    if not may_plan(person, found.unit_id):
        raise PermissionDenied
    now, today = timezone.now(), timezone.localdate()
    form = PlanForm(
        request.POST or None, units=units_to_plan_for(person), this_year=today.year, currency=_currency(request),
        initiative=found,
    )  # fmt: skip
    here = reverse("reporting:action", args=[pk])
    return answer(
        request,
        form,
        lambda: actions.change_initiative(found, form.plan(), by=person, now=now, today=today),
        template="reporting/actions/edit.html",
        context=lambda: (
            PART
            | {
                "title": found.title, "button": _("Save"), "back": here, "back_name": found.title,
            }
        ),
        done=_("Saved."),
        to=here,
    )  # fmt: skip


def _budget(request: HttpRequest) -> tuple[Budget, str, list[int]]:
    """Return the list for the budget year that is asked for («» is all), and the years there are."""
    found = list(for_the_budget())
    years = sorted({row.budget_year for row in found if row.budget_year is not None})
    asked = request.GET.get("year", "")
    year = asked if asked in {str(each) for each in years} else ""
    rows = [row for row in found if not year or str(row.budget_year) == year]
    return budget_of(rows, _currency(request)), year, years


@login_required
@never_cache
@require_safe
def budget(request: HttpRequest) -> HttpResponse:
    """Show the actions with a note for the budget, by responsible unit, with sums."""
    reading(request)
    shown, year, years = _budget(request)
    context = PART | {"budget": shown, "year": year, "years": years, "rows": list(shown.rows)}
    return render(request, "reporting/actions/budget.html", context)


@login_required
@never_cache
@require_safe
def budget_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Hand the list for the budget out as CSV or Excel."""
    reading(request)
    if form not in ("csv", "xlsx"):
        raise Http404
    shown, year, _years = _budget(request)
    name = f"{_('actions-for-the-budget')}{'-' if year else ''}{year}.{form}"
    if form == "csv":
        answered = HttpResponse(write_csv(shown, language=_language()), content_type="text/csv; charset=utf-8")
        answered["Content-Disposition"] = f'attachment; filename="{name}"'
        return answered
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    write_xlsx(shown, file, language=_language(), title=_("Actions"))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
