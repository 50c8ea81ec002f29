"""What the schema says of each operation: words, examples, and every answer it may give."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)

from feedback.api.authentication import ApiSessionAuthentication, ApiTokenAuthentication
from feedback.api.problems import CONTENT_TYPE, TITLES
from feedback.api.serializers import (
    CardSerializer,
    Credentials,
    NewCard,
    ProblemSerializer,
    RegisteredCardSerializer,
    Strict,
    TokenSerializer,
)
from feedback.api.shaping import shapes
from feedback.filters import CardFilter
from feedback.models import LookReason


class ApiTokenScheme(OpenApiAuthenticationExtension):
    target_class = ApiTokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The key of a system, a token of the municipality's identity provider for one of its clients, or a"
            " person's token from `POST /api/v1/token/`.",
        }


class ApiSessionScheme(OpenApiAuthenticationExtension):
    target_class = ApiSessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The browser's session. Writes must carry its CSRF token in the header X-CSRFToken.",
        }


class StrictScheme(OpenApiSerializerExtension):
    target_class = Strict
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"additionalProperties": False}


# Filters by a code across a relation: the schema cannot tell by itself that a code is a text.
for name in ("unit", "category", "within", "listed_by"):
    extend_schema_field(OpenApiTypes.STR)(CardFilter.base_filters[name])

# Written with their media type, as the problems are: the schema finds the main answer by the least key.
OK, CREATED = (200, "application/json"), (201, "application/json")

SUBMITTER = {
    "name": "Kari Nordmann",
    "address": "Storgata 1, 3256 Solvik",
    "phone": "+47 33 00 00 00",
    "email": "kari@example.com",
    "other_way": "",
    "other_way_note": "",
}

NEW_CARD = {
    "text": "The street light by the school has been dark for a week.",
    "kind": "fault_report",
    "category": "street-lights",
    "place": "Skolegata 4",
    "latitude": 59.0532,
    "longitude": 10.0352,
    "submitter": {key: value for key, value in SUBMITTER.items() if value},
}

CARD = {
    "reference": "26-004217-5",
    "url": "https://solvik.example/api/v1/cards/26-004217-5/",
    "state": "forwarded",
    "channel": "api",
    "kind": "fault_report",
    "category": "street-lights",
    "unit": "technical",
    "handler": None,
    "text": NEW_CARD["text"],
    "language": "nb",
    "political": False,
    "place": "Skolegata 4",
    "area": "",
    "latitude": 59.0532,
    "longitude": 10.0352,
    "received_on": "2026-11-16",
    "registered_at": "2026-11-16T09:30:00+01:00",
    "callback_owed": True,
    "due_on": "2026-11-26",
    "expected_on": None,
    "attempts": 0,
    "completed_at": None,
    "closed_at": None,
    "close_result": "",
    "submitter": SUBMITTER,
}

REGISTERED = CARD | {"status_url": "https://solvik.example/card/m2Xr0…/"}

WRONG_FIELDS = {
    "type": "urn:innspill:problem:invalid",
    "title": "The request cannot be used as it is",
    "status": 400,
    "detail": "2 things are wrong.",
    "code": "invalid",
    "instance": "/api/v1/cards/",
    "errors": [
        {"field": "unit", "code": "does_not_exist", "detail": "There is none with the code «roads»."},
        {
            "field": "received_on",
            "code": "invalid",
            "detail": "That is not a date in the calendar. Write it like 2026-11-21.",
        },
    ],
}


def problems(*codes: int) -> dict[Any, OpenApiResponse]:
    """The problems that an operation may answer with, each under its status; any may come too often (429)."""
    return {
        (code, CONTENT_TYPE): OpenApiResponse(
            ProblemSerializer,
            description=TITLES[code],
            examples=[OpenApiExample("Wrong fields", WRONG_FIELDS, media_type=CONTENT_TYPE)] if code == 400 else [],
        )
        for code in sorted({*codes, 429})
    }


LANGUAGE = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description=_("Language of titles and sentences: nb, nn, sv, en.")
)

LOOK = OpenApiParameter(
    "Look-Reason",
    str,
    OpenApiParameter.HEADER,
    enum=[code for code in LookReason.values if code != LookReason.OTHER],
    description=_("Why a sensitive card is opened. Without it the answer is 403 with the code `reason_needed`."),
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description=_("Sent again with the same body it is done once; with another body it is refused (422)."),
)

list_cards = extend_schema(
    operation_id="cards_list",
    summary=_("List the cards that you may see"),
    description=_(
        "Newest first. Follow `next` until it is null: cards that come in meanwhile move nothing. A misspelt parameter is"
        " refused."
    ),
    tags=["cards"],
    parameters=[LANGUAGE, *shapes(CardSerializer)],
    responses={OK: CardSerializer(many=True)} | problems(400, 401, 403, 406, 500, 503),
    examples=[OpenApiExample("A page", CARD, response_only=True, status_codes=["200"])],
)

register_card = extend_schema(
    operation_id="cards_create",
    summary=_("Register a card"),
    description=_(
        "The card is sent to its unit by the routing rules, as if it had come from the web page, and the submitter gets a"
        " receipt where there is an e-mail address. Only `text` is compulsory."
    ),
    tags=["cards"],
    parameters=[
        LANGUAGE,
        IDEMPOTENCY_KEY,
    ],
    request=NewCard,
    responses={
        CREATED: RegisteredCardSerializer,
        204: OpenApiResponse(description=_("Sent again: the card is there, and has been marked as sensitive since.")),
    }
    | problems(400, 401, 403, 406, 409, 413, 415, 422, 500, 503),
    examples=[
        OpenApiExample("A dark street light", NEW_CARD, request_only=True),
        OpenApiExample("Anonymous", {"text": "Thank you for the new playground!", "kind": "praise"}, request_only=True),
        OpenApiExample("Registered", REGISTERED, response_only=True, status_codes=["201"]),
    ],
)

read_card = extend_schema(
    operation_id="cards_retrieve",
    summary=_("Read one card"),
    description=_("A card that you may not see is answered like one that is not there."),
    tags=["cards"],
    parameters=[
        LANGUAGE,
        OpenApiParameter(
            "reference", str, OpenApiParameter.PATH, description=_("The card's reference, such as 26-004217-5.")
        ),
        LOOK,
        *shapes(CardSerializer),
    ],
    responses={OK: CardSerializer} | problems(400, 401, 403, 404, 406, 500, 503),
    examples=[OpenApiExample("A card", CARD, response_only=True, status_codes=["200"])],
)

make_token = extend_schema(
    operation_id="token_create",
    summary=_("Get a token"),
    description=_(
        "Send it with each request as `Authorization: Token …` or `Authorization: Bearer …`. It acts as the person whose"
        " it is; asking again gives the same one. At most ten tries a minute at one login."
    ),
    tags=["token"],
    parameters=[LANGUAGE],
    auth=[],
    request=Credentials,
    responses={OK: TokenSerializer} | problems(400, 403, 406, 413, 415, 429, 500, 503),
    examples=[
        OpenApiExample("Sign in", {"email": "kari@solvik.example", "password": "a long sentence"}, request_only=True),
        OpenApiExample(
            "A token", {"token": "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"}, response_only=True, status_codes=["200"]
        ),
    ],
)
