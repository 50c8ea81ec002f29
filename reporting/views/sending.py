"""What a page with several forms does when one of them is sent."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from organisation.errors import Refused
from organisation.views.answering import show_refusal


def sent(
    request: HttpRequest,
    form: BaseForm,
    act: Callable[[], object],
    again: Callable[[], HttpResponse],
    *,
    done: str,
    to: str,
) -> HttpResponse:
    """Where `form` is sound, `act`, say `done` and go to the address `to`; where it is not or is refused, show the page
    `again` with all that was typed."""
    if form.is_valid():
        try:
            act()
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, done)
            return redirect(to)
    return again()
