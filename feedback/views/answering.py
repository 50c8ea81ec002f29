"""The page behind a link of the weekly list's mail: one entry, and the box that says why it is late. Without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from feedback.actions.explaining import LinkUsed, explain_by_link
from feedback.answer_links import AnswerLink, LinkState, link_of, standing_of
from feedback.errors import Refused
from feedback.forms.answering import AnswerForm
from feedback.views.limits import say_wait, seconds_over, seconds_to_wait, too_often
from feedback.views.refusals import show_refusal
from organisation.models import Municipality

STATUS = {LinkState.OPEN: 200, LinkState.ANSWERED: 200, LinkState.DONE: 200}
"""Of the page by how the link stands; a link that shows nothing is gone (410)."""


class Answering(SimpleRateThrottle):
    """What one address writes by links. A whole list has a hundred."""

    rate = "200/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"answer:{self.get_ident(request)}"


class WrongLinks(SimpleRateThrottle):
    """Links that were not made here: nobody comes by a hundred of them."""

    rate = "30/hour"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"answer-wrong:{self.get_ident(request)}"


# Who holds the link may write, and nobody else's cookie counts for anything: there is no session to borrow, and the mail's
# address is to be sent to nobody, which Django's own check could not do without.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the entry and take the answer. Looking at it changes nothing: mail servers look at links too."""
    response = _answer(request, token)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    if seconds := seconds_over(request, WrongLinks):
        return too_often(_show(request, None, None), seconds)
    link = link_of(token)
    if link is None:
        seconds_to_wait(request, WrongLinks)
        return _show(request, None, None)
    now = timezone.now()
    state = standing_of(link, now)
    if request.method != "POST" or state != LinkState.OPEN:
        return _show(request, link, state, AnswerForm() if state == LinkState.OPEN else None)
    form = AnswerForm(request.POST)
    if seconds := seconds_to_wait(request, Answering):
        here: Municipality = request.municipality  # type: ignore[attr-defined]
        form.is_valid()
        say_wait(form, seconds, here)
        return too_often(_show(request, link, state, form), seconds)
    if form.is_valid():
        try:
            explain_by_link(link, reason=form.cleaned_data["reason"], now=now)
        except LinkUsed:
            return redirect("feedback:answer", token)
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("feedback:answer", token)
    return _show(request, link, state, form, status=422)


def _show(
    request: HttpRequest,
    link: AnswerLink | None,
    state: LinkState | None,
    form: AnswerForm | None = None,
    *,
    status: int = 0,
) -> HttpResponse:
    status = status or (404 if state is None else STATUS.get(state, 410))
    context = {
        "link": link,
        "state": state.value if state else "unknown",
        "entry": link.entry if link and status != 410 else None,
        "form": form,
        "has_errors": bool(form and form.errors),
    }
    return render(request, "feedback/overdue/answer.html", context, status=status)
