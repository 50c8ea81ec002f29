"""Keys for other systems: seen, made, shown once, taken back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.actions.api_keys import NewKey, create_api_key, revoke_api_key
from organisation.forms.api_keys import ApiKeyForm
from organisation.models import ApiKey
from organisation.overview import api_keys as keys_of_all
from organisation.views.access import administrator
from organisation.views.answering import answer, do


@login_required
@never_cache
@require_safe
def api_keys(request: HttpRequest) -> HttpResponse:
    """Show every key: whose it is, what it may, when it was used."""
    administrator(request)
    context = {"section": "administration", "keys": keys_of_all(), "today": timezone.localdate()}
    return render(request, "organisation/administration/api_keys.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_api_key(request: HttpRequest) -> HttpResponse:
    """Make a key. The answer to the form is the one page that ever shows it."""
    by = administrator(request)
    form = ApiKeyForm(request.POST or None)
    made: list[NewKey] = []
    response = answer(
        request,
        form,
        lambda: made.append(create_api_key(**form.cleaned_data, today=timezone.localdate(), by=by, now=timezone.now())),
        template="organisation/administration/new_api_key.html",
        context=dict,
        done="",
        to=reverse("organisation:api_keys"),
    )
    if not made:
        return response
    if not made[0].secret:  # a client of the identity provider: there is nothing to copy
        messages.success(request, _("%(system)s is let in with its tokens.") % {"system": made[0].key.name})
        return redirect("organisation:api_keys")
    context = {"section": "administration", "key": made[0].key, "secret": made[0].secret}
    return render(request, "organisation/administration/api_key_made.html", context, status=201)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a key back."""
    by = administrator(request)
    key = get_object_or_404(ApiKey, pk=pk)
    return do(
        request,
        lambda: revoke_api_key(key, by=by, now=timezone.now()),
        done=_("The key for %(system)s is taken back.") % {"system": key.name},
        to=reverse("organisation:api_keys"),
    )
