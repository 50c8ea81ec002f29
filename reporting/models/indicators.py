"""What is measured, and each figure of it with those that stood before."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reporting.periods import Every, Period
from reporting.scales import DECIMALS, TYPEABLE, Direction, Origin, Perspective, Scale, Standing, as_shown
from surveys.models import Comparator
from surveys.questionnaires import text_in


class Indicator(models.Model):
    """Something that is measured again and again. Its key never changes: files and other systems name it by that.

    `formula` says of what a computed one is made: the key of an area or a question of surveys, or of the indicator that is
    divided by the population. Those counted from cards are defined in `reporting/measures.py` under their key.
    `country_weighs` says what counts alike in the country's published mean; empty where that is not known.
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    names = models.JSONField(_("name"), default=dict)
    explanations = models.JSONField(_("what it measures"), default=dict, blank=True)
    perspective = models.CharField(
        _("perspective"), max_length=15, choices=Perspective.choices, default=Perspective.USERS
    )
    scale = models.CharField(_("scale"), max_length=20, choices=Scale.choices)
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=0, validators=[MaxValueValidator(3)])
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, default=Direction.HIGHER)
    origin = models.CharField(_("values are"), max_length=20, choices=Origin.choices, default=Origin.TYPED)
    formula = models.CharField(_("made of"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=250, blank=True)
    country_weighs = models.CharField(
        _("the country's mean counts"), max_length=15, choices=Comparator.Weighs.choices, blank=True
    )
    is_public = models.BooleanField(_("open data: everybody may have our figures"), default=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="indicator_computed_has_formula",
                condition=~Q(origin__in=["survey", "per_inhabitant"]) | ~Q(formula=""),
                violation_error_message=_("Say of what it is made."),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def name_in(self, language: str) -> str:
        return text_in(self.names, language) or self.key

    def explained(self, language: str) -> str:
        return text_in(self.explanations, language)

    @property
    def is_typeable(self) -> bool:
        """Whether its values are typed or imported, and not computed."""
        return self.origin in TYPEABLE


def usual_decimals(scale: str) -> int:
    return DECIMALS[Scale(scale)]


class Elsewhere(models.Model):
    """Another municipality, a region or the country, whose figures ours are held against.

    Of a municipality that has merged, `until` is the last day of its number, and `became` the one it is part of since.
    """

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        REGION = "region", _("Region")
        COUNTRY = "country", _("Country")

    kind = models.CharField(_("type"), max_length=15, choices=Kind.choices, default=Kind.MUNICIPALITY)
    country = models.CharField(_("country"), max_length=2)
    code = models.CharField(_("number"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    until = models.DateField(_("last day of the number"), null=True, blank=True)
    became = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("is part of")
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("municipality elsewhere")
        verbose_name_plural = _("municipalities elsewhere")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="elsewhere_once", fields=["kind", "country", "code"])]

    def __str__(self) -> str:
        return self.name


class Value(models.Model):
    """One figure as it stood from `recorded_at` to `replaced_at`; the one without that is the one that stands.

    It is of the whole municipality, of one of its units or sectors, or of somebody elsewhere. A figure that changes is a new
    revision, and the earlier ones stay. Only a computed figure of a period that is not over (`counted_through`, the last
    day that it holds) is counted on in its own row: it says of itself that it is not done.
    """

    class How(models.TextChoices):
        TYPED = "typed", _("Typed in")
        IMPORTED = "imported", _("Imported")
        COMPUTED = "computed", _("Computed")

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="values", verbose_name=_("indicator"))
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    elsewhere = models.ForeignKey(
        Elsewhere,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="values",
        verbose_name=_("municipality elsewhere"),
    )
    year = models.PositiveSmallIntegerField(_("year"))
    every = models.CharField(_("period"), max_length=10, choices=Every.choices, default=Every.YEAR)
    number = models.PositiveSmallIntegerField(_("quarter or month"), default=0)
    standing = models.CharField(_("standing"), max_length=15, choices=Standing.choices, default=Standing.MEASURED)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=6, null=True, blank=True)
    n = models.PositiveIntegerField(_("of how many"), null=True, blank=True)
    margin = models.DecimalField(_("margin of error"), max_digits=18, decimal_places=6, null=True, blank=True)
    source = models.CharField(_("source"), max_length=250, blank=True)
    measured_on = models.DateField(_("measured on"), null=True, blank=True)
    counted_through = models.DateField(_("counted through"), null=True, blank=True)
    how = models.CharField(_("how it came"), max_length=10, choices=How.choices, editable=False)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1, editable=False)
    recorded_at = models.DateTimeField(_("written down"), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        ordering = ["year", "every", "number", "revision"]
        constraints = [
            models.UniqueConstraint(
                name="value_one_stands",
                fields=["indicator", "unit", "elsewhere", "every", "year", "number"],
                condition=Q(replaced_at=None),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="value_revision_once",
                fields=["indicator", "unit", "elsewhere", "every", "year", "number", "revision"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="value_of_one_place", condition=Q(unit__isnull=True) | Q(elsewhere__isnull=True)
            ),
            models.CheckConstraint(
                name="value_where_measured",
                condition=Q(standing="measured", value__isnull=False)
                | (~Q(standing="measured") & Q(value__isnull=True)),
            ),
            models.CheckConstraint(
                name="value_period",
                condition=Q(every="year", number=0)
                | Q(every="quarter", number__range=(1, 4))
                | Q(every="month", number__range=(1, 12)),
            ),
            models.CheckConstraint(
                name="value_so_far_is_computed", condition=Q(counted_through__isnull=True) | Q(how="computed")
            ),
        ]
        indexes = [models.Index(name="value_of_place", fields=["unit", "every", "year"], condition=Q(replaced_at=None))]

    def __str__(self) -> str:
        return f"{self.indicator.key} {self.period}"

    @property
    def period(self) -> Period:
        return Period(self.year, self.every, self.number)

    def shown(self, decimals: int) -> Decimal | None:
        """The value as everybody sees it, rounded."""
        return None if self.value is None else as_shown(self.value, decimals)


class Counting(models.Model):
    """One run that computed figures anew: when, and what it changed. Pages say by it from when their figures are."""

    counted_at = models.DateTimeField(_("counted"))
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("counting of figures")
        verbose_name_plural = _("countings of figures")
        ordering = ["-counted_at"]
        indexes = [models.Index(name="counting_latest", fields=["-counted_at"])]

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d %H:%M}"
