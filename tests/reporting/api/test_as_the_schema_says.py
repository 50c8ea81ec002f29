"""Every read of figures with something to show is answered as the checked-in schema says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from rest_framework.authtoken.models import Token

from reporting.actions.assessments import Judged, Shown, record_assessment, write_evidence
from reporting.actions.counting import compute_figures
from reporting.actions.reports import compute_waiting_reports, make_report
from reporting.actions.themes import know_usual_themes
from reporting.models import Assessment, Theme
from reporting.periods import Every, Period
from reporting.report_names import Asked, Kind
from tests.factories import OSLO, a_card, oslo
from tests.feedback.api.test_schema import PLAIN, served_schema
from tests.reporting.api.conftest import Figures
from tests.reporting.api.test_reading import READS
from tests.reporting.scorecards import NOW

pytestmark = pytest.mark.slow


@pytest.fixture
def schema(figures: Figures) -> Iterator[Any]:
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield served_schema()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_read_is_as_the_schema_says(figures: Figures, schema: Any) -> None:
    solvik = figures.solvik
    for day in range(12):
        a_card(now=oslo(2026, 9, 1 + day, 9), unit=solvik.roads, area="Nord")
    compute_figures(now=NOW, zone=OSLO)
    know_usual_themes(by=None, now=NOW)
    figures.indicator.is_public = True
    figures.indicator.save()
    form = Assessment(version="kommunekompasset-2020", year=2024).form
    judged = Judged(form.key, 2024, {area.key: 50 for area in form.areas})
    made = record_assessment(judged, by=None, now=NOW, this_year=2026)
    write_evidence(made, {form.areas[0].criteria[0].key: Shown("", "Planen")}, by=None, now=NOW)
    report = make_report(Asked(Kind.CARDS, Period(2026, Every.QUARTER, 3)), by=None, now=NOW)
    compute_waiting_reports(now=NOW)
    token = Token.objects.create(user=solvik.administrator).key
    named = {
        "indicators/{key}/": {"key": figures.indicator.key},
        "scorecards/{key}/": {"key": figures.scorecard.key},
        "benchmarks/{group}/": {"group": figures.group.key},
        "assessments/{reference}/": {"reference": "kommunekompasset-2020-external-2024"},
        "reports/{name}/": {"name": report.name},
        "actions/{reference}/": {"reference": figures.action.reference},
    }
    for path in (*READS, "actions/", "public-statistics/", *named):
        parameters = named.get(path, {})
        case = schema[f"/api/v1/{path}"]["GET"].Case(path_parameters=parameters)
        answer = case.call_and_validate(headers=PLAIN | {"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, (path, answer.text)
    assert Theme.objects.exists()
