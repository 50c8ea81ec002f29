"""Traces (OpenTelemetry) and faults (Sentry), where somebody asks for them by a setting; else nothing of theirs is loaded.

What is told is chosen, not scrubbed: names of routes, tasks and exceptions, lines of code, times, and ids of requests. No
exception's words (the database quotes values in them), no address, no header, no body, no variable, nobody's name.
Both libraries begin with the first that there is to tell, in the process that tells it: web servers and workers fork.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from celery.signals import before_task_publish, task_failure, task_postrun, task_prerun, worker_process_shutdown
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponseBase

from config import logs

PARENT = "traceparent"
"""The header of a request and of a task that tells to which trace it belongs (W3C)."""


def connect() -> None:
    """Listen to what is asked for. Raises ImproperlyConfigured where its library is not installed."""
    for name, package in (("SENTRY_DSN", "sentry_sdk"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.sdk")):
        if getattr(settings, name) and not _is_there(package):
            raise ImproperlyConfigured(
                f"{name} is set, but what it needs is not installed:"
                " pip install --require-hashes -r requirements-watching.txt"
            )
    if settings.SENTRY_DSN:
        got_request_exception.connect(_fault_in_request, dispatch_uid="watching")
        task_failure.connect(_fault_in_task, dispatch_uid="watching")
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        before_task_publish.connect(_hand_on, dispatch_uid="watching")
        task_prerun.connect(_task_begins, dispatch_uid="watching")
        task_postrun.connect(_task_ends, dispatch_uid="watching")
        worker_process_shutdown.connect(_send_what_is_left, dispatch_uid="watching")


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ModuleNotFoundError, ValueError):
        return False


# --- Faults ---------------------------------------------------------------------------------------------------------


@cache
def _sentry() -> Any:
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN, release=f"innspill@{settings.VERSION}", environment=settings.SENTRY_ENVIRONMENT,
        default_integrations=False, auto_session_tracking=False, max_breadcrumbs=0, send_default_pii=False,
        include_local_variables=False, include_source_context=False, max_request_body_size="never", server_name="",
        before_send=chosen, shutdown_timeout=2,
    )  # fmt: skip
    return sentry_sdk


def _fault_in_request(request: HttpRequest | None = None, **_rest: Any) -> None:
    tags = {"request_id": logs.current_request(), "trace_id": logs.current_trace()}
    if request is not None:
        tags |= {"method": request.method or "", "route": _route(request)}
    _tell(None, tags)


def _fault_in_task(sender: Any = None, task_id: str = "", exception: BaseException | None = None, **_rest: Any) -> None:
    _tell(exception, {"task": getattr(sender, "name", ""), "task_id": task_id, "trace_id": logs.current_trace()})


def _tell(fault: BaseException | None, tags: dict[str, str]) -> None:
    sentry = _sentry()
    with sentry.new_scope() as scope:
        for name, value in tags.items():
            if value:
                scope.set_tag(name, value)
        sentry.capture_exception(fault)


TAGS = ("request_id", "trace_id", "method", "route", "task", "task_id")
_EVENT = ("event_id", "timestamp", "platform", "level", "release", "environment")
_FRAME = ("filename", "function", "module", "lineno", "in_app")


def chosen(event: Any, _hint: Any = None) -> Any:
    """Return of a fault what may be told of it, whatever a library has put there."""
    faults = (event.get("exception") or {}).get("values") or []
    kept: dict[str, Any] = {name: event[name] for name in _EVENT if name in event}
    kept["tags"] = {name: value for name, value in (event.get("tags") or {}).items() if name in TAGS}
    kept["exception"] = {"values": [_chosen_fault(one) for one in faults]}
    return kept


def _chosen_fault(fault: dict[str, Any]) -> dict[str, Any]:
    frames = ((fault.get("stacktrace") or {}).get("frames")) or []
    kept = [{name: frame[name] for name in _FRAME if name in frame} for frame in frames]
    return {"type": fault.get("type"), "module": fault.get("module"), "stacktrace": {"frames": kept}}


# --- Traces ---------------------------------------------------------------------------------------------------------


@cache
def _provider() -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME", "") or "innspill"
    made = TracerProvider(resource=Resource({"service.name": name, "service.version": settings.VERSION}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


def _begin(name: str, kind: str, parent: str, **said: str) -> Any:
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({PARENT: parent}) if parent else None
    return _provider().get_tracer("innspill").start_span(name, context, getattr(SpanKind, kind), attributes=said)


def _trace(span: Any) -> str:
    return format(span.get_span_context().trace_id, "032x")


def _as_parent(span: Any) -> str:
    of = span.get_span_context()
    return f"00-{of.trace_id:032x}-{of.span_id:016x}-{int(of.trace_flags):02x}"


def _fails(span: Any, what: str) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_status(Status(StatusCode.ERROR, what))


class TracesMiddleware:
    """Makes each request a span. Its trace is its own; behind a proxy of ours, the one that the proxy names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.OTEL_EXPORTER_OTLP_ENDPOINT:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        parent = request.headers.get(PARENT, "") if settings.BEHIND_PROXY else ""
        method = request.method or ""
        span = _begin(method, "SERVER", parent, **{"http.request.method": method, "request_id": logs.current_request()})
        with logs.in_trace(_trace(span), _as_parent(span)):
            try:
                response = self.get_response(request)
                route = _route(request)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", response.status_code)
                if response.status_code >= 500:
                    _fails(span, str(response.status_code))
            finally:
                span.end()
        return response


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.route if match is not None else "none"


def _hand_on(headers: dict[str, Any] | None = None, **_rest: Any) -> None:
    if headers is not None and (parent := logs.current_parent()):
        headers[PARENT] = parent


_running: dict[str, tuple[Any, Any]] = {}


def _task_begins(task_id: str = "", task: Any = None, **_rest: Any) -> None:
    parent = str(getattr(task.request, PARENT, None) or "")
    span = _begin(task.name, "CONSUMER", parent, **{"messaging.system": "celery", "messaging.message.id": task_id})
    within = logs.in_trace(_trace(span), _as_parent(span))
    within.__enter__()
    _running[task_id] = (span, within)


def _task_ends(task_id: str = "", state: str | None = None, **_rest: Any) -> None:
    span, within = _running.pop(task_id, (None, None))
    if span is None:
        return
    if state != "SUCCESS":
        _fails(span, str(state))
    span.end()
    within.__exit__(None, None, None)


def _send_what_is_left(**_rest: Any) -> None:
    if _provider.cache_info().currsize:
        _provider().shutdown()
