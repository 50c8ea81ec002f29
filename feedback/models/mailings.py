"""When paper cards went out, where and how many. In Larvik each mailing made a boom, which the figures must explain."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisation.dates import long_date
from organisation.numbers import thousands

MOST_CARDS = 10_000_000


class Mailing(models.Model):
    """One time that paper cards went out. Shown to the public, but for the note."""

    class How(models.TextChoices):
        POSTED = "posted", _("Posted to all households")
        HANDED_OUT = "handed_out", _("Handed out")
        LAID_OUT = "laid_out", _("Laid out to be taken")

    sent_on = models.DateField(_("sent out"))
    area = models.CharField(_("where"), max_length=120, blank=True)
    cards = models.PositiveIntegerField(
        _("number of cards"), validators=[MinValueValidator(1), MaxValueValidator(MOST_CARDS)]
    )
    languages = ArrayField(
        models.CharField(max_length=5, choices=settings.LANGUAGES), verbose_name=_("languages"), default=list
    )
    how = models.CharField(_("how"), max_length=20, choices=How.choices, default=How.POSTED)
    note = models.CharField(_("note"), max_length=250, blank=True)
    recorded_at = models.DateTimeField(_("written down"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written down by"),
    )

    personal_data = {"note": "when the mailing is removed"}

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-sent_on", "-id"]
        constraints = [
            models.CheckConstraint(name="mailing_of_some_cards", condition=Q(cards__range=(1, MOST_CARDS))),
            models.CheckConstraint(name="mailing_has_language", condition=~Q(languages=[])),
        ]

    def __str__(self) -> str:
        return f"{self.sent_on}: {self.cards}"

    def in_words(self, language: str) -> str:
        """Return what a chart says of it: «3. mars 2026: 12 000 kort. Sendt til alle husstander: Nordbyen.»"""
        return gettext("%(day)s: %(cards)s cards. %(how)s") % {
            "day": long_date(self.sent_on, language),
            "cards": thousands(self.cards, language),
            "how": f"{self.get_how_display()}: {self.area}." if self.area else f"{self.get_how_display()}.",
        }
