"""Citizens who chose to sign in at the national provider: where they are signed in, and which cards they sent so.

Who they are is nowhere: both rows hold keyed digests of what the provider calls them (`feedback.citizen_provider`), from
which nobody without our key finds back to a person. A citizen is no `Person`, and no page of staff knows these rows.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_CARD

WHEN_THE_CITIZEN_SIGNS_OUT = "when the citizen signs out, or some hours after signing in"


class CitizenSession(models.Model):
    """One browser in which a citizen is signed in. `key` is a digest of what the cookie holds, `subject` and `there` of the
    provider's names for the person and for its own session; `name` is what it called them, to fill in the form."""

    key = models.CharField(max_length=64, unique=True)
    signer = models.CharField(max_length=64)
    subject = models.CharField(max_length=64, db_index=True)
    there = models.CharField(max_length=64, blank=True, db_index=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)

    personal_data = dict.fromkeys(["key", "signer", "subject", "there", "name"], WHEN_THE_CITIZEN_SIGNS_OUT)
    erased_whole = True

    class Meta:
        verbose_name = _("citizen's sign-in")
        verbose_name_plural = _("citizens' sign-ins")

    def __str__(self) -> str:
        return str(self.pk)


class SignedCard(models.Model):
    """A card that was sent by somebody who was signed in: what «My messages» is made of. Goes with the card's own data."""

    card = models.OneToOneField("feedback.Card", models.CASCADE, primary_key=True, related_name="signed")
    signer = models.CharField(_("keyed digest of the sender's national sign-in"), max_length=64, db_index=True)

    personal_data = {"signer": WITH_THE_CARD}
    erased_whole = True

    class Meta:
        verbose_name = _("message sent signed in")
        verbose_name_plural = _("messages sent signed in")

    def __str__(self) -> str:
        return str(self.pk)
