"""All sections of a report are of one moment, though cards come in while it is computed; and others see how far it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import InternalError

from organisation.queries import municipality
from organisation.snapshots import one_snapshot
from reporting.actions.reports import compute_waiting_reports, make_report
from reporting.documents import Document
from reporting.models import ReportVersion
from reporting.periods import Every, Period
from reporting.report_building import build
from reporting.report_names import Asked, Kind
from reporting.report_queries import OfWhat, scope_asked
from tests.factories import NO_PHONE, Solvik, a_card, make_solvik, oslo
from tests.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = oslo(2026, 11, 16, 9)
CARDS = Asked(Kind.CARDS, Period(2026, Every.QUARTER, 3))


@pytest.fixture
def solvik() -> Solvik:
    return make_solvik()


def counted(found: Document) -> set[int]:
    """The number of all cards as each section counts them."""
    return {
        int(row.cells[0].value or 0)
        for section in found.sections
        for table in section.tables
        for row in table.rows
        if table.key in ("by-channel", "by-unit", "by-kind") and row.key in ("all", "")
    } | {
        int(row.cells[0].value or 0)
        for section in found.sections
        for table in section.tables
        for row in table.rows
        if row.key == "cards-received"
    }


def test_a_card_that_comes_in_meanwhile_is_in_no_section(solvik: Solvik) -> None:
    a_card(now=oslo(2026, 9, 1, 9), unit=solvik.roads, contact=NO_PHONE)
    scope = scope_asked(CARDS, OfWhat(CARDS), municipality(), NOW)

    def one_more() -> None:
        a_card(now=oslo(2026, 9, 2, 9), unit=solvik.roads, contact=NO_PHONE)

    def by_the_way(run: Any) -> Any:
        return lambda done, _total: run(one_more) if done == 1 else None

    torn = build(scope, progress=by_the_way(lambda act: act()))
    assert counted(torn) == {1, 2}  # without: sections that disagree
    with one_snapshot() as apart:
        whole = build(scope, progress=by_the_way(apart))
    assert counted(whole) == {2}
    assert counted(build(scope)) == {3}


def test_others_see_how_far_it_is_and_nothing_is_written_by_the_reading(solvik: Solvik) -> None:
    make_report(CARDS, by=None, now=NOW)
    version = ReportVersion.objects.get()
    with one_snapshot() as apart:
        apart(lambda: ReportVersion.objects.update(done=3, total=9))
        assert at_once(lambda: ReportVersion.objects.get().done) == [3]
        assert ReportVersion.objects.get().done == 3  # the first read of the snapshot
        apart(lambda: ReportVersion.objects.update(done=4))
        assert ReportVersion.objects.get().done == 3
        with pytest.raises(InternalError, match="read-only"):
            ReportVersion.objects.update(done=5)
    assert compute_waiting_reports(now=NOW) == 1
    version.refresh_from_db()
    assert (version.state, version.done, version.total) == ("computed", version.total - 1, version.total)
    assert version.total > 3


@pytest.mark.parametrize("kind", [Kind.ANNUAL, Kind.UNIT])
def test_no_kind_of_report_writes_while_it_reads(solvik: Solvik, kind: str) -> None:
    asked = Asked(kind, Period(2025), "roads" if kind == Kind.UNIT else "")
    make_report(asked, by=None, now=NOW)
    assert compute_waiting_reports(now=NOW) == 1
    assert ReportVersion.objects.get().state == "computed"
