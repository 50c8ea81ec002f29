"""Reads on municipalities elsewhere, and on the groups of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from reporting.models import Elsewhere, Group, GroupMember, Indicator, Scorecard, ScorecardRow, Value
from reporting.periods import Every


def groups() -> QuerySet[Group]:
    """Return all, in their order, each with the number of its municipalities as `member_count`."""
    return Group.objects.annotate(member_count=Count("members"))


def groups_with_members() -> list[tuple[Group, list[Elsewhere]]]:
    """Return all groups in their order, each with its municipalities in its order (two queries)."""
    found: dict[int, list[Elsewhere]] = defaultdict(list)
    for member in GroupMember.objects.select_related("elsewhere").order_by("group", "position", "pk"):
        found[member.group_id].append(member.elsewhere)
    return [(group, found[group.pk]) for group in Group.objects.all()]


def group_called(key: str) -> Group | None:
    return None if "\x00" in key else Group.objects.filter(key=key).first()


class Places(NamedTuple):
    """Whom we are held against: the municipalities of a group in its order, and what stands for the whole country."""

    members: list[Elsewhere]
    country: list[Elsewhere]

    @property
    def ids(self) -> list[int]:
        return [place.pk for place in (*self.members, *self.country)]


def places_of(group: Group, country: str) -> Places:
    """Return the municipalities of a group, and the rows for the country with those two letters (one query)."""
    here = FilteredRelation("memberships", condition=Q(memberships__group=group))
    found = (
        Elsewhere.objects.annotate(here=here)
        .filter(Q(here__isnull=False) | Q(kind=Elsewhere.Kind.COUNTRY, country=country))
        .annotate(place=F("here__position"))
        .order_by("place", "pk")
    )
    members: list[Elsewhere] = []
    countries: list[Elsewhere] = []
    for each in found:
        (countries if each.place is None else members).append(each)
    return Places(members, countries)


def municipalities() -> QuerySet[Elsewhere]:
    """Return the known municipalities by name."""
    return Elsewhere.objects.filter(kind=Elsewhere.Kind.MUNICIPALITY).order_by("name", "code")


def indicators_with_keys(keys: Collection[str]) -> dict[str, Indicator]:
    return {indicator.key: indicator for indicator in Indicator.objects.filter(key__in=keys)}


def indicators_known_of(places: Collection[int]) -> list[Indicator]:
    """Return those of which one of `places` (ids of `Elsewhere`) has a figure of a year."""
    theirs = Value.objects.filter(indicator=OuterRef("pk"), elsewhere__in=places, every=Every.YEAR, replaced_at=None)
    return list(Indicator.objects.filter(Exists(theirs)).order_by("perspective", "pk"))


def rows_of(scorecard: Scorecard) -> QuerySet[ScorecardRow]:
    """Return the rows of a scorecard in its order, with indicator and main goal."""
    return (
        ScorecardRow.objects.filter(factor__goal__scorecard=scorecard)
        .select_related("indicator", "factor__goal")
        .order_by("factor__goal__position", "factor__goal", "factor__position", "factor", "position", "pk")
    )


def yearly_values(indicators: Collection[int], places: Collection[int]) -> QuerySet[Value]:
    """Return the figures of years that stand, of our whole municipality and of `places` (ids of `Elsewhere`)."""
    return Value.objects.filter(
        Q(elsewhere=None) | Q(elsewhere__in=places),
        indicator__in=indicators,
        unit=None,
        every=Every.YEAR,
        replaced_at=None,
    )
