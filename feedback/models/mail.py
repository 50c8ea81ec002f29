"""Mail that came in: what became of it, and what waits for a person."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_MAIL


class IncomingMail(models.Model):
    """One mail that was received, whether it became a card, was filed on one, or waits in the queue.

    `key` is a digest of the Message-ID (or of the mail, where it has none) and unique: the same mail makes one row whoever
    fetches it. `text` is what the sender wrote, `rest` the signature and what was quoted. The original lies in `file` until
    `delete_on`; then the words and the sender of a mail that belongs to no card go too, and the digest stays.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        CARD = "card", _("Became a card")
        FILED = "filed", _("Filed on a card")
        SET_ASIDE = "set_aside", _("Set aside")
        DISMISSED = "dismissed", _("Dismissed")

    class Reason(models.TextChoices):
        """Why a person must look, or why nobody needs to."""

        # Waiting.
        BROKEN = "broken", _("The mail is broken and could not be read")
        TOO_LARGE = "too_large", _("The mail is too large")
        TOO_MANY_PARTS = "too_many_parts", _("The mail has too many parts to be opened safely")
        UNKNOWN_CHARSET = "unknown_charset", _("The mail is written with signs that are not known here")
        ENCRYPTED = "encrypted", _("The mail is encrypted")
        EMPTY = "empty", _("There are no words in the mail")
        NO_SENDER = "no_sender", _("The mail does not say who sent it")
        SPAM = "spam", _("The mail server holds it for spam")
        MANY = "many", _("The same address has sent very many mails")
        BULK = "bulk", _("It came from a mailing list or to very many")
        SAME_ID = "same_id", _("Another mail has the same Message-ID and other words")
        OTHER_SENDER = "other_sender", _("It names a card, but comes from another address than the submitter's")
        FORGED = "forged", _("The sender's address may be forged")
        COMPLETED = "completed", _("The submitter writes about a card that is answered or closed")
        ADDED_OFTEN = "added_often", _("The submitter has added to the card very often")
        FROM_STAFF = "from_staff", _("Somebody at the municipality answers a mail from here")
        TO_LIST = "to_list", _("Answers an overdue list")
        BOUNCE = "bounce", _("A mail came back, and it is not known which")
        # Set aside.
        BOUNCED = "bounced", _("A mail of ours came back; its address is marked")
        AUTO_REPLY = "auto_reply", _("An automatic answer")
        OWN = "own", _("A mail of our own that came back to us")

    key = models.CharField(max_length=64, unique=True, editable=False)
    digest = models.CharField("SHA-256", max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    reason = models.CharField(_("why"), max_length=20, choices=Reason.choices, blank=True)
    received_at = models.DateTimeField(_("received"))
    sender = models.CharField(_("sender's address"), max_length=254, blank=True)
    sender_name = models.CharField(_("sender's name"), max_length=150, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    rest = models.TextField(_("signature and quoted"), blank=True)
    left_out = ArrayField(
        models.CharField(max_length=300), verbose_name=_("files that are only in the original"), default=list
    )
    may_answer = models.BooleanField(_("a receipt may be sent"), default=False)
    file = models.FileField(_("original"), upload_to="mail/%Y/%m/", max_length=200, blank=True)
    unscanned = models.BooleanField(_("not looked through for viruses"), default=False, db_default=False)
    scan_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    delete_on = models.DateField(_("original is deleted on"), null=True, blank=True)

    card = models.ForeignKey(
        "feedback.Card", models.CASCADE, null=True, blank=True, related_name="incomingmails", verbose_name=_("card")
    )
    addition = models.OneToOneField(
        "feedback.Addition", models.SET_NULL, null=True, blank=True, related_name="mail", verbose_name=_("added as")
    )
    overdue_list = models.ForeignKey(
        "feedback.OverdueList", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("overdue list")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decision = models.CharField(_("why it was dismissed"), max_length=250, blank=True)

    personal_data = dict.fromkeys(
        ["sender", "sender_name", "subject", "text", "rest", "left_out", "file", "decision"], WITH_THE_MAIL
    )

    class Meta:
        verbose_name = _("mail received")
        verbose_name_plural = _("mails received")
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(name="incoming_mail_waiting", fields=["received_at", "id"], condition=Q(state="waiting")),
            models.Index(name="incoming_mail_sender", fields=["sender", "received_at"]),
            models.Index(name="incoming_mail_newest", fields=["-received_at", "-id"]),
            models.Index(name="incoming_mail_unscanned", fields=["id"], condition=Q(unscanned=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="incoming_mail_on_its_card",
                condition=Q(state__in=["card", "filed"], card__isnull=False) | ~Q(state__in=["card", "filed"]),
            ),
            models.CheckConstraint(
                name="incoming_mail_waits_for_a_reason", condition=~Q(state="waiting") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="incoming_mail_dismissed_says_why", condition=~Q(state="dismissed") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
