"""Who is rung for an interview about how it went: a draw by lot among those who said yes, and what became of each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class InterviewDraw(models.Model):
    """A draw among those who were answered from `first_on` to `last_on` (local days, both included) and had said yes.

    Method and seed give the same draw again from the same references. `people` is N, `drawn` n. After `contact_until` the
    list leads to nobody; how it was drawn and how many were interviewed stays.
    """

    name = models.CharField(_("name"), max_length=100)
    first_on = models.DateField(_("answered from"))
    last_on = models.DateField(_("answered until"))
    method = models.CharField(_("method"), max_length=30)
    seed = models.CharField(_("seed"), max_length=60)
    people = models.PositiveIntegerField(_("people who said yes (N)"))
    drawn = models.PositiveIntegerField(_("drawn (n)"))
    contact_until = models.DateField(_("names and numbers are shown until"))
    drawn_at = models.DateTimeField(_("drawn"))
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("draw for interviews")
        verbose_name_plural = _("draws for interviews")
        ordering = ["-drawn_at", "-id"]
        constraints = [
            models.CheckConstraint(name="interview_draw_period", condition=Q(last_on__gte=F("first_on"))),
            models.CheckConstraint(name="interview_draw_some", condition=Q(drawn__gte=1, drawn__lte=F("people"))),
        ]

    def __str__(self) -> str:
        return self.name


class Interviewee(models.Model):
    """One who was drawn: the message, by which name and number are found while they may be shown, and what became of it.

    Nothing of the person is kept here, and nothing of what was said. `card` is emptied after the last day.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("To be rung")
        INTERVIEWED = "interviewed", _("Interviewed")
        DECLINED = "declined", _("Said no")
        NOT_REACHED = "not_reached", _("Not reached")

    draw = models.ForeignKey(InterviewDraw, models.CASCADE, related_name="interviewees")
    card = models.ForeignKey("feedback.Card", models.SET_NULL, null=True, blank=True, related_name="+")
    reference = models.CharField(_("reference"), max_length=20)
    position = models.PositiveIntegerField(_("number on the list"))
    status = models.CharField(_("status"), max_length=15, choices=Status.choices, default=Status.WAITING)
    noted_at = models.DateTimeField(_("written down"), null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("person drawn for an interview")
        verbose_name_plural = _("people drawn for interviews")
        ordering = ["draw", "position"]
        constraints = [models.UniqueConstraint(name="interviewee_once", fields=["draw", "reference"])]

    def __str__(self) -> str:
        return self.reference
