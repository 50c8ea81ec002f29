"""Documents that are made when their mail is sent, so that queueing stays quick and no PDF lies in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Document(NamedTuple):
    name: str
    content: bytes
    content_type: str


Maker = Callable[..., Document]

_makers: dict[str, Maker] = {}


def register_maker(name: str, maker: Maker) -> None:
    """Let mails name the document `name`; `maker(language=…, **arguments)` makes it."""
    _makers[name] = maker


def make_document(attachment: dict[str, Any], *, language: str) -> Document:
    """Make the document that a mail's row names as `{"maker": name, …arguments}`. Raises KeyError for an unknown name."""
    arguments = dict(attachment)
    return _makers[arguments.pop("maker")](language=language, **arguments)
