"""What other systems read is what the pages show, in a constant number of statements, within the pages' rights."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reporting.actions.assessments import Judged, Shown, record_assessment, write_evidence
from reporting.actions.recording import Figure, record_values
from reporting.actions.reports import compute_waiting_reports, make_report, publish_report
from reporting.models import Assessment
from reporting.periods import Every, Period
from reporting.report_names import Asked, Kind
from tests.factories import Solvik, a_card, oslo
from tests.reporting.api.conftest import Figures, client_for, keyed
from tests.reporting.plans import an_action
from tests.reporting.scorecards import NOW, a_scorecard, an_indicator

API = "/api/v1/"


def test_a_scorecard_is_what_command_and_page_show(figures: Figures, capsys: Any) -> None:
    (listed,) = figures.adviser.get(f"{API}scorecards/").json()["results"]
    assert (listed["indicators"], listed["unit"], listed["years"]) == (1, None, 3)
    told = client_for(figures.solvik.administrator, "nb").get(f"{listed['url']}?first=2023&last=2026").json()
    call_command("scorecard", figures.scorecard.key, "--json", "--first", "2023", "--last", "2026")
    assert told == json.loads(capsys.readouterr().out)
    (row,) = told["goals"][0]["rows"]
    assert row["results"] == {"2023": 4.1, "2024": None, "2025": 4.7, "2026": None}
    assert row["standings"]["2024"] == "not_measured"  # a value of its own, and not «nobody has written it»
    assert row["standings"]["2026"] is None
    assert (row["status"], row["change"]["amount"], row["change"]["since"]) == ("desired", 0.6, 2023)


def test_a_scorecard_refuses_years_and_units_as_its_page_does(figures: Figures) -> None:
    url = f"{API}scorecards/{figures.scorecard.key}/"
    for query, field in (
        ("?first=20225", "first"), ("?first=2025&last=2024", "first"), ("?unit=roads", "unit"), ("?years=3", "years"),
    ):  # fmt: skip
        answer = figures.adviser.get(url + query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), query
        assert answer["Content-Type"] == "application/problem+json"
    assert figures.adviser.get(f"{API}scorecards/nothing/").status_code == 404
    assert figures.adviser.get(f"{API}scorecards/a%00b/").status_code == 404


def test_a_benchmark_is_what_the_command_shows(figures: Figures, capsys: Any) -> None:
    (listed,) = figures.adviser.get(f"{API}benchmarks/").json()["results"]
    assert [place["name"] for place in listed["members"]] == ["Vik", "Dal", "Nes", "Ås", "Li"]
    told = client_for(figures.solvik.administrator, "nb").get(listed["url"]).json()
    call_command("benchmark", figures.group.key, "--json")
    assert told == json.loads(capsys.readouterr().out)
    assert told["over_mean"] == [figures.indicator.key]
    for query, field in (("?set=x", "set"), ("?year=20225", "year"), ("?against=us", "against"), ("?sett=all", "sett")):
        answer = figures.adviser.get(listed["url"] + query)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), query


def test_assessments_with_history_and_one_area_by_area(figures: Figures) -> None:
    areas = Assessment(version="kommunekompasset-2010", year=2010).form.areas
    for year, points in ((2010, 50), (2013, 60)):
        made = record_assessment(
            Judged(
                version="kommunekompasset-2010", year=year, kind="external",
                points={area.key: points + place for place, area in enumerate(areas)}, total=None if year == 2010 else 600,
            ),
            by=None, now=NOW, this_year=2026,
        )  # fmt: skip
    write_evidence(made, {areas[0].criteria[0].key: Shown("met", "Planen")}, by=None, now=NOW)
    forms = figures.adviser.get(f"{API}assessment-versions/").json()["results"]
    assert {form["key"]: form["highest"] for form in forms} == {
        "kommunekompasset-2020": 800, "kommunekompasset-2010": 800,
    }  # fmt: skip
    later, earlier = figures.adviser.get(f"{API}assessments/?version=kommunekompasset-2010").json()["results"]
    assert (later["reference"], later["change"], later["is_highest"]) == (
        "kommunekompasset-2010-external-2013",
        80,
        True,
    )
    assert later["total"] == {"points": 508, "published": 600, "from_areas": True, "disagrees": True}
    one = figures.adviser.get(later["url"]).json()
    assert (one["beside"], one["areas"][0]["before"], one["areas"][0]["change"]) == (earlier["reference"], 50, 10)
    assert one["evidence"] == [
        {"area": areas[0].key, "criterion": areas[0].criteria[0].key, "standing": "met", "text": "Planen"}
    ]
    assert figures.adviser.get(f"{API}assessments/kommunekompasset-2010-self-2013/").status_code == 404
    assert figures.adviser.get(f"{API}assessments/?version=other").status_code == 400


def test_indicators_overview_and_themes(figures: Figures) -> None:
    (told,) = figures.adviser.get(f"{API}indicators/").json()["results"]
    assert told == figures.adviser.get(told["url"]).json()
    assert (told["scale"], told["lowest"], told["highest"], told["may_be_written"]) == ("1-6", 1.0, 6.0, True)
    (shown,) = figures.adviser.get(f"{API}overview/").json()["figures"]
    assert (shown["value"], shown["year"], shown["status"]) == (4.7, 2025, "desired")
    assert figures.adviser.get(f"{API}overview/?unit=nowhere").status_code == 404
    assert figures.adviser.get(f"{API}themes/").json()["themes"] == []
    assert figures.adviser.get(f"{API}indicators/none/").status_code == 404


def test_what_everybody_may_see_is_what_the_public_page_and_the_open_data_show(solvik: Solvik, client: Client) -> None:
    for day in range(12):
        a_card(now=oslo(2026, 9, 1 + day, 9), unit=solvik.roads)
    a_card(now=oslo(2026, 9, 20, 9), unit=solvik.water, area="Nord")
    indicator = an_indicator()
    indicator.is_public = True
    indicator.save()
    record_values(indicator, [Figure(Period(2025), Decimal("4.44"), n=80)], by=None, now=NOW, this_year=2026)
    told = client_for(None).get(f"{API}public-statistics/").json()
    messages = told["messages"]
    assert (messages["total"], messages["first"], messages["last"]) == (15, "2025-11-01", "2026-10-31")
    assert [month["messages"] for month in messages["months"] if month["month"] == "2026-09"] == [15]
    assert "13" not in json.dumps(messages["months"])  # the number itself is nobody's
    assert messages["areas"] is None
    open_data = client.get("/open-data/benchmarks.json").json()
    assert told["indicators"] == open_data["indicators"]
    assert told["indicators"][0]["values"][0]["value"] == 4.4
    page = client.get("/what-we-hear/", HTTP_ACCEPT_LANGUAGE="nb").context["heard"]
    assert (page.total, page.messages[-2]) == (15, 15)


READS = (
    "indicators/", "values/", "scorecards/", "overview/", "themes/", "benchmarks/", "assessment-versions/",
    "assessments/", "reports/",
)  # fmt: skip


@pytest.mark.parametrize("who", ["clerk", "roads_leader", "handler", "chief", "mayors_secretary", "reader", "stranger"])
def test_rights_are_those_of_the_pages(figures: Figures, client: Client, who: str) -> None:
    person = getattr(figures.solvik, who, None)
    if person is not None:
        client.force_login(person)
    page = client.get("/staff/scorecards/").status_code
    expected = {200: 200, 403: 403, 302: 401}[page]
    caller = client_for(person)
    assert {path: caller.get(API + path).status_code for path in READS} == dict.fromkeys(READS, expected)
    denied = caller.post(
        f"{API}values/", {"values": [{"indicator": figures.indicator.key, "period": "2024", "value": 2}]}
    )
    assert (denied.status_code, denied["Content-Type"]) == (401 if page == 302 else 403, "application/problem+json")
    assert not figures.indicator.values.filter(value=2).exists()
    assert caller.get(f"{API}public-statistics/").status_code == 200


def test_scopes_and_unit_limits_narrow(figures: Figures) -> None:
    solvik = figures.solvik
    record_values(
        figures.indicator,
        [Figure(Period(2025), Decimal("4.4"), unit=unit.pk) for unit in (solvik.roads, solvik.water)],
        by=None, now=NOW, this_year=2026,
    )  # fmt: skip
    cards = keyed(solvik.administrator, ["cards:read"])
    assert [cards.get(API + path).status_code for path in ("values/", "scorecards/", "actions/")] == [403] * 3
    reads = keyed(solvik.administrator, ["figures:read"])
    assert (reads.get(f"{API}values/").status_code, reads.get(f"{API}actions/").status_code) == (200, 403)
    assert reads.post(f"{API}values/", {"values": []}).status_code == 403
    plans = keyed(solvik.administrator, ["actions:read"])
    assert (plans.get(f"{API}values/").status_code, plans.get(f"{API}actions/").status_code) == (403, 200)
    assert plans.post(f"{API}actions/", {"title": "x"}).status_code == 403

    of_roads = keyed(solvik.administrator, units=[solvik.roads])
    assert {one["unit"] for one in of_roads.get(f"{API}values/").json()["results"]} == {"roads"}
    card = f"{API}scorecards/{figures.scorecard.key}/"
    whole = of_roads.get(card)
    assert (whole.status_code, whole.json()["code"]) == (403, "outside_the_key")
    assert [of_roads.get(f"{card}?unit={code}").status_code for code in ("roads", "water")] == [200, 403]
    assert [of_roads.get(API + path).status_code for path in ("benchmarks/", "assessments/", "themes/")] == [403] * 3
    assert of_roads.post(f"{API}values/", {"values": []}).status_code == 403
    an_action(solvik.water)
    assert [one["unit"] for one in of_roads.get(f"{API}actions/").json()["results"]] == ["roads"]


def test_lists_cost_the_same_however_long_they_are(figures: Figures) -> None:
    def statements(path: str) -> int:
        figures.adviser.get(API + path)  # what is kept for a while is there
        with CaptureQueriesContext(connection) as found:
            assert figures.adviser.get(API + path).status_code == 200
        return len(found)

    paths = [*READS, "actions/", f"scorecards/{figures.scorecard.key}/", f"benchmarks/{figures.group.key}/"]
    before = {path: statements(path) for path in paths}
    for number in range(2):
        more = an_indicator(f"Nummer {number}")
        record_values(
            more, [Figure(Period(year), Decimal("4.4")) for year in range(2015, 2026)], by=figures.solvik.administrator,
            now=NOW, this_year=2026,
        )  # fmt: skip
        an_action(figures.solvik.water, indicator=more, person=figures.solvik.water_leader)
        a_scorecard(("God kvalitet", more, None), name=f"Kort {number}")
    assert {path: statements(path) for path in paths} == before
    assert max(before.values()) <= 16, before


def test_reports_and_their_versions(figures: Figures) -> None:
    adviser, reader = figures.adviser, client_for(figures.solvik.reader)
    report = make_report(Asked(Kind.CARDS, Period(2026, Every.QUARTER, 3)), by=None, now=NOW)
    url = f"{API}reports/{report.name}/"
    assert (adviser.get(url).status_code, reader.get(url).status_code) == (404, 404)  # nothing is computed yet
    compute_waiting_reports(now=NOW)
    assert (adviser.get(url).json()["version"], reader.get(url).status_code) == (1, 404)  # a draft
    publish_report(report, publish_on=NOW.date(), public=False, by=None, now=NOW)
    (listed,) = reader.get(f"{API}reports/").json()["results"]
    assert (listed["period"], listed["versions"][0]["state"]) == ("2026-Q3", "published")
    assert listed["versions"][0]["published_on"] == "2026-11-16"
    assert reader.get(listed["url"]).json() == adviser.get(f"{url}?version=1").json()
    assert [reader.get(url + query).status_code for query in ("?version=2", "?version=x", "?v=1")] == [404, 404, 400]
    limited = keyed(figures.solvik.administrator, units=[figures.solvik.roads])
    assert (limited.get(f"{API}reports/").json()["results"], limited.get(url).status_code) == ([], 404)
