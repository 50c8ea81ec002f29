"""What the unit did to reach the submitter, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_CARD


class OfCard(models.Model):
    """What every record of contact has: its card, the card's cycle at the time, who wrote it down and when."""

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="%(class)ss")
    cycle = models.PositiveSmallIntegerField(default=1)
    recorded_at = models.DateTimeField(_("written down"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written down by"),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ContactAttempt(OfCard):
    """One call that did not reach the submitter. An attempt that was wrong is undone, never deleted."""

    made_at = models.DateTimeField(_("called"))
    note = models.CharField(_("note"), max_length=250, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal_data = {"note": WITH_THE_CARD}

    class Meta(OfCard.Meta):
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        ordering = ["made_at", "id"]
        indexes = [models.Index(name="attempt_of_card", fields=["card", "cycle"])]


class ContactCard(OfCard):
    """The card «get in touch with us» after the calls that failed. It completes the card only once it is posted.

    Those that were printed together have the same `printed_at`.
    """

    attempts = models.PositiveSmallIntegerField(_("attempts made"))
    printed_at = models.DateTimeField(_("printed"), null=True, blank=True)
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    posted_on = models.DateField(_("posted"), null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True, editable=False)
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal_data: dict[str, str] = {}

    class Meta(OfCard.Meta):
        verbose_name = _("contact card")
        verbose_name_plural = _("contact cards")
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(name="contact_card_once_a_cycle", fields=["card", "cycle"]),
            models.CheckConstraint(
                name="contact_card_posted_is_whole",
                condition=Q(posted_on__isnull=True, posted_at__isnull=True)
                | Q(posted_on__isnull=False, posted_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="contact_card_to_post", fields=["id"], condition=Q(posted_on__isnull=True))]


class Callback(OfCard):
    """The conversation in which the submitter got the answer, ended with the question of how it was taken.

    `reaction` is 1–6, 6 best, or empty where the submitter would not answer. After 1–3 `reason` and `alternative` hold
    what was said; «not given» is the flag beside them.
    """

    class Way(models.TextChoices):
        VOICE = "voice", _("By phone")
        VISIT = "visit", _("In person")
        WRITTEN = "written", _("Written, as agreed")

    held_at = models.DateTimeField(_("held"))
    way = models.CharField(_("way"), max_length=10, choices=Way.choices, default=Way.VOICE)
    summary = models.TextField(_("what was said"))
    measures = models.TextField(_("measures"), blank=True)
    reaction = models.PositiveSmallIntegerField(_("reaction"), null=True, blank=True)
    would_not_answer = models.BooleanField(_("would not answer"), default=False)
    reason = models.TextField(_("why"), blank=True)
    reason_not_given = models.BooleanField(_("reason not given"), default=False)
    alternative = models.TextField(_("alternative proposed"), blank=True)
    alternative_not_given = models.BooleanField(_("no alternative given"), default=False)

    personal_data = dict.fromkeys(["summary", "measures", "reason", "alternative"], WITH_THE_CARD)

    class Meta(OfCard.Meta):
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ["held_at", "id"]
        indexes = [
            models.Index(name="callback_recorded", fields=["recorded_at", "id"]),
            models.Index(name="callback_held", fields=["held_at"]),
        ]
        constraints = [
            models.UniqueConstraint(name="callback_once_a_cycle", fields=["card", "cycle"]),
            models.CheckConstraint(
                name="callback_reaction_or_none",
                condition=Q(reaction__isnull=False, reaction__range=(1, 6), would_not_answer=False)
                | Q(reaction__isnull=True, would_not_answer=True),
            ),
            models.CheckConstraint(
                name="callback_negative_has_reason",
                condition=Q(reaction__isnull=True) | Q(reaction__gt=3) | ~Q(reason="") | Q(reason_not_given=True),
            ),
            models.CheckConstraint(
                name="callback_negative_has_alternative",
                condition=Q(reaction__isnull=True)
                | Q(reaction__gt=3)
                | ~Q(alternative="")
                | Q(alternative_not_given=True),
            ),
        ]


class FollowUp(OfCard):
    """What was done about a card to whose submitter no callback is owed."""

    done_at = models.DateTimeField(_("done"))
    summary = models.TextField(_("what was done"))
    measures = models.TextField(_("measures"), blank=True)
    told = models.TextField(_("what the submitter is told"), blank=True)

    personal_data = dict.fromkeys(["summary", "measures", "told"], WITH_THE_CARD)

    class Meta(OfCard.Meta):
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["done_at", "id"]
        indexes = [models.Index(name="follow_up_recorded", fields=["recorded_at", "id"])]
        constraints = [models.UniqueConstraint(name="follow_up_once_a_cycle", fields=["card", "cycle"])]


class PreliminaryAnswer(OfCard):
    """Word to the submitter that the answer takes longer, and why. The deadline itself does not move."""

    reason = models.TextField(_("reason"))
    expected_on = models.DateField(_("new expected date"))

    personal_data = {"reason": WITH_THE_CARD}

    class Meta(OfCard.Meta):
        verbose_name = _("preliminary answer")
        verbose_name_plural = _("preliminary answers")
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(name="preliminary_recorded", fields=["recorded_at", "id"])]


class Referral(OfCard):
    """A card that belongs outside the municipality: whom the submitter was referred to, and when they were told.

    `contacted_at` is empty only where the submitter gave no way of being reached. `text` is what the submitter is told in
    writing, `note` is for the house.
    """

    body = models.CharField(_("referred to"), max_length=150)
    contacted_at = models.DateTimeField(_("submitter told"), null=True, blank=True)
    text = models.TextField(_("what the submitter was told"), blank=True)
    note = models.TextField(_("note"), blank=True)

    personal_data = {"text": WITH_THE_CARD, "note": WITH_THE_CARD}

    class Meta(OfCard.Meta):
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["recorded_at", "id"]
        indexes = [models.Index(name="referral_recorded", fields=["recorded_at", "id"])]
        constraints = [models.UniqueConstraint(name="referral_once_a_cycle", fields=["card", "cycle"])]
