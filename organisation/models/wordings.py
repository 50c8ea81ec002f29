"""Texts that the municipality has worded itself, in place of ours."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class OwnWording(models.Model):
    """The municipality's own text for one of the wordings (`organisation.wordings`) in one language."""

    key = models.CharField(_("text"), max_length=60)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    text = models.TextField(_("wording"))

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("own wording")
        verbose_name_plural = _("own wordings")
        ordering = ["key", "language"]
        constraints = [
            models.UniqueConstraint(name="wording_once_a_language", fields=["key", "language"]),
            models.CheckConstraint(name="wording_has_text", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"
