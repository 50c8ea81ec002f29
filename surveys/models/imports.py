"""What is known of a round that was run elsewhere."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ResponseFile(models.Model):
    """The file that a survey's answers were read from. Its digest keeps a second reading from counting anybody twice.

    `invited` is how many were asked, where known. `strata` is `[{"key": …, "population": N_h, "drawn": n_h}]`, as a
    draw's is, for a sample that was drawn by strata.
    """

    survey = models.OneToOneField("surveys.Survey", models.CASCADE, related_name="response_file")
    sha256 = models.CharField("SHA-256", max_length=64)
    rows = models.PositiveIntegerField(_("rows"))
    invited = models.PositiveIntegerField(_("invited"), null=True, blank=True)
    strata = models.JSONField(_("strata"), default=list, blank=True)
    read_at = models.DateTimeField(_("read"))

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("file of answers")
        verbose_name_plural = _("files of answers")

    def __str__(self) -> str:
        return self.sha256[:12]
