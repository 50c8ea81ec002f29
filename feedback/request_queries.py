"""Reads for other systems that speak Open311: our services with their questions, and the cards that they may see.

A card is public by a published story alone: its words are the staff's, and name nobody. A system sees besides what it sent
itself. Nothing of the submitter is read here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from feedback.models import Card, CardEvent, Category, OfferedService, ReceivedRequest, ServiceQuestion, Story
from organisation.models import ApiKey, Change

What = CardEvent.What

TOLD = (
    What.REGISTERED, What.FORWARDED, What.PRELIMINARY_ANSWER, What.CONTACT_CARD_POSTED, What.CALLED_BACK,
    What.FOLLOWED_UP, What.REFERRED, What.CLOSED, What.REOPENED,
)  # fmt: skip
"""The events that change what another system is told of a card."""

SECOND = timedelta(seconds=1)


# --- Services -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Service:
    """A category as other systems meet it."""

    category: Category
    offered: OfferedService
    questions: list[ServiceQuestion]


def services() -> list[Service]:
    """Return the services on offer, in the order in which citizens meet them (two queries)."""
    return [_service(category) for category in _categories() if _is_offered(category)]


def service_of(code: str) -> Service | None:
    """Return one service on offer, or None (two queries)."""
    if not code or "\x00" in code:
        return None
    category = _categories().filter(code=code).first()
    return _service(category) if category is not None and _is_offered(category) else None


def all_services() -> list[Service]:
    """Return every category in use as a service, those that are not offered too (two queries)."""
    return [_service(category) for category in _categories()]


def service_for_page(code: str) -> Service | None:
    """Return a category in use as a service, offered or not."""
    category = _categories().filter(code=code).first()
    return None if category is None else _service(category)


def _categories() -> QuerySet[Category]:
    return (
        Category.objects.filter(is_active=True)
        .select_related("offered")
        .prefetch_related(Prefetch("questions", ServiceQuestion.objects.order_by("position", "id")))
    )


def _is_offered(category: Category) -> bool:
    return getattr(category, "offered", None) is None or category.offered.is_offered


def _service(category: Category) -> Service:
    offered = getattr(category, "offered", None) or OfferedService(category=category)
    return Service(category, offered, list(category.questions.all()))


def services_changed_at() -> datetime | None:
    """Return when somebody last changed a category, a service or a question; None where nobody has."""
    kinds = ["feedback.category", "feedback.offeredservice", "feedback.servicequestion"]
    latest: datetime | None = Change.objects.filter(kind__in=kinds).aggregate(latest=Max("at"))["latest"]
    return latest


# --- Requests -------------------------------------------------------------------------------------------------------


def requests_for(key: ApiKey | None) -> QuerySet[Card]:
    """Return the cards that may be told of: the public ones, and those that the system behind `key` sent itself; of a
    sensitive card nothing is told to anybody.

    With each stand `story_id` (the story that makes it public, else None), `sent_by_caller` and `updated`: the latest
    moment at which something of what is told changed.
    """
    published = Story.objects.filter(card=OuterRef("pk"), state=Story.State.PUBLISHED).order_by("-published_at", "-id")
    own = _own(key)
    told = CardEvent.objects.filter(card=OuterRef("pk"), what__in=TOLD).order_by()
    latest = told.values("card").annotate(latest=Max("at")).values("latest")
    # By their ids, which are few: a condition on each of a million cards would be asked a million times.
    seen = Story.objects.filter(state=Story.State.PUBLISHED, card__isnull=False).order_by().values("card")
    if key is not None:
        seen = seen.union(_sent_by(key).values("card"))
    return (
        Card.objects.filter(pk__in=seen, sensitive=False)
        .select_related("category", "unit")
        .annotate(
            story_id=Subquery(published.values("pk")[:1]),
            sent_by_caller=Exists(own),
            updated=Greatest(
                Coalesce(Subquery(latest), "registered_at"), Subquery(published.values("published_at")[:1])
            ),
        )
        .order_by("-registered_at", "-id")
    )


def _own(key: ApiKey | None) -> QuerySet[ReceivedRequest]:
    return ReceivedRequest.objects.none() if key is None else _sent_by(key).filter(card=OuterRef("pk"))


def _sent_by(key: ApiKey) -> QuerySet[ReceivedRequest]:
    """Return what the system behind `key` sent. A key that was made anew for the same system sees what the old one sent."""
    return ReceivedRequest.objects.filter(key__name=key.name, key__acts_as=key.acts_as_id).order_by()


def own_card(key: ApiKey, reference: str) -> Card | None:
    """Return a card that the system behind `key` sent, or None."""
    return Card.objects.filter(Exists(_own(key)), reference=reference, sensitive=False).first()


def stories_by_id(pks: Collection[int]) -> dict[int, Story]:
    return {story.pk: story for story in Story.objects.filter(pk__in=pks)} if pks else {}


def told_events(cards: Collection[int]) -> dict[int, list[CardEvent]]:
    """Return of each card what is told of its course, the earliest first (one query)."""
    found: dict[int, list[CardEvent]] = {pk: [] for pk in cards}
    if cards:
        for event in CardEvent.objects.filter(card__in=cards, what__in=TOLD).order_by("at", "id"):
            found[event.card_id].append(event)
    return found


def updates_for(key: ApiKey, first: datetime, last: datetime, *, limit: int) -> list[CardEvent]:
    """Return what changed from `first` to `last`, both included, on the cards that the system behind `key` sent, the
    earliest first."""
    own = _sent_by(key).filter(card=OuterRef("card"), card__sensitive=False)
    return list(
        CardEvent.objects.filter(Exists(own), what__in=TOLD, at__gte=first, at__lt=last + SECOND)
        .select_related("card__received_request", "card__unit")
        .order_by("at", "id")[:limit]
    )


def received_before(key: ApiKey, *, their_id: str, digest: str, since: datetime) -> Card | None:
    """Return the card that the same request made before: by the other system's number, or by all that was sent since."""
    same = Q(digest=digest, received_at__gte=since)
    if their_id:
        same |= Q(their_id=their_id)
    found = ReceivedRequest.objects.filter(same, key=key).select_related("card__category", "card__unit").first()
    return None if found is None else found.card
