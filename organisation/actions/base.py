"""What every action on the organisation begins with."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from organisation.errors import NotAllowed, Refused
from organisation.models import Person
from organisation.permissions import Permission
from organisation.queries import grants_of


def may_manage(person: Person) -> bool:
    """Whether `person` may keep units, people and roles."""
    return grants_of(person).allows(Permission.MANAGE_ORGANISATION)


def require_manager(by: Person | None) -> None:
    """Raise NotAllowed unless `by` may manage the organisation. None is the machine's own command line."""
    if by is not None and not may_manage(by):
        raise NotAllowed


class Unfit(Refused):
    """A value that its field cannot hold, with the field's own words."""

    code = "unfit"
    message = "%(why)s"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why=why)
        self.field = field


def check_row(row: Model) -> None:
    """Raise Unfit for the first field of `row` that holds what it cannot, or for what the row as a whole cannot be."""
    try:
        row.clean_fields(exclude=["password"])  # not typed in: nobody but the person knows it
        row.validate_unique()
        row.validate_constraints()
    except ValidationError as error:
        field, said = next(iter(error.message_dict.items()))
        raise Unfit("" if field == NON_FIELD_ERRORS else field, " ".join(said)) from error
