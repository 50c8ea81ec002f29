"""Figures by the API: read with their revisions, written in bulk by the import's own door."""

from __future__ import annotations

from typing import Any

import pytest

from feedback.models import SentRequest
from reporting.importing import import_values
from reporting.models import Value
from tests.reporting.api.conftest import Figures
from tests.reporting.scorecards import NOW

VALUES = "/api/v1/values/"


def results(figures: Figures, query: str = "") -> list[dict[str, Any]]:
    answer = figures.adviser.get(f"{VALUES}?{query}")
    assert answer.status_code == 200, answer.json()
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def shown(figures: Figures, query: str) -> list[tuple[Any, ...]]:
    return [(one["period"], one["standing"], one["value"], one["revision"]) for one in results(figures, query)]


def test_what_stands_and_what_stood_before(figures: Figures) -> None:
    ours = f"municipality={figures.solvik.municipality.number}"
    assert shown(figures, ours) == [
        ("2025", "measured", 4.7, 2), ("2024", "not_measured", None, 1), ("2023", "measured", 4.1, 1),
    ]  # fmt: skip
    before = [one for one in results(figures, f"{ours}&period=2025&revisions=true") if one["replaced_at"]]
    assert [(one["value"], one["revision"]) for one in before] == [(4.4, 1)]
    (one,) = results(figures, f"{ours}&year=2023")
    assert one == {
        "indicator": figures.indicator.key, "unit": None, "municipality": None, "period": "2023",
        "standing": "measured", "value": 4.1, "shown": 4.1, "n": 212, "margin": 0.2, "source": "KS",
        "measured_on": None, "so_far": None, "how": "typed", "revision": 1, "recorded_at": "2026-11-16T09:00:00+01:00",
        "recorded_by": None, "replaced_at": None,
    }  # fmt: skip


def test_filters_and_pages(figures: Figures) -> None:
    assert len(results(figures, "year_from=2025&standing=measured")) == 6
    assert {one["municipality"] for one in results(figures, "municipality=5000")} == {"5000"}
    assert results(figures, "how=imported") == results(figures, "origin=survey") == []
    every = [one["recorded_at"] for one in results(figures)]
    found: list[Any] = []
    url = f"{VALUES}?page_size=4"
    while url:
        page = figures.adviser.get(url).json()
        found += page["results"]
        url = page["next"]
    assert (len(found), found) == (len(every), results(figures))
    for query, field in (
        ("year=20225", "year"), ("indicator=x", "indicator"), ("municipality=9999", "municipality"), ("unit=", "unit"),
        ("period=2025-13", "period"), ("cursor=x", "cursor"), ("revisions=1", "revisions"), ("yaer=2025", "yaer"),
        ("cursor=cm93Oi0x", "cursor"), ("unit=a%00", "unit"),
    ):  # fmt: skip
        answer = figures.adviser.get(f"{VALUES}?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), query


def row(figures: Figures, **more: Any) -> dict[str, Any]:
    return {"indicator": figures.indicator.key, "period": "2022", "value": 4.25} | more


def test_written_as_the_file_is_and_again_changes_nothing(figures: Figures) -> None:
    body = {
        "source": "KS",
        "values": [
            row(figures, n=80, margin=0.3, measured_on="2022-10-31"),
            row(figures, period="2021", standing="not_measured", value=None),
            row(figures, unit="roads", source="Egen måling"),
            row(figures, municipality="Vik", period="2022-Q3"),
            row(figures, period="2025", value=4.8),
        ],
    }
    tried = figures.adviser.post(VALUES, body | {"dry_run": True})
    assert tried.json() == {"rows": 5, "new": 0, "changed": 0, "unchanged": 0, "dry_run": True}
    assert not Value.objects.filter(year=2022).exists()
    done = figures.adviser.post(VALUES, body)
    assert (done.status_code, done.json()) == (
        200, {"rows": 5, "new": 4, "changed": 1, "unchanged": 0, "dry_run": False},
    )  # fmt: skip
    again = figures.adviser.post(VALUES, body)
    assert again.json() == {"rows": 5, "new": 0, "changed": 0, "unchanged": 5, "dry_run": False}
    key = figures.indicator.key
    file = (
        "indicator;year;value;unit;municipality;n;margin;source;date\n"
        f"{key};2022;4,25;;;80;0,3;KS;31.10.2022\n{key};2021;–;;;;;KS;\n{key};2022;4,25;roads;;;;Egen måling;\n"
        f"{key};2022-Q3;4,25;;Vik;;;KS;\n{key};2025;4,8;;;;;KS;\n"
    )
    report = import_values(file.encode(), by=None, now=NOW, this_year=2026)
    assert (report.problems, report.new, report.changed, report.same) == ([], 0, 0, 5)  # one door: the same rows
    stood = Value.objects.filter(indicator__key=key, year=2025, unit=None, elsewhere=None).order_by("revision")
    assert [float(one.value or 0) for one in stood] == [4.4, 4.7, 4.8]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"value": 7}, "values.2", "outside_scale"),
        ({"period": "20225"}, "values.2", "impossible_year"),
        ({"period": "2027"}, "values.2", "impossible_year"),
        ({"indicator": "nothing"}, "values.2", "unknown_indicator"),
        ({"municipality": "9999"}, "values.2", "unknown_municipality"),
        ({"unit": "nowhere"}, "values.2", "unknown_unit"),
        ({"unit": "roads", "municipality": "Vik"}, "values.2", "two_places"),
        ({"margin": -1}, "values.2", "negative_margin"),
        ({"period": "2021"}, "values.2", "duplicate"),
        ({"value": None}, "values.2.value", "required"),
        ({"standing": "not_measured"}, "values.2.value", "invalid"),
        ({"standing": "too_few"}, "values.2.standing", "invalid_choice"),
        ({"value": "4,2"}, "values.2.value", "invalid"),
        ({"value": True}, "values.2.value", "invalid"),
        ({"value": 1e300}, "values.2.value", "invalid"),
        ({"n": 1.5}, "values.2.n", "invalid"),
        ({"measured_on": "2022-02-30"}, "values.2.measured_on", "invalid"),
        ({"verdi": 4}, "values.2.verdi", "unknown_field"),
    ],
)
def test_one_wrong_figure_and_nothing_is_written(
    figures: Figures, wrong: dict[str, Any], field: str, code: str
) -> None:
    before = Value.objects.count()
    answer = figures.adviser.post(VALUES, {"values": [row(figures, period="2021"), row(figures, **wrong)]})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert error["detail"].endswith((".", "already.")), error
    assert Value.objects.count() == before


def test_a_body_that_is_none(figures: Figures) -> None:
    for body, field in (({}, "values"), ({"values": []}, "values"), ({"values": 1}, "values"), ([], "")):
        answer = figures.adviser.post(VALUES, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), body
    nothing = figures.adviser.generic("POST", VALUES, b'{"values": [', "application/json")
    assert (nothing.status_code, nothing.json()["code"]) == (400, "parse_error")
    assert figures.adviser.generic("POST", VALUES, b"x", "text/html").status_code == 415
    assert figures.adviser.put(VALUES, {}).status_code == 405


def test_under_a_key_the_same_answer_comes_again(figures: Figures) -> None:
    def send(value: float) -> Any:
        body = {"values": [row(figures, value=value)]}
        return figures.adviser.post(VALUES, body, headers={"Idempotency-Key": "figures-1"})

    first, again = send(4.25), send(4.25)
    assert first.json() == again.json() == {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "dry_run": False}
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert send(4.5).status_code == 422
    assert Value.objects.get(year=2022).revision == 1
    figures.adviser.post(VALUES, {"values": [row(figures, value=9)]}, headers={"Idempotency-Key": "figures-2"})
    assert SentRequest.objects.count() == 1  # what was refused may be sent again
