"""Reports and their versions: figures as they were computed, with what the staff wrote to them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reporting.documents import Document, document_of
from reporting.periods import Every, Period
from reporting.report_names import Kind


class Report(models.Model):
    """One report: of a kind, a period and a place. `what` is the part of its name that says of what it is."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    every = models.CharField(_("period"), max_length=10, choices=Every.choices, default=Every.YEAR)
    number = models.PositiveSmallIntegerField(_("quarter"), default=0)
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    scorecard = models.ForeignKey(
        "reporting.Scorecard", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("scorecard")
    )
    assessment = models.ForeignKey(
        "reporting.Assessment", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("assessment")
    )
    group = models.ForeignKey(
        "reporting.Group", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    public = models.BooleanField(_("for everybody"), default=False)
    made_at = models.DateTimeField(_("made"), editable=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-year", "-number", "kind", "name"]
        constraints = [
            models.CheckConstraint(
                name="report_period",
                condition=Q(every="year", number=0) | Q(every="quarter", number__range=(1, 4)),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def period(self) -> Period:
        return Period(self.year, self.every, self.number)


class ReportVersion(models.Model):
    """One version of a report. Once published, neither figures nor texts change; a newer version takes its place.

    `texts` are the staff's, by section and language; `texts_saved` counts how often they were saved, by which two who write
    at once are told of each other. `done` of `total` sections are computed; `sentence` says why they could not be.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a worker")
        COMPUTING = "computing", _("Being computed")
        COMPUTED = "computed", _("Draft")
        FAILED = "failed", _("Could not be computed")
        PUBLISHED = "published", _("Published")

    report = models.ForeignKey(Report, models.CASCADE, related_name="versions", verbose_name=_("report"))
    number = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING, editable=False)
    reason = models.TextField(_("why there is a new version"), blank=True)
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    texts_saved = models.PositiveIntegerField(default=0, editable=False)
    figures = models.JSONField(_("figures"), null=True, blank=True, editable=False)
    code_version = models.CharField(_("made by"), max_length=40, blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    computed_at = models.DateTimeField(_("figures computed"), null=True, blank=True, editable=False)
    done = models.PositiveSmallIntegerField(default=0, editable=False)
    total = models.PositiveSmallIntegerField(default=0, editable=False)
    sentence = models.TextField(blank=True, editable=False)
    publish_on = models.DateField(_("published from"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    withdrawn_because = models.TextField(_("why it was withdrawn"), blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("version of a report")
        verbose_name_plural = _("versions of reports")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="report_version_once", fields=["report", "number"]),
            models.UniqueConstraint(
                name="report_one_draft", fields=["report"], condition=~Q(state="published")
            ),
            models.CheckConstraint(
                name="report_version_computed_has_figures",
                condition=(Q(state__in=["computed", "published"], figures__isnull=False, computed_at__isnull=False))
                | ~Q(state__in=["computed", "published"]),
            ),
            models.CheckConstraint(
                name="report_version_published_has_day",
                condition=Q(state="published", publish_on__isnull=False, published_at__isnull=False)
                | (~Q(state="published") & Q(published_at__isnull=True, withdrawn_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="report_version_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.report_id}: {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state != self.State.PUBLISHED

    @property
    def is_being_computed(self) -> bool:
        return self.state in (self.State.WAITING, self.State.COMPUTING)

    def is_out(self, today: date) -> bool:
        """Whether its day has come on the local day `today`, and it was not withdrawn."""
        return self.publish_on is not None and not self.is_draft and self.publish_on <= today and not self.withdrawn_at

    @property
    def document(self) -> Document | None:
        """The document as it was computed; None before it is."""
        return None if self.figures is None else document_of(self.figures)
