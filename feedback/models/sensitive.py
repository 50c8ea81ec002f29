"""Sensitive cards: who besides the leader may open one, and each look at it, written once and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_CARD


class MarkReason(models.TextChoices):
    """Why a card is marked."""

    HEALTH = "health", _("Health or family")
    CHILD = "child", _("A child")
    THREAT = "threat", _("Violence or threats, or an address that is kept secret")
    STAFF = "staff", _("Somebody who works here")
    OTHER = "other", _("Something else")


class UnmarkReason(models.TextChoices):
    """Why a mark is taken off."""

    MISTAKE = "mistake", _("It was marked by mistake")
    REMOVED = "removed", _("What was sensitive is taken out")
    OVER = "over", _("It is sensitive no longer")


class LookReason(models.TextChoices):
    """Why somebody opens a sensitive card."""

    WORK = "work", _("I work with the card")
    CONTACT = "contact", _("The submitter got in touch")
    ANSWER = "answer", _("I answer for the unit")
    CHECK = "check", _("I check that it was handled rightly")
    OTHER = "other", _("Something else")


class CardReader(models.Model):
    """Somebody who was named: may open a sensitive card besides the leader. Goes when the card goes to another unit."""

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="readers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    named_at = models.DateTimeField(_("named"))

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("named person")
        verbose_name_plural = _("named persons")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="reader_named_once", fields=["card", "person"])]

    def __str__(self) -> str:
        return str(self.pk)


class CardLook(models.Model):
    """One look at a sensitive card: who, when, why. What was written with it lies in `CardLookNote`, which can be erased."""

    class By(models.TextChoices):
        PAGE = "page", _("on the page")
        API = "api", _("by another system")

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="looks")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"))
    reason = models.CharField(_("why"), max_length=10, choices=LookReason.choices)
    by = models.CharField(_("how"), max_length=4, choices=By.choices, default=By.PAGE)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("look at a sensitive card")
        verbose_name_plural = _("looks at sensitive cards")
        ordering = ["-at", "-id"]
        indexes = [models.Index(name="look_of_person", fields=["card", "person", "-at"])]

    def __str__(self) -> str:
        return f"{self.reason} {self.at:%Y-%m-%d %H:%M}"


class CardLookNote(models.Model):
    """What somebody wrote of why they looked."""

    look = models.OneToOneField(CardLook, models.CASCADE, primary_key=True, related_name="note")
    text = models.CharField(_("text"), max_length=500)

    personal_data = {"text": WITH_THE_CARD}

    class Meta:
        verbose_name = _("reason in own words")
        verbose_name_plural = _("reasons in own words")

    def __str__(self) -> str:
        return str(self.pk)
