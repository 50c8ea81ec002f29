"""What changed, in the order in which it is told: how other systems keep up (docs/decisions/0025)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

ESCALATED = 0
"""The audience of those to whom cards on a second list are reported. Every other audience is the id of a unit."""


class UntoldChange(models.Model):
    """A card that something happened to, and which has no number for it yet.

    Written by the database itself (triggers of migration 0013), in the transaction of the change, whoever makes it:
    an action, an import by COPY, a person at the SQL prompt. `unit_id` is where the card lay then, where the change says.
    """

    card_id = models.BigIntegerField(db_index=True)
    unit_id = models.BigIntegerField(null=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("change without a number")
        verbose_name_plural = _("changes without a number")

    def __str__(self) -> str:
        return str(self.card_id)


class ChangeBatch(models.Model):
    """Changes that got their place together. Made by one at a time, so that a batch is there before the next is begun.

    `token` tells a batch from one of the same number in a past that a backup brought back.
    """

    token = models.CharField(max_length=16)
    at = models.DateTimeField(_("when"), db_index=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("batch of changes")
        verbose_name_plural = _("batches of changes")

    def __str__(self) -> str:
        return f"{self.pk} {self.at:%Y-%m-%d %H:%M}"


class CardChange(models.Model):
    """The latest change of a card for one audience: its place is the batch, and within it the row's id.

    A later change moves the row to a later batch. Where the card goes to another audience the row says that it left; where
    it is removed, that it was. The card may be gone: nothing in the database holds to it.
    """

    class Kind(models.TextChoices):
        CURRENT = "current", _("Is there")
        LEFT = "left", _("Went elsewhere")
        REMOVED = "removed", _("Removed")

    card = models.ForeignKey(
        "feedback.Card", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    audience = models.BigIntegerField()
    reference = models.CharField(_("reference"), max_length=20)
    kind = models.CharField(_("what became of it"), max_length=10, choices=Kind.choices)
    batch = models.ForeignKey(ChangeBatch, models.PROTECT, related_name="changes", db_index=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("change of a card")
        verbose_name_plural = _("changes of cards")
        constraints = [models.UniqueConstraint(name="change_once_for_each", fields=["card", "audience"])]
        indexes = [
            models.Index(name="change_place", fields=["batch", "id"]),
            models.Index(name="change_place_for", fields=["audience", "batch", "id"]),
        ]

    def __str__(self) -> str:
        return self.reference
