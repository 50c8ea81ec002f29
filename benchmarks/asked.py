"""The requests that are measured, and looked at in a test: one list for both. Each is named by what somebody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LIST = "/staff/"
SEARCHING = (
    "received of a unit long ago", "called back or not reached", "called back in a week",
    "received in a month long ago",
    "due in a month long ago",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A page or an address of the API, who asks for it, and what it may cost: statements, and rows read of tables that grow.

    `searching` are filters on what no index of the cards holds: they go through the cards from the newest on until a page is
    full, which is soon where many fit and late where few do. What they cost is told and not bounded.
    """

    name: str
    address: str
    who: str = "clerk"
    statements: int = 10
    rows: int = 5000
    timed: bool = False
    searching: bool = False


def work_list(now: datetime) -> Iterator[Asked]:
    """The work list with each choice, filter and place of it."""
    from benchmarks.town import middle
    from feedback.filters import CardFilter

    day, far = now.date(), middle(now)
    month = {name: (far.date() + timedelta(days=days)).isoformat() for name, days in (("from", 0), ("until", 30))}
    week = {name: (day - timedelta(days=days)).isoformat() for name, days in (("from", 13), ("until", 7))}
    timed = {"open", "overdue", "registered_today", "to_forward"}
    for choice, _words in CardFilter.DUE:
        yield Asked(f"work list: {choice}", f"{LIST}?due={choice}", timed=choice in timed)
    for name, query in {
        "one unit": "unit=unit-7",
        "a sector": "within=sector-1",
        "a rare category": "category=category-29",
        "two categories": "category=category-1&category=category-29",
        "a kind": "kind=praise",
        "a kind of a unit": "kind=praise&unit=unit-3",
        "a channel": "channel=phone",
        "a channel that nobody uses": "channel=fax",
        "a state": "state=forwarded",
        "a state that no card has": "state=contact_card_posted",
        "closed": "state=closed",
        "a case handler": "handler=handler@example.org",
        "mine": "mine=true&state=closed",
        "political": "political=true",
        "callback owed": "callback_owed=true",
        "received in a month long ago": f"received_from={month['from']}&received_until={month['until']}",
        "received of a unit long ago": f"received_until={month['until']}&unit=unit-2",
        "due in a month long ago": f"due_from={month['from']}&due_until={month['until']}",
        "promise kept": "promise=in_time",
        "promise not kept": "promise=late",
        "called back": "promise=called",
        "called back or not reached": "promise=concluded",
        "registered the same day": "same_day=true",
        "not registered the same day": "same_day=false",
        "with a reaction": "reaction=true",
        "called back in a week": f"called_from={week['from']}&called_until={week['until']}",
        "on lists of a week": f"listed_from={week['from']}&listed_until={week['until']}",
        "on lists of a unit": f"listed_from={week['from']}&listed_until={week['until']}&listed_by=unit-5",
    }.items():
        timed_too = name in ("one unit", "a rare category", "received in a month long ago")
        yield Asked(f"work list: {name}", f"{LIST}?{query}", timed=timed_too, searching=name in SEARCHING)
    for name, words in {
        "a common word": "barn",
        "two words": "farlig+hull",
        "rare words": "tunnelstolpe+mastlinje",
        "a beginning": "brøyte",
        "a name": "Kowalski",
        "a phone number": "41234567",
    }.items():
        # A name may be that of one submitter in a thousand, and up to three thousand cards are counted on every page.
        timed_too, rows = name in ("a common word", "two words", "a name"), 6000 if name == "a name" else 5000
        yield Asked(f"search: {name}", f"{LIST}?q={words}", timed=timed_too, rows=rows)
    yield Asked("search: a common word in a unit", f"{LIST}?q=barn&unit=unit-7")
    key = f"{far.isoformat().replace('+', '%2B')}_1"
    yield Asked("work list: a page in the middle", f"{LIST}?state=closed&after={key}", timed=True)
    yield Asked("work list: the last page", f"{LIST}?state=closed&before=1990-01-01T00:00:00%2B00:00_1", timed=True)
    yield Asked("work list: a page of those due", f"{LIST}?due=overdue&after={day - timedelta(days=60)}_1")


def other_pages(card: Any, now: datetime) -> Iterator[Asked]:
    """Every other page that many ask for, or that lists cards. `card` is one of the town's, in the middle of it."""
    reference, secret = card.reference, card.secret
    yield Asked("card page", f"/staff/cards/{reference}/", statements=12, timed=True)
    yield Asked("card page in a list", f"/staff/cards/{reference}/?from=state%3Dclosed", statements=12)
    yield Asked("unit's work list", LIST, who="handler")
    yield Asked("unit's search", f"{LIST}?q=barn", who="handler")
    yield Asked("ring today", "/staff/today/", who="handler", statements=12)
    yield Asked("API: list", "/api/v1/cards/", timed=True)
    yield Asked("API: list of a unit", "/api/v1/cards/?unit=unit-7")
    yield Asked("API: card", f"/api/v1/cards/{reference}/", statements=12)
    yield Asked("API: changes", "/api/v1/changes/", timed=True)
    yield Asked("Open311: list", "/open311/v2/requests.json", who="", timed=True)
    yield Asked("citizen's page", "/", who="", timed=True)
    yield Asked("status page", f"/card/{secret}/", who="", statements=16, timed=True)
    yield Asked("what we hear", "/what-we-hear/", who="", timed=True)
    yield Asked("stories", "/what-we-hear/you-said/", who="")
    yield Asked("open data", "/open-data/benchmarks.json", who="")
    # Counts the entries of the weeks it shows.
    yield Asked("overdue weeks", "/staff/overdue/", statements=12, rows=60_000)
    yield Asked("overview", "/staff/figures/", who="reader", statements=20, timed=True)


def all_requests(card: Any, now: datetime) -> list[Asked]:
    return [*work_list(now), *other_pages(card, now)]
