"""People: found, let in, their roles and days away, and the link by which they choose a password."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.actions.people import (
    assign_role,
    change_person,
    create_person,
    register_absence,
    remove_absence,
    remove_role,
)
from organisation.forms.people import AbsenceForm, NewPersonForm, PersonForm, RoleForm
from organisation.models import Person
from organisation.overview import people as people_found
from organisation.overview import roles_held, with_roles
from organisation.permissions import ROLES, Role
from organisation.views.access import administrator
from organisation.views.answering import answer, do

logger = logging.getLogger(__name__)


@login_required
@never_cache
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Find people by name, e-mail or role."""
    administrator(request)
    search, role = request.GET.get("q", ""), request.GET.get("role", "")
    role = role if role in Role.values else ""
    active = request.GET.get("closed") != "1"
    context = {
        "section": "administration",
        "found": with_roles(people_found(search, role=role, active=active)),
        "search": search,
        "role": role,
        "active": active,
        "roles": Role.choices,
    }
    return render(request, "organisation/administration/people.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: HttpRequest) -> HttpResponse:
    """Let somebody in: made without a password, and sent the link by which they choose one."""
    by = administrator(request)
    form = NewPersonForm(request.POST or None, initial={"language": request.municipality.language})  # type: ignore[attr-defined]
    made: list[Person] = []
    response = answer(
        request,
        form,
        lambda: made.append(create_person(**form.cleaned_data, by=by, now=timezone.now())),
        template="organisation/administration/new_person.html",
        context=dict,
        done=_("The login is made. Now give the person a role."),
        to=reverse("organisation:people"),
    )
    if not made:
        return response
    if request.POST.get("send"):
        _send_link(request, made[0])
    return redirect("organisation:person", pk=made[0].pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one person with all that they are, to be changed."""
    by = administrator(request)
    found = get_object_or_404(Person, pk=pk)
    form = PersonForm(request.POST or None, instance=Person.objects.get(pk=pk))
    return answer(
        request,
        form,
        lambda: change_person(found, **form.cleaned_data, by=by, now=timezone.now()),
        template="organisation/administration/person.html",
        context=lambda: _about(found, form=form),
        done=_("Saved."),
        to=reverse("organisation:person", args=[pk]),
    )


def _about(found: Person, **forms: BaseForm) -> dict[str, Any]:
    return {
        "person": found,
        "held": roles_held(found),
        "can_sign_in": found.has_usable_password(),
        "absences": found.absences.filter(last_on__gte=timezone.localdate()),
        "sentences": [(role.label, ROLES[role].sentence) for role in Role if role is not Role.UNIT_LEADER],
        "form": PersonForm(instance=found),
        "role_form": RoleForm(prefix="role"),
        "absence_form": AbsenceForm(prefix="away"),
    } | forms


@login_required
@never_cache
@require_POST
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = administrator(request), get_object_or_404(Person, pk=pk)
    form = RoleForm(request.POST, prefix="role")
    return answer(
        request,
        form,
        lambda: assign_role(
            found, role=form.cleaned_data["role"], unit=form.cleaned_data["unit"], by=by, now=timezone.now()
        ),
        template="organisation/administration/person.html",
        context=lambda: _about(found, role_form=form) | {"has_errors": True},
        done=_("The role is given."),
        to=reverse("organisation:person", args=[pk]) + "#roles",
    )


@login_required
@require_POST
def take_role(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    by, found = administrator(request), get_object_or_404(Person, pk=pk)
    assignment = found.role_assignments.filter(pk=role).first()
    if assignment is None:
        raise Http404
    return do(
        request,
        lambda: remove_role(assignment, by=by, now=timezone.now()),
        done=_("The role is taken back."),
        to=reverse("organisation:person", args=[pk]),
    )


@login_required
@never_cache
@require_POST
def write_absence(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = administrator(request), get_object_or_404(Person, pk=pk)
    form = AbsenceForm(request.POST, prefix="away")
    return answer(
        request,
        form,
        lambda: register_absence(found, **form.cleaned_data, by=by),
        template="organisation/administration/person.html",
        context=lambda: _about(found, absence_form=form) | {"has_errors": True},
        done=_("The absence is written down."),
        to=reverse("organisation:person", args=[pk]) + "#away",
    )


@login_required
@require_POST
def take_back_absence(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    by, found = administrator(request), get_object_or_404(Person, pk=pk)
    row = found.absences.filter(pk=absence).first()
    if row is None:
        raise Http404
    return do(
        request,
        lambda: remove_absence(row, by=by),
        done=_("The absence is taken back."),
        to=reverse("organisation:person", args=[pk]),
    )


@login_required
@require_POST
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    administrator(request)
    found = get_object_or_404(Person, pk=pk, is_active=True)
    _send_link(request, found)
    return redirect("organisation:person", pk=pk)


def _send_link(request: HttpRequest, person: Person) -> None:
    """Send the mail of «Forgotten the password?», in the person's language, and say whether it went."""
    form = ResetPasswordForm({"email": person.email})
    with override(person.language):
        sent = form.is_valid()
        try:
            form.save(request)
        except (OSError, SMTPException) as error:
            logger.warning("The mail with a password link could not be sent: %s", type(error).__name__)
            sent = False
    if sent:
        messages.success(request, _("A link to choose a password is sent to %(email)s.") % {"email": person.email})
    else:
        messages.error(request, _("The mail could not be sent now. Try again in a while."))
