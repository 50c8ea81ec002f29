"""Change the municipality's own settings and its days off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.calendar import public_holidays
from organisation.errors import Refused
from organisation.models import DayOff, Municipality, Person

YEARS = 10
"""A day off further away than this is a mistyped year."""


class FirstLanguageMissing(Refused):
    code = "first_language_missing"
    field = "languages"
    message = _("The first language is among those that are offered.")


class UnknownLanguage(Refused):
    code = "unknown_language"
    field = "languages"
    message = _("«%(value)s» is not one of the languages here.")


class DayOffTwice(Refused):
    code = "day_off_twice"
    field = "on"
    message = _("That day is a day off already.")


class TooFarAway(Refused):
    code = "too_far_away"
    field = "on"
    message = _("Choose a day within %(years)s years. Look at the year again.")


class FreeAnyway(Refused):
    code = "free_anyway"
    field = "on"
    message = _("That day is a Saturday, a Sunday or a public holiday, which count as days off anyway.")


def change_settings(*, by: Person | None, now: datetime, **values: Any) -> Municipality:
    """Change fields of the municipality's row; those not named stay. A deadline that is changed holds for cards that are
    registered from now on: each card keeps the date that its submitter was given.

    Raises NotAllowed, FirstLanguageMissing, UnknownLanguage, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        here = Municipality.objects.select_for_update().get()
        before = values_of(here)
        for name, value in values.items():
            setattr(here, name, value)
        _check_languages(here)
        check_row(here)
        here.save(update_fields=list(values))
        log_changed(here, before, by=by, now=now)
    return here


def _check_languages(here: Municipality) -> None:
    for language in here.languages:
        if language not in dict(settings.LANGUAGES):
            raise UnknownLanguage(value=language)
    if here.language not in here.languages:
        raise FirstLanguageMissing


def add_day_off(*, on: date, name: str, by: Person | None, now: datetime) -> DayOff:
    """Close the municipality on the local date `on`. Deadlines given already stay; the next ones count without it.

    Raises NotAllowed, TooFarAway, FreeAnyway, DayOffTwice, Unfit.
    """
    require_manager(by)
    if abs(on.year - now.year) > YEARS:
        raise TooFarAway(years=YEARS)
    country = Municipality.objects.values_list("country", flat=True).get()
    if on.weekday() >= 5 or on in public_holidays(country, on.year):
        raise FreeAnyway
    if DayOff.objects.filter(on=on).exists():
        raise DayOffTwice
    day = DayOff(on=on, name=name.strip())
    check_row(day)
    try:
        with transaction.atomic():
            day.save(force_insert=True)
            log_created(day, by=by, now=now)
    except IntegrityError as error:
        raise DayOffTwice from error
    return day


def remove_day_off(day: DayOff, *, by: Person | None, now: datetime) -> None:
    """Open the municipality on that day after all. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(day, by=by, now=now)
        day.delete()
