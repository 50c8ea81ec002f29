"""People: found, let in, their roles and days away, and the link by which they choose a password."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from smtplib import SMTPException
from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
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
from organisation.models import Absence, Person, RoleAssignment
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
    return _with_form(
        request,
        found,
        {"form": form},
        lambda: change_person(found, **form.cleaned_data, by=by, now=timezone.now()),
        done=_("Saved."),
    )


def _about(found: Person, forms: Mapping[str, BaseForm]) -> dict[str, Any]:
    return {
        "person": found,
        "held": roles_held(found),
        "can_sign_in": found.has_usable_password(),
        "absences": found.absences.filter(last_on__gte=timezone.localdate()),
        "sentences": [(role.label, ROLES[role].sentence) for role in Role if role is not Role.UNIT_LEADER],
        "form": PersonForm(instance=found),
        "role_form": RoleForm(prefix="role"),
        "absence_form": AbsenceForm(prefix="away"),
        "has_errors": any(form.errors for form in forms.values()),
        **forms,
    }


def _with_form(
    request: HttpRequest,
    found: Person,
    sent: Mapping[str, BaseForm],
    act: Callable[[], object],
    *,
    done: str,
    part: str = "",
) -> HttpResponse:
    """Answer one of the person's page's forms, `sent` by its name there: the page again where something is wrong, else
    back to `part` of it."""
    [form] = sent.values()
    return answer(
        request,
        form,
        act,
        template="organisation/administration/person.html",
        context=lambda: _about(found, sent),
        done=done,
        to=reverse("organisation:person", args=[found.pk]) + part,
    )


@login_required
@never_cache
@require_POST
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = administrator(request), get_object_or_404(Person, pk=pk)
    form = RoleForm(request.POST, prefix="role")
    return _with_form(
        request,
        found,
        {"role_form": form},
        lambda: assign_role(found, **form.cleaned_data, by=by, now=timezone.now()),
        done=_("The role is given."),
        part="#roles",
    )


@login_required
@never_cache
@require_POST
def write_absence(request: HttpRequest, pk: int) -> HttpResponse:
    by, found = administrator(request), get_object_or_404(Person, pk=pk)
    form = AbsenceForm(request.POST, prefix="away")
    return _with_form(
        request,
        found,
        {"absence_form": form},
        lambda: register_absence(found, **form.cleaned_data, by=by),
        done=_("The absence is written down."),
        part="#away",
    )


@login_required
@require_POST
def take_role(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    by, held = administrator(request), get_object_or_404(RoleAssignment, person=pk, pk=role)
    return do(
        request,
        lambda: remove_role(held, by=by, now=timezone.now()),
        done=_("The role is taken back."),
        to=reverse("organisation:person", args=[pk]),
    )


@login_required
@require_POST
def take_back_absence(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    by, away = administrator(request), get_object_or_404(Absence, person=pk, pk=absence)
    return do(
        request,
        lambda: remove_absence(away, by=by),
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
