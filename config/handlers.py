"""What is answered when no view did: problem details below `/api/`, pages elsewhere."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

from feedback.api.problems import NOT_FOUND, SERVER_ERROR, TITLES, UNAVAILABLE, problem_response

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API):
        return problem_response(request, "bad_request", 400, TITLES[400])
    return defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API):
        return problem_response(request, "not_allowed", 403, TITLES[403])
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if request.path.startswith(API):
        return problem_response(request, "not_found", 404, NOT_FOUND)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django has written the error down before it comes here."""
    if request.path.startswith(API):
        if isinstance(sys.exception(), (OperationalError, InterfaceError)):
            return problem_response(request, "unavailable", 503, UNAVAILABLE, headers={"Retry-After": "60"})
        return problem_response(request, "server_error", 500, SERVER_ERROR)
    return defaults.server_error(request)
