"""What every action on a comment begins with: the locked row of a survey whose comments may be read, as it was seen."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from organisation.errors import Refused
from organisation.models import Change, Person
from surveys.comment_queries import may_be_read
from surveys.models import Comment
from surveys.rules import require_manager

State = Comment.State
CODING = ("state", "area_id", "unit_id", "kind", "category_id")
"""What coding sets, and undoing sets back."""


class NotReadable(Refused):
    """While answers come in, and of a survey that too few have answered, nobody reads comments."""

    code = "comments_not_readable"
    message = _("The comments can be read when the survey is closed, if enough people have answered.")


class CommentHeld(Refused):
    code = "comment_held"
    message = _(
        "The comment may name somebody. Look it through first: release it, take away what names somebody, or leave it out."
    )


class CommentLeftOut(Refused):
    code = "comment_left_out"
    message = _("The comment has been left out.")


class CommentSent(Refused):
    code = "comment_sent"
    message = _("The comment has been sent to a service. What is to be changed now is changed on the card.")


class CommentChanged(Refused):
    code = "comment_changed"
    message = _("Somebody else has changed the comment meanwhile. It is shown as it stands now; look at it again.")


def fingerprint(comment: Comment) -> str:
    """What tells one state of a comment from another: a page says which one it showed."""
    parts = [str(part) for part in (*(getattr(comment, name) for name in CODING), comment.card_id, comment.text)]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


def take(comment: Comment, *, by: Person | None, seen: str | None) -> Comment:
    """Return the comment's row as it stands now, locked until the transaction ends.

    `seen` is the fingerprint of what the person had before them; None where nobody looked at a page. Raises NotAllowed,
    NotReadable, CommentChanged.
    """
    require_manager(by)
    found = Comment.objects.select_for_update(of=("self",)).select_related("survey", "area", "unit", "category")
    locked = found.filter(pk=comment.pk).first()
    if locked is None:
        raise CommentChanged  # the survey was closed meanwhile, and its comments written anew
    if not may_be_read(locked.survey):
        raise NotReadable
    if seen not in (None, fingerprint(locked)):
        raise CommentChanged
    return locked


def check_open(comment: Comment) -> None:
    """Raise CommentHeld, CommentLeftOut or CommentSent unless the comment can be coded."""
    if comment.state == State.HELD:
        raise CommentHeld
    if comment.state == State.REMOVED:
        raise CommentLeftOut
    if comment.state == State.SENT:
        raise CommentSent


def log_review(comment: Comment, before: str, *, by: Person | None, now: datetime, text: bool = False) -> None:
    """Write in the log of changes that a comment was looked through: of which survey and how, never which comment."""
    fields = {"state": [before, comment.state]} | ({"text": None} if text else {})
    Change.objects.create(
        at=now, by=by, what=Change.What.CHANGED, kind="surveys.comment", row=comment.survey_id, name=comment.survey.code,
        fields=fields,
    )  # fmt: skip
