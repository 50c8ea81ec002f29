"""Requests of other systems that were carried out, so that one that is sent again is not."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SentRequest(models.Model):
    """One write under a client's Idempotency-Key. Both are digests: neither who nor what can be read from the row.

    `answer` is what the same request is answered with when it comes again, where that cannot be read anew: counts and
    references, nothing that anybody wrote.
    """

    key = models.CharField(max_length=64, unique=True, editable=False)
    body = models.CharField(max_length=64, editable=False)
    answer = models.JSONField(null=True, editable=False)
    at = models.DateTimeField(_("when"))

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("request sent by another system")
        verbose_name_plural = _("requests sent by other systems")
        indexes = [models.Index(name="sent_request_at", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
