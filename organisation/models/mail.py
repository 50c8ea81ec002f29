"""Outgoing mail as rows: written in the transaction of what they tell of, sent by a worker afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_MAIL


class OutgoingMail(models.Model):
    """One message to one address.

    `dedupe_key` names the event that the mail tells of: the same event never makes a second row. `attachment` names a
    document that is made when the mail is sent (`organisation.outbox.attachments`). Rows go on `delete_on`.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("kind"), max_length=60)
    dedupe_key = models.CharField(_("event"), max_length=200, unique=True)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=5)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    attachment = models.JSONField(_("attachment"), null=True, blank=True)

    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    queued_at = models.DateTimeField(_("queued at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    delete_on = models.DateField(_("delete on"))

    personal_data = dict.fromkeys(["to", "subject", "text", "html", "reply_to", "attachment", "error"], WITH_THE_MAIL)
    erased_whole = True

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        indexes = [
            models.Index(
                name="mail_to_send", fields=["next_attempt_at", "id"], condition=Q(status__in=["queued", "sending"])
            ),
            models.Index(name="mail_delete_on", fields=["delete_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="mail_sent_has_time",
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="mail_sending_is_claimed",
                condition=~Q(status="sending") | Q(claimed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe_key}"
