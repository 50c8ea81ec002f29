"""Pieces of the administrator's pages."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("feedback/administration/_move.html")
def move_buttons(action: str, name: object, pk: int, first: bool, last: bool, moved: str | None) -> dict[str, Any]:
    """Two buttons that move a row of an ordered list up and down; the one just pressed has the focus again.

    `moved` is «<pk>-up» or «<pk>-down» of the row that was moved. At an end of the list the other button has the focus.
    """
    focus = ""
    if moved in (f"{pk}-up", f"{pk}-down"):
        focus = "down" if first else "up" if last else moved.rpartition("-")[2]
    return {"action": action, "name": name, "first": first, "last": last, "focus": focus}
