"""The answers. Nothing here leads back to an invitation: no key, no time, no order (`docs/decisions`, anonymity)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.workflow import Kind

WITH_THE_REVIEW = "when the comment has been looked through and put away"
AT_CLOSING = "when the survey is closed"


class Answer(models.Model):
    """What one respondent sent. `values` is `{question key: 1–6, "dk", key, [keys]}`; free text lies in `Comment`.

    The key is random; when the survey is closed all its rows are written anew in random order. Of the person only the
    stratum is copied here, and the letter says so.
    """

    class Source(models.TextChoices):
        INVITED = "invited", _("By invitation")
        OPEN = "open", _("By the open link")
        PAPER = "paper", _("On paper")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey("surveys.Survey", models.CASCADE, related_name="answers")
    source = models.CharField(_("how"), max_length=10, choices=Source.choices, default=Source.INVITED)
    stratum = models.CharField(_("stratum"), max_length=100, blank=True)
    values = models.JSONField(_("answers"), default=dict)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)


class Comment(models.Model):
    """What somebody wrote in a text question, apart from their other answers and in random order.

    Held until it has been looked through where it may name somebody. `found` holds what kinds of things were found
    (phone, birth_number, name, email), never the things. Area, unit, kind and category are what staff coded it as; it
    has no time of its own, and one that is left out loses its text the night after. `sent` stays when the card has gone.
    """

    class State(models.TextChoices):
        HELD = "held", _("To be looked through")
        KEPT = "kept", _("To be coded")
        CODED = "coded", _("Coded")
        SENT = "sent", _("Sent to a service")
        REMOVED = "removed", _("Left out")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey("surveys.Survey", models.CASCADE, related_name="comments")
    question = models.CharField(_("question"), max_length=60)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=5, blank=True)
    found = models.JSONField(_("may name somebody"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.KEPT)
    area = models.ForeignKey(
        "surveys.Area",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("area"),
    )
    unit = models.ForeignKey(
        "organisation.Unit", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True)
    category = models.ForeignKey(
        "feedback.Category", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    card = models.OneToOneField("feedback.Card", models.SET_NULL, null=True, blank=True, related_name="survey_comment")

    personal_data = {"text": WITH_THE_REVIEW}
    erased_with = {"text": "", "state": "removed", "card": None}

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="comment_has_text", condition=~Q(text="") | Q(state="removed")),
            models.CheckConstraint(name="comment_with_card_is_sent", condition=Q(card=None) | Q(state="sent")),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Draft(models.Model):
    """What an invited person has answered so far. An unlogged table that backups and replicas leave out."""

    # Without a constraint in the database: checking one writes a lock, with its transaction, on the invitation's row.
    invitation = models.OneToOneField(
        "surveys.Invitation", models.CASCADE, primary_key=True, related_name="draft", db_constraint=False
    )
    values = models.JSONField(default=dict)
    language = models.CharField(max_length=5, blank=True)
    easy = models.BooleanField(default=False)

    personal_data = {"values": AT_CLOSING, "language": AT_CLOSING}
    erased_whole = True

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return str(self.pk)


class SpentCode(models.Model):
    """An invitation that was answered and whose row does not yet say so. Unlogged, as drafts are: it is written in the
    transaction of the answer, and must reach neither backup nor replica nor write-ahead log."""

    invitation = models.OneToOneField(
        "surveys.Invitation", models.CASCADE, primary_key=True, related_name="spent", db_constraint=False
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("spent code")
        verbose_name_plural = _("spent codes")

    def __str__(self) -> str:
        return str(self.pk)
