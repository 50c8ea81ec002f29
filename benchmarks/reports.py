"""Measure reports on many cards: `python -m benchmarks.reports --cards 1000000`.

The cards of `benchmarks.indicators`, in a database of its own: a quarter's report and a year's computed for the first time
and again, and read from the version that keeps them, as the page does. Times are wall time on this machine. Nothing here is
a test.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from benchmarks.indicators import fill
from benchmarks.own_database import own_database, timed


def measure(cards: int) -> dict[str, Any]:
    from django.utils import timezone

    from reporting.actions.reports import compute_waiting_reports, make_report
    from reporting.models import Report, ReportVersion
    from reporting.periods import Every, Period, before, period_of
    from reporting.report_building import build
    from reporting.report_files import report_json, report_pdf, report_xlsx
    from reporting.report_names import Asked, Kind
    from reporting.report_pages import edition_of, shown
    from reporting.report_queries import scope_of

    house = fill(cards)
    now = timezone.now()
    today = now.astimezone(house.zone).date()
    found: dict[str, Any] = {"cards": cards}
    for kind, period in (
        (Kind.CARDS, before(period_of(today, Every.QUARTER))),
        (Kind.ANNUAL, Period(today.year - 1)),
    ):
        start = time.perf_counter()
        report = make_report(Asked(kind, period), by=None, now=now)
        compute_waiting_reports(now=now)
        found[f"{kind}: made and computed, cold (s)"] = round(time.perf_counter() - start, 2)
        scope = scope_of(Report.objects.get(pk=report.pk), house, now)
        found[f"{kind}: computed again"] = timed(lambda scope=scope: build(scope), 3)

        def read(pk: int = report.pk) -> Any:
            edition = edition_of(ReportVersion.objects.select_related("report").get(report=pk), public=False)
            assert edition is not None
            return shown(edition, "nb"), edition

        edition = read()[1]
        found[f"{kind}: read as it is kept"] = timed(read)
        found[f"{kind}: JSON"] = timed(lambda edition=edition: report_json(edition))
        found[f"{kind}: XLSX"] = timed(lambda edition=edition: report_xlsx(edition, "nb"), 5)
        found[f"{kind}: PDF"] = timed(lambda edition=edition: report_pdf(edition, house, "nb", made_at=now), 5)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=1_000_000)
    options = parser.parse_args()

    with own_database():
        print(json.dumps(measure(options.cards), indent=2))


if __name__ == "__main__":
    main()
