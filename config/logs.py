"""What is written down: one line an event, with the request or the task it belongs to, and never a secret of an address.

Lines are plain, or JSON with LOG_FORMAT=json. A request is known by an id: the proxy's, where it sends a sound one, else a
new one; the answer carries it as X-Request-ID.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponseBase
from pythonjsonlogger.json import JsonFormatter

REQUEST_ID = "X-Request-ID"
_SOUND = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")
_trace: ContextVar[tuple[str, str]] = ContextVar("trace", default=("", ""))

_SECRETS = re.compile(
    r"(?P<before>/card/|/kiosk/|/password/reset/key/|/confirm-email/)(?P<secret>[^/\s?\"']+)"
    r"|(?P<query>[?&](?:code|token|key|secret|state)=)[^&\s\"']+"
    r"|[\w=-]{8,}:[\w=-]{4,}:[\w-]{20,}"
)
"""What opens something for whoever reads it: a private page, a tablet's errand, links in mails, signed words."""


def without_secrets(text: str) -> str:
    """Return `text` with what opens something put as «…»."""
    return _SECRETS.sub(lambda found: f"{found['before'] or found['query'] or ''}…", text)


def current_request() -> str:
    """The id of the request that is being answered, else nothing."""
    return _current.get()


def current_trace() -> str:
    """The id of the trace that this belongs to, where traces are kept (config.watching)."""
    return _trace.get()[0]


def current_parent() -> str:
    """What is handed on to whatever this sets off, so that it belongs to the same trace (W3C traceparent)."""
    return _trace.get()[1]


@contextmanager
def in_trace(trace: str, parent: str) -> Iterator[None]:
    """Have what is written down bear the trace's id."""
    token = _trace.set((trace, parent))
    try:
        yield
    finally:
        _trace.reset(token)


class RequestIdMiddleware:
    """Gives each request an id, for its lines and for the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(REQUEST_ID, "")
        mark = given if _SOUND.fullmatch(given) else uuid.uuid4().hex
        token = _current.set(mark)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[REQUEST_ID] = mark
        return response


class OfRequest(logging.Filter):
    """Adds `request_id` and `task` to each line, and takes secrets out of its words."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(record, "request_id", "") or _of_request(record) or _current.get()
        record.task, record.trace_id = _of_task(), current_trace()
        record.msg, record.args = without_secrets(record.getMessage()), None
        return True


def _of_request(record: logging.LogRecord) -> str:
    # Django writes an answer of 4xx down after our middleware has let go of the id; the request has it still.
    request = getattr(record, "request", None)
    return str(request.headers.get(REQUEST_ID, "")) if isinstance(request, HttpRequest) else ""


def _of_task() -> str:
    from celery import current_task

    return str(current_task.request.id or "") if current_task else ""


class Json(JsonFormatter):
    """One object a line: time (UTC), level, logger, message, and where there is one the request's, task's or trace's id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        fields = "{asctime}{levelname}{name}{message}{request_id}{task}{trace_id}"
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        super().__init__(fields, style="{", rename_fields=names, json_ensure_ascii=False)
        self.default_msec_format = "%s.%03dZ"
        self.converter = _utc
        self.datefmt = None

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Leave out what is empty, and what libraries hang on a line beside its words."""
        known = ("time", "level", "logger", "message", "request_id", "task", "trace_id", "exc_info")
        kept = {name: log_data[name] for name in known if log_data.get(name)}
        if "exc_info" in kept:
            kept["exc_info"] = without_secrets(str(kept["exc_info"]))
        return kept


class Plain(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def _utc(seconds: float | None) -> Any:
    import time

    return time.gmtime(seconds)


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Return Django's LOGGING. Raises ImproperlyConfigured where `form` is neither «plain» nor «json»."""
    if form not in ("plain", "json"):
        raise ImproperlyConfigured(f"LOG_FORMAT is plain or json, not «{form}».")
    plain = {"()": "config.logs.Plain", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"of_request": {"()": "config.logs.OfRequest"}},
        "formatters": {"plain": plain, "json": {"()": "config.logs.Json"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["of_request"]}},
        "root": {"handlers": ["stderr"], "level": level},
    }
