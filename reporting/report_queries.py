"""Reads on reports: which there are, who may read them, and what everybody sees."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max, OuterRef, Prefetch, Q, QuerySet, Subquery

from organisation.models import Municipality, Person, Unit
from organisation.permissions import Permission
from organisation.queries import grants_of
from reporting.group_queries import group_called
from reporting.models import Assessment, Group, Report, ReportVersion, Scorecard
from reporting.queries import unit_of_code
from reporting.report_material import Scope
from reporting.report_names import OF_SOMETHING, Asked, Kind
from reporting.rules import figures_seen, may_manage

_LIGHT = ("figures",)


def visible_reports(person: Person) -> Q:
    """Return the condition on reports that `person` may read.

    Who holds the permission for the whole municipality reads all. A unit's leader reads those of the whole, and of units
    those of the own. What is not published yet is for those who keep the figures.
    """
    grants = grants_of(person)
    if grants.only:
        return figures_seen(person)
    if grants.allows(Permission.SEE_SCORECARDS):
        return Q()
    return Q(unit=None) | Q(unit__in=grants.units_with(Permission.SEE_SCORECARDS))


def reports_for(person: Person) -> QuerySet[Report]:
    """Return the reports that `person` may read, each with its versions but their figures (two queries)."""
    versions = ReportVersion.objects.defer(*_LIGHT).order_by("-number")
    found = Report.objects.filter(visible_reports(person)).select_related("unit", "scorecard", "assessment")
    if not may_manage(person):
        found = found.filter(pk__in=ReportVersion.objects.filter(state=ReportVersion.State.PUBLISHED).values("report"))
        versions = versions.filter(state=ReportVersion.State.PUBLISHED)
    return found.prefetch_related(Prefetch("versions", versions))


def report_called(person: Person, name: str) -> Report | None:
    """Return the report of this name with its versions, or None where it is not there or not to be seen."""
    return None if "\x00" in name else reports_for(person).filter(name=name).first()


def version_of(report: Report, number: int | None = None) -> ReportVersion | None:
    """Return a version with its figures: the one asked for among those loaded with the report, else the latest."""
    numbers = [version.number for version in report.versions.all()]
    wanted = numbers[0] if number is None and numbers else number
    if wanted not in numbers:
        return None
    found = report.versions.model._default_manager.select_related("made_by", "published_by")
    return found.filter(report=report, number=wanted).first()


def public_reports(today: date) -> QuerySet[Report]:
    """Return the reports for everybody that are out on the local day `today`, with `out`, the number of what is shown."""
    newest = (
        ReportVersion.objects.filter(report=OuterRef("pk"), state="published", publish_on__lte=today)
        .order_by()
        .values("report")
        .annotate(newest=Max("number"))
        .values("newest")
    )
    return Report.objects.filter(public=True).annotate(out=Subquery(newest)).filter(out__isnull=False)


def public_version(name: str, today: date, number: int | None = None) -> ReportVersion | None:
    """Return what everybody sees of a report: the latest version whose day has come, or an earlier one that was out.

    It may be withdrawn. Then an earlier one is not shown in its place unless it is asked for.
    """
    report = None if "\x00" in name else public_reports(today).filter(name=name).first()
    if report is None:
        return None
    wanted = report.out if number is None else number  # type: ignore[attr-defined]
    return (
        ReportVersion.objects.select_related("report")
        .filter(report=report, number=wanted, state="published", publish_on__lte=today)
        .first()
    )


def versions_out(report: Report, today: date) -> list[ReportVersion]:
    """Return the versions that have been out, the newest first, without their figures."""
    found = ReportVersion.objects.defer(*_LIGHT).filter(report=report, state="published", publish_on__lte=today)
    return list(found.order_by("-number"))


def assessments_of_ours() -> QuerySet[Assessment]:
    return Assessment.objects.filter(elsewhere=None).order_by("-year", "kind")


def key_of_assessment(assessment: Assessment) -> str:
    """By which a report of it is named, beside its year."""
    return f"{assessment.version}-{assessment.kind}"


class OfWhat:
    """What a report asked for is of. `found` is False where there is no such unit, scorecard, assessment or group."""

    def __init__(self, asked: Asked) -> None:
        self.unit: Unit | None = None
        self.scorecard: Scorecard | None = None
        self.assessment: Assessment | None = None
        self.group: Group | None = None
        if asked.kind == Kind.UNIT:
            self.unit = unit_of_code(asked.what)
        elif asked.kind == Kind.SCORECARD:
            self.scorecard = Scorecard.objects.select_related("unit").filter(key=asked.what).first()
        elif asked.kind == Kind.ASSESSMENT:
            version, _dash, kind = asked.what.rpartition("-")
            self.assessment = Assessment.objects.filter(
                elsewhere=None, version=version, kind=kind, year=asked.period.year
            ).first()
        elif asked.kind == Kind.BENCHMARK:
            self.group = group_called(asked.what)
        self.found = asked.kind not in OF_SOMETHING or any((self.unit, self.scorecard, self.assessment, self.group))


def scope_asked(asked: Asked, of: OfWhat, house: Municipality, now: datetime) -> Scope:
    """Return what a report that is not kept would be of."""
    place = of.unit or (of.scorecard.unit if of.scorecard else None)
    return Scope(
        asked.kind, asked.name, asked.period, place, of.scorecard, of.assessment, of.group, house.name, now, house.zone
    )


def scope_of(report: Report, house: Municipality, now: datetime) -> Scope:
    """Return what a report that is kept is of."""
    place = report.unit or (report.scorecard.unit if report.scorecard else None)
    return Scope(
        report.kind,
        report.name,
        report.period,
        place,
        report.scorecard,
        report.assessment,
        report.group,
        house.name,
        now,
        house.zone,
    )
