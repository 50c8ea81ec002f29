"""Signing in with django-allauth: people are made by an administrator, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.account.views import LoginView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from organisation.language import remember_language
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import NotSetUp, demonstration_people, grants_of, municipality


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
        """Go on in the person's language, unless another was chosen in this browser."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if isinstance(user, Person) and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember_language(response, user.language)
        return response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say nothing on signing in and out: the page that follows shows it."""


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
        password = getattr(settings, "DEMONSTRATION_PASSWORD", "")
        if settings.DEMONSTRATION and password and _is_demonstration():
            context |= {"demonstration_people": demonstration_people(), "demonstration_password": password}
        return context


def _is_demonstration() -> bool:
    try:
        return municipality().is_demonstration
    except NotSetUp:
        return False
