"""Reads of webhooks: the endpoints with how they stand, what each was told, and what was given up."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from organisation.models import WebhookDelivery, WebhookEndpoint

SIZE = 50
Status = WebhookDelivery.Status


def webhooks() -> QuerySet[WebhookEndpoint]:
    """Return every endpoint with units and owner, `given_up` and `waiting` (numbers of deliveries), and `last_tried_at`
    with `last_status` and `last_fault` of its latest try. Two queries, however many there are."""
    tried = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"), tried_at__isnull=False).order_by("-tried_at")
    return (
        WebhookEndpoint.objects.select_related("owner")
        .prefetch_related("units")
        .annotate(
            given_up=Count("deliveries", filter=Q(deliveries__status=Status.FAILED)),
            waiting=Count("deliveries", filter=Q(deliveries__status__in=[Status.WAITING, Status.SENDING])),
            last_tried_at=Subquery(tried.values("tried_at")[:1]),
            last_status=Subquery(tried.values("http_status")[:1]),
            last_fault=Subquery(tried.values("fault")[:1]),
        )
        .order_by("made_at", "id")
    )


def webhook_called(key: UUID) -> WebhookEndpoint | None:
    """Return the endpoint with that key, as `webhooks` gives them."""
    return webhooks().filter(key=key).first()


def deliveries(endpoint: WebhookEndpoint | None = None, *, status: str = "") -> QuerySet[WebhookDelivery]:
    """Return deliveries, the latest first: of one endpoint or of all."""
    found = WebhookDelivery.objects.select_related("endpoint").order_by("-id")
    if endpoint is not None:
        found = found.filter(endpoint=endpoint)
    return found.filter(status=status) if status else found


def page_of(found: QuerySet[WebhookDelivery], *, before: str = "") -> tuple[list[WebhookDelivery], str]:
    """Return a page and the key after which the next begins (empty on the last). An unknown `before` is the first page's."""
    if (last := delivery_called(before)) is not None:
        found = found.filter(pk__lt=last.pk)
    rows = list(found[: SIZE + 1])
    return rows[:SIZE], str(rows[SIZE - 1].key) if len(rows) > SIZE else ""


def delivery_called(key: str | UUID) -> WebhookDelivery | None:
    """Return the delivery with that `webhook-id`, with its endpoint."""
    try:
        named = key if isinstance(key, UUID) else UUID(key)
    except ValueError:
        return None
    return WebhookDelivery.objects.select_related("endpoint").filter(key=named).first()
