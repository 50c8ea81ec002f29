"""Who is signed in, read with what they may do."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser

from organisation.models import Person
from organisation.queries import with_grants


class PersonBackend(AuthenticationBackend):
    """django-allauth's, whose person comes with roles and units: every page of the staff's asks for them."""

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        person = with_grants(Person.objects.filter(pk=user_id)).first()
        return person if person is not None and self.user_can_authenticate(person) else None
