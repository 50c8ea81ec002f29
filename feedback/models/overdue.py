"""The weekly overdue lists and what went to the chief executive. What may happen once a week is unique in the database."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organisation.calendar import IsoWeek


class OfWeek(models.Model):
    """Named by ISO year and week."""

    iso_year = models.PositiveSmallIntegerField(_("year"))
    iso_week = models.PositiveSmallIntegerField(_("week"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.iso_year}-W{self.iso_week:02d}"

    @property
    def week(self) -> IsoWeek:
        return IsoWeek(self.iso_year, self.iso_week)


class OverdueRun(OfWeek):
    """One week's run: that it happened, and at which moment the cards were judged, also where no card was overdue."""

    as_of = models.DateTimeField(_("judged at"))
    created_at = models.DateTimeField(_("run at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    mailed_at = models.DateTimeField(_("mails queued at"), null=True, blank=True)

    personal_data: dict[str, str] = {}

    class Meta(OfWeek.Meta):
        verbose_name = _("overdue run")
        verbose_name_plural = _("overdue runs")
        ordering = ["-iso_year", "-iso_week"]
        constraints = [models.UniqueConstraint(name="overdue_run_once_a_week", fields=["iso_year", "iso_week"])]


class OverdueList(OfWeek):
    """One unit's overdue list of one week."""

    run = models.ForeignKey(OverdueRun, models.CASCADE, related_name="lists")
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="overdue_lists", verbose_name=_("unit"))
    grace_on = models.DateField(_("to be put right by"))

    personal_data: dict[str, str] = {}

    class Meta(OfWeek.Meta):
        verbose_name = _("overdue list")
        verbose_name_plural = _("overdue lists")
        ordering = ["-iso_year", "-iso_week", "unit__name_key"]
        constraints = [
            models.UniqueConstraint(name="overdue_list_once_a_week", fields=["iso_year", "iso_week", "unit"]),
        ]


class OverdueEntry(OfWeek):
    """One card on one week's lists (a backlog entry). `times` is which list in a row of its cycle this is, 1 the first."""

    overdue_list = models.ForeignKey(OverdueList, models.CASCADE, related_name="entries")
    card = models.ForeignKey("feedback.Card", models.PROTECT, related_name="overdue_entries")
    cycle = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("deadline"))
    times = models.PositiveSmallIntegerField(_("times on the list"))
    solved_before_mail = models.BooleanField(_("solved before the list went out"), default=False)

    personal_data: dict[str, str] = {}

    class Meta(OfWeek.Meta):
        verbose_name = _("backlog entry")
        verbose_name_plural = _("backlog entries")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(name="overdue_entry_once_a_week", fields=["iso_year", "iso_week", "card"]),
            models.CheckConstraint(name="overdue_entry_counts_from_one", condition=Q(times__gte=1)),
        ]
        indexes = [models.Index(name="overdue_entry_of_card", fields=["card", "cycle"])]

    @property
    def days_over(self) -> int:
        """Days past the deadline at the list's Monday."""
        return (self.week.monday - self.due_on).days

    @property
    def is_solved(self) -> bool:
        """Whether the card, loaded with the entry, was completed since, though it may have been opened again."""
        return self.card.completed_at is not None or self.cycle < self.card.cycle


class Escalation(OfWeek):
    """The week's message to the chief executive: the entries that were on a list before."""

    run = models.OneToOneField(OverdueRun, models.CASCADE, related_name="escalation")
    created_at = models.DateTimeField(_("made at"))
    cards = models.PositiveIntegerField(_("cards"))
    units = models.PositiveIntegerField(_("units"))

    personal_data: dict[str, str] = {}

    class Meta(OfWeek.Meta):
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-iso_year", "-iso_week"]
        constraints = [
            models.UniqueConstraint(name="escalation_once_a_week", fields=["iso_year", "iso_week"]),
            models.CheckConstraint(name="escalation_has_cards", condition=Q(cards__gte=F("units"), units__gte=1)),
        ]


class ListNotice(models.Model):
    """One mail that told of a unit's list, or of the week's escalation: to whom, and when it was put in the outbox.

    It stays when the mail's row has gone; as long as that is there, `dedupe_key` finds it and what became of it. Without
    a `person` it went to an address of a unit's. `sent_by` is empty where the weekly run sent it.
    """

    overdue_list = models.ForeignKey(OverdueList, models.CASCADE, null=True, blank=True, related_name="notices")
    escalation = models.ForeignKey(Escalation, models.CASCADE, null=True, blank=True, related_name="notices")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("told")
    )
    told_at = models.DateTimeField(_("told at"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    dedupe_key = models.CharField(_("event"), max_length=200, unique=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("notice of a list")
        verbose_name_plural = _("notices of lists")
        ordering = ["told_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="notice_of_a_list_or_an_escalation",
                condition=Q(overdue_list__isnull=False, escalation__isnull=True)
                | Q(overdue_list__isnull=True, escalation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key
