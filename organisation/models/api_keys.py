"""Keys by which other systems reach the API."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.people import Person
from organisation.permissions import Scope


class ApiKey(models.Model):
    """One system's key, or its client at the identity provider. It may do what the person may as whom it acts, narrowed to
    its scopes and, where any are named, to its units.

    The key itself was shown once and is nowhere kept: `digest` is its SHA-256, `beginning` what tells it apart. A client
    (`client_id`) has no key of ours: it comes with a token of the identity provider, which may narrow it further.
    """

    name = models.CharField(_("system"), max_length=100)
    acts_as = models.ForeignKey(Person, models.CASCADE, related_name="api_keys", verbose_name=_("acts as"))
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("may"))
    units = models.ManyToManyField("organisation.Unit", blank=True, related_name="+", verbose_name=_("only in"))
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    beginning = models.CharField(_("begins with"), max_length=20, blank=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    client_id = models.CharField(_("client at the identity provider"), max_length=200, null=True, blank=True)
    made_at = models.DateTimeField(_("made"), editable=False)
    last_used_on = models.DateField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(name="api_key_may_something", condition=~models.Q(scopes=[])),
            models.UniqueConstraint(name="api_client_once", fields=["client_id"], condition=models.Q(revoked_at=None)),
            models.CheckConstraint(
                name="api_key_or_client",
                condition=models.Q(digest__isnull=False, client_id=None)
                | models.Q(digest=None, client_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_names(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes if scope in Scope.values]
