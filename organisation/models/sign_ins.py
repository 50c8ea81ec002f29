"""Where people are signed in, how they came in, and who tried in vain."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from organisation.models.people import Person
from organisation.permissions import Role

WHEN_SIGNED_OUT = "when the session ends, and its row in the night after"
WITH_THE_SIGN_IN_LOG = "when the sign-in log's months are over"


class Way(models.TextChoices):
    """By what somebody showed that they are who they say."""

    PASSWORD = "password", _("password")
    CODE = "code", _("password and code")
    RECOVERY_CODE = "recovery_code", _("password and recovery code")
    SECURITY_KEY = "security_key", _("password and security key")
    PASSKEY = "passkey", _("passkey")
    PROVIDER = "provider", _("the municipality's sign-in")


STRONG = {Way.CODE, Way.RECOVERY_CODE, Way.SECURITY_KEY, Way.PASSKEY, Way.PROVIDER}
"""Ways with a second factor. What the identity provider asks for is the municipality's to rule, there."""


class BrowserSession(AbstractBaseSession):
    """One browser's session (`organisation.sessions`). What it holds beside Django's is for the list of where somebody is
    signed in, and to end them; without a person it is a browser in which nobody is.

    `address` is a network, not an address; `provider_session` and `provider_subject` are the identity
    provider's names for its own session and for the person.
    """

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="browser_sessions")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=20, choices=Way.choices, blank=True)
    address = models.CharField(max_length=50, blank=True)
    browser = models.CharField(max_length=60, blank=True)
    provider_session = models.CharField(max_length=255, blank=True)
    provider_subject = models.CharField(max_length=255, blank=True)

    personal_data = dict.fromkeys(
        ["session_key", "session_data", "address", "browser", "provider_session", "provider_subject"], WHEN_SIGNED_OUT
    )
    erased_whole = True

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session")  # type: ignore[assignment]
        verbose_name_plural = _("sessions")  # type: ignore[assignment]

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def mark(self) -> str:
        """What the session is called on a page: its key is the cookie, and stands nowhere else."""
        return salted_hmac("innspill.session-mark", self.session_key, algorithm="sha256").hexdigest()[:24]


class SignIn(models.Model):
    """One line of the sign-in log. Written by the action, never edited; `person` is empty where nobody has that login:
    what was typed is kept nowhere."""

    class What(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        WRONG_PASSWORD = "wrong_password", _("Wrong password")
        WRONG_CODE = "wrong_code", _("Wrong code")
        HAD_TO_WAIT = "had_to_wait", _("Had to wait after too many tries")
        REFUSED = "refused", _("Refused: no role here, or the login is closed")
        ENDED = "ended", _("Sessions ended")
        FACTOR_ADDED = "factor_added", _("Second step added")
        FACTOR_REMOVED = "factor_removed", _("Second step removed")
        PASSWORD_CHANGED = "password_changed", _("Password changed")

    OF_ACCESS = (What.FACTOR_ADDED, What.FACTOR_REMOVED, What.PASSWORD_CHANGED)
    """What stays in the audit log when the line here is deleted."""

    at = models.DateTimeField(_("when"))
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="sign_ins", verbose_name=_("person"))
    what = models.CharField(_("what"), max_length=20, choices=What.choices)
    way = models.CharField(_("how"), max_length=20, choices=Way.choices, blank=True)
    is_emergency = models.BooleanField(default=False)
    address = models.CharField(_("from"), max_length=50, blank=True)
    browser = models.CharField(_("browser"), max_length=60, blank=True)

    personal_data = {"at": WITH_THE_SIGN_IN_LOG, "address": WITH_THE_SIGN_IN_LOG, "browser": WITH_THE_SIGN_IN_LOG}
    erased_whole = True

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "-id"], name="sign_in_person"), models.Index("at", name="sign_in_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"


class FailedTries(models.Model):
    """How often it went wrong at one login, from one address or in one known browser. `key` is a keyed digest."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField(db_index=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("failed tries")
        verbose_name_plural = _("failed tries")

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.failures}"


class ProviderRole(models.Model):
    """What a role of the identity provider (an app role or a group) is with us."""

    value = models.CharField(_("role at the identity provider"), max_length=200)
    role = models.CharField(_("role here"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(
        "organisation.Unit", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("role of the identity provider")
        verbose_name_plural = _("roles of the identity provider")
        ordering = ["value", "id"]
        constraints = [
            models.UniqueConstraint(
                name="provider_role_once", fields=["value", "role", "unit"], nulls_distinct=False,
                violation_error_message=_("That is there already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.value}: {self.role}"
