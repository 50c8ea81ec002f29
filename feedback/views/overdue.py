"""The weekly overdue lists: all weeks, one week by unit, one unit's list."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from feedback.actions.listing import latest_week_to_run, run_overdue_list
from feedback.errors import Refused
from feedback.queries import (
    entries_of,
    list_of_unit,
    lists_of_week,
    masked_for,
    rows_of_entries,
    run_of_week,
    runs_for,
    with_sight,
)
from feedback.views.access import person_who_may
from feedback.views.drawing import Desk
from feedback.views.rows import SHOWN, Back, rows_of
from feedback.weeks import changes_since, is_latest, told_of_lists
from organisation.calendar import IsoWeek
from organisation.permissions import Permission
from organisation.queries import grants_of


def week_of(text: str) -> IsoWeek:
    """Read the week of an address. Raises Http404 for what is no week."""
    try:
        return IsoWeek.parse(text)
    except ValueError:
        raise Http404 from None


@login_required
@never_cache
@require_safe
def weeks(request: HttpRequest) -> HttpResponse:
    """Show the weeks that have lists, the latest first."""
    person = person_who_may(request, Permission.SEE_OVERDUE_LISTS)
    may_run = grants_of(person).allows(Permission.RUN_OVERDUE_LISTS)
    to_run = latest_week_to_run(timezone.now()) if may_run else None
    context = {"section": "overdue", "runs": runs_for(person), "to_run": to_run, "may_run": may_run}
    return render(request, "feedback/overdue/weeks.html", context)


@login_required
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Run the latest Monday's lists, if they have not been."""
    person = person_who_may(request, Permission.RUN_OVERDUE_LISTS)
    now = timezone.now()
    week = latest_week_to_run(now)
    if week is None:
        messages.info(request, _("This week's lists have been run already."))
        return redirect("feedback:overdue_weeks")
    try:
        report = run_overdue_list(now=now, by=person, week=week)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("feedback:overdue_weeks")
    said = _("The lists of week %(week)s are run: %(cards)s cards in %(units)s units.")
    messages.success(request, said % {"week": week.week, "cards": report.cards, "units": report.units})
    return redirect("feedback:overdue_week", week=str(week))


@login_required
@never_cache
@require_safe
def week(request: HttpRequest, week: str) -> HttpResponse:
    """Show one week's lists by unit, those that the person may see: who was told, and what changed since the last."""
    person = person_who_may(request, Permission.SEE_OVERDUE_LISTS)
    named = week_of(week)
    found = run_of_week(named.year, named.week)
    if found is None:
        raise Http404
    lists = list(lists_of_week(person, named.year, named.week))
    told = told_of_lists(lists)
    may_send = grants_of(person).allows(Permission.RUN_OVERDUE_LISTS)
    context = {
        "section": "overdue",
        "run": found,
        "rows": [(listed, told.get(listed.pk, [])) for listed in lists],
        "sums": {
            name: sum(getattr(listed, name) for listed in lists) for name in ("cards", "new", "repeats", "solved")
        },
        "grace_on": lists[0].grace_on if lists else None,
        "may_send": may_send and is_latest(found),
        "changes": changes_since(found, person),
    }
    return render(request, "feedback/overdue/week.html", context)


@login_required
@never_cache
@require_safe
def unit_list(request: HttpRequest, week: str, unit: str) -> HttpResponse:
    """Show one unit's list: each card, how long over and which time on the list, to be worked on in place."""
    person = person_who_may(request, Permission.SEE_OVERDUE_LISTS)
    named = week_of(week)
    listed = list_of_unit(person, named.year, named.week, unit)
    if listed is None:
        raise Http404
    entries = list(with_sight(entries_of(listed), person))
    in_sight = [entry for entry in entries if entry.in_sight]  # type: ignore[attr-defined]
    waiting = [entry for entry in in_sight if not entry.is_solved][:SHOWN]
    cards = rows_of_entries(waiting)
    masked_for(person, cards.values())
    desk, back = Desk.of(request, person), Back(request.get_full_path(), "feedback:overdue_list", named)
    by_card = {entry.card_id: entry for entry in waiting}
    context = {
        "section": "overdue",
        "list": listed,
        "entries": entries,
        "rows": rows_of([cards[entry.card_id] for entry in waiting], desk, back, entries=by_card),
        "left_out": sum(not entry.is_solved for entry in in_sight) - len(waiting),
        "solved": [entry for entry in in_sight if entry.is_solved],
        "sensitive": [entry for entry in entries if entry.card.sensitive],
        "elsewhere": [entry for entry in entries if entry not in in_sight and not entry.card.sensitive],
        "today": desk.today,
    }
    return render(request, "feedback/overdue/list.html", context)
