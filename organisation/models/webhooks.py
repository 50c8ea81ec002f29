"""Addresses of other systems that are told of events, and what each was told."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models.people import Person

WITH_THE_DELIVERY = "when the delivery's last day has come"


class WebhookEvent(models.TextChoices):
    """What can be told. The values are part of the API and never change."""

    CARD_REGISTERED = "card.registered", _("A card was registered")
    CARD_FORWARDED = "card.forwarded", _("A card came to a unit")
    CARD_CALLED_BACK = "card.called_back", _("The submitter was called back")
    CARD_OVERDUE = "card.overdue", _("A card stands on the week's overdue list")
    CARD_CLOSED = "card.closed", _("A card was closed")
    SURVEY_PUBLISHED = "survey.published", _("A survey's results were published")


FAULTS = {
    "private": _("The address lies in a private network"),
    "timeout": _("No answer in time"),
    "certificate": _("No certificate that is trusted here"),
    "cut_short": _("The answer broke off"),
    "unreachable": _("Cannot be reached"),
    "address": _("No address that can be used"),
    "secret": _("The secret cannot be read here: make a new one"),
    "unforeseen": _("Something went wrong with us"),
}

TEST_EVENT = "webhook.test"
"""What the button «Send a test» sends. Nobody registers for it."""


class WebhookEndpoint(models.Model):
    """One address of another system, and which events it is told of: of the cards of its units alone, where any are named.

    `secret` and `previous_secret` are encrypted (`organisation.secrets`); the previous one signs too until
    `previous_until`. An endpoint that is off is told nothing and nothing is kept for it; one that rests is told later.
    """

    class Off(models.TextChoices):
        BY_HAND = "by_hand", _("Switched off")
        FAILED_FOR_LONG = "failed_for_long", _("Switched off: no delivery had got through for days")
        GONE = "gone", _("Switched off: it answered that it is gone for good (410)")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("description"), max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=30, choices=WebhookEvent.choices), verbose_name=_("events"))
    units = models.ManyToManyField("organisation.Unit", blank=True, related_name="+", verbose_name=_("only of"))
    owner = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("told when it fails")
    )
    secret = models.TextField(editable=False)
    previous_secret = models.TextField(blank=True, editable=False)
    previous_until = models.DateTimeField(_("the former secret signs until"), null=True, blank=True, editable=False)
    made_at = models.DateTimeField(_("made"), editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True, editable=False)
    off_since = models.DateTimeField(_("off since"), null=True, blank=True)
    off_because = models.CharField(_("off because"), max_length=20, choices=Off.choices, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(name="webhook_of_something", condition=~Q(events=[])),
            models.CheckConstraint(
                name="webhook_off_says_why",
                condition=Q(off_since=None, off_because="") | (Q(off_since__isnull=False) & ~Q(off_because="")),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url

    @property
    def event_names(self) -> list[str]:
        return [str(event.label) for event in WebhookEvent if event in self.events]


class WebhookDelivery(models.Model):
    """One event told to one endpoint, written in the event's transaction. `key` is the `webhook-id` of every try, by which
    a receiver drops what it got before; `body` is what is signed and sent, the same bytes each time.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    event = models.CharField(_("event"), max_length=30)
    cause = models.CharField(
        max_length=100, help_text="What happened, once for each endpoint: the event's row or week."
    )
    body = models.TextField(_("body"))
    at = models.DateTimeField(_("when"))

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    claimed_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    took = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(_("answered"), null=True, blank=True)
    fault = models.CharField(max_length=20, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    delete_on = models.DateField(_("delete on"))

    personal_data = {"answer": WITH_THE_DELIVERY}

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="webhook_told_once", fields=["endpoint", "cause"]),
            models.CheckConstraint(
                name="webhook_sending_is_claimed", condition=~Q(status="sending") | Q(claimed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="webhook_delivered_has_time",
                condition=Q(status="delivered", delivered_at__isnull=False) | ~Q(status="delivered"),
            ),
        ]
        indexes = [
            models.Index(
                name="webhook_to_send",
                fields=["endpoint", "next_attempt_at", "id"],
                condition=Q(status__in=["waiting", "sending"]),
            ),
            models.Index(name="webhook_given_up", fields=["-id"], condition=Q(status="failed")),
            models.Index(name="webhook_of_endpoint", fields=["endpoint", "-id"]),
            models.Index(name="webhook_delete_on", fields=["delete_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.key}"

    @property
    def reference(self) -> str:
        """The card or the survey it tells of."""
        data = json.loads(self.body).get("data", {})
        return str(data.get("reference") or data.get("survey") or "")

    @property
    def why_no_answer(self) -> str:
        return str(FAULTS.get(self.fault, FAULTS["unforeseen"]))

    def is_due(self, now: datetime) -> bool:
        """Whether a worker is about to send it."""
        return self.status == self.Status.WAITING and self.next_attempt_at <= now
