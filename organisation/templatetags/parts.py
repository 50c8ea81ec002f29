"""Pieces of a page that are the same for many: the menu, the head's links, what the short cuts are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def part(name: str, **values: Any) -> SafeString:
    """The template `name`, drawn of these values alone: it knows nothing else of the page, neither the request nor who asks.

    So it is the same for the same values in the same language, and is kept in the process (`KEEP_PAGES`). Values are texts,
    numbers, truths, or mappings of names to these.
    """
    plain = ((key, _Held(value) if isinstance(value, Mapping) else value) for key, value in values.items())
    draw = _drawn if settings.KEEP_PAGES else _drawn.__wrapped__
    return draw(name, get_language(), tuple(plain))


class _Held(tuple[tuple[str, Any], ...]):
    """The pairs of a mapping whose values are not empty, in order: of permissions those that one has."""

    def __new__(cls, mapping: Mapping[str, Any]) -> _Held:
        return super().__new__(cls, sorted((key, value) for key, value in mapping.items() if value))


@lru_cache(maxsize=512)
def _drawn(name: str, _language: str | None, values: tuple[tuple[str, Any], ...]) -> SafeString:
    context = {key: dict(value) if isinstance(value, _Held) else value for key, value in values}
    return mark_safe(get_template(name).render(context))  # noqa: S308
