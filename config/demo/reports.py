"""Solvik's reports: last year's to the council and a quarter's are out, a unit's too, and the last quarter's waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from config.demo.days import OSLO, at
from organisation.models import Person
from reporting.actions.reports import compute_waiting_reports, make_report, publish_report, write_texts
from reporting.models import Report
from reporting.periods import Every, Period, before, period_of
from reporting.report_names import Asked, Kind
from reporting.report_pages import SUMMARY

UNIT = "VEI"

ANNUAL_WORDS = {
    SUMMARY: {
        "nb": "Meldingsordningen kom i gang i løpet av året. Vei og gatelys dominerer, slik det var ventet: det er det folk ser når "
        "de går ut av døren.\n\nLøftet om å ringe innen ti dager ble holdt for de fleste. Der det glapp, var det oftest fordi "
        "saken lå hos feil enhet den første uken.",
        "nn": "Meldingsordninga kom i gang i løpet av året. Veg og gatelys dominerer, slik det var venta.",
    },
    "time": {"nb": "De fleste meldingene kom de første ukene etter at kortene ble sendt ut til alle husstander."},
}
QUARTER_WORDS = {SUMMARY: {"nb": "Et rolig kvartal. Vi ringer raskere enn i fjor, men når færre på første forsøk."}}
UNIT_WORDS = {SUMMARY: {"nb": "Rapporten er gått gjennom med enhetsleder. Hull i veien lappes nå innen to uker."}}


def make_reports(*, by: Person, today: date, now: datetime) -> None:
    """Make them as they would have been made then, each published some weeks after its period."""
    last = before(period_of(today, Every.QUARTER))
    earlier = before(last)
    _published(Asked(Kind.ANNUAL, Period(today.year - 1)), ANNUAL_WORDS, by, now)
    _published(Asked(Kind.CARDS, earlier), QUARTER_WORDS, by, now)
    _published(Asked(Kind.UNIT, last, UNIT), UNIT_WORDS, by, now, public=False)
    _made(Asked(Kind.CARDS, last), by, now)


def _made(asked: Asked, by: Person, now: datetime) -> Report:
    report = make_report(asked, by=by, now=now)
    compute_waiting_reports(now=now)
    return report


def _published(
    asked: Asked, words: dict[str, dict[str, str]], by: Person, now: datetime, *, public: bool = True
) -> None:
    then = min(at(asked.period.last + timedelta(days=20), 9), now)
    report = _made(asked, by, then)
    write_texts(report, words, seen=0, by=by, now=then)
    publish_report(report, publish_on=then.astimezone(OSLO).date(), public=public, by=by, now=then)
