"""Webhooks: seen, registered, changed, tried, switched off and on, and sent again what did not get through."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.actions import webhooks as actions
from organisation.errors import Refused
from organisation.forms.webhooks import ReplayForm, WebhookForm, written
from organisation.models import Person, WebhookDelivery, WebhookEndpoint
from organisation.permissions import Permission
from organisation.views.access import person_who_may
from organisation.views.answering import answer, do, show_refusal
from organisation.webhook_reads import deliveries, delivery_called, page_of, webhook_called
from organisation.webhook_reads import webhooks as all_webhooks

FOLDER = "organisation/administration/webhooks"


def _keeper(request: HttpRequest) -> Person:
    return person_who_may(request, Permission.MANAGE_WEBHOOKS)


def _called(key: UUID) -> WebhookEndpoint:
    found = webhook_called(key)
    if found is None:
        raise Http404
    return found


def _page(endpoint: WebhookEndpoint) -> str:
    return reverse("organisation:webhook", args=[endpoint.key])


@login_required
@never_cache
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """Show every address: what it is told of, and whether it takes it."""
    _keeper(request)
    rows: list[Any] = list(all_webhooks())
    given_up = sum(row.given_up for row in rows)
    context = {"section": "administration", "webhooks": rows, "given_up": given_up}
    return render(request, f"{FOLDER}/webhooks.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Register an address. The answer to the form is the one page that ever shows its secret."""
    by = _keeper(request)
    form = WebhookForm(request.POST or None, initial={"owner": by})
    made: list[actions.NewSecret] = []
    response = answer(
        request,
        form,
        lambda: made.append(actions.create_webhook(**form.cleaned_data, by=by, now=timezone.now())),
        template=f"{FOLDER}/new.html",
        context=dict,
        done="",
        to=reverse("organisation:webhooks"),
    )
    return _secret(request, made[0], is_new=True) if made else response


def _secret(request: HttpRequest, made: actions.NewSecret, *, is_new: bool) -> HttpResponse:
    context = {"section": "administration", "webhook": made.endpoint, "secret": made.secret, "is_new": is_new}
    return render(request, f"{FOLDER}/secret.html", context, status=201)


@login_required
@never_cache
@require_safe
def webhook(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show one address with what it was told last."""
    _keeper(request)
    return _shown(request, _called(key), ReplayForm())


def _shown(request: HttpRequest, endpoint: WebhookEndpoint, form: ReplayForm, status: int = 200) -> HttpResponse:
    rows, after = page_of(deliveries(endpoint), before=request.GET.get("before", ""))
    under_way = any(row.status == WebhookDelivery.Status.SENDING or row.is_due(timezone.now()) for row in rows)
    context = {
        "section": "administration", "webhook": endpoint, "deliveries": rows, "after": after, "form": form,
        "under_way": under_way and endpoint.off_since is None,
    }  # fmt: skip
    return render(request, f"{FOLDER}/webhook.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change where it is and what it is told of."""
    by, endpoint = _keeper(request), _called(key)
    form = WebhookForm(request.POST or None, initial=written(endpoint))
    return answer(
        request,
        form,
        lambda: actions.change_webhook(endpoint, form.cleaned_data, by=by, now=timezone.now()),
        template=f"{FOLDER}/change.html",
        context=lambda: {"webhook": endpoint},
        done=_("Saved."),
        to=_page(endpoint),
    )


@login_required
@require_POST
def test(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send it an event of no card."""
    by, endpoint = _keeper(request), _called(key)
    return do(
        request,
        lambda: actions.send_test(endpoint, by=by, now=timezone.now()),
        done=_("The test is on its way. Below stands what becomes of it."),
        to=_page(endpoint),
    )


@login_required
@require_POST
def switch(request: HttpRequest, key: UUID) -> HttpResponse:
    """Switch it on (`on`) or off."""
    by, endpoint = _keeper(request), _called(key)
    on = request.POST.get("on") == "1"
    act = actions.turn_on if on else actions.turn_off
    done = _("It is switched on, and is told of what happens from now on.") if on else _("It is switched off.")
    return do(request, lambda: act(endpoint, by=by, now=timezone.now()), done=done, to=_page(endpoint))


@login_required
@never_cache
@require_POST
def secret(request: HttpRequest, key: UUID) -> HttpResponse:
    """Make a new secret, and show it this once. `at_once` ends the former one."""
    by, endpoint = _keeper(request), _called(key)
    made = actions.change_secret(endpoint, at_once=request.POST.get("at_once") == "1", by=by, now=timezone.now())
    return _secret(request, made, is_new=False)


@login_required
@require_POST
def remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Forget it with all that it was told."""
    by, endpoint = _keeper(request), _called(key)
    return do(
        request,
        lambda: actions.remove_webhook(endpoint, by=by, now=timezone.now()),
        done=_("The webhook is removed."),
        to=reverse("organisation:webhooks"),
    )


@login_required
@require_POST
def replay_since(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send again all that was given up since a local day. What cannot be comes back with what was typed."""
    by, endpoint = _keeper(request), _called(key)
    form = ReplayForm(request.POST)
    if form.is_valid():
        zone = request.municipality.zone  # type: ignore[attr-defined]
        since = datetime.combine(form.cleaned_data["since"], time.min, zone)
        try:
            number = actions.replay_since(endpoint, since=since, by=by, now=timezone.now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            words = ngettext("%(number)s is sent again.", "%(number)s are sent again.", number)
            messages.success(request, words % {"number": number})
            return redirect(_page(endpoint))
    return _shown(request, endpoint, form, status=422)


@login_required
@require_POST
def replay(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send one delivery again."""
    by, delivery = _keeper(request), delivery_called(key)
    if delivery is None:
        raise Http404
    back = reverse("organisation:given_up") if request.POST.get("back") == "given-up" else _page(delivery.endpoint)
    return do(
        request,
        lambda: actions.replay(delivery, by=by, now=timezone.now()),
        done=_("It is sent again."),
        to=back,
    )


@login_required
@never_cache
@require_safe
def given_up(request: HttpRequest) -> HttpResponse:
    """Show what no try got through, of all addresses, the latest first."""
    _keeper(request)
    found = deliveries(status=WebhookDelivery.Status.FAILED)
    rows, after = page_of(found, before=request.GET.get("before", ""))
    context = {"section": "administration", "deliveries": rows, "after": after}
    return render(request, f"{FOLDER}/given_up.html", context)
