"""The head of our documents: the municipality's name, and its coat of arms where it has one."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from organisation.models import Municipality
from organisation.pdf import Refused, render_pdf

logger = logging.getLogger(__name__)


def letterhead(house: Municipality) -> dict[str, Any]:
    """Return what `templates/pdf/house.typ` draws at the head of a document: `name` and `arms`, None without any."""
    return {"name": house.name, "arms": _arms(house)}


def _arms(house: Municipality) -> dict[str, Any] | None:
    if not house.arms:
        return None
    try:
        with house.arms.open("rb") as file:
            content = file.read()
    except OSError:
        return None
    kind = PurePath(house.arms.name or "").suffix.removeprefix(".")
    return {"content": content, "format": kind} if _can_be_drawn(content, kind) else None


@lru_cache(maxsize=4)
def _can_be_drawn(content: bytes, kind: str) -> bool:
    """Whether a document can be made with what browsers draw: a letter goes without arms rather than not at all."""
    head = {"name": "-", "arms": {"content": content, "format": kind}}
    try:
        render_pdf(
            "letterhead_alone",
            {"municipality": head},
            language="en",
            title="-",
            made_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    except Refused:
        logger.warning("The coat of arms cannot be drawn in documents: they go without it.")
        return False
    return True
