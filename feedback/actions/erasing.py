"""Block, anonymise and delete cards, and erase other rows that hold personal data.

What goes is read off the models' own declarations (`organisation.erasing`). What is done is written down as an `Erasure`,
which holds no personal data, in the same transaction; its line in the register outside the database follows the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from feedback.actions.erasure_register import write_register
from feedback.errors import Refused
from feedback.kept_pages import forget_own_pages
from feedback.models import Card, CardRetention, Erasure, OverdueEntry, WithheldFile
from organisation.erasing import Place, declared, emptied, file_fields, personal_fields
from organisation.history_door import erasing
from organisation.models import Person, Unit
from organisation.models.personal_data import WITH_THE_CARD, WITH_THE_MAIL

CARD = "feedback.card"
_OWN = (CardRetention, WithheldFile)
"""What is kept of a blocked card: handled here by name."""

Hidden = dict[str, list[dict[str, Any]]]
"""What was hidden of a card: by kind of row, each with the values it had."""


class StillOpen(Refused):
    code = "still_open"
    message = _("%(reference)s is not completed yet. Finish it first, or wait until it is.")


class MustBeKept(Refused):
    code = "must_be_kept"
    message = _("%(reference)s must be kept as it is. It can be blocked, but not erased.")


class NotBlocked(Refused):
    code = "not_blocked"
    message = _("%(reference)s is not blocked.")


class LeadsAUnit(Refused):
    code = "leads_a_unit"
    message = _(
        "%(name)s leads a unit or still has a login that is open. Put another in their place and close it first."
    )


def places_of_cards() -> list[Place]:
    """Return where a card's personal data lie: each model that declares some to go with the card, or with its mail."""
    last_days = {WITH_THE_CARD, WITH_THE_MAIL}
    return [
        place
        for place in declared()
        if place.card and place.model not in _OWN and last_days & set(place.model.personal_data.values())  # type: ignore[attr-defined]
    ]


# --- Cards ----------------------------------------------------------------------------------------------------------


def block_cards(
    ids: Sequence[int], *, cause: str, by: Person | None, now: datetime, like: Erasure | None = None
) -> Erasure | None:
    """Hide what people wrote and who they are: it is moved out of every row into `CardRetention`, which one role reads.

    Those that are blocked or anonymised already are left out. Returns what was written down; None where nothing was done.
    """
    with transaction.atomic(), erasing():
        cards = list(
            Card.objects.select_for_update(of=("self",))
            .filter(pk__in=ids, retention=None)
            .order_by("pk")
            .only("reference")
        )
        if not cards:
            return None
        found = [card.pk for card in cards]
        hidden: dict[int, Hidden] = defaultdict(dict)
        for place in places_of_cards():
            for row in _rows(place, found):
                hidden[row.card_key].setdefault(place.label, []).append(_values(place, row))
        CardRetention.objects.bulk_create(
            [CardRetention(card_id=pk, blocked_at=now, values=hidden.get(pk, {})) for pk in found]
        )
        counts = _empty(found, cause)
        return _write_down(Erasure.Step.BLOCK, cards, counts, cause=cause, by=by, now=now, like=like)


def anonymise_cards(
    ids: Sequence[int], *, cause: str, by: Person | None, now: datetime, like: Erasure | None = None
) -> Erasure | None:
    """Take out of cards all that people wrote and who they are, files too; dates, units, kinds and outcomes stay.

    Those that are anonymised already are left out. Returns what was written down; None where nothing was done.
    """
    with transaction.atomic(), erasing():
        cards = list(
            Card.objects.select_for_update(of=("self",))
            .filter(pk__in=ids)
            .exclude(retention__anonymised_at__isnull=False)
            .order_by("pk")
            .only("reference")
        )
        if not cards:
            return None
        found = [card.pk for card in cards]
        counts = _empty(found, cause)
        CardRetention.objects.filter(card__in=found).update(anonymised_at=now, values=None)
        CardRetention.objects.bulk_create(
            [CardRetention(card_id=pk, anonymised_at=now) for pk in found], ignore_conflicts=True
        )
        transaction.on_commit(throw_files_away, robust=True)
        return _write_down(Erasure.Step.ANONYMISE, cards, counts, cause=cause, by=by, now=now, like=like)


def delete_cards(
    ids: Sequence[int], *, cause: str, by: Person | None, now: datetime, like: Erasure | None = None
) -> Erasure | None:
    """Remove cards with all that hangs on them, from figures too. One that another card points at stays."""
    with transaction.atomic(), erasing():
        cards = list(
            Card.objects.select_for_update(of=("self",))
            .filter(pk__in=ids, duplicates=None, offspring=None)
            .order_by("pk")
            .only("reference")
        )
        if not cards:
            return None
        found = [card.pk for card in cards]
        _empty(found, cause)  # the files, and the mails that tell of it
        OverdueEntry.objects.filter(card__in=found).delete()
        Card.objects.filter(pk__in=found).delete()
        transaction.on_commit(throw_files_away, robust=True)
        return _write_down(Erasure.Step.DELETE, cards, {CARD: len(cards)}, cause=cause, by=by, now=now, like=like)


def lift_block(card: Card, *, cause: str, by: Person | None, now: datetime, like: Erasure | None = None) -> Erasure:
    """Bring back what was hidden of a blocked card. Mails that told of it are not among it. Raises NotBlocked."""
    with transaction.atomic(), erasing():
        row = CardRetention.objects.select_for_update().filter(card=card, anonymised_at=None).first()
        if row is None:
            raise NotBlocked(reference=card.reference)
        counts: dict[str, int] = {}
        for place in places_of_cards():
            for values in (row.values or {}).get(place.label, []):
                _bring_back(place, values)
                counts[place.label] = counts.get(place.label, 0) + 1
        WithheldFile.objects.filter(card=card).delete()
        row.delete()
        return _write_down(Erasure.Step.LIFT, [card], counts, cause=cause, by=by, now=now, like=like)


def _rows(place: Place, ids: Sequence[int]) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = place.model._default_manager.filter(**{f"{place.card}__in": ids})
    rows = rows.annotate(card_key=models.F(place.card))
    return rows.order_by("pk")


def _values(place: Place, row: Model) -> dict[str, Any]:
    """What a row holds that is about to be emptied; the whole of a row that is about to go."""
    names = {field.name for field in personal_fields(place.model)} | set(getattr(place.model, "erased_with", {}))
    fields = [
        field
        for field in place.model._meta.concrete_fields
        if not isinstance(field, models.GeneratedField)
        and (place.goes_whole or field.primary_key or field.name in names)
    ]
    return {field.attname: _plain(field, row) for field in fields}


def _plain(field: Any, row: Model) -> Any:
    value = field.value_from_object(row)
    return value.name if isinstance(field, models.FileField) else value


def _bring_back(place: Place, values: Mapping[str, Any]) -> None:
    fields = {field.attname: field for field in place.model._meta.concrete_fields}
    held = {name: fields[name].to_python(value) for name, value in values.items() if name in fields}
    if place.goes_whole:
        place.model(**held).save(force_insert=True)
        return
    key = place.model._meta.pk.attname
    place.model._default_manager.filter(pk=held.pop(key)).update(**held)


def _empty(ids: Sequence[int], cause: str) -> dict[str, int]:
    """Empty every place of these cards. Files are set aside; mails that tell of the cards go. Returns rows by kind."""
    transaction.on_commit(lambda: forget_own_pages(ids), robust=True)
    counts: dict[str, int] = {}
    for place in places_of_cards():
        rows = place.model._default_manager.filter(**{f"{place.card}__in": ids})
        _set_files_aside(place, rows)
        done = rows.delete()[1].get(place.model._meta.label, 0) if place.goes_whole else rows.update(**emptied(place))
        if done:
            counts[place.label] = done
    if cause != Erasure.Cause.RETENTION:  # which does it once for all, at its end
        mails = forget_copies(ids)
        counts |= {"organisation.outgoingmail": mails} if mails else {}
    return counts


def _set_files_aside(place: Place, rows: models.QuerySet[Any]) -> None:
    for name in file_fields(place.model):
        card = models.F(place.card) if place.card else models.Value(None, output_field=models.BigIntegerField())
        named = rows.exclude(**{name: ""}).annotate(card_key=card).values_list("card_key", name)
        WithheldFile.objects.bulk_create([WithheldFile(card_id=card, file=file) for card, file in named])


# Each mail that tells of one of the cards, whatever its kind, is found by the references in its words, all in one reading
# of the outbox; of what other systems answered to a webhook, the same.
_TOLD = r"\m\d\d-\d{6,9}-\d\M"
_FORGET_MAILS = """
DELETE FROM organisation_outgoingmail mail WHERE mail.status <> 'sending' AND EXISTS (
    SELECT FROM regexp_matches(concat_ws(' ', mail.subject, mail.text, mail.dedupe_key, mail.attachment::text), %(told)s, 'g')
        AS said JOIN feedback_card card ON card.reference = said[1] {whose})
"""
_FORGET_ANSWERS = """
UPDATE organisation_webhookdelivery told SET answer = '' WHERE answer <> '' AND EXISTS (
    SELECT FROM regexp_matches(told.body, %(told)s, 'g') AS said JOIN feedback_card card ON card.reference = said[1] {whose})
"""
_THESE = "WHERE card.id = ANY(%(ids)s)"
_ALL = "JOIN feedback_cardretention done ON done.card_id = card.id"


def forget_copies(ids: Sequence[int] | None = None) -> int:
    """Delete the mails that tell of these cards, or of all that are blocked or anonymised, and what receivers answered when
    they were told of them. Returns how many mails. A mail that is just being sent stays until the next time."""
    whose = _ALL if ids is None else _THESE
    values: dict[str, Any] = {"told": _TOLD, "ids": list(ids or ())}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_ANSWERS.format(whose=whose), values)
        cursor.execute(_FORGET_MAILS.format(whose=whose), values)
        return int(cursor.rowcount)


def throw_files_away() -> int:
    """Delete the files that were set aside, but for those of blocked cards. Returns how many.

    A file whose deletion fails keeps its row, and is tried again in the night; the others go. Raises OSError then.
    """
    done, failed = 0, None
    for row in WithheldFile.objects.filter(Q(card=None) | Q(card__retention__anonymised_at__isnull=False)).iterator():
        try:
            default_storage.delete(str(row.file.name))
        except OSError as error:
            failed = error
            continue
        row.delete()
        done += 1
    if failed is not None:
        raise failed
    return done


# --- Other rows -------------------------------------------------------------------------------------------------------


def erase_rows(
    rows: Mapping[str, Sequence[Any]], *, cause: str, by: Person | None, now: datetime, like: Erasure | None = None
) -> Erasure | None:
    """Erase rows that belong to no card, by kind and id: a resident who was drawn, a mail, a saved filter, an account.

    What hangs on a person or a resident goes along. Returns what was written down; None where nothing was found.
    Raises LeadsAUnit.
    """
    with transaction.atomic(), erasing():
        counts: dict[str, int] = {}
        for place in declared():
            if ids := list(rows.get(place.label, ())):
                if place.model is Person and like is None:
                    _check_leads_nothing(ids)
                for part, filters in [(place, {"pk__in": ids}), *_hanging_on(place, ids)]:
                    if done := _erase(part, part.model._default_manager.filter(**filters)):
                        counts[part.label] = counts.get(part.label, 0) + done
        if not counts:
            return None
        transaction.on_commit(throw_files_away, robust=True)
        made = Erasure(
            step=Erasure.Step.ANONYMISE,
            counts=counts,
            rows={label: [str(pk) for pk in ids] for label, ids in rows.items()},
        )
        return _save(made, cause=cause, by=by, now=now, like=like)


def _erase(place: Place, rows: models.QuerySet[Any]) -> int:
    _set_files_aside(place, rows)
    if place.goes_whole:
        return rows.delete()[1].get(place.model._meta.label, 0)
    return rows.update(**emptied(place))


def _hanging_on(place: Place, ids: list[Any]) -> list[tuple[Place, dict[str, Any]]]:
    name = place.model._meta.model_name or ""
    return [
        (other, {f"{name}__in": ids})
        for other in declared()
        if any(
            field.name == name and field.related_model is place.model
            for field in other.model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
        )
    ]


def _check_leads_nothing(ids: list[Any]) -> None:
    leading = Q(pk__in=Unit.objects.filter(closed_on=None, leader__isnull=False).values("leader")) | Q(
        pk__in=Unit.objects.filter(closed_on=None, deputy__isnull=False).values("deputy")
    )
    if person := Person.objects.filter(Q(is_active=True) | leading, pk__in=ids).first():
        raise LeadsAUnit(name=person.name)


# --- Written down -----------------------------------------------------------------------------------------------------


def _write_down(
    step: str, cards: Iterable[Card], counts: dict[str, int], *, cause: str, by: Person | None, now: datetime,
    like: Erasure | None,
) -> Erasure:  # fmt: skip
    made = Erasure(step=step, counts=counts, rows={CARD: [card.reference for card in cards]})
    return _save(made, cause=cause, by=by, now=now, like=like)


def _save(made: Erasure, *, cause: str, by: Person | None, now: datetime, like: Erasure | None) -> Erasure:
    """Write it down; a repetition after a restore (`like`) under the key it had."""
    made.cause, made.by, made.at = cause, by, now
    if like is not None:
        made.key, made.at, made.written_at, made.replayed_at = like.key, like.at, now, now
    else:
        transaction.on_commit(lambda: write_register(now=now))
    made.save(force_insert=True)
    return made
