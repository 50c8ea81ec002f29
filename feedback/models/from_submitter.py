"""What the submitter writes on the private page after the card was sent. It stands beside what staff wrote, never instead."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.contact import OfCard
from organisation.models.personal_data import WITH_THE_CARD


class Addition(OfCard):
    """Words or pictures that the submitter added. The pictures are attachments that point here.

    `key` comes with the form: a button pressed twice adds once.
    """

    text = models.TextField(_("text"), blank=True)
    key = models.UUIDField(unique=True, editable=False)

    personal_data = {"text": WITH_THE_CARD}

    class Meta(OfCard.Meta):
        verbose_name = _("addition by the submitter")
        verbose_name_plural = _("additions by submitters")
        ordering = ["recorded_at", "id"]
        indexes = [
            models.Index(name="addition_of_card", fields=["card", "cycle"]),
            models.Index(name="addition_recorded", fields=["recorded_at", "id"]),
        ]


class OwnReaction(OfCard):
    """How the submitter took the answer, by the submitter's own hand: once a cycle, and it may be changed for a while.

    Nobody is made to say why: both texts may be empty after any number.
    """

    reaction = models.PositiveSmallIntegerField(_("reaction"))
    reason = models.TextField(_("why"), blank=True)
    alternative = models.TextField(_("alternative proposed"), blank=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    personal_data = dict.fromkeys(["reason", "alternative"], WITH_THE_CARD)

    class Meta(OfCard.Meta):
        verbose_name = _("submitter's own reaction")
        verbose_name_plural = _("submitters' own reactions")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(name="own_reaction_once_a_cycle", fields=["card", "cycle"]),
            models.CheckConstraint(name="own_reaction_one_to_six", condition=Q(reaction__range=(1, 6))),
        ]


class ReopeningRequest(OfCard):
    """The submitter asks that a completed card be opened again. A card has one that waits, at most."""

    class Answer(models.TextChoices):
        REOPENED = "reopened", _("Reopened")
        DECLINED = "declined", _("Not reopened")

    reason = models.TextField(_("reason"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer_reason = models.TextField(_("why not"), blank=True)

    personal_data = dict.fromkeys(["reason", "answer_reason"], WITH_THE_CARD)

    class Meta(OfCard.Meta):
        verbose_name = _("request to reopen")
        verbose_name_plural = _("requests to reopen")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(name="reopening_one_waits", fields=["card"], condition=Q(answered_at__isnull=True)),
            models.CheckConstraint(
                name="reopening_answer_is_whole",
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="reopening_declined_says_why", condition=~Q(answer="declined") | ~Q(answer_reason="")
            ),
        ]
