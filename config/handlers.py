"""What is answered when no view did: problem details below `/api/`, GeoReport's errors below `/open311/`, pages elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.views import defaults

from feedback.api.problems import NOT_FOUND, SERVER_ERROR, TITLES, UNAVAILABLE, problem_response
from feedback.open311 import answering as open311

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API):
        return problem_response(request, "bad_request", 400, TITLES[400])
    if request.path.startswith(open311.PATH):
        return open311.error_at(request.path, 400, open311.UNREADABLE)
    return defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API):
        return problem_response(request, "not_allowed", 403, TITLES[403])
    if request.path.startswith(open311.PATH):
        return open311.error_at(request.path, 403, TITLES[403])
    return _page(defaults.permission_denied, request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API):
        return problem_response(request, "not_found", 404, NOT_FOUND)
    if request.path.startswith(open311.PATH):
        return open311.error_at(request.path, 404, open311.UNKNOWN)
    return _page(defaults.page_not_found, request, exception)


def _page(
    view: Callable[[HttpRequest, Exception], HttpResponseBase], request: HttpRequest, exception: Exception
) -> HttpResponseBase:
    """Answer with the page; 400 where the body, which first Django's look at the page's form token reads, cannot be read."""
    try:
        return view(request, exception)
    except (SuspiciousOperation, MultiPartParserError) as unreadable:
        request.POST = QueryDict()
        return defaults.bad_request(request, unreadable)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django has written the error down before it comes here."""
    is_away = isinstance(sys.exception(), (OperationalError, InterfaceError))
    if request.path.startswith(API):
        if is_away:
            return problem_response(request, "unavailable", 503, UNAVAILABLE, headers={"Retry-After": "60"})
        return problem_response(request, "server_error", 500, SERVER_ERROR)
    if request.path.startswith(open311.PATH):
        return open311.error_at(request.path, 503 if is_away else 500, UNAVAILABLE if is_away else open311.SERVER_ERROR)
    response = defaults.server_error(request)
    if is_away:
        response.status_code, response["Retry-After"] = 503, "60"
    return response
