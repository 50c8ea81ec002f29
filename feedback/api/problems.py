"""What the API answers when it cannot do what was asked: problem details by RFC 9457, one shape for all.

    {"type": "urn:innspill:problem:invalid", "title": "…", "status": 400, "detail": "…", "code": "invalid",
     "instance": "/api/v1/cards/", "errors": [{"field": "submitter.email", "code": "invalid", "detail": "…"}]}

`title` and `detail` are in the caller's language (Accept-Language), `code` is for machines and never changes. Below
`/api/` nothing else is ever sent, whatever went wrong and wherever: `config.handlers` calls `problem` too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from feedback.actions.sending_once import KeyUsedBefore
from feedback.actions.storing import NoRoom
from feedback.errors import ChangedMeanwhile, WrongState
from organisation.errors import NotAllowed, Refused
from organisation.queries import NotSetUp

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

TITLES = {
    400: _("The request cannot be used as it is"),
    401: _("Sign in first"),
    403: _("You are not allowed to do that"),
    404: _("It is not here"),
    405: _("That cannot be done here"),
    406: _("The answer cannot be given in that form"),
    409: _("That is not possible as things stand"),
    410: _("It is no longer here"),
    412: _("It was changed meanwhile"),
    413: _("The request is too large"),
    415: _("The request is not in a form that is understood here"),
    422: _("The request cannot be used as it is"),
    429: _("Too many requests"),
    500: _("Something went wrong with us"),
    503: _("Not available just now"),
}

NOT_FOUND = _("There is nothing here, or you may not see it. Addresses here end in a slash.")
TOO_LARGE = _("The request is larger than %(limit)s bytes.")
SERVER_ERROR = _("Something went wrong with us. It has been written down; try again later.")
UNAVAILABLE = _("A part of the service does not answer just now. Try again in a minute.")


class PreconditionFailed(exceptions.APIException):
    """If-Match names another state of the card than the present one."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"
    default_detail = ChangedMeanwhile.message


def problem(
    code: str,
    status_code: int,
    detail: object,
    *,
    instance: str = "",
    errors: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return the body of a problem. `errors` name what is wrong with single fields: field, code, detail."""
    body: dict[str, Any] = {
        "type": f"urn:innspill:problem:{code}",
        "title": str(TITLES.get(status_code, TITLES[400])),
        "status": status_code,
        "detail": _sayable(detail),
        "code": code,
        "instance": instance,
    }
    if errors:
        body["errors"] = [{name: _sayable(value) for name, value in error.items()} for error in errors]
    return body


def problem_response(
    request: HttpRequest, code: str, status_code: int, detail: object, *, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a problem as a whole answer, where no view of the framework gives it."""
    return JsonResponse(
        problem(code, status_code, detail, instance=request.path), status=status_code, content_type=CONTENT_TYPE,
        headers={"Content-Language": get_language() or "", **(headers or {})}, json_dumps_params={"ensure_ascii": False},
    )  # fmt: skip


def _sayable(text: object) -> str:
    """The text as it can be sent: a client's own words may hold half of a surrogate pair, which is no UTF-8."""
    return str(text).encode(errors="backslashreplace").decode()


def handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn what a view raised into a problem (REST_FRAMEWORK's EXCEPTION_HANDLER).

    What nobody foresaw is left to Django, which writes it down and asks `config.handlers` for the answer.
    """
    headers: dict[str, str] = {}
    found: Found
    if isinstance(error, (OperationalError, InterfaceError, redis.RedisError)):
        logger.error("A part does not answer: %s", type(error).__name__, exc_info=error)
        headers["Retry-After"] = "60"
        found = "unavailable", 503, UNAVAILABLE, []
    elif isinstance(error, NotSetUp):
        found = "not_set_up", 503, _("This municipality is not set up yet."), []
    elif isinstance(error, NoRoom):
        headers["Retry-After"] = "300"
        found = error.code, 503, error, []
    elif isinstance(error, Refused):
        found = _refused(error)
    elif isinstance(error, RequestDataTooBig):
        found = "too_large", 413, TOO_LARGE % {"limit": settings.DATA_UPLOAD_MAX_MEMORY_SIZE}, []
    elif isinstance(error, Http404):
        found = "not_found", 404, NOT_FOUND, []
    elif isinstance(error, PermissionDenied):
        found = "not_allowed", 403, TITLES[403], []
    elif isinstance(error, exceptions.APIException):
        found = _from_framework(error)
        if header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = header
            if why := getattr(error, "why", ""):
                said = "".join(sign for sign in why if sign.isascii() and sign.isprintable() and sign not in '"\\')
                headers["WWW-Authenticate"] += f', error="invalid_token", error_description="{said[:200]}"'
        if (wait := getattr(error, "wait", None)) is not None:
            headers["Retry-After"] = str(int(wait) + 1)
    else:
        return None
    code, status_code, detail, errors = found
    headers["Content-Language"] = get_language() or ""
    body = problem(code, status_code, detail, instance=context["request"].path, errors=errors)
    return Response(body, status_code, headers=headers, content_type=CONTENT_TYPE)


Found = tuple[str, int, object, list[dict[str, str]]]


def _refused(error: Refused) -> Found:
    if isinstance(error, NotAllowed):
        return error.code, 403, error, []
    if isinstance(error, KeyUsedBefore):
        return error.code, 422, error, []
    if isinstance(error, (WrongState, ChangedMeanwhile)) or not error.field:
        return error.code, 409, error, []
    return error.code, 400, error, [{"field": error.field, "code": error.code, "detail": str(error)}]


def _from_framework(error: exceptions.APIException) -> Found:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flat(error.detail))
        detail = (
            errors[0]["detail"] if len(errors) == 1 else _("%(number)s things are wrong.") % {"number": len(errors)}
        )
        return "invalid", error.status_code, detail, errors
    code = error.get_codes()
    return code if isinstance(code, str) else "invalid", error.status_code, error.detail, []


def _flat(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Yield one error each from REST framework's tree of them. What concerns no single field has an empty `field`."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            if name == api_settings.NON_FIELD_ERRORS_KEY:
                yield from _flat(below, path)
            else:
                # Of a list of objects the framework counts from 0, and people from 1, as they do lines.
                called = name + 1 if isinstance(name, int) else name
                yield from _flat(below, f"{path}.{called}" if path else str(called))
    elif isinstance(detail, list):
        for below in detail:
            yield from _flat(below, path)
    else:
        yield {"field": path, "code": getattr(detail, "code", "") or "invalid", "detail": str(detail)}
