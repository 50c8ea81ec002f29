"""What the service centre's desk counts with one press."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskContact(models.Model):
    """Somebody came, rang or wrote. Nothing is known of who it was, nor of who counted."""

    class Way(models.TextChoices):
        VISIT = "visit", _("Visit")
        PHONE = "phone", _("Call")
        MAIL = "mail", _("E-mail or chat")

    way = models.CharField(_("way"), max_length=10, choices=Way.choices)
    at = models.DateTimeField(_("when"))

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("contact at the desk")
        verbose_name_plural = _("contacts at the desk")
        ordering = ["-at", "-id"]
        indexes = [models.Index(name="desk_contact_at", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.way} {self.at:%Y-%m-%d %H:%M}"
