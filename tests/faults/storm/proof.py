"""What must hold when it is over: nothing acknowledged is lost, nothing is told twice without need, lists are whole."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.storm.load import Client, People
from tests.faults.storm.post import REFUSED, Hooks, PostOffice
from tests.faults.storm.town import Town

TAIL = 30.0
"""Seconds after a mail was accepted in which a fault may keep the worker from writing that down."""


@dataclass
class Proof:
    """What was counted, and what is wrong: nothing, if all is well."""

    counted: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def hold(self, is_so: object, words: str) -> None:
        if not is_so:
            self.wrong.append(words)


def prove(
    town: Town, people: People, office: PostOffice, hooks: Hooks, excuses: list[tuple[float, float]], old: int
) -> Proof:
    """Look at all there is. `excuses` are the spans in which a mail that was accepted may have been accepted again."""
    proof = Proof()
    _cards(proof, town, people)
    _steps(proof, town, people)
    _mails(proof, town, office, excuses)
    _webhooks(proof, town, hooks)
    _lists(proof, town, office, old)
    _feed(proof, town, people)
    return proof


def _cards(proof: Proof, town: Town, people: People) -> None:
    rows = town.sql("SELECT reference, secret, text, id FROM feedback_card WHERE text LIKE 'Hull i veien nummer %%'")
    by_text = Counter(text for _reference, _secret, text, _id in rows)
    found = {text: (reference, secret, pk) for reference, secret, text, pk in rows}
    promised = people.said.acknowledged
    lost = [card for card in promised if card.text not in found]
    there = [card for card in promised if card.text in found]
    other = [
        card for card in there
        if card.reference not in ("", found[card.text][0]) or card.secret not in ("", found[card.text][1])
    ]  # fmt: skip
    doubles = [text for text, times in by_text.items() if times > 1]
    posted = {card.text for card in people.said.cards.values()}
    files = dict(town.sql("SELECT card_id, min(file || ' ' || sha256) FROM feedback_attachment GROUP BY card_id"))
    spoilt = [
        card for card in promised if card.picture and card.text in found
        and not _is_whole(town.media, files.get(found[card.text][2]))
    ]  # fmt: skip
    proof.counted |= {
        "cards acknowledged": len(promised), "cards lost": len(lost), "cards twice": len(doubles),
        "cards there that were never acknowledged": len(set(found) - {card.text for card in promised}),
        "cards sent more than once by their client": sum(card.tries > 1 for card in promised),
        "pictures promised": sum(card.picture for card in promised), "pictures lost": len(spoilt),
    }  # fmt: skip
    proof.hold(
        not lost, f"{len(lost)} acknowledged cards are not there, the first {[card.number for card in lost[:5]]}"
    )
    proof.hold(not other, f"{len(other)} cards are there under another name than was told")
    proof.hold(not doubles, f"{len(doubles)} cards are there twice")
    proof.hold(not spoilt, f"{len(spoilt)} cards have lost their picture")
    proof.hold(set(found) <= posted, "there are cards that nobody sent")


def _is_whole(media: Path, row: str | None) -> bool:
    if row is None:
        return False
    name, digest = row.rsplit(" ", 1)
    path = media / name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _steps(proof: Proof, town: Town, people: People) -> None:
    """Each step that was taken left its words once; one that nobody answered left them once at most."""
    said = people.said
    written = Counter(
        text for (text,) in town.sql(
            "SELECT note FROM feedback_contactattempt UNION ALL SELECT summary FROM feedback_callback"
            " UNION ALL SELECT text FROM feedback_cardnote"
        )
    )  # fmt: skip
    taken = [key for name, keys in said.steps.items() if name.endswith(" keys") for key in keys]
    lost = [key for key in taken if not written[key]]
    twice = [key for key in taken if written[key] > 1]
    proof.counted |= {
        "steps of staff taken": len(taken),
        "steps by kind": {name: dict(counts) for name, counts in said.steps.items() if not name.endswith(" keys")},
    }
    proof.hold(taken, "staff did nothing")
    proof.hold(not lost, f"{len(lost)} steps of staff are lost, the first {lost[:3]}")
    proof.hold(not twice, f"{len(twice)} steps of staff were taken twice, the first {twice[:3]}")


def _mails(proof: Proof, town: Town, office: PostOffice, excuses: list[tuple[float, float]]) -> None:
    rows = town.sql(
        "SELECT id, to_char(queued_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS'), status, attempts, \"to\", error"
        " FROM organisation_outgoingmail"
    )
    names = {
        f"<innspill-{pk}-{stamp}@localhost>": (status, attempts, to) for pk, stamp, status, attempts, to, _e in rows
    }
    statuses = Counter(row[2] for row in rows)
    never = [name for name, (status, _n, _to) in names.items() if status == "sent" and not office.arrived.get(name)]
    unknown = [name for name in office.arrived if name not in names]
    failed = [to for _pk, _stamp, status, _n, to, _e in rows if status == "failed" and not to.startswith(REFUSED)]
    doubles = {name: came for name, came in office.arrived.items() if len(came) > 1}
    unexcused, unknowing = [], []
    for name, came in doubles.items():
        for first in came[:-1]:
            if first.told and not any(begin - TAIL <= first.at <= end + 2 for begin, end in excuses):
                unexcused.append(name)
        if names.get(name, ("", 0, ""))[1] < 2:
            unknowing.append(name)
    proof.counted |= {
        "mails": len(rows), "mails by state": dict(statuses), "mails told twice, accepted both times": len(doubles),
        "mails told more than twice": sum(len(came) > 2 for came in doubles.values()),
    }  # fmt: skip
    proof.hold(set(statuses) <= {"sent", "failed", "cancelled"}, f"mails still wait: {dict(statuses)}")
    proof.hold(not never, f"{len(never)} mails are marked sent and never arrived")
    proof.hold(not unknown, f"{len(unknown)} mails arrived of which we know nothing, such as {unknown[:2]}")
    proof.hold(not failed, f"{len(failed)} mails failed that need not, such as {failed[:2]}")
    proof.hold(not unexcused, f"{len(unexcused)} mails came twice without need, such as {unexcused[:3]}")
    proof.hold(not unknowing, f"{len(unknowing)} mails came twice and their rows know nothing of it")
    proof.hold(all(len(came) <= 3 for came in doubles.values()), "a mail came more than three times")
    cards = town.sql(
        "SELECT count(*) FROM feedback_card c WHERE NOT EXISTS (SELECT FROM organisation_outgoingmail m"
        " WHERE m.dedupe_key = 'receipt:' || c.reference) AND text LIKE 'Hull i veien nummer %%'"
    )
    proof.hold(cards == [(0,)], f"{cards} cards without the row of a receipt")


def _webhooks(proof: Proof, town: Town, hooks: Hooks) -> None:
    rows = town.sql("SELECT key::text, status, event, cause FROM organisation_webhookdelivery")
    keys = {row[0] for row in rows}
    statuses = Counter(row[1] for row in rows)
    missing = [key for key in keys if not any(well for _at, well in hooks.took.get(key, []))]
    accepted = Counter({key: sum(well for _at, well in took) for key, took in hooks.took.items()})
    cards = town.sql(
        "SELECT count(*) FROM feedback_card c WHERE text LIKE 'Hull i veien nummer %%' AND 2 >"
        " (SELECT count(*) FROM organisation_webhookdelivery d WHERE d.body::jsonb -> 'data' ->> 'reference' = c.reference"
        "  AND d.event IN ('card.registered', 'card.forwarded'))"
    )
    proof.counted |= {
        "webhooks": len(rows), "webhooks by state": dict(statuses),
        "webhooks told twice under one id": sum(times == 2 for times in accepted.values()),
        "webhooks told more than twice": sum(times > 2 for times in accepted.values()),
    }  # fmt: skip
    proof.hold(set(statuses) <= {"delivered"}, f"webhooks still wait: {dict(statuses)}")
    proof.hold(not missing, f"{len(missing)} webhooks never came")
    proof.hold(not set(hooks.took) - keys, "webhooks came that nobody wrote")
    proof.hold(max(accepted.values(), default=0) <= 2, "a webhook came more than twice")
    proof.hold(cards == [(0,)], f"{cards} cards of which the other system was not told")


def _lists(proof: Proof, town: Town, office: PostOffice, old: int) -> None:
    """One run, each card that was overdue on it once, each list mailed."""
    runs = town.sql("SELECT count(*), count(mailed_at) FROM feedback_overduerun")
    entries = town.sql("SELECT count(*), count(DISTINCT card_id) FROM feedback_overdueentry")
    lists = town.sql("SELECT count(*) FROM organisation_outgoingmail WHERE kind = 'overdue_list'")
    proof.counted |= {
        "overdue runs": runs[0][0],
        "entries on overdue lists": entries[0][0],
        "mails with lists": lists[0][0],
    }
    if runs != [(0, 0)]:
        proof.hold(runs == [(1, 1)], f"overdue runs (made, mailed): {runs}")
        proof.hold(entries == [(old, old)], f"entries on overdue lists: {entries}, {old} cards were overdue")
        proof.hold(lists[0][0] >= 1, "no overdue list was mailed")


def _feed(proof: Proof, town: Town, people: People) -> None:
    """The system that followed from the beginning holds every card, as it is now."""
    client, deadline = Client(people.port), time.monotonic() + 60
    rows: dict[str, str] = {}
    behind: list[str] = []
    while time.monotonic() < deadline:
        people.read_on(client)
        rows = dict(town.sql("SELECT reference, state FROM feedback_card"))
        behind = [reference for reference, state in rows.items() if people.said.seen.get(reference) != state]
        if not behind:
            break
        time.sleep(1)
    proof.counted |= {"cards in the change feed": len(people.said.seen), "cards it is behind with": len(behind)}
    proof.hold(not behind, f"the change feed left out or is behind with {len(behind)} of {len(rows)}: {behind[:3]}")
