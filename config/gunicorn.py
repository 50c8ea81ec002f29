"""How gunicorn serves Innspill: `gunicorn -c config/gunicorn.py config.wsgi`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

bind = os.environ.get("BIND", "") or f"127.0.0.1:{os.environ.get('PORT', '') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "") or 2)
threads = int(os.environ.get("WEB_THREADS", "") or 4)
timeout = 60
graceful_timeout = 20
# Workers touch a file to show that they live: in memory, because a busy disk would look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Addresses in an access log are personal data; whoever needs one says so.
accesslog = "-" if os.environ.get("ACCESS_LOG", "") in ("1", "true", "on", "yes") else None
# The path without its query, in which other systems may send their keys (Open311).
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s "%(a)s"'
errorlog = "-"
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "") or "warning"
control_socket_disable = True

_watched = bool(os.environ.get("METRICS_TOKEN", ""))
if _watched and not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    # Where the workers' figures add up; set before they fork, and before anything imports the library.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="innspill-metrics-", dir=worker_tmp_dir)


def on_exit(_server: Any) -> None:
    """Take the figures' folder away with the server."""
    if _watched:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def child_exit(_server: Any, worker: Any) -> None:
    """Let the figures of a worker that has ended stand, and its gauges go."""
    if _watched:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def on_starting(_server: Any) -> None:
    """Bring up the parts once, before the workers fork."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured

    from config.reachable import PartsError, make_ready

    try:
        make_ready()
    except (PartsError, ImproperlyConfigured) as error:
        print(f"Innspill cannot start: {error}", file=sys.stderr)
        sys.exit(1)
