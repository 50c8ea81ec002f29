"""What citizens' pages are made of (`organisation.kept_pages`): the page to send a message, and a submitter's own page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from feedback.actions.submitter import MAY_CHANGE_REACTION
from organisation.kept_pages import Asked, Known, Page, for_everybody, forget, rows, statement

OWN_PAGE_SECONDS = 5 * 60
"""Seconds for which a submitter's own page lies in Valkey, closed with the secret of its address."""

CATEGORIES = rows("feedback_category r")
STORIES = rows(
    "feedback_story r LEFT JOIN feedback_card c ON c.id = r.card_id WHERE r.state = 'published' AND c.sensitive IS NOT TRUE"
)
"""As `feedback.queries.published_stories` finds them."""

SEND_PAGE = for_everybody("send", CATEGORIES, rows("organisation_ownwording r"))
FIND_PAGE = for_everybody("find")
PRIVACY_PAGE = for_everybody("privacy", rows("feedback_retentionrule r"))


def _of_own_page(asked: Asked, arguments: Mapping[str, Any], now: datetime) -> Known | None:
    """Return what names the page; None for a card that is not there, or no longer."""
    pk, closed_at, reacted_at = asked.more
    if pk is None or (closed_at is not None and closed_at < now - timedelta(days=asked.house.private_page_days)):
        return None
    may_change = "".join("y" if now <= at + MAY_CHANGE_REACTION else "n" for at in reacted_at)
    return Known(own_page_name(pk), asked.version + may_change, arguments["secret"], OWN_PAGE_SECONDS)


OWN_PAGE = Page(
    statement(
        "feedback_own_page_version(c.id)",  # of migration 0030: the card's row and all that hangs on it
        more=(
            "c.id",
            "c.closed_at",
            "ARRAY(SELECT o.recorded_at FROM feedback_ownreaction o WHERE o.card_id = c.id ORDER BY o.id)",
        ),
        join="LEFT JOIN feedback_card c ON c.secret = %(secret)s",
    ),
    _of_own_page,
)


def own_page_name(card: int) -> str:
    return f"own-page:{card}"


def forget_own_pages(cards: Iterable[int]) -> None:
    """Take away what is kept of these cards' own pages."""
    forget(own_page_name(card) for card in cards)
