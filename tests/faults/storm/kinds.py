"""The faults: how each begins and ends, and by which words /readyz and the doctor are to name it meanwhile."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import redis

from config.embedded.valkey import SOCKET
from tests.faults.storm.poison import KILLS, RAISES
from tests.faults.storm.post import Hooks, Letters
from tests.faults.storm.town import Town

Act = Callable[[], object]


@dataclass
class Fault:
    """One fault. `readyz` and `doctor` name the part, and a word that is to be found of it while the fault lasts."""

    kind: str
    seconds: float
    begin: Act
    end: Act = lambda: None
    readyz: tuple[str, str] | None = None
    doctor: tuple[str, str] | None = None
    doctor_env: dict[str, str] = field(default_factory=dict)
    doctor_limited: bool = False
    excuses: bool = False  # a mail that was accepted then may come a second time


class Kinds:
    """Makes faults of a town. `dice` draws how long they last and whom they hit."""

    def __init__(self, town: Town, letters: Letters, hooks: Hooks, dice: random.Random) -> None:
        self.town, self.letters, self.hooks, self.dice = town, letters, hooks, dice

    # --- Database ---

    def database_restarted(self) -> Fault:
        def restart() -> None:
            self.town.database.stop()
            self.town.database.start()

        return Fault("PostgreSQL restarted", 0, restart, excuses=True)

    def database_killed(self) -> Fault:
        return Fault(
            "PostgreSQL killed", self.dice.uniform(7, 10), lambda: self._kill(self.town.database.process_id()),
            self.town.database.start, ("database", "unreachable"), ("database", "does not answer"), excuses=True,
        )  # fmt: skip

    def cards_locked(self) -> Fault:
        """A statement that holds up all others at the cards, as a careless one at the SQL prompt does."""
        held = threading.Event()
        seconds = self.dice.uniform(10, 14)

        def lock() -> None:
            session = self.town.session()
            session.cursor().execute("LOCK TABLE feedback_card IN ACCESS EXCLUSIVE MODE")

            def hold() -> None:
                held.wait(120)
                with suppress(Exception):  # the server may be gone meanwhile
                    session.rollback()
                    session.close()

            threading.Thread(target=hold, daemon=True).start()
            time.sleep(4)  # the doctor tells of what has waited for two seconds

        return Fault("cards locked", seconds, lock, held.set, doctor=("locks", "wait"))

    # --- Queue ---

    def queue_gone(self, seconds: float = 60) -> Fault:
        return Fault(
            "Valkey gone", seconds, lambda: self._kill(self.town.queue.process_id()), self.town.queue.start,
            ("broker", "unreachable"), ("queue", "does not answer"),
        )  # fmt: skip

    def queue_frozen(self) -> Fault:
        def thaw() -> None:
            os.kill(self.town.queue.process_id(), signal.SIGCONT)

        return Fault(
            "Valkey frozen", self.dice.uniform(12, 18),
            lambda: os.kill(self.town.queue.process_id(), signal.SIGSTOP), thaw,
            ("broker", "unreachable"), ("queue", "does not answer"),
        )  # fmt: skip

    def queue_emptied(self) -> Fault:
        return Fault("Valkey emptied", 0, lambda: self._valkey().flushall())

    def _valkey(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.town.place.sockets / SOCKET), socket_timeout=5)

    # --- Mail and webhooks ---

    def mail_hangs(self) -> Fault:
        def moody(mood: str) -> Act:
            return lambda: setattr(self.letters.office, "mood", mood)

        return Fault("SMTP hangs", self.dice.uniform(30, 40), moody("hangs"), moody("well"))

    def mail_refuses(self) -> Fault:
        return Fault(
            "SMTP away", self.dice.uniform(10, 15), self.letters.close, self.letters.open,
            doctor=("mail", "does not take us"), excuses=True,
        )  # fmt: skip

    def mail_drops(self) -> Fault:
        def drop() -> None:
            self.letters.office.drops_left, self.letters.office.mood = 3, "drops"

        return Fault(
            "SMTP hangs up after accepting",
            10,
            drop,
            lambda: setattr(self.letters.office, "mood", "well"),
            excuses=True,
        )

    def receiver_hangs(self) -> Fault:
        return Fault("webhook receiver hangs", self.dice.uniform(15, 20), self.hooks.hang, self.hooks.well)

    # --- Processes ---

    def worker_killed(self) -> Fault:
        return self._killed("worker", f"worker-{self.dice.choice((1, 2))}")

    def all_workers_killed(self) -> Fault:
        def kill() -> None:
            for name in ("worker-1", "worker-2"):
                self.town.watched[name].held = True
                self.town.watched[name].kill()

        def back() -> None:
            for name in ("worker-1", "worker-2"):
                self.town.watched[name].held = False

        return Fault("both workers killed", 12, kill, back, doctor=("worker", "No worker answers"), excuses=True)

    def worker_process_killed(self) -> Fault:
        def kill() -> None:
            if children := self.town.watched["worker-1"].children():
                self._kill(self.dice.choice(children))

        return Fault("worker's process killed", 0, kill, excuses=True)

    def lists_killed(self) -> Fault:
        """The workers die while they make the overdue lists."""

        def kill() -> None:
            self._queue("feedback.run_overdue_lists")
            time.sleep(self.dice.uniform(0.05, 0.6))
            for name in ("worker-1", "worker-2"):
                self.town.watched[name].kill()
            self._queue("feedback.run_overdue_lists")
            self._queue("feedback.make_up_overdue_lists")

        return Fault("workers killed at the overdue lists", 0, kill, excuses=True)

    def beat_killed(self) -> Fault:
        return self._killed("beat", f"beat-{self.dice.choice((1, 2))}")

    def beats_away(self, seconds: float = 200) -> Fault:
        def kill() -> None:
            for name in ("beat-1", "beat-2"):
                self.town.watched[name].held = True
                self.town.watched[name].kill()

        def back() -> None:
            for name in ("beat-1", "beat-2"):
                self.town.watched[name].held = False

        return Fault("both schedulers away", seconds, kill, back, doctor=("beat", "has not been heard of"))

    def web_killed(self) -> Fault:
        def kill() -> None:
            if children := self.town.watched["web"].children():
                self._kill(self.dice.choice(children))

        return Fault("web worker killed", 0, kill)

    def _killed(self, what: str, name: str) -> Fault:
        return Fault(f"{what} killed", 0, lambda: self.town.watched[name].kill(), excuses=what == "worker")

    # --- Clocks ---

    def worker_ahead(self) -> Fault:
        return self._shifted("worker", "worker-2", 3600)

    def beat_behind(self) -> Fault:
        return self._shifted("beat", "beat-2", -3600)

    def beat_ahead(self) -> Fault:
        return self._shifted("beat", "beat-1", 3600)

    def _shifted(self, what: str, name: str, seconds: float) -> Fault:
        watched = self.town.watched[name]
        own = watched.command

        def shift() -> None:
            watched.command = self.town.shifted(name, seconds)
            watched.kill()

        def back() -> None:
            watched.command = own
            watched.kill()

        sign = "ahead" if seconds > 0 else "behind"
        return Fault(f"{what}'s clock an hour {sign}", 25, shift, back, excuses=what == "worker")

    # --- Disk ---

    def disk_full(self) -> Fault:
        return Fault(
            "no room for attachments", self.dice.uniform(10, 14), lambda: self.town.limit_files(0),
            lambda: self.town.limit_files(-1), doctor=("disk media", "cannot be written"), doctor_limited=True,
        )  # fmt: skip

    def no_room_for_mail(self) -> Fault:
        """Another worker, which writes mail to files, finds no room for them."""
        program = (
            "from django.utils import timezone\nfrom organisation.outbox.delivery import deliver_due\n"
            "done = deliver_due(now=timezone.now(), limit=5)\nassert done.sent == 0, done"
        )
        return Fault(
            "no room for mail files", 10, lambda: self.town.python(program, env={"EMAIL_URL": ""}, limited=True),
            doctor=("mail", "cannot be written"), doctor_env={"EMAIL_URL": ""}, doctor_limited=True,
        )  # fmt: skip

    # --- Tasks ---

    def poison_that_raises(self) -> Fault:
        return Fault("a task that raises", 0, lambda: [self._queue(RAISES) for _ in range(5)])

    def poison_that_kills(self) -> Fault:
        return Fault("a task that kills its worker", 0, lambda: self._queue(KILLS), excuses=True)

    def _queue(self, task: str) -> None:
        from config.celery import app

        with suppress(Exception):  # the queue may be away: then the fault is a smaller one
            app.send_task(task)

    @staticmethod
    def _kill(pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


ALL = [
    "database_restarted", "database_killed", "cards_locked", "queue_gone", "queue_frozen", "queue_emptied",
    "mail_hangs", "mail_refuses", "mail_drops", "receiver_hangs", "worker_killed", "all_workers_killed",
    "worker_process_killed", "lists_killed", "beat_killed", "beats_away", "web_killed", "worker_ahead", "beat_behind",
    "beat_ahead", "disk_full", "no_room_for_mail", "poison_that_raises", "poison_that_kills",
]  # fmt: skip
SHORT = ["database_killed", "queue_frozen", "all_workers_killed", "mail_drops", "poison_that_kills"]
"""For the test: as different as five can be, and none that takes long to be over."""
