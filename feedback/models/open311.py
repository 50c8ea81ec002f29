"""Open311: what we offer to neighbouring systems, what came from them, and which cards we handed to them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from feedback.models.cards import Submitter
from organisation.erasing import unless
from organisation.models.personal_data import WITH_THE_CARD

# --- What we offer --------------------------------------------------------------------------------------------------


class OfferedService(models.Model):
    """How a category is offered to other systems as a service. A category without a row is offered by the defaults."""

    class Place(models.TextChoices):
        ANY = "any", _("A position or an address")
        POSITION = "position", _("A position on the map")
        NONE = "none", _("No place needed")

    category = models.OneToOneField(
        "feedback.Category", models.CASCADE, primary_key=True, related_name="offered", verbose_name=_("category")
    )
    is_offered = models.BooleanField(_("offered to other systems"), default=True)
    place = models.CharField(_("where"), max_length=10, choices=Place.choices, default=Place.ANY)
    group = models.CharField(_("group"), max_length=100, blank=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    keywords = models.CharField(_("keywords"), max_length=250, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("service for other systems")
        verbose_name_plural = _("services for other systems")

    def __str__(self) -> str:
        return str(self.category)


class ServiceQuestion(models.Model):
    """A question that other systems ask with messages of a category. `options` are pairs of key and name."""

    class Datatype(models.TextChoices):
        STRING = "string", _("One line of text")
        TEXT = "text", _("Several lines of text")
        NUMBER = "number", _("A number")
        DATETIME = "datetime", _("Date and time")
        SINGLE = "singlevaluelist", _("One of several")
        MULTI = "multivaluelist", _("Some of several")

    category = models.ForeignKey(
        "feedback.Category", models.CASCADE, related_name="questions", verbose_name=_("category")
    )
    position = models.PositiveSmallIntegerField(_("order"))
    code = models.SlugField(_("code"), max_length=60)
    datatype = models.CharField(_("answer"), max_length=20, choices=Datatype.choices, default=Datatype.STRING)
    text = models.CharField(_("question"), max_length=300)
    help = models.CharField(_("help"), max_length=300, blank=True)
    options = models.JSONField(_("choices"), default=list, blank=True)
    is_asked = models.BooleanField(_("asked, not only shown"), default=True)
    is_required = models.BooleanField(_("compulsory"), default=False)
    is_filled_in = models.BooleanField(_("filled in by the system, not by people"), default=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("question of a service")
        verbose_name_plural = _("questions of services")
        ordering = ["category", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                name="question_code_once_a_service",
                fields=["category", "code"],
                violation_error_message=_("There is a question with this code already."),
            ),
            models.UniqueConstraint(
                name="question_place_once_a_service",
                fields=["category", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(name="question_counts_from_one", condition=Q(position__gte=1)),
            models.CheckConstraint(
                name="question_list_has_choices",
                condition=(Q(datatype__in=["singlevaluelist", "multivaluelist"]) & ~Q(options=[]))
                | (~Q(datatype__in=["singlevaluelist", "multivaluelist"]) & Q(options=[])),
                violation_error_message=_("A list needs its choices, and nothing else has any."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.code


# --- What came from other systems -----------------------------------------------------------------------------------


class ReceivedRequest(models.Model):
    """A card that another system sent, and what that system knows it by.

    `digest` is of what was sent: the same sent again within a day is the same card. `their_id` is the other system's own
    number, by which it is the same for ever.
    """

    card = models.OneToOneField("feedback.Card", models.CASCADE, primary_key=True, related_name="received_request")
    key = models.ForeignKey(
        "organisation.ApiKey", models.SET_NULL, null=True, related_name="+", verbose_name=_("system")
    )
    their_id = models.CharField(_("the other system's number"), max_length=100, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField(_("received"))

    personal_data = {"their_id": WITH_THE_CARD}

    class Meta:
        verbose_name = _("card from another system")
        verbose_name_plural = _("cards from other systems")
        indexes = [models.Index(name="received_digest", fields=["key", "digest", "received_at"])]
        constraints = [
            models.UniqueConstraint(name="received_once", fields=["key", "their_id"], condition=~Q(their_id=""))
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ReceivedUpdate(models.Model):
    """What another system told us of a card that it sent. The words are a note of the card's; this row knows them again."""

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="received_updates")
    key = models.ForeignKey("organisation.ApiKey", models.SET_NULL, null=True, related_name="+")
    update_id = models.CharField(max_length=100)
    status = models.CharField(_("status"), max_length=40)
    updated_at = models.DateTimeField(_("when, by the other system's clock"))
    received_at = models.DateTimeField(_("received"))

    personal_data = {"update_id": WITH_THE_CARD}
    erased_whole = True

    class Meta:
        verbose_name = _("news from another system")
        verbose_name_plural = _("news from other systems")
        ordering = ["received_at", "id"]
        constraints = [models.UniqueConstraint(name="update_received_once", fields=["key", "update_id"])]

    def __str__(self) -> str:
        return self.update_id


class LinkedPicture(models.Model):
    """A picture that came as an address and is fetched in the background, by the guard for all outgoing requests."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits to be fetched")
        FETCHED = "fetched", _("Fetched")
        FAILED = "failed", _("Could not be fetched")

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="linked_pictures")
    address = models.CharField(_("address"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    fault = models.CharField(_("what was wrong"), max_length=300, blank=True)

    personal_data = {"address": WITH_THE_CARD}
    erased_whole = True

    class Meta:
        verbose_name = _("picture by address")
        verbose_name_plural = _("pictures by address")
        ordering = ["id"]
        indexes = [models.Index(name="picture_to_fetch", fields=["next_try_at"], condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return str(self.pk)


# --- What we hand to others -----------------------------------------------------------------------------------------


class Neighbour(models.Model):
    """Another body that runs Open311: a municipality, a road owner. `key` is what it knows us by, kept as it is because it
    has to be sent, and shown to nobody."""

    class Format(models.TextChoices):
        JSON = "json", "JSON"
        XML = "xml", "XML"

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=500)
    jurisdiction = models.CharField("jurisdiction_id", max_length=100, blank=True)
    key = models.CharField(_("key"), max_length=500, blank=True, editable=False)
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, default=Format.XML)
    knows_again = models.BooleanField(_("knows a request again that is sent twice"), default=False)
    tells_updates = models.BooleanField(_("tells its updates"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True, editable=False)
    fault = models.CharField(_("what was wrong"), max_length=300, blank=True, editable=False)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("neighbour")
        verbose_name_plural = _("neighbours")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class NeighbourService(models.Model):
    """A service of a neighbour's, as its list and its definition say. `attributes` are the definition's questions, as they
    are asked; `categories` are ours that belong there."""

    neighbour = models.ForeignKey(Neighbour, models.CASCADE, related_name="services")
    code = models.CharField(_("code"), max_length=200)
    name = models.CharField(_("name"), max_length=200)
    group = models.CharField(_("group"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    attributes = models.JSONField(default=list, blank=True, editable=False)
    is_there = models.BooleanField(_("still on their list"), default=True)
    categories = models.ManyToManyField(
        "feedback.Category", blank=True, related_name="+", verbose_name=_("our categories")
    )

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("service of a neighbour")
        verbose_name_plural = _("services of neighbours")
        ordering = ["group", "name", "id"]
        constraints = [models.UniqueConstraint(name="service_once_a_neighbour", fields=["neighbour", "code"])]

    def __str__(self) -> str:
        return self.name


class Handover(models.Model):
    """A card that was handed to a neighbour. The card stays ours, with its state, its deadline and its callback.

    `key` tells one sending from another: it goes along, so that a neighbour that knows it takes what comes twice once.
    `fields` names what of the submitter went along, `basis` why it may. `posting_at` is set from before the request goes
    until its answer is written: whoever finds it set does not know whether it arrived.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits to be sent")
        UNCERTAIN = "uncertain", _("Not known whether it arrived")
        FAILED = "failed", _("Not sent")
        TOKEN = "token", _("Sent, waits for their number")
        UNNUMBERED = "unnumbered", _("Sent, without a number")
        OPEN = "open", _("With the neighbour")
        CLOSED = "closed", _("Closed by the neighbour")
        STOPPED = "stopped", _("Not followed any more")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("The submitter has said yes to it")
        TASK = "task", _("It is needed for a task that the law gives us")

    UNDER_WAY = ("waiting", "uncertain", "token", "open")

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="handovers")
    neighbour = models.ForeignKey(Neighbour, models.PROTECT, related_name="handovers", verbose_name=_("neighbour"))
    service_code = models.CharField(_("service"), max_length=200)
    service_name = models.CharField(_("service"), max_length=200)
    key = models.UUIDField(unique=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    text = models.TextField(_("text"))
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    with_place = models.BooleanField(_("with the place"), default=True)
    fields = ArrayField(models.CharField(max_length=20), verbose_name=_("of the submitter"), default=list, blank=True)
    basis = models.CharField(_("why it may go along"), max_length=10, choices=Basis.choices, blank=True)

    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    posting_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    fault = models.CharField(_("what was wrong"), max_length=500, blank=True)

    token = models.CharField(_("token"), max_length=200, blank=True)
    their_id = models.CharField(_("their number"), max_length=200, blank=True)
    notice = models.TextField(_("what they said"), blank=True)
    status_notes = models.TextField(_("what they say of the state"), blank=True)
    their_updated_at = models.DateTimeField(_("changed with them"), null=True, blank=True)
    checked_at = models.DateTimeField(_("looked"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    personal_data = dict.fromkeys(
        ["text", "answers", "fault", "notice", "status_notes", "token", "their_id"], WITH_THE_CARD
    )
    # Without its number nobody can ask the neighbour any more.
    erased_with = {
        "state": unless(~Q(state="closed"), otherwise="state", becomes="stopped"),
        "next_try_at": None,
    }

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(name="handover_due", fields=["next_try_at"], condition=Q(next_try_at__isnull=False)),
            models.Index(name="handover_newest", fields=["-asked_at", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="handover_one_under_way",
                fields=["card", "neighbour"],
                condition=Q(state__in=["waiting", "uncertain", "token", "open"]),
            ),
            models.CheckConstraint(name="handover_open_has_number", condition=~Q(state="open") | ~Q(their_id="")),
            models.CheckConstraint(name="handover_token_is_there", condition=~Q(state="token") | ~Q(token="")),
            models.CheckConstraint(
                name="handover_closed_has_moment", condition=~Q(state="closed") | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="handover_person_has_basis",
                condition=Q(fields=[]) | ~Q(basis=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.neighbour_id}: {self.card_id}"

    @property
    def went_along(self) -> list[str]:
        """What of the submitter went along, by the names of its fields."""
        names = {field.name: field.verbose_name for field in Submitter._meta.concrete_fields}
        return [str(names[name]) for name in self.fields if name in names]

    @property
    def needs_somebody(self) -> bool:
        """Whether a person has to say how it goes on."""
        return self.state in (self.State.FAILED, self.State.UNCERTAIN)

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY


class HandoverUpdate(models.Model):
    """What a neighbour told of a card that we handed to it."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="updates")
    update_id = models.CharField(max_length=200)
    status = models.CharField(_("status"), max_length=40, blank=True)
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)

    personal_data = {"text": WITH_THE_CARD, "update_id": WITH_THE_CARD}
    erased_whole = True

    class Meta:
        verbose_name = _("news from a neighbour")
        verbose_name_plural = _("news from neighbours")
        ordering = [F("at").desc(), "-id"]
        constraints = [models.UniqueConstraint(name="update_told_once", fields=["handover", "update_id"])]

    def __str__(self) -> str:
        return self.update_id
