"""People who sign in, their roles, and when they are away."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from organisation.alphabet import sort_key
from organisation.models.personal_data import WITH_THE_ACCOUNT
from organisation.permissions import Role


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person who signs in with `email`; without a password they cannot sign in until they set one."""
        person = self.model(email=email.strip().lower(), name=name, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, name: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person who may do all in the Django admin. Daily work goes by roles, not by this."""
        return self.create_user(email, name, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody at the municipality who signs in. Citizens have no login."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    name_key = models.CharField(max_length=450, editable=False, db_index=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="nb")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    is_emergency = models.BooleanField(_("emergency login"), default=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    personal_data = dict.fromkeys(["email", "name", "name_key", "phone", "password"], WITH_THE_ACCOUNT)
    erased_with = {
        "is_active": False,
        "email": Concat(Value("erased-"), "pk", Value("@example.invalid"), output_field=models.CharField()),
    }

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name_key", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the sort key beside the name, and the e-mail in the one form that signing in compares."""
        self.name_key = sort_key(self.name)
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class RoleAssignment(models.Model):
    """One role of one person: for one unit as a case handler, for the whole municipality otherwise.

    Who leads a unit stands on the unit itself (`Unit.leader`, `Unit.deputy`) and nowhere else.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="role_assignments", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(
        "organisation.Unit",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("unit"),
    )
    from_provider = models.BooleanField(default=False, editable=False)
    """Given by the identity provider at sign-in, and taken again there."""

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(name="role_once", fields=["person", "role", "unit"], nulls_distinct=False),
            models.CheckConstraint(
                name="role_case_handler_has_unit",
                condition=Q(role="case_handler", unit__isnull=False) | (~Q(role="case_handler") & Q(unit__isnull=True)),
                violation_error_message=_("A case handler belongs to a unit; the other roles to none."),
            ),
            models.CheckConstraint(
                name="role_leader_is_on_unit",
                condition=~Q(role="unit_leader"),
                violation_error_message=_("Leader and deputy are set on the unit."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}"


class Absence(models.Model):
    """Days on which a leader is away and the unit's deputy acts. Both days are included."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="absences", verbose_name=_("person"))
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"))

    personal_data = {"first_on": WITH_THE_ACCOUNT, "last_on": WITH_THE_ACCOUNT}
    erased_whole = True

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start",
                condition=Q(last_on__gte=models.F("first_on")),
                violation_error_message=_("The last day cannot be before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.first_on}–{self.last_on}"
