"""Reads on actions and meetings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Max, Prefetch, Q, QuerySet, When
from django.db.models.functions import Coalesce

from feedback.models import Card
from organisation.models import Person, Unit
from reporting.models import (
    Indicator,
    Initiative,
    InitiativeEvent,
    InitiativeNote,
    Meeting,
    MeetingInput,
    Theme,
    Value,
)
from reporting.periods import Every
from reporting.plans import OPEN
from reporting.rules import planning_units, visible_initiatives

JOINED = ("theme", "indicator", "place", "unit__leader", "person")
IS_OPEN = Q(status__in=sorted(OPEN))


def initiatives() -> QuerySet[Initiative]:
    """Return all actions with what a list shows: the open ones first by their deadline, so that the late come first of
    all, then the ended ones, the latest first."""
    return (
        Initiative.objects.select_related(*JOINED)
        .annotate(is_ended=Case(When(IS_OPEN, then=0), default=1, output_field=IntegerField()))
        .order_by("is_ended", Case(When(IS_OPEN, then=F("due_on"))), F("ended_on").desc(nulls_last=True), "-pk")
    )


def initiatives_for(person: Person) -> QuerySet[Initiative]:
    """Return the actions that `person` may see, in the list's order."""
    return initiatives().filter(visible_initiatives(person))


def initiative_for(person: Person, pk: int) -> Initiative | None:
    return initiatives_for(person).filter(pk=pk).first()


def initiative_referred(person: Person, reference: str) -> Initiative | None:
    """Return the action with that reference, if `person` may see it."""
    return None if "\x00" in reference else initiatives_for(person).filter(reference=reference).first()


def is_mine(person: Person) -> Q:
    """Return the condition on actions that `person` is to do: by name, or as the leader of the unit where nobody is named."""
    return Q(person=person) | Q(person=None, unit__leader=person)


def of_own_units(unit_ids: Iterable[int]) -> Q:
    return Q(unit__in=list(unit_ids))


def is_late(today: date) -> Q:
    return IS_OPEN & Q(due_on__lt=today)


def count_kinds(found: QuerySet[Initiative], person: Person, own: Q, today: date) -> dict[str, int]:
    """Return how many open actions there are, how many of them are mine, my units', and late (one query)."""
    counted: dict[str, int] = (
        found.order_by()
        .filter(IS_OPEN)
        .aggregate(
            all=Count("pk"),
            mine=Count("pk", filter=is_mine(person)),
            unit=Count("pk", filter=own),
            late=Count("pk", filter=is_late(today)),
        )
    )
    return counted


def is_responsible(person: Person) -> bool:
    """Whether `person` is responsible for any action, whatever else they may see."""
    return Initiative.objects.filter(person=person).exists()


def history_of(initiative: Initiative) -> list[InitiativeEvent]:
    """Return what happened to an action with what was written of it, the newest first (one query)."""
    return list(
        InitiativeEvent.objects.filter(initiative=initiative).select_related("by", "note").order_by("-at", "-pk")
    )


def last_words_on(initiatives: Iterable[Initiative]) -> dict[int, date]:
    """Return by action the latest local day of which something was written; those without a word are left out."""
    rows = (
        InitiativeNote.objects.filter(event__initiative__in=[each.pk for each in initiatives])
        .values_list("event__initiative")
        .annotate(last=Max("on"))
    )
    return dict(rows)


def themes() -> QuerySet[Theme]:
    return Theme.objects.all()


def theme_called(key: str) -> Theme | None:
    return Theme.objects.filter(key=key).first() if "\x00" not in key else None


def units_to_plan_for(person: Person) -> list[Unit]:
    """Return the open units and sectors for which `person` plans actions, with their leaders, in the alphabet's order."""
    return list(Unit.objects.filter(planning_units(person), closed_on=None).select_related("leader", "deputy"))


def places() -> QuerySet[Unit]:
    return Unit.objects.filter(closed_on=None)


def values_for(initiatives: Iterable[Initiative]) -> dict[tuple[int, int | None], list[Value]]:
    """Return the standing figures of years behind each action, by indicator and place, by year (one query)."""
    wanted = {(each.indicator_id, each.place_id) for each in initiatives if each.indicator_id is not None}
    found: dict[tuple[int, int | None], list[Value]] = defaultdict(list)
    if not wanted:
        return found
    units = {place for _indicator, place in wanted}
    of = Q(unit__in=[pk for pk in units if pk is not None]) | (Q(unit=None) if None in units else Q(pk=None))
    rows = Value.objects.filter(
        of, indicator__in={pk for pk, _place in wanted}, elsewhere=None, every=Every.YEAR, replaced_at=None
    )
    for value in rows.order_by("year"):
        found[value.indicator_id, value.unit_id].append(value)
    return found


def for_the_budget() -> QuerySet[Initiative]:
    """Return the actions with an amount or a note for the budget, but the dropped ones, by unit and year."""
    return (
        Initiative.objects.filter(Q(budget_amount__isnull=False) | ~Q(budget_note=""))
        .exclude(status="dropped")
        .select_related(*JOINED)
        .annotate(of_year=Coalesce("budget_year", 0))
        .order_by("unit__name_key", "unit", "of_year", "due_on", "pk")
    )


# --- Meetings ---------------------------------------------------------------------------------------------------------


def meetings() -> QuerySet[Meeting]:
    """Return all meetings, the latest first, each with how much was said and what came of it (one query)."""
    return (
        Meeting.objects.select_related("unit", "theme")
        .annotate(
            input_count=Count("inputs"),
            card_count=Count("inputs", filter=Q(inputs__card_made=True)),
            action_count=Count("inputs", filter=Q(inputs__initiative__isnull=False)),
        )
        .order_by("-held_on", "-pk")
    )


def meeting_numbered(pk: int) -> Meeting | None:
    return meetings().filter(pk=pk).first()


def inputs_of(meeting: Meeting) -> list[MeetingInput]:
    """Return what was said with what came of it (two queries)."""
    cards = Prefetch("card", Card.objects.select_related("unit"))
    return list(MeetingInput.objects.filter(meeting=meeting).select_related("initiative__unit").prefetch_related(cards))


def input_of(meeting: Meeting, pk: int) -> MeetingInput | None:
    return MeetingInput.objects.filter(meeting=meeting, pk=pk).select_related("meeting__unit", "meeting__theme").first()


def input_numbered(pk: int) -> MeetingInput | None:
    return MeetingInput.objects.filter(pk=pk).select_related("meeting__unit", "meeting__theme").first()


def inputs_behind(initiative: Initiative) -> list[MeetingInput]:
    """Return what was said in meetings that the action came of."""
    return list(MeetingInput.objects.filter(initiative=initiative).select_related("meeting"))


def indicators_to_choose() -> QuerySet[Indicator]:
    return Indicator.objects.order_by("perspective", "pk")
