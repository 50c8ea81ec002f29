"""Reports with figures, one published for everybody and one that is written to."""

from __future__ import annotations

from datetime import datetime

from reporting.actions.reports import compute_waiting_reports, make_report, publish_report, write_texts
from reporting.models import Report
from reporting.periods import Every, Period, before, period_of
from reporting.report_names import Asked, Kind
from tests.factories import OSLO


def reports_out_and_in_work(now: datetime) -> tuple[Report, Report]:
    today = now.astimezone(OSLO).date()
    quarter = before(period_of(today, Every.QUARTER))
    out = make_report(Asked(Kind.CARDS, quarter), by=None, now=now)
    compute_waiting_reports(now=now)
    write_texts(out, {"summary": {"nb": "Et rolig kvartal.", "en": "A calm quarter."}}, seen=0, by=None, now=now)
    publish_report(out, publish_on=today, public=True, by=None, now=now)
    annual = make_report(Asked(Kind.ANNUAL, Period(today.year)), by=None, now=now)
    compute_waiting_reports(now=now)
    return out, annual
