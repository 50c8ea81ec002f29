"""Filters that somebody keeps under a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_ACCOUNT


class SavedFilter(models.Model):
    """A filter of the work list as a query string, kept by one person and perhaps shared with the service centre.

    What is searched for may be somebody's name: the filter goes with the account of whoever keeps it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filter"), max_length=1000)
    is_shared = models.BooleanField(_("shared with the service centre"), default=False)

    personal_data = dict.fromkeys(["name", "query"], WITH_THE_ACCOUNT)
    erased_whole = True

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="saved_filter_name_once", fields=["person", "name"]),
            models.CheckConstraint(name="saved_filter_filters", condition=~models.Q(query="") & ~models.Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
