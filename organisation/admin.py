"""The Django admin for reference data and support. Who may do what follows from the roles, as everywhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as _accounts  # noqa: F401  (registers groups, which roles make superfluous)
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisation.actions import people, units
from organisation.actions.base import may_manage
from organisation.errors import Refused
from organisation.models import (
    Absence,
    DayOff,
    Municipality,
    OutgoingMail,
    Person,
    RoleAssignment,
    ScheduledJob,
    Unit,
)
from organisation.permissions import Permission, Role
from organisation.queries import grants_of, municipality, working_calendar

admin.site.site_header = admin.site.site_title = "Innspill"
admin.site.unregister(Group)


def may_support(user: Any) -> bool:
    """Whether `user` may look at what holds citizens' words: whoever sees all cards, and a superuser."""
    return user.is_active and (user.is_superuser or grants_of(user).allows(Permission.SEE_ALL_CARDS))


class ByRole:
    """Editable by whoever may manage the organisation. Django's own permissions and groups are not used."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and (request.user.is_superuser or may_manage(request.user))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request)


class Kept(ByRole):
    """Editable and never deleted: cards and lists point to it."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnly(ByRole):
    """Looked at for support: no add, no change, no delete, and no personal data for a mere administrator."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_support(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RefusalForm(ModelForm):
    """A form that asks an action's own check, and shows its refusal beside the field."""

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


@admin.register(Municipality)
class MunicipalityAdmin(Kept, admin.ModelAdmin):
    """One row: changed, never added or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(DayOff)
class DayOffAdmin(ByRole, admin.ModelAdmin):
    list_display = ["on", "name"]


# --- Units -------------------------------------------------------------------------------------------------------------


def today_here() -> date:
    return working_calendar(municipality()).local_date(timezone.now())


class UnitForm(RefusalForm):
    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "parent", "email", "leader", "deputy", "closed_on", "successor"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        before = Unit.objects.filter(pk=self.instance.pk).first()
        try:
            units.check_parent(self.instance, cleaned.get("parent"))
            closed_on = cleaned.get("closed_on")
            if before is None and closed_on is not None:
                self.add_error("closed_on", _("A new unit is open."))
            elif before is not None and closed_on is not None and before.closed_on is None:
                units.check_closing(before, successor=cleaned.get("successor"), on=closed_on, today=today_here())
        except Refused as refusal:
            self.refuse(refusal)
        return cleaned


@admin.register(Unit)
class UnitAdmin(Kept, admin.ModelAdmin):
    """Units are closed, with a successor, and never deleted."""

    form = UnitForm
    list_display = ["name", "code", "kind", "parent", "leader", "deputy", "closed_on"]
    list_filter = ["kind", ("closed_on", admin.EmptyFieldListFilter)]
    list_select_related = ["parent", "leader", "deputy"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["leader", "deputy"]

    def save_model(self, request: HttpRequest, obj: Unit, form: ModelForm, change: bool) -> None:
        """Create and close through the actions; other changes are reference data."""
        if not change:
            values = {
                name: value for name, value in form.cleaned_data.items() if name not in ("closed_on", "successor")
            }
            obj.pk = units.create_unit(**values, by=request.user).pk  # type: ignore[arg-type]
            return
        before = Unit.objects.get(pk=obj.pk)
        if before.closed_on is None and obj.closed_on is not None:
            closing, successor = obj.closed_on, obj.successor
            obj.closed_on = obj.successor = None
            obj.save()
            closed = units.close_unit(obj, successor=successor, on=closing, today=today_here(), by=request.user)  # type: ignore[arg-type]
            self.after_closing(closed, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        else:
            obj.save()

    def after_closing(self, unit: Unit, *, by: Person, now: datetime) -> None:
        """What other apps do with a unit that was closed, in the same transaction: feedback moves its cards."""


# --- People ------------------------------------------------------------------------------------------------------------


class RoleForm(RefusalForm):
    class Meta:
        model = RoleAssignment
        fields = ["role", "unit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [("", "—"), *((value, label) for value, label in Role.choices if value != Role.UNIT_LEADER)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.has_changed() and "role" in cleaned and not cleaned.get("DELETE"):
            try:
                people.check_role(cleaned["role"], cleaned.get("unit"))
            except Refused as refusal:
                self.refuse(refusal)
        return cleaned


class RoleFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """Refuse to take the last administrator's role; asked in the admin's own transaction."""
        super().clean()
        for form in self.initial_forms:
            leaves = form.cleaned_data.get("DELETE") or ("role" in form.changed_data)
            if leaves and form.initial.get("role") == Role.ADMINISTRATOR:
                try:
                    people.check_administrators_without(self.instance)
                except Refused as refusal:
                    raise forms.ValidationError(str(refusal)) from refusal


class RoleInline(ByRole, admin.TabularInline):
    model = RoleAssignment
    form = RoleForm
    formset = RoleFormSet
    extra = 0


class AbsenceInline(ByRole, admin.TabularInline):
    model = Absence
    extra = 0


class PersonForm(RefusalForm):
    class Meta:
        model = Person
        fields = ["email", "name", "phone", "language", "is_active"]
        help_texts = {
            "email": _("The person sets a password by «Forgot the password?» on the sign-in page."),
            "is_active": _("Take the tick away instead of deleting: what the person did stays theirs."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        leaves = self.instance.pk and "is_active" in self.changed_data and not cleaned.get("is_active")
        if leaves and self.instance.role_assignments.filter(role=Role.ADMINISTRATOR).exists():
            try:
                people.check_administrators_without(self.instance)
            except Refused as refusal:
                self.refuse(refusal)
        return cleaned


@admin.register(Person)
class PersonAdmin(Kept, admin.ModelAdmin):
    """People with their roles and absences. Nobody is deleted: history points to them."""

    form = PersonForm
    inlines = [RoleInline, AbsenceInline]
    list_display = ["name", "email", "is_active"]
    list_filter = ["is_active", "role_assignments__role"]
    search_fields = ["name", "email"]

    def save_model(self, request: HttpRequest, obj: Person, form: ModelForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        obj.save()

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseInlineFormSet, change: bool) -> None:
        """Give and take roles through the actions; a role that was changed is one taken and one given."""
        if formset.model is not RoleAssignment:
            super().save_formset(request, form, formset, change)
            return
        given = formset.save(commit=False)
        by: Any = request.user
        changed = [(row, RoleAssignment.objects.get(pk=row.pk)) for row in given if row.pk]
        for row in [*formset.deleted_objects, *(before for _row, before in changed)]:
            people.remove_role(row, by=by)
        for row in given:
            people.assign_role(row.person, role=row.role, unit=row.unit, by=by)
        formset.new_objects, formset.changed_objects = [], []


class AbsenceForm(RefusalForm):
    class Meta:
        model = Absence
        fields = ["person", "first_on", "last_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"person", "first_on", "last_on"} <= cleaned.keys():
            days = {"first_on": cleaned["first_on"], "last_on": cleaned["last_on"]}
            try:
                people.check_absence(cleaned["person"], **days, besides=self.instance.pk)
            except Refused as refusal:
                self.refuse(refusal)
        return cleaned


@admin.register(Absence)
class AbsenceAdmin(ByRole, admin.ModelAdmin):
    form = AbsenceForm
    list_display = ["person", "first_on", "last_on"]
    list_select_related = ["person"]
    autocomplete_fields = ["person"]
    date_hierarchy = "first_on"

    def save_model(self, request: HttpRequest, obj: Absence, form: ModelForm, change: bool) -> None:
        if change:
            obj.save()
            return
        by: Any = request.user
        made = people.register_absence(obj.person, first_on=obj.first_on, last_on=obj.last_on, by=by)
        obj.pk = made.pk


# --- Looked at for support ---------------------------------------------------------------------------------------------


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnly, admin.ModelAdmin):
    """What went to whom and what became of it; not its words, which hold the submitter's private link."""

    exclude = ["text", "html"]
    list_display = ["kind", "to", "status", "queued_at", "sent_at", "attempts"]
    list_filter = ["status", "kind"]
    ordering = ["-queued_at", "-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).defer("text", "html")


@admin.register(ScheduledJob)
class ScheduledJobAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "started_at", "finished_at", "result"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return ByRole.has_view_permission(self, request)
