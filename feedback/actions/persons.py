"""Block or erase what is kept about a person, on their request or because it should not be there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.erasing import CARD, MustBeKept, StillOpen, anonymise_cards, block_cards, erase_rows, lift_block
from feedback.errors import NotAllowed, Refused
from feedback.models import Card, Erasure
from feedback.personal_queries import Found
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of


class NothingChosen(Refused):
    code = "nothing_chosen"
    field = "chosen"
    message = _("Choose at least one place.")


class OnlyCardsAreBlocked(Refused):
    code = "only_cards_are_blocked"
    field = "chosen"
    message = _("Only cards can be blocked. Take the other rows out of the choice, or erase them.")


def may_handle(person: Person | None) -> bool:
    """Whether `person` may see and erase what is kept about anybody. None is the machine's own command line."""
    return person is None or grants_of(person).allows(Permission.HANDLE_PERSONAL_DATA)


def erase_person(found: Sequence[Found], *, cause: str, by: Person | None, now: datetime) -> list[Erasure]:
    """Erase these cards and rows: all or none. Raises NotAllowed, NothingChosen, StillOpen, MustBeKept, LeadsAUnit."""
    _check(found, by)
    for one in found:
        if one.is_open:
            raise StillOpen(reference=one.key)
        if one.kept:
            raise MustBeKept(reference=one.key)
    rows: dict[str, list[str]] = {}
    for one in found:
        rows.setdefault(one.label, []).append(one.key)
    with transaction.atomic():
        ids = list(Card.objects.filter(reference__in=rows.pop(CARD, [])).values_list("pk", flat=True))
        made = [anonymise_cards(ids, cause=cause, by=by, now=now), erase_rows(rows, cause=cause, by=by, now=now)]
    return [one for one in made if one is not None]


def block_person(found: Sequence[Found], *, cause: str, by: Person | None, now: datetime) -> list[Erasure]:
    """Block these cards. Raises NotAllowed, NothingChosen, StillOpen, OnlyCardsAreBlocked."""
    _check(found, by)
    for one in found:
        if one.label != CARD:
            raise OnlyCardsAreBlocked
        if one.is_open:
            raise StillOpen(reference=one.key)
    with transaction.atomic():
        ids = list(Card.objects.filter(reference__in=[one.key for one in found]).values_list("pk", flat=True))
        made = block_cards(ids, cause=cause, by=by, now=now)
    return [made] if made else []


def lift_person(found: Sequence[Found], *, cause: str, by: Person | None, now: datetime) -> list[Erasure]:
    """Lift the block of these cards. Raises NotAllowed, NothingChosen, NotBlocked."""
    _check(found, by)
    with transaction.atomic():
        cards = Card.objects.filter(reference__in=[one.key for one in found if one.label == CARD])
        return [lift_block(card, cause=cause, by=by, now=now) for card in cards]


def _check(found: Sequence[Found], by: Person | None) -> None:
    if not may_handle(by):
        raise NotAllowed
    if not found:
        raise NothingChosen
