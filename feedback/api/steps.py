"""The steps that can be taken with a card, each by the action that the page calls too."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.actions.answering import record_callback, record_follow_up, refer_card
from feedback.actions.calling import (
    give_preliminary_answer,
    make_contact_card,
    post_contact_card,
    record_contact_attempt,
)
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.correcting import About, NothingChanged, add_note, contact_of, correct_card, correct_contact
from feedback.actions.moving import delegate_card, forward_card, reroute_card, return_card
from feedback.api import step_documentation as docs
from feedback.api import step_serializers as takes
from feedback.api.callers import SeesCards, caller
from feedback.api.serializers import Strict
from feedback.api.writes import write
from feedback.models import Card
from feedback.queries import listed_card
from organisation.models import Person
from organisation.queries import handlers_of

Given = Mapping[str, Any]


class StepView(APIView):
    """One step. `takes` is the shape of the body, `take` calls the action."""

    permission_classes = [IsAuthenticated, SeesCards]
    takes: type[Strict] = takes.Nothing

    def post(self, request: Request, reference: str) -> Response:
        body = self.takes(data=request.data)
        body.is_valid(raise_exception=True)
        by, now = caller(request), timezone.now()
        return write(request, reference, lambda card: self.take(card, body.validated_data, by=by, now=now))

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        raise NotImplementedError


@extend_schema_view(post=docs.callback)
class CallbackView(StepView):
    takes = takes.NewCallback

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return record_callback(card, by=by, now=now, **{"held_at": now, "reaction": None, **given})


@extend_schema_view(post=docs.follow_up)
class FollowUpView(StepView):
    takes = takes.NewFollowUp

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return record_follow_up(card, by=by, now=now, **{"done_at": now, **given})


@extend_schema_view(post=docs.refer)
class ReferView(StepView):
    takes = takes.NewReferral

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return refer_card(card, by=by, now=now, **{"contacted_at": None, **given})


@extend_schema_view(post=docs.forward)
class ForwardView(StepView):
    takes = takes.ToUnit

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return forward_card(card, by=by, now=now, **given)


@extend_schema_view(post=docs.reroute)
class RerouteView(StepView):
    takes = takes.ToOtherUnit

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return reroute_card(card, by=by, now=now, **given)


@extend_schema_view(post=docs.send_back)
class ReturnView(StepView):
    takes = takes.Reason

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return return_card(card, by=by, now=now, **given)


@extend_schema_view(post=docs.delegate)
class DelegateView(StepView):
    takes = takes.ToHandler

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        address = given["handler"]
        handler = None if address is None else handlers_of(card.unit).filter(email__iexact=address).first()
        if address is not None and handler is None:
            raise ValidationError({"handler": [_("No case handler of the unit has that address.")]}, "does_not_exist")
        return delegate_card(card, handler=handler, by=by, now=now)


@extend_schema_view(post=docs.preliminary_answer)
class PreliminaryAnswerView(StepView):
    takes = takes.NewPreliminaryAnswer

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return give_preliminary_answer(card, by=by, now=now, **given)


@extend_schema_view(post=docs.contact_card)
class ContactCardView(StepView):
    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return make_contact_card(card, by=by, now=now)


@extend_schema_view(post=docs.contact_card_posted)
class PostedView(StepView):
    takes = takes.PostedCard

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return post_contact_card(card, by=by, now=now, **given)


@extend_schema_view(post=docs.close)
class CloseView(StepView):
    takes = takes.Closing

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        other = given.get("duplicate_of")
        duplicate_of = listed_card(by, other) if other else None
        if other and duplicate_of is None:
            raise ValidationError(
                {"duplicate_of": [_("There is no such card, or you may not see it.")]}, "does_not_exist"
            )
        return close_card(
            card, result=given["result"], duplicate_of=duplicate_of, note=given.get("note", ""), by=by, now=now
        )


@extend_schema_view(post=docs.reopen)
class ReopenView(StepView):
    takes = takes.Reason

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return reopen_card(card, by=by, now=now, **given)


@extend_schema_view(post=docs.note)
class NoteView(StepView):
    takes = takes.NewNote

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return add_note(card, by=by, now=now, **given)


class AttemptStep(StepView):
    """Of the list of calls, the way in for new ones."""

    takes = takes.NewAttempt

    def take(self, card: Card, given: Given, *, by: Person, now: datetime) -> object:
        return record_contact_attempt(card, by=by, now=now, **given)


def change(card: Card, given: Given, *, by: Person, now: datetime) -> None:
    """Correct what is given of a card, and nothing where that is what stands already. Raises what the corrections raise."""
    about = About(**{name: getattr(card, name) for name in About.__dataclass_fields__})
    named = {name: value for name, value in given.items() if name != "submitter"}
    with transaction.atomic():
        if named:
            with suppress(NothingChanged):
                correct_card(card, about=replace(about, **named), by=by, now=now)
        if (details := given.get("submitter")) is not None:
            with suppress(NothingChanged):
                correct_contact(card, contact=replace(contact_of(card), **details), by=by, now=now)
