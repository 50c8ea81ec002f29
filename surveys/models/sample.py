"""Who is asked: the population as it was read from the register, the draw from it, and the invitations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

WITH_THE_SURVEY = "when the survey is closed and its sample is put away"


class Population(models.Model):
    """A file from the population register, as it was read. Its rows go when the survey is closed; the numbers stay."""

    name = models.CharField(_("name"), max_length=100)
    size = models.PositiveIntegerField(_("people"), default=0)
    read_at = models.DateTimeField(_("read"))
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        ordering = ["-read_at", "-id"]

    def __str__(self) -> str:
        return self.name


class Resident(models.Model):
    """One person of a population. `number` is the register's own, which a second reading of the file finds again."""

    population = models.ForeignKey(Population, models.CASCADE, related_name="residents")
    number = models.CharField(_("number in the register"), max_length=60)
    name = models.CharField(_("name"), max_length=150)
    address = models.CharField(_("address"), max_length=250, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=20, blank=True)
    district = models.CharField(_("district"), max_length=100, blank=True)
    group = models.CharField(_("respondent group"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nb")
    reserved = models.BooleanField(_("does not want to be asked"), default=False)

    personal_data = dict.fromkeys(
        ["number", "name", "address", "birth_year", "gender", "district", "group", "email", "phone", "language"],
        WITH_THE_SURVEY,
    )
    erased_with = {"language": "nb", "reserved": True}

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="resident_once", fields=["population", "number"])]

    def __str__(self) -> str:
        return str(self.pk)


class Draw(models.Model):
    """How the invited were drawn: method and seed give the same draw again from the same population.

    `strata` is `[{"key": …, "population": N_h, "eligible": …, "drawn": n_h}]`, empty for a draw without strata.
    `population_size` is N, all of the register's file; `eligible` is what was drawn from: N without the reserved.
    `attempt` counts the draws made for the survey, so that nobody draws until they like what they see unseen.
    """

    class Method(models.TextChoices):
        SIMPLE = "simple", _("Simple random draw")
        PROPORTIONAL = "proportional", _("Stratified, proportional")
        FIXED = "fixed", _("Stratified, the same number from each")
        FULL = "full", _("Everybody")

    survey = models.OneToOneField("surveys.Survey", models.CASCADE, related_name="draw")
    population = models.ForeignKey(Population, models.PROTECT, related_name="draws")
    method = models.CharField(_("method"), max_length=15, choices=Method.choices)
    seed = models.CharField(_("seed"), max_length=60)
    stratum = models.CharField(_("strata by"), max_length=20, blank=True)
    strata = models.JSONField(_("strata"), default=list, blank=True)
    population_size = models.PositiveIntegerField(_("population (N)"))
    eligible = models.PositiveIntegerField(_("drawn from"))
    drawn = models.PositiveIntegerField(_("drawn (n)"))
    attempt = models.PositiveSmallIntegerField(_("draw number"), default=1)
    drawn_at = models.DateTimeField(_("drawn"))
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    mailed_at = models.DateTimeField(_("invitations mailed"), null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")

    def __str__(self) -> str:
        return f"{self.method} {self.drawn}"


class Invitation(models.Model):
    """One invited person. It knows whether it was answered, yes or no, and nothing of when or what.

    `answered` is written for many at a time, in random order, from `SpentCode` (`docs/decisions`, anonymity): a single
    answer never touches this row.
    """

    survey = models.ForeignKey("surveys.Survey", models.CASCADE, related_name="invitations")
    resident = models.ForeignKey(Resident, models.SET_NULL, null=True, blank=True, related_name="invitations")
    code = models.CharField(_("code"), max_length=20, unique=True)
    stratum = models.CharField(_("stratum"), max_length=100, blank=True)
    answered = models.BooleanField(_("answered"), default=False)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    returned = models.BooleanField(_("letter came back"), default=False)

    personal_data = {"code": WITH_THE_SURVEY}

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="invited_once", fields=["survey", "resident"])]

    def __str__(self) -> str:
        return str(self.pk)


class GroupAsked(models.Model):
    """How many of a respondent group were asked, such as the users from each owner of a shared service: numbers alone.

    `question` is the background question with one choice that tells the group, `value` its choice. `answered` is the number
    of answers as the last night wrote it, and moves by `smallest_group` or more (`surveys.actions.groups_asked`).
    """

    survey = models.ForeignKey("surveys.Survey", models.CASCADE, related_name="groups_asked")
    question = models.SlugField(_("question"), max_length=60)
    value = models.CharField(_("group"), max_length=100)
    invited = models.PositiveIntegerField(_("asked"))
    answered = models.PositiveIntegerField(_("answered"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("respondent group that was asked")
        verbose_name_plural = _("respondent groups that were asked")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(name="group_asked_once", fields=["survey", "value"])]

    def __str__(self) -> str:
        return f"{self.question} {self.value}"
