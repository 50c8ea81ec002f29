"""How long cards are kept, which must not go, what was hidden or erased, and what each run did."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_CARD

LONGEST_DAYS = 36_500
_DAYS = [MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]


class RetentionRule(models.Model):
    """How many days after a card was closed each step comes. The row without a category is the municipality's; a category
    with a row of its own goes by that alone. An empty step never comes."""

    category = models.OneToOneField(
        "feedback.Category", models.CASCADE, null=True, blank=True, related_name="retention", verbose_name=_("category")
    )
    block_days = models.PositiveIntegerField(_("days until blocking"), null=True, blank=True, validators=_DAYS)
    anonymise_days = models.PositiveIntegerField(_("days until anonymising"), null=True, blank=True, validators=_DAYS)
    delete_days = models.PositiveIntegerField(_("days until deletion"), null=True, blank=True, validators=_DAYS)
    archive_duty = models.BooleanField(_("under archive duty: kept as it is"), default=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("rule of keeping")
        verbose_name_plural = _("rules of keeping")
        constraints = [
            models.UniqueConstraint(name="retention_one_default", fields=["category"], nulls_distinct=False),
            models.CheckConstraint(
                name="retention_steps_in_order",
                condition=(
                    Q(block_days=None) | Q(anonymise_days=None) | Q(anonymise_days__gt=F("block_days"))
                )
                & (Q(delete_days=None) | Q(anonymise_days__isnull=False, delete_days__gt=F("anonymise_days"))),
                violation_error_message=_("Blocking comes before anonymising, and deletion after it."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"retention {self.pk}"

    @property
    def name(self) -> str:
        """What the log of changes calls it."""
        return str(self.category.code) if self.category else ""


class RetentionHold(models.Model):
    """A card that must be kept as it is, and why."""

    class Kind(models.TextChoices):
        ARCHIVE = "archive", _("Archive duty")
        LEGAL = "legal", _("Keep: a case or a claim")

    card = models.OneToOneField("feedback.Card", models.CASCADE, primary_key=True, related_name="hold")
    kind = models.CharField(_("why"), max_length=10, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=250)
    set_at = models.DateTimeField(_("set"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal_data = {"reason": WITH_THE_CARD}

    class Meta:
        verbose_name = _("card that is kept")
        verbose_name_plural = _("cards that are kept")
        ordering = ["-set_at"]

    def __str__(self) -> str:
        return str(self.pk)


class CardRetention(models.Model):
    """A card that was blocked or anonymised. `values` is what was hidden when it was blocked, row by row; it goes when the
    card is anonymised, and comes back when the block is lifted."""

    card = models.OneToOneField("feedback.Card", models.CASCADE, primary_key=True, related_name="retention")
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("anonymised"), null=True, blank=True)
    values = models.JSONField(_("what was hidden"), null=True, blank=True, encoder=DjangoJSONEncoder)

    personal_data = {"values": WITH_THE_CARD}

    class Meta:
        verbose_name = _("blocked or anonymised card")
        verbose_name_plural = _("blocked or anonymised cards")
        constraints = [
            models.CheckConstraint(
                name="card_retention_of_something",
                condition=Q(blocked_at__isnull=False) | Q(anonymised_at__isnull=False),
            ),
            models.CheckConstraint(
                name="card_retention_anonymised_is_empty", condition=Q(anonymised_at=None) | Q(values=None)
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WithheldFile(models.Model):
    """A file that no other row shows any more: kept for as long as its card is blocked, and else about to be deleted, at
    once and, should that fail, in the night (`feedback.actions.erasing`)."""

    card = models.ForeignKey("feedback.Card", models.SET_NULL, null=True, related_name="withheld_files")
    file = models.FileField(_("file"), max_length=200)

    personal_data = {"file": WITH_THE_CARD}
    erased_whole = True

    class Meta:
        verbose_name = _("file of a blocked card")
        verbose_name_plural = _("files of blocked cards")

    def __str__(self) -> str:
        return str(self.pk)


class Erasure(models.Model):
    """One time that personal data were blocked or went. It holds none itself: `counts` is how many rows of each kind,
    `rows` which (references of cards, ids of other rows), so that a restored backup can be made to forget them again.
    """

    class Step(models.TextChoices):
        BLOCK = "block", _("Blocked")
        LIFT = "lift", _("Block lifted")
        ANONYMISE = "anonymise", _("Anonymised")
        DELETE = "delete", _("Deleted")

    class Cause(models.TextChoices):
        RETENTION = "retention", _("The time for keeping it was over")
        ASKED = "asked", _("The person asked for it")
        OBJECTED = "objected", _("The person objects, or says that it is wrong")
        MISTAKE = "mistake", _("It should not have been written down")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("when"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    step = models.CharField(_("what"), max_length=10, choices=Step.choices)
    cause = models.CharField(_("why"), max_length=10, choices=Cause.choices)
    counts = models.JSONField(_("how many"), default=dict)
    rows = models.JSONField(_("which"), default=dict)
    written_at = models.DateTimeField(_("written to the register"), null=True, blank=True)
    replayed_at = models.DateTimeField(_("done again after a restore"), null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-id"]
        indexes = [models.Index(name="erasure_to_write", fields=["id"], condition=Q(written_at=None))]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.step}"


class RetentionRun(models.Model):
    """One run of the nightly job: `counts` is `[{"step", "category", "cards"}]`, cards that were kept among them."""

    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    counts = models.JSONField(_("how many"), default=list)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("run of keeping")
        verbose_name_plural = _("runs of keeping")
        ordering = ["-started_at"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    def totals(self) -> dict[str, int]:
        """Return how many cards each step took, all categories together."""
        totals: dict[str, int] = {}
        for row in self.counts:
            totals[row["step"]] = totals.get(row["step"], 0) + int(row["cards"])
        return totals
