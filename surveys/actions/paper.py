"""Answers that came on paper, typed in by staff: one more way in, with the same promise as the others.

Whoever types sees paper and code at once; the database does not. What is written is what an answer by net writes
(`docs/decisions/0016-survey-anonymity.md`): no person, no time, no key, and nothing in the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from organisation.errors import NotAllowed, Refused
from organisation.models import Person
from surveys.actions.answering import AlreadyAnswered, check_open, submit_answer
from surveys.actions.fielding import invitation_of
from surveys.models import Answer, Invitation, Survey
from surveys.queries import is_spent
from surveys.rules import may_type


class AnsweredBefore(Refused):
    """Typed twice, or answered by net as well."""

    code = "already_answered"
    field = "code"
    message = _(
        "An answer with this code is in already, by net or on paper. Each code counts once: put this paper aside."
    )


def find_for_paper(survey: Survey, typed: str, *, by: Person, now: datetime) -> Invitation:
    """Return the invitation that the code on the paper belongs to, while its answer can be typed in.

    Raises NotAllowed, NotOpenYet, SurveyClosed, NotACode, UnknownCode, CodeOfAnother, AnsweredBefore.
    """
    _require_typist(by)
    check_open(survey, now=now, paper=True)
    found = invitation_of(survey, typed)
    if is_spent(found):
        raise AnsweredBefore
    return found


def type_answer(
    survey: Survey,
    values: Mapping[str, Any],
    *,
    invitation: Invitation | None,
    language: str,
    by: Person,
    now: datetime,
) -> None:
    """Store what stands on the paper. No `invitation`: a paper without a code, of a survey that is open to everybody.

    Raises NotAllowed, AnsweredBefore, and what `submit_answer` raises.
    """
    _require_typist(by)
    try:
        submit_answer(
            survey, values, invitation=invitation, source=Answer.Source.PAPER, language=language, now=now
        )  # fmt: skip
    except AlreadyAnswered:
        raise AnsweredBefore from None


def _require_typist(by: Person) -> None:
    if not may_type(by):
        raise NotAllowed
