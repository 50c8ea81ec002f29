"""Write down assessments: their points, where they come from, and what shows that a criterion is met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.storing import Upload, delete_file_on_commit, fill_from_upload
from organisation.actions.base import check_row
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from reporting.assessment_versions import Version, versions
from reporting.models import AreaPoints, Assessment, CriterionFile, Elsewhere, Evidence
from reporting.periods import FIRST_YEAR
from reporting.rules import require_manager


class VersionUnknown(Refused):
    code = "version_unknown"
    field = "version"
    message = _("There is no form of assessment with the key «%(key)s».")


class AssessmentYear(Refused):
    code = "assessment_year"
    field = "year"
    message = _("Write a year with four digits, from %(first)s to %(last)s.")


class AssessmentThere(Refused):
    code = "assessment_there"
    field = "year"
    message = _("There is an assessment of that year already. Change that one.")


class OthersAssessThemselves(Refused):
    code = "others_assess_themselves"
    field = "kind"
    message = _("Of other municipalities we keep what assessors from outside gave.")


class PointsOutside(Refused):
    """`field` is the key of the area."""

    code = "points_outside"
    message = _("Write whole points from 0 to %(most)s.")

    def __init__(self, area: str, most: int) -> None:
        super().__init__(most=most)
        self.field = area


class AreaUnknown(Refused):
    code = "area_unknown"
    message = _("This form of assessment has no area «%(area)s».")


class TotalOutside(Refused):
    code = "total_outside"
    field = "total"
    message = _("Write a total from 0 to %(most)s points.")


class NothingAssessed(Refused):
    code = "nothing_assessed"
    field = "total"
    message = _("Write the points of the areas, or at least the total.")


class CriterionUnknown(Refused):
    code = "criterion_unknown"
    field = "criterion"
    message = _("This form of assessment has no such criterion. Choose another.")


class OnlyOurEvidence(Refused):
    code = "only_our_evidence"
    message = _("What shows that a criterion is met is kept of our own municipality alone.")


@dataclass(frozen=True)
class Judged:
    """One assessment as it is written down. `points` by the key of the area; areas that are not known are left out."""

    version: str
    year: int
    points: Mapping[str, int] = field(default_factory=dict)
    kind: str = Assessment.Kind.EXTERNAL
    elsewhere: Elsewhere | None = None
    total: int | None = None
    assessor: str = ""
    source: str = ""
    note: str = ""


class Shown(NamedTuple):
    """What is said of one criterion. Both empty: nothing is."""

    standing: str
    text: str


def record_assessment(judged: Judged, *, by: Person | None, now: datetime, this_year: int) -> Assessment:
    """Write an assessment down. `this_year` is the local one: no assessment is of a year to come.

    Raises NotAllowed, VersionUnknown, AssessmentYear, AssessmentThere, OthersAssessThemselves, AreaUnknown, PointsOutside,
    TotalOutside, NothingAssessed, Unfit.
    """
    require_manager(by)
    _check(judged, this_year)
    with transaction.atomic():
        assessment = _filled(Assessment(), judged)
        check_row(assessment)
        assessment.save(force_insert=True)
        log_created(assessment, by=by, now=now)
        _write_points(assessment, judged.points, by=by, now=now)
    return assessment


def change_assessment(
    assessment: Assessment, judged: Judged, *, by: Person | None, now: datetime, this_year: int
) -> Assessment:
    """Put an assessment right; its evidence stays. Raises as `record_assessment`."""
    require_manager(by)
    _check(judged, this_year, apart_from=assessment.pk)
    with transaction.atomic():
        found = Assessment.objects.select_for_update().get(pk=assessment.pk)
        before = values_of(found)
        _filled(found, judged)
        check_row(found)
        found.save()
        log_changed(found, before, by=by, now=now)
        _write_points(found, judged.points, by=by, now=now)
    return found


def remove_assessment(assessment: Assessment, *, by: Person | None, now: datetime) -> None:
    """Take an assessment away with its points and its evidence. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(assessment, by=by, now=now)
        for file in assessment.files.all():
            delete_file_on_commit(file)
        Assessment.objects.filter(pk=assessment.pk).delete()


def write_evidence(assessment: Assessment, shown: Mapping[str, Shown], *, by: Person | None, now: datetime) -> None:
    """Write what shows that criteria are met, by the criterion's key. Those not named stay as they are.

    Raises NotAllowed, OnlyOurEvidence, Unfit.
    """
    require_manager(by)
    if assessment.elsewhere_id is not None:
        raise OnlyOurEvidence
    with transaction.atomic():
        Assessment.objects.select_for_update().get(pk=assessment.pk)
        there = {row.criterion: row for row in Evidence.objects.filter(assessment=assessment, criterion__in=shown)}
        for criterion, (standing, text) in shown.items():
            row = there.get(criterion)
            if not standing and not text.strip():
                if row is not None:
                    log_removed(row, by=by, now=now)
                    row.delete()
                continue
            before = values_of(row) if row is not None else None
            row = row or Evidence(assessment=assessment, criterion=criterion)
            row.standing, row.text = standing, text.strip()
            check_row(row)
            row.save()
            if before is None:
                log_created(row, by=by, now=now)
            else:
                log_changed(row, before, by=by, now=now)


def add_criterion_file(
    assessment: Assessment, criterion: str, upload: Upload, *, by: Person | None, now: datetime
) -> CriterionFile:
    """Keep a file that shows that a criterion is met. Raises NotAllowed, OnlyOurEvidence, CriterionUnknown."""
    require_manager(by)
    if assessment.elsewhere_id is not None:
        raise OnlyOurEvidence
    if criterion not in {one.key for area in assessment.form.areas for one in area.criteria}:
        raise CriterionUnknown
    with transaction.atomic():
        kept = CriterionFile(assessment=assessment, criterion=criterion, added_at=now, added_by=by)
        fill_from_upload(kept, upload, called=f"{assessment.version}-{assessment.year}")
        kept.save(force_insert=True)
    return kept


def take_criterion_file_away(assessment: Assessment, pk: int, *, by: Person | None, now: datetime) -> None:
    """Take a file away. Nothing happens where it is gone already. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        found = CriterionFile.objects.select_for_update().filter(assessment=assessment, pk=pk).first()
        if found is not None:
            delete_file_on_commit(found)
            found.delete()


def know_municipality(name: str, *, country: str = "", by: Person | None, now: datetime) -> Elsewhere:
    """Return the municipality of that name, made where it is new. Raises NotAllowed, Unfit."""
    require_manager(by)
    country = country or municipality().country
    found = Elsewhere.objects.filter(
        kind=Elsewhere.Kind.MUNICIPALITY, country=country, name__iexact=name.strip()
    ).first()
    if found is None:
        found = Elsewhere(country=country, code=name.strip().casefold()[:20], name=name.strip())
        check_row(found)
        found.save(force_insert=True)
        log_created(found, by=by, now=now)
    return found


def _check(judged: Judged, this_year: int, *, apart_from: int = 0) -> None:
    form = versions().get(judged.version)
    if form is None:
        raise VersionUnknown(key=judged.version)
    if not FIRST_YEAR <= judged.year <= this_year:
        raise AssessmentYear(first=FIRST_YEAR, last=this_year)
    if judged.elsewhere is not None and judged.kind != Assessment.Kind.EXTERNAL:
        raise OthersAssessThemselves
    _check_points(judged, form)
    same = Assessment.objects.filter(
        version=judged.version, elsewhere=judged.elsewhere, kind=judged.kind, year=judged.year
    )
    if same.exclude(pk=apart_from).exists():
        raise AssessmentThere


def _check_points(judged: Judged, form: Version) -> None:
    for area, points in judged.points.items():
        if form.area(area) is None:
            raise AreaUnknown(area=area)
        if not 0 <= points <= form.most:
            raise PointsOutside(area, form.most)
    if judged.total is not None and not 0 <= judged.total <= form.highest:
        raise TotalOutside(most=form.highest)
    if judged.total is None and not judged.points:
        raise NothingAssessed


def _filled(row: Assessment, judged: Judged) -> Assessment:
    row.version, row.elsewhere, row.kind, row.year = judged.version, judged.elsewhere, judged.kind, judged.year
    row.assessor, row.total = judged.assessor.strip(), judged.total
    row.source, row.note = judged.source.strip(), judged.note.strip()
    return row


def _write_points(assessment: Assessment, points: Mapping[str, int], *, by: Person | None, now: datetime) -> None:
    there = {row.area: row for row in assessment.areas.all()}
    for area, row in there.items():
        if area not in points:
            log_removed(row, by=by, now=now)
            row.delete()
    for area, given in points.items():
        row = there.get(area) or AreaPoints(assessment=assessment, area=area)
        before = values_of(row) if row.pk else None
        if before is not None and row.points == given:
            continue
        row.points = given
        row.save()
        if before is None:
            log_created(row, by=by, now=now)
        else:
            log_changed(row, before, by=by, now=now)
