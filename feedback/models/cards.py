"""The message card, who sent it, and what came with it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from feedback.workflow import OPEN_STATES, Channel, CloseResult, Kind, State
from organisation.erasing import GONE, kept_where_empty
from organisation.models.personal_data import WITH_THE_CARD
from organisation.one_to_one import PartOf

_OPEN = Q(state__in=sorted(OPEN_STATES))

NORDIC_ZONES = timedelta(0), timedelta(hours=3)
"""How far clocks are ahead of UTC between Iceland and Finland, summer time and all."""


def _day_ahead(by: timedelta) -> models.Func:
    """The day on which a card was registered by a clock so far ahead of UTC."""
    seconds = f"interval '{by.total_seconds():.0f} seconds'"
    shape = f"((%(expressions)s AT TIME ZONE 'UTC') + {seconds})::date"
    return models.Func(F("registered_at"), template=shape, output_field=models.DateField())


MAYBE_ANOTHER_DAY = Q(received_on__gt=_day_ahead(NORDIC_ZONES[0])) | Q(received_on__lt=_day_ahead(NORDIC_ZONES[1]))
"""Cards that were registered on another day than they came on some clock between those: all that were on the municipality's
clock, and few more. An index can hold this, since it names no municipality's zone."""

PENDING = 256
"""Kilobytes of words that a search index may leave for later. Each search reads them all: of PostgreSQL's four megabytes it
takes ten milliseconds, however rare the word."""


class ReferenceCounter(models.Model):
    """The last number given out in a year. Raised in the transaction of the card, so that no number is lost."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    personal_data: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Card(models.Model):
    """One message from a citizen, whatever way it came.

    `cycle` counts from 1 and rises with each reopening: attempts, callbacks and overdue entries belong to a cycle, and
    only those of the present one count. `completed_at` is the recorded moment of what completed the card in this cycle;
    "overdue" is a query on `due_on` and `completed_at`, never a flag.
    """

    class Origin(models.TextChoices):
        SPLIT = "split", _("Split from another card")
        ALTERNATIVE = "alternative", _("Alternative proposed in a callback")

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    secret = models.CharField(_("secret"), max_length=40, unique=True)

    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True)
    category = models.ForeignKey(
        "feedback.Category",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="cards",
        verbose_name=_("category"),
    )
    source = models.CharField(_("comes out of"), max_length=250, blank=True)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nb")
    political = models.BooleanField(_("political content"), default=False)
    sensitive = models.BooleanField(_("sensitive"), default=False, db_default=False)

    place = models.CharField(_("place"), max_length=250, blank=True)
    area = models.CharField(_("area"), max_length=100, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )  # fmt: skip
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )  # fmt: skip

    received_on = models.DateField(_("received"))
    registered_at = models.DateTimeField(_("registered"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registered by"),
    )

    # Without indexes of their own: those below that begin with them serve both.
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, db_index=False, related_name="cards", verbose_name=_("unit")
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        db_index=False,
        null=True,
        blank=True,
        related_name="cards",
        verbose_name=_("case handler"),
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.REGISTERED)
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    reopened_at = models.DateTimeField(_("reopened"), null=True, blank=True)
    returned_at = models.DateTimeField(_("sent back as misrouted"), null=True, blank=True)

    callback_owed = models.BooleanField(_("callback owed"))
    callback_wanted = models.BooleanField(_("callback wanted whatever the contact details"), default=False)
    due_on = models.DateField(_("deadline"))
    expected_on = models.DateField(_("new expected date"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    close_result = models.CharField(_("result"), max_length=20, choices=CloseResult.choices, blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("duplicate of")
    )
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="offspring", verbose_name=_("comes from")
    )
    origin_kind = models.CharField(_("how it came from it"), max_length=20, choices=Origin.choices, blank=True)

    idempotency_key = models.CharField(max_length=100, null=True, blank=True, unique=True, editable=False)
    import_source = models.CharField(_("older system"), max_length=60, blank=True)
    import_key = models.CharField(_("key in the older system"), max_length=120, blank=True)

    search = models.GeneratedField(
        expression=SearchVector("text", "place", config="norwegian"), output_field=SearchVectorField(), db_persist=True
    )

    personal_data = dict.fromkeys(
        ["text", "place", "latitude", "longitude", "search", "secret", "idempotency_key", "import_key"], WITH_THE_CARD
    )
    erased_with = {"import_key": kept_where_empty("import_key"), "text": GONE}

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ["-registered_at", "-id"]
        indexes = [
            models.Index(name="card_newest", fields=["-registered_at", "-id"]),
            models.Index(name="card_unit_newest", fields=["unit", "-registered_at", "-id"]),
            models.Index(name="card_category_newest", fields=["category", "-registered_at", "-id"]),
            models.Index(name="card_handler_newest", fields=["handler", "-registered_at", "-id"]),
            models.Index(name="card_kind_newest", fields=["kind", "-registered_at", "-id"]),
            models.Index(name="card_channel_newest", fields=["channel", "-registered_at", "-id"]),
            models.Index(
                name="card_state_newest", fields=["state", "-registered_at", "-id"], condition=~Q(state="closed")
            ),
            models.Index(name="card_political_newest", fields=["-registered_at", "-id"], condition=Q(political=True)),
            models.Index(name="card_by_receipt", fields=["received_on", "id"]),
            models.Index(name="card_by_deadline", fields=["due_on", "id"]),
            models.Index(name="card_to_forward", fields=["due_on", "id"], condition=Q(state="registered")),
            models.Index(
                name="card_returned",
                fields=["due_on", "id"],
                condition=Q(state="registered", returned_at__isnull=False),
            ),
            models.Index(name="card_open_due", fields=["due_on", "id"], condition=_OPEN),
            models.Index(name="card_open_unit_due", fields=["unit", "due_on", "id"], condition=_OPEN),
            models.Index(name="card_completed", fields=["completed_at"], condition=Q(completed_at__isnull=False)),
            models.Index(name="card_reopened", fields=["reopened_at"], condition=Q(reopened_at__isnull=False)),
            models.Index(name="card_waiting", fields=["completed_at"], condition=Q(state="contact_card_posted")),
            models.Index(name="card_another_day", fields=["-registered_at", "-id"], condition=MAYBE_ANOTHER_DAY),
            GinIndex(name="card_search", fields=["search"], gin_pending_list_limit=PENDING),
            models.Index(name="card_sensitive", fields=["unit", "due_on", "id"], condition=Q(sensitive=True)),
        ]
        constraints = [
            models.CheckConstraint(name="card_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="card_open_is_not_completed",
                condition=(_OPEN & Q(completed_at__isnull=True)) | (~_OPEN & Q(completed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="card_closed_has_time_and_result",
                condition=(Q(state="closed", closed_at__isnull=False) & ~Q(close_result=""))
                | (~Q(state="closed") & Q(closed_at__isnull=True, close_result="")),
            ),
            models.CheckConstraint(
                name="card_duplicate_names_the_other",
                condition=Q(close_result="duplicate", duplicate_of__isnull=False)
                | (~Q(close_result="duplicate") & Q(duplicate_of__isnull=True)),
            ),
            models.CheckConstraint(name="card_not_its_own_duplicate", condition=~Q(duplicate_of=F("id"))),
            models.CheckConstraint(
                name="card_origin_has_kind",
                condition=(Q(origin__isnull=True) & Q(origin_kind="")) | (Q(origin__isnull=False) & ~Q(origin_kind="")),
            ),
            models.CheckConstraint(
                # A check that comes to NULL lets the row in: each side says that it is there.
                name="card_place_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
            models.CheckConstraint(
                name="card_reopened_with_cycle",
                condition=Q(cycle=1, reopened_at__isnull=True) | Q(cycle__gt=1, reopened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="card_import_key_has_source",
                condition=(Q(import_source="") & Q(import_key="")) | (~Q(import_source="") & ~Q(import_key="")),
            ),
            models.UniqueConstraint(
                name="card_imported_once", fields=["import_source", "import_key"], condition=~Q(import_key="")
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def headline(self) -> str:
        """The first line of the text, at most 90 characters: what lists and mails show. Of a sensitive card not even that."""
        return gettext("A sensitive card") if self.sensitive else self.first_line

    @property
    def first_line(self) -> str:
        """The same of any card: for its own submitter alone."""
        line = self.text.strip().splitlines()[0]
        return line if len(line) <= 90 else f"{line[:89].rstrip()}…"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Submitter(models.Model):
    """How to reach the person who sent the card. All is optional; an anonymous card has no row here."""

    class OtherWay(models.TextChoices):
        WRITTEN = "written", _("Written answer")
        INTERPRETER = "interpreter", _("Conversation with an interpreter")
        VISIT = "visit", _("Conversation in person")

    card = PartOf(Card, models.CASCADE, primary_key=True, related_name="submitter")
    name = models.CharField(_("name"), max_length=150, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("daytime phone"), max_length=30, blank=True)
    phone_key = models.CharField(max_length=20, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    email_failed_at = models.DateTimeField(_("e-mail came back"), null=True, blank=True, editable=False)
    other_way = models.CharField(_("agreed way other than voice"), max_length=20, choices=OtherWay.choices, blank=True)
    other_way_note = models.CharField(_("about the other way"), max_length=250, blank=True)

    search = models.GeneratedField(
        expression=SearchVector("name", "address", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    personal_data = dict.fromkeys(
        ["name", "address", "phone", "phone_key", "email", "other_way", "other_way_note", "search"], WITH_THE_CARD
    )
    erased_with = {"email_failed_at": None}

    class Meta:
        verbose_name = _("submitter")
        verbose_name_plural = _("submitters")
        indexes = [
            GinIndex(name="submitter_search", fields=["search"], gin_pending_list_limit=PENDING),
            models.Index(name="submitter_phone", fields=["phone_key"], condition=~Q(phone_key="")),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Attachment(models.Model):
    """A picture or a scan that came with the card, or was added later.

    `by_submitter` says who may see it again on the private page. `added_by` cannot: it is emptied with an account.
    """

    card = models.ForeignKey(Card, models.CASCADE, related_name="attachments")
    file = models.FileField(_("file"), upload_to="cards/%Y/%m/", max_length=200)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_submitter = models.BooleanField(_("from the submitter"), default=False)
    unscanned = models.BooleanField(_("not looked through for viruses"), default=False, db_default=False)
    scan_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    addition = models.ForeignKey(
        "feedback.Addition",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("came with"),
    )

    personal_data = dict.fromkeys(["file", "name", "sha256"], WITH_THE_CARD)
    erased_whole = True

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        indexes = [models.Index(name="attachment_unscanned", fields=["id"], condition=Q(unscanned=True))]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether a browser can show it in the page."""
        return self.content_type in ("image/jpeg", "image/png", "image/webp")
