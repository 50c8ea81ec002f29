"""«Ring today»: whom the units' people are to ring, the next deadline first, each card worked on in place."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from feedback.queries import counts_by_unit, for_rows, mine, to_ring
from feedback.views.access import person_who_may
from feedback.views.drawing import Desk
from feedback.views.rows import SHOWN, Back, rows_of
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import absences_of, answers_for, grants_of, led_by, list_recipient


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
    counts = counts_by_unit(cards, desk.today)
    only_mine, unit = request.GET.get("mine") == "true", request.GET.get("unit", "")
    if unit:
        cards = cards.filter(unit__code=unit)
    own = mine(cards, person, answered_for)
    chosen = [count for count in counts if not unit or count.code == unit]
    numbers = {"all": sum(count.waiting for count in chosen), "mine": own.count()}
    found = list(for_rows(own if only_mine else cards).order_by("due_on", "id")[:SHOWN])
    waiting = numbers["mine" if only_mine else "all"]
    context = {
        "section": "today",
        "rows": rows_of(found, desk, Back(request.get_full_path(), "feedback:today")),
        "counts": counts,
        "unit": unit,
        "only_mine": only_mine,
        "numbers": numbers,
        "waiting": waiting,
        "overdue": sum(card.due_on < desk.today for card in found) if only_mine else sum(c.overdue for c in chosen),
        "left_out": waiting - len(found),
        "heading": chosen[0].name if len(chosen) == 1 else "",
        "stands_in": _stands_in(person, desk),
        "away": next(
            (absence for absence in absences_of(person, today=desk.today) if absence.first_on <= desk.today), None
        ),
        "today": desk.today,
    }
    return render(request, "feedback/unit/today.html", context)


def _stands_in(person: Person, desk: Desk) -> list[tuple[str, str]]:
    """Return the units for which the person answers today as deputy, each with the leader who is away."""
    units = (unit for unit in led_by(person) if unit.deputy_id == person.pk and unit.leader_id != person.pk)
    acting = ((unit, list_recipient(unit, on=desk.today, language="")) for unit in units)
    return [
        (unit.name, unit.leader.name if unit.leader else "")
        for unit, to in acting
        if to is not None and to.person is not None and to.person.pk == person.pk
    ]
