"""Result units: the tree of sectors and units that answer for the municipality's services."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.alphabet import sort_key


class Unit(models.Model):
    """A part of the municipality that answers for a service, or the sector above it.

    The service centre and the mayor's office are units like others: cards lie with them, with deadline and list. A unit
    that is closed names its successor; its open cards go there.
    """

    class Kind(models.TextChoices):
        SECTOR = "sector", _("Sector")
        UNIT = "unit", _("Result unit")
        SERVICE_CENTRE = "service_centre", _("Service centre")
        MAYORS_OFFICE = "mayors_office", _("Mayor's office")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=300, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.UNIT)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("sector")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("leader")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("successor")
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(
                name="unit_one_service_centre", fields=["kind"], condition=Q(kind="service_centre", closed_on=None)
            ),
            models.UniqueConstraint(
                name="unit_one_mayors_office", fields=["kind"], condition=Q(kind="mayors_office", closed_on=None)
            ),
            models.CheckConstraint(
                name="unit_closed_has_successor",
                condition=Q(closed_on=None) | Q(successor__isnull=False) | Q(kind="sector"),
                violation_error_message=_("A unit that is closed needs a successor that takes its cards."),
            ),
            models.CheckConstraint(name="unit_not_its_own_successor", condition=~Q(successor=models.F("id"))),
            models.CheckConstraint(name="unit_not_its_own_parent", condition=~Q(parent=models.F("id"))),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """Keep the sort key beside the name: the embedded PostgreSQL has no Norwegian collation."""
        self.name_key = sort_key(self.name)
        if (fields := kwargs.get("update_fields")) is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "name_key"}
        super().save(*args, **kwargs)
