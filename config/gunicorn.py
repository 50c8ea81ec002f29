"""How gunicorn serves Innspill: `gunicorn -c config/gunicorn.py config.wsgi`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

# gunicorn reads this file before the code's own folder is on the path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from config import memory, metric_files

memory.give_back_large_blocks()

bind = os.environ.get("BIND", "") or f"127.0.0.1:{os.environ.get('PORT', '') or '8000'}"
SETTLED_AFTER = 30
"""Requests after which a worker has loaded its views and templates."""

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "") or 2)
threads = int(os.environ.get("WEB_THREADS", "") or 4)
# A connection is given to whichever worker takes it first, and stays there: kept ones let one worker stand still beside the
# other's queue (docs/decisions/0048-a-connection-for-each-answer.md).
keepalive = 0
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

# A request gives up before its reader does, and its thread is free again for those who can be served.
os.environ.setdefault("DATABASE_LOCK_SECONDS", "15")
os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "55")

# Where the workers' figures add up; each server has its own. Set before they fork, and before anything imports the library.
_figures = ""
if os.environ.get("METRICS_TOKEN", "") or os.environ.get("METRICS_TOKEN_FILE", ""):
    _figures = metric_files.own_folder(worker_tmp_dir, os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _figures


def on_exit(_server: Any) -> None:
    """Take the figures' folder away with the server."""
    if _figures:
        shutil.rmtree(_figures, ignore_errors=True)


def child_exit(_server: Any, worker: Any) -> None:
    """Let the figures of a worker that has ended stand, in one file with those of all that have."""
    if _figures:
        metric_files.add_ended(_figures, worker.pid)


def post_request(worker: Any, _request: Any, _environ: Any, _response: Any) -> None:
    """Take what the first requests of a worker have loaded for what stays."""
    # Counted by several threads at once: what one of them counts to is what it looks at.
    worker.answered = answered = getattr(worker, "answered", 0) + 1
    if answered == SETTLED_AFTER:
        from config.interpreter import settle

        settle()


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
