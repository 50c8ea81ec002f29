"""Who is signed in, read with what they may do."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser
from django.db.models.expressions import RawSQL

from organisation.kept_queries import KeptQuery
from organisation.models import Person
from organisation.queries import with_grants

# The id comes as a text into its place; PostgreSQL reads it as the number that it is.
_WITH_GRANTS = KeptQuery(lambda pk: with_grants(Person.objects.filter(pk=RawSQL("%s", [pk]))))


class PersonBackend(AuthenticationBackend):
    """django-allauth's, whose person comes with roles and units: every page of the staff's asks for them."""

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        person = next(iter(_WITH_GRANTS.rows(str(user_id))), None)
        return person if person is not None and self.user_can_authenticate(person) else None
