"""What goes to OpenTelemetry and Sentry: from real processes to real receivers, and never a card's text, name or secret."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import brotli
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from config.watching import chosen
from organisation.models import ScheduledJob
from tests.config.conftest import ROOT, until
from tests.factories import a_card, make_solvik
from tests.organisation.receiver import Receiver, Took, open_receiver

FAULTY = """
import sys, django; django.setup()
from django.test import Client
secret, text = sys.argv[1:]
def asked(traceparent):
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    headers = {"x-request-id": "from-the-proxy-1", "traceparent": traceparent}
    return client.get(f"/card/{secret}/?code=hemmelig-kode", headers=headers).status_code
from django.db import connection
def breaks(execute, sql, params, many, context):
    personal = text
    raise ValueError(f"DETAIL: Key (text)=({personal}) at {secret}")
print(asked("00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"))
with connection.execute_wrapper(breaks):
    print(asked(""))
from celery import current_app
from config import logs, watching
with logs.in_trace("ef" * 16, "00-" + "ef" * 16 + "-" + "01" * 8 + "-01"):
    current_app.send_task("organisation.sweep_mail")
    current_app.send_task("feedback.apply_retention", args=[text])
watching._send_what_is_left()
import sentry_sdk
sentry_sdk.flush(10)
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with open_receiver() as made:
        made.answer = b"{}"
        yield made


def body_of(took: Took) -> bytes:
    how = took.headers.get("content-encoding", "")
    return {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}[how](took.body)


def spans_at(receiver: Receiver) -> list[Any]:
    found = []
    for took in receiver.at("/v1/traces"):
        for resource in ExportTraceServiceRequest.FromString(body_of(took)).resource_spans:
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


@pytest.mark.fault
def test_what_real_processes_tell_holds_routes_and_ids_and_nothing_of_anybody(
    receiver: Receiver, process_env: dict[str, str]
) -> None:
    make_solvik()
    card = a_card(text="Noe hemmelig om naboen")
    host = receiver.url.removeprefix("http://")
    env = process_env | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "SENTRY_DSN": f"http://nobody@{host}/7", "BEHIND_PROXY": "1",
        "OTEL_BSP_SCHEDULE_DELAY": "200", "LOG_FORMAT": "json",
    }  # fmt: skip
    words = [sys.executable, "-c", FAULTY, card.secret, card.text]
    web = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert (web.returncode, web.stdout.split()) == (0, ["200", "500"]), web.stderr
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--loglevel", "WARNING"], cwd=ROOT,
        env=env, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        until(lambda: ScheduledJob.objects.filter(name="organisation.sweep_mail", finished_at__isnull=False).exists())
        until(lambda: len(receiver.at("/api/7/envelope/")) == 2)
        told = {"GET card/<slug:secret>/", "organisation.sweep_mail", "feedback.apply_retention"}
        until(lambda: told <= {span.name for span in spans_at(receiver)})
    finally:
        worker.terminate()
        worker.communicate(timeout=60)

    spans = {span.name: span for span in spans_at(receiver)}
    asked, swept = spans["GET card/<slug:secret>/"], spans["organisation.sweep_mail"]
    assert {span.trace_id.hex() for span in spans_at(receiver)} >= {"ab" * 16, "ef" * 16}
    assert (swept.trace_id.hex(), swept.parent_span_id.hex()) == ("ef" * 16, "01" * 8)
    assert asked.status.code == 2  # the latter of the two
    events = [json.loads(body_of(took).splitlines()[-1]) for took in receiver.at("/api/7/envelope/")]
    in_request = next(event for event in events if "route" in event["tags"])
    in_task = next(event for event in events if "task" in event["tags"])
    assert in_request["tags"]["route"] == "card/<slug:secret>/"
    assert in_request["tags"]["request_id"] == "from-the-proxy-1"
    assert in_request["exception"]["values"][-1]["type"] == "ValueError"
    assert {"filename", "function", "lineno"} <= set(in_request["exception"]["values"][-1]["stacktrace"]["frames"][0])
    assert (in_task["tags"]["task"], in_task["tags"]["trace_id"]) == ("feedback.apply_retention", "ef" * 16)
    sent = b"\n".join(body_of(took) for took in receiver.took).decode(errors="replace")
    for hidden in (card.secret, card.text, "naboen", "hemmelig-kode", "DETAIL"):
        assert hidden not in sent, hidden
    lines = [json.loads(line) for line in web.stderr.splitlines() if line.startswith("{")]
    assert {line["trace_id"] for line in lines if line["logger"] == "django.request"} == {asked.trace_id.hex()}


def test_of_a_fault_only_what_is_chosen_is_told() -> None:
    frame = {"filename": "a.py", "lineno": 3, "function": "f", "vars": {"name": "Kari"}, "context_line": "x = 'Kari'"}
    event = {
        "event_id": "1", "level": "error", "message": "Kari", "user": {"email": "kari@example.test"}, "extra": {"t": "Kari"},
        "request": {"url": "http://h/card/s/", "data": "Kari"}, "breadcrumbs": {"values": [{"message": "Kari"}]},
        "tags": {"route": "card/<slug:secret>/", "who": "Kari"}, "server_name": "h", "contexts": {"celery": {"args": "Kari"}},
        "exception": {"values": [{"type": "E", "module": "m", "value": "Kari", "stacktrace": {"frames": [frame]}}]},
    }  # fmt: skip
    assert chosen(event) == {
        "event_id": "1", "level": "error", "tags": {"route": "card/<slug:secret>/"},
        "exception": {"values": [{
            "type": "E", "module": "m", "stacktrace": {"frames": [{"filename": "a.py", "function": "f", "lineno": 3}]},
        }]},
    }  # fmt: skip


@pytest.mark.slow
def test_without_the_settings_neither_library_is_loaded_and_without_the_library_it_is_said(
    process_env: dict[str, str],
) -> None:
    quiet = "import sys, django; django.setup(); from config.wsgi import application; " \
        "print([name for name in sys.modules if name.startswith(('sentry_sdk', 'opentelemetry.exporter'))])"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", quiet], cwd=ROOT, env=process_env, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
    lacking = "import sys; sys.modules['sentry_sdk'] = None; import django; django.setup()"
    env = process_env | {"SENTRY_DSN": "http://nobody@127.0.0.1:1/7"}
    done = subprocess.run([sys.executable, "-c", lacking], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "SENTRY_DSN is set, but what it needs is not installed" in done.stderr
