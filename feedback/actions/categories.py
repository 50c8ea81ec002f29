"""Keep the categories: their names, their order, which are in use, and what each asks for."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from feedback.errors import Refused
from feedback.models import Category, RoutingRule
from organisation.actions.base import check_row, require_manager
from organisation.actions.changes import log_changed, log_created, values_of
from organisation.models import Person

STEP = 10
"""Between two neighbours' positions."""


class CategoryCodeTaken(Refused):
    code = "category_code_taken"
    field = "code"
    message = _("There is a category with the code «%(code)s» already.")


class DeadlineHalf(Refused):
    code = "deadline_half"
    field = "deadline_days"
    message = _("A deadline of its own needs both a number of days and which days count.")


def create_category(
    *,
    code: str,
    name: str,
    names: dict[str, str],
    is_political: bool = False,
    deadline_days: int | None = None,
    deadline_kind: str = "",
    by: Person | None,
    now: datetime,
) -> Category:
    """Add a category, the last in the list. `names` are its names by language, `name` the one where none is.

    Raises NotAllowed, CategoryCodeTaken, DeadlineHalf, Unfit.
    """
    require_manager(by)
    if Category.objects.filter(code=code).exists():
        raise CategoryCodeTaken(code=code)
    with transaction.atomic():
        last = Category.objects.order_by("-position").values_list("position", flat=True).first() or 0
        category = Category(
            code=code,
            name=name,
            names=names,
            position=last + STEP,
            is_political=is_political,
            deadline_days=deadline_days,
            deadline_kind=deadline_kind,
        )
        _check(category)
        try:
            with transaction.atomic():
                category.save(force_insert=True)
        except IntegrityError as error:
            raise CategoryCodeTaken(code=code) from error
        log_created(category, by=by, now=now)
    return category


def change_category(
    category: Category,
    *,
    name: str,
    names: dict[str, str],
    is_active: bool,
    is_political: bool,
    deadline_days: int | None,
    deadline_kind: str,
    by: Person | None,
    now: datetime,
) -> Category:
    """Change a category. Its code stays, and cards that have it keep their deadlines.

    Raises NotAllowed, DeadlineHalf, Unfit.
    """
    require_manager(by)
    with transaction.atomic():
        stored = Category.objects.select_for_update().get(pk=category.pk)
        before = values_of(stored)
        stored.name, stored.names = name, names
        stored.is_active, stored.is_political = is_active, is_political
        stored.deadline_days, stored.deadline_kind = deadline_days, deadline_kind
        _check(stored)
        stored.save()
        log_changed(stored, before, by=by, now=now)
    return stored


def _check(category: Category) -> None:
    if (category.deadline_days is None) != (category.deadline_kind == ""):
        raise DeadlineHalf
    check_row(category)


def move_category(category: Category, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let a category change places with the one before it (`up`) or after it; at the end nothing happens.

    Raises NotAllowed.
    """
    require_manager(by)
    with transaction.atomic():
        rows = list(Category.objects.select_for_update().order_by("position", "name", "id"))
        renumber(rows, category.pk, up=up, by=by, now=now)


def renumber(rows: list[Category] | list[RoutingRule], pk: int, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let the row `pk` change places in the locked, ordered `rows`; the positions of all become multiples of STEP.

    Only the row that was moved is written down in the log: the others stay in the order they had.
    """
    place = next(number for number, row in enumerate(rows) if row.pk == pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    moved = rows[place]
    before = values_of(moved)
    order = list(range(len(rows)))
    order[place], order[other] = order[other], order[place]
    for position, number in enumerate(order, start=1):
        row = rows[number]
        if row.position != position * STEP:
            row.position = position * STEP
            row.save(update_fields=["position"])
    log_changed(moved, before, by=by, now=now)
