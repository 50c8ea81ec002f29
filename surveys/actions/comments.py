"""Code comments by area and unit, and make cards of them for the services."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.intake import House, Intake
from feedback.actions.registration import register_card
from feedback.actions.taking_back import take_back_card
from feedback.models import Card, Category
from feedback.workflow import Channel, Kind
from organisation.errors import Refused
from organisation.models import Person, Unit
from organisation.queries import municipality
from surveys.actions.comment_base import CODING, CommentChanged, CommentSent, State, check_open, fingerprint, take
from surveys.comment_queries import Questions
from surveys.models import Area, Comment


class AreaOfAnother(Refused):
    code = "area_of_another_survey"
    field = "area"
    message = _("The area is not one of this survey's.")


class UnknownKind(Refused):
    code = "unknown_kind"
    field = "kind"
    message = _("«%(kind)s» is not one of the kinds.")


class NothingCoded(Refused):
    code = "nothing_coded"
    field = "area"
    message = _("Choose an area or a unit.")


class NoUnit(Refused):
    code = "no_unit"
    field = "unit"
    message = _("Choose the unit that the card goes to.")


class UnitCannotHold(Refused):
    code = "not_an_answering_unit"
    field = "unit"
    message = _("«%(unit)s» is a sector or is closed and cannot hold cards. Choose a unit.")


class CardPutAway(Refused):
    code = "card_put_away"
    message = _("The comment was sent to a service, and its card has been put away since. It is not sent again.")


@dataclass(frozen=True)
class Coding:
    """What a comment is coded as. All may be empty but area and unit together."""

    area: Area | None = None
    unit: Unit | None = None
    kind: str = ""
    category: Category | None = None


class Sent(NamedTuple):
    """The card of a comment, and whether it was made now."""

    card: Card
    is_new: bool


class Step(NamedTuple):
    """What can be undone of one comment: how it was before, and how it was left."""

    pk: str
    was: dict[str, Any]
    seen: str


def as_it_is(comment: Comment) -> dict[str, Any]:
    """Return what undoing sets back."""
    return {name: getattr(comment, name) for name in CODING}


def step_of(comment: Comment, was: dict[str, Any]) -> Step:
    return Step(str(comment.pk), was, fingerprint(comment))


def code_comment(comment: Comment, coding: Coding, *, seen: str | None = None, by: Person | None) -> Comment:
    """Write down what a comment is about. `by` None is the machine's own command line.

    Raises NotAllowed, NotReadable, CommentChanged, CommentHeld, CommentLeftOut, CommentSent, NothingCoded, AreaOfAnother,
    UnknownKind, UnitCannotHold.
    """
    with transaction.atomic():
        locked = take(comment, by=by, seen=seen)
        check_open(locked)
        return _code(locked, coding)


def _code(locked: Comment, coding: Coding) -> Comment:
    if coding.area is None and coding.unit is None:
        raise NothingCoded
    if coding.area is not None and coding.area.survey_id != locked.survey_id:
        raise AreaOfAnother
    if coding.kind and coding.kind not in Kind.values:
        raise UnknownKind(kind=coding.kind)
    if coding.unit is not None:
        _check_unit(coding.unit)
    locked.area, locked.unit, locked.category = coding.area, coding.unit, coding.category
    locked.kind, locked.state = coding.kind, State.CODED
    locked.save(update_fields=["area", "unit", "category", "kind", "state"])
    return locked


def _check_unit(unit: Unit) -> None:
    if unit.kind == Unit.Kind.SECTOR or unit.closed_on is not None:
        raise UnitCannotHold(unit=unit.name)


def send_comment(
    comment: Comment,
    coding: Coding | None = None,
    *,
    seen: str | None = None,
    by: Person | None,
    now: datetime,
    house: House | None = None,
    questions: Questions | None = None,
) -> Sent:
    """Make an anonymous card of a comment for its unit, and return it; of one that has a card, that card.

    `coding` is written down first; without it the comment goes as it was coded. `house` and `questions` are read once by
    whoever sends many. The card has the comment's words, the municipality's language (which language somebody answered in
    is nobody's business) and the survey with its question as what it came out of; no contact details, and no time but
    today's. Raises what `code_comment` raises, NoUnit and CardPutAway.
    """
    with transaction.atomic():
        locked = take(comment, by=by, seen=None)
        if locked.card_id is not None:
            return Sent(Card.objects.select_related("unit").get(pk=locked.card_id), is_new=False)
        if locked.state == State.SENT:
            raise CardPutAway
        if seen not in (None, fingerprint(locked)):
            raise CommentChanged
        check_open(locked)
        if (coding.unit if coding else locked.unit) is None:
            raise NoUnit
        if coding is not None:
            _code(locked, coding)
        assert locked.unit is not None  # noqa: S101  (said above; for the types)
        _check_unit(locked.unit)
        language = municipality().language
        question = (questions or Questions(locked.survey)).named(locked.question, language)
        intake = Intake(
            channel=Channel.SURVEY,
            text=locked.text,
            kind=locked.kind,
            category=locked.category,
            language=language,
            unit=locked.unit,
            source=": ".join(part for part in (locked.survey.title(language), question) if part),
            idempotency_key=f"survey-comment-{locked.pk}",
        )
        card = register_card(intake, by=by, now=now, house=house)
        locked.card, locked.state = card, State.SENT
        locked.save(update_fields=["card", "state"])
    return Sent(card, is_new=True)


def undo(step: Step, *, by: Person, now: datetime) -> Comment:
    """Set a comment back to how it was before `step`, if nothing has happened to it since; a card that was made of it goes.

    Raises NotAllowed, NotReadable, CommentChanged; and what taking back a card raises.
    """
    with transaction.atomic():
        locked = take(Comment(pk=uuid.UUID(step.pk)), by=by, seen=step.seen)
        if not locked.text:
            raise CommentChanged  # left out, and the night has come since
        card, locked.card = locked.card, None
        for name, value in step.was.items():
            setattr(locked, name, value)
        locked.save(update_fields=["card", *CODING])
        if card is not None:
            take_back_card(card, by=by, now=now)
    return locked


@dataclass(frozen=True)
class Report:
    """What became of several comments: what was done and can be undone, and of the others why not, by key."""

    done: list[Step]
    refused: dict[str, str]


def with_each(
    chosen: Mapping[uuid.UUID, str], found: Sequence[Comment], act: Callable[[Comment, str], Comment]
) -> Report:
    """Do `act(comment, seen)` with each of the comments `found`, each in a transaction of its own.

    `chosen` holds by key the fingerprint that the page showed. What is refused is named, and hinders no other.
    """
    done, refused = [], {}
    for comment in found:
        was = as_it_is(comment)
        try:
            done.append(step_of(act(comment, chosen[comment.pk]), was))
        except Refused as refusal:
            refused[str(comment.pk)] = str(refusal)
    return Report(done, refused)


def code_many(chosen: Mapping[uuid.UUID, str], found: Sequence[Comment], coding: Coding, *, by: Person) -> Report:
    """Code several comments alike; what `coding` leaves empty stays as it is with each."""

    def act(comment: Comment, seen: str) -> Comment:
        each = Coding(
            coding.area or comment.area,
            coding.unit or comment.unit,
            coding.kind or comment.kind,
            coding.category or comment.category,
        )
        return code_comment(comment, each, seen=seen, by=by)

    return with_each(chosen, found, act)


def code_each(
    chosen: Mapping[uuid.UUID, str], found: Sequence[Comment], codings: Mapping[uuid.UUID, Coding], *, by: Person
) -> Report:
    """Code each of several comments as `codings` has it by key, such as it was suggested."""
    return with_each(chosen, found, lambda comment, seen: code_comment(comment, codings[comment.pk], seen=seen, by=by))


def send_many(chosen: Mapping[uuid.UUID, str], found: Sequence[Comment], *, by: Person, now: datetime) -> Report:
    """Make a card of each comment for the unit that it is coded with. One that has its card already is refused."""
    house = House.read()
    questions = Questions(found[0].survey) if found else None

    def act(comment: Comment, seen: str) -> Comment:
        sent = send_comment(comment, seen=seen, by=by, now=now, house=house, questions=questions)
        if not sent.is_new:
            raise CommentSent
        return Comment.objects.get(pk=comment.pk)

    return with_each(chosen, found, act)
