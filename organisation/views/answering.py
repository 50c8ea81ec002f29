"""What every page with a form does: shown, sent, refused with the sentence at its field, or done and on to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from organisation.errors import NotAllowed, Refused


def show_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Add the refusal's sentence to the form, at its field if the form has it.

    An action's moment («held_at») is a day and a time on a form («held_on», «held_time»): the sentence stands at the day.
    """
    names = (refusal.field, refusal.field.removesuffix("_at") + "_on")
    form.add_error(next((name for name in names if name in form.fields), None), str(refusal))


def answer(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[], object],
    *,
    template: str,
    context: Callable[[], dict[str, Any]],
    done: str,
    to: str,
) -> HttpResponse:
    """Show `form`; where it was sent and is sound, `act`, say `done` and go to the address `to`.

    What is refused comes back with 422 and all that was typed. `context` is read only for a page that is shown.
    """
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                act()
            except Refused as refusal:
                show_refusal(form, refusal)
                status = 403 if isinstance(refusal, NotAllowed) else 422
            else:
                messages.success(request, done)
                return redirect(to)
    return render(request, template, {"section": "administration", "form": form} | context(), status=status)


def do(request: HttpRequest, act: Callable[[], object], *, done: str, to: str) -> HttpResponse:
    """Do what one button asks for, and go to the address `to` with what became of it: said, unless `done` is empty."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)
    return redirect(to)
