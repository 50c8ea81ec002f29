"""Signing in with django-allauth: people are made by an administrator, nobody signs up."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from organisation.actions.sign_ins import (
    MustWait,
    begin_try,
    end_sessions,
    take_back_try,
    tell_of_change,
    write_sign_in,
)
from organisation.known_browsers import counted_by, origin_of, remember_browser
from organisation.language import remember_language
from organisation.models import Person, SignIn, Way
from organisation.models.sign_ins import STRONG
from organisation.permissions import Permission
from organisation.queries import NotSetUp, demonstration_people, grants_of, municipality
from organisation.sessions import ABOUT
from organisation.where_signed_in import second_step_of

CHANGES = {
    "account/email/password_changed": (SignIn.What.PASSWORD_CHANGED, "password_changed"),
    "account/email/password_set": (SignIn.What.PASSWORD_CHANGED, "password_changed"),
    "account/email/password_reset": (SignIn.What.PASSWORD_CHANGED, "password_changed"),
    "mfa/email/totp_activated": (SignIn.What.FACTOR_ADDED, "app_added"),
    "mfa/email/totp_deactivated": (SignIn.What.FACTOR_REMOVED, "app_removed"),
    "mfa/email/webauthn_added": (SignIn.What.FACTOR_ADDED, "key_added"),
    "mfa/email/webauthn_removed": (SignIn.What.FACTOR_REMOVED, "key_removed"),
    "mfa/email/recovery_codes_generated": (SignIn.What.FACTOR_ADDED, "codes_made"),
}
"""What allauth would send a mail of its own about: what the log says of it, and what our mail does."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("Type the password you have now."),
        "account_inactive": _("This login is closed. Ask the administrator."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes and try again."),
        "rate_limited": _("Too many tries. Wait a few minutes and try again."),
        "invalid_password_reset": _("The link has been used or has expired. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Citizens have no login, and staff get theirs from the administrator."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send each to where their day begins: whom to ring, the political cards, what came up again, the reference data,
        the surveys, or the work list."""
        person = request.user
        return _begins_at(person) if isinstance(person, Person) else str(settings.LOGIN_REDIRECT_URL)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Go on in the person's language, unless another was chosen in this browser, and know the browser again."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_browser(request, response, user.email)
        if isinstance(user, Person) and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember_language(response, user.language)
        return response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say nothing on signing in and out: the page that follows shows it. What went wrong is said."""
        if level >= messages.ERROR and kwargs.get("message"):
            messages.add_message(request, level, kwargs["message"])

    # --- Tries, counted and written down -------------------------------------------------------------------------

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Look at a password. Raises ValidationError where too many were wrong, or where this login needs none."""
        email = str(credentials.get("email") or "").strip().lower()
        tries, now = counted_by(request, email), timezone.now()
        try:
            begin_try(tries, now=now)
        except MustWait as wait:
            self._write(request, self._called(email), SignIn.What.HAD_TO_WAIT)
            raise ValidationError(str(wait), code=wait.code) from None
        found: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if found is None:
            self._write(request, self._called(email), SignIn.What.WRONG_PASSWORD)
            return None
        take_back_try(tries)
        if isinstance(found, Person) and not (settings.PASSWORDS_FOR_ALL or found.is_emergency):
            self._write(request, found, SignIn.What.REFUSED)
            raise ValidationError(
                _("Passwords are for emergency logins alone. Use the municipality's sign-in."), code="passwords_off"
            )
        return found

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin the session, and write down how and from where."""
        way, origin = _way_of(request, user), origin_of(request)
        super().login(request, user)
        about = {"way": way, "address": origin.address, "browser": origin.browser}
        request.session[ABOUT] = about | getattr(request, "provider_session", {})
        write_sign_in(user, SignIn.What.SIGNED_IN, way=way, origin=origin, now=timezone.now())

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        self._write(request, user, SignIn.What.REFUSED)
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who signed in a moment ago need not say once more who they are."""
        latest = max(
            (record["at"] for record in get_authentication_records(self.request, self.request.user)), default=0
        )
        return bool(time.time() - latest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """A way in was changed: write it down, tell the person by our own mail, and end what is signed in elsewhere."""
        if template_prefix not in CHANGES:
            return
        what, told = CHANGES[template_prefix]
        now, origin = timezone.now(), origin_of(self.request)
        self._write(self.request, user, what)
        tell_of_change(user, told, origin=origin, now=now)
        self._mark_session(user, what)
        if what == SignIn.What.PASSWORD_CHANGED:
            end_sessions(user, by=None, keep=self.request.session.session_key or "", now=now)
            Token.objects.filter(user=user).delete()
            take_back_try(counted_by(self.request, user.email))

    def _mark_session(self, user: Any, what: SignIn.What) -> None:
        """A second step that was just shown to work holds for this session; without any it is one by password again."""
        about = self.request.session.get(ABOUT, {})
        step = second_step_of(user)
        if what == SignIn.What.FACTOR_ADDED and step.is_there and about.get("way") not in STRONG:
            self.request.session[ABOUT] = about | {"way": Way.CODE if step.app is not None else Way.SECURITY_KEY}
        elif what == SignIn.What.FACTOR_REMOVED and not step.is_there and about.get("way") != Way.PROVIDER:
            self.request.session[ABOUT] = about | {"way": Way.PASSWORD}

    def _write(self, request: HttpRequest, person: Any, what: SignIn.What) -> None:
        write_sign_in(person, what, origin=origin_of(request), now=timezone.now())

    def _called(self, email: str) -> Person | None:
        return None if "\x00" in email else Person.objects.filter(email=email).first()


def _way_of(request: HttpRequest, user: Any) -> Way:
    """Return by what somebody signs in just now, of what django-allauth keeps in the session."""
    for record in reversed(get_authentication_records(request, user)):
        if record["method"] == "socialaccount":
            return Way.PROVIDER
        if record["method"] == "mfa":
            if record.get("passwordless"):
                return Way.PASSKEY
            return {"totp": Way.CODE, "recovery_codes": Way.RECOVERY_CODE}.get(record.get("type", ""), Way.SECURITY_KEY)
    return Way.PASSWORD


def _begins_at(person: Person) -> str:
    grants = grants_of(person)
    if not grants.allows(Permission.WORK_ON_CARDS):
        if grants.allows(Permission.MANAGE_SURVEYS):
            return reverse("surveys:surveys")
        if units := grants.units_with(Permission.WORK_ON_CARDS):
            political = set(units) <= set(grants.units_with(Permission.SEE_POLITICAL_CARDS))
            return reverse("feedback:political" if political else "feedback:today")
        if grants.somewhere(Permission.SEE_ESCALATIONS):
            return reverse("feedback:chief")
        if not grants.somewhere(Permission.SEE_ALL_CARDS) and grants.allows(Permission.MANAGE_ORGANISATION):
            return reverse("feedback:administration")
        if not grants.somewhere(Permission.SEE_ALL_CARDS) and grants.allows(Permission.HANDLE_PERSONAL_DATA):
            return reverse("feedback:personal_data")
    return str(settings.LOGIN_REDIRECT_URL)


class SignInForm(LoginForm):
    """E-mail and password, with our labels and sentences."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("E-mail"), _("Password")
        login.error_messages["required"] = _("Write your e-mail address.")
        login.error_messages["invalid"] = _("Write the e-mail address like name@example.com.")
        password.error_messages["required"] = _("Write your password.")
        password.help_text = ""
        login.widget.attrs["autocomplete"] = "username"
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)


class AskForNewPasswordForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = _("E-mail")
        email.error_messages["required"] = _("Write your e-mail address.")
        email.error_messages["invalid"] = _("Write the e-mail address like name@example.com.")
        email.widget.attrs.pop("placeholder", None)


class NewPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label_passwords(self)


class PasswordChangeForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("The password you have now")
        self.fields["oldpassword"].widget.attrs.pop("placeholder", None)
        _label_passwords(self)


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before something is changed by which one signs in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label, self.fields["password"].help_text = _("Password"), ""
        self.fields["password"].error_messages["required"] = _("Write your password.")
        self.fields["password"].widget.attrs.pop("placeholder", None)


def _label_passwords(form: Any) -> None:
    for name, label in (("password1", _("New password")), ("password2", _("The new password once more"))):
        form.fields[name].label = label
        form.fields[name].help_text = ""
        form.fields[name].error_messages["required"] = _("Write a password.")
        form.fields[name].widget.attrs.pop("placeholder", None)
    form.fields["password1"].help_text = _("At least 12 characters.")


class SignInView(LoginView):
    """The sign-in page. In a demonstration it lists the made-up people, each with a button that signs in as them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["provider_name"] = (
            (settings.OIDC_NAME or _("the municipality's sign-in")) if settings.OIDC_ISSUER else ""
        )
        context["passwords_for_all"] = settings.PASSWORDS_FOR_ALL
        password = getattr(settings, "DEMONSTRATION_PASSWORD", "")
        if settings.DEMONSTRATION and password and _is_demonstration():
            context |= {"demonstration_people": demonstration_people(), "demonstration_password": password}
        return context


def _is_demonstration() -> bool:
    try:
        return municipality().is_demonstration
    except NotSetUp:
        return False
