"""The head of our documents: the municipality's name, and its coat of arms where it has one."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from organisation.models import Municipality

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
    """Whether Typst draws what browsers draw: a letter goes without arms rather than not at all."""
    import typst

    # Only what makes a document fail matters here, so it is tried as one that asks for nothing more.
    source = b'#image(bytes(sys.inputs.arms.split(",").map(int)), format: sys.inputs.kind, height: 1cm)'
    try:
        typst.compile(source, sys_inputs={"arms": ",".join(map(str, content)), "kind": kind})
    except typst.TypstError:
        logger.warning("The coat of arms cannot be drawn in documents: they go without it.")
        return False
    return True
