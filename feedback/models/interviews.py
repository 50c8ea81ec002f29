"""Whether the submitter may be rung later for an interview about how it went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.contact import OfCard


class InterviewConsent(OfCard):
    """Yes or no to being rung later for an interview. No row: nobody has asked. Withdrawn is no.

    `wording` is the version of the words that were agreed to (`feedback.consent`). It goes with the card.
    """

    agreed = models.BooleanField(_("may be rung for an interview"))
    wording = models.CharField(_("version of the words"), max_length=10)

    personal_data: dict[str, str] = {}

    class Meta(OfCard.Meta):
        verbose_name = _("consent to an interview")
        verbose_name_plural = _("consents to interviews")
        ordering = ["recorded_at", "id"]
        constraints = [models.UniqueConstraint(name="interview_consent_once", fields=["card"])]
