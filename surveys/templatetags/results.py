"""What the pages of results say of how they came to be."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from surveys.publishing import Figures
from surveys.reports import method_sentences

register = template.Library()


@register.filter
def method(figures: Figures) -> list[str]:
    """How the survey was done and what its figures are, a sentence each."""
    return method_sentences(figures, get_language() or "nb")
