"""Figures that are fetched from other houses, and a copy of each answer as it came."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reporting.models.indicators import Indicator


class Feed(models.Model):
    """What is fetched: from which source, under which number of theirs, for which indicator of ours.

    `external` is Kolada's KPI, SSB's table or another installation's address. Of Kolada's figures those of `gender` are
    taken; women's and men's feed indicators of their own. `municipalities` are numbers with blanks between; none are all.
    """

    class Kind(models.TextChoices):
        KOLADA = "kolada", _("Kolada: a KPI")
        SSB = "ssb", _("SSB: a table")
        INNSPILL = "innspill", _("Another municipality's open data")
        NORWAY = "norway", _("Norway's municipalities (SSB Klass)")
        SWEDEN = "sweden", _("Sweden's municipalities (Kolada)")

    class Rhythm(models.TextChoices):
        ASKED = "asked", _("When somebody asks for it")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    class Gender(models.TextChoices):
        ALL = "T", _("All")
        WOMEN = "K", _("Women")
        MEN = "M", _("Men")

    kind = models.CharField(_("source"), max_length=10, choices=Kind.choices)
    indicator = models.ForeignKey(
        Indicator, models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("indicator")
    )
    external = models.CharField(_("their number or address"), max_length=500, blank=True)
    measure = models.CharField(_("measure in the table"), max_length=60, blank=True)
    gender = models.CharField(_("of whom"), max_length=1, choices=Gender.choices, default=Gender.ALL)
    municipalities = models.TextField(_("municipalities"), max_length=4000, blank=True)
    years = models.PositiveSmallIntegerField(
        _("years back"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    selections = models.JSONField(_("further choices in the table"), default=list, blank=True)
    rhythm = models.CharField(_("is fetched"), max_length=10, choices=Rhythm.choices, default=Rhythm.MONTHLY)
    asked_at = models.DateTimeField(_("asked for"), null=True, blank=True, editable=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("source of figures")
        verbose_name_plural = _("sources of figures")
        ordering = ["kind", "id"]
        constraints = [
            models.CheckConstraint(
                name="feed_knows_what_it_feeds",
                condition=Q(kind__in=["norway", "sweden"], external="", indicator=None)
                | (Q(kind="innspill", indicator=None) & ~Q(external=""))
                | (Q(kind__in=["kolada", "ssb"], indicator__isnull=False) & ~Q(external="")),
            ),
            models.UniqueConstraint(
                name="feed_once", fields=["kind", "external", "measure", "gender", "indicator"], nulls_distinct=False,
                violation_error_message=_("There is such a source already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return " ".join(part for part in (self.get_kind_display(), self.external) if part)

    @property
    def numbers(self) -> list[str]:
        """The municipalities' numbers that are asked for; none where it is all."""
        return self.municipalities.replace(",", " ").split()

    @property
    def brings_places(self) -> bool:
        """Whether it brings municipalities and no figures."""
        return self.kind in (self.Kind.NORWAY, self.Kind.SWEDEN)


class Fetched(models.Model):
    """One answer as it came, and what was made of it. `content` is a ZIP file of its pages; it is kept for a set time."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("Read in")
        SAME = "same", _("Nothing new")
        REFUSED = "refused", _("Refused")
        UNREACHABLE = "unreachable", _("Not reached")

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="fetched", verbose_name=_("source of figures"))
    at = models.DateTimeField(_("fetched"))
    address = models.CharField(_("address or file"), max_length=2000)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    content = models.BinaryField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome.choices)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("as they were"), default=0)
    sentence = models.TextField(_("what came of it"), blank=True)
    problems = models.JSONField(_("what was refused"), default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("fetched answer")
        verbose_name_plural = _("fetched answers")
        ordering = ["-at", "-id"]
        indexes = [models.Index(name="fetched_latest", fields=["feed", "-at"])]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d}"

    @property
    def is_well(self) -> bool:
        return self.outcome in (self.Outcome.TAKEN, self.Outcome.SAME)
