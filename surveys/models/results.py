"""What a survey's results are compared with, and what was published of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Comparator(models.Model):
    """A row of means from elsewhere: the country, another municipality, a round run elsewhere."""

    class Kind(models.TextChoices):
        NATION = "nation", _("The country")
        MUNICIPALITY = "municipality", _("Another municipality")
        EARLIER = "earlier", _("An earlier round")

    class Weighs(models.TextChoices):
        PEOPLE = "people", _("each person alike")
        MUNICIPALITIES = "municipalities", _("each municipality alike")

    kind = models.CharField(_("type"), max_length=15, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=100)
    year = models.PositiveSmallIntegerField(_("year"))
    source = models.CharField(_("source"), max_length=250)
    weighs = models.CharField(_("weighs"), max_length=15, choices=Weighs.choices, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ["kind", "-year", "name"]
        constraints = [models.UniqueConstraint(name="comparator_once", fields=["kind", "name", "year"])]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class ComparatorValue(models.Model):
    """One mean of a comparator, by the key of a question or of an area. sd, se and n where the source gives them."""

    comparator = models.ForeignKey(Comparator, models.CASCADE, related_name="values")
    key = models.CharField(_("key"), max_length=60)
    mean = models.FloatField(_("mean"))
    sd = models.FloatField(_("standard deviation"), null=True, blank=True)
    se = models.FloatField(_("standard error"), null=True, blank=True)
    n = models.PositiveIntegerField(_("answers"), null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("mean")
        verbose_name_plural = _("means")
        ordering = ["key"]
        constraints = [models.UniqueConstraint(name="comparator_value_once", fields=["comparator", "key"])]

    def __str__(self) -> str:
        return f"{self.key}: {self.mean}"


class Publication(models.Model):
    """The results as they were published: figures with small groups taken out, never computed anew.

    `figures` is what the public page, the open data, the PDF and the comparison between rounds all read.
    """

    survey = models.ForeignKey("surveys.Survey", models.CASCADE, related_name="publications")
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    publish_on = models.DateField(_("published from"))
    words = models.JSONField(_("words about the result"), default=dict, blank=True)
    figures = models.JSONField(_("figures"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(name="publication_version_once", fields=["survey", "version"])]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.version}"
