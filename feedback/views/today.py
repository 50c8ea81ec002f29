"""«Ring today»: whom the units' people are to ring, the next deadline first, each card worked on in place."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.queries import counts_by_unit, for_rows, mine, open_cards, open_to, to_ring
from feedback.views.access import person_who_may
from feedback.views.drawing import Desk
from feedback.views.rows import SHOWN, Back, rows_of
from organisation.permissions import Permission
from organisation.queries import absences_of, answers_for, grants_of


@login_required
@never_cache
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show the cards that wait for the person's units. `?mine=true` and `?unit=` narrow them; the address keeps both."""
    person = person_who_may(request, Permission.WORK_ON_CARDS)
    desk = Desk.of(request, person)
    cards = to_ring(person)
    units = grants_of(person).units_with(Permission.WORK_ON_CARDS)
    answered_for = answers_for(person, units, on=desk.today)
    own = mine(person, answered_for)
    counts = counts_by_unit(cards, desk.today, own)
    only_mine, unit = request.GET.get("mine") == "true", request.GET.get("unit", "")
    if unit:
        cards = cards.filter(unit__code=unit)
    everybodys = [count for count in counts if not unit or count.code == unit]
    mine_by_unit = [own_count for count in everybodys if (own_count := count.of_own()).waiting]
    chosen = mine_by_unit if only_mine else everybodys
    waiting = sum(count.waiting for count in chosen)
    found = for_rows((cards.filter(own) if only_mine else cards).order_by("due_on", "id")[:SHOWN])
    context = {
        "section": "today",
        "rows": rows_of(found, desk, Back(request.get_full_path(), "feedback:today")),
        "counts": counts,
        "unit": unit,
        "only_mine": only_mine,
        "numbers": {key: sum(c.waiting for c in held) for key, held in (("all", everybodys), ("mine", mine_by_unit))},
        "waiting": waiting,
        "overdue": sum(count.overdue for count in chosen),
        "left_out": waiting - len(found),
        "sensitive": open_cards(open_to(person)).count(),
        "heading": chosen[0].name if len(chosen) == 1 else "",
        "stands_in": [unit for unit in answered_for if unit.deputy_id == person.pk and unit.leader_id != person.pk],
        "away": next(
            (absence for absence in absences_of(person, today=desk.today) if absence.first_on <= desk.today), None
        ),
        "today": desk.today,
    }
    return render(request, "feedback/unit/today.html", context)
