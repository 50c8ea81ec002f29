"""Who did and who read what, for ever: rows that nobody changes or deletes (docs/decisions/0031-audit.md)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from organisation.models.api_keys import ApiKey
from organisation.models.people import Person


class Look(models.TextChoices):
    """How protected data was read. What was done with it has the action's own word, in its own history, none of these."""

    READ = "read", _("Opened")
    LISTED = "saw_list", _("Saw a list")
    SEARCHED = "searched", _("Searched")
    EXPORTED = "exported", _("Took a list as a file")
    DOWNLOADED = "downloaded", _("Opened a file")


class AuditEntry(models.Model):
    """One thing that somebody did with protected data, or one look at it. Ids, names of fields and codes: nothing that would
    have to be erased.

    Of changes the database writes it itself, by triggers on the histories (`organisation.audited`); of looks the door they
    went through (`config.looks`). The database refuses every change of it, and TRUNCATE; `number` and `hash`, its place in
    the chain (`organisation.chain`), are given once, a moment later.

    `at` is when it happened, `written_at` when the database wrote it down: of an imported history years lie between.
    `row` is an id of `kind`, a model; `reference` what people call it. `shown` is how many a list held. `person` and
    `api_key` may be gone: nothing in the database holds to them.
    """

    number = models.BigIntegerField(_("number"), null=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    at = models.DateTimeField(_("when"))
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    person = models.ForeignKey(
        Person, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("who"),
    )  # fmt: skip
    api_key = models.ForeignKey(
        ApiKey, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("system"),
    )  # fmt: skip
    action = models.CharField(_("what"), max_length=40)
    kind = models.CharField(_("kind"), max_length=60)
    row = models.BigIntegerField(null=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True, default="", db_default="")
    fields = ArrayField(models.CharField(max_length=100), default=list, db_default=[])
    was = models.CharField(_("from"), max_length=120, blank=True, default="", db_default="")
    became = models.CharField(_("to"), max_length=120, blank=True, default="", db_default="")
    shown = models.IntegerField(null=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(name="audit_number", fields=["number"], condition=~models.Q(number=None))
        ]
        # An import writes a hundred thousand of these at once: an index leaves out what nobody looks for by it.
        indexes = [
            models.Index(name="audit_unsealed", fields=["id"], condition=models.Q(number=None)),
            models.Index(name="audit_at", fields=["at", "id"]),
            models.Index(name="audit_person", fields=["person", "at", "id"], condition=~models.Q(person=None)),
            models.Index(name="audit_action", fields=["action", "at", "id"]),
            models.Index(
                name="audit_reference", fields=["reference", "at", "id"], condition=~models.Q(reference="")
            ),
            # Of cards there is one wherever one looks: those are found along `audit_at`.
            models.Index(name="audit_kind", fields=["kind", "at", "id"], condition=~models.Q(kind="feedback.card")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.kind} {self.reference or self.row or ''}"
