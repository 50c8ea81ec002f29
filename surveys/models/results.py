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
    reason = models.TextField(_("why there is a new version"), blank=True)
    figures = models.JSONField(_("figures"), editable=False)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_because = models.TextField(_("why it was withdrawn"), blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(name="publication_version_once", fields=["survey", "version"]),
            models.CheckConstraint(
                name="publication_withdrawn_with_reason",
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_because="")
                | (models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.version}"


class PublicationDraft(models.Model):
    """What is to be published next: day and words as the staff last saved them, and the figures once a worker has them.

    `done` of `total` is how far the worker has come. `sentence` says why the figures could not be computed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a worker")
        COMPUTING = "computing", _("Being computed")
        READY = "ready", _("Computed")
        FAILED = "failed", _("Could not be computed")

    survey = models.OneToOneField("surveys.Survey", models.CASCADE, related_name="publication_draft")
    publish_on = models.DateField(_("published from"), null=True, blank=True)
    words = models.JSONField(_("words about the result"), default=dict, blank=True)
    reason = models.TextField(_("why there is a new version"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    sentence = models.TextField(blank=True, editable=False)
    figures = models.JSONField(_("figures"), null=True, blank=True, editable=False)
    computed_at = models.DateTimeField(null=True, blank=True, editable=False)
    saved_at = models.DateTimeField(_("saved"), editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("draft of a publication")
        verbose_name_plural = _("drafts of publications")
        constraints = [
            models.CheckConstraint(
                name="publication_draft_ready_has_figures",
                condition=models.Q(state="ready", figures__isnull=False, computed_at__isnull=False)
                | (~models.Q(state="ready") & models.Q(figures__isnull=True, computed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.survey_id)
