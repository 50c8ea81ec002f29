"""Reads on neighbours, and on the cards that were handed to them."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When

from feedback.models import Card, Handover, HandoverUpdate, Neighbour, NeighbourService
from feedback.queries import visible_to
from organisation.kept_queries import KeptQuery
from organisation.models import Person

State = Handover.State


def neighbours() -> QuerySet[Neighbour]:
    """Return all neighbours, each with its services."""
    return Neighbour.objects.prefetch_related(
        Prefetch("services", NeighbourService.objects.filter(is_there=True).order_by("group", "name", "id"))
    )


def neighbour_called(code: str) -> Neighbour | None:
    return neighbours().filter(code=code).first()


def services_to_send_to() -> list[NeighbourService]:
    """Return the services that cards can be sent to, by neighbour."""
    return _TO_SEND_TO.rows()


_TO_SEND_TO = KeptQuery(
    lambda: (
        NeighbourService.objects.filter(is_there=True, neighbour__is_active=True)
        .select_related("neighbour")
        .order_by("neighbour__name", "group", "name", "id")
    )
)


def services_for(category_id: int | None) -> set[int]:
    """Return the ids of neighbours' services to which our category belongs."""
    if category_id is None:
        return set()
    return set(NeighbourService.objects.filter(categories=category_id).values_list("pk", flat=True))


def handovers_of(card: Card) -> list[Handover]:
    """Return what was sent of a card, the latest first, each with the neighbour and its news (two queries)."""
    news = Prefetch("updates", HandoverUpdate.objects.order_by("-at", "-id"))
    rows = Handover.objects.filter(card=card).select_related("neighbour", "asked_by")
    return list(rows.prefetch_related(news).order_by("-asked_at", "-id"))


def handover_of(card: Card, pk: int) -> Handover | None:
    return Handover.objects.filter(card=card, pk=pk).select_related("neighbour").first()


def handovers_for(person: Person) -> QuerySet[Handover]:
    """Return what was sent of the cards that `person` may see: first what somebody has to look at, then what is under way."""
    order = Case(
        When(state__in=(State.FAILED, State.UNCERTAIN), then=Value(0)),
        When(state__in=(State.WAITING, State.TOKEN, State.OPEN, State.UNNUMBERED), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        Handover.objects.filter(card__in=visible_to(person))
        .select_related("neighbour", "card__unit", "card__category")
        .order_by(order, "-asked_at", "-id")
    )


def followed_neighbours() -> QuerySet[Neighbour]:
    """Return the neighbours that tell their updates and hold something of ours."""
    return Neighbour.objects.filter(tells_updates=True, handovers__state=State.OPEN).distinct().order_by("id")


def neighbours_in_use() -> QuerySet[Neighbour]:
    return Neighbour.objects.filter(is_active=True).order_by("id")


def number_of_neighbours() -> int:
    return Neighbour.objects.filter(is_active=True).count()
