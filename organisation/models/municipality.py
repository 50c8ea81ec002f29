"""The municipality's settings: one row, one municipality an installation."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_time_zone(value: str) -> None:
    """Refuse a name that the time zone database does not have."""
    if value not in available_timezones():
        raise ValidationError(_("«%(value)s» is not a time zone. Example: Europe/Oslo."), params={"value": value})


def default_languages() -> list[str]:
    """The languages a new municipality offers its citizens."""
    return [code for code, _name in settings.LANGUAGES]


class DeadlineKind(models.TextChoices):
    CALENDAR_DAYS = "calendar_days", _("Calendar days")
    WORKING_DAYS = "working_days", _("Working days")


class CallbackRule(models.TextChoices):
    """Which contact details make the municipality owe a callback."""

    NAME_ADDRESS_PHONE = "name_address_phone", _("Name, address and daytime phone")
    PHONE = "phone", _("Phone alone")


class Municipality(models.Model):
    """Who we are and which rules we chose. The defaults are the domain's (`domain/README.md`)."""

    class Country(models.TextChoices):
        NORWAY = "NO", _("Norway")
        SWEDEN = "SE", _("Sweden")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=100)
    number = models.CharField(_("municipality number"), max_length=10, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=Country.choices, default=Country.NORWAY)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Oslo", validators=[validate_time_zone])
    language = models.CharField(_("first language"), max_length=5, choices=settings.LANGUAGES, default="nb")
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("languages"), default=default_languages)

    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    address = models.TextField(_("address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    accessibility_statement_url = models.URLField(_("accessibility statement"), blank=True)

    deadline_days = models.PositiveSmallIntegerField(
        _("days until the callback"), default=10, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    deadline_kind = models.CharField(
        _("days are"), max_length=20, choices=DeadlineKind.choices, default=DeadlineKind.CALENDAR_DAYS
    )
    callback_rule = models.CharField(
        _("a callback is owed to whoever gave"),
        max_length=20,
        choices=CallbackRule.choices,
        default=CallbackRule.NAME_ADDRESS_PHONE,
    )
    minimum_attempts = models.PositiveSmallIntegerField(
        _("calls before a contact card"), default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    not_reached_after_days = models.PositiveSmallIntegerField(
        _("days from a posted contact card to «not reached»"), default=30, validators=[MinValueValidator(1)]
    )
    private_page_days = models.PositiveSmallIntegerField(
        _("days that the submitter's page stays after closing"), default=365, validators=[MinValueValidator(1)]
    )
    remind_days_before = models.PositiveSmallIntegerField(_("days before a deadline to remind"), default=2)
    action_remind_days = models.PositiveSmallIntegerField(
        _("days before an action's deadline to remind"), default=14, validators=[MaxValueValidator(365)]
    )
    action_quiet_days = models.PositiveSmallIntegerField(
        _("days without a word on an action to ask after it"), default=90, validators=[MaxValueValidator(3650)]
    )
    escalate_repeats = models.BooleanField(_("tell the chief executive of repeats"), default=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True)
    arms = models.FileField(_("coat of arms"), upload_to="arms/", blank=True)
    is_demonstration = models.BooleanField(_("demonstration"), default=False, editable=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipality")
        constraints = [models.CheckConstraint(name="municipality_is_one", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and end here."""
        return ZoneInfo(self.time_zone)


class DayOff(models.Model):
    """A day the municipality is closed besides the country's public holidays (Christmas Eve, a local day)."""

    on = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=100)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("day off")
        verbose_name_plural = _("days off")
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on}: {self.name}"
