"""What is done about a weak result, with all that was written of it since."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reporting.models.indicators import Indicator
from reporting.models.themes import Theme
from reporting.plans import OPEN, Origin, Status
from reporting.references import new_reference

WITH_THE_NOTE = "when the follow-up is taken away"
WITH_THE_EVIDENCE = "when the evidence is taken away"


class Initiative(models.Model):
    """One action of an action plan («tiltak»). Called so here because an action is a function that writes, in all our apps.

    `reference` is what other systems name it by. `place` is whose figures the indicator is read of, None for the whole
    municipality; `unit` answers for the work, `person` does it (None: whoever leads the unit, today and later). Days are
    local ones. `budget_amount` is in whole units of the municipality's currency.
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    title = models.CharField(_("title"), max_length=150)
    what = models.TextField(_("what shall be done"), max_length=2000, blank=True)
    theme = models.ForeignKey(
        Theme, models.SET_NULL, null=True, blank=True, related_name="initiatives", verbose_name=_("theme")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="initiatives", verbose_name=_("indicator")
    )
    target = models.DecimalField(_("target"), max_digits=18, decimal_places=6, null=True, blank=True)
    target_year = models.PositiveSmallIntegerField(_("by the year"), null=True, blank=True)
    place = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("measured for")
    )
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, related_name="initiatives", verbose_name=_("responsible unit")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("responsible person"),
    )
    due_on = models.DateField(_("deadline"))
    budget_year = models.PositiveSmallIntegerField(_("budget year"), null=True, blank=True)
    budget_amount = models.PositiveBigIntegerField(_("amount"), null=True, blank=True)
    budget_note = models.TextField(_("note for the budget"), max_length=1000, blank=True)
    origin = models.CharField(_("comes from"), max_length=15, choices=Origin.choices, blank=True)
    source = models.CharField(_("more precisely"), max_length=250, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PLANNED)
    started_on = models.DateField(_("begun"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    made_on = models.DateField(_("planned on"), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(name="initiative_open_due", fields=["due_on", "id"], condition=Q(status__in=sorted(OPEN)))
        ]
        constraints = [
            models.CheckConstraint(
                name="initiative_target_of_indicator",
                condition=Q(target__isnull=True, target_year__isnull=True)
                | Q(target__isnull=False, target_year__isnull=False, indicator__isnull=False),
            ),
            models.CheckConstraint(
                name="initiative_days_of_status",
                condition=Q(status="planned", started_on=None, ended_on=None)
                | Q(status="under_way", started_on__isnull=False, ended_on=None)
                | Q(status="done", started_on__isnull=False, ended_on__isnull=False)
                | Q(status="dropped", ended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="initiative_ends_after_start",
                condition=Q(started_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class InitiativeEvent(models.Model):
    """One thing that happened to an action: ids, names of fields and codes, never edited."""

    class What(models.TextChoices):
        PLANNED = "planned", _("Planned")
        STATUS = "status", _("Status")
        DEADLINE = "deadline", _("Deadline moved")
        CHANGED = "changed", _("Put right")
        FOLLOWED_UP = "followed_up", _("Follow-up")
        EVIDENCE = "evidence", _("Evidence added")
        REMINDED = "reminded", _("Reminded")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="events")
    what = models.CharField(_("what"), max_length=15, choices=What.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    from_value = models.CharField(_("from"), max_length=60, blank=True)
    to_value = models.CharField(_("to"), max_length=60, blank=True)
    fields = models.JSONField(_("fields"), default=list, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("event of an action")
        verbose_name_plural = _("events of actions")
        ordering = ["at", "id"]
        indexes = [models.Index(name="initiative_event_time", fields=["initiative", "at", "id"])]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"


class InitiativeNote(models.Model):
    """What somebody wrote at a follow-up, on the local day that it is about. It can be taken away; its event stays."""

    event = models.OneToOneField(InitiativeEvent, models.CASCADE, related_name="note")
    on = models.DateField(_("date"))
    text = models.TextField(_("text"), max_length=2000)

    personal_data = {"text": WITH_THE_NOTE}

    class Meta:
        verbose_name = _("follow-up of an action")
        verbose_name_plural = _("follow-ups of actions")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="initiative_note_has_text", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"note {self.pk}"


class InitiativeEvidence(models.Model):
    """What shows that something was done: words, a link, a picture or a PDF, or several of them."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="evidence")
    text = models.CharField(_("what shows it"), max_length=500, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to="actions/%Y/%m/", max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    content_type = models.CharField(_("type"), max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    added_at = models.DateTimeField(_("added"), editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )

    personal_data = dict.fromkeys(["text", "url", "file", "name", "sha256"], WITH_THE_EVIDENCE)
    erased_whole = True

    class Meta:
        verbose_name = _("evidence of an action")
        verbose_name_plural = _("evidence of actions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="initiative_evidence_says_something", condition=~Q(text="") | ~Q(url="") | ~Q(file="")
            )
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
