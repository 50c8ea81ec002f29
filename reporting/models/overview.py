"""Which few figures the overview shows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.models.indicators import Indicator


class OverviewFigure(models.Model):
    """An indicator on the overview. Where none is chosen, the overview shows the first of the municipality's scorecard."""

    indicator = models.OneToOneField(Indicator, models.CASCADE, related_name="on_overview", verbose_name=_("indicator"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("figure of the overview")
        verbose_name_plural = _("figures of the overview")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.indicator.key
