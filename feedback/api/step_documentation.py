"""What the schema says of the steps on a card and of what hangs on it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from feedback.api import step_serializers as takes
from feedback.api.documentation import CARD, IDEMPOTENCY_KEY, LANGUAGE, LOOK, OK, SUBMITTER, problems
from feedback.api.serializers import CardSerializer, Strict

REFERENCE = OpenApiParameter(
    "reference", str, OpenApiParameter.PATH, description=_("The card's reference, such as 26-004217-5.")
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": r'^(\*|"[0-9]{1,18}")$'},
    OpenApiParameter.HEADER,
    description=_("The ETag that came with the card: if something has happened to it since, the answer is 412."),
)
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description=_("Of the card's state, for If-Match.")
)
CHANGED = CARD | {"state": "called_back", "completed_at": "2026-11-18T10:05:00+01:00"}
PAGE = {"next": None}


def _step(name: str, summary: Any, description: Any, serializer: type[Strict], example: dict[str, Any]) -> Any:
    return extend_schema(
        operation_id=f"cards_{name}",
        summary=summary,
        description=description,
        tags=["cards"],
        parameters=[LANGUAGE, REFERENCE, LOOK, IF_MATCH, IDEMPOTENCY_KEY, ETAG],
        request=serializer,
        responses={
            OK: CardSerializer,
            204: OpenApiResponse(description=_("Done; by it the card went where you do not see it.")),
        }
        | problems(400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 500, 503),
        examples=[
            OpenApiExample("Request", example, request_only=True),
            OpenApiExample("The card", CHANGED, response_only=True, status_codes=["200"]),
        ],
    )


callback = _step(
    "callback",
    _("Write down the callback"),
    _("In which the submitter got the answer. After a reaction of 1–3, `reason` and `alternative` are asked for."),
    takes.NewCallback,
    {"held_at": "2026-11-18T10:05:00+01:00", "summary": "The light is mended on Friday.", "reaction": 5},
)
follow_up = _step(
    "follow_up",
    _("Write down the follow-up"),
    _("What was done about a card to whose submitter no callback is owed."),
    takes.NewFollowUp,
    {"summary": "The light is mended.", "told": "The light is mended. Thank you for telling us."},
)
refer = _step(
    "refer",
    _("Refer outside the municipality"),
    _("The submitter is told directly; where there is an e-mail address, in writing too."),
    takes.NewReferral,
    {"body": "The county", "contacted_at": "2026-11-18T10:05:00+01:00", "text": "The county keeps that road."},
)
forward = _step(
    "forward",
    _("Forward to a unit"),
    _("From the service centre; the unit gets a mail."),
    takes.ToUnit,
    {"unit": "technical"},
)
reroute = _step(
    "reroute",
    _("Move to another unit"),
    _("Neither the deadline nor the history on overdue lists changes."),
    takes.ToOtherUnit,
    {"unit": "schools", "reason": "It is on the school's ground."},
)
send_back = _step(
    "return",
    _("Send back to the service centre"),
    _("By the unit that got it by mistake."),
    takes.Reason,
    {"reason": "That is a county road."},
)
delegate = _step(
    "delegate",
    _("Delegate to a case handler"),
    _("The unit's leader still answers for the card."),
    takes.ToHandler,
    {"handler": "kari@solvik.example"},
)
preliminary_answer = _step(
    "preliminary_answer",
    _("Give a preliminary answer"),
    _("Why it takes longer, and when the answer is expected. The deadline stays."),
    takes.NewPreliminaryAnswer,
    {"reason": "We wait for the spare part.", "expected_on": "2026-12-04"},
)
contact_card = _step(
    "contact_card",
    _("Make the contact card"),
    _("After three calls that failed. It completes the card once it is posted."),
    takes.Nothing,
    {},
)
contact_card_posted = _step(
    "contact_card_posted",
    _("Say that the contact card is posted"),
    _("That completes the card."),
    takes.PostedCard,
    {"posted_on": "2026-11-25"},
)
close = _step(
    "close",
    _("Close the card"),
    _("With a result that fits what has been done."),
    takes.Closing,
    {"result": "answered"},
)
reopen = _step(
    "reopen",
    _("Open the card again"),
    _("The deadline, the calls and the overdue lists count anew."),
    takes.Reason,
    {"reason": "The light is dark again."},
)
note = _step("note", _("Write an internal note"), "", takes.NewNote, {"text": "The electrician is told."})
attempt = _step(
    "contact_attempts_create",
    _("Write down a call that failed"),
    _("At least three within the deadline, before a contact card is posted."),
    takes.NewAttempt,
    {"note": "No answer."},
)
change = _step(
    "partial_update",
    _("Correct the card"),
    _(
        "What is left out stays. Another category counts the deadline anew; a political card goes to the mayor's office."
    ),
    takes.ChangedCard,
    {"category": "street-lights", "submitter": {"phone": SUBMITTER["phone"]}},
)


def _list(name: str, summary: Any, serializer: Any, example: dict[str, Any]) -> Any:
    return extend_schema(
        operation_id=f"cards_{name}_list",
        summary=summary,
        tags=["cards"],
        parameters=[LANGUAGE, REFERENCE, LOOK],
        responses={OK: takes.listed(serializer)} | problems(401, 403, 404, 406, 500, 503),
        examples=[
            OpenApiExample("All", {"next": None, "results": [example]}, response_only=True, status_codes=["200"])
        ],
    )


_WHO = {"name": "Kari Nordmann", "email": "kari@solvik.example"}
events = _list(
    "events",
    _("What has happened to the card"),
    takes.EventSerializer,
    {
        "what": "rerouted",
        "at": "2026-11-16T11:00:00+01:00",
        "by": _WHO,
        "from_value": "technical",
        "to_value": "schools",
        "note": "It is on the school's ground.",
    },
)
attempts = _list(
    "contact_attempts",
    _("The calls that failed"),
    takes.AttemptSerializer,
    {
        "made_at": "2026-11-17T09:00:00+01:00",
        "note": "No answer.",
        "recorded_at": "2026-11-17T09:01:00+01:00",
        "by": _WHO,
        "counts": True,
    },
)
_FILE = {
    "name": "light.jpg",
    "content_type": "image/jpeg",
    "size": 184213,
    "sha256": "0" * 64,
    "added_at": "2026-11-16T09:30:00+01:00",
    "by_submitter": True,
    "url": f"https://solvik.example/api/v1/cards/26-004217-5/attachments/{'0' * 64}/",
}
attachments = _list("attachments", _("The card's files"), takes.AttachmentSerializer, _FILE)
attach = extend_schema(
    operation_id="cards_attachments_create",
    summary=_("Add files"),
    description=_(
        "Up to five pictures or PDFs of at most 10 MB each, as `multipart/form-data`. Pictures are drawn anew."
    ),
    tags=["cards"],
    parameters=[LANGUAGE, REFERENCE, LOOK, IF_MATCH, IDEMPOTENCY_KEY, ETAG],
    request={
        "multipart/form-data": {
            "type": "object",
            "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 5}},
            "required": ["files"],
            "additionalProperties": False,
        }
    },
    responses={OK: CardSerializer} | problems(400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 500, 503),
    examples=[OpenApiExample("The card", CARD, response_only=True, status_codes=["200"])],
)
attachment = extend_schema(
    operation_id="cards_attachments_retrieve",
    summary=_("Fetch a file"),
    tags=["cards"],
    parameters=[
        LANGUAGE,
        REFERENCE,
        LOOK,
        OpenApiParameter("sha256", {"type": "string", "pattern": "^[0-9a-f]{64}$"}, OpenApiParameter.PATH),
    ],
    responses={(200, "application/octet-stream"): OpenApiTypes.BINARY} | problems(401, 403, 404, 406, 500, 503),
)
