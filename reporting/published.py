"""What surveys have published and everybody can see: nothing of theirs is read from anywhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from surveys.models import Publication
from surveys.questionnaires import SurveyKind


class Shown(NamedTuple):
    """The publication that stands of one survey: its areas and questions, and the comparisons as it kept them.

    `response_rate` is 0–1, None where nobody in particular was asked.
    """

    survey: str
    titles: Mapping[str, str]
    unit: int | None
    closed_on: date
    published_on: date
    areas: list[Mapping[str, Any]]
    items: list[Mapping[str, Any]]
    comparisons: list[Mapping[str, Any]]
    n_answered: int | None
    n_invited: int | None
    response_rate: float | None

    @property
    def figures(self) -> list[Mapping[str, Any]]:
        return [*self.areas, *self.items]


def shown_publications(today: date) -> list[Shown]:
    """Return what stands of each survey on the local day `today`, by when they closed (one query).

    Nothing of one that was withdrawn, and no survey of employees. Citizen surveys are of the whole municipality (`unit` is
    None), user surveys of their unit. The figures of groups, which are most of a publication, are not read.
    """
    newest = Publication.objects.filter(survey=OuterRef("survey"), publish_on__lte=today).order_by("-version")
    rows = (
        Publication.objects.filter(
            pk=Subquery(newest.values("pk")[:1]), withdrawn_at=None, survey__closes_at__isnull=False
        )
        .exclude(survey__kind=SurveyKind.EMPLOYEE)
        .order_by("survey__closes_at", "pk")
        .values_list(
            "survey__code", "survey__titles", "survey__kind", "survey__unit", "survey__closes_at", "publish_on",
            "figures__areas", "figures__items", "figures__comparisons", "figures__n_answered", "figures__n_invited",
            "figures__response_rate",
        )
    )  # fmt: skip
    return [
        Shown(
            code,
            titles,
            unit if kind == SurveyKind.USER else None,
            closes_at.date(),
            published_on,
            areas or [],
            items or [],
            comparisons or [],
            *asked,
        )
        for code, titles, kind, unit, closes_at, published_on, areas, items, comparisons, *asked in rows
        if closes_at is not None
    ]


class Beside(NamedTuple):
    """A mean that ours was held against; `saying` is what the test allowed to say of the difference."""

    name: str
    year: int
    mean: Decimal
    saying: str


class Latest(NamedTuple):
    """What was published last of one area or question. `mean` is None where it was held back."""

    key: str
    texts: Mapping[str, str]
    mean: Decimal | None
    n: int | None
    survey: str
    titles: Mapping[str, str]
    closed_on: date
    country: Beside | None
    before: Beside | None


def latest_results(keys: Collection[str], today: date) -> dict[str, Latest]:
    """Return the latest published result of each of these areas and questions (one query)."""
    found: dict[str, Latest] = {}
    for shown in shown_publications(today):
        for one in shown.figures:
            if one["key"] in keys:
                found[one["key"]] = _latest(one, shown)
    return found


def _latest(one: Mapping[str, Any], shown: Shown) -> Latest:
    held_back = one.get("suppressed") or one.get("mean") is None
    return Latest(
        one["key"],
        one.get("texts", {}),
        None if held_back else Decimal(one["mean"]),
        None if held_back else one.get("n", one.get("n_valid")),
        shown.survey,
        shown.titles,
        shown.closed_on,
        _beside(one["key"], "nation", shown),
        _beside(one["key"], "earlier", shown),
    )


def _beside(key: str, kind: str, shown: Shown) -> Beside | None:
    for against in shown.comparisons:
        if against["kind"] == kind:
            for one in (*against["areas"], *against["items"]):
                if one["key"] == key:
                    return Beside(against["name"], against["year"], Decimal(one["mean"]), one["saying"])
    return None
