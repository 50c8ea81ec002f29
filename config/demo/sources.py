"""Figures of others in the demonstration: read from answers that are made up, as Kolada, SSB and Klass would give them.

The municipalities are made up too: nobody real gets figures that are not theirs. Nothing is fetched.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from organisation.models import Person
from reporting.actions.feeds import publish_indicators, save_feed
from reporting.feeding import take_answer
from reporting.models import Feed, Indicator

MADE_UP = "Oppdiktet"
NORWEGIAN = {"9101": "Nordvik", "9102": "Fjelldal", "9103": "Strandby", "9104": "Skogheim", "9105": "Elvestad"}
SWEDISH = {"9701": "Lövsta", "9702": "Björksele", "9703": "Sandhult"}
OPEN = (
    "user-satisfaction", "sick-leave", "water-loss", "called-back-in-time", "median-days-to-contact", "cards-received",
    "mean-reaction", "website-visits", "population", "service-centre-contacts",
)  # fmt: skip

# Per cent by municipality, of four years back to last year; None where it was not measured.
SICK_LEAVE = {
    "9101": (9.1, 8.8, 8.7, 8.5), "9102": (7.4, 7.9, 7.2, 7.0), "9103": (10.2, 9.6, 9.9, 9.4), "9104": (8.3, None, 8.0, 7.8),
    "9105": (8.8, 8.6, 8.1, 8.3),
}  # fmt: skip
WATER_LOSS = {
    "9701": (21.5, 20.9, 20.0),
    "9702": (33.1, 30.4, 28.8),
    "9703": (25.0, None, 24.2),
    "0000": (24.4, 23.9, 23.1),
}
ANSWERED = {
    "called-back-in-time": (84, 88, 90),
    "median-days-to-contact": (6.0, 5.0, 4.5),
    "user-satisfaction": (4.3, 4.4, 4.6),
}


def sources(*, by: Person, now: datetime, this_year: int) -> None:
    """Set up a source of each kind, read its made-up answer, and let some of our indicators be open data."""
    indicators = {row.key: row for row in Indicator.objects.all()}
    read = _Reader(by, now - timedelta(days=20), this_year)
    read.feed({"kind": Feed.Kind.NORWAY}, [_klass(this_year), _changes(this_year)], "kommuner.json")
    read.feed({"kind": Feed.Kind.SWEDEN}, [_swedish()], "kommuner-sverige.json")
    read.feed(
        {"kind": Feed.Kind.SSB, "external": MADE_UP, "indicator": indicators["sick-leave"], "years": 4},
        [_table(this_year)], "sykefravaer.json",
    )  # fmt: skip
    kolada = {"kind": Feed.Kind.KOLADA, "external": MADE_UP, "indicator": indicators["water-loss"], "years": 3}
    torn = _kolada(this_year).replace(str(this_year - 1).encode(), b"20225", 1)
    found = read.feed(kolada, [torn], "vattenlackage.json")
    read.again(found, [_kolada(this_year)], "vattenlackage-2.json")
    read.feed(
        {"kind": Feed.Kind.INNSPILL, "external": "https://nordvik.example/open-data/benchmarks.json"},
        [_document(this_year, indicators)], "nordvik.json",
    )  # fmt: skip
    publish_indicators([indicators[key] for key in OPEN if key in indicators], public=True, by=by, now=now)


class _Reader:
    """Reads one answer after another, each a day later."""

    def __init__(self, by: Person, now: datetime, this_year: int) -> None:
        self._by, self._now, self._this_year = by, now, this_year

    def feed(self, values: dict[str, Any], pages: list[bytes], name: str) -> Feed:
        made = save_feed(None, values, by=self._by, now=self._now)
        self.again(made, pages, name)
        return made

    def again(self, feed: Feed, pages: list[bytes], name: str) -> None:
        self._now += timedelta(days=1)
        take_answer(feed, pages, address=name, by=self._by, now=self._now, this_year=self._this_year)


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _klass(this_year: int) -> bytes:
    return _json({"codes": [{"code": code, "name": name} for code, name in NORWEGIAN.items()]})


def _changes(this_year: int) -> bytes:
    """Elvestad is Elvestad and Gran, merged six years ago."""
    merged = [("9185", "Elvestad"), ("9186", "Gran")]
    return _json(
        {
            "codeChanges": [
                {
                    "oldCode": code, "oldName": name, "newCode": "9105", "newName": "Elvestad",
                    "changeOccurred": f"{this_year - 6}-01-01",
                }
                for code, name in merged
            ]
        }
    )  # fmt: skip


def _swedish() -> bytes:
    places = [{"id": code, "title": name, "type": "K"} for code, name in SWEDISH.items()]
    return _json({"count": len(places) + 1, "values": [*places, {"id": "0000", "title": "Riket", "type": "K"}]})


def _table(this_year: int) -> bytes:
    years = [str(this_year - back) for back in (4, 3, 2, 1)]
    regions = list(SICK_LEAVE)
    return _json(
        {
            "class": "dataset",
            "version": "2.0",
            "label": "Oppdiktede tall for demonstrasjonen",
            "id": ["Region", "ContentsCode", "Tid"],
            "size": [len(regions), 1, len(years)],
            "dimension": {
                "Region": {"category": {"index": {code: at for at, code in enumerate(regions)}}},
                "ContentsCode": {"category": {"index": {"Sykefravaer": 0}}},
                "Tid": {"category": {"index": {year: at for at, year in enumerate(years)}}},
            },
            "role": {"geo": ["Region"], "time": ["Tid"], "metric": ["ContentsCode"]},
            "value": [value for values in SICK_LEAVE.values() for value in values],
            "status": {"13": ".."},
        }
    )


def _kolada(this_year: int) -> bytes:
    values = [
        {
            "kpi": MADE_UP, "municipality": place, "period": this_year - back,
            "values": [{"gender": "T", "count": 1, "status": "" if value else "Missing", "value": value, "isdeleted": False}],
        }
        for place, row in WATER_LOSS.items()
        for back, value in zip((3, 2, 1), row, strict=True)
    ]  # fmt: skip
    return _json({"values": values, "next_url": None, "previous_url": None, "count": len(values)})


def _document(this_year: int, indicators: dict[str, Indicator]) -> bytes:
    return _json(
        {
            "format": "innspill-benchmarks",
            "version": 1,
            "licence": "CC-BY-4.0",
            "municipality": {"country": "NO", "number": "9101", "name": NORWEGIAN["9101"]},
            "updated_at": None,
            "indicators": [
                {
                    "key": key, "names": {"nb": key}, "scale": indicators[key].scale,
                    "direction": indicators[key].direction, "decimals": indicators[key].decimals,
                    "values": [
                        {"period": str(this_year - back), "standing": "measured", "value": value, "n": 640,
                         "source": "Oppdiktede tall for demonstrasjonen", "revision": 1}
                        for back, value in zip((3, 2, 1), row, strict=True)
                    ],
                }
                for key, row in ANSWERED.items()
            ],
        }
    )  # fmt: skip
