"""Shared themes, onto which survey areas, assessment areas, indicators and card categories are laid."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.questionnaires import text_in


class Theme(models.Model):
    """Something that several sources speak of, such as roads. Its key never changes."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    names = models.JSONField(_("name"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.key

    def name_in(self, language: str) -> str:
        return text_in(self.names, language) or self.key


class ThemeLink(models.Model):
    """One side from which a theme is seen: by its own key, which stays the same over survey rounds and forms of assessment.

    For a survey, `key` is that of an area or of a question; for an assessment that of an area; for cards a category's code.
    """

    class Side(models.TextChoices):
        SURVEY = "survey", _("Survey")
        ASSESSMENT = "assessment", _("Assessment")
        INDICATOR = "indicator", _("Indicator")
        CARDS = "cards", _("Message cards")

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="links", verbose_name=_("theme"))
    side = models.CharField(_("from"), max_length=15, choices=Side.choices)
    key = models.CharField(_("key"), max_length=60)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("side of a theme")
        verbose_name_plural = _("sides of themes")
        ordering = ["side", "id"]
        constraints = [models.UniqueConstraint(name="theme_link_once", fields=["theme", "side", "key"])]

    def __str__(self) -> str:
        return f"{self.side}: {self.key}"
