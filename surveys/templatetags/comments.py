"""Texts of a survey on the pages of its comments."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from surveys.questionnaires import text_in

register = template.Library()


@register.filter
def said(texts: Mapping[str, str]) -> str:
    """A title in the reader's language."""
    return text_in(texts, get_language() or "nb")
