"""What somebody sees and changes of their own signing in: password, second step, where they are signed in."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from organisation.actions.sign_ins import end_sessions
from organisation.models import Person
from organisation.models.sign_ins import STRONG
from organisation.queries import needs_second_step
from organisation.sessions import ABOUT
from organisation.views.answering import do
from organisation.where_signed_in import latest_sign_ins, second_step_of, sessions_of


@login_required
@never_cache
@require_safe
def my_sign_in(request: HttpRequest) -> HttpResponse:
    """Show how one signs in, and where one is signed in."""
    person = cast(Person, request.user)
    step = second_step_of(person)
    by_provider = request.session.get(ABOUT, {}).get("way") == "provider"
    context = {
        "section": "sign_in",
        "step": step,
        "sessions": sessions_of(person, now=timezone.now()),
        "this": request.session.session_key,
        "sign_ins": latest_sign_ins(person),
        "has_password": person.has_usable_password(),
        "by_provider": by_provider,
        "demanded": settings.SECOND_STEP_DEMANDED and needs_second_step(person),
        "is_strong": request.session.get(ABOUT, {}).get("way") in STRONG,
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "hours": settings.SESSION_HOURS,
    }
    return render(request, "account/my_sign_in.html", context)


@login_required
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this."""
    person = cast(Person, request.user)
    chosen = request.POST.get("session", "")
    only = [chosen] if chosen else None
    return do(
        request,
        lambda: end_sessions(person, by=person, keep=request.session.session_key, only=only, now=timezone.now()),
        done=_("That session is ended.") if chosen else _("You are signed out everywhere else."),
        to=reverse("mfa_index") + "#sessions",
    )
