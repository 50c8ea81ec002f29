"""The survey and its questions. Frozen once it is fielded: what people answered is what stands here."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models.municipality import default_languages
from surveys.questionnaires import Item, Option, QuestionKind, Stage, SurveyKind, condition_of, text_in

SMALLEST_GROUP = 5
"""Valid answers. `domain/README.md`: fewer are never shown."""


class Survey(models.Model):
    """One round of a survey. The next round is a copy that names this one as its `previous`: item keys stay the same."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("type"), max_length=10, choices=SurveyKind.choices, default=SurveyKind.CITIZEN)
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("unit")
    )
    titles = models.JSONField(_("title"), default=dict)
    introductions = models.JSONField(_("introduction"), default=dict, blank=True)
    thanks = models.JSONField(_("words when it is sent"), default=dict, blank=True)
    languages = ArrayField(models.CharField(max_length=5), verbose_name=_("languages"), default=default_languages)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later", verbose_name=_("earlier round")
    )
    repeats_every_years = models.PositiveSmallIntegerField(_("repeated every … years"), null=True, blank=True)
    population_size = models.PositiveIntegerField(_("population (N)"), null=True, blank=True)
    smallest_group = models.PositiveSmallIntegerField(
        _("smallest group shown"), default=SMALLEST_GROUP, validators=[MinValueValidator(SMALLEST_GROUP)]
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    paper_until = models.DateTimeField(
        _("paper answers are typed in until"), null=True, blank=True,
        help_text=_("Later than the closing: until then it waits for the post. Empty: it closes at once."),
    )  # fmt: skip
    reminders_at_most = models.PositiveSmallIntegerField(_("reminders at most"), default=2)
    open_to_all = models.BooleanField(_("open to everybody by link"), default=False)
    kiosk = models.BooleanField(_("may be answered on a tablet at the desk"), default=False)
    created_at = models.DateTimeField(_("made"))
    fielded_at = models.DateTimeField(_("fielded"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    next_round_told_at = models.DateTimeField(
        _("told that the next round is due"), null=True, blank=True, editable=False
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="survey_user_survey_has_unit", condition=~Q(kind="user") | Q(unit__isnull=False)
            ),
            models.CheckConstraint(
                name="survey_smallest_group", condition=Q(smallest_group__gte=SMALLEST_GROUP)
            ),
            models.CheckConstraint(
                name="survey_fielded_has_times",
                condition=Q(stage="draft", fielded_at__isnull=True)
                | (
                    ~Q(stage="draft")
                    & Q(fielded_at__isnull=False, opens_at__isnull=False, closes_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="survey_closed_has_time",
                condition=Q(stage__in=["draft", "fielded"], closed_at__isnull=True)
                | Q(stage__in=["closed", "published"], closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_closes_after_it_opens",
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=models.F("opens_at")),
            ),
            models.CheckConstraint(
                name="survey_waits_for_paper_after_it_closes",
                condition=Q(paper_until__isnull=True) | Q(closes_at__isnull=False, paper_until__gt=models.F("closes_at")),
            ),
            models.CheckConstraint(name="survey_not_its_own_previous", condition=~Q(previous=models.F("id"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    def title(self, language: str) -> str:
        return text_in(self.titles, language) or self.code

    @property
    def takes_answers_without_code(self) -> bool:
        """Whether others than the invited may answer: by the link, or on a tablet."""
        return self.open_to_all or self.kiosk

    @property
    def is_frozen(self) -> bool:
        return self.stage != Stage.DRAFT


class Area(models.Model):
    """A theme: the questions that stand on one page and have a mean of their own."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="areas")
    key = models.SlugField(_("key"), max_length=60)
    titles = models.JSONField(_("title"), default=dict)
    introductions = models.JSONField(_("introduction"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(name="area_key_once", fields=["survey", "key"])]

    def __str__(self) -> str:
        return self.key


class Question(models.Model):
    """One question. `key` stays the same over rounds, whatever the words. `options` is `[{"key": …, "texts": {…}}]`,
    `show_if` `{"question": key, "values": […]}` or empty."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=60)
    kind = models.CharField(_("type"), max_length=15, choices=QuestionKind.choices, default=QuestionKind.SCALE)
    texts = models.JSONField(_("question"), default=dict)
    helps = models.JSONField(_("explanation"), default=dict, blank=True)
    options = models.JSONField(_("choices"), default=list, blank=True)
    background = models.BooleanField(_("background question"), default=False)
    dont_know = models.BooleanField(_("offers «don't know / not relevant»"), default=True)
    at_most = models.PositiveSmallIntegerField(_("choices at most"), null=True, blank=True)
    show_if = models.JSONField(_("asked only if"), default=dict, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["area__position", "position", "id"]
        constraints = [models.UniqueConstraint(name="question_key_once_in_area", fields=["area", "key"])]

    def __str__(self) -> str:
        return self.key

    @property
    def item(self) -> Item:
        """The question without the database. `area` must be loaded."""
        return Item(
            key=self.key,
            kind=self.kind,
            texts=self.texts,
            area=self.area.key,
            options=[Option(option["key"], option["texts"]) for option in self.options],
            background=self.background,
            dont_know=self.dont_know,
            at_most=self.at_most,
            show_if=condition_of(self.show_if),
            help=self.helps,
        )
