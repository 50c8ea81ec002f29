"""The administrator's page on somebody's signing in, and what the provider's roles are here."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.actions.provider_roles import add_provider_role, remove_provider_role
from organisation.actions.sign_ins import end_sessions, remove_second_step
from organisation.forms.provider_roles import ProviderRoleForm
from organisation.models import Person, ProviderRole
from organisation.views.access import administrator
from organisation.views.answering import answer, do
from organisation.where_signed_in import latest_sign_ins, second_step_of, sessions_of


@login_required
@never_cache
@require_safe
def sign_ins(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where somebody is signed in, how they came in, and whether they have a second step."""
    by = administrator(request)
    person = get_object_or_404(Person, pk=pk)
    context = {
        "section": "administration",
        "person": person,
        "is_self": by.pk == person.pk,
        "step": second_step_of(person),
        "sessions": sessions_of(person, now=timezone.now()),
        "sign_ins": latest_sign_ins(person),
        "months": settings.SIGN_IN_LOG_MONTHS,
    }
    return render(request, "organisation/administration/sign_ins.html", context)


@login_required
@require_POST
def end_all(request: HttpRequest, pk: int) -> HttpResponse:
    by, person = administrator(request), get_object_or_404(Person, pk=pk)
    keep = request.session.session_key if by.pk == person.pk else None
    return do(
        request,
        lambda: end_sessions(person, by=by, keep=keep, now=timezone.now()),
        done=_("%(person)s is signed out everywhere.") % {"person": person.name},
        to=reverse("organisation:sign_ins", args=[pk]),
    )


@login_required
@require_POST
def take_second_step(request: HttpRequest, pk: int) -> HttpResponse:
    by, person = administrator(request), get_object_or_404(Person, pk=pk)
    return do(
        request,
        lambda: remove_second_step(person, by=by, now=timezone.now()),
        done=_("The second step is taken away. %(person)s can set up a new one.") % {"person": person.name},
        to=reverse("organisation:sign_ins", args=[pk]),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def provider_roles(request: HttpRequest) -> HttpResponse:
    """Show and add to what the identity provider's roles are here."""
    by = administrator(request)
    form = ProviderRoleForm(request.POST or None)
    return answer(
        request,
        form,
        lambda: add_provider_role(**form.cleaned_data, by=by, now=timezone.now()),
        template="organisation/administration/provider_roles.html",
        context=lambda: {
            "rows": ProviderRole.objects.select_related("unit"),
            "issuer": settings.OIDC_ISSUER,
            "claim": settings.OIDC_ROLE_CLAIM,
            "makes_logins": settings.OIDC_MAKES_LOGINS,
            "back": settings.SITE_URL + reverse("provider_callback"),
            "logout": settings.SITE_URL + reverse("provider_logout"),
            "has_errors": bool(form.errors),
        },
        done=_("Added. It holds from each person's next sign-in."),
        to=reverse("organisation:provider_roles"),
    )


@login_required
@require_POST
def remove_role(request: HttpRequest, pk: int) -> HttpResponse:
    by, row = administrator(request), get_object_or_404(ProviderRole, pk=pk)
    return do(
        request,
        lambda: remove_provider_role(row, by=by, now=timezone.now()),
        done=_("Removed. It holds from each person's next sign-in."),
        to=reverse("organisation:provider_roles"),
    )
