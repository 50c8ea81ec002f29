"""What the schema says of the requests that we send to others: its `webhooks`, named one by one in SPECTACULAR_SETTINGS."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema
from rest_framework import serializers

from organisation.models import WebhookEvent
from organisation.models.webhooks import TEST_EVENT


class ToldSerializer(serializers.Serializer):
    """What the body of every webhook holds: what happened, when, and where to read it. Nobody's words and nobody's name."""

    type = serializers.ChoiceField(choices=[*WebhookEvent.values, TEST_EVENT])
    timestamp = serializers.DateTimeField(help_text=_("When it happened."))
    data = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


_SIGNED = (
    "Signed by Standard Webhooks 1.0, with three headers: `webhook-id`, the same at every try, so that you can drop what you"
    " have had; `webhook-timestamp`, when it was sent, in seconds since 1970: drop what is older than five minutes; and"
    " `webhook-signature`, `v1,` and HMAC-SHA256 in base64 of `id.timestamp.body`: of several one must fit."
    " `data` holds %(data)s."
)
_TAKEN = "Taken. Any other answer, or none in ten seconds, is tried again."
_CARD = "`reference`, `url`"


def _webhook(event: WebhookEvent, data: str = _CARD) -> OpenApiWebhook:
    return OpenApiWebhook(
        name=str(event),
        decorator=extend_schema(
            operation_id=f"told_{event.name.lower()}",
            summary=event.label,
            description=_SIGNED % {"data": data},
            tags=["webhooks"],
            request=ToldSerializer,
            responses={"2XX": OpenApiResponse(description=_TAKEN)},
        ),
    )


CARD_REGISTERED = _webhook(WebhookEvent.CARD_REGISTERED)
CARD_FORWARDED = _webhook(WebhookEvent.CARD_FORWARDED)
CARD_CALLED_BACK = _webhook(WebhookEvent.CARD_CALLED_BACK)
CARD_OVERDUE = _webhook(WebhookEvent.CARD_OVERDUE, f"{_CARD}, `week`")
CARD_CLOSED = _webhook(WebhookEvent.CARD_CLOSED)
SURVEY_PUBLISHED = _webhook(WebhookEvent.SURVEY_PUBLISHED, "`survey`, `url`, `version`")
