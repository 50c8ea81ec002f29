"""Set up an empty municipality with its service centre and first administrator."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from organisation.actions.people import assign_role
from organisation.errors import Refused
from organisation.models import Municipality, Person, Unit
from organisation.models.municipality import validate_time_zone
from organisation.permissions import Role


class AlreadySetUp(Refused):
    code = "already_set_up"
    message = _("«%(name)s» is set up here already. One installation holds one municipality.")


class NameMissing(Refused):
    code = "name_missing"
    message = _("Write a name of at most %(longest)s characters.")

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(longest=longest)
        self.field = field


class NotAnEmail(Refused):
    code = "not_an_email"
    field = "administrator_email"
    message = _("«%(email)s» is not an e-mail address. Write it like name@example.com.")


class EmailTaken(Refused):
    code = "email_taken"
    field = "administrator_email"
    message = _("Somebody signs in with «%(email)s» already. Take another address.")


class UnknownTimeZone(Refused):
    code = "unknown_time_zone"
    field = "time_zone"
    message = _("«%(value)s» is not a time zone. Example: Europe/Oslo.")


class UnknownCountry(Refused):
    code = "unknown_country"
    field = "country"
    message = _("«%(value)s» is not one of the countries here: %(countries)s.")


class LanguageNotHere(Refused):
    code = "unknown_language"
    field = "language"
    message = _("«%(value)s» is not one of the languages here: %(languages)s.")


class ImpossibleNumber(Refused):
    code = "impossible_number"
    field = "number"
    message = _("«%(value)s» is not a municipality number. Write up to ten digits, or nothing.")


class WeakPassword(Refused):
    code = "weak_password"
    field = "password"
    message = _("The password will not do. %(why)s")


def set_up(
    *,
    name: str,
    number: str,
    country: str,
    time_zone: str,
    language: str,
    administrator_email: str,
    administrator_name: str,
    password: str,
    now: datetime,
) -> Municipality:
    """Make the municipality, its service centre and its first administrator, together or not at all.

    The service centre is a unit that every card can lie with; its name and address are changed afterwards. Raises
    AlreadySetUp, and a named refusal for the first value that cannot be.
    """
    name, administrator_name = name.strip(), administrator_name.strip()
    check(
        name=name,
        number=number,
        country=country,
        time_zone=time_zone,
        language=language,
        administrator_email=administrator_email,
        administrator_name=administrator_name,
    )
    check_password(password, email=administrator_email, name=administrator_name)
    try:
        with transaction.atomic():
            made = Municipality.objects.create(
                name=name, number=number, country=country, time_zone=time_zone, language=language
            )
            with override(language):
                Unit.objects.create(
                    code="service-centre", name=gettext("Service centre"), kind=Unit.Kind.SERVICE_CENTRE
                )
            person = Person.objects.create_user(administrator_email, administrator_name, password, language=language)
            assign_role(person, role=Role.ADMINISTRATOR, by=None, now=now)
    except IntegrityError as error:
        check()  # two at once: the first has made it
        raise EmailTaken(email=administrator_email) from error
    return made


def check(**values: str) -> None:
    """Raise AlreadySetUp, or the named refusal for the first of `values` (arguments of `set_up`) that cannot be."""
    if (known := Municipality.objects.values_list("name", flat=True).first()) is not None:
        raise AlreadySetUp(name=known)
    for field, value in values.items():
        _CHECKS[field](value.strip())


def _check_name(value: str) -> None:
    if not 0 < len(value) <= 100:
        raise NameMissing("name", 100)


def _check_administrator_name(value: str) -> None:
    if not 0 < len(value) <= 150:
        raise NameMissing("administrator_name", 150)


def _check_number(value: str) -> None:
    if value and not (value.isascii() and value.isdigit() and len(value) <= 10):
        raise ImpossibleNumber(value=value)


def _check_country(value: str) -> None:
    if value not in Municipality.Country.values:
        raise UnknownCountry(value=value, countries=", ".join(Municipality.Country.values))


def _check_language(value: str) -> None:
    if value not in dict(settings.LANGUAGES):
        raise LanguageNotHere(value=value, languages=", ".join(dict(settings.LANGUAGES)))


def _check_time_zone(value: str) -> None:
    try:
        validate_time_zone(value)
    except ValidationError as error:
        raise UnknownTimeZone(value=value) from error


def _check_email(value: str) -> None:
    try:
        validate_email(value)
    except ValidationError as error:
        raise NotAnEmail(email=value) from error
    if len(value) > 254:
        raise NotAnEmail(email=value)


_CHECKS = {
    "name": _check_name,
    "number": _check_number,
    "country": _check_country,
    "time_zone": _check_time_zone,
    "language": _check_language,
    "administrator_email": _check_email,
    "administrator_name": _check_administrator_name,
}


def check_password(password: str, *, email: str, name: str) -> None:
    """Raise WeakPassword, with the validators' own words, for a password that will not do for this person."""
    try:
        validate_password(password, Person(email=email, name=name))
    except ValidationError as error:
        raise WeakPassword(why=" ".join(error.messages)) from error
