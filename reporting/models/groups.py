"""Groups of municipalities that ours is held against."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reporting.models.indicators import Elsewhere
from surveys.questionnaires import text_in


class Group(models.Model):
    """Some municipalities, ours not among them: it is beside them in every comparison. Its key never changes."""

    class Kind(models.TextChoices):
        SIMILAR = "similar", _("Similar municipalities")
        REGION = "region", _("The region")
        OWN = "own", _("Our own choice")

    key = models.SlugField(_("key"), max_length=60, unique=True)
    names = models.JSONField(_("name"), default=dict)
    kind = models.CharField(_("type"), max_length=10, choices=Kind.choices, default=Kind.SIMILAR)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("group of municipalities")
        verbose_name_plural = _("groups of municipalities")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.key

    def name_in(self, language: str) -> str:
        return text_in(self.names, language) or self.key


class GroupMember(models.Model):
    """A municipality in a group, in the order in which the group is shown."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="members", verbose_name=_("group of municipalities"))
    elsewhere = models.ForeignKey(
        Elsewhere, models.PROTECT, related_name="memberships", verbose_name=_("municipality elsewhere")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("municipality in a group")
        verbose_name_plural = _("municipalities in groups")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(name="group_member_once", fields=["group", "elsewhere"])]

    def __str__(self) -> str:
        return f"{self.group.key}: {self.elsewhere.name}"
