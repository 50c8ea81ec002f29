"""The scorecard: perspective → main goal → success factor → indicator, with what is asked of each result."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reporting.judging import Limits, Range
from reporting.models.indicators import Indicator
from reporting.periods import FIRST_YEAR
from reporting.scales import Perspective
from surveys.questionnaires import text_in


class Scorecard(models.Model):
    """One scorecard: of the whole municipality, or of one unit or sector. That of the whole can be seen for each sector."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    names = models.JSONField(_("name"), default=dict)
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="scorecards", verbose_name=_("unit")
    )
    years = models.PositiveSmallIntegerField(
        _("years shown"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.key

    def name_in(self, language: str) -> str:
        return text_in(self.names, language) or self.key


class Goal(models.Model):
    """A main goal, seen from one perspective."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="goals", verbose_name=_("scorecard"))
    perspective = models.CharField(
        _("perspective"), max_length=15, choices=Perspective.choices, default=Perspective.USERS
    )
    texts = models.JSONField(_("main goal"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("main goal")
        verbose_name_plural = _("main goals")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return text_in(self.texts, "nb")


class SuccessFactor(models.Model):
    """What must go well for the goal to be met."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="factors", verbose_name=_("main goal"))
    texts = models.JSONField(_("success factor"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("success factor")
        verbose_name_plural = _("success factors")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return text_in(self.texts, "nb")


class ScorecardRow(models.Model):
    """An indicator on a scorecard."""

    factor = models.ForeignKey(SuccessFactor, models.CASCADE, related_name="rows", verbose_name=_("success factor"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="rows", verbose_name=_("indicator"))
    note = models.JSONField(_("note"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("row of a scorecard")
        verbose_name_plural = _("rows of scorecards")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                name="scorecard_row_once",
                fields=["factor", "indicator"],
                violation_error_message=_("This indicator stands under this success factor already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.factor}: {self.indicator.key}"


class Threshold(models.Model):
    """What is asked of a row's result from the year `since` on, until there is a later one. Both ends belong to a range."""

    row = models.ForeignKey(
        ScorecardRow, models.CASCADE, related_name="thresholds", verbose_name=_("row of a scorecard")
    )
    since = models.PositiveSmallIntegerField(_("from the year"), validators=[MinValueValidator(FIRST_YEAR)])
    desired_low = models.DecimalField(_("desired from"), max_digits=18, decimal_places=6)
    desired_high = models.DecimalField(_("desired to"), max_digits=18, decimal_places=6)
    acceptable_low = models.DecimalField(_("acceptable from"), max_digits=18, decimal_places=6, null=True, blank=True)
    acceptable_high = models.DecimalField(_("acceptable to"), max_digits=18, decimal_places=6, null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(name="threshold_once_a_year", fields=["row", "since"]),
            models.CheckConstraint(name="threshold_desired_range", condition=Q(desired_low__lte=F("desired_high"))),
            models.CheckConstraint(
                name="threshold_acceptable_range",
                condition=Q(acceptable_low__isnull=True, acceptable_high__isnull=True)
                | Q(
                    acceptable_low__isnull=False,
                    acceptable_high__isnull=False,
                    acceptable_low__lte=F("acceptable_high"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}: {self.since}"

    @property
    def limits(self) -> Limits:
        acceptable: Range | None = None
        low, high = self.acceptable_low, self.acceptable_high
        if isinstance(low, Decimal) and isinstance(high, Decimal):
            acceptable = Range(low, high)
        return Limits(self.since, Range(self.desired_low, self.desired_high), acceptable)
