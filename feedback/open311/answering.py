"""How every address of the door answers: in XML or JSON by its ending, errors as the specification wants them, whatever
went wrong and wherever. `config.handlers` calls `error_at` for what no view answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from feedback.georeport.writing import CONTENT_TYPES, Answer, errors
from organisation.errors import NotAllowed, Refused
from organisation.queries import NotSetUp

PATH = "/open311/"
READING, WRITING = ("GET", "HEAD"), ("POST",)

UNKNOWN = gettext_lazy("There is nothing at this address.")
UNREADABLE = gettext_lazy("The request cannot be read.")
SERVER_ERROR = gettext_lazy("Something went wrong with us. It has been written down; try again later.")


class Fault(Exception):
    """What is wrong with a request: an HTTP status, and a sentence for each thing."""

    def __init__(self, status: int, *sentences: object) -> None:
        self.status, self.sentences = status, [str(sentence) for sentence in sentences]
        super().__init__(status)


class Told(NamedTuple):
    """An answer and its headers."""

    answer: Answer
    headers: Mapping[str, str] = {}


def form_of(path: str) -> str:
    """Return which form the address asks for: its ending alone decides, and XML is the one that all must have."""
    return "json" if path.endswith(".json") else "xml"


def respond(form: str, answer: Answer, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(answer.written(form), status=status, content_type=CONTENT_TYPES[form], headers=headers)


def error_at(path: str, status: int, *sentences: object) -> HttpResponse:
    """Return the error that is answered at an address: one entry for each sentence."""
    return respond(form_of(path), errors(*((status, str(sentence)) for sentence in sentences)), status=status)


def readable_elsewhere(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let other sites' pages read what was asked for: whoever may read is told by the answer, for no cookie counts here."""
    if request.method in READING:
        response["Access-Control-Allow-Origin"] = "*"
    return response


def door(**views: Callable[..., Told]) -> Callable[..., HttpResponse]:
    """Make one address of its views by method (`get`, `post`). Anything else is 405; HEAD is answered as GET."""
    by_method = {name.upper(): view for name, view in views.items()}

    @csrf_exempt
    @never_cache
    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = kwargs.pop("form")
        view = by_method.get("GET" if request.method == "HEAD" else request.method or "")
        if view is None:
            response = error_at(request.path, 405, _("That cannot be done at this address."))
            response["Allow"] = ", ".join([*by_method, *(["HEAD"] if "GET" in by_method else [])])
        else:
            try:
                told = view(request, **kwargs)
                response = respond(form, told.answer, headers=told.headers)
            except Fault as fault:
                response = error_at(request.path, fault.status, *fault.sentences)
            except Refused as refusal:
                response = error_at(request.path, 403 if isinstance(refusal, NotAllowed) else 400, refusal)
            except NotSetUp:
                response = error_at(request.path, 503, _("This municipality is not set up yet."))
            except (SuspiciousOperation, BadRequest, MultiPartParserError):
                response = error_at(request.path, 400, UNREADABLE)
        return readable_elsewhere(request, response)

    return wraps(next(iter(views.values())))(opened)
