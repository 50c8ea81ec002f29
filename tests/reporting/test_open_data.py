"""Our figures as open data: what is in them and what never is, and that two installations exchange them unchanged."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from organisation.models import Municipality
from organisation.queries import municipality
from reporting.actions.feeds import publish_indicators
from reporting.actions.indicators import know_our_indicators
from reporting.actions.recording import Figure, record_computed, record_values
from reporting.exchange import open_data
from reporting.models import Elsewhere, Indicator, Value
from reporting.periods import Period
from reporting.public_figures import public_figure
from reporting.scales import Scale
from reporting.sources.documents import read_document
from reporting.taking import take_document
from tests.factories import Solvik, oslo
from tests.reporting.scorecards import an_indicator, write

NOW = oslo(2026, 11, 16, 9)
D = Decimal
SCHEMA = json.loads((Path(__file__).parents[2] / "static/innspill/benchmarks-1.schema.json").read_text())


@pytest.fixture
def figures(solvik: Solvik) -> Indicator:
    """Three open indicators: one typed, one counted from cards, and one of cards per inhabitant; and one that is not open."""
    Municipality.objects.update(number="3999")
    know_our_indicators(now=NOW)
    service = an_indicator("Service", key="service", source="KS")
    write(service, {2023: "4.25", 2024: None}, n=212, margin=D("0.21499"))
    write(service, {2024: "3.1"}, unit=solvik.roads.pk)
    write(an_indicator("Hemmelig", key="secret"), {2024: 5})
    cards, share = (Indicator.objects.get(key=key) for key in ("cards-received", "called-back-in-time"))
    so_far = Figure(Period(2026), D(99), n=99, counted_through=NOW.date())
    record_computed(cards, [*(Figure(Period(year), D(n), n=n) for year, n in ((2023, 4), (2024, 63))), so_far], now=NOW)
    record_computed(share, [Figure(Period(2024), D("87.6543"), n=8), Figure(Period(2025), D("87.6543"), n=83)], now=NOW)
    per = an_indicator(
        "Kort per innbygger", "per_inhabitant", key="per", origin="per_inhabitant", formula="cards-received"
    )
    write(Indicator.objects.get(key="population"), {2024: 1000})
    publish_indicators([service, cards, share, per], public=True, by=None, now=NOW)
    assert per.values.exists()
    return service


def shown(document: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        one["key"]: [(each["period"], each["standing"], each["value"], each.get("n")) for each in one["values"]]
        for one in document["indicators"]
    }


@pytest.mark.django_db
def test_what_everybody_may_have(figures: Indicator, client: Client, django_assert_num_queries: Any) -> None:
    answer = client.get("/open-data/benchmarks.json")
    document = answer.json()
    Draft202012Validator(SCHEMA).validate(document)
    assert shown(document) == {
        "called-back-in-time": [("2024", "too_few", None, None), ("2025", "measured", 88, 85)],
        "cards-received": [("2023", "too_few", None, None), ("2024", "measured", 65, None)],
        "service": [("2023", "measured", 4.3, 212), ("2024", "not_measured", None, None)],
    }
    assert document["indicators"][2]["values"][0]["margin"] == 0.21
    assert document["municipality"] == {"country": "NO", "number": "3999", "name": municipality().name}
    assert (answer["Access-Control-Allow-Origin"], "public" in answer["Cache-Control"]) == ("*", True)
    assert answer["Last-Modified"]
    again = client.get("/open-data/benchmarks.json", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with django_assert_num_queries(4):  # the municipality, the indicators, their origins, their values
        client.get("/open-data/benchmarks.json")
    publish_indicators([figures], public=False, by=None, now=NOW)
    closed = client.get("/open-data/benchmarks.json", headers={"If-None-Match": answer["ETag"]})
    assert closed.status_code == 200
    assert "service" not in shown(closed.json())


@pytest.mark.django_db
def test_the_table_says_the_same_and_the_page_explains(figures: Indicator, client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/open-data/benchmarks.csv").content.decode("utf-8-sig"))))
    document = client.get("/open-data/benchmarks.json").json()
    assert [(row["indicator"], row["period"], row["standing"], row["value"]) for row in rows] == [
        (key, period, standing, "" if value is None else str(value))
        for key, values in shown(document).items()
        for period, standing, value, _n in values
    ]
    client.cookies["django_language"] = "en"
    page = " ".join(client.get("/open-data/").content.decode().split())
    assert "2023–2024" in page
    assert "CC-BY-4.0" in page
    assert "secret" not in page
    Indicator.objects.update(is_public=False)
    assert "No figures are open data yet." in client.get("/open-data/").content.decode()


@pytest.mark.django_db
def test_two_installations_exchange_and_it_comes_out_as_it_went_in(figures: Indicator) -> None:
    sent = open_data(municipality()).document
    Value.objects.all().delete()
    Municipality.objects.update(number="3998", name="Nabo")
    content = json.dumps(sent).encode()
    report = take_document(read_document(content, last_year=2026), by=None, now=NOW, this_year=2026)
    assert (report.new, report.changed, report.problems) == (6, 0, [])
    theirs = Elsewhere.objects.get(code="3999")
    again = open_data(municipality(), of=theirs).document
    assert again["municipality"] == sent["municipality"]
    assert again["indicators"] == sent["indicators"]
    assert shown(open_data(municipality()).document)["service"] == []  # nobody else's figures are given as ours
    twice = take_document(read_document(content, last_year=2026), by=None, now=NOW, this_year=2026)
    assert (twice.new, twice.changed, twice.same) == (0, 0, 6)


@pytest.mark.django_db
def test_a_survey_with_too_few_answers_says_so(solvik: Solvik) -> None:
    survey = an_indicator("Skole", key="school", origin="survey", formula="school")
    record_computed(survey, [Figure(Period(2024), None, too_few=True)], now=NOW)
    publish_indicators([survey], public=True, by=None, now=NOW)
    assert shown(open_data(municipality()).document) == {"school": [("2024", "too_few", None, None)]}
    with pytest.raises(Exception, match="school"):
        record_values(survey, [Figure(Period(2024), D(4))], by=None, now=NOW, this_year=2026)


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from(list(Scale)), st.integers(0, 3))
def test_no_figure_of_cards_tells_of_fewer_than_five(part: int, base: int, scale: Scale, decimals: int) -> None:
    value = D(part) if scale == Scale.COUNT else D(part) / max(base, 1)
    found = public_figure(
        value, standing="measured", n=base, margin=None, scale=scale, decimals=decimals, of_cards=True
    )  # fmt: skip
    if scale == Scale.COUNT:
        assert found.value is None if part < 5 else found.value % 5 == 0 and found.n is None
    else:
        assert (found.value is None) == (base < 10)
        assert found.n is None or found.n % 5 == 0
