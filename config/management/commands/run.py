"""`manage.py run`: everything on one machine, from the database to the web page, until Ctrl-C."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from honcho.environ import parse_procfile
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from organisation.queries import NotSetUp, municipality

HOST = "127.0.0.1"
STAMP = ".collected"


class Command(BaseCommand):
    """Migrate, load the demonstration once, and run web, worker and beat."""

    help = "Run Innspill on this machine: web, worker and beat, with the database and queue they need. Ctrl-C ends it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until a signal, or until one of the three processes ends, which is an error."""
        port = chosen_port()
        with static_files_collected():
            call_command("migrate", verbosity=0, interactive=False)
            prepare_translations()
            load_demonstration_once()

        address = f"http://{HOST}:{port}/"
        env = os.environ | {
            "PORT": str(port),
            "SITE_URL": os.environ.get("SITE_URL", "") or address.rstrip("/"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            # Root at home on its own machine need not hear this at every start; in earnest nobody comes this way.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }
        printer = CalmPrinter(sys.stdout)
        guard = EndedWithUs()
        printer.started = guard.add
        manager = Manager(printer)
        for name, command in parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes.items():
            manager.add_process(name, command, env=env, cwd=str(settings.BASE_DIR))
        threading.Thread(target=announce, args=(address,), daemon=True).start()
        # Said by a terminal that closes. Like Ctrl-C, for which the manager is prepared.
        signal.signal(signal.SIGHUP, lambda _number, _frame: signal.raise_signal(signal.SIGTERM))
        try:
            manager.loop()
        finally:
            manager.terminate()
            guard.close()
        if manager.returncode not in (130, 143):
            raise CommandError(f"{printer.first_to_end or 'A process'} ended by itself, so the others were ended too.")


class CalmPrinter(Printer):
    """Prints what the processes say, and of the manager's own words none but what went wrong."""

    output: TextIO
    first_to_end: str | None = None
    started: Callable[[int], None]

    def write(self, message: Message) -> None:
        """Print one line of a process."""
        if message.name == SYSTEM_PRINTER_NAME:
            if " stopped (rc=" in message.data and self.first_to_end is None:
                self.first_to_end = message.data.split(" ", 1)[0].capitalize()
            if found := re.search(r" started \(pid=(\d+)\)", message.data):
                self.started(int(found[1]))
            return
        if message.data.strip():
            try:
                super().write(message)
                self.output.flush()
            except OSError:
                # The terminal is gone. Whoever reads is, too; what runs is ended in order all the same.
                self.output = open(os.devnull, "w")  # noqa: SIM115


class EndedWithUs:
    """Whatever becomes of us, the processes that it is told of end: config.ended_with_run."""

    def __init__(self) -> None:
        theirs, self._ours = os.pipe()
        program = str(settings.BASE_DIR / "config" / "ended_with_run.py")
        self._guard = subprocess.Popen([sys.executable, program], stdin=theirs)
        os.close(theirs)
        # Forks of ours live on when we do not, and would hold the pipe open.
        os.register_at_fork(after_in_child=lambda: os.close(self._ours))

    def add(self, pid: int) -> None:
        """Have the process end, with its session, when we do."""
        with suppress(BrokenPipeError):  # somebody killed the guard: we go on without
            os.write(self._ours, b"%d\n" % pid)

    def close(self) -> None:
        """End what is left of them."""
        os.close(self._ours)
        self._guard.wait()


def chosen_port() -> int:
    """Return the port to serve at, from PORT, seen to be free. Raises CommandError."""
    given = os.environ.get("PORT", "") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not “{given}”.")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, int(given)))
        except OSError as error:
            raise CommandError(
                f"Port {given} at {HOST} cannot be had ({error.strerror}): "
                f"end what uses it, or choose another, for example PORT={int(given) % 65535 + 1}."
            ) from error
    return int(given)


def prepare_translations() -> None:
    """Compile the translations that changed since."""
    if "compile_translations" in get_commands():
        call_command("compile_translations", verbosity=0)


@contextmanager
def static_files_collected() -> Iterator[None]:
    """Collect style sheets, scripts and fonts, beside the block, if any of them changed since. Raises CommandError."""
    if settings.WHITENOISE_USE_FINDERS:
        yield
        return
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / STAMP
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        yield
        return
    # The first time it takes seconds, as does the first migration: a second core may have one of them.
    collecting = subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "collectstatic", "--no-input", "--verbosity", "0"]
    )
    try:
        yield
    finally:
        failed = collecting.wait()
    if failed:
        raise CommandError("The static files could not be collected; the lines above say why.")
    stamp.write_text(digest.hexdigest())


def load_demonstration_once() -> None:
    """Load the demonstration municipality where one is wanted and there is no municipality yet."""
    if not settings.DEMONSTRATION or "load_demo" not in get_commands():
        return
    try:
        municipality()
    except NotSetUp:
        call_command("load_demo")


def announce(address: str) -> None:
    """Say where Innspill is once it answers there."""
    while True:
        try:
            with urllib.request.urlopen(f"{address}healthz", timeout=5):  # noqa: S310  (our own address)
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    print(f"\nInnspill is at {address} and ends with Ctrl-C.\n", flush=True)
