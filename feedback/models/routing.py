"""Categories, and the ordered rules that pick a card's unit."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from feedback.workflow import Kind
from organisation.models.municipality import DeadlineKind


class Category(models.Model):
    """What a card is about, such as roads or kindergartens. May have a deadline of its own."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    names = models.JSONField(_("name in other languages"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)
    is_political = models.BooleanField(_("political: goes to the mayor's office"), default=False)
    deadline_days = models.PositiveSmallIntegerField(
        _("days until the callback"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    deadline_kind = models.CharField(_("days are"), max_length=20, choices=DeadlineKind.choices, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name", "id"]
        constraints = [
            models.CheckConstraint(
                name="category_deadline_is_whole",
                condition=Q(deadline_days=None, deadline_kind="")
                | (Q(deadline_days__isnull=False, deadline_days__gte=1) & ~Q(deadline_kind="")),
                violation_error_message=_("A deadline of its own needs both a number of days and which days count."),
            )
        ]

    def __str__(self) -> str:
        return str(self.names.get(get_language() or "", "") or self.name)


class RoutingRule(models.Model):
    """Cards that fit all that is filled in go to `unit`. The first rule that fits, by position, decides."""

    position = models.PositiveIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=150)
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, verbose_name=_("category"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True)
    area = models.CharField(_("area"), max_length=100, blank=True)
    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"), default=list, blank=True)
    unit = models.ForeignKey("organisation.Unit", models.CASCADE, related_name="routing_rules", verbose_name=_("unit"))
    is_active = models.BooleanField(_("in use"), default=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="routing_rule_asks_something",
                condition=Q(category__isnull=False) | ~Q(kind="") | ~Q(area="") | ~Q(words=[]),
                violation_error_message=_(
                    "A rule needs a category, a kind, an area or words; it would catch all cards."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name
