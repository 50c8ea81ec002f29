"""What of a card the public may see: the access grade of the card and of each text, the legal reference, and the public
version beside the text, which itself is never changed (docs/decisions/0036)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_CARD


class LegalGround(models.Model):
    """A legal reference on the municipality's own list, as it stands in the journal: «offl. § 13 jf. fvl. § 13 nr. 1»."""

    name = models.CharField(_("legal reference"), max_length=100, unique=True)
    about = models.CharField(_("when it is used"), max_length=250, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("legal reference")
        verbose_name_plural = _("legal references")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AccessGrade(models.TextChoices):
    PUBLIC = "public", _("Public")
    EXEMPT = "exempt", _("Exempt from public access")


class Part(models.TextChoices):
    """What of a card is graded: the card as a whole, and each of its texts, which is a document of its own."""

    CARD = "card", _("The whole card")
    MESSAGE = "message", _("Message")
    ADDITION = "addition", _("Addition by the submitter")
    CALLBACK = "callback", _("Conversation with the submitter")
    FOLLOW_UP = "follow_up", _("Follow-up")
    PRELIMINARY = "preliminary", _("Preliminary answer")
    REFERRAL = "referral", _("Referral outside the municipality")


class RecordAccess(models.Model):
    """Who may see a card or one of its texts, and what everybody may read of it.

    `row` is the id of the text's row, 0 for the card and its message. An empty grade is «as the card»; of the card itself
    it has not been assessed. A text is as strict as its card, or stricter. `title` and `sender_shown` are of the card:
    what the public journal calls it, and whether the submitter's name may stand there.
    """

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="accesses")
    part = models.CharField(_("what"), max_length=12, choices=Part.choices)
    row = models.BigIntegerField(default=0, editable=False)
    grade = models.CharField(_("access"), max_length=6, choices=AccessGrade.choices, blank=True)
    ground = models.ForeignKey(
        LegalGround, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("legal reference")
    )
    graded_at = models.DateTimeField(_("assessed"), null=True, blank=True)
    graded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assessed by"),
    )
    title = models.CharField(_("public title"), max_length=150, blank=True)
    sender_shown = models.BooleanField(_("the submitter's name is public"), default=False)
    public_text = models.TextField(_("public version"), blank=True)
    public_at = models.DateTimeField(_("public version written"), null=True, blank=True)
    public_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    personal_data = dict.fromkeys(["title", "public_text"], WITH_THE_CARD)

    class Meta:
        verbose_name = _("access to a card")
        verbose_name_plural = _("access to cards")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="access_once_a_text", fields=["card", "part", "row"]),
            models.CheckConstraint(
                name="access_exempt_has_ground",
                condition=Q(grade="exempt", ground__isnull=False) | (~Q(grade="exempt") & Q(ground__isnull=True)),
            ),
            models.CheckConstraint(
                name="access_grade_has_moment", condition=Q(grade="") | Q(graded_at__isnull=False)
            ),
            models.CheckConstraint(
                name="access_card_alone_has_title",
                condition=Q(part="card", public_text="") | (~Q(part="card") & Q(title="", sender_shown=False)),
            ),
            models.CheckConstraint(name="access_text_is_never_freer", condition=Q(part="card") | ~Q(grade="public")),
            models.CheckConstraint(
                name="access_public_text_has_moment", condition=Q(public_text="") | Q(public_at__isnull=False)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.part} {self.pk}"
