"""What was changed in the reference data: by whom, when, and from what to what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.people import Person


class Change(models.Model):
    """One change of a unit, a person, a role, a rule, a text or a setting. Written by the action that made it, never edited.

    `kind` is the model («organisation.unit»), `row` its id, `name` what it was called then (empty where that names a
    person: `about` points to them). `fields` holds of each changed field `[before, after]`, or null for personal data.
    """

    class What(models.TextChoices):
        CREATED = "created", _("Added")
        CHANGED = "changed", _("Changed")
        REMOVED = "removed", _("Removed")

    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    kind = models.CharField(_("kind"), max_length=60)
    row = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=200, blank=True)
    about = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("person"))
    fields = models.JSONField(default=dict)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "id"], name="change_kind")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.kind} {self.name or self.row}"
