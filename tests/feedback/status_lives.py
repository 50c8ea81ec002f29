"""Every state in which a submitter may find the private page, each made by the actions that lead to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from feedback.actions.answering import record_callback, refer_card
from feedback.actions.calling import agree_other_way, give_preliminary_answer, make_contact_card, record_contact_attempt
from feedback.actions.closing import close_card, close_not_reached, reopen_card
from feedback.actions.reopening import ask_reopening, decline_reopening
from feedback.actions.submitter import add_to_card, react, withdraw_card
from feedback.deadlines import Contact
from feedback.models import Card
from tests.factories import MONDAY, NO_PHONE, Solvik, a_card
from tests.feedback.steps import called_back, followed_up, posted, referred, try_three_times

Life = Callable[[Solvik, datetime], Card]


def days(now: datetime, days: int) -> datetime:
    return now + timedelta(days=days)


def _with_unit(s: Solvik, now: datetime, **intake: Any) -> Card:
    return a_card(now=now, unit=s.roads, **intake)


def _registered(s: Solvik, now: datetime) -> Card:
    return a_card(now=now)


def _forwarded(s: Solvik, now: datetime) -> Card:
    return _with_unit(s, now)


def _no_callback(s: Solvik, now: datetime) -> Card:
    return _with_unit(s, now, contact=NO_PHONE)


def _anonymous(s: Solvik, now: datetime) -> Card:
    return a_card(now=now, contact=Contact())


def _late(s: Solvik, now: datetime) -> Card:
    return _with_unit(s, days(now, -30))


def _two_calls(s: Solvik, now: datetime) -> Card:
    card = _with_unit(s, days(now, -2))
    for n in (-1, 0):
        record_contact_attempt(card, by=s.handler, now=days(now, n))
    return card


def _three_calls(s: Solvik, now: datetime) -> Card:
    card = _with_unit(s, days(now, -2))
    try_three_times(card, by=s.handler, now=now)
    make_contact_card(card, by=s.handler, now=now)
    return card


def _preliminary(s: Solvik, now: datetime) -> Card:
    card = _with_unit(s, days(now, -2))
    give_preliminary_answer(
        card, reason="Vi venter på deler.", expected_on=days(now, 20).date(), by=s.handler, now=days(now, -1)
    )
    return card


def _written_agreed(s: Solvik, now: datetime) -> Card:
    card = _with_unit(s, days(now, -1), contact=NO_PHONE)
    agree_other_way(card, way="written", note="", by=s.handler, now=now)
    return card


def _contact_card(s: Solvik, now: datetime) -> Card:
    card = _with_unit(s, days(now, -3))
    posted(card, by=s.handler, now=days(now, -1))
    return card


def _called_back(s: Solvik, now: datetime) -> Card:
    card = _with_unit(s, days(now, -3))
    called_back(card, by=s.handler, now=days(now, -1))
    return card


def _written_answer(s: Solvik, now: datetime) -> Card:
    card = _written_agreed(s, days(now, -1))
    record_callback(card, held_at=days(now, -1), summary="Sendt brev", reaction=5, way="written", by=s.handler, now=now)
    return card


def _reacted(s: Solvik, now: datetime) -> Card:
    card = _called_back(s, now)
    react(card, reaction=2, reason="Hullet er der ennå", alternative="Legg ny asfalt", now=now)
    return card


def _followed_up(s: Solvik, now: datetime) -> Card:
    card = _with_unit(s, days(now, -2), contact=NO_PHONE)
    followed_up(card, by=s.handler, now=now)
    return card


def _referred(s: Solvik, now: datetime) -> Card:
    card = a_card(now=days(now, -2))
    referred(card, by=s.clerk, now=now)
    return card


def _referred_untold(s: Solvik, now: datetime) -> Card:
    card = a_card(now=days(now, -2), contact=Contact())
    refer_card(card, body="Statens vegvesen", contacted_at=None, by=s.clerk, now=now)
    return card


def _closed(result: str, before: Life) -> Life:
    def made(s: Solvik, now: datetime) -> Card:
        card = before(s, now)
        other = a_card(now=days(now, -3), text="En annen, av en annen") if result == "duplicate" else None
        return close_card(card, result=result, duplicate_of=other, by=s.clerk, now=now)

    return made


def _not_reached(s: Solvik, now: datetime) -> Card:
    card = _contact_card(s, days(now, -40))
    close_not_reached(now=now)
    return card


def _withdrawn(s: Solvik, now: datetime) -> Card:
    return withdraw_card(_forwarded(s, days(now, -1)), reason="Det ordnet seg", now=now)


def _asked(s: Solvik, now: datetime) -> Card:
    card = _closed("answered", _reacted)(s, now)
    ask_reopening(card, reason="Hullet er der ennå", now=now)
    return card


def _declined(s: Solvik, now: datetime) -> Card:
    card = _asked(s, now)
    decline_reopening(card, reason="Veien legges om til våren.", by=s.clerk, now=now)
    return card


def _reopened(s: Solvik, now: datetime) -> Card:
    return reopen_card(_asked(s, now), reason="Hullet er der igjen", by=s.clerk, now=now)


def _added(s: Solvik, now: datetime) -> Card:
    card = _forwarded(s, days(now, -1))
    add_to_card(card, text="Hullet er større nå.", uploads=[], key=uuid.uuid4(), now=now)
    return card


# What the page says first of all, and what it must not say, in each state (in English, with MONDAY as today).
RINGS = "We ring you with an answer by"
LIVES: dict[str, tuple[Life, str, list[str]]] = {
    "registered": (_registered, "We ring you with an answer by Thursday 12 November at the latest.", []),
    "forwarded": (_forwarded, "We ring you with an answer by Thursday 12 November at the latest.", []),
    "no callback owed": (_no_callback, "We read it and follow it up. We ring only those who have given name,", [RINGS]),
    "anonymous": (_anonymous, "We read it and follow it up.", [RINGS]),
    "late": (_late, "You should have had an answer by Tuesday 13 October. We are late, and sorry for it.", [RINGS]),
    "two calls in vain": (_two_calls, "We ring you with an answer by Tuesday 10 November at the latest.", []),
    "three calls in vain": (_three_calls, "We ring you with an answer by", ["We try again"]),
    "preliminary answer": (_preliminary, "We expect to have it by Sunday 22 November.", [RINGS]),
    "written answer agreed": (_written_agreed, "You get a written answer, as agreed, by", [RINGS]),
    "contact card posted": (_contact_card, "sent you a card by post on Sunday 1 November.", [RINGS]),
    "called back": (_called_back, "We talked with you on Sunday 1 November, and gave you an answer.", [RINGS]),
    "written answer given": (_written_answer, "You got a written answer on Sunday 1 November.", ["We talked", RINGS]),
    "own reaction": (_reacted, "We talked with you on Sunday 1 November", [RINGS]),
    "followed up": (_followed_up, "We followed up your message on Monday 2 November.", [RINGS]),
    "referred": (_referred, "It is not the municipality that decides this, but Statens vegvesen.", [RINGS]),
    "referred, nobody to tell": (_referred_untold, "but Statens vegvesen.", ["We told you", "You were told", RINGS]),
    "closed, answered": (_closed("answered", _called_back), "We talked with you on Sunday 1 November", [RINGS]),
    "closed, followed up": (_closed("followed_up", _followed_up), "We followed up your message on Monday", [RINGS]),
    "closed, referred": (_closed("referred", _referred), "but Statens vegvesen.", [RINGS]),
    "closed, not reached": (_not_reached, "closed, because we did not reach you", [RINGS]),
    "closed, withdrawn by phone": (
        _closed("withdrawn", _forwarded),
        "The message is withdrawn",
        ["You withdrew", RINGS],
    ),
    "closed, duplicate": (_closed("duplicate", _forwarded), "There is another message about the same matter", [RINGS]),
    "closed, noted": (_closed("noted", _no_callback), "We have taken note of your message", [RINGS]),
    "withdrawn on the page": (_withdrawn, "The message is withdrawn, and the matter is closed.", [RINGS]),
    "asks to reopen": (_asked, "We look at it and answer you here and by e-mail.", [RINGS]),
    "reopening declined": (_declined, "You asked us to open the matter again. We do not: you see why below.", [RINGS]),
    "reopened": (_reopened, "We ring you with an answer by Thursday 12 November at the latest.", ["closed."]),
    "added": (_added, "We ring you with an answer by", []),
}

TODAY = MONDAY
