"""The run itself: open the town, let people at it, break its parts, let it settle, and prove that nothing is lost."""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import shutil
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.storm.kinds import ALL, SHORT, Fault, Kinds
from tests.faults.storm.load import People
from tests.faults.storm.post import Hooks, Letters, open_hooks
from tests.faults.storm.proof import Proof, prove
from tests.faults.storm.town import SEND_AHEAD, Town, furnish

CALM = {False: (10.0, 20.0), True: (4.0, 8.0)}
"""Seconds of load before the first fault and after the last one began, of a long run and a short one."""
OLD_CARDS = 60
RECOVERY = 240.0
"""Seconds after which a part that is not well again is taken to be lost."""


@dataclass
class Struck:
    """One fault as it went."""

    fault: Fault
    at: float
    began: float = 0.0
    ended: float = 0.0
    readyz: str = ""
    doctor: str = ""
    card_after: float | None = None
    ready_after: float | None = None
    mail_after: float | None = None
    hook_after: float | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return None not in (self.card_after, self.ready_after, self.mail_after, self.hook_after)


class Storm:
    """One run."""

    def __init__(self, options: argparse.Namespace, town: Town, letters: Letters, hooks: Hooks) -> None:
        self.options, self.town, self.letters, self.hooks = options, town, letters, hooks
        self.seconds = options.minutes * 60
        self.struck: list[Struck] = []
        self.people: People | None = None
        self._over = threading.Event()
        self._doctors = threading.Semaphore(1)
        self._groups: dict[str, threading.Lock] = {}

    def say(self, words: str) -> None:
        if not self.options.quiet:
            print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)

    def run(self) -> Proof:
        people = self.people = People(
            self.town.port, self.town.keys, rate=self.options.cards * 1.15 / self.seconds, cards=self.options.cards,
            seed=self.options.seed,
        )  # fmt: skip
        self.began = time.time()
        people.begin()
        threading.Thread(target=self._watch_recovery, daemon=True).start()
        faults = [threading.Thread(target=self._strike, args=(one,), daemon=True) for one in self._plan()]
        for thread in faults:
            thread.start()
        for thread in faults:
            thread.join()
        end = self.began + self.seconds
        while time.time() < end or (
            len(people.said.acknowledged) < self.options.cards and time.time() < end + 0.3 * self.seconds
        ):
            time.sleep(0.5)
        self.say(f"load ends: {len(people.said.acknowledged)} cards acknowledged; settling")
        people.end()
        waited, ahead = self._settle()
        self._over.set()
        spans = [(one.began, one.ended) for one in self.struck if one.fault.excuses]
        proof = prove(self.town, people, self.letters.office, self.hooks, spans, OLD_CARDS)
        proof.counted |= {
            "seconds of load": round(self.seconds), "seconds to settle": round(waited),
            "sent only by a clock set ahead": ahead, "slowest answer (s)": round(people.said.slowest, 1),
        }  # fmt: skip
        for one in self.struck:
            proof.wrong += [f"{one.fault.kind}: {words}" for words in one.wrong]
        return proof

    # --- Faults ---

    def _plan(self) -> list[Struck]:
        """Draw which faults strike and when: one in each slot of the time, at a random point of it."""
        dice = random.Random(self.options.seed)
        kinds = Kinds(self.town, self.letters, self.hooks, dice)
        names = list(self.options.only or (SHORT if self.options.short else ALL))
        while len(names) < self.options.faults:
            names += dice.sample(ALL, len(ALL))
        names = names[: max(self.options.faults, len(self.options.only or []))]
        if not self.options.short:
            dice.shuffle(names)
            if "beats_away" in names:  # the longest first
                names.remove("beats_away")
                names.insert(1, "beats_away")
        before, after = CALM[self.options.short]
        slot = (self.seconds - before - after) / len(names)
        for n, name in enumerate(names):
            at = before + slot * (n + dice.uniform(0, 0.6))
            self.struck.append(Struck(getattr(kinds, name)(), at))
        return self.struck

    def _strike(self, one: Struck) -> None:
        fault = one.fault
        time.sleep(max(0.0, self.began + one.at - time.time()))
        group = self._groups.setdefault(fault.kind.split()[0], threading.Lock())
        with group:
            one.began = time.time()
            self.say(f"{one.began - self.began:5.0f} s  {fault.kind}")
            try:
                fault.begin()
                self._look_while(one)
                time.sleep(max(0.0, one.began + fault.seconds - time.time()))
            except Exception as error:  # noqa: BLE001 -- told in the report
                one.wrong.append(f"could not be made: {type(error).__name__}: {error}")
            finally:
                try:
                    fault.end()
                except Exception as error:  # noqa: BLE001
                    one.wrong.append(f"could not be ended: {type(error).__name__}: {error}")
                one.ended = time.time()

    def _look_while(self, one: Struck) -> None:
        """See what /readyz and the doctor say while the fault lasts."""
        fault = one.fault
        if fault.readyz is not None:
            part, word = fault.readyz
            said: set[str] = set()
            while time.time() < one.began + max(fault.seconds - 1, 6):
                status, body = self.town.readyz()
                said.add(f"{status} {body.get(part, 'nothing')}")
                if status == 503 and body.get(part) == word:
                    one.readyz = f"503 {part} {word}"
                    break
                time.sleep(0.5)
            if not one.readyz:
                one.wrong.append(f"/readyz said {sorted(said)} and not that the {part} is {word}")
        if fault.doctor is not None:
            part, words = fault.doctor
            late = fault.kind.startswith("both schedulers")
            if late:
                time.sleep(max(0.0, one.began + fault.seconds - 12 - time.time()))
            with self._doctors:
                found = self.town.doctor(env=fault.doctor_env, limited=fault.doctor_limited)
            check = found.get(part, {"state": "", "words": "nothing"})
            one.doctor = check["words"]
            if check["state"] not in ("fault", "warning") or not (
                words in one.doctor or "Cannot be told" in one.doctor
            ):
                one.wrong.append(f"the doctor said of {part}: «{check['state']} {one.doctor}» and not «{words}»")

    def _watch_recovery(self) -> None:
        """Note for each fault when, after its end, a card sent anew was taken, its mail had come, and its webhook."""
        assert self.people is not None
        said = self.people.said
        while not self._over.wait(0.5):
            waiting = [one for one in self.struck if one.ended and not one.is_well]
            if not waiting:
                continue
            is_ready = self.town.readyz()[0] == 200
            now = time.time()
            cards = [card for card in said.acknowledged if card.posted > min(one.ended for one in waiting)]
            for one in waiting:
                mine = [card for card in cards if card.posted > one.ended]
                if is_ready and one.ready_after is None:
                    one.ready_after = now - one.ended
                if mine and one.card_after is None:
                    one.card_after = min(card.acknowledged for card in mine) - one.ended
                came = [
                    self.letters.office.last_to[card.email]
                    for card in mine
                    if card.email in self.letters.office.last_to
                ]
                if came and one.mail_after is None:
                    one.mail_after = min(came) - one.ended
                told = [self.hooks.latest[card.reference] for card in mine if card.reference in self.hooks.latest]
                if told and one.hook_after is None:
                    one.hook_after = min(told) - one.ended

    # --- The end ---

    def _settle(self) -> tuple[float, dict[str, int]]:
        """Wait until all that waits has gone, by itself as long as the options allow, then by a clock set ahead."""
        began = time.monotonic()
        while self._waiting() != (0, 0) and time.monotonic() - began < self.options.settle:
            time.sleep(1)
        waited = time.monotonic() - began
        mails, hooks = self._waiting()
        self.say(f"after {waited:.0f} s {mails} mails and {hooks} webhooks wait")
        found = {} if self.options.short else self.town.doctor()
        for name in ("worker-1", "worker-2", "beat-1", "beat-2"):
            self.town.watched[name].end()
        for ahead in (1, 3, 8, 20):
            if self._waiting() != (0, 0):
                self.town.python(SEND_AHEAD, str(ahead))
        self.ill = [
            f"{part}: {check['words']}" for part, check in found.items()
            if check["state"] == "fault" and not (mails and part == "outbox")
        ]  # fmt: skip
        return waited, {"mails": mails, "webhooks": hooks}

    def _waiting(self) -> tuple[int, int]:
        return self.town.sql(
            "SELECT (SELECT count(*) FROM organisation_outgoingmail WHERE status IN ('queued', 'sending')),"
            " (SELECT count(*) FROM organisation_webhookdelivery WHERE status IN ('waiting', 'sending'))"
        )[0]  # type: ignore[return-value]


# --- Report ------------------------------------------------------------------------------------------------------------


def table(storm: Storm, proof: Proof) -> str:
    """The report for people."""
    people = storm.people
    assert people is not None
    head = ("at s", "fault", "lasted", "card", "ready", "mail", "webhook", "refused", "/readyz said", "doctor said")
    rows = [head]
    for one in storm.struck:
        refused = sum(one.began <= at <= one.ended + 5 for at, _why in people.said.refusals)
        rows.append((
            f"{one.began - storm.began:.0f}", one.fault.kind, f"{one.ended - one.began:.1f}", _s(one.card_after),
            _s(one.ready_after), _s(one.mail_after), _s(one.hook_after), str(refused), one.readyz, one.doctor[:70],
        ))  # fmt: skip
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [
        "",
        "Seconds after the fault's end until a card sent anew was taken, /readyz was well, its mail and webhook came.",
        "",
    ]
    lines += [f"{name}: {value}" for name, value in proof.counted.items()]
    lines += ["", *(proof.wrong or ["Nothing is lost."])]
    return "\n".join(lines)


def _s(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.1f}"


def report(storm: Storm, proof: Proof) -> dict[str, Any]:
    """The report for machines."""
    assert storm.people is not None
    whys: dict[str, int] = {}
    for _at, why in storm.people.said.refusals:
        whys[why] = whys.get(why, 0) + 1
    return {
        "seed": storm.options.seed, "ok": not proof.wrong, "wrong": proof.wrong, "counted": proof.counted,
        "refused": whys,
        "faults": [
            {
                "kind": one.fault.kind, "at": round(one.began - storm.began, 1), "lasted": round(one.ended - one.began, 1),
                "card_after": one.card_after, "ready_after": one.ready_after, "mail_after": one.mail_after,
                "webhook_after": one.hook_after, "readyz": one.readyz, "doctor": one.doctor,
            }
            for one in storm.struck
        ],
    }  # fmt: skip


def options_of(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="faults", description="Break a town's parts under load and count what is lost."
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--cards", type=int, default=5000, help="cards that are to be acknowledged")
    parser.add_argument("--faults", type=int, default=0, help="how many faults; every kind once if not given")
    parser.add_argument("--only", nargs="*", choices=ALL, help="these kinds of faults alone")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--settle", type=float, default=420, help="seconds for what waits to go by itself")
    parser.add_argument(
        "--short", action="store_true", help="five faults, and no waiting for what goes by itself later"
    )
    parser.add_argument(
        "--tables", type=Path, help="a dump (pg_dump --format=custom) of the empty tables: it is quicker"
    )
    parser.add_argument("--json", type=Path, help="write the report there, too")
    parser.add_argument("--keep", action="store_true", help="keep the logs beside the report")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args(words)
    options.faults = options.faults or len(options.only or (SHORT if options.short else ALL))
    return options


def main(words: list[str]) -> int:
    options = options_of(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.gettempdir()) / f"innspill-faults-{os.getpid()}"
    letters = Letters()
    with open_hooks() as hooks:
        town = Town(folder, letters.office.url)
        os.environ |= town.env
        storm = Storm(options, town, letters, hooks)
        try:
            letters.open()
            storm.say(f"seed {options.seed}; opening the town")
            town.open(options.tables)
            furnish(town, OLD_CARDS, f"{hooks.receiver.url}/hook")
            import django

            django.setup()
            town.people()
            storm.say("the town is open")
            proof = storm.run()
        finally:
            if options.keep:
                kept = Path("var/faults")
                kept.mkdir(parents=True, exist_ok=True)
                for log in folder.glob("*.log"):
                    shutil.copy(log, kept)
            town.close()
            letters.close()
    print(table(storm, proof))
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(report(storm, proof), indent=1, ensure_ascii=False) + "\n")
    return 1 if proof.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
