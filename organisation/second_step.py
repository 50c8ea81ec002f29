"""The second step of signing in, by django-allauth: an app's code, a passkey or security key, recovery codes."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from organisation.actions.sign_ins import MustWait, begin_try, count_key, take_back_try, write_sign_in
from organisation.models import Person, SignIn
from organisation.queries import NotSetUp, municipality
from organisation.tries import Counted


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code does not fit. Use the newest one that the app shows."),
        "cannot_generate_recovery_codes": _("Set up an app or a key first."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets lie in the database under a key made of SECRET_KEY, so that a backup alone signs nobody in."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise ValidationError(_("Your second step cannot be read any more. Ask the administrator.")) from error

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Whether somebody has a second step of ours; none is asked of who comes from the identity provider, which asks
        for its own."""
        request = context.request
        if request is not None and not request.user.is_authenticated:
            records = get_authentication_records(request, user)
            if records and records[-1]["method"] == "socialaccount":
                return False
        return bool(super().is_mfa_enabled(user, types))

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        try:
            return f"Innspill {municipality().name}"
        except NotSetUp:
            return "Innspill"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return gettext("Key %(number)d") % {"number": user.authenticator_set.filter(type=type).count() + 1}


def _cipher() -> MultiFernet:
    keys = (hashlib.sha256(f"innspill.second-step:{secret}".encode()).digest() for secret in _secrets())
    return MultiFernet(Fernet(base64.urlsafe_b64encode(key)) for key in keys)


def _secrets() -> list[str]:
    return [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _plain(form: Any, name: str, label: Any, missing: Any, help_text: Any = "") -> None:
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)


class _Counted:
    """A form that takes a code: its tries are counted for the login, wherever they come from. Nobody gets so far without
    the password."""

    user: Any

    def clean_code(self) -> str:
        tries, now = {Counted.CODE: count_key(Counted.CODE, str(self.user.pk))}, timezone.now()
        try:
            begin_try(tries, now=now)
        except MustWait as wait:
            raise ValidationError(str(wait), code=wait.code) from None
        try:
            code = cast(str, super().clean_code())  # type: ignore[misc]
        except ValidationError:
            if isinstance(self.user, Person):
                write_sign_in(self.user, SignIn.What.WRONG_CODE, now=now)
            raise
        take_back_try(tries)
        return code


class CodeForm(_Counted, AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label_code(self)


class CodeAgainForm(_Counted, ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label_code(self)


class NewAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "code", _("The code that the app shows"), _("Write the six digits that the app shows."))
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "size": "8"}


class RemoveAppForm(DeactivateTOTPForm):
    pass


class NewKeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "name", _("What you call it"), "", _("Such as «my telephone» or «the key on my ring»."))
        self.fields["name"].max_length = 60
        self.fields["passwordless"].label = _("Sign in with it alone, without the password")
        self.fields["passwordless"].help_text = _("It then asks for your finger, your face or a PIN.")
        self.fields["passwordless"].initial = True
        self.fields["credential"].error_messages["required"] = _("Nothing came from the key. Try again.")


class NameKeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("What you call it"), max_length=60, error_messages={"required": _("Write a name.")})


def _label_code(form: Any) -> None:
    _plain(
        form, "code", _("Code"), _("Write the code."),
        _("From the app on your telephone, or one of your recovery codes."),
    )  # fmt: skip
    form.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "size": "12"}
