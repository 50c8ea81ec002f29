"""Our figures as open data: the document that two installations exchange, and the same as a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from organisation.models import Municipality
from reporting.models import Elsewhere, Indicator, Value
from reporting.periods import Every
from reporting.public_figures import is_published, public_figure
from reporting.scales import Origin
from reporting.sources.documents import FORMAT, VERSION

COLUMNS = (
    "country", "number", "municipality", "indicator", "name", "scale", "direction", "period", "standing", "value", "n",
    "margin", "source", "measured_on", "revision",
)  # fmt: skip


@dataclass(frozen=True)
class OpenData:
    """`updated_at` is when the latest of the figures was written down, None where there is none."""

    document: dict[str, Any]
    updated_at: datetime | None

    def rows(self, language: str) -> list[tuple[Any, ...]]:
        """Return the figures as a table, one a line, under `COLUMNS`."""
        whose = self.document["municipality"]
        return [
            (
                whose["country"], whose["number"], whose["name"], one["key"],
                one["names"].get(language) or next(iter(one["names"].values()), one["key"]), one["scale"],
                one["direction"], value["period"], value["standing"], *(value.get(name, "") for name in COLUMNS[9:]),
            )
            for one in self.document["indicators"]
            for value in one["values"]
        ]  # fmt: skip


def open_data(house: Municipality, *, of: Elsewhere | None = None) -> OpenData:
    """Return what everybody may have (two queries): of the indicators that are open, each year that is over.

    Only of the whole municipality. With `of`, all that we have from that municipality, as it was read in: what another
    installation published comes out as it came.
    """
    indicators = Indicator.objects.order_by("key")
    if of is None:
        indicators = indicators.filter(is_public=True)
    found = list(indicators)
    origins = dict(Indicator.objects.values_list("key", "origin"))
    values: dict[int, list[Value]] = defaultdict(list)
    stored = Value.objects.filter(
        indicator__in=found, unit=None, elsewhere=of, every=Every.YEAR, replaced_at=None, counted_through=None
    ).order_by("indicator", "year")
    for value in stored:
        values[value.indicator_id].append(value)
    own_name = house.name if of is None else of.name
    told = [
        {
            "key": one.key,
            "names": dict(sorted(one.names.items())),
            "scale": one.scale,
            "direction": one.direction,
            "decimals": one.decimals,
            "values": [_value(value, one, own_name, of is not None) for value in values[one.pk]],
        }
        for one in found
        if (of is None and is_published(one.origin, origins.get(one.formula, "")))
        or (of is not None and values[one.pk])
    ]
    updated = max((value.recorded_at for rows in values.values() for value in rows), default=None)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "licence": settings.OPEN_DATA_LICENCE,
        "municipality": {
            "country": house.country if of is None else of.country,
            "number": house.number if of is None else of.code,
            "name": own_name,
        },
        "updated_at": None if updated is None else updated.isoformat(timespec="seconds"),
        "indicators": told,
    }
    return OpenData(document, updated)


def _value(value: Value, indicator: Indicator, own_name: str, theirs: bool) -> dict[str, Any]:
    figure = public_figure(
        value.value,
        standing=value.standing,
        n=value.n,
        margin=value.margin,
        scale=indicator.scale,
        decimals=indicator.decimals,
        of_cards=indicator.origin == Origin.FEEDBACK and not theirs,
    )
    told: dict[str, Any] = {
        "period": str(value.period),
        "standing": figure.standing,
        "value": _number(figure.value),
        "n": figure.n,
        "margin": _number(figure.margin),
        "source": value.source or own_name,
        "measured_on": None if value.measured_on is None else value.measured_on.isoformat(),
        "revision": value.revision,
    }
    return {name: each for name, each in told.items() if each is not None or name == "value"}


def _number(value: Decimal | None) -> int | float | None:
    """A rounded figure as JSON has numbers. It has three decimals at most, which a float gives back as they were."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
