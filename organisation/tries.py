"""How long after wrong passwords or codes the next try has to wait. Pure: no database, no clock.

A lock that anybody can set off from outside is a way to keep somebody out. So what is counted at a login counts only
browsers in which that login never signed in; a known browser has its own count, and no stranger's tries touch it. A
passkey, the municipality's own sign-in and the link by mail wait for nothing. And no wait is longer than 15 minutes.
(After OWASP's «Slow down online guessing attacks with device cookies».)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
"""A count that nothing was added to for so long begins at nought."""


class Counted(StrEnum):
    """What tries are counted by. `FREE` says how many go before the first wait."""

    LOGIN = "login"  # one login, from browsers in which it never signed in
    ADDRESS = "address"  # one network address, whichever login, from such browsers: a town hall may share one
    BROWSER = "browser"  # one login in a browser in which it signed in before
    CODE = "code"  # the second step of one login, after the right password


FREE = {Counted.LOGIN: 5, Counted.ADDRESS: 20, Counted.BROWSER: 10, Counted.CODE: 5}


def wait_after(by: Counted, failures: int) -> timedelta:
    """Return how long the next try waits after so many wrong ones: nothing, then 1, 2, 4, 8, and 15 minutes."""
    over = failures - FREE[by]
    return timedelta(0) if over < 0 else min(timedelta(minutes=2 ** min(over, 10)), LONGEST)


def still_counted(failures: int, last_at: datetime, *, now: datetime) -> int:
    """Return the count as it stands now."""
    return failures if now - last_at < FORGOTTEN_AFTER else 0
