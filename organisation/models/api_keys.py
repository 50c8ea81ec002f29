"""Keys by which other systems reach the API."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.people import Person
from organisation.permissions import Scope


class ApiKey(models.Model):
    """One system's key. It may do what the person may as whom it acts, narrowed to its scopes and, where any are named, to
    its units. The key itself was shown once and is nowhere kept: `digest` is its SHA-256, `beginning` what tells it apart.
    """

    name = models.CharField(_("system"), max_length=100)
    acts_as = models.ForeignKey(Person, models.CASCADE, related_name="api_keys", verbose_name=_("acts as"))
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("may"))
    units = models.ManyToManyField("organisation.Unit", blank=True, related_name="+", verbose_name=_("only in"))
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    beginning = models.CharField(_("begins with"), max_length=20, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"), editable=False)
    last_used_on = models.DateField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(name="api_key_may_something", condition=~models.Q(scopes=[]))]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_names(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]
