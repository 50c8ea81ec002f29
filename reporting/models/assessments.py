"""Assessments of a municipality in points by area, ours and those of others, with what was shown for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reporting.assessing import Total, total_of
from reporting.assessment_versions import Version, versions
from reporting.models.indicators import Elsewhere


class Assessment(models.Model):
    """One assessment: of us (`elsewhere` is empty) or of a municipality elsewhere. `version` is a key of `versions()`.

    `total` is the total as published, in points. It stands alone where the areas are not known.
    """

    class Kind(models.TextChoices):
        EXTERNAL = "external", _("By assessors from outside")
        SELF = "self", _("By ourselves")

    version = models.CharField(_("form of assessment"), max_length=60)
    elsewhere = models.ForeignKey(
        Elsewhere, models.PROTECT, null=True, blank=True, related_name="assessments", verbose_name=_("municipality")
    )
    kind = models.CharField(_("made"), max_length=10, choices=Kind.choices, default=Kind.EXTERNAL)
    year = models.PositiveSmallIntegerField(_("year"))
    assessor = models.CharField(_("assessed by"), max_length=150, blank=True)
    total = models.PositiveSmallIntegerField(_("total as published"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=250, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-year", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                name="assessment_once_a_year",
                fields=["version", "elsewhere", "kind", "year"],
                nulls_distinct=False,
                violation_error_message=_("There is an assessment of that year already."),
            ),
            models.CheckConstraint(
                name="assessment_of_others_is_from_outside", condition=Q(elsewhere=None) | Q(kind="external")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.year}"

    @property
    def form(self) -> Version:
        return versions()[self.version]

    def points(self) -> dict[str, int]:
        """Return the points of each area that is known, in the version's order (no query where `areas` is prefetched)."""
        known = {row.area: row.points for row in self.areas.all()}
        return {area.key: known[area.key] for area in self.form.areas if area.key in known}

    def sum(self) -> Total:
        return total_of(self.points(), [area.key for area in self.form.areas], self.total)


class AreaPoints(models.Model):
    """What an assessment gave one area."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="areas", verbose_name=_("assessment"))
    area = models.CharField(_("area"), max_length=60)
    points = models.PositiveSmallIntegerField(_("points"))

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("points of an area")
        verbose_name_plural = _("points of areas")
        constraints = [models.UniqueConstraint(name="area_points_once", fields=["assessment", "area"])]

    def __str__(self) -> str:
        return f"{self.area}: {self.points}"


class Evidence(models.Model):
    """How our municipality meets one criterion, and what shows it."""

    class Standing(models.TextChoices):
        MET = "met", _("In place")
        PARTLY = "partly", _("Partly in place")
        NOT_MET = "not_met", _("Not in place")

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="evidence", verbose_name=_("assessment"))
    criterion = models.CharField(_("criterion"), max_length=60)
    standing = models.CharField(_("standing"), max_length=10, choices=Standing.choices, blank=True)
    text = models.TextField(_("what shows it"), max_length=2000, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(name="evidence_once", fields=["assessment", "criterion"]),
            models.CheckConstraint(name="evidence_says_something", condition=~Q(standing="") | ~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.standing}"


class CriterionFile(models.Model):
    """A picture or a PDF that shows how our municipality meets one criterion."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="files", verbose_name=_("assessment"))
    criterion = models.CharField(_("criterion"), max_length=60)
    file = models.FileField(_("file"), upload_to="assessments/%Y/%m/", max_length=200)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    added_at = models.DateTimeField(_("added"), editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    personal_data = dict.fromkeys(["file", "name", "sha256"], "when the file is taken away")
    erased_whole = True

    class Meta:
        verbose_name = _("file of a criterion")
        verbose_name_plural = _("files of criteria")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
