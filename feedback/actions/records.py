"""Say who may see a card and each of its texts, write the public version, and keep the list of legal references."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import take, words, write
from feedback.actions.stories import NamesSomebody, PartTooLong
from feedback.errors import Refused
from feedback.models import AccessGrade, Card, CardEvent, LegalGround, Part, RecordAccess
from feedback.naming import Piece, pieces_that_name, struck
from feedback.recorded import Recorded
from feedback.workflow import Step
from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, values_of
from organisation.models import Municipality, Person
from organisation.queries import municipality

LONGEST_TITLE = 150
LONGEST_VERSION = 20_000


class GroundNeeded(Refused):
    """Exempt without a legal reference, or with one that is in use no longer."""

    code = "ground_needed"
    field = "ground"
    message = _("Choose the legal reference that exempts it.")


class SensitiveIsExempt(Refused):
    code = "sensitive_is_exempt"
    field = "grade"
    message = _("The card is marked as sensitive. It cannot be public.")


def grade_card(
    card: Card,
    *,
    grade: str,
    ground: LegalGround | None,
    title: str,
    sender_shown: bool,
    by: Person,
    now: datetime,
) -> RecordAccess:
    """Say who may see a card as a whole. `title` is what the public journal calls it: asked for where it is public.

    Raises GroundNeeded, SensitiveIsExempt, TextMissing, PartTooLong, NamesSomebody, NotAllowed.
    """
    with transaction.atomic():
        card = take(card, Step.GRADE_ACCESS, by)
        code = AccessGrade(grade)
        if code == AccessGrade.PUBLIC and card.sensitive:
            raise SensitiveIsExempt
        title = " ".join(title.replace("\x00", "").split())
        if code == AccessGrade.PUBLIC:
            title = words(title, "title")
        if len(title) > LONGEST_TITLE:
            raise PartTooLong("title", LONGEST_TITLE)
        _names_nobody(card, title, "title")
        own = _own(card, Part.CARD, 0)
        was = _told(own)
        own.title, own.sender_shown = title, sender_shown and code == AccessGrade.PUBLIC
        _grade(own, code, ground, by=by, now=now)
        write(
            card, CardEvent.What.ACCESS_GRADED, by=by, now=now, from_value=was, to_value=_told(own), part=Part.CARD,
            fields=[Part.CARD],
        )  # fmt: skip
        return own


def grade_text(
    card: Card, *, text: Recorded, grade: str, ground: LegalGround | None, by: Person, now: datetime
) -> RecordAccess:
    """Say that one text of a card is exempt, or (empty `grade`) as open as its card. It is never more open.

    Raises GroundNeeded, NotAllowed.
    """
    with transaction.atomic():
        card = take(card, Step.GRADE_ACCESS, by)
        own = _own(card, text.part, text.row)
        was = _told(own)
        _grade(own, AccessGrade.EXEMPT if grade else "", ground, by=by, now=now)
        if was != _told(own):
            write(
                card, CardEvent.What.ACCESS_GRADED, by=by, now=now, from_value=was, to_value=_told(own), part=text.part,
                row=text.row, fields=[text.part],
            )  # fmt: skip
        return own


def write_public_version(card: Card, *, text: Recorded, version: str, by: Person, now: datetime) -> RecordAccess:
    """Write what everybody may read of a text; nothing written takes the public version away. The text itself stays.

    Raises NamesSomebody where it leads to a person, PartTooLong, NotAllowed.
    """
    with transaction.atomic():
        card = take(card, Step.PUBLIC_VERSION, by)
        version = version.replace("\x00", "").strip()
        if len(version) > LONGEST_VERSION:
            raise PartTooLong("version", LONGEST_VERSION)
        _names_nobody(card, version, "version")
        own = _own(card, text.part, text.row)
        if own.public_text != version:
            own.public_text, own.public_at, own.public_by = version, now, by
            own.save()
            what = CardEvent.What.PUBLIC_VERSION if version else CardEvent.What.PUBLIC_VERSION_REMOVED
            write(card, what, by=by, now=now, part=text.part, row=text.row, fields=[text.part])
        return own


def draft_of(card: Card, text: str, house: Municipality) -> str:
    """Return `text` with all that leads to a person covered, for somebody to read and go on with."""
    return struck(text, _pieces(card, text, house))


def add_ground(*, name: str, about: str, by: Person | None, now: datetime) -> LegalGround:
    """Put a legal reference on the list. Raises NotAllowed, Unfit."""
    require_manager(by)
    with transaction.atomic():
        ground = LegalGround(name=" ".join(name.replace("\x00", "").split()), about=about.replace("\x00", "").strip())
        check_row(ground)
        ground.save()
        log_created(ground, by=by, now=now)
    return ground


def use_ground(ground: LegalGround, *, is_active: bool, by: Person | None, now: datetime) -> LegalGround:
    """Let a legal reference be chosen, or no longer: where it was chosen it stays. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        stored = LegalGround.objects.select_for_update().get(pk=ground.pk)
        before = values_of(stored)
        stored.is_active = is_active
        stored.save(update_fields=["is_active"])
        log_changed(stored, before, by=by, now=now)
    return stored


def _own(card: Card, part: Part, row: int) -> RecordAccess:
    return RecordAccess.objects.filter(card=card, part=part, row=row).first() or RecordAccess(
        card=card, part=part, row=row
    )


def _grade(own: RecordAccess, grade: str, ground: LegalGround | None, *, by: Person, now: datetime) -> None:
    if grade != AccessGrade.EXEMPT:
        ground = None
    else:  # the list as it stands now
        ground = LegalGround.objects.filter(pk=ground.pk).first() if ground else None
        if ground is None or not (ground.is_active or ground.pk == own.ground_id):
            raise GroundNeeded
    own.grade, own.ground, own.graded_at, own.graded_by = grade, ground, now, by
    own.save()


def _told(own: RecordAccess) -> str:
    """How the history holds it: the legal reference, or the grade's code."""
    return own.ground.name if own.ground else own.grade


def _names_nobody(card: Card, text: str, field: str) -> None:
    if found := _pieces(card, text, municipality()):
        raise NamesSomebody(field, list(dict.fromkeys(piece.text for piece in found)))


def _pieces(card: Card, text: str, house: Municipality) -> list[Piece]:
    submitter = getattr(card, "submitter", None)
    given: dict[str, Any] = {"name": submitter.name, "address": submitter.address} if submitter else {}
    return pieces_that_name(text, **given, country=house.country, ours=(house.phone, house.email))
