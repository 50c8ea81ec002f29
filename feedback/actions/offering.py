"""Keep what other systems are offered: how each category is told of, and which questions go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from feedback.errors import Refused
from feedback.models import Category, OfferedService, ServiceQuestion
from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.models import Person

LISTS = (ServiceQuestion.Datatype.SINGLE, ServiceQuestion.Datatype.MULTI)
RESERVED = frozenset({"private", "inactive", "staff", "waste_only"})
"""Keywords to which FixMyStreet gives a meaning of its own."""


class ReservedKeyword(Refused):
    code = "reserved_keyword"
    field = "keywords"
    message = _("«%(word)s» means something else to FixMyStreet. Take another word.")


class OptionsWrong(Refused):
    code = "options_wrong"
    field = "options"
    message = _("A list needs its choices, each with a key of its own, and nothing else has any.")


class QuestionCodeTaken(Refused):
    code = "question_code_taken"
    field = "code"
    message = _("There is a question with this code already.")


@dataclass(frozen=True)
class Asked:
    """A question as it is to be. `options` are pairs of key and name."""

    code: str
    datatype: str
    text: str
    help: str = ""
    options: Sequence[tuple[str, str]] = ()
    is_asked: bool = True
    is_required: bool = False
    is_filled_in: bool = False


def offer_service(
    category: Category, *, is_offered: bool, place: str, group: str, description: str, keywords: str,
    by: Person | None, now: datetime,
) -> OfferedService:  # fmt: skip
    """Say how a category is offered to other systems, and whether. Raises NotAllowed, ReservedKeyword, Unfit."""
    require_manager(by)
    words = [word.strip() for word in keywords.split(",") if word.strip()]
    for word in words:
        if word.lower() in RESERVED:
            raise ReservedKeyword(word=word)
    with transaction.atomic():
        stored = OfferedService.objects.select_for_update().filter(category=category).first()
        is_new = stored is None
        stored = stored or OfferedService(category=category)
        before = values_of(stored)
        stored.is_offered, stored.place = is_offered, place
        stored.group, stored.description, stored.keywords = group.strip(), description.strip(), ",".join(words)
        stored.clean_fields(exclude=["category"])
        stored.save()
        if is_new:
            log_created(stored, by=by, now=now)
        else:
            log_changed(stored, before, by=by, now=now)
    return stored


def save_question(
    category: Category, question: ServiceQuestion | None, asked: Asked, *, by: Person | None, now: datetime
) -> ServiceQuestion:
    """Add a question to a category's service, the last, or change one. Its code stays, as other systems know it by that.

    Raises NotAllowed, OptionsWrong, QuestionCodeTaken, Unfit.
    """
    require_manager(by)
    options = [[key.strip(), name.strip() or key.strip()] for key, name in asked.options if key.strip()]
    if (asked.datatype in LISTS) != bool(options) or len({key for key, _name in options}) != len(options):
        raise OptionsWrong
    with transaction.atomic():
        Category.objects.select_for_update().get(pk=category.pk)
        if question is None:
            if ServiceQuestion.objects.filter(category=category, code=asked.code).exists():
                raise QuestionCodeTaken
            last = ServiceQuestion.objects.filter(category=category).aggregate(last=Max("position"))["last"] or 0
            stored = ServiceQuestion(category=category, code=asked.code, position=last + 1)
        else:
            stored = ServiceQuestion.objects.select_for_update().get(pk=question.pk)
        before = values_of(stored)
        for name in ("datatype", "text", "help", "is_asked", "is_required", "is_filled_in"):
            setattr(stored, name, getattr(asked, name))
        stored.options = options
        check_row(stored)
        stored.save()
        if question is None:
            log_created(stored, by=by, now=now)
        else:
            log_changed(stored, before, by=by, now=now)
    return stored


def remove_question(question: ServiceQuestion, *, by: Person | None, now: datetime) -> None:
    """Take a question away; what was answered to it stands in the cards. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(question, by=by, now=now)
        question.delete()
