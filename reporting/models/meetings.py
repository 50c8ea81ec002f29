"""Meetings with residents, and what was said there. Nobody who came is named."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reporting.models.initiatives import Initiative
from reporting.models.themes import Theme
from reporting.plans import LONGEST_INPUT, MeetingKind


class Meeting(models.Model):
    """A user council, a dialogue meeting or a residents' meeting on a local day."""

    kind = models.CharField(_("kind"), max_length=15, choices=MeetingKind.choices, default=MeetingKind.USER_COUNCIL)
    title = models.CharField(_("title"), max_length=150)
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=150, blank=True)
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("unit")
    )
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, blank=True, related_name="meetings", verbose_name=_("theme")
    )
    participants = models.PositiveIntegerField(_("number of participants"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return self.title


class MeetingInput(models.Model):
    """One thing that was said, and the card or the action that came of it.

    `card_made` stays when the card's retention is over and the card is gone, so that none is made again.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="inputs")
    text = models.TextField(_("what was said"), max_length=LONGEST_INPUT)
    card = models.OneToOneField(
        "feedback.Card", models.SET_NULL, null=True, blank=True, related_name="meeting_input", editable=False
    )
    card_made = models.BooleanField(default=False, editable=False)
    initiative = models.ForeignKey(
        Initiative, models.SET_NULL, null=True, blank=True, related_name="meeting_inputs", editable=False
    )

    personal_data = {"text": "when the input is taken away from the meeting"}

    class Meta:
        verbose_name = _("input at a meeting")
        verbose_name_plural = _("input at meetings")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="meeting_input_has_text", condition=~Q(text="")),
            models.CheckConstraint(name="meeting_input_card_was_made", condition=Q(card=None) | Q(card_made=True)),
        ]

    def __str__(self) -> str:
        return f"input {self.pk}"
