"""What the pages of results say of how they came to be."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from surveys.publishing import Figures
from surveys.reports import in_short, method_sentences

register = template.Library()


@register.filter
def method(figures: Figures) -> list[str]:
    """How the survey was done and what its figures are, a sentence each."""
    return method_sentences(figures, get_language() or "nb")


@register.filter
def shortly(figures: Figures) -> list[str]:
    """What stands out, a sentence each."""
    return in_short(figures, get_language() or "nb")
