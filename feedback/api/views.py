"""`/api/v1/`: cards, and the token to reach them with."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import APIException, Throttled
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.actions.intake import House, Intake
from feedback.actions.registration import register_card
from feedback.api import documentation as docs
from feedback.api import step_documentation as step_docs
from feedback.api.callers import OnCards, SeesCards, caller
from feedback.api.filtering import ListFilter, StrictFilters
from feedback.api.idempotency import client_of, key_of
from feedback.api.pagination import NewestFirst
from feedback.api.serializers import CardSerializer, Credentials, NewCard, RegisteredCardSerializer, TokenSerializer
from feedback.api.shaping import parameters_of, shaped, shaped_list
from feedback.api.step_serializers import ChangedCard
from feedback.api.steps import change
from feedback.api.throttling import ByAddress, ByLogin
from feedback.api.writes import card_called, etag_of, write
from feedback.models import Card
from feedback.queries import card_sent_under, for_list, visible_to
from organisation.actions.sign_ins import MustWait, begin_try, take_back_try
from organisation.known_browsers import counted_by
from organisation.models import Municipality, Person
from organisation.where_signed_in import may_have_token


class WrongCredentials(APIException):
    status_code = 400
    default_code = "wrong_credentials"
    default_detail = _("The e-mail address or the password is wrong.")


class NoTokens(APIException):
    """A token for a password would be the way around the second step (docs/decisions/0029-signing-in.md)."""

    status_code = 403
    default_code = "no_password_tokens"
    default_detail = _("Tokens for a password are not given here. Ask the administrator for a key.")


class CardsView(GenericAPIView):
    """The cards that the caller may see, and the way in for new ones."""

    permission_classes = [IsAuthenticated, OnCards]
    serializer_class = CardSerializer
    filter_backends = [StrictFilters]
    filterset_class = ListFilter
    pagination_class = NewestFirst
    parameters = parameters_of(CardSerializer)
    queryset = Card.objects.none()  # for the schema; `get` begins with what the caller may see

    @docs.list_cards
    def get(self, request: Request) -> Response:
        cards = self.filter_queryset(for_list(visible_to(caller(request))))
        page = self.paginate_queryset(cards)
        return self.get_paginated_response(shaped_list(request, CardSerializer, page or []))

    @docs.register_card
    def post(self, request: Request) -> Response:
        person = caller(request)
        serializer = NewCard(data=request.data)
        serializer.is_valid(raise_exception=True)
        key, before = key_of(request.headers.get("Idempotency-Key"), request.data, client_of(request))
        municipality = request._request.municipality  # type: ignore[attr-defined]
        intake = serializer.intake(language=municipality.language, idempotency_key=key)
        card = before or self.register(intake, municipality, person)
        if card.sensitive:  # marked since it was sent for the first time
            return Response(status=204)
        answer = RegisteredCardSerializer(card, context=self.get_serializer_context())
        headers = {"Location": str(answer.data["url"])} | ({"Idempotent-Replayed": "true"} if before else {})
        return Response(answer.data, 201, headers=headers)

    def register(self, intake: Intake, municipality: Municipality, person: Person) -> Card:
        """Return the new card as a row of a list; of two that came at once, the one that was first."""
        card = register_card(intake, by=person, now=timezone.now(), house=House.to_route(municipality))
        return card if hasattr(card, "attempts") else card_sent_under(intake.idempotency_key or "")


@extend_schema_view(patch=step_docs.change)
class CardView(APIView):
    """One card."""

    permission_classes = [IsAuthenticated, SeesCards]

    @docs.read_card
    def get(self, request: Request, reference: str) -> Response:
        card = card_called(request, reference)
        return Response(shaped(request, CardSerializer, card), headers={"ETag": etag_of(card)})

    def patch(self, request: Request, reference: str) -> Response:
        body = ChangedCard(data=request.data)
        body.is_valid(raise_exception=True)
        by, now = caller(request), timezone.now()
        return write(request, reference, lambda card: change(card, body.validated_data, by=by, now=now))


class TokenView(APIView):
    """A token for another system, in exchange for a person's e-mail address and password."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [ByAddress, ByLogin]

    @docs.make_token
    def post(self, request: Request) -> Response:
        if not settings.PASSWORD_TOKENS:
            raise NoTokens
        credentials = Credentials(data=request.data)
        credentials.is_valid(raise_exception=True)
        tries = counted_by(request._request, credentials.validated_data["email"])
        try:
            begin_try(tries, now=timezone.now())
        except MustWait as wait:
            raise Throttled(wait.wait.total_seconds()) from wait
        person = authenticate(request._request, **credentials.validated_data)
        if not isinstance(person, Person):
            raise WrongCredentials
        take_back_try(tries)
        if not may_have_token(person):
            raise NoTokens
        token, _made = Token.objects.get_or_create(user=person)
        return Response(TokenSerializer({"token": token.key}).data)


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """The OpenAPI schema, for whoever asks."""

    authentication_classes: list[Any] = []


class DocsView(SpectacularSwaggerSplitView):
    """The schema as pages, all from our own address and without inline script or style."""

    authentication_classes: list[Any] = []
    url_name = "api:schema"
    template_name = "api/docs.html"
