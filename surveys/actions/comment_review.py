"""Look through comments that may name somebody: release them, take away what names somebody, or leave them out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.naming import Piece, pieces_that_name
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from surveys.actions.comment_base import CommentLeftOut, CommentSent, State, log_review, take
from surveys.coding import GAP, only_takes_away, without
from surveys.models import Comment
from surveys.screening import found_in


class NothingLeft(Refused):
    code = "nothing_left"
    field = "text"
    message = _("Nothing is left of the comment. Leave it out instead.")


class NothingTakenAway(Refused):
    code = "nothing_taken_away"
    field = "text"
    message = _("Nothing has been taken away. If nobody is named, release the comment.")


class WordsAdded(Refused):
    """What somebody wrote is never written anew."""

    code = "words_added"
    field = "text"
    message = _("Only take away, and put […] where something stood. There are words here that were not in the comment.")


class NotHeld(Refused):
    code = "comment_not_held"
    message = _("The comment does not wait to be looked through.")


def pieces_in(text: str) -> list[Piece]:
    """Return what in a comment may lead to a person. A resident's name that was found at closing cannot be found again:
    the register's names are gone."""
    house = municipality()
    return pieces_that_name(text, country=house.country, ours=(house.phone, house.email))


def suggested(text: str) -> str:
    """Return `text` with a gap in place of all that is found in it."""
    return without(text, [(piece.at, piece.text) for piece in pieces_in(text)])


def release_comment(comment: Comment, *, seen: str | None = None, by: Person | None, now: datetime) -> Comment:
    """Let a comment that was held or left out be coded: somebody has read it, and it names nobody.

    Raises NotAllowed, NotReadable, CommentChanged, NotHeld, CommentLeftOut where the text is gone.
    """
    with transaction.atomic():
        locked = take(comment, by=by, seen=seen)
        if locked.state not in (State.HELD, State.REMOVED):
            raise NotHeld
        if not locked.text:
            raise CommentLeftOut
        before, locked.state = locked.state, State.KEPT
        locked.save(update_fields=["state"])
        log_review(locked, before, by=by, now=now)
    return locked


def redact_comment(
    comment: Comment, *, text: str, seen: str | None = None, by: Person | None, now: datetime
) -> Comment:
    """Keep of a comment only `text`, which takes away and adds nothing. What was there is gone, and nobody can undo it:
    the row's earlier versions go when the tables are written anew in the night.

    Where the text may still name somebody the comment stays held, to be released by a reader; else it is released. Raises
    NotAllowed, NotReadable, CommentChanged, CommentSent, CommentLeftOut, NothingLeft, NothingTakenAway, WordsAdded.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    with transaction.atomic():
        locked = take(comment, by=by, seen=seen)
        if locked.state == State.SENT:
            raise CommentSent
        if locked.state == State.REMOVED:
            raise CommentLeftOut
        if not text.replace(GAP, "").strip(" .,;:–-\n"):
            raise NothingLeft
        if text == locked.text.replace("\r\n", "\n").strip():
            raise NothingTakenAway
        if not only_takes_away(locked.text, text):
            raise WordsAdded
        house, before = municipality(), locked.state
        locked.text = text
        locked.found = found_in(text, country=house.country, ours=(house.phone, house.email))
        if locked.found:
            locked.state = State.HELD
        elif before == State.HELD:
            locked.state = State.KEPT
        locked.save(update_fields=["text", "found", "state"])
        log_review(locked, before, by=by, now=now, text=True)
    return locked


def leave_out_comment(comment: Comment, *, seen: str | None = None, by: Person | None, now: datetime) -> Comment:
    """Leave a comment out: nobody reads it, it is in no file and goes to no service. Its text goes in the night.

    Raises NotAllowed, NotReadable, CommentChanged, CommentSent, CommentLeftOut.
    """
    with transaction.atomic():
        locked = take(comment, by=by, seen=seen)
        if locked.state == State.SENT:
            raise CommentSent
        if locked.state == State.REMOVED:
            raise CommentLeftOut
        before, locked.state = locked.state, State.REMOVED
        locked.save(update_fields=["state"])
        log_review(locked, before, by=by, now=now)
    return locked


def forget_left_out() -> int:
    """Erase the texts of comments that were left out, and return of how many. Each night, before tables are written anew."""
    return Comment.objects.filter(state=State.REMOVED).exclude(text="").update(text="", found=[])
